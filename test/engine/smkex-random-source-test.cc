/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-random-source.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

class KeyStreamCase : public TestCase
{
  public:
    KeyStreamCase()
        : TestCase("The stream is ChaCha20's from block 0 on, as in RFC 8439, A.1")
    {
    }

  private:
    void DoRun() override
    {
        SeededRandomSource zero(Digest{});
        NS_TEST_EXPECT_MSG_EQ(ToHex(zero.Draw(64)),
                              "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                              "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
                              "test vector 1: key 0, block 0");
        NS_TEST_EXPECT_MSG_EQ(ToHex(zero.Draw(64)),
                              "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                              "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
                              "test vector 2: key 0, block 1");
        Digest one{};
        one[31] = 1;
        SeededRandomSource other(one);
        other.Draw(64);
        NS_TEST_EXPECT_MSG_EQ(ToHex(other.Draw(64)),
                              "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
                              "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
                              "test vector 3: key 1, block 1");
    }
};

class PortionsCase : public TestCase
{
  public:
    PortionsCase()
        : TestCase("The octets do not depend on the portions that they are drawn in")
    {
    }

  private:
    void DoRun() override
    {
        constexpr std::size_t SIZE = 4096;
        const Digest seed{1, 2, 3};
        const Bytes whole = SeededRandomSource(seed).Draw(SIZE);
        for (const std::size_t portion : {1, 3, 31, 32, 63, 64, 65, 128, 200, 511, 513, 1000})
        {
            SeededRandomSource source(seed);
            Bytes pieces;
            while (pieces.size() < SIZE)
            {
                Append(pieces, source.Draw(std::min(portion, SIZE - pieces.size())));
            }
            NS_TEST_EXPECT_MSG_EQ((pieces == whole), true, "portions of " << portion);
        }
        SeededRandomSource growing(seed);
        Bytes pieces;
        for (std::size_t portion = 0; pieces.size() < SIZE; ++portion)
        {
            Append(pieces, growing.Draw(std::min(portion, SIZE - pieces.size())));
        }
        NS_TEST_EXPECT_MSG_EQ((pieces == whole), true, "growing portions, from none");
        NS_TEST_EXPECT_MSG_EQ((SeededRandomSource(Digest{1, 2, 4}).Draw(SIZE) == whole),
                              false,
                              "another seed, another stream");
    }
};

class RandomSourceSuite : public TestSuite
{
  public:
    RandomSourceSuite()
        : TestSuite("smkex-random-source", UNIT)
    {
        AddTestCase(new KeyStreamCase, TestCase::QUICK);
        AddTestCase(new PortionsCase, TestCase::QUICK);
    }
};

const RandomSourceSuite g_randomSourceSuite;

} // namespace
