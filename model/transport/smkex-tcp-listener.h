/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCP_LISTENER_H
#define SMKEX_TCP_LISTENER_H

#include "smkex-parallel-tcp.h"

#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{

/**
 * A server's listening sockets for TCP, IPv4 and IPv6: puts the connections of each session
 * together.
 *
 * A client's first octets on a connection say which session and path it is. A connection that says
 * something else, or nothing in time, or a path that its session has already, is closed.
 */
class SmkexTcpListener : public SmkexListener
{
  public:
    /** Finds the link in a connection's first octets; sets the failure where there is none. */
    using LinkReader =
        std::function<std::optional<smkex::Link>(smkex::ByteView, std::optional<smkex::Failure>&)>;

    /**
     * \param node the server
     * \param port to listen on, on every address of the node
     * \param patience how long a connection may take to say what it is
     * \param readLink null where each connection is a session of its own
     * \param handler gets the transport of each new session
     * \param teps what connections negotiate by TCP-ENO, see SmkexEnoSocket; none: they do not
     */
    SmkexTcpListener(Ptr<Node> node,
                     std::uint16_t port,
                     Time patience,
                     LinkReader readLink,
                     SessionHandler handler,
                     const std::vector<uint8_t>& teps = {});
    ~SmkexTcpListener() override;

    void Abandon() override;

  private:
    struct Pending
    {
        Ptr<SmkexTcpPath> connection;
        Address client;
        smkex::Bytes bytes;
        EventId giveUp;
    };

    using PendingList = std::list<Pending>;

    void Listen(Ptr<Node> node, const Address& local, const std::vector<uint8_t>& teps);
    void HandleAccept(Ptr<Socket> socket, const Address& client);
    void HandleBytes(PendingList::iterator pending, smkex::ByteView bytes);
    void Drop(PendingList::iterator pending);
    Ptr<SmkexParallelTcp> BeginSession();
    Ptr<SmkexParallelTcp> SessionOf(const smkex::SessionId& id);

    Time m_patience;
    LinkReader m_readLink;
    SessionHandler m_handler;
    std::vector<Ptr<Socket>> m_sockets;
    PendingList m_pending;
    std::map<smkex::SessionId, Ptr<SmkexParallelTcp>> m_sessions; //!< those that are open
};

} // namespace ns3

#endif // SMKEX_TCP_LISTENER_H
