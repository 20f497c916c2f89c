/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz-end.h"
#include "smkex-fuzz.h"

#include <map>

/**
 * \file
 * Live exchanges between true engines over a wire that is out to break them. One input is one
 * exchange: each client and each server must end up waiting, failed for a reason, or accepted,
 * and whoever accepted under H did so under the same keys as its peer.
 */

namespace smkex
{

namespace
{

/** What the wire does to what is sent. */
enum class Malice : std::uint8_t
{
    Nothing,    //!< the control group: here both ends have to accept
    Noise,      //!< random octets at random moments
    Mutation,   //!< of single messages
    Truncation, //!< the rest of a path is lost
    Oversize,   //!< frames whose length is out of bounds
    Disorder,   //!< messages overtake each other and change paths
    Repetition, //!< messages come twice
    Reflection, //!< what an endpoint sent comes back to it, the share as the peer's
    Splice,     //!< paths of two sessions are crossed
    Forgery,    //!< well-formed messages with wrong content
    Silence,    //!< nothing arrives at all
};

CostProfile
SomeCosts()
{
    CostProfile profile;
    for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
    {
        profile.Set(static_cast<Operation>(i), {1000.0 * static_cast<double>(i), 1, 0.1});
    }
    return profile;
}

Message
ForgedMessage(Dice& dice, const KeyExchangeConfig& config)
{
    const auto share = [&] {
        const std::size_t right = PublicKeySize(config.group);
        Bytes octets = dice.Octets(dice.OnceIn(4) ? dice.Below(512) : right);
        if (dice.OnceIn(3))
        {
            std::fill(octets.begin(), octets.end(), std::uint8_t{0}); // of low order
        }
        else if (!octets.empty() && dice.OnceIn(2))
        {
            octets[0] = 0x04; // looks like an uncompressed point
        }
        return octets;
    };
    SessionId session{};
    Nonce nonce{};
    Digest hash = dice.Seed();
    nonce.fill(dice.Octet());
    session.fill(dice.Octet());
    const auto path = static_cast<PathId>(dice.OnceIn(4) ? dice.Octet() : 1 + dice.Below(4));
    switch (dice.Below(5))
    {
    case 0:
        return ClientShare{session,
                           dice.OnceIn(3) ? static_cast<Group>(dice.Below(65536)) : config.group,
                           share()};
    case 1:
        return ServerShare{share()};
    case 2:
        return ClientNonce{session, path, nonce};
    case 3:
        return ServerBinding{path, nonce, hash};
    default:
        return Record{dice.Octets(AEAD_TAG_SIZE + dice.Below(100))};
    }
}

/** One or two exchanges at once, and the wire between them. */
class Exchange
{
  public:
    Exchange(std::uint64_t seed, Malice malice)
        : m_dice(seed),
          m_malice(malice)
    {
        m_config.group = m_dice.OnceIn(32) ? Group::P256 : Group::X25519;
        m_config.paths = static_cast<PathId>(m_dice.OnceIn(4) ? 1 : 2 + m_dice.Below(2));
        const std::size_t sessions = malice == Malice::Splice ? 2 : 1;
        for (std::size_t i = 0; i < sessions; ++i)
        {
            m_ends.push_back(std::make_unique<End>(true, m_config, m_costs, m_dice));
            m_ends.push_back(std::make_unique<End>(false, m_config, m_costs, m_dice));
        }
    }

    /** \return what went wrong, or nothing */
    std::string Run()
    {
        Open();
        for (unsigned step = 0; step < 60 && Step(); ++step)
        {
        }
        const bool exchanged = m_malice == Malice::Nothing;
        for (const std::unique_ptr<End>& end : m_ends)
        {
            if (exchanged && !end->engine->IsAccepted())
            {
                return "an honest wire, and no acceptance";
            }
        }
        if (const std::string problem = CheckPeers(); !problem.empty())
        {
            return problem;
        }
        return Close();
    }

    void CountReasons(std::map<std::string, unsigned>& reasons) const
    {
        for (const std::unique_ptr<End>& end : m_ends)
        {
            const std::optional<Failure> reason = end->engine->FailureReason();
            ++reasons[reason ? NameOf(*reason) : "accepted"];
        }
    }

  private:
    End& PeerOf(std::size_t index)
    {
        return *m_ends[index ^ 1];
    }

