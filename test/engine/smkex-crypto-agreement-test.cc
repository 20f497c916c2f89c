/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-crypto.h"
#include "ns3/test.h"

#include <thread>

using namespace ns3;
using namespace smkex;

namespace
{

const std::string P256_GENERATOR_X =
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
const std::string P256_GENERATOR_Y =
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
const std::string P256_ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const std::string P256_PRIME = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

KeyPair
KeyPairOf(Group group, const std::string& privateKey)
{
    ScriptedRandomSource random(FromHex(privateKey));
    return GenerateKeyPair(group, random);
}

class X25519Case : public TestCase
{
  public:
    X25519Case()
        : TestCase("X25519 agrees as in RFC 7748, 6.1")
    {
    }

  private:
    void DoRun() override
    {
        const auto alice =
            KeyPairOf(Group::X25519,
                      "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        const auto bob =
            KeyPairOf(Group::X25519,
                      "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        NS_TEST_EXPECT_MSG_EQ(ToHex(alice.publicKey),
                              "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                              "Alice's public value");
        NS_TEST_EXPECT_MSG_EQ(ToHex(bob.publicKey),
                              "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
                              "Bob's public value");
        const std::string secret =
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
        const auto hers = Agree(Group::X25519, alice.privateKey, bob.publicKey);
        const auto his = Agree(Group::X25519, bob.privateKey, alice.publicKey);
        NS_TEST_EXPECT_MSG_EQ(ToHex(hers.secret), secret, "Alice's secret");
        NS_TEST_EXPECT_MSG_EQ(ToHex(his.secret), secret, "Bob's secret");
        NS_TEST_EXPECT_MSG_EQ((hers.error == PublicKeyError::None), true, "no error");
    }
};

class X25519RefusalCase : public TestCase
{
  public:
    X25519RefusalCase()
        : TestCase("X25519 refuses points of low order and other lengths, each with its reason")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes privateKey(32, 0x42);
        // 0, 1, p - 1, p, p + 1, and a point of order 8: RFC 7748's coordinates, least octet first.
        const std::string high(60, 'f');
        for (const std::string& point :
             {std::string(64, '0'),
              "01" + std::string(62, '0'),
              "ec" + high + "7f",
              "ed" + high + "7f",
              "ee" + high + "7f",
              std::string("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")})
        {
            const auto result = Agree(Group::X25519, privateKey, FromHex(point));
            NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::ZeroSecret), true, point);
            NS_TEST_EXPECT_MSG_EQ((result.secret == Bytes(32, 0)), true, "zeros: " << point);
        }
        for (const std::size_t size : {0, 31, 33, 65})
        {
            const auto result = Agree(Group::X25519, privateKey, Bytes(size, 9));
            NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::WrongLength), true, size);
            NS_TEST_EXPECT_MSG_EQ(result.secret.empty(), true, "no secret");
        }
    }
};

class P256Case : public TestCase
{
  public:
    P256Case()
        : TestCase("P-256 agrees as in RFC 5903, 8.1, and multiplies the base point rightly")
    {
    }

