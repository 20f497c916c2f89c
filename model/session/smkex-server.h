/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SERVER_H
#define SMKEX_SERVER_H

#include "smkex-application.h"

#include "ns3/smkex-parallel-tcp.h"
#include "ns3/smkex-tcp-listener.h"

#include <map>
#include <memory>
#include <set>

namespace ns3
{

/**
 * A server: listens on one port of all its addresses, puts the connections of each client's session
 * together, exchanges keys and answers requests. It serves any number of clients at once.
 */
class SmkexServer : public SmkexApplication
{
  public:
    static TypeId GetTypeId();

    SmkexServer();
    ~SmkexServer() override;

    /** \return how many sessions are going on */
    std::size_t SessionCount() const;

  private:
    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;

    void HandleConnection(const SmkexLinkedConnection& connection);
    Ptr<SmkexEndpoint> BeginSession();
    void HandleEnd(SmkexEndpoint& endpoint);

    uint16_t m_port;
    uint8_t m_paths;
    std::unique_ptr<SmkexTcpListener> m_listener;
    std::set<Ptr<SmkexEndpoint>> m_sessions;
    std::map<smkex::SessionId, Ptr<SmkexEndpoint>> m_byLink;
};

} // namespace ns3

#endif // SMKEX_SERVER_H
