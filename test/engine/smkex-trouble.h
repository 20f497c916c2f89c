/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TROUBLE_H
#define SMKEX_TROUBLE_H

#include "smkex-conversation.h"

#include "ns3/test.h"

/** \file Exchanges that something goes wrong in, one test case each. */

namespace smkex
{

using ns3::TestCase;

constexpr Group X = Group::X25519;

using Tamper = Conversation::Tamper;
using Transits = std::vector<Transit>;

/** What has to come of one exchange that something goes wrong in. */
struct Trouble
{
    std::string name;
    PathId paths;
    Group group;
    Tamper tamper;
    std::string client; //!< StateOf() it at the end
    std::string server;
    std::function<void(Conversation&)> more{}; //!< arranged in addition
    std::optional<KeyExchangeConfig> serverConfig{};
};

/** Rewrites each message of type T by \p change, and leaves all others alone. */
template <class T>
Tamper
Changing(std::function<void(T&)> change)
{
    return [change](const Transit& transit) {
        Transit changed = transit;
        std::optional<Message> message = ReadMessage(transit.bytes);
        if (auto* wanted = message ? std::get_if<T>(&*message) : nullptr)
        {
            change(*wanted);
            changed.bytes = Encode(*message);
        }
        return Transits{changed};
    };
}

/** Replaces what arrives, by direction and path. */
inline Tamper
Rewriting(bool toServer, PathId path, std::function<Transits(const Transit&)> change)
{
    return [toServer, path, change](const Transit& transit) {
        return transit.toServer == toServer && transit.path == path ? change(transit)
                                                                    : Transits{transit};
    };
}

inline Transits
Twice(const Transit& transit)
{
    return {transit, transit};
}

inline Transits
Nothing(const Transit&)
{
    return {};
}

inline std::function<Transits(const Transit&)>
OnPath(PathId path)
{
    return [path](Transit transit) {
        transit.path = path;
        return Transits{transit};
    };
}

/** Raw octets arrive at an endpoint at an instant. */
inline std::function<void(Conversation&)>
Arriving(Instant at, bool atServer, PathId path, Bytes bytes)
{
    return [=](Conversation& conversation) {
        conversation.At(at, [&conversation, atServer, path, bytes] {
            conversation.Arrive(atServer, path, bytes);
        });
    };
}

inline std::function<void(Conversation&)>
PathDown(Instant at, PathId path, PathEnd end)
{
    return [=](Conversation& conversation) {
        conversation.At(at, [&conversation, path, end] {
            for (Party* party : {&conversation.client, &conversation.server})
            {
                conversation.Take(*party, party->engine->OnPathDown(path, end, conversation.Now()));
            }
        });
    };
}

inline std::function<void(Conversation&)>
TimeoutAt(Instant at)
{
    return [=](Conversation& conversation) {
        conversation.At(at, [&conversation] {
            for (Party* party : {&conversation.client, &conversation.server})
            {
                conversation.Take(*party, party->engine->OnTimeout(conversation.Now()));
            }
        });
    };
}

inline std::function<void(Conversation&)>
ClientSays(Instant at, const Bytes& data)
{
    return [=](Conversation& conversation) {
        conversation.At(at, [&conversation, data] {
            conversation.Take(
                conversation.client,
                conversation.client.engine->SendApplicationData(data, conversation.Now()));
        });
    };
}

class TroubleCase : public TestCase
{
  public:
    explicit TroubleCase(Trouble trouble)
        : TestCase(trouble.name),
          m_trouble(std::move(trouble))
    {
    }

  private:
    void DoRun() override
    {
        Conversation::Setup setup;
        setup.client = {m_trouble.group, m_trouble.paths};
        setup.server = m_trouble.serverConfig;
        Conversation conversation(std::move(setup));
        if (m_trouble.tamper)
        {
            conversation.SetTamper(m_trouble.tamper);
        }
        if (m_trouble.more)
        {
            m_trouble.more(conversation);
        }
        conversation.Run();
        NS_TEST_EXPECT_MSG_EQ(StateOf(conversation.client), m_trouble.client, "the client");
        NS_TEST_EXPECT_MSG_EQ(StateOf(conversation.server), m_trouble.server, "the server");
        for (Party* party : {&conversation.client, &conversation.server})
        {
            ExpectSilenceAfterFailure(conversation, *party);
        }
    }

    /** A failure is announced once, by its reason, and is the last that is heard. */
    void ExpectSilenceAfterFailure(Conversation& conversation, Party& party)
    {
        NS_TEST_EXPECT_MSG_EQ(party.failed.has_value(),
                              party.engine->FailureReason().has_value(),
                              "announced");
        if (!party.failed)
        {
            return;
        }
        NS_TEST_EXPECT_MSG_EQ(NameOf(party.failed->reason),
                              std::string(NameOf(*party.engine->FailureReason())),
                              "by its reason");
        const Instant later = conversation.Now() + std::chrono::seconds(1);
        const Duration computed = party.processor.Computed();
        Engine& engine = *party.engine;
        std::size_t reactions = engine.OnPathUp(1, later).size();
        for (const Bytes& bytes : {Encode(ServerShare{Bytes(32, 9)}),
                                   Encode(ClientShare{{}, Group::X25519, Bytes(32, 9)}),
                                   Bytes(100, 0xff)})
        {
            reactions += engine.OnBytes(1, bytes, later).size();
        }
        reactions += engine.OnBytes(MAX_PATHS + 1, Bytes(1), later).size();
        reactions += engine.OnPathDown(1, PathEnd::Reset, later).size();
        reactions += engine.OnTimeout(later).size();
        reactions += engine.SendApplicationData(Bytes(5), later).size();
        NS_TEST_EXPECT_MSG_EQ(reactions, 0, "no reaction");
        NS_TEST_EXPECT_MSG_EQ((party.processor.Computed() == computed), true, "no work");
        NS_TEST_EXPECT_MSG_EQ(NameOf(*engine.FailureReason()),
                              std::string(NameOf(party.failed->reason)),
                              "the first reason stays");
    }

    Trouble m_trouble;
};

} // namespace smkex

#endif // SMKEX_TROUBLE_H
