/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-conversation.h"
#include "smkex-key-schedule-vectors.h"

#include "ns3/smkex-key-schedule.h"
#include "ns3/test.h"

#include <set>

using namespace ns3;
using namespace smkex;

namespace
{

template <std::size_t N>
std::array<std::uint8_t, N>
ArrayOf(const std::string& digits)
{
    std::array<std::uint8_t, N> out{};
    const Bytes octets = FromHex(digits);
    std::copy_n(octets.begin(), std::min(N, octets.size()), out.begin());
    return out;
}

Transcript
TranscriptOf(const KeyScheduleVector& vector)
{
    Transcript transcript{static_cast<Group>(vector.group),
                          ArrayOf<16>(vector.session),
                          FromHex(vector.clientShare),
                          FromHex(vector.serverShare),
                          {}};
    for (const PathVector& path : vector.paths)
    {
        transcript.nonces.push_back(
            {path.path, ArrayOf<32>(path.clientNonce), ArrayOf<32>(path.serverNonce)});
    }
    return transcript;
}

/** A processor whose time does not matter. */
struct Calculator
{
    CostProfile free;
    ConstantNormalSource normal{0};
    SeededRandomSource random{Digest{}};
    Processor processor{free, normal, random};
};

class VectorsCase : public TestCase
{
  public:
    VectorsCase()
        : TestCase("HAndKeys_AreThoseOfAnIndependentComputation")
    {
    }

  private:
    void DoRun() override
    {
        Calculator calculator;
        for (const KeyScheduleVector& vector : KEY_SCHEDULE_VECTORS)
        {
            const Transcript transcript = TranscriptOf(vector);
            for (std::size_t i = 0; i < vector.paths.size(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ(
                    ToHex(ComputeBinding(calculator.processor, transcript, transcript.nonces[i])),
                    vector.paths[i].hash,
                    vector.name << ", path " << unsigned{vector.paths[i].path});
            }
            const SessionKeys keys =
                DeriveSessionKeys(calculator.processor, transcript, FromHex(vector.secret));
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.session), vector.sessionKey, vector.name);
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.clientToServer.key), vector.toServerKey, vector.name);
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.clientToServer.iv), vector.toServerIv, vector.name);
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.serverToClient.key), vector.toClientKey, vector.name);
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.serverToClient.iv), vector.toClientIv, vector.name);
        }
    }
};

class WholeExchangeCase : public TestCase
{
  public:
    WholeExchangeCase()
        : TestCase("AllMessagesAndTheKey_AreThoseOfAnIndependentComputation")
    {
    }

  private:
    void DoRun() override
    {
        const ExchangeVector& vector = EXCHANGE_VECTOR;
        Conversation::Setup setup;
        setup.oneWay = {Duration(1000), Duration(5000)}; // the share arrives before the nonce
        setup.clientRandom = std::make_unique<ScriptedRandomSource>(FromHex(vector.clientRandom));
        setup.serverRandom = std::make_unique<ScriptedRandomSource>(FromHex(vector.serverRandom));
        Conversation conversation(std::move(setup));
        conversation.Run();
        NS_TEST_EXPECT_MSG_EQ(ToHex(conversation.client.SentOn(1)), vector.clientShare, "g^x");
        NS_TEST_EXPECT_MSG_EQ(ToHex(conversation.server.SentOn(1)), vector.serverShare, "g^y");
        NS_TEST_EXPECT_MSG_EQ(ToHex(conversation.client.SentOn(2)), vector.clientNonce, "N_C");
        NS_TEST_EXPECT_MSG_EQ(ToHex(conversation.server.SentOn(2)), vector.serverBinding, "N_S, H");
        NS_TEST_EXPECT_MSG_EQ(KeyOf(conversation.client), vector.sessionKey, "at the client");
        NS_TEST_EXPECT_MSG_EQ(KeyOf(conversation.server), vector.sessionKey, "at the server");
    }
};

/** All that can be changed about what an endpoint has seen, one thing at a time. */
std::vector<std::pair<std::string, Transcript>>
Variants(const Transcript& original)
{
    std::vector<std::pair<std::string, Transcript>> variants;
    const auto vary = [&](const std::string& what, const std::function<void(Transcript&)>& change) {
        variants.emplace_back(what, original);
        change(variants.back().second);
    };
    vary("nothing", [](Transcript&) {});
    vary("group", [](Transcript& t) { t.group = Group::P256; });
    vary("session", [](Transcript& t) { t.session[15] ^= 1; });
    vary("g^x", [](Transcript& t) { t.clientShare.back() ^= 1; });
    vary("g^y", [](Transcript& t) { t.serverShare.back() ^= 1; });
    vary("g^x shorter", [](Transcript& t) { t.clientShare.pop_back(); });
    vary("shares swapped", [](Transcript& t) { std::swap(t.clientShare, t.serverShare); });
    vary("a boundary", [](Transcript& t) {
        t.serverShare.insert(t.serverShare.begin(), t.clientShare.back());
        t.clientShare.pop_back();
    });
    vary("path", [](Transcript& t) { t.nonces[0].path = 3; });
    vary("N_C", [](Transcript& t) { t.nonces[0].client[0] ^= 0x80; });
    vary("N_S", [](Transcript& t) { t.nonces[0].server[31] ^= 1; });
    vary("nonces swapped",
         [](Transcript& t) { std::swap(t.nonces[0].client, t.nonces[0].server); });
    return variants;
}

class SensitivityCase : public TestCase
{
  public:
    SensitivityCase()
        : TestCase("HAndKeys_DependOnEveryFieldAndOnWhereItEnds")
    {
    }

  private:
    void DoRun() override
    {
        Calculator calculator;
        const KeyScheduleVector& vector = KEY_SCHEDULE_VECTORS[1];
        std::set<std::string> hashes;
        std::set<std::string> keys;
        for (const auto& [what, variant] : Variants(TranscriptOf(vector)))
        {
            NS_TEST_EXPECT_MSG_EQ(
                hashes
                    .insert(ToHex(ComputeBinding(calculator.processor, variant, variant.nonces[0])))
                    .second,
                true,
                "H does not depend on: " << what);
            const SessionKeys derived =
                DeriveSessionKeys(calculator.processor, variant, FromHex(vector.secret));
            for (const ByteView part : {ByteView(derived.session),
                                        ByteView(derived.clientToServer.key),
                                        ByteView(derived.serverToClient.key),
                                        ByteView(derived.clientToServer.iv),
                                        ByteView(derived.serverToClient.iv)})
            {
                NS_TEST_EXPECT_MSG_EQ(keys.insert(ToHex(part)).second,
                                      true,
                                      "a key does not depend on: " << what);
            }
        }
        Bytes secret = FromHex(vector.secret);
        secret[0] ^= 1;
        const SessionKeys other =
            DeriveSessionKeys(calculator.processor, TranscriptOf(vector), secret);
        NS_TEST_EXPECT_MSG_EQ(keys.insert(ToHex(other.session)).second, true, "the secret");
    }
};

class KeyScheduleSuite : public TestSuite
{
  public:
    KeyScheduleSuite()
        : TestSuite("smkex-key-schedule", UNIT)
    {
        AddTestCase(new VectorsCase, TestCase::QUICK);
        AddTestCase(new WholeExchangeCase, TestCase::QUICK);
        AddTestCase(new SensitivityCase, TestCase::QUICK);
    }
};

const KeyScheduleSuite g_keyScheduleSuite;

} // namespace
