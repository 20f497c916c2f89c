/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-options.h"

#include <algorithm>

namespace ns3
{

namespace
{

class Writer
{
  public:
    explicit Writer(MptcpSubtype subtype, uint8_t lowNibble = 0)
    {
        U8(MPTCP_OPTION_KIND);
        U8(0);
        U8(static_cast<uint8_t>(static_cast<uint8_t>(subtype) << 4 | lowNibble));
    }

    void U8(uint8_t value)
    {
        m_bytes.data[m_bytes.size++] = value;
    }

    void U16(uint16_t value)
    {
        U8(value >> 8);
        U8(value & 0xff);
    }

    void U32(uint32_t value)
    {
        U16(value >> 16);
        U16(value & 0xffff);
    }

    void U64(uint64_t value)
    {
        U32(value >> 32);
        U32(value & 0xffffffff);
    }

    void Bytes(const uint8_t* data, std::size_t size)
    {
        std::copy(data, data + size, m_bytes.data.begin() + m_bytes.size);
        m_bytes.size += size;
    }

    MptcpOptionBytes Finish()
    {
        m_bytes.data[1] = m_bytes.size;
        return m_bytes;
    }

  private:
    MptcpOptionBytes m_bytes;
};

/// Reads big-endian fields; the caller has checked that they are there.
class Reader
{
  public:
    explicit Reader(const uint8_t* data)
        : m_data(data)
    {
    }

    uint8_t U8()
    {
        return *m_data++;
    }

    uint16_t U16()
    {
        const uint16_t high = U8();
        return high << 8 | U8();
    }

    uint32_t U32()
    {
        const uint32_t high = U16();
        return high << 16 | U16();
    }

    uint64_t U64()
    {
        const uint64_t high = U32();
        return high << 32 | U32();
    }

    void Bytes(uint8_t* to, std::size_t size)
    {
        std::copy(m_data, m_data + size, to);
        m_data += size;
    }

