/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-bytes.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

class HexCase : public TestCase
{
  public:
    HexCase()
        : TestCase("Hexadecimal text and octets turn into each other, and nothing else does")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes octets{0x00, 0x09, 0x0a, 0x7f, 0x80, 0xaf, 0xff};
        NS_TEST_EXPECT_MSG_EQ(ToHex(octets), "00090a7f80afff", "lower case, two digits an octet");
        NS_TEST_EXPECT_MSG_EQ((FromHex("00090a7f80afff") == octets), true, "reads it back");
        NS_TEST_EXPECT_MSG_EQ((FromHex("00090A7F80AFFF") == octets), true, "upper case as well");
        NS_TEST_EXPECT_MSG_EQ(FromHex("").size(), 0, "no digits, no octets");
        for (const std::string bad :
             {"0", "000", "0g", "g0", "0x00", " 00", "00 ", "-1", ":0", "@0", "/0", "0`"})
        {
            NS_TEST_EXPECT_MSG_EQ(FromHex(bad).size(), 0, "not hexadecimal: '" << bad << "'");
        }
    }
};

class ComparisonCase : public TestCase
{
  public:
    ComparisonCase()
        : TestCase("Octets are equal in all places or not at all, zero octets included")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes reference(33, 0);
        NS_TEST_EXPECT_MSG_EQ(EqualInConstantTime(reference, Bytes(33, 0)), true, "same");
        NS_TEST_EXPECT_MSG_EQ((ByteView(reference) == ByteView(Bytes(33, 0))), true, "same");
        for (std::size_t i = 0; i < reference.size(); ++i)
        {
            for (unsigned bit = 0; bit < 8; ++bit)
            {
                Bytes other = reference;
                other[i] = static_cast<std::uint8_t>(1U << bit);
                NS_TEST_EXPECT_MSG_EQ(EqualInConstantTime(reference, other), false, "octet " << i);
                NS_TEST_EXPECT_MSG_EQ((ByteView(reference) != other), true, "octet " << i);
            }
        }
        const Bytes twoBits{0x01, 0x01};
        NS_TEST_EXPECT_MSG_EQ(EqualInConstantTime(twoBits, Bytes(2, 0)),
                              false,
                              "differences do not cancel out");
        const ByteView shorter = ByteView(reference).First(32);
        NS_TEST_EXPECT_MSG_EQ(EqualInConstantTime(reference, shorter), false, "a prefix differs");
        NS_TEST_EXPECT_MSG_EQ((ByteView(reference) == shorter), false, "a prefix differs");
        NS_TEST_EXPECT_MSG_EQ((shorter == ByteView(reference)), false, "an extension differs");
        NS_TEST_EXPECT_MSG_EQ(EqualInConstantTime({}, {}), true, "nothing is nothing");
    }
};

class ViewCase : public TestCase
{
  public:
    ViewCase()
        : TestCase("A view shows its owner's octets, and a part of them by First and From")
    {
    }

  private:
    void DoRun() override
    {
        Bytes octets{1, 2, 3, 4, 5};
        const ByteView view(octets);
        NS_TEST_EXPECT_MSG_EQ(ToHex(view.First(2)), "0102", "the first two");
        NS_TEST_EXPECT_MSG_EQ(ToHex(view.From(2)), "030405", "the others");
        NS_TEST_EXPECT_MSG_EQ(view.From(5).empty(), true, "nothing behind the last");
        octets[0] = 9;
        NS_TEST_EXPECT_MSG_EQ(unsigned{view[0]}, 9, "no copy");
        Append(octets, ByteView(std::string("a\0b", 3)));
        NS_TEST_EXPECT_MSG_EQ(ToHex(octets), "0902030405610062", "appended, zero octets too");
        Append(octets, {});
        NS_TEST_EXPECT_MSG_EQ(octets.size(), 8, "appending nothing");
    }
};

class BytesSuite : public TestSuite
{
  public:
    BytesSuite()
        : TestSuite("smkex-bytes", UNIT)
    {
        AddTestCase(new HexCase, TestCase::QUICK);
        AddTestCase(new ComparisonCase, TestCase::QUICK);
        AddTestCase(new ViewCase, TestCase::QUICK);
    }
};

const BytesSuite g_bytesSuite;

} // namespace
