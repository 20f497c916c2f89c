/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PARALLEL_TCP_H
#define SMKEX_PARALLEL_TCP_H

#include "smkex-tcp-path.h"
#include "smkex-transport.h"

#include "ns3/node.h"

#include <functional>
#include <vector>

namespace ns3
{

/** Where one path of a client leads. */
struct SmkexPathAddress
{
    Address remote; //!< InetSocketAddress or Inet6SocketAddress of the server
    Address local;  //!< likewise of the client; invalid: as the routes have it
};

/**
 * One TCP connection a path. With a single path it is plain TCP.
 */
class SmkexParallelTcp : public SmkexTransport
{
  public:
    /**
     * The client's end: Connect() opens one connection an entry, path 1 first.
     *
     * \param teps what path 1 negotiates by TCP-ENO, see SmkexEnoSocket; none: it does not
     */
    SmkexParallelTcp(Ptr<Node> node,
                     const std::vector<SmkexPathAddress>& addresses,
                     const std::vector<uint8_t>& teps = {});

    /** A server's end: connections come by Adopt(). */
    SmkexParallelTcp() = default;

    ~SmkexParallelTcp() override;

    void Connect() override;
    void Send(smkex::PathId path, smkex::ByteView bytes) override;
    void Close() override;
    void Abandon() override;
    std::optional<smkex::EnoOutcome> Negotiated(smkex::PathId path) const override;
    std::vector<std::uint16_t> ClientPorts() const override;
    std::uint32_t PathsUp() const override;

    /**
     * Takes a connection of a client in, and tells the events of it.
     *
     * \param path which path it is; HasPath() must be false for it
     * \param connection an accepted connection
     * \param clientPort the client's port on it
     * \param early what has arrived on it already
     */
    void Adopt(smkex::PathId path,
               Ptr<SmkexTcpPath> connection,
               std::uint16_t clientPort,
               smkex::ByteView early);

    /** Called once, when the transport is closed, or at once if it is. */
    void SetCloseHandler(std::function<void()> handler);

    bool HasPath(smkex::PathId path) const;

  private:
    Ptr<Socket> CreateSocket(smkex::PathId path) const;
    void SetPath(smkex::PathId path, Ptr<SmkexTcpPath> connection);

    Ptr<Node> m_node;
    std::vector<SmkexPathAddress> m_addresses;
    std::vector<uint8_t> m_teps;
    std::vector<Ptr<SmkexTcpPath>> m_paths; //!< path 1 first; null where there is none (yet)
    std::vector<std::uint16_t> m_clientPorts;
    std::uint32_t m_pathsUp{0};
    bool m_closed{false};
    std::function<void()> m_onClose;
};

} // namespace ns3

#endif // SMKEX_PARALLEL_TCP_H
