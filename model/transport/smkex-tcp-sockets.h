/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCP_SOCKETS_H
#define SMKEX_TCP_SOCKETS_H

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/socket.h"
#include "ns3/tcp-socket-base.h"

namespace ns3
{

class TcpL4Protocol;

/**
 * TCP sockets of a node, each copied from a first one.
 *
 * ns-3 looks every attribute up for each socket that it creates, which takes several times as long
 * as the copy. A socket from here is what TcpSocketFactory would have given when the first one of
 * the node was made: defaults that change later have no effect on it.
 */
class SmkexTcpSockets : public Object
{
  public:
    static TypeId GetTypeId();

    /** \return a new socket of \p node, which has TCP installed */
    static Ptr<Socket> Create(Ptr<Node> node);

  protected:
    void DoDispose() override;

  private:
    Ptr<TcpL4Protocol> m_tcp;
    Ptr<TcpSocketBase> m_first;
};

} // namespace ns3

#endif // SMKEX_TCP_SOCKETS_H
