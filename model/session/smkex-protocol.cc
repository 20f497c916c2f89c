/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-protocol.h"

#include "ns3/smkex-mtls-engine.h"
#include "ns3/smkex-plain-engine.h"
#include "ns3/smkex-secret-sharing.h"
#include "ns3/smkex-tcpcrypt-engine.h"
#include "ns3/smkex-tls-engine.h"

#include <algorithm>

namespace ns3
{

namespace
{

using smkex::Engine;
using smkex::KeyExchangeConfig;
using smkex::Processor;

template <class E>
SmkexProtocol::EngineFactory
Exchange()
{
    return [](Processor& processor, const KeyExchangeConfig& config) -> std::unique_ptr<Engine> {
        return std::make_unique<E>(processor, config);
    };
}

std::unique_ptr<Engine>
MakePlain(Processor& processor, const KeyExchangeConfig&)
{
    return std::make_unique<smkex::PlainEngine>(processor);
}

template <smkex::TlsConfig::Role ROLE>
std::unique_ptr<Engine>
MakeTls(Processor& processor, const KeyExchangeConfig& config)
{
    return std::make_unique<smkex::TlsEngine>(processor, ROLE, config);
}

} // namespace

const std::vector<SmkexProtocol>&
SmkexProtocols()
{
    static const std::vector<SmkexProtocol> protocols{
        {"smkex",
         true,
         Exchange<smkex::KeyExchangeClient>(),
         Exchange<smkex::KeyExchangeServer>(),
         smkex::PeekLink},
        {"tcp", false, MakePlain, MakePlain, nullptr},
        {"dh",
         false,
         Exchange<smkex::KeyExchangeClient>(),
         Exchange<smkex::KeyExchangeServer>(),
         smkex::PeekLink},
        {"tls",
         false,
         MakeTls<smkex::TlsConfig::Role::Client>,
         MakeTls<smkex::TlsConfig::Role::Server>,
         nullptr,
         true},
        {"mtls",
         true,
         Exchange<smkex::MtlsClient>(),
         Exchange<smkex::MtlsServer>(),
         smkex::PeekMtlsLink,
         true},
        {"tcpcrypt",
         false,
         Exchange<smkex::TcpcryptClient>(),
         Exchange<smkex::TcpcryptServer>(),
         nullptr,
         false,
         true},
        {"tcpcrypt-multipath",
         true,
         Exchange<smkex::TcpcryptClient>(),
         Exchange<smkex::TcpcryptServer>(),
         smkex::PeekTcpcryptLink,
         false,
         true},
        {"secret-sharing",
         true,
         Exchange<smkex::SecretSharingClient>(),
         Exchange<smkex::SecretSharingServer>(),
         smkex::PeekLink},
    };
    return protocols;
}

const SmkexProtocol*
FindSmkexProtocol(const std::string& name)
{
    const std::vector<SmkexProtocol>& all = SmkexProtocols();
    const auto found = std::find_if(all.begin(), all.end(), [&name](const SmkexProtocol& p) {
        return p.name == name;
    });
    return found == all.end() ? nullptr : &*found;
}

std::optional<smkex::Group>
FindSmkexGroup(const std::string& name)
{
    for (const smkex::Group group : {smkex::Group::X25519, smkex::Group::P256})
    {
        if (name == smkex::NameOf(group))
        {
            return group;
        }
    }
    return std::nullopt;
}

} // namespace ns3
