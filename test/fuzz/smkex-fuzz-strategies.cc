/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz.h"

#include "ns3/smkex-key-exchange.h"
#include "ns3/smkex-secret-sharing.h"
#include "ns3/smkex-strategy.h"

#include <array>
#include <map>

/**
 * \file
 * Attackers' strategies between endpoints that say anything. Attackers are our own code, but what
 * passes their nodes is not.
 */

namespace smkex
{

namespace
{

/** Holds octets as an interceptor does, and watches over what is done with them. */
class FakeGrip : public Grip
{
  public:
    ByteView Held(FlowId flow, Direction direction) const override
    {
        const auto found = m_held.find({flow, direction});
        return found == m_held.end() ? ByteView() : ByteView(found->second);
    }

    void Forward(FlowId flow, Direction direction, std::size_t size) override
    {
        Drop(flow, direction, size);
    }

    void Replace(FlowId flow, Direction direction, std::size_t size, ByteView replacement) override
    {
        Drop(flow, direction, size);
        replaced += replacement.size();
    }

    void Inject(FlowId, Direction, ByteView octets) override
    {
        ++touched;
        replaced += octets.size();
    }

    void AwaitMore(FlowId, Direction) override
    {
        ++touched;
    }

    void Add(FlowId flow, Direction direction, ByteView octets)
    {
        Append(m_held[{flow, direction}], octets);
    }

    unsigned touched{0};
    std::size_t replaced{0};
    bool overdrawn{false};

  private:
    void Drop(FlowId flow, Direction direction, std::size_t size)
    {
        ++touched;
        Bytes& held = m_held[{flow, direction}];
        overdrawn = overdrawn || size > held.size();
        const std::size_t gone = std::min(size, held.size());
        held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(gone));
    }

    std::map<std::pair<FlowId, Direction>, Bytes> m_held;
};

/** Everything that was said in honest sessions, by session, direction and path. */
struct Said
{
    std::array<std::array<Bytes, MAX_PATHS>, 2> octets;
};

template <class Client, class Server>
Said
RunHonestSession(Dice& dice, const KeyExchangeConfig& config)
{
    const CostProfile free;
    DiceNormalSource normal(1);
    SeededRandomSource random(dice.Seed());
    Processor clientProcessor(free, normal, random);
    Processor serverProcessor(free, normal, random);
    Client client(clientProcessor, config);
    Server server(serverProcessor, config);
    const std::array<Engine*, 2> ends{&client, &server};
    Said said;
    const std::function<void(Direction, const Actions&)> carry = [&](Direction direction,
                                                                     const Actions& actions) {
        for (const Action& action : actions)
        {
            if (const auto* send = std::get_if<SendBytes>(&action))
            {
                Append(said.octets[static_cast<std::size_t>(direction)][send->path - 1U],
                       send->bytes);
                const bool toServer = direction == Direction::ToServer;
                Engine* const to = ends[toServer ? 1 : 0];
                carry(toServer ? Direction::ToClient : Direction::ToServer,
                      to->OnBytes(send->path, send->bytes, Instant{0}));
            }
        }
    };
    carry(Direction::ToClient, server.OnStart(Instant{0}));
    carry(Direction::ToServer, client.OnStart(Instant{0}));
    for (PathId path = 1; path <= config.paths; ++path)
    {
        carry(Direction::ToServer, client.OnPathUp(path, Instant{0}));
    }
    carry(Direction::ToServer, client.SendApplicationData(dice.Octets(40), Instant{0}));
    carry(Direction::ToClient, server.SendApplicationData(dice.Octets(40), Instant{0}));
    return said;
}

/** One node of a coalition. */
struct Node
{
    FakeGrip grip;
    Situation situation;
    std::unique_ptr<Strategy> strategy;
};

/** A coalition on some paths, while garbage and honest sessions pass it. */
class Ambush
{
  public:
    Ambush(std::uint64_t seed,
           const std::vector<Said>& honest,
           PathId paths,
           const std::string& protocol)
        : m_dice(seed),
          m_random(m_dice.Seed()),
          m_normal(seed),
          m_processor(m_free, m_normal, m_random),
          m_honest(honest),
          m_paths(paths)
    {
        Situation common{};
        common.encrypted = !m_dice.OnceIn(10);
        common.paths = paths;
        common.protocol = protocol;
        common.agreedSecret = m_dice.Seed();
        const std::size_t nodes = 1 + m_dice.Below(2);
        for (std::size_t i = 0; i < nodes; ++i)
        {
            std::vector<PathId> seen{static_cast<PathId>(1 + m_dice.Below(paths))};
            if (m_dice.OnceIn(4))
            {
                seen = {1, 2};
            }
            common.coalition.push_back({seen, !m_dice.OnceIn(3)});
        }
        const std::vector<std::string> names = StrategyNames();
        const std::string name = names[m_dice.Below(names.size())];
        for (std::size_t i = 0; i < nodes; ++i)
        {
            Node& node = *m_nodes.emplace_back(std::make_unique<Node>());
            node.situation = common;
            node.situation.node = static_cast<std::uint32_t>(i);
            node.situation.active = common.coalition[i].active;
            const auto tell = [this, i](const News& news) { m_news.emplace_back(i, news); };
            node.strategy = MakeStrategy(name,
                                         node.situation,
                                         StrategyTools{node.grip, m_loot, m_processor, tell});
        }
    }

