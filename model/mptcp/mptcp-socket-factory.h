/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_SOCKET_FACTORY_H
#define MPTCP_SOCKET_FACTORY_H

#include "ns3/ptr.h"
#include "ns3/socket-factory.h"

namespace ns3
{

class MptcpSocket;
class Node;

/**
 * Makes the Multipath TCP sockets of a node, as in
 * `Socket::CreateSocket(node, MptcpSocketFactory::GetTypeId())`. Plain TCP sockets of the same node
 * are made as before. The attributes' defaults are read when the first socket is made.
 */
class MptcpSocketFactory : public SocketFactory
{
  public:
    static TypeId GetTypeId();

    /// Makes MPTCP sockets available on \p node, which must have an internet stack. Repeating it
    /// does no harm.
    static void Install(Ptr<Node> node);

    Ptr<Socket> CreateSocket() override;

  protected:
    void DoDispose() override;

  private:
    Ptr<Node> m_node;
    Ptr<MptcpSocket> m_prototype;
};

} // namespace ns3

#endif // MPTCP_SOCKET_FACTORY_H
