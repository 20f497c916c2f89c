/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcp-sockets.h"

#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-factory.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexTcpSockets);

TypeId
SmkexTcpSockets::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexTcpSockets").SetParent<Object>().SetGroupName("Smkex");
    return tid;
}

Ptr<Socket>
SmkexTcpSockets::Create(Ptr<Node> node)
{
    Ptr<SmkexTcpSockets> sockets = node->GetObject<SmkexTcpSockets>();
    if (!sockets)
    {
        sockets = CreateObject<SmkexTcpSockets>();
        sockets->m_tcp = node->GetObject<TcpL4Protocol>();
        sockets->m_first =
            DynamicCast<TcpSocketBase>(Socket::CreateSocket(node, TcpSocketFactory::GetTypeId()));
        node->AggregateObject(sockets);
    }
    const Ptr<TcpSocketBase> socket = CopyObject(sockets->m_first);
    sockets->m_tcp->AddSocket(socket);
    return socket;
}

void
SmkexTcpSockets::DoDispose()
{
    m_first = nullptr;
    m_tcp = nullptr;
    Object::DoDispose();
}

} // namespace ns3
