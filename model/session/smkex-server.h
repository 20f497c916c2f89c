/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SERVER_H
#define SMKEX_SERVER_H

#include "smkex-application.h"

#include <memory>
#include <set>

namespace ns3
{

/**
 * A server: listens on one port of all its addresses, exchanges keys with each client that turns
 * up, and answers requests. It serves any number of clients at once.
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

    void BeginSession(Ptr<SmkexTransport> transport);
    void HandleEnd(SmkexEndpoint& endpoint);

    uint16_t m_port;
    uint8_t m_paths;
    std::unique_ptr<SmkexListener> m_listener;
    std::set<Ptr<SmkexEndpoint>> m_sessions;
};

} // namespace ns3

#endif // SMKEX_SERVER_H
