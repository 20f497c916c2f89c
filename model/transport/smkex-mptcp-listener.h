/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MPTCP_LISTENER_H
#define SMKEX_MPTCP_LISTENER_H

#include "smkex-mptcp.h"

#include <vector>

namespace ns3
{

/** A server's listening sockets for Multipath TCP, IPv4 and IPv6: a connection is a session. */
class SmkexMptcpListener : public SmkexListener
{
  public:
    /**
     * \param node the server
     * \param port to listen on, on every address of the node
     * \param joinData whether joins with payload are taken and answered (an extension)
     * \param readLink tells which path a further subflow is; null for protocols of a single path
     * \param handler gets the transport of each new session
     */
    SmkexMptcpListener(Ptr<Node> node,
                       std::uint16_t port,
                       bool joinData,
                       SmkexMptcp::LinkReader readLink,
                       SessionHandler handler);
    ~SmkexMptcpListener() override;

    void Abandon() override;

  private:
    /** Payload of a join that came before its connection was accepted. */
    struct EarlyJoin
    {
        Ptr<MptcpSocket> socket;
        std::uint32_t subflow;
        Ptr<Packet> packet;
    };

    void Listen(Ptr<Node> node, const Address& local, bool joinData);
    void HandleAccept(Ptr<Socket> socket, const Address& client);
    void HandleEarlyJoin(Ptr<MptcpSocket> socket, std::uint32_t subflow, Ptr<Packet> packet);

    SmkexMptcp::LinkReader m_readLink;
    SessionHandler m_handler;
    std::vector<Ptr<MptcpSocket>> m_sockets;
    std::vector<EarlyJoin> m_earlyJoins;
};

} // namespace ns3

#endif // SMKEX_MPTCP_LISTENER_H
