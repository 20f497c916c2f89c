/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz.h"

#include "ns3/smkex-key-exchange.h"
#include "ns3/smkex-secret-sharing.h"

#include <deque>
#include <map>
#include <memory>

/**
 * \file
 * Secret sharing and pinned keys over a wire that changes, repeats, swaps and cuts what is sent,
 * and pin stores that somebody has edited. Whatever happens, a client that has pinned the server's
 * key shares its session key with that server, or with nobody.
 */

namespace smkex
{

namespace
{

const std::string HOST{"server"};

/** An engine, its processor and what it still has to send. */
struct Party
{
    explicit Party(Dice& dice)
        : normal(dice.Number()),
          random(dice.Seed())
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
            else if (const auto* data = std::get_if<Deliver>(&action))
            {
                Append(received, data->plaintext);
            }
        }
    }

    CostProfile costs;
    DiceNormalSource normal;
    SeededRandomSource random;
    Processor processor{costs, normal, random};
    std::unique_ptr<Engine> engine;
    std::deque<SendBytes> outbox;
    Bytes received;
};

/** A client, a server, and the wire. */
class Encounter
{
  public:
    Encounter(std::uint64_t seed, bool honest)
        : m_dice(seed),
          m_isHonest(honest),
          m_client(m_dice),
          m_server(m_dice)
    {
        m_config.paths = static_cast<PathId>(1 + m_dice.Below(3));
    }

    void ShareSecret()
    {
        m_client.engine = std::make_unique<SecretSharingClient>(m_client.processor, m_config);
        m_server.engine = std::make_unique<SecretSharingServer>(m_server.processor, m_config);
    }

    /** The client has pinned the server's key, or the one that announces it. */
    void Pin()
    {
        SeededRandomSource random(m_dice.Seed());
        const LongTermIdentity old(GenerateSigningKeyPair(random));
        m_pins = std::make_shared<MemoryPinStore>(PinTable{{HOST, {old.PublicKey(), {}}}});
        m_config.trust = {nullptr, m_pins, HOST};
        m_client.engine = std::make_unique<KeyExchangeClient>(m_client.processor, m_config);
        const LongTermIdentity present =
            m_dice.OnceIn(2) ? old : old.RotateTo(GenerateSigningKeyPair(random));
        m_serverKey = present.PublicKey();
        m_oldKey = old.PublicKey();
        m_config.trust = {std::make_shared<LongTermIdentity>(present), nullptr, {}};
        m_server.engine = std::make_unique<KeyExchangeServer>(m_server.processor, m_config);
    }

    void Run()
    {
        m_client.Take(m_client.engine->OnStart({}));
        m_server.Take(m_server.engine->OnStart({}));
        for (PathId path = 1; path <= m_config.paths; ++path)
        {
            m_client.Take(m_client.engine->OnPathUp(path, {}));
        }
        for (unsigned step = 0; step < 30; ++step)
        {
            Carry(m_client, m_server);
            Carry(m_server, m_client);
            if (step == 5)
            {
                m_request = m_dice.Octets(300);
                m_client.Take(m_client.engine->SendApplicationData(m_request, {}));
            }
        }
    }

    bool ClientAccepted() const
    {
        return m_client.engine->IsAccepted();
    }

    /** \return whether the server that signed can have no other key than the client's */
    bool SharesAreTrue() const
    {
        // With nonces that were changed on their way the keys differ, and nobody has the client's.
        return m_config.paths > 1 || BothHaveOneKey() || !m_server.engine->Keys();
    }

    bool BothHaveOneKey() const
    {
        return m_client.engine->Keys() && m_server.engine->Keys() &&
               m_client.engine->Keys()->session == m_server.engine->Keys()->session;
    }

    /** \return whether what the server took for the request is a beginning of it */
    bool RequestIsTrue() const
    {
        const Bytes& got = m_server.received;
        return got.size() <= m_request.size() &&
               std::equal(got.begin(), got.end(), m_request.begin());
    }

    bool RequestIsWhole() const
    {
        return m_server.received == m_request;
    }

    /** \return whether the pin is the one from before, or the key of the true server */
    bool PinIsTrue() const
    {
        const auto found = std::get<std::optional<smkex::Pin>>(m_pins->Find(HOST));
        return found && (found->key == m_oldKey || found->key == m_serverKey);
    }

    void CountReasons(std::map<std::string, unsigned>& reasons) const
    {
        for (const Party* party : {&m_client, &m_server})
        {
            const std::optional<Failure> reason = party->engine->FailureReason();
            ++reasons[reason ? NameOf(*reason) : "none"];
        }
    }

  private:
    /** One message on, if there is one. */
    void Carry(Party& from, Party& to)
    {
        if (from.outbox.empty())
        {
            return;
        }
        const bool strike = !m_isHonest && m_dice.OnceIn(4);
        const std::size_t which = strike && m_dice.OnceIn(4) ? m_dice.Below(from.outbox.size()) : 0;
        SendBytes message = from.outbox[which];
        from.outbox.erase(from.outbox.begin() + static_cast<std::ptrdiff_t>(which));
        if (strike)
        {
            Worsen(message);
        }
        for (const Bytes& piece : Split(m_dice, message.bytes))
        {
            to.Take(to.engine->OnBytes(message.path, piece, message.at));
        }
    }

