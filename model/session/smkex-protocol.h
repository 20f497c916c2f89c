/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PROTOCOL_H
#define SMKEX_PROTOCOL_H

#include "ns3/smkex-engine.h"
#include "ns3/smkex-key-exchange.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/**
 * A key-exchange protocol as the applications need it: how to make the engines of both ends, and
 * how a server tells which session a connection belongs to.
 *
 * One's own protocol is one's own SmkexProtocol, given to client and server by SetProtocol().
 */
struct SmkexProtocol
{
    using EngineFactory =
        std::function<std::unique_ptr<smkex::Engine>(smkex::Processor&,
                                                     const smkex::KeyExchangeConfig&)>;

    std::string name;
    bool multipath; //!< uses all paths; otherwise path 1 only
    EngineFactory makeClient;
    EngineFactory makeServer;
    /** Null where each connection is a session of its own. */
    std::function<std::optional<smkex::Link>(smkex::ByteView, std::optional<smkex::Failure>&)>
        readLink;
    bool certified{false};  //!< the server has a certificate, of TlsPki::Default()
    bool negotiates{false}; //!< path 1 negotiates encryption by TCP-ENO
};

/**
 * \return the protocols of this module: `smkex`, `tcp`, `dh`, `tcpcrypt`, `tcpcrypt-multipath`,
 * `tls`, `mtls`, `secret-sharing`
 */
const std::vector<SmkexProtocol>& SmkexProtocols();

/** \return the protocol of this name, or null */
const SmkexProtocol* FindSmkexProtocol(const std::string& name);

/** \return the Diffie-Hellman group of this name, if there is one */
std::optional<smkex::Group> FindSmkexGroup(const std::string& name);

} // namespace ns3

#endif // SMKEX_PROTOCOL_H