    /** Connects all paths, in any order. */
    void Open()
    {
        std::vector<std::pair<std::size_t, PathId>> ups;
        for (std::size_t i = 0; i < m_ends.size(); ++i)
        {
            Take(*m_ends[i], m_ends[i]->engine->OnStart(m_now));
            for (PathId path = 1; path <= m_config.paths; ++path)
            {
                ups.emplace_back(i, path);
            }
        }
        while (!ups.empty())
        {
            const std::size_t which = m_dice.Below(ups.size());
            const auto [i, path] = ups[which];
            ups.erase(ups.begin() + static_cast<std::ptrdiff_t>(which));
            Take(*m_ends[i], m_ends[i]->engine->OnPathUp(path, Tick()));
        }
    }

    Instant Tick()
    {
        m_now += Duration(m_dice.Below(20000));
        return m_now;
    }

    void Deliver(End& end, PathId path, ByteView octets)
    {
        for (const Bytes& piece : Split(m_dice, octets))
        {
            Take(end, end.engine->OnBytes(path, piece, Tick()));
        }
        if (end.engine->IsAccepted() && end.given.size() < 200 && m_dice.OnceIn(2))
        {
            const Bytes data = m_dice.Octets(1 + m_dice.Below(100));
            Append(end.given, data);
            Take(end, end.engine->SendApplicationData(data, Tick()));
        }
    }

    /** Moves one message on. \return whether there was one, or might still be */
    bool Step()
    {
        std::vector<std::size_t> talking;
        for (std::size_t i = 0; i < m_ends.size(); ++i)
        {
            if (!m_ends[i]->outbox.empty())
            {
                talking.push_back(i);
            }
        }
        if (talking.empty())
        {
            return false;
        }
        const std::size_t index = talking[m_dice.Below(talking.size())];
        End& from = *m_ends[index];
        // Paths are independent of each other: any path's first message may be the next.
        std::size_t which = 0;
        const PathId path = from.outbox[m_dice.Below(from.outbox.size())].path;
        while (from.outbox[which].path != path)
        {
            ++which;
        }
        if (m_malice == Malice::Disorder && m_dice.OnceIn(3))
        {
            which = m_dice.Below(from.outbox.size());
        }
        const SendBytes message = from.outbox[which];
        from.outbox.erase(from.outbox.begin() + static_cast<std::ptrdiff_t>(which));
        Carry(index, message);
        return true;
    }

    void Carry(std::size_t index, const SendBytes& message)
    {
        End& to = PeerOf(index);
        const PathId path = message.path;
        const bool strike = m_dice.OnceIn(3);
        switch (m_malice)
        {
        case Malice::Nothing:
            Deliver(to, path, message.bytes);
            return;
        case Malice::Noise:
            if (strike)
            {
                Deliver(AnyEnd(), AnyPath(), m_dice.Octets(1 + m_dice.Below(300)));
            }
            Deliver(to, path, message.bytes);
            return;
        case Malice::Mutation:
            Deliver(to, path, strike ? Mutate(m_dice, message.bytes) : message.bytes);
            return;
        case Malice::Truncation:
            if (m_cut.count({index, path}) != 0)
            {
                return;
            }
            if (strike)
            {
                m_cut[{index, path}] = true;
                Deliver(to,
                        path,
                        ByteView(message.bytes).First(m_dice.Below(message.bytes.size())));
                if (m_dice.OnceIn(2))
                {
                    const PathEnd how = m_dice.OnceIn(2) ? PathEnd::Closed : PathEnd::Reset;
                    Take(to, to.engine->OnPathDown(path, how, Tick()));
                }
                return;
            }
            Deliver(to, path, message.bytes);
            return;
        case Malice::Oversize:
            if (strike)
            {
                Bytes frame = message.bytes;
                frame[1] = m_dice.OnceIn(2) ? 0xff : frame[1];
                frame[2] = static_cast<std::uint8_t>(frame[2] + 1 + m_dice.Below(255));
                Append(frame, m_dice.Octets(m_dice.Below(700)));
                Deliver(to, path, frame);
                return;
            }
            Deliver(to, path, message.bytes);
            return;
        case Malice::Disorder:
            Deliver(to, strike ? AnyPath() : path, message.bytes);
            return;
        case Malice::Repetition:
            Deliver(to, path, message.bytes);
            if (strike)
            {
                Deliver(to, path, message.bytes);
            }
            return;
        case Malice::Reflection:
            Reflect(index, message);
            return;
        case Malice::Splice: {
            // The second path leads to the other session's server, and back to its client.
            End& other = *m_ends[(index ^ 1) ^ (path == 1 ? 0U : 2U)];
            Deliver(other, path, strike ? Relabelled(message.bytes, path) : message.bytes);
            return;
        }
        case Malice::Forgery:
            if (strike)
            {
                Deliver(to,
                        m_dice.OnceIn(3) ? AnyPath() : path,
                        Encode(ForgedMessage(m_dice, m_config)));
            }
            Deliver(to, path, message.bytes);
            return;
        case Malice::Silence:
            return;
        }
    }

