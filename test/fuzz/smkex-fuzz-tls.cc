/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz.h"

#include "ns3/smkex-mtls-engine.h"
#include "ns3/smkex-strategy.h"

#include <array>
#include <map>
#include <memory>
#include <set>

/**
 * \file
 * `tls` and `mtls` between true engines over a wire that is out to break them, and attackers who
 * terminate connections in which anything may be said.
 */

namespace smkex
{

namespace
{

/** One engine, and what it wants on the wire. */
struct End
{
    End(bool isClient, PathId paths, Dice& dice)
        : normal(1),
          random(dice.Seed()),
          processor(free, normal, random)
    {
        KeyExchangeConfig config;
        config.paths = paths;
        config.group = dice.OnceIn(8) ? Group::P256 : Group::X25519;
        using Role = TlsConfig::Role;
        if (paths == 1)
        {
            engine = std::make_unique<TlsEngine>(processor,
                                                 isClient ? Role::Client : Role::Server,
                                                 config);
        }
        else if (isClient)
        {
            engine = std::make_unique<MtlsClient>(processor, config);
        }
        else
        {
            engine = std::make_unique<MtlsServer>(processor, config);
        }
    }

    void Take(const Actions& actions)
    {
        for (const Action& action : actions)
        {
            isWrong = isWrong || failed;
            failed = failed || std::holds_alternative<Fail>(action);
            if (const auto* send = std::get_if<SendBytes>(&action))
            {
                outbox.push_back(*send);
            }
        }
    }

    CostProfile free;
    DiceNormalSource normal;
    SeededRandomSource random;
    Processor processor;
    std::unique_ptr<Engine> engine;
    std::vector<SendBytes> outbox;
    bool failed{false};
    bool isWrong{false}; //!< an action followed the failure
};

/** What happens to messages on their way; several things in one exchange. */
enum class Malice : std::uint8_t
{
    Nothing,
    Mutation,
    Truncation,
    Disorder,
    Repetition,
    Noise,
};

constexpr unsigned MALICES = 6;

/** One session of two ends, with application data where both accept. */
class TlsExchange
{
  public:
    TlsExchange(std::uint64_t seed, Malice malice)
        : m_dice(seed),
          m_malice(malice),
          m_paths(static_cast<PathId>(1 + m_dice.Below(3))),
          m_client(true, m_paths, m_dice),
          m_server(false, m_paths, m_dice)
    {
    }

    /** \return what went wrong, or nothing */
    std::string Run(std::set<std::string>& reasons)
    {
        m_client.Take(m_client.engine->OnStart(Instant(0)));
        m_server.Take(m_server.engine->OnStart(Instant(0)));
        for (PathId path = 1; path <= m_paths; ++path)
        {
            m_client.Take(m_client.engine->OnPathUp(path, Instant(0)));
            m_server.Take(m_server.engine->OnPathUp(path, Instant(0)));
        }
        for (int round = 0; round < 6; ++round)
        {
            Carry(m_client, m_server);
            Carry(m_server, m_client);
            if (round == 3)
            {
                m_client.Take(m_client.engine->SendApplicationData(Bytes(50, 1), Instant(0)));
                m_server.Take(m_server.engine->SendApplicationData(Bytes(50, 2), Instant(0)));
            }
        }
        for (End* end : {&m_client, &m_server})
        {
            end->Take(end->engine->OnTimeout(Instant(0)));
            if (end->isWrong || end->failed != end->engine->FailureReason().has_value() ||
                (!end->failed && !end->engine->IsAccepted()))
            {
                return "an end neither accepts nor fails once, for a reason";
            }
            if (end->failed)
            {
                reasons.insert(NameOf(*end->engine->FailureReason()));
            }
        }
        const auto& clientKeys = m_client.engine->Keys();
        const auto& serverKeys = m_server.engine->Keys();
        if (clientKeys && serverKeys && clientKeys->session != serverKeys->session)
        {
            return "both accepted, under different keys";
        }
        return {};
    }

    bool BothAccepted() const
    {
        return m_client.engine->IsAccepted() && m_server.engine->IsAccepted();
    }