    /** \return what went wrong, or nothing */
    std::string Run(unsigned sessions)
    {
        for (unsigned i = 0; i < sessions; ++i)
        {
            PassSession();
        }
        for (const std::unique_ptr<Node>& node : m_nodes)
        {
            if (node->grip.overdrawn)
            {
                return "more is decided on than is held";
            }
            if (!node->situation.active && node->grip.touched > 0)
            {
                return "a passive node changes something";
            }
        }
        return {};
    }

    bool HasReplacedAnything() const
    {
        return std::any_of(m_nodes.begin(), m_nodes.end(), [](const auto& node) {
            return node->grip.replaced > 0;
        });
    }

    bool HasKeys() const
    {
        return !m_loot.sessionKeys.empty();
    }

  private:
    /** One session's connections, message by message in any order of paths and directions. */
    void PassSession()
    {
        Said said = m_honest[m_dice.Below(m_honest.size())];
        SessionId fresh{};
        const Bytes drawn = m_dice.Octets(fresh.size());
        std::copy(drawn.begin(), drawn.end(), fresh.begin());
        std::array<FlowId, MAX_PATHS> flows{};
        for (PathId path = 1; path <= m_paths; ++path)
        {
            flows[path - 1U] = m_nextFlow++;
            for (const std::unique_ptr<Node>& node : m_nodes)
            {
                if (Passes(*node, path))
                {
                    node->strategy->OnFlow(flows[path - 1U], m_dice.Octet());
                }
            }
            Bytes& toServer = said.octets[0][path - 1U];
            if (toServer.size() > FRAME_HEADER_SIZE + 1 + fresh.size())
            {
                std::copy(fresh.begin(), fresh.end(), toServer.begin() + FRAME_HEADER_SIZE + 1);
            }
        }
        const bool honest = m_dice.OnceIn(3);
        std::vector<std::pair<PathId, Direction>> order;
        for (PathId path = 1; path <= m_paths; ++path)
        {
            order.emplace_back(path, Direction::ToServer);
        }
        for (PathId path = 1; path <= m_paths; ++path)
        {
            order.emplace_back(path, Direction::ToClient);
        }
        for (const auto& [path, direction] : order)
        {
            const Bytes& octets = said.octets[static_cast<std::size_t>(direction)][path - 1U];
            Pass(flows[path - 1U], path, direction, honest ? octets : Worsened(octets));
        }
        for (PathId path = 1; path <= m_paths && !m_dice.OnceIn(5); ++path)
        {
            for (const std::unique_ptr<Node>& node : m_nodes)
            {
                node->strategy->OnFlowEnd(flows[path - 1U]);
            }
        }
    }

    static bool Passes(const Node& node, PathId path)
    {
        const std::vector<PathId>& seen = node.situation.coalition[node.situation.node].paths;
        return std::find(seen.begin(), seen.end(), path) != seen.end();
    }

