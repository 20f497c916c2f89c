/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-processor.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;
using namespace std::chrono_literals;

namespace
{

struct Observation
{
    Operation operation;
    Instant begin;
    Duration duration;
};

/** A processor whose every operation has a cost of its own, and what it needs. */
struct Bench
{
    explicit Bench(double spread = 0, std::uint64_t seed = 1)
        : normal(seed)
    {
        for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
        {
            // Costs per octet that no sum of others hides.
            profile.Set(static_cast<Operation>(i), {1000.0 * (i + 1), i + 1.0, spread});
        }
        processor.SetObserver([this](Operation operation, Instant begin, Duration duration) {
            observed.push_back({operation, begin, duration});
        });
    }

    CostProfile profile;
    SeededNormalSource normal;
    SeededRandomSource random{Digest{5}};
    Processor processor{profile, normal, random};
    std::vector<Observation> observed;
};

class WaitingCase : public TestCase
{
  public:
    WaitingCase()
        : TestCase("An event that comes while the processor is at work waits for it")
    {
    }

  private:
    void DoRun() override
    {
        Bench bench;
        auto& processor = bench.processor;
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 0, "idle at the start");
        processor.Begin(100ns);
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 100, "begins with the event");
        processor.GenerateKeyPair(Group::X25519);
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 1100, "is done 1000 ns later");
        processor.Begin(600ns);
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 1100, "the event at 600 ns waits");
        processor.GenerateKeyPair(Group::P256);
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 3100, "and is done after both");
        processor.Begin(3100ns);
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 3100, "the very end is early enough");
        processor.Begin(9000ns);
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 9000, "then it was idle");
        NS_TEST_EXPECT_MSG_EQ(processor.Computed().count(), 3000, "work only, no idling");
    }
};

class ChargesCase : public TestCase
{
  public:
    ChargesCase()
        : TestCase("Each function charges its operation and size, one behind the other")
    {
    }

  private:
    void DoRun() override
    {
        Bench bench;
        auto& processor = bench.processor;
        const Bytes key(16, 1);
        const Bytes nonce(12, 2);
        processor.Begin(50us);
        const auto x25519 = processor.GenerateKeyPair(Group::X25519);
        const auto p256 = processor.GenerateKeyPair(Group::P256);
        processor.Agree(Group::X25519, x25519.privateKey, x25519.publicKey);
        processor.Agree(Group::P256, p256.privateKey, p256.publicKey);
        processor.Sha256({Bytes(10), Bytes(0), Bytes(7)});
        processor.HkdfSha256(Bytes(32), Bytes(64), Bytes(100), 40);
        const KeyPair signer = GenerateSigningKeyPair(bench.random);
        const Bytes signature = processor.SignEd25519(signer, Bytes(3));
        processor.VerifyEd25519(signer.publicKey, Bytes(3), signature);
        const Bytes sealed = processor.SealAes128Gcm(key, nonce, Bytes(5), Bytes(20));
        processor.OpenAes128Gcm(key, nonce, Bytes(5), sealed);

        const std::vector<std::pair<Operation, int>> expected{
            {Operation::KeyGenerationX25519, 1000},
            {Operation::KeyGenerationP256, 2000},
            {Operation::AgreementX25519, 3000},
            {Operation::AgreementP256, 4000},
            {Operation::HashSha256, 5000 + 5 * 17},
            {Operation::KdfHkdfSha256, 6000 + 6 * 40},
            {Operation::SignEd25519, 7000 + 7 * 3},
            {Operation::VerifyEd25519, 8000 + 8 * 3},
            {Operation::SealAes128Gcm, 9000 + 9 * 25},
            {Operation::OpenAes128Gcm, 10000 + 10 * 41},
        };
        NS_TEST_ASSERT_MSG_EQ(bench.observed.size(), expected.size(), "one each");
        Instant clock = 50us;
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            const std::string name = NameOf(expected[i].first);
            const Observation& observation = bench.observed[i];
            NS_TEST_EXPECT_MSG_EQ(NameOf(observation.operation), name, "operation " << i);
            NS_TEST_EXPECT_MSG_EQ(observation.duration.count(), expected[i].second, name);
            NS_TEST_EXPECT_MSG_EQ(observation.begin.count(), clock.count(), name);
            clock += observation.duration;
        }
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), clock.count(), "the last one's end");
        NS_TEST_EXPECT_MSG_EQ(processor.Computed().count(), (clock - 50us).count(), "the sum");
        NS_TEST_EXPECT_MSG_EQ(bench.normal.GetDraws(), expected.size(), "a variate each");
    }
};

class ResultsCase : public TestCase
{
  public:
    ResultsCase()
        : TestCase("Results are those of the functions themselves, whatever they cost")
    {
    }