    void Reflect(std::size_t index, const SendBytes& message)
    {
        std::optional<Failure> failure;
        const std::optional<Frame> frame = PeekFrame(message.bytes, failure);
        const auto decoded = Decode(*frame);
        const auto* known = std::get_if<Message>(&decoded);
        const auto* share = known ? std::get_if<ClientShare>(known) : nullptr;
        if (share && m_dice.OnceIn(2))
        {
            Deliver(*m_ends[index], message.path, Encode(ServerShare{share->share}));
        }
        else if (m_dice.OnceIn(2))
        {
            Deliver(*m_ends[index], message.path, message.bytes);
        }
        Deliver(PeerOf(index), message.path, message.bytes);
    }

    /** A message of another session under the identifier of the first one seen. */
    Bytes Relabelled(Bytes message, PathId path)
    {
        constexpr std::size_t SESSION_AT = FRAME_HEADER_SIZE + 1;
        const std::size_t end = SESSION_AT + sizeof(SessionId);
        const auto type = static_cast<MessageType>(message[0]);
        if ((type != MessageType::ClientShare && type != MessageType::ClientNonce) ||
            message.size() < end)
        {
            return message;
        }
        const auto begin = message.begin() + static_cast<std::ptrdiff_t>(SESSION_AT);
        if (path == 1 || m_label.empty())
        {
            m_label.assign(begin, begin + sizeof(SessionId));
        }
        std::copy(m_label.begin(), m_label.end(), begin);
        return message;
    }

    End& AnyEnd()
    {
        return *m_ends[m_dice.Below(m_ends.size())];
    }

    /** Any path, now and then one that is not the session's. */
    PathId AnyPath()
    {
        return static_cast<PathId>(1 + m_dice.Below(m_config.paths + (m_dice.OnceIn(8) ? 7U : 0U)));
    }

    std::string CheckPeers() const
    {
        for (const std::unique_ptr<End>& client : m_ends)
        {
            if (!client->isClient || client->accepted == 0)
            {
                continue;
            }
            if (!client->engine->Keys())
            {
                return "a client accepted without keys";
            }
            // H binds the client to one server's view. Without it (dh) anyone's share will do.
            bool hasPeer = m_config.paths == 1 && m_malice != Malice::Nothing;
            for (const std::unique_ptr<End>& server : m_ends)
            {
                if (!server->isClient && server->engine->Keys() &&
                    server->engine->Keys()->session == client->engine->Keys()->session)
                {
                    hasPeer = true;
                    if (!IsPrefix(server->received, client->given) ||
                        !IsPrefix(client->received, server->given))
                    {
                        return "application data was delivered that nobody had sent";
                    }
                }
            }
            if (!hasPeer)
            {
                return "a client accepted, and no server has its key";
            }
        }
        return {};
    }

    static bool IsPrefix(const Bytes& part, const Bytes& whole)
    {
        return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
    }

    /** Whoever still waits runs out of patience; then nobody must react to anything any more. */
    std::string Close()
    {
        for (const std::unique_ptr<End>& end : m_ends)
        {
            const bool waiting = !end->engine->IsAccepted() && !end->engine->FailureReason();
            Take(*end, end->engine->OnTimeout(Tick()));
            if (waiting && end->engine->FailureReason() != Failure::Timeout)
            {
                return "one that waits does not run out of patience";
            }
            if (end->accepted > 1 || end->failed > 1)
            {
                return "an acceptance or a failure is announced twice";
            }
            if (end->engine->FailureReason().has_value() != (end->failed == 1))
            {
                return "a failure is not announced";
            }
            if (end->engine->FailureReason())
            {
                Take(*end, end->engine->OnPathUp(1, Tick()));
                Take(*end, end->engine->OnBytes(1, m_dice.Octets(40), Tick()));
                Take(*end, end->engine->OnPathDown(1, PathEnd::Reset, Tick()));
                Take(*end, end->engine->SendApplicationData(m_dice.Octets(5), Tick()));
                Take(*end, end->engine->OnTimeout(Tick()));
            }
            if (!end->problem.empty())
            {
                return end->problem;
            }
        }
        return {};
    }