  private:
    void Carry(End& from, End& to)
    {
        std::vector<SendBytes> messages;
        messages.swap(from.outbox);
        if (m_malice == Malice::Disorder && messages.size() > 1 && m_dice.OnceIn(2))
        {
            std::swap(messages.front(), messages.back());
        }
        for (SendBytes& message : messages)
        {
            const bool strike = m_dice.OnceIn(3);
            if (strike && m_malice == Malice::Mutation)
            {
                message.bytes = Mutate(m_dice, message.bytes);
            }
            else if (strike && m_malice == Malice::Truncation)
            {
                message.bytes.resize(m_dice.Below(message.bytes.size()));
            }
            else if (strike && m_malice == Malice::Disorder)
            {
                SwapRecords(message.bytes);
                message.path = static_cast<PathId>(1 + m_dice.Below(m_paths));
            }
            else if (strike && m_malice == Malice::Noise)
            {
                Deliver(to, message.path, m_dice.Octets(1 + m_dice.Below(100)));
            }
            Deliver(to, message.path, message.bytes);
            if (strike && m_malice == Malice::Repetition)
            {
                Deliver(to, message.path, message.bytes);
            }
        }
    }

    /** Exchanges the first two records of a flight. */
    static void SwapRecords(Bytes& flight)
    {
        constexpr std::size_t HEADER = 5;
        const auto end = [&flight](std::size_t begin) {
            const std::size_t size = begin + HEADER > flight.size()
                                         ? 0
                                         : HEADER + (flight[begin + 3] << 8 | flight[begin + 4]);
            return std::min(begin + size, flight.size());
        };
        const std::size_t first = end(0);
        const std::size_t second = end(first);
        std::rotate(flight.begin(), flight.begin() + first, flight.begin() + second);
    }

    void Deliver(End& to, PathId path, const Bytes& octets)
    {
        for (const Bytes& piece : Split(m_dice, octets))
        {
            to.Take(to.engine->OnBytes(path, piece, Instant(0)));
        }
    }

    Dice m_dice;
    Malice m_malice;
    PathId m_paths;
    End m_client;
    End m_server;
};

std::string
FuzzTls()
{
    std::set<std::string> reasons;
    unsigned accepted = 0;
    for (unsigned i = 0; i < 6000; ++i)
    {
        TlsExchange exchange(7919ULL * i + 3, static_cast<Malice>(i % MALICES));
        const std::string problem = exchange.Run(reasons);
        if (!problem.empty())
        {
            return "input " + std::to_string(i) + ": " + problem;
        }
        accepted += exchange.BothAccepted() ? 1 : 0;
    }
    for (const char* reason : {"timeout",
                               "tls-alert",
                               "tls-malformed",
                               "record-authentication",
                               "unexpected-message",
                               "binding-mismatch",
                               "malformed-message"})
    {
        if (reasons.count(reason) == 0)
        {
            return std::string("not one input led to ") + reason;
        }
    }
    return accepted > 1000 ? "" : "hardly anybody accepts";
}

std::string
FuzzHellos()
{
    Dice dice(77);
    End client(true, 2, dice);
    client.Take(client.engine->OnStart(Instant(0)));
    client.Take(client.engine->OnPathUp(1, Instant(0)));
    const Bytes hello = client.outbox.front().bytes;
    unsigned read = 0;
    for (unsigned i = 0; i < 100000; ++i)
    {
        const Bytes octets = dice.OnceIn(8) ? dice.Octets(dice.Below(300)) : Mutate(dice, hello);
        std::optional<Failure> failure;
        const std::optional<Link> link = PeekMtlsLink(octets, failure);
        if (link && failure)
        {
            return "input " + std::to_string(i) + " is a link and none";
        }
        read += link ? 1 : 0;
        ReadServerHello(octets);
        ReadClientHello(octets);
    }
    return read > 1000 ? "" : "hardly any hello is one";
}

/** Holds what an attacker has not decided on. */
class HoldingGrip : public Grip
{
  public:
    ByteView Held(FlowId, Direction direction) const override
    {
        return m_held[static_cast<std::size_t>(direction)];
    }