  private:
    const uint8_t* m_data;
};

constexpr uint8_t CAPABLE_A = 0x80;
constexpr uint8_t CAPABLE_B = 0x40;
constexpr uint8_t CAPABLE_C = 0x20;
constexpr uint8_t CAPABLE_H = 0x01;
constexpr uint8_t DSS_FIN = 0x10;
constexpr uint8_t DSS_WIDE_DSN = 0x08;
constexpr uint8_t DSS_MAPPING = 0x04;
constexpr uint8_t DSS_WIDE_ACK = 0x02;
constexpr uint8_t DSS_ACK = 0x01;

MptcpOptionBytes
Encode(const MptcpCapable& option)
{
    Writer w(MptcpSubtype::MP_CAPABLE, option.version & 0x0f);
    w.U8((option.checksumRequired ? CAPABLE_A : 0) | (option.extensibility ? CAPABLE_B : 0) |
         (option.noJoinToThisAddress ? CAPABLE_C : 0) | (option.hmacSha256 ? CAPABLE_H : 0));
    if (option.senderKey)
    {
        w.U64(*option.senderKey);
        if (option.receiverKey)
        {
            w.U64(*option.receiverKey);
            if (option.dataLength)
            {
                w.U16(*option.dataLength);
                if (option.checksum)
                {
                    w.U16(*option.checksum);
                }
            }
        }
    }
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpJoinSyn& option)
{
    Writer w(MptcpSubtype::MP_JOIN, option.backup ? 1 : 0);
    w.U8(option.addressId);
    w.U32(option.token);
    w.U32(option.nonce);
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpJoinSynAck& option)
{
    Writer w(MptcpSubtype::MP_JOIN, option.backup ? 1 : 0);
    w.U8(option.addressId);
    w.U64(option.hmac);
    w.U32(option.nonce);
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpJoinAck& option)
{
    Writer w(MptcpSubtype::MP_JOIN);
    w.U8(0);
    w.Bytes(option.hmac.data(), option.hmac.size());
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpDss& option)
{
    Writer w(MptcpSubtype::DSS);
    const bool wideDsn = option.mapping && option.mapping->wide;
    w.U8((option.dataFin ? DSS_FIN : 0) | (wideDsn ? DSS_WIDE_DSN : 0) |
         (option.mapping ? DSS_MAPPING : 0) |
         (option.dataAck && option.wideAck ? DSS_WIDE_ACK : 0) | (option.dataAck ? DSS_ACK : 0));
    if (option.dataAck)
    {
        option.wideAck ? w.U64(*option.dataAck) : w.U32(*option.dataAck & 0xffffffff);
    }
    if (option.mapping)
    {
        const auto& m = *option.mapping;
        m.wide ? w.U64(m.dsn) : w.U32(m.dsn & 0xffffffff);
        w.U32(m.ssn);
        w.U16(m.length);
        if (m.checksum)
        {
            w.U16(*m.checksum);
        }
    }
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpAddAddr& option)
{
    Writer w(MptcpSubtype::ADD_ADDR, option.echo ? 1 : 0);
    w.U8(option.addressId);
    w.Bytes(option.address.data(), option.ipv6 ? 16 : 4);
    if (option.port)
    {
        w.U16(*option.port);
    }
    if (!option.echo)
    {
        w.U64(option.hmac);
    }
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpRemoveAddr& option)
{
    Writer w(MptcpSubtype::REMOVE_ADDR);
    const std::size_t room = MPTCP_MAX_OPTION_LENGTH - 3;
    w.Bytes(option.addressIds.data(), std::min(option.addressIds.size(), room));
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpPrio& option)
{
    return Writer(MptcpSubtype::MP_PRIO, option.backup ? 1 : 0).Finish();
}

MptcpOptionBytes
Encode(const MptcpFail& option)
{
    Writer w(MptcpSubtype::MP_FAIL);
    w.U8(0);
    w.U64(option.dsn);
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpFastclose& option)
{
    Writer w(MptcpSubtype::MP_FASTCLOSE);
    w.U8(0);
    w.U64(option.receiverKey);
    return w.Finish();
}

MptcpOptionBytes
Encode(const MptcpTcpRst& option)
{
    Writer w(MptcpSubtype::MP_TCPRST, option.transient ? 1 : 0);
    w.U8(option.reason);
    return w.Finish();
}

std::optional<MptcpOption>
DecodeCapable(const uint8_t* data, std::size_t size)
{
    if (size != 4 && size != 12 && size != 20 && size != 22 && size != 24)
    {
        return std::nullopt;
    }
    MptcpCapable option;
    option.version = data[2] & 0x0f;
    option.checksumRequired = data[3] & CAPABLE_A;
    option.extensibility = data[3] & CAPABLE_B;
    option.noJoinToThisAddress = data[3] & CAPABLE_C;
    option.hmacSha256 = data[3] & CAPABLE_H;
    Reader r(data + 4);
    if (size >= 12)
    {
        option.senderKey = r.U64();
    }
    if (size >= 20)
    {
        option.receiverKey = r.U64();
    }
    if (size >= 22)
    {
        option.dataLength = r.U16();
    }
    if (size == 24)
    {
        option.checksum = r.U16();
    }
    return option;
}

std::optional<MptcpOption>
DecodeJoin(const uint8_t* data, std::size_t size)
{
    const bool backup = data[2] & 1;
    switch (size)
    {
    case 12: {
        Reader r(data + 4);
        MptcpJoinSyn option;
        option.backup = backup;
        option.addressId = data[3];
        option.token = r.U32();
        option.nonce = r.U32();
        return option;
    }
    case 16: {
        Reader r(data + 4);
        MptcpJoinSynAck option;
        option.backup = backup;
        option.addressId = data[3];
        option.hmac = r.U64();
        option.nonce = r.U32();
        return option;
    }
    case 24: {
        MptcpJoinAck option;
        Reader(data + 4).Bytes(option.hmac.data(), option.hmac.size());
        return option;
    }
    default:
        return std::nullopt;
    }
}

std::optional<MptcpOption>
DecodeDss(const uint8_t* data, std::size_t size)
{
    if (size < 4)
    {
        return std::nullopt;
    }
    const uint8_t flags = data[3];
    const std::size_t ackSize = flags & DSS_ACK ? (flags & DSS_WIDE_ACK ? 8 : 4) : 0;
    const std::size_t mapSize = flags & DSS_MAPPING ? (flags & DSS_WIDE_DSN ? 14 : 10) : 0;
    const std::size_t plain = 4 + ackSize + mapSize;
    const bool checksum = mapSize != 0 && size == plain + 2;
    if (size != plain && !checksum)
    {
        return std::nullopt;
    }
    MptcpDss option;
    option.dataFin = flags & DSS_FIN;
    Reader r(data + 4);
    if (ackSize != 0)
    {
        option.wideAck = ackSize == 8;
        option.dataAck = option.wideAck ? r.U64() : r.U32();
    }
    if (mapSize != 0)
    {
        MptcpDssMapping m;
        m.wide = flags & DSS_WIDE_DSN;
        m.dsn = m.wide ? r.U64() : r.U32();
        m.ssn = r.U32();
        m.length = r.U16();
        if (checksum)
        {
            m.checksum = r.U16();
        }
        option.mapping = m;
    }
    return option;
}

std::optional<MptcpOption>
DecodeAddAddr(const uint8_t* data, std::size_t size)
{
    MptcpAddAddr option;
    option.echo = data[2] & 1;
    const std::size_t tail = option.echo ? 0 : 8;
    if (size < 8 + tail)
    {
        return std::nullopt;
    }
    const std::size_t body = size - 4 - tail;
    if (body != 4 && body != 6 && body != 16 && body != 18)
    {
        return std::nullopt;
    }
    option.addressId = data[3];
    option.ipv6 = body >= 16;
    Reader r(data + 4);
    r.Bytes(option.address.data(), option.ipv6 ? 16 : 4);
    if (body == 6 || body == 18)
    {
        option.port = r.U16();
    }
    if (!option.echo)
    {
        option.hmac = r.U64();
    }
    return option;
}

} // namespace

MptcpOptionBytes
EncodeMptcpOption(const MptcpOption& option)
{
    return std::visit([](const auto& o) { return Encode(o); }, option);
}

std::optional<MptcpOption>
DecodeMptcpOption(const uint8_t* data, std::size_t size)
{
    if (size < 3 || size > MPTCP_MAX_OPTION_LENGTH || data[0] != MPTCP_OPTION_KIND ||
        data[1] != size)
    {
        return std::nullopt;
    }
    switch (static_cast<MptcpSubtype>(data[2] >> 4))
    {
    case MptcpSubtype::MP_CAPABLE:
        return DecodeCapable(data, size);
    case MptcpSubtype::MP_JOIN:
        return DecodeJoin(data, size);
    case MptcpSubtype::DSS:
        return DecodeDss(data, size);
    case MptcpSubtype::ADD_ADDR:
        return DecodeAddAddr(data, size);
    case MptcpSubtype::REMOVE_ADDR:
        if (size < 4)
        {
            return std::nullopt;
        }
        return MptcpRemoveAddr{std::vector<uint8_t>(data + 3, data + size)};
    case MptcpSubtype::MP_PRIO:
        return size == 3 ? std::optional<MptcpOption>(MptcpPrio{(data[2] & 1) != 0}) : std::nullopt;
    case MptcpSubtype::MP_FAIL:
        return size == 12 ? std::optional<MptcpOption>(MptcpFail{Reader(data + 4).U64()})
                          : std::nullopt;
    case MptcpSubtype::MP_FASTCLOSE:
        return size == 12 ? std::optional<MptcpOption>(MptcpFastclose{Reader(data + 4).U64()})
                          : std::nullopt;
    case MptcpSubtype::MP_TCPRST:
        return size == 4 ? std::optional<MptcpOption>(MptcpTcpRst{(data[2] & 1) != 0, data[3]})
                         : std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace ns3
