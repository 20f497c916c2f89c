/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-tcp-segment.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

// Ports 49153 and 5001, flags PSH and ACK, timestamps 7 and 9.
const char FIXED[] = "c0011389fffffff00102030480182000";
const char NO_CHECKSUM_NOR_URGENT[] = "00000000";
const char TIMESTAMPS[] = "0101080a0000000700000009";

Bytes
Join(const std::string& digits, const std::string& payload)
{
    Bytes octets = FromHex(digits);
    Append(octets, payload);
    return octets;
}

TcpSegment
Usual(const std::string& payload)
{
    return *TcpSegment::Parse(
        Join(std::string(FIXED) + NO_CHECKSUM_NOR_URGENT + TIMESTAMPS, payload));
}

/** A segment with these options; their size in octets is a multiple of four. */
TcpSegment
WithOptions(const std::string& digits, const std::string& payload = "payload")
{
    Bytes octets = Join(std::string(FIXED) + NO_CHECKSUM_NOR_URGENT + digits, payload);
    octets[12] = static_cast<std::uint8_t>((5 + digits.size() / 8) << 4);
    return *TcpSegment::Parse(octets);
}

std::string
OptionsOf(const TcpSegment& segment)
{
    const std::size_t payload = segment.Payload().size();
    return ToHex(ByteView(segment.Octets()).First(segment.Octets().size() - payload).From(20));
}

std::string
Text(ByteView octets)
{
    return {octets.begin(), octets.end()};
}

class ReadingCase : public TestCase
{
  public:
    ReadingCase()
        : TestCase("Fields are read from their places")
    {
    }

  private:
    void DoRun() override
    {
        const TcpSegment segment = Usual("abc");
        NS_TEST_EXPECT_MSG_EQ(segment.SourcePort(), 49153, "source port");
        NS_TEST_EXPECT_MSG_EQ(segment.DestinationPort(), 5001, "destination port");
        NS_TEST_EXPECT_MSG_EQ(segment.Sequence(), 0xfffffff0, "sequence number");
        NS_TEST_EXPECT_MSG_EQ(segment.Acknowledgment(), 0x01020304, "acknowledgment number");
        NS_TEST_EXPECT_MSG_EQ(+segment.Flags(), 0x18, "PSH and ACK");
        NS_TEST_EXPECT_MSG_EQ(segment.Has(TcpSegment::ACK), true, "has ACK");
        NS_TEST_EXPECT_MSG_EQ(segment.Has(TcpSegment::FIN), false, "has no FIN");
        NS_TEST_EXPECT_MSG_EQ(segment.Has(TcpSegment::SYN), false, "has no SYN");
        NS_TEST_EXPECT_MSG_EQ(segment.Has(TcpSegment::RST), false, "has no RST");
        NS_TEST_EXPECT_MSG_EQ(Text(segment.Payload()), "abc", "behind the options");
    }
};

class RefusalCase : public TestCase
{
  public:
    RefusalCase()
        : TestCase("Octets that hold no whole header are no segment")
    {
    }

  private:
    static bool IsSegment(std::size_t size, std::uint8_t dataOffset)
    {
        Bytes octets(size, 0);
        if (size > 12)
        {
            octets[12] = static_cast<std::uint8_t>(dataOffset << 4 | 0xf);
        }
        return TcpSegment::Parse(octets).has_value();
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(IsSegment(0, 5), false, "none at all");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(12, 5), false, "no data offset");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(19, 5), false, "one octet is missing");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(20, 5), true, "the shortest");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(20, 4), false, "the header ends within its fixed part");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(20, 0), false, "the header ends where it begins");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(59, 15), false, "the last option is cut");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(60, 15), true, "the longest header");
        NS_TEST_EXPECT_MSG_EQ(IsSegment(19, 4), false, "both");
    }
};

class WritingCase : public TestCase
{
  public:
    WritingCase()
        : TestCase("An edit changes its own field and nothing else")
    {
    }

