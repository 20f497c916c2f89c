/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-tcp-option.h"

#include "ns3/buffer.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MptcpTcpOption);

TypeId
MptcpTcpOption::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::MptcpTcpOption").SetParent<TcpOption>().SetGroupName("Internet");
    return tid;
}

TypeId
MptcpTcpOption::GetInstanceTypeId() const
{
    return GetTypeId();
}

MptcpTcpOption::MptcpTcpOption(const MptcpOptionBytes& bytes)
    : m_bytes(bytes)
{
}

bool
MptcpTcpOption::AppendTo(TcpHeader& header, const MptcpOption& option)
{
    // No CreateObject: this class has no attributes, and one is made for every segment sent.
    Ptr<MptcpTcpOption> carrier(new MptcpTcpOption(EncodeMptcpOption(option)), false);
    carrier->m_appending = true;
    const bool appended = header.AppendOption(carrier);
    carrier->m_appending = false;
    return appended;
}

bool
MptcpTcpOption::ReadFrom(const TcpHeader& header, std::vector<MptcpOption>& options)
{
    bool any = false;
    for (const auto& option : header.GetOptionList())
    {
        if (option->GetKind() != MPTCP_OPTION_KIND)
        {
            continue;
        }
        any = true;
        const uint32_t size = option->GetSerializedSize();
        if (size < 3 || size > MPTCP_MAX_OPTION_LENGTH)
        {
            continue;
        }
        Buffer buffer;
        buffer.AddAtStart(size);
        option->Serialize(buffer.Begin());
        uint8_t bytes[MPTCP_MAX_OPTION_LENGTH];
        buffer.CopyData(bytes, size);
        if (auto decoded = DecodeMptcpOption(bytes, size))
        {
            options.push_back(std::move(*decoded));
        }
    }
    return any;
}

void
MptcpTcpOption::Print(std::ostream& os) const
{
    os << "mptcp subtype " << (m_bytes.data[2] >> 4);
}

void
MptcpTcpOption::Serialize(Buffer::Iterator start) const
{
    start.Write(m_bytes.data.data(), m_bytes.size);
}

uint32_t
MptcpTcpOption::Deserialize(Buffer::Iterator start)
{
    start.ReadU8();
    m_bytes.size = std::min<uint32_t>(start.ReadU8(), MPTCP_MAX_OPTION_LENGTH);
    if (m_bytes.size < 2)
    {
        return 0;
    }
    m_bytes.data[0] = MPTCP_OPTION_KIND;
    m_bytes.data[1] = m_bytes.size;
    start.Read(m_bytes.data.data() + 2, m_bytes.size - 2);
    return m_bytes.size;
}

uint8_t
MptcpTcpOption::GetKind() const
{
    return m_appending ? static_cast<uint8_t>(TcpOption::NOP) : MPTCP_OPTION_KIND;
}

uint32_t
MptcpTcpOption::GetSerializedSize() const
{
    return m_bytes.size;
}

} // namespace ns3
