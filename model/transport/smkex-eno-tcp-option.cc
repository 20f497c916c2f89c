/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-eno-tcp-option.h"

#include "ns3/buffer.h"
#include "ns3/smkex-eno.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexEnoTcpOption);

TypeId
SmkexEnoTcpOption::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexEnoTcpOption")
                            .SetParent<TcpOption>()
                            .SetGroupName("Smkex")
                            .AddConstructor<SmkexEnoTcpOption>();
    return tid;
}

TypeId
SmkexEnoTcpOption::GetInstanceTypeId() const
{
    return GetTypeId();
}

SmkexEnoTcpOption::SmkexEnoTcpOption()
    : m_octets(smkex::EncodeVacuousEno())
{
}

SmkexEnoTcpOption::~SmkexEnoTcpOption() = default;

bool
SmkexEnoTcpOption::AppendTo(TcpHeader& header, const smkex::Bytes& option)
{
    const Ptr<SmkexEnoTcpOption> carrier = CreateObject<SmkexEnoTcpOption>();
    carrier->m_octets = option;
    carrier->m_disguised = true;
    const bool appended = header.AppendOption(carrier);
    carrier->m_disguised = false;
    return appended;
}

std::vector<smkex::Bytes>
SmkexEnoTcpOption::ReadFrom(const TcpHeader& header)
{
    std::vector<smkex::Bytes> found;
    for (const Ptr<const TcpOption>& option : header.GetOptionList())
    {
        if (option->GetKind() == smkex::ENO_OPTION_KIND)
        {
            Buffer buffer;
            buffer.AddAtStart(option->GetSerializedSize());
            option->Serialize(buffer.Begin());
            smkex::Bytes octets(buffer.GetSize());
            buffer.CopyData(octets.data(), octets.size());
            found.push_back(std::move(octets));
        }
    }
    return found;
}

void
SmkexEnoTcpOption::Print(std::ostream& os) const
{
    os << smkex::ToHex(m_octets);
}

void
SmkexEnoTcpOption::Serialize(Buffer::Iterator start) const
{
    start.Write(m_octets.data(), m_octets.size());
}

uint32_t
SmkexEnoTcpOption::Deserialize(Buffer::Iterator start)
{
    const uint8_t kind = start.ReadU8();
    const uint8_t size = start.ReadU8();
    if (kind != smkex::ENO_OPTION_KIND || size < 2 || start.GetRemainingSize() < size - 2U)
    {
        return 0;
    }
    m_octets = {kind, size};
    m_octets.resize(size);
    start.Read(m_octets.data() + 2, size - 2U);
    return size;
}

uint8_t
SmkexEnoTcpOption::GetKind() const
{
    return m_disguised ? static_cast<uint8_t>(TcpOption::NOP) : smkex::ENO_OPTION_KIND;
}

uint32_t
SmkexEnoTcpOption::GetSerializedSize() const
{
    return m_octets.size();
}

} // namespace ns3