  private:
    void DoRun() override
    {
        // Kinds 30 (Multipath TCP) and 253 (experiments).
        const std::string options = "1e08000102030405fd04abcd";
        TcpSegment segment = WithOptions(options, "abc");
        const Bytes before = segment.Octets();
        const auto expect = [&](std::size_t at, const std::string& digits, const char* what) {
            Bytes expected = before;
            const Bytes field = FromHex(digits);
            std::copy(field.begin(), field.end(), expected.begin() + at);
            NS_TEST_EXPECT_MSG_EQ(ToHex(segment.Octets()), ToHex(expected), what);
            segment = *TcpSegment::Parse(before);
        };
        segment.SetSequence(0x89abcdef);
        NS_TEST_EXPECT_MSG_EQ(segment.Sequence(), 0x89abcdef, "read again");
        expect(4, "89abcdef", "sequence number");
        segment.SetAcknowledgment(0xfedcba98);
        NS_TEST_EXPECT_MSG_EQ(segment.Acknowledgment(), 0xfedcba98, "read again");
        expect(8, "fedcba98", "acknowledgment number");
        segment.SetFlags(TcpSegment::FIN | TcpSegment::RST);
        NS_TEST_EXPECT_MSG_EQ(segment.Has(TcpSegment::FIN), true, "read again");
        expect(13, "05", "flags");

        for (const std::string payload : {"", "x", "abc", "longer than it was"})
        {
            segment.SetPayload(payload);
            NS_TEST_EXPECT_MSG_EQ(Text(segment.Payload()), payload, "payload");
            NS_TEST_EXPECT_MSG_EQ(OptionsOf(segment), options, "options stay");
            NS_TEST_EXPECT_MSG_EQ(segment.Sequence(), 0xfffffff0, "numbers stay");
        }
        segment.SetPayload(segment.Payload().From(7));
        NS_TEST_EXPECT_MSG_EQ(Text(segment.Payload()), "than it was", "a part of its own payload");
    }
};

class SackCase : public TestCase
{
  public:
    SackCase()
        : TestCase("SACK blocks become no-operations, all other options stay")
    {
    }

  private:
    void Expect(const std::string& before, const std::string& after, const char* what)
    {
        const std::string payload = "\x05\x0aoctets like those";
        TcpSegment segment = WithOptions(before, payload);
        segment.EraseOptions(TcpSegment::KIND_SACK);
        NS_TEST_EXPECT_MSG_EQ(OptionsOf(segment), after, what);
        NS_TEST_EXPECT_MSG_EQ(Text(segment.Payload()), payload, what);
    }

    void DoRun() override
    {
        const std::string block = "1111111122222222";
        const std::string erased = "01010101010101010101";
        Expect("", "", "no options");
        Expect("0101050a" + block, "0101" + erased, "one block");
        Expect("01010512" + block + block, "0101" + erased + "0101010101010101", "two blocks");
        Expect("0101080a00000007000000090101050a" + block,
               "0101080a00000007000000090101" + erased,
               "behind timestamps");
        Expect("050a" + block + "1e0600010203", erased + "1e0600010203", "ahead of another one");
        Expect("050a" + block + "050a" + block, erased + erased, "twice");
        Expect("04020101", "04020101", "the permission to use it");
        Expect("1e0c050a" + block, "1e0c050a" + block, "octets of another option");
        Expect("0002050a" + block, "0002050a" + block, "behind the end");
        Expect("050a0000", "050a0000", "longer than the header");
        Expect("1e00050a" + block, "1e00050a" + block, "behind an option of no length");
        Expect("1e01050a" + block, "1e01050a" + block, "behind an option of a length too small");
        Expect("01010105", "01010105", "a kind without a length");
        TcpSegment bare = WithOptions("01010105", "");
        bare.EraseOptions(TcpSegment::KIND_SACK);
        NS_TEST_EXPECT_MSG_EQ(OptionsOf(bare), "01010105", "a kind at the segment's end");
    }
};

class OptionKindCase : public TestCase
{
  public:
    OptionKindCase()
        : TestCase("Options of a kind are found and erased, all others stay")
    {
    }

  private:
    void Expect(const std::string& options, const std::string& found, const std::string& after)
    {
        TcpSegment segment = WithOptions(options);
        std::string all;
        for (const Bytes& option : segment.Options(0x45))
        {
            all += ToHex(option) + ".";
        }
        NS_TEST_EXPECT_MSG_EQ(all, found, "found in " << options);
        segment.EraseOptions(0x45);
        NS_TEST_EXPECT_MSG_EQ(OptionsOf(segment), after, "left of " << options);
        NS_TEST_EXPECT_MSG_EQ(Text(segment.Payload()), "payload", "the payload stays");
    }