    Dice m_dice;
    Malice m_malice;
    KeyExchangeConfig m_config;
    CostProfile m_costs{SomeCosts()};
    std::vector<std::unique_ptr<End>> m_ends; //!< client and server in turn
    std::map<std::pair<std::size_t, PathId>, bool> m_cut;
    Bytes m_label;
    Instant m_now{0};
};

std::string
RunExchanges(Malice malice, unsigned count, const std::vector<Failure>& expected)
{
    std::map<std::string, unsigned> reasons;
    for (unsigned i = 0; i < count; ++i)
    {
        const std::uint64_t seed = 1000003ULL * i + static_cast<unsigned>(malice);
        Exchange exchange(seed, malice);
        const std::string problem = exchange.Run();
        if (!problem.empty())
        {
            return "input " + std::to_string(i) + ": " + problem;
        }
        exchange.CountReasons(reasons);
    }
    for (const Failure reason : expected)
    {
        if (reasons[NameOf(reason)] == 0)
        {
            return std::string("not one input led to ") + NameOf(reason);
        }
    }
    return {};
}

} // namespace

std::vector<FuzzCheck>
ExchangeChecks()
{
    struct Plan
    {
        const char* name;
        Malice malice;
        unsigned count;
        std::vector<Failure> expected; //!< or the wire is not what it says
    };

    // 100,000 inputs in all.
    const std::vector<Plan> plans{
        {"exchange-over-an-honest-wire", Malice::Nothing, 2000, {}},
        {"exchange-with-random-octets",
         Malice::Noise,
         12000,
         {Failure::MalformedMessage, Failure::WrongPath, Failure::OversizedMessage}},
        {"exchange-with-mutated-messages",
         Malice::Mutation,
         30000,
         {Failure::MalformedMessage,
          Failure::OversizedMessage,
          Failure::UnsupportedVersion,
          Failure::GroupMismatch,
          Failure::SessionMismatch,
          Failure::PublicKeyLength,
          Failure::PublicKeyNotOnCurve,
          Failure::BindingMismatch,
          Failure::WrongPath,
          Failure::RecordAuthentication,
          Failure::Timeout}},
        {"exchange-with-truncated-paths",
         Malice::Truncation,
         8000,
         {Failure::Timeout, Failure::PathClosed, Failure::PathReset}},
        {"exchange-with-oversized-messages",
         Malice::Oversize,
         8000,
         {Failure::OversizedMessage, Failure::PublicKeyLength}},
        {"exchange-in-wrong-order",
         Malice::Disorder,
         10000,
         {Failure::WrongPath, Failure::RecordAuthentication}},
        {"exchange-with-repeated-messages",
         Malice::Repetition,
         8000,
         {Failure::UnexpectedMessage, Failure::RecordAuthentication}},
        {"exchange-with-reflected-messages",
         Malice::Reflection,
         8000,
         {Failure::ReflectedShare, Failure::UnexpectedMessage}},
        {"exchange-with-spliced-sessions",
         Malice::Splice,
         4000,
         {Failure::SessionMismatch, Failure::BindingMismatch}},
        {"exchange-with-forged-messages",
         Malice::Forgery,
         9000,
         {Failure::ZeroSharedSecret,
          Failure::PublicKeyLength,
          Failure::PublicKeyNotOnCurve,
          Failure::GroupMismatch,
          Failure::SessionMismatch,
          Failure::BindingMismatch,
          Failure::WrongPath,
          Failure::RecordAuthentication}},
        {"exchange-with-a-peer-that-never-answers", Malice::Silence, 1000, {Failure::Timeout}},
    };
    std::vector<FuzzCheck> checks;
    for (const Plan& plan : plans)
    {
        checks.push_back(
            {plan.name, [plan] { return RunExchanges(plan.malice, plan.count, plan.expected); }});
    }
    return checks;
}

} // namespace smkex
