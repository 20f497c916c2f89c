/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CLIENT_H
#define SMKEX_CLIENT_H

#include "smkex-application.h"

#include "ns3/smkex-parallel-tcp.h"

#include <vector>

namespace ns3
{

/**
 * A client: connects to a server over one or more paths, exchanges keys, sends a request under them
 * and awaits a response of the same size.
 *
 * It begins one session when the application starts; further ones by StartSession().
 */
class SmkexClient : public SmkexApplication
{
  public:
    static TypeId GetTypeId();

    SmkexClient();
    ~SmkexClient() override;

    /**
     * Adds a path; the first one added is path 1.
     *
     * \param remote InetSocketAddress or Inet6SocketAddress of the server on this path
     * \param local likewise of this node, port 0; leave it out to have the routes choose, which
     *        Multipath TCP cannot for further paths
     */
    void AddPath(const Address& remote, const Address& local = Address());

    /** Begins a session now. One that is still going on is given up. */
    void StartSession();

    /** \return the outcome of the present or latest session so far; null before the first */
    const SmkexOutcome* Outcome() const;

  private:
    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;

    Ptr<SmkexTransport> MakeTransport(const std::vector<SmkexPathAddress>& addresses) const;

    std::vector<SmkexPathAddress> m_addresses;
    Ptr<SmkexEndpoint> m_endpoint;
};

} // namespace ns3

#endif // SMKEX_CLIENT_H
