/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-record.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace ns3
{

namespace
{

/** Members of one JSON object, in the order in which they are added. */
class ObjectWriter
{
  public:
    template <class T>
    ObjectWriter& Add(const char* name, const T& value)
    {
        m_text += m_text.empty() ? "{\"" : ", \"";
        m_text += name;
        m_text += "\": ";
        m_text += Format(value);
        return *this;
    }

    std::string Finish() const
    {
        return m_text + "}";
    }

  private:
    static std::string Format(bool value)
    {
        return value ? "true" : "false";
    }

    static std::string Format(std::uint32_t value)
    {
        return std::to_string(value);
    }

    static std::string Format(std::uint64_t value)
    {
        return std::to_string(value);
    }

    static std::string Format(const std::string& value)
    {
        return ToJson(value);
    }

    static std::string Format(smkex::Failure value)
    {
        return ToJson(std::string(smkex::NameOf(value)));
    }

    /** Seconds: the shortest number that reads back as the same one. */
    static std::string Format(Time value)
    {
        std::array<char, 32> buffer;
        const double seconds = static_cast<double>(value.GetNanoSeconds()) / 1e9;
        const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), seconds);
        return {buffer.data(), result.ptr};
    }

    static std::string Format(const std::vector<Time>& values)
    {
        std::string list;
        for (const Time& value : values)
        {
            list += (list.empty() ? "" : ", ") + Format(value);
        }
        return "[" + list + "]";
    }

    template <class T>
    static std::string Format(const std::optional<T>& value)
    {
        return value ? Format(*value) : "null";
    }

    std::string m_text;
};

} // namespace

std::string
ToJson(const std::string& text)
{
    std::string json = "\"";
    for (const char c : text)
    {
        if (c == '"' || c == '\\')
        {
            json += '\\';
            json += c;
        }
        else if (static_cast<unsigned char>(c) < 0x20)
        {
            std::array<char, 8> escape;
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            json += escape.data();
        }
        else
        {
            json += c;
        }
    }
    return json + '"';
}

std::string
ToJson(const SmkexRecord& r)
{
    const std::optional<std::string> threat =
        r.threat.empty() ? std::nullopt : std::optional(r.threat);
    return ObjectWriter()
        .Add("session", r.session)
        .Add("seed", r.seed)
        .Add("run", r.run)
        .Add("protocol", r.protocol)
        .Add("transport", r.transport)
        .Add("threat", threat)
        .Add("rtt_s", r.rtt)
        .Add("client_accepted", r.clientAccepted)
        .Add("client_failure", r.clientFailure)
        .Add("client_setup_s", r.clientSetup)
        .Add("client_compute_s", r.clientCompute)
        .Add("server_accepted", r.serverAccepted)
        .Add("server_failure", r.serverFailure)
        .Add("server_setup_s", r.serverSetup)
        .Add("client_key_exposed", r.verdict.clientKeyExposed)
        .Add("server_key_exposed", r.verdict.serverKeyExposed)
        .Add("mitm", r.verdict.mitm)
        .Add("mismatch", r.verdict.mismatch)
        .Add("downgraded", r.verdict.downgraded)
        .Add("denied", r.verdict.denied)
        .Add("detected", r.verdict.detected)
        .Add("detected_s", r.detected)
        .Add("plaintext_exposed_bytes", r.verdict.plaintextExposedBytes)
        .Add("app_bytes_received", r.appBytesReceived)
        .Add("bytes_sent", r.bytesSent)
        .Add("segments_sent", r.segmentsSent)
        .Add("subflows", r.subflows)
        .Add("server_compute_s", r.serverCompute)
        .Finish();
}

} // namespace ns3