    void Forward(FlowId flow, Direction direction, std::size_t size) override
    {
        Replace(flow, direction, size, Held(flow, direction).First(size).ToBytes());
    }

    void Replace(FlowId, Direction direction, std::size_t size, ByteView replacement) override
    {
        Bytes& held = m_held[static_cast<std::size_t>(direction)];
        overdrawn = overdrawn || size > held.size();
        held.erase(held.begin(), held.begin() + std::min(size, held.size()));
        Append(out[static_cast<std::size_t>(direction)], replacement);
    }

    void Inject(FlowId, Direction direction, ByteView octets) override
    {
        Append(out[static_cast<std::size_t>(direction)], octets);
    }

    void AwaitMore(FlowId, Direction) override
    {
    }

    void Add(Direction direction, ByteView octets)
    {
        Append(m_held[static_cast<std::size_t>(direction)], octets);
    }

    std::array<Bytes, 2> out;
    bool overdrawn{false};

  private:
    std::array<Bytes, 2> m_held;
};

/** A TLS connection through an attacker, with damage on either side of it. */
std::string
RelayOnce(std::uint64_t seed, bool& won)
{
    Dice dice(seed);
    End client(true, 1, dice);
    End server(false, 1, dice);
    CostProfile free;
    DiceNormalSource normal(1);
    SeededRandomSource random(dice.Seed());
    Processor processor(free, normal, random);
    HoldingGrip grip;
    Loot loot;
    Situation situation{};
    situation.active = true;
    situation.encrypted = true;
    situation.paths = 1;
    situation.coalition = {{{1}, true}};
    situation.tls = TlsForgery{TlsPki::Default(), TlsCertificate::Rogue};
    const auto attacker = MakeStrategy("substitute",
                                       situation,
                                       StrategyTools{grip, loot, processor, [](const News&) {}});
    attacker->OnFlow(1, 1);
    const bool isHonest = dice.OnceIn(3);
    const auto pass = [&](End& from, End& to, Direction direction) {
        std::vector<SendBytes> messages;
        messages.swap(from.outbox);
        for (const SendBytes& message : messages)
        {
            const bool strike = !isHonest && dice.OnceIn(3);
            for (const Bytes& piece :
                 Split(dice, strike ? Mutate(dice, message.bytes) : message.bytes))
            {
                grip.Add(direction, piece);
                attacker->OnBytes(1, direction, piece);
            }
        }
        for (const auto& [end, way] :
             {std::pair{&to, direction},
              std::pair{&from,
                        direction == Direction::ToServer ? Direction::ToClient
                                                         : Direction::ToServer}})
        {
            Bytes octets;
            octets.swap(grip.out[static_cast<std::size_t>(way)]);
            end->Take(octets.empty() ? Actions() : end->engine->OnBytes(1, octets, Instant(0)));
        }
    };
    for (End* end : {&server, &client})
    {
        end->Take(end->engine->OnStart(Instant(0)));
        end->Take(end->engine->OnPathUp(1, Instant(0)));
    }
    for (int round = 0; round < 4; ++round)
    {
        pass(client, server, Direction::ToServer);
        pass(server, client, Direction::ToClient);
        client.Take(client.engine->SendApplicationData(Bytes(20, 1), Instant(0)));
    }
    attacker->OnFlowEnd(1);
    won = loot.sessionKeys.size() == 2 && !loot.plaintext.empty();
    return grip.overdrawn ? "more is decided on than is held" : "";
}

std::string
FuzzRelay()
{
    unsigned won = 0;
    for (unsigned i = 0; i < 2000; ++i)
    {
        bool hasWon = false;
        const std::string problem = RelayOnce(6151ULL * i + 11, hasWon);
        if (!problem.empty())
        {
            return "input " + std::to_string(i) + ": " + problem;
        }
        won += hasWon ? 1 : 0;
    }
    return won > 300 && won < 1900 ? "" : "the attacker does not depend on the wire";
}

} // namespace

std::vector<FuzzCheck>
TlsChecks()
{
    return {{"tls-exchanges", FuzzTls}, {"tls-hellos", FuzzHellos}, {"tls-relay", FuzzRelay}};
}

} // namespace smkex
