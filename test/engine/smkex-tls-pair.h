/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_PAIR_H
#define SMKEX_TLS_PAIR_H

#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-engine.h"
#include "ns3/smkex-tls-session.h"

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace smkex
{

/** A processor whose operations are written down, and what it needs. */
struct TlsBench
{
    explicit TlsBench(std::uint8_t seed)
        : random(Digest{seed})
    {
        processor.SetObserver(
            [this](Operation operation, Instant, Duration) { ++operations[operation]; });
    }

    CostProfile profile;
    ConstantNormalSource normal{0};
    SeededRandomSource random;
    Processor processor{profile, normal, random};
    std::map<Operation, unsigned> operations;
};

/** One engine, and all that it wanted done. */
struct TlsEnd
{
    using Maker = std::function<std::unique_ptr<Engine>(Processor&)>;

    TlsEnd(std::uint8_t seed, const Maker& make)
        : bench(seed),
          engine(make(bench.processor))
    {
    }

    void Take(const Actions& actions)
    {
        for (const Action& action : actions)
        {
            if (const auto* send = std::get_if<SendBytes>(&action))
            {
                outbox.push_back(*send);
            }
            else if (const auto* deliver = std::get_if<Deliver>(&action))
            {
                Append(received, deliver->plaintext);
            }
        }
    }

    TlsBench bench;
    std::unique_ptr<Engine> engine;
    std::vector<SendBytes> outbox;
    Bytes received;
};

/** A client and a server on a wire that somebody may edit. */
class TlsPair
{
  public:
    /** Changes what is on the wire; it may change the path, too. */
    using Wire = std::function<void(bool toServer, SendBytes& message)>;

    TlsPair(const TlsEnd::Maker& makeClient,
            const TlsEnd::Maker& makeServer,
            Instant now = Instant(0),
            std::uint8_t seed = 1)
        : client(seed, makeClient),
          server(seed + 100, makeServer),
          m_now(now)
    {
    }

    /** Everything up to the point where nobody has anything to say. */
    void Run(PathId paths, const Wire& wire = nullptr)
    {
        client.Take(client.engine->OnStart(m_now));
        server.Take(server.engine->OnStart(m_now));
        for (PathId path = 1; path <= paths; ++path)
        {
            client.Take(client.engine->OnPathUp(path, m_now));
            server.Take(server.engine->OnPathUp(path, m_now));
        }
        Exchange(wire);
    }

    void Exchange(const Wire& wire = nullptr)
    {
        while (!client.outbox.empty() || !server.outbox.empty())
        {
            Move(client, server, true, wire);
            Move(server, client, false, wire);
        }
    }

    /** The sender's application data arrives. */
    void SendData(TlsEnd& from, ByteView data)
    {
        from.Take(from.engine->SendApplicationData(data, m_now));
        Exchange();
    }

    /** All octets that were on the wire so far, for comparisons. */
    Bytes wireLog;
    TlsEnd client;
    TlsEnd server;

  private:
    void Move(TlsEnd& from, TlsEnd& to, bool toServer, const Wire& wire)
    {
        for (SendBytes& message : std::exchange(from.outbox, {}))
        {
            Append(wireLog, message.bytes);
            if (wire)
            {
                wire(toServer, message);
            }
            if (!message.bytes.empty())
            {
                to.Take(to.engine->OnBytes(message.path, message.bytes, m_now));
            }
        }
    }

    Instant m_now;
};

} // namespace smkex

#endif // SMKEX_TLS_PAIR_H