  private:
    void DoRun() override
    {
        const auto initiator =
            KeyPairOf(Group::P256,
                      "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
        const auto responder =
            KeyPairOf(Group::P256,
                      "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53");
        NS_TEST_EXPECT_MSG_EQ(ToHex(initiator.publicKey),
                              "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
                              "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
                              "the initiator's public value");
        NS_TEST_EXPECT_MSG_EQ(ToHex(responder.publicKey),
                              "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
                              "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
                              "the responder's public value");
        const std::string secret =
            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de";
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(Agree(Group::P256, initiator.privateKey, responder.publicKey).secret),
            secret,
            "the initiator's secret");
        NS_TEST_EXPECT_MSG_EQ(
            ToHex(Agree(Group::P256, responder.privateKey, initiator.publicKey).secret),
            secret,
            "the responder's secret");

        const std::string one(std::string(63, '0') + "1");
        NS_TEST_EXPECT_MSG_EQ(ToHex(KeyPairOf(Group::P256, one).publicKey),
                              "04" + P256_GENERATOR_X + P256_GENERATOR_Y,
                              "1 times the base point");
        std::string orderLessOne = P256_ORDER;
        orderLessOne.back() = '0';
        const auto last = KeyPairOf(Group::P256, orderLessOne);
        NS_TEST_EXPECT_MSG_EQ(ToHex(ByteView(last.publicKey).First(33)),
                              "04" + P256_GENERATOR_X,
                              "order - 1 times the base point is its negative");

        const Bytes generator = FromHex("04" + P256_GENERATOR_X + P256_GENERATOR_Y);
        SeededRandomSource random(Digest{7});
        for (unsigned i = 0; i < 16; ++i)
        {
            const auto pair = GenerateKeyPair(Group::P256, random);
            NS_TEST_EXPECT_MSG_EQ(ToHex(Agree(Group::P256, pair.privateKey, generator).secret),
                                  ToHex(ByteView(pair.publicKey).From(1).First(32)),
                                  "the precomputed table and the general multiplication");
        }
    }
};

class P256RefusalCase : public TestCase
{
  public:
    P256RefusalCase()
        : TestCase("P-256 refuses what is no point in uncompressed form")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes privateKey(32, 0x42);
        const Bytes generator = FromHex("04" + P256_GENERATOR_X + P256_GENERATOR_Y);
        NS_TEST_EXPECT_MSG_EQ(
            (Agree(Group::P256, privateKey, generator).error == PublicKeyError::None),
            true,
            "the base point is one");

        for (const std::size_t size : {0, 1, 32, 33, 64, 66})
        {
            Bytes value = generator;
            value.resize(size, 0);
            const auto result = Agree(Group::P256, privateKey, value);
            NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::WrongLength), true, size);
        }
        for (unsigned form = 0; form < 256; ++form)
        {
            Bytes value = generator;
            value[0] = static_cast<std::uint8_t>(form);
            const auto result = Agree(Group::P256, privateKey, value);
            NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::None), (form == 4), form);
        }
        // Each flipped bit gives a point off the curve: y, and 256 of 256 bits of x but by chance.
        for (std::size_t bit = 0; bit < 256; ++bit)
        {
            Bytes value = generator;
            value[33 + bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            const auto result = Agree(Group::P256, privateKey, value);
            NS_TEST_EXPECT_MSG_EQ((result.error == PublicKeyError::NotOnCurve), true, bit);
            NS_TEST_EXPECT_MSG_EQ(result.secret.empty(), true, "no secret");
        }
        // x = 0 has a point (y² = b): x = p, which is 0 modulo p, must not pass for it.
        const std::string yOfZero =
            "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";
        const auto zero =
            Agree(Group::P256, privateKey, FromHex("04" + std::string(64, '0') + yOfZero));
        NS_TEST_EXPECT_MSG_EQ((zero.error == PublicKeyError::None), true, "x = 0");
        const auto prime = Agree(Group::P256, privateKey, FromHex("04" + P256_PRIME + yOfZero));
        NS_TEST_EXPECT_MSG_EQ((prime.error == PublicKeyError::NotOnCurve), true, "x = p");
        const auto origin = Agree(Group::P256, privateKey, FromHex("04" + std::string(128, '0')));
        NS_TEST_EXPECT_MSG_EQ((origin.error == PublicKeyError::NotOnCurve), true, "(0, 0)");
    }
};

class PrivateScalarCase : public TestCase
{
  public:
    PrivateScalarCase()
        : TestCase("A P-256 private key is drawn anew until it is in [1, order)")
    {
    }

  private:
    void DoRun() override
    {
        const std::string good(62, '0');
        ScriptedRandomSource random(FromHex(std::string(64, '0') + P256_ORDER +
                                            std::string(64, 'f') + good + "05" + good + "06"));
        const auto pair = GenerateKeyPair(Group::P256, random);
        NS_TEST_EXPECT_MSG_EQ(ToHex(pair.privateKey), good + "05", "the first in range");
        NS_TEST_EXPECT_MSG_EQ(random.GetUsed(), 128, "and nothing is drawn beyond it");
    }
};