    void Worsen(SendBytes& message)
    {
        switch (m_dice.Below(6))
        {
        case 0:
            message.path = static_cast<PathId>(1 + m_dice.Below(4));
            break;
        case 1:
            Append(message.bytes, Bytes(message.bytes));
            break;
        case 2:
            message.bytes.resize(m_dice.Below(message.bytes.size()));
            break;
        case 3: { // one octet more or less in the body, and a header that says so
            if (message.bytes[2] > 0 && message.bytes[2] < 255)
            {
                if (m_dice.OnceIn(2))
                {
                    ++message.bytes[2];
                    message.bytes.push_back(m_dice.Octet());
                }
                else
                {
                    --message.bytes[2];
                    message.bytes.pop_back();
                }
            }
            break;
        }
        case 4: // a single bit: everything but the check at hand still holds
            message.bytes[m_dice.Below(message.bytes.size())] ^= 1U << m_dice.Below(8);
            break;
        default:
            message.bytes = Mutate(m_dice, message.bytes);
            break;
        }
    }

    Dice m_dice;
    bool m_isHonest;
    KeyExchangeConfig m_config;
    Party m_client;
    Party m_server;
    std::shared_ptr<MemoryPinStore> m_pins;
    Digest m_serverKey{};
    Digest m_oldKey{};
    Bytes m_request;
};

std::string
Missing(std::map<std::string, unsigned>& reasons, const std::vector<Failure>& expected)
{
    for (const Failure reason : expected)
    {
        if (reasons[NameOf(reason)] == 0)
        {
            return std::string("not one input led to ") + NameOf(reason);
        }
    }
    return {};
}

std::string
FuzzSecretSharing()
{
    std::map<std::string, unsigned> reasons;
    for (unsigned i = 0; i < 20000; ++i)
    {
        const bool honest = i % 10 == 0;
        Encounter encounter(7919ULL * i + 1, honest);
        encounter.ShareSecret();
        encounter.Run();
        if (honest && !(encounter.BothHaveOneKey() && encounter.RequestIsWhole()))
        {
            return "input " + std::to_string(i) + ": an honest wire, and no request";
        }
        if (!encounter.RequestIsTrue())
        {
            return "input " + std::to_string(i) + ": a request that nobody sent";
        }
        encounter.CountReasons(reasons);
    }
    return Missing(reasons,
                   {Failure::SecretShareLength,
                    Failure::WrongPath,
                    Failure::UnexpectedMessage,
                    Failure::SessionMismatch,
                    Failure::UnsupportedVersion,
                    Failure::MalformedMessage,
                    Failure::OversizedMessage,
                    Failure::RecordAuthentication});
}

std::string
FuzzPinnedKeys()
{
    std::map<std::string, unsigned> reasons;
    for (unsigned i = 0; i < 20000; ++i)
    {
        const bool honest = i % 10 == 0;
        Encounter encounter(6700417ULL * i + 2, honest);
        encounter.Pin();
        encounter.Run();
        if (honest && !(encounter.BothHaveOneKey() && encounter.RequestIsWhole()))
        {
            return "input " + std::to_string(i) + ": an honest wire, and no request";
        }
        if (encounter.ClientAccepted() && !encounter.SharesAreTrue())
        {
            return "input " + std::to_string(i) + ": a client accepted another server's share";
        }
        if (!encounter.PinIsTrue())
        {
            return "input " + std::to_string(i) + ": another key is pinned";
        }
        if (!encounter.RequestIsTrue())
        {
            return "input " + std::to_string(i) + ": a request that nobody sent";
        }
        encounter.CountReasons(reasons);
    }
    return Missing(reasons,
                   {Failure::PinMismatch,
                    Failure::IdentitySignature,
                    Failure::BindingMismatch,
                    Failure::WrongPath,
                    Failure::UnexpectedMessage,
                    Failure::MalformedMessage,
                    Failure::OversizedMessage});
}

std::string
FuzzPinStores()
{
    Dice dice(43);
    for (unsigned i = 0; i < 20000; ++i)
    {
        PinTable table;
        for (std::size_t hosts = dice.Below(4); hosts > 0; --hosts)
        {
            Pin& pin = table["host" + std::to_string(dice.Below(100))];
            pin.key = dice.Seed();
            pin.retired.resize(dice.Below(3), dice.Seed());
        }
        const std::string text = FormatPins(table);
        const Bytes edited = Mutate(dice, ByteView(text).ToBytes());
        std::string body(edited.begin(), edited.end());
        std::string problem;
        const std::optional<PinTable> read = ParsePins(body, problem);
        if (read.has_value() != (body == text) || (read && *read != table))
        {
            return "a store that was edited is taken for a true one";
        }
        // The same with a checksum that fits, as by a hand that knows how.
        body.resize(dice.Below(body.size() + 1));
        body += "\n";
        body += "sha256 " + ToHex(Sha256({body})) + "\n";
        if (const std::optional<PinTable> crafted = ParsePins(body, problem);
            crafted && FormatPins(*crafted) != body)
        {
            return "a store that reads back differently";
        }
    }
    return {};
}

} // namespace

std::vector<FuzzCheck>
RivalChecks()
{
    return {{"secret-sharing", FuzzSecretSharing},
            {"pinned-keys", FuzzPinnedKeys},
            {"pin-stores", FuzzPinStores}};
}

} // namespace smkex
