/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCP_LISTENER_H
#define SMKEX_TCP_LISTENER_H

#include "smkex-tcp-path.h"

#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"

#include <functional>
#include <list>
#include <optional>
#include <vector>

namespace ns3
{

/** A connection that has said which session and path it belongs to. */
struct SmkexLinkedConnection
{
    std::optional<smkex::Link> link; //!< nothing where each connection is a session of its own
    Ptr<SmkexTcpPath> connection;
    Address client;     //!< the client's address and port
    smkex::Bytes early; //!< all that has arrived, the link's message included
};

/**
 * A server's listening sockets, IPv4 and IPv6, and the connections that nobody can place yet.
 *
 * A client's first octets on a connection say which session and path it is. A connection that says
 * something else, or nothing in time, is closed.
 */
class SmkexTcpListener
{
  public:
    /** Finds the link in a connection's first octets; sets the failure where there is none. */
    using LinkReader =
        std::function<std::optional<smkex::Link>(smkex::ByteView, std::optional<smkex::Failure>&)>;
    using Handler = std::function<void(const SmkexLinkedConnection&)>;

    /**
     * \param node the server
     * \param port to listen on, on every address of the node
     * \param patience how long a connection may take to say what it is
     * \param readLink null where each connection is a session of its own
     * \param handler gets every connection that could be placed
     * \param teps what connections negotiate by TCP-ENO, see SmkexEnoSocket; none: they do not
     */
    SmkexTcpListener(Ptr<Node> node,
                     std::uint16_t port,
                     Time patience,
                     LinkReader readLink,
                     Handler handler,
                     const std::vector<uint8_t>& teps = {});
    ~SmkexTcpListener();

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

    Time m_patience;
    LinkReader m_readLink;
    Handler m_handler;
    std::vector<Ptr<Socket>> m_sockets;
    PendingList m_pending;
};

} // namespace ns3

#endif // SMKEX_TCP_LISTENER_H