class GroupNamesCase : public TestCase
{
  public:
    GroupNamesCase()
        : TestCase("Groups have their names and public values their lengths")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(std::string(NameOf(Group::X25519)), "x25519", "name");
        NS_TEST_EXPECT_MSG_EQ(std::string(NameOf(Group::P256)), "p256", "name");
        SeededRandomSource random(Digest{});
        for (const Group group : {Group::X25519, Group::P256})
        {
            NS_TEST_EXPECT_MSG_EQ(GenerateKeyPair(group, random).publicKey.size(),
                                  PublicKeySize(group),
                                  NameOf(group));
        }
    }
};

class ThreadsCase : public TestCase
{
  public:
    ThreadsCase()
        : TestCase("Threads that agree at the same time do not disturb each other")
    {
    }

  private:
    void DoRun() override
    {
        SeededRandomSource random(Digest{9});
        const auto own = GenerateKeyPair(Group::P256, random);
        const auto peer = GenerateKeyPair(Group::P256, random);
        const Bytes secret = Agree(Group::P256, own.privateKey, peer.publicKey).secret;
        // Crypto++ multiplies by a number this small in another way.
        Bytes small(32, 0);
        small.back() = 29;
        const Bytes smallSecret = Agree(Group::P256, small, peer.publicKey).secret;

        std::array<unsigned, 4> wrong{};
        std::array<std::thread, 4> threads;
        for (std::size_t i = 0; i < threads.size(); ++i)
        {
            threads[i] = std::thread([&, &count = wrong[i]] {
                for (unsigned repetition = 0; repetition < 40; ++repetition)
                {
                    ScriptedRandomSource script(own.privateKey);
                    count += GenerateKeyPair(Group::P256, script).publicKey != own.publicKey;
                    count += Agree(Group::P256, own.privateKey, peer.publicKey).secret != secret;
                }
                for (unsigned repetition = 0; repetition < 400; ++repetition)
                {
                    count += Agree(Group::P256, small, peer.publicKey).secret != smallSecret;
                }
            });
        }
        for (std::size_t i = 0; i < threads.size(); ++i)
        {
            threads[i].join();
            NS_TEST_EXPECT_MSG_EQ(wrong[i], 0, "thread " << i);
        }
    }
};

class OwnKeyCase : public TestCase
{
  public:
    OwnKeyCase()
        : TestCase("An own private key of a wrong form ends the program")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes point = FromHex("04" + P256_GENERATOR_X + P256_GENERATOR_Y);
        NS_TEST_EXPECT_MSG_EQ(Aborts([] {}), false, "nothing is wrong with doing nothing");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { Agree(Group::X25519, Bytes(31, 1), Bytes(32, 9)); }),
                              true,
                              "an X25519 private key of 31 octets");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { Agree(Group::P256, Bytes(33, 1), point); }),
                              true,
                              "a P-256 private key of 33 octets");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { Agree(Group::P256, Bytes(32, 0), point); }),
                              true,
                              "a P-256 private key of 0");
        NS_TEST_EXPECT_MSG_EQ(Aborts([&] { Agree(Group::P256, FromHex(P256_ORDER), point); }),
                              true,
                              "a P-256 private key of the group's order");
    }
};

class AgreementSuite : public TestSuite
{
  public:
    AgreementSuite()
        : TestSuite("smkex-crypto-agreement", UNIT)
    {
        AddTestCase(new X25519Case, TestCase::QUICK);
        AddTestCase(new X25519RefusalCase, TestCase::QUICK);
        AddTestCase(new P256Case, TestCase::QUICK);
        AddTestCase(new P256RefusalCase, TestCase::QUICK);
        AddTestCase(new PrivateScalarCase, TestCase::QUICK);
        AddTestCase(new GroupNamesCase, TestCase::QUICK);
        AddTestCase(new ThreadsCase, TestCase::QUICK);
        AddTestCase(new OwnKeyCase, TestCase::QUICK);
    }
};

const AgreementSuite g_agreementSuite;

} // namespace
