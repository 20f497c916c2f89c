/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-judge.h"
#include "ns3/test.h"

using namespace ns3;
using smkex::Bytes;
using smkex::Digest;
using smkex::Direction;
using smkex::Failure;
using smkex::Loot;

namespace
{

constexpr std::uint16_t PORT = 50000;
constexpr std::uint32_t NODE = 7;

const Bytes REQUEST{1, 2, 3, 4, 5, 6, 7, 8};
const Bytes RESPONSE{11, 12, 13, 14};

Digest
Key(std::uint8_t value)
{
    Digest key;
    key.fill(value);
    return key;
}

SmkexOutcome
Accepted(std::uint8_t key, const Bytes& sent)
{
    SmkexOutcome outcome;
    outcome.accepted = Seconds(1);
    outcome.keys = smkex::SessionKeys{};
    outcome.keys->session = Key(key);
    outcome.sent = sent;
    outcome.clientPorts = {PORT, PORT + 1};
    return outcome;
}

SmkexOutcome
Without(SmkexOutcome outcome, Failure failure)
{
    outcome.accepted.reset();
    outcome.keys.reset();
    outcome.failure = failure;
    outcome.sent.clear();
    return outcome;
}

SmkexOutcome
Unencrypted(SmkexOutcome outcome)
{
    outcome.keys.reset();
    return outcome;
}

Loot
Keys(std::initializer_list<std::uint8_t> keys)
{
    Loot loot;
    for (const std::uint8_t key : keys)
    {
        loot.sessionKeys.push_back(Key(key));
    }
    return loot;
}

Loot
Plaintext(const Bytes& request, const Bytes& response, std::uint16_t port = PORT)
{
    Loot loot;
    loot.plaintext[{NODE, port, Direction::ToServer}] = request;
    loot.plaintext[{NODE, port, Direction::ToClient}] = response;
    return loot;
}

/** A session, what two coalitions claim, and the verdict: set flags by their letters. */
struct Row
{
    const char* what;
    SmkexOutcome client;
    std::optional<SmkexOutcome> server;
    Loot first;
    Loot second;
    /** c: client's key exposed, s: server's, m: mitm, x: mismatch, n: denied, d: detected */
    std::string flags;
    std::uint64_t bytes;
};

const SmkexOutcome CLIENT = Accepted(1, REQUEST);
const SmkexOutcome SERVER = Accepted(1, RESPONSE);
const SmkexOutcome OTHER_SERVER = Accepted(2, RESPONSE);
const SmkexOutcome PLAIN_CLIENT = Unencrypted(CLIENT);
const SmkexOutcome PLAIN_SERVER = Unencrypted(SERVER);

const std::vector<Row>&
Table()
{
    static const std::vector<Row> table{
        {"nobody claims anything", CLIENT, SERVER, {}, {}, "", 0},
        {"a wrong key is worth nothing", CLIENT, SERVER, Keys({2, 3}), {}, "", 0},
        {"one key for both ends", CLIENT, SERVER, Keys({2, 1}), {}, "csm", 0},
        {"a key for each end", CLIENT, OTHER_SERVER, Keys({1, 2}), {}, "csmx", 0},
        {"the client's key only", CLIENT, OTHER_SERVER, Keys({1}), {}, "cx", 0},
        {"the server's key only", CLIENT, OTHER_SERVER, Keys({2}), {}, "sx", 0},
        {"keys at two coalitions are no man in the middle",
         CLIENT,
         OTHER_SERVER,
         Keys({1}),
         Keys({2}),
         "csx",
         0},
        {"the second coalition counts as well", CLIENT, SERVER, {}, Keys({1}), "csm", 0},
        {"no coalition, different keys", CLIENT, OTHER_SERVER, {}, {}, "x", 0},
        {"no server session", CLIENT, std::nullopt, Keys({1}), {}, "c", 0},
        {"the server has not accepted",
         CLIENT,
         Without(SERVER, Failure::Timeout),
         Keys({1}),
         {},
         "c",
         0},
        {"a client that did not accept has no key to lose",
         Without(CLIENT, Failure::BindingMismatch),
         SERVER,
         Keys({1}),
         {},
         "sd",
         0},
        {"a check that failed is a detection",
         Without(CLIENT, Failure::BindingMismatch),
         Without(SERVER, Failure::PathClosed),
         {},
         {},
         "d",
         0},
        {"a timeout is none",
         Without(CLIENT, Failure::Timeout),
         Without(SERVER, Failure::Timeout),
         {},
         {},
         "n",
         0},
        {"nor is a reset", Without(CLIENT, Failure::PathReset), std::nullopt, {}, {}, "n", 0},
        {"nor a closed path", Without(CLIENT, Failure::PathClosed), std::nullopt, {}, {}, "n", 0},
        {"nothing encrypted, nothing read", PLAIN_CLIENT, PLAIN_SERVER, {}, {}, "", 0},
        {"nothing encrypted, all read",
         PLAIN_CLIENT,
         PLAIN_SERVER,
         Plaintext(REQUEST, RESPONSE),
         {},
         "csm",
         12},
        {"plaintext under keys exposes octets, not keys",
         CLIENT,
         SERVER,
         Plaintext(REQUEST, RESPONSE),
         {},
         "",
         12},
        {"octets count up to the first wrong one",
         CLIENT,
         SERVER,
         Plaintext({1, 2, 9, 4, 5, 6, 7, 8}, {0, 12, 13, 14}),
         {},
         "",
         2},
        {"octets beyond the truth do not count",
         CLIENT,
         SERVER,
         Plaintext({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {}),
         {},
         "",
         8},
        {"another connection's octets do not count",
         PLAIN_CLIENT,
         PLAIN_SERVER,
         Plaintext(REQUEST, RESPONSE, PORT + 2),
         {},
         "",
         0},
        {"any of the session's connections counts",
         CLIENT,
         SERVER,
         Plaintext(REQUEST, RESPONSE, PORT + 1),
         {},
         "",
         12},
        {"coalitions' octets do not add up",
         CLIENT,
         SERVER,
         Plaintext(REQUEST, {}),
         Plaintext({}, RESPONSE),
         "",
         8},
        {"what the client sent is no response",
         CLIENT,
         SERVER,
         Plaintext(RESPONSE, REQUEST),
         {},
         "",
         0},
    };
    return table;
}

std::string
FlagsOf(const SmkexVerdict& verdict)
{
    std::string flags;
    const auto add = [&flags](bool set, char letter) {
        if (set)
        {
            flags += letter;
        }
    };
    add(verdict.clientKeyExposed, 'c');
    add(verdict.serverKeyExposed, 's');
    add(verdict.mitm, 'm');
    add(verdict.mismatch, 'x');
    add(verdict.denied, 'n');
    add(verdict.detected, 'd');
    add(verdict.downgraded, 'g');
    return flags;
}

class TableCase : public TestCase
{
  public:
    TableCase()
        : TestCase("A verdict follows from what endpoints hold and coalitions claim")
    {
    }

  private:
    void DoRun() override
    {
        for (const Row& row : Table())
        {
            const SmkexOutcome* server = row.server ? &*row.server : nullptr;
            const SmkexVerdict verdict =
                JudgeSmkexSession(row.client, server, {&row.first, &row.second});
            NS_TEST_EXPECT_MSG_EQ(FlagsOf(verdict), row.flags, row.what);
            NS_TEST_EXPECT_MSG_EQ(verdict.plaintextExposedBytes, row.bytes, row.what);
            const SmkexVerdict swapped =
                JudgeSmkexSession(row.client, server, {&row.second, &row.first});
            NS_TEST_EXPECT_MSG_EQ(FlagsOf(swapped), row.flags, row.what << ", swapped");
            NS_TEST_EXPECT_MSG_EQ(swapped.plaintextExposedBytes, row.bytes, row.what);
        }
    }
};

class BestClaimCase : public TestCase
{
  public:
    BestClaimCase()
        : TestCase("Of one coalition's claims for a direction the best one counts, once")
    {
    }

  private:
    void DoRun() override
    {
        Loot loot = Plaintext({1, 2, 3}, {});
        loot.plaintext[{NODE + 1, PORT, Direction::ToServer}] = {1, 2, 3, 4, 5};
        loot.plaintext[{NODE + 2, PORT + 1, Direction::ToServer}] = {1};
        const SmkexVerdict verdict = JudgeSmkexSession(CLIENT, &SERVER, {&loot});
        NS_TEST_EXPECT_MSG_EQ(verdict.plaintextExposedBytes, 5, "two nodes read the same request");
        NS_TEST_EXPECT_MSG_EQ(JudgeSmkexSession(CLIENT, &SERVER, {}).plaintextExposedBytes,
                              0,
                              "nobody reads");
    }
};

class JudgeSuite : public TestSuite
{
  public:
    JudgeSuite()
        : TestSuite("smkex-judge", UNIT)
    {
        AddTestCase(new TableCase, QUICK);
        AddTestCase(new BestClaimCase, QUICK);
    }
};

const JudgeSuite g_judgeSuite;

} // namespace
