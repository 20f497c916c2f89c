/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-socket-factory.h"

#include "mptcp-socket.h"
#include "mptcp-stack.h"

#include "ns3/node.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MptcpSocketFactory);

TypeId
MptcpSocketFactory::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MptcpSocketFactory")
                            .SetParent<SocketFactory>()
                            .SetGroupName("Internet")
                            .AddConstructor<MptcpSocketFactory>();
    return tid;
}

void
MptcpSocketFactory::Install(Ptr<Node> node)
{
    if (!node->GetObject<MptcpSocketFactory>())
    {
        Ptr<MptcpSocketFactory> factory = CreateObject<MptcpSocketFactory>();
        factory->m_node = node;
        node->AggregateObject(factory);
    }
}

Ptr<Socket>
MptcpSocketFactory::CreateSocket()
{
    if (!m_prototype)
    {
        m_prototype = CreateObject<MptcpSocket>();
    }
    Ptr<MptcpSocket> socket = CopyObject(m_prototype);
    socket->SetStack(m_node, MptcpStack::Of(m_node));
    return socket;
}

void
MptcpSocketFactory::DoDispose()
{
    m_prototype = nullptr;
    m_node = nullptr;
    SocketFactory::DoDispose();
}

} // namespace ns3