    Bytes Worsened(const Bytes& octets)
    {
        switch (m_dice.Below(4))
        {
        case 0:
            return Mutate(m_dice, octets);
        case 1:
            return m_dice.Octets(m_dice.Below(200));
        case 2: { // a nonce or an H for a path that nobody has, of a session that nobody knows
            SessionId session{};
            session.fill(m_dice.Octet());
            Nonce nonce{};
            const PathId path = m_dice.OnceIn(2) ? PathId{0} : m_dice.Octet();
            Bytes worse = octets;
            Append(worse, Encode(ServerBinding{path, nonce, Digest{}}));
            Append(worse, Encode(ClientNonce{session, path, nonce}));
            return worse;
        }
        default:
            return octets;
        }
    }

    void Pass(FlowId flow, PathId path, Direction direction, const Bytes& octets)
    {
        for (const Bytes& piece : Split(m_dice, octets))
        {
            for (const std::unique_ptr<Node>& node : m_nodes)
            {
                if (Passes(*node, path))
                {
                    if (node->situation.active)
                    {
                        node->grip.Add(flow, direction, piece);
                    }
                    node->strategy->OnBytes(flow, direction, piece);
                }
            }
            SpreadNews();
        }
    }

    void SpreadNews()
    {
        for (std::size_t told = 0; told < m_news.size(); ++told)
        {
            auto [from, news] = m_news[told];
            if (m_dice.OnceIn(20))
            {
                news.value = Mutate(m_dice, news.value);
                news.path = m_dice.Octet();
            }
            for (std::size_t i = 0; i < m_nodes.size(); ++i)
            {
                if (i != from)
                {
                    m_nodes[i]->strategy->OnNews(news);
                }
            }
        }
        m_news.clear();
    }

    Dice m_dice;
    const CostProfile m_free;
    SeededRandomSource m_random;
    DiceNormalSource m_normal;
    Processor m_processor;
    const std::vector<Said>& m_honest;
    PathId m_paths;
    Loot m_loot;
    std::vector<std::unique_ptr<Node>> m_nodes;
    std::vector<std::pair<std::size_t, News>> m_news;
    FlowId m_nextFlow{1};
};

/** \return honest sessions of these engines, over two paths and over three */
template <class Client, class Server>
std::array<std::vector<Said>, 2>
HonestSessions(Dice& dice)
{
    SeededRandomSource random(dice.Seed());
    const LongTermIdentity identity(GenerateSigningKeyPair(random));
    std::array<std::vector<Said>, 2> honest;
    for (PathId paths = 2; paths <= 3; ++paths)
    {
        for (unsigned i = 0; i < 10; ++i)
        {
            KeyExchangeConfig config{i == 0 ? Group::P256 : Group::X25519, paths};
            if (i % 3 == 1)
            {
                config.trust.identity = std::make_shared<LongTermIdentity>(identity);
                config.trust.pins = std::make_shared<MemoryPinStore>();
                config.trust.host = "server";
            }
            honest[paths - 2U].push_back(RunHonestSession<Client, Server>(dice, config));
        }
    }
    return honest;
}

/** \return what went wrong around sessions of \p protocol, or nothing */
std::string
FuzzStrategies(const std::string& protocol, const std::array<std::vector<Said>, 2>& honest)
{
    unsigned replacing = 0;
    unsigned knowing = 0;
    for (unsigned i = 0; i < 2000; ++i)
    {
        const auto paths = static_cast<PathId>(2 + i % 2);
        Ambush ambush(104729ULL * i + 5, honest[paths - 2U], paths, protocol);
        const std::string problem = ambush.Run(i % 50 == 0 ? 300 : 4);
        if (!problem.empty())
        {
            return "ambush " + std::to_string(i) + ": " + problem;
        }
        replacing += ambush.HasReplacedAnything() ? 1 : 0;
        knowing += ambush.HasKeys() ? 1 : 0;
    }
    return replacing > 500 && knowing > 20 ? "" : "hardly any attacker does anything";
}

} // namespace

std::vector<FuzzCheck>
StrategyChecks()
{
    return {{"strategies",
             [] {
                 Dice dice(31);
                 return FuzzStrategies("smkex",
                                       HonestSessions<KeyExchangeClient, KeyExchangeServer>(dice));
             }},
            {"strategies-on-secret-sharing", [] {
                 Dice dice(32);
                 return FuzzStrategies(
                     "secret-sharing",
                     HonestSessions<SecretSharingClient, SecretSharingServer>(dice));
             }}};
}

} // namespace smkex
