/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-eno-socket.h"

#include "smkex-eno-tcp-option.h"

#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/rtt-estimator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-recovery-ops.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexEnoSocket);
NS_OBJECT_ENSURE_REGISTERED(SmkexEnoSocketFactory);

namespace
{

using Segment = smkex::EnoNegotiation::Segment;

Segment
KindOf(const TcpHeader& header)
{
    if ((header.GetFlags() & TcpHeader::SYN) == 0)
    {
        return Segment::Other;
    }
    return (header.GetFlags() & TcpHeader::ACK) == 0 ? Segment::Syn : Segment::SynAck;
}

} // namespace

TypeId
SmkexEnoSocket::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexEnoSocket")
                            .SetParent<TcpSocketBase>()
                            .SetGroupName("Smkex")
                            .AddConstructor<SmkexEnoSocket>();
    return tid;
}

TypeId
SmkexEnoSocket::GetInstanceTypeId() const
{
    return GetTypeId();
}

SmkexEnoSocket::SmkexEnoSocket()
{
    // A copy takes the traces over with what is connected to them.
    m_txTrace.ConnectWithoutContext(MakeCallback(&SmkexEnoSocket::OnTx));
    m_rxTrace.ConnectWithoutContext(MakeCallback(&SmkexEnoSocket::OnRx));
}

SmkexEnoSocket::SmkexEnoSocket(const SmkexEnoSocket& other) = default;

SmkexEnoSocket::~SmkexEnoSocket() = default;

void
SmkexEnoSocket::SetTeps(const std::vector<uint8_t>& teps)
{
    m_negotiation = smkex::EnoNegotiation(teps);
}

Ptr<TcpSocketBase>
SmkexEnoSocket::Fork()
{
    // The listener has just read the SYN: its copy answers it, and knows of no other.
    return CopyObject<SmkexEnoSocket>(this);
}

void
SmkexEnoSocket::OnTx(Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase> socket)
{
    if ((header.GetFlags() & TcpHeader::RST) != 0)
    {
        return;
    }
    auto& self = const_cast<SmkexEnoSocket&>(static_cast<const SmkexEnoSocket&>(*socket));
    if (const std::optional<smkex::Bytes> option = self.m_negotiation.OnSend(KindOf(header)))
    {
        // The sender's own header, which goes on to the wire from here. Where there is no room the
        // option is missing, and the peer takes it for a refusal.
        SmkexEnoTcpOption::AppendTo(const_cast<TcpHeader&>(header), *option);
    }
}

void
SmkexEnoSocket::OnRx(Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase> socket)
{
    if ((header.GetFlags() & TcpHeader::RST) != 0)
    {
        return;
    }
    auto& self = const_cast<SmkexEnoSocket&>(static_cast<const SmkexEnoSocket&>(*socket));
    self.m_negotiation.OnReceive(KindOf(header), SmkexEnoTcpOption::ReadFrom(header));
}

TypeId
SmkexEnoSocketFactory::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexEnoSocketFactory")
                            .SetParent<SocketFactory>()
                            .SetGroupName("Smkex")
                            .AddConstructor<SmkexEnoSocketFactory>();
    return tid;
}

Ptr<SmkexEnoSocketFactory>
SmkexEnoSocketFactory::Of(Ptr<Node> node)
{
    Ptr<SmkexEnoSocketFactory> factory = node->GetObject<SmkexEnoSocketFactory>();
    if (!factory)
    {
        factory = CreateObject<SmkexEnoSocketFactory>();
        factory->m_tcp = node->GetObject<TcpL4Protocol>();
        const auto make = [&factory](const std::string& attribute) {
            TypeIdValue type;
            factory->m_tcp->GetAttribute(attribute, type);
            ObjectFactory objects;
            objects.SetTypeId(type.Get());
            return objects;
        };
        const Ptr<SmkexEnoSocket> first = CreateObject<SmkexEnoSocket>();
        first->SetNode(node);
        first->SetTcp(factory->m_tcp);
        first->SetRtt(make("RttEstimatorType").Create<RttEstimator>());
        first->SetCongestionControlAlgorithm(make("SocketType").Create<TcpCongestionOps>());
        first->SetRecoveryAlgorithm(make("RecoveryType").Create<TcpRecoveryOps>());
        factory->m_first = first;
        node->AggregateObject(factory);
    }
    return factory;
}

Ptr<Socket>
SmkexEnoSocketFactory::CreateSocket()
{
    const Ptr<SmkexEnoSocket> socket = CopyObject(m_first);
    m_tcp->AddSocket(socket);
    return socket;
}

void
SmkexEnoSocketFactory::DoDispose()
{
    m_first = nullptr;
    m_tcp = nullptr;
    SocketFactory::DoDispose();
}

} // namespace ns3