    void DoRun() override
    {
        Expect("", "", "");
        Expect("04020101", "", "04020101");
        Expect("45032300", "450323.", "01010100");
        Expect("0402010145032300", "450323.", "0402010101010100");
        Expect("4503234502010100", "450323.4502.", "0101010101010100");
        Expect("0045022300450223", "", "0045022300450223");
        Expect("4502450901010101", "4502.", "0101450901010101");
    }
};

class ChecksumCase : public TestCase
{
  public:
    ChecksumCase()
        : TestCase("Checksums over IPv4 and IPv6 are those that a protocol analyser accepts")
    {
    }

  private:
    static std::string Checksum(const std::string& addresses, const std::string& payload)
    {
        TcpSegment segment = Usual(payload);
        const auto size = static_cast<std::uint32_t>(segment.Octets().size());
        const std::uint32_t pseudoHeader = SumWords(FromHex(addresses)) + 6 + size;
        segment.UpdateChecksum(pseudoHeader);
        const Bytes once = segment.Octets();
        segment.UpdateChecksum(pseudoHeader);
        return segment.Octets() == once ? ToHex(ByteView(once).From(16).First(2)) : "unstable";
    }

    void DoRun() override
    {
        const std::string v4 = "c0000201c63364fe"; // 192.0.2.1 to 198.51.100.254
        NS_TEST_EXPECT_MSG_EQ(Checksum(v4, ""), "91f0", "IPv4, no payload");
        NS_TEST_EXPECT_MSG_EQ(Checksum(v4, "abcd"), "cd25", "IPv4, even");
        NS_TEST_EXPECT_MSG_EQ(Checksum(v4, "abc"), "cd8a", "IPv4, odd");
        const std::string v6 = "20010db8000000000000000000000001"  // 2001:db8::1
                               "20010db8ffff000000000000000000fe"; // 2001:db8:ffff::fe
        NS_TEST_EXPECT_MSG_EQ(Checksum(v6, ""), "22b3", "IPv6, no payload");
        NS_TEST_EXPECT_MSG_EQ(Checksum(v6, "abcd"), "5de8", "IPv6, even");
        NS_TEST_EXPECT_MSG_EQ(Checksum(v6, "abc"), "5e4d", "IPv6, odd");

        TcpSegment segment = Usual("abc");
        NS_TEST_EXPECT_MSG_EQ(segment.HasChecksum(), false, "left zero");
        segment.UpdateChecksum(0);
        NS_TEST_EXPECT_MSG_EQ(segment.HasChecksum(), true, "filled in");
        TcpSegment carries = Usual(std::string(100, '\xff'));
        carries.UpdateChecksum(0xffffffff);
        TcpSegment none = Usual("");
        none.UpdateChecksum(0);
        NS_TEST_EXPECT_MSG_EQ(ToHex(ByteView(carries.Octets()).From(16).First(2)),
                              ToHex(ByteView(none.Octets()).From(16).First(2)),
                              "ones only are a zero");
    }
};

class SumCase : public TestCase
{
  public:
    SumCase()
        : TestCase("Words are summed as RFC 1071 shows, however many there are")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(SumWords(FromHex("0001f203f4f5f6f7")), 0x2ddf0, "RFC 1071, 3");
        NS_TEST_EXPECT_MSG_EQ(SumWords({}), 0, "none");
        NS_TEST_EXPECT_MSG_EQ(SumWords(FromHex("ab")), 0xab00, "an octet is padded behind");
        // 2^18 words of 0xfffe, each of which is -1.
        Bytes many(1U << 19, 0xff);
        for (std::size_t i = 1; i < many.size(); i += 2)
        {
            many[i] = 0xfe;
        }
        NS_TEST_EXPECT_MSG_EQ(SumWords(many) % 0xffff, 0xffff - (1U << 18) % 0xffff, "carries");
    }
};

class TcpSegmentSuite : public TestSuite
{
  public:
    TcpSegmentSuite()
        : TestSuite("smkex-tcp-segment", UNIT)
    {
        AddTestCase(new ReadingCase, TestCase::QUICK);
        AddTestCase(new RefusalCase, TestCase::QUICK);
        AddTestCase(new WritingCase, TestCase::QUICK);
        AddTestCase(new SackCase, TestCase::QUICK);
        AddTestCase(new OptionKindCase, QUICK);
        AddTestCase(new ChecksumCase, TestCase::QUICK);
        AddTestCase(new SumCase, TestCase::QUICK);
    }
};

TcpSegmentSuite g_tcpSegmentSuite;

} // namespace
