/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_PAIR_H
#define SMKEX_TCPCRYPT_PAIR_H

#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-tcpcrypt-engine.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace smkex
{

/** One end of tcpcrypt with all that it needs, and what it did. */
class TcpcryptEnd
{
  public:
    explicit TcpcryptEnd(Bytes script)
        : m_random(std::make_unique<ScriptedRandomSource>(std::move(script)))
    {
    }

    explicit TcpcryptEnd(std::uint8_t seed)
        : m_random(std::make_unique<SeededRandomSource>(Digest{seed}))
    {
    }

    template <class E>
    void Begin(const KeyExchangeConfig& config)
    {
        engine = std::make_unique<E>(m_processor, config);
        Take(engine->OnStart({}));
    }

    void Up(PathId path, const EnoOutcome& outcome)
    {
        if (path == SHARE_PATH)
        {
            engine->OnNegotiated(path, outcome);
        }
        Take(engine->OnPathUp(path, {}));
    }

    void Receive(PathId path, ByteView octets)
    {
        Take(engine->OnBytes(path, octets, {}));
    }

    void SendData(const std::string& data)
    {
        Take(engine->SendApplicationData(ByteView(data), {}));
    }

    /** \return the oldest octets that wait to be carried, and their path */
    SendBytes Next()
    {
        SendBytes sent{0, {}, {}};
        if (!outbox.empty())
        {
            sent = std::move(outbox.front());
            outbox.pop_front();
        }
        return sent;
    }

    std::unique_ptr<Engine> engine;
    std::deque<SendBytes> outbox;
    Bytes received;

  private:
    void Take(Actions actions)
    {
        for (Action& action : actions)
        {
            if (auto* send = std::get_if<SendBytes>(&action))
            {
                outbox.push_back(std::move(*send));
            }
            else if (const auto* data = std::get_if<Deliver>(&action))
            {
                Append(received, data->plaintext);
            }
        }
    }

    CostProfile m_profile;
    ConstantNormalSource m_normal{0};
    std::unique_ptr<RandomSource> m_random;
    Processor m_processor{m_profile, m_normal, *m_random};
};

/** \return the reason's name, or nothing */
inline std::string
ReasonOf(const TcpcryptEnd& end)
{
    const std::optional<Failure> reason = end.engine->FailureReason();
    return reason ? NameOf(*reason) : "";
}

/** \return what two ends agree on that can do \p group */
inline EnoOutcome
AgreedOn(Group group)
{
    using Segment = EnoNegotiation::Segment;
    EnoNegotiation active({TepOf(group)});
    EnoNegotiation passive({TepOf(group)});
    passive.OnReceive(Segment::Syn, {*active.OnSend(Segment::Syn)});
    active.OnReceive(Segment::SynAck, {*passive.OnSend(Segment::SynAck)});
    return active.Outcome();
}

/** Two ends back to back, and somebody in between. */
struct TcpcryptPair
{
    /** What becomes of octets under way; by default they pass as they are. */
    using Tamper = std::function<Bytes(bool toServer, PathId path, Bytes octets)>;

    explicit TcpcryptPair(PathId paths = 1, Group group = Group::X25519)
        : config{group, paths}
    {
    }

    void Begin()
    {
        client.Begin<TcpcryptClient>(config);
        server.Begin<TcpcryptServer>(config);
    }

    /** Brings all paths up and carries octets until nobody has anything to say. */
    void Run()
    {
        Begin();
        const EnoOutcome outcome = AgreedOn(config.group);
        for (PathId path = 1; path <= config.paths; ++path)
        {
            client.Up(path, outcome);
            server.Up(path, outcome);
        }
        Settle();
    }

    void Settle()
    {
        while (!client.outbox.empty() || !server.outbox.empty())
        {
            Carry(client, server, true);
            Carry(server, client, false);
        }
    }

    void Carry(TcpcryptEnd& from, TcpcryptEnd& to, bool toServer) const
    {
        while (!from.outbox.empty())
        {
            SendBytes sent = from.Next();
            to.Receive(sent.path, tamper ? tamper(toServer, sent.path, sent.bytes) : sent.bytes);
        }
    }

    KeyExchangeConfig config;
    TcpcryptEnd client{std::uint8_t{1}};
    TcpcryptEnd server{std::uint8_t{2}};
    Tamper tamper;
};

} // namespace smkex

#endif // SMKEX_TCPCRYPT_PAIR_H
