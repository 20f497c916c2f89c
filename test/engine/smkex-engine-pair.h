/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ENGINE_PAIR_H
#define SMKEX_ENGINE_PAIR_H

#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-engine.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace smkex
{

/** An engine with a processor and randomness of its own, and a record of what it did. */
struct EngineEnd
{
    explicit EngineEnd(std::uint8_t seed, const CostProfile& costs = {})
        : profile(costs),
          random(Digest{seed})
    {
        processor.SetObserver(
            [this](Operation operation, Instant, Duration) { operations.push_back(operation); });
    }

    /** Notes what the engine decided; what it sent waits in \ref outbox. */
    void Take(Actions actions)
    {
        for (Action& action : actions)
        {
            if (auto* send = std::get_if<SendBytes>(&action))
            {
                everSent.push_back(*send);
                outbox.push_back(std::move(*send));
            }
            else if (const auto* data = std::get_if<Deliver>(&action))
            {
                Append(received, data->plaintext);
            }
        }
    }

    std::size_t CountOf(Operation operation) const
    {
        return std::count(operations.begin(), operations.end(), operation);
    }

    CostProfile profile;
    ConstantNormalSource normal{0};
    SeededRandomSource random;
    Processor processor{profile, normal, random};
    std::unique_ptr<Engine> engine;
    std::deque<SendBytes> outbox;
    std::vector<SendBytes> everSent;
    std::vector<Operation> operations;
    Bytes received;
};

/** A client and a server back to back: no network, no time that passes between them. */
struct EnginePair
{
    /** What becomes of octets under way: by default, nothing. */
    using Tamper = std::function<Bytes(bool toServer, PathId path, Bytes octets)>;

    EnginePair(EngineEnd& client, EngineEnd& server)
        : client(client),
          server(server)
    {
    }

    /** Starts both and brings up all paths, in order. */
    void Connect(PathId paths)
    {
        client.Take(client.engine->OnStart({}));
        server.Take(server.engine->OnStart({}));
        for (PathId path = 1; path <= paths; ++path)
        {
            client.Take(client.engine->OnPathUp(path, {}));
            server.Take(server.engine->OnPathUp(path, {}));
        }
    }

    /** Carries octets both ways until nobody has anything to say. */
    void Settle()
    {
        while (!client.outbox.empty() || !server.outbox.empty())
        {
            Carry(client, server, true);
            Carry(server, client, false);
        }
    }

    void Carry(EngineEnd& from, EngineEnd& to, bool toServer) const
    {
        while (!from.outbox.empty())
        {
            SendBytes sent = std::move(from.outbox.front());
            from.outbox.pop_front();
            const Bytes octets =
                tamper ? tamper(toServer, sent.path, std::move(sent.bytes)) : std::move(sent.bytes);
            to.Take(to.engine->OnBytes(sent.path, octets, sent.at));
        }
    }

    EngineEnd& client;
    EngineEnd& server;
    Tamper tamper;
};

} // namespace smkex

#endif // SMKEX_ENGINE_PAIR_H