  private:
    void DoRun() override
    {
        Bench bench;
        auto& processor = bench.processor;
        SeededRandomSource same(Digest{5});
        NS_TEST_EXPECT_MSG_EQ((processor.DrawRandom(19) == same.Draw(19)), true, "random octets");
        NS_TEST_EXPECT_MSG_EQ(processor.Computed().count(), 0, "at no cost");
        for (const Group group : {Group::X25519, Group::P256})
        {
            const auto pair = processor.GenerateKeyPair(group);
            const auto expected = GenerateKeyPair(group, same);
            NS_TEST_EXPECT_MSG_EQ(ToHex(pair.publicKey), ToHex(expected.publicKey), NameOf(group));
            NS_TEST_EXPECT_MSG_EQ(
                ToHex(processor.Agree(group, pair.privateKey, pair.publicKey).secret),
                ToHex(Agree(group, pair.privateKey, pair.publicKey).secret),
                NameOf(group));
        }
        const Bytes a{1, 2, 3};
        const Bytes b{4, 5};
        NS_TEST_EXPECT_MSG_EQ((processor.Sha256({a, b}) == Sha256({a, b})), true, "hash");
        NS_TEST_EXPECT_MSG_EQ(
            (processor.HkdfSha256(a, b, Bytes(9), 50) == HkdfSha256(a, b, Bytes(9), 50)),
            true,
            "KDF");
        const KeyPair signer = GenerateSigningKeyPair(same);
        const Bytes signature = processor.SignEd25519(signer, a);
        NS_TEST_EXPECT_MSG_EQ((signature == SignEd25519(signer, a)), true, "signature");
        NS_TEST_EXPECT_MSG_EQ(processor.VerifyEd25519(signer.publicKey, a, signature), true, "yes");
        NS_TEST_EXPECT_MSG_EQ(processor.VerifyEd25519(signer.publicKey, b, signature), false, "no");
        const Bytes key(16, 1);
        const Bytes nonce(12, 2);
        const Bytes sealed = processor.SealAes128Gcm(key, nonce, a, b);
        NS_TEST_EXPECT_MSG_EQ((sealed == SealAes128Gcm(key, nonce, a, b)), true, "sealed");
        const auto opened = processor.OpenAes128Gcm(key, nonce, a, sealed);
        NS_TEST_EXPECT_MSG_EQ((opened == std::optional<Bytes>(b)), true, "opened");
        NS_TEST_EXPECT_MSG_EQ(processor.OpenAes128Gcm(key, nonce, b, sealed).has_value(),
                              false,
                              "not opened");
    }
};

class RefusedValueCase : public TestCase
{
  public:
    RefusedValueCase()
        : TestCase("A public value refused before the function is computed costs nothing")
    {
    }

  private:
    void DoRun() override
    {
        Bench bench;
        auto& processor = bench.processor;
        const Bytes privateKey(32, 1);
        processor.Agree(Group::X25519, privateKey, Bytes(31));
        processor.Agree(Group::P256, privateKey, Bytes(65));
        NS_TEST_EXPECT_MSG_EQ(processor.Computed().count(), 0, "wrong length, not on the curve");
        NS_TEST_EXPECT_MSG_EQ(bench.observed.size(), 0, "nothing to observe");
        const auto zero = processor.Agree(Group::X25519, privateKey, Bytes(32));
        NS_TEST_EXPECT_MSG_EQ((zero.error == PublicKeyError::ZeroSecret), true, "only then known");
        NS_TEST_EXPECT_MSG_EQ(processor.Computed().count(), 3000, "an agreement");
    }
};

class NoCostCase : public TestCase
{
  public:
    NoCostCase()
        : TestCase("With a profile of zeros time stands still and no variate is drawn")
    {
    }

  private:
    void DoRun() override
    {
        const CostProfile none;
        SeededNormalSource normal(1);
        SeededRandomSource random(Digest{});
        Processor processor(none, normal, random);
        processor.Begin(7ns);
        const auto pair = processor.GenerateKeyPair(Group::X25519);
        processor.Agree(Group::X25519, pair.privateKey, pair.publicKey);
        processor.Sha256({pair.publicKey});
        processor.HkdfSha256(pair.publicKey, {}, {}, 32);
        const Bytes key(16);
        const Bytes nonce(12);
        processor.OpenAes128Gcm(key, nonce, {}, processor.SealAes128Gcm(key, nonce, {}, key));
        NS_TEST_EXPECT_MSG_EQ(processor.Now().count(), 7, "no time has passed");
        NS_TEST_EXPECT_MSG_EQ(processor.Computed().count(), 0, "no work");
        NS_TEST_EXPECT_MSG_EQ(normal.GetDraws(), 0, "no variate");
    }
};

class RepeatCase : public TestCase
{
  public:
    RepeatCase()
        : TestCase("The same seed gives the same times, another one others")
    {
    }

  private:
    static std::vector<Duration::rep> TimesOf(std::uint64_t seed)
    {
        Bench bench(0.2, seed);
        std::vector<Duration::rep> times;
        for (unsigned i = 0; i < 5; ++i)
        {
            bench.processor.GenerateKeyPair(Group::X25519);
            times.push_back(bench.processor.Now().count());
        }
        return times;
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ((TimesOf(1) == TimesOf(1)), true, "twice the same");
        NS_TEST_EXPECT_MSG_EQ((TimesOf(1) == TimesOf(2)), false, "another seed");
    }
};

class ProcessorSuite : public TestSuite
{
  public:
    ProcessorSuite()
        : TestSuite("smkex-processor", UNIT)
    {
        AddTestCase(new WaitingCase, TestCase::QUICK);
        AddTestCase(new ChargesCase, TestCase::QUICK);
        AddTestCase(new ResultsCase, TestCase::QUICK);
        AddTestCase(new RefusedValueCase, TestCase::QUICK);
        AddTestCase(new NoCostCase, TestCase::QUICK);
        AddTestCase(new RepeatCase, TestCase::QUICK);
    }
};

const ProcessorSuite g_processorSuite;

} // namespace
