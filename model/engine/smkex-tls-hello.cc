/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-hello.h"

#include <algorithm>

namespace smkex
{

namespace
{

constexpr std::uint8_t RECORD_HANDSHAKE = 22;
constexpr std::size_t RECORD_HEADER_SIZE = 5;
constexpr std::size_t MAX_RECORD = 1U << 14;
constexpr std::uint8_t CLIENT_HELLO = 1;
constexpr std::uint8_t SERVER_HELLO = 2;
constexpr std::uint16_t EXTENSION_KEY_SHARE = 51;

/** Takes fields off the front; once something is missing, all that follows is empty. */
class FieldReader
{
  public:
    explicit FieldReader(ByteView octets)
        : m_rest(octets)
    {
    }

    ByteView Take(std::size_t size)
    {
        if (size > m_rest.size())
        {
            m_short = true;
            m_rest = {};
            return {};
        }
        const ByteView taken = m_rest.First(size);
        m_rest = m_rest.From(size);
        return taken;
    }

    /** A number of \p size octets, big-endian. */
    std::size_t Number(std::size_t size)
    {
        std::size_t number = 0;
        for (const std::uint8_t octet : Take(size))
        {
            number = number << 8 | octet;
        }
        return number;
    }

    /** A vector with its length, of \p lengthSize octets, in front. */
    ByteView Vector(std::size_t lengthSize)
    {
        return Take(Number(lengthSize));
    }

    bool AtEnd() const
    {
        return m_rest.empty();
    }

    bool IsShort() const
    {
        return m_short;
    }

  private:
    ByteView m_rest;
    bool m_short{false};
};

std::optional<TlsKeyShare>
ReadKeyShare(FieldReader& fields)
{
    TlsKeyShare share;
    share.group = static_cast<std::uint16_t>(fields.Number(2));
    share.share = fields.Vector(2).ToBytes();
    return fields.IsShort() ? std::nullopt : std::optional(share);
}

/** Random, and after \p skip the extensions: what the two hellos have in common. */
template <class Skip>
std::optional<TlsHello>
ReadHello(ByteView body, bool isClient, const Skip& skip)
{
    FieldReader fields(body);
    fields.Take(2); // legacy_version
    TlsHello hello;
    const ByteView random = fields.Take(hello.random.size());
    std::copy(random.begin(), random.end(), hello.random.begin());
    fields.Vector(1); // legacy_session_id
    skip(fields);
    FieldReader extensions(fields.Vector(2));
    while (!extensions.AtEnd())
    {
        const std::size_t type = extensions.Number(2);
        const ByteView content = extensions.Vector(2);
        if (type != EXTENSION_KEY_SHARE)
        {
            continue;
        }
        // A client sends a list, with its length in front.
        FieldReader shares(isClient ? FieldReader(content).Vector(2) : content);
        while (!shares.AtEnd())
        {
            if (const std::optional<TlsKeyShare> share = ReadKeyShare(shares))
            {
                hello.shares.push_back(*share);
            }
        }
    }
    const bool isWhole = !fields.IsShort() && !extensions.IsShort();
    return isWhole ? std::optional(hello) : std::nullopt;
}

} // namespace

const Bytes*
TlsHello::Share(Group group) const
{
    const auto found = std::find_if(shares.begin(), shares.end(), [group](const TlsKeyShare& s) {
        return s.group == static_cast<std::uint16_t>(group);
    });
    return found == shares.end() ? nullptr : &found->share;
}

std::optional<TlsHello>
ReadClientHello(ByteView body)
{
    return ReadHello(body, true, [](FieldReader& fields) {
        fields.Vector(2); // cipher_suites
        fields.Vector(1); // legacy_compression_methods
    });
}

std::optional<TlsHello>
ReadServerHello(ByteView body)
{
    return ReadHello(body, false, [](FieldReader& fields) {
        fields.Take(2); // cipher_suite
        fields.Take(1); // legacy_compression_method
    });
}

std::optional<TlsHello>
PeekTlsHello(ByteView stream, std::optional<Failure>& failure)
{
    if (stream.empty())
    {
        return std::nullopt;
    }
    if (stream[0] != RECORD_HANDSHAKE)
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    if (stream.size() < RECORD_HEADER_SIZE)
    {
        return std::nullopt;
    }
    FieldReader header(stream.First(RECORD_HEADER_SIZE).From(3));
    const std::size_t size = header.Number(2);
    if (size > MAX_RECORD)
    {
        failure = Failure::OversizedMessage;
        return std::nullopt;
    }
    if (stream.size() < RECORD_HEADER_SIZE + size)
    {
        return std::nullopt;
    }
    FieldReader record(stream.From(RECORD_HEADER_SIZE).First(size));
    const std::size_t type = record.Number(1);
    const ByteView body = record.Vector(3);
    std::optional<TlsHello> hello;
    if (type == CLIENT_HELLO)
    {
        hello = ReadClientHello(body);
    }
    else if (type == SERVER_HELLO)
    {
        hello = ReadServerHello(body);
    }
    if (!hello || record.IsShort())
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    return hello;
}

SessionId
TlsSessionId(const TlsRandom& clientRandom)
{
    SessionId session;
    std::copy_n(clientRandom.begin(), session.size(), session.begin());
    return session;
}

} // namespace smkex
