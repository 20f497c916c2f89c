/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-crypto-point.h"
#include "ns3/smkex-eno.h"
#include "ns3/test.h"

#include <string>

using namespace ns3;
using namespace smkex;

namespace
{

using Segment = EnoNegotiation::Segment;

class OptionsCase : public TestCase
{
  public:
    OptionsCase()
        : TestCase("Options are read as RFC 8547 has them, and ill-formed ones as a whole not")
    {
    }

  private:
    void DoRun() override
    {
        // Suboptions; what is read: role, TEPs; "-" where it is ill-formed.
        const std::vector<std::pair<std::string, std::string>> known{
            {"", "a"},
            {"23", "a 23"},
            {"0123", "b 23"},
            {"0223", "a 23"},
            {"000123", "a 23"}, // the first global suboption counts
            {"2301", "b 23"},
            {"2123", "a 2123"},
            {"23217f", "a 23217f"},
            {"2323", "a"}, // a repeated TEP counts as not sent
            {"212321", "a 23"},
            {"a3ffff", "a"}, // TEPs with data are not for fresh keys
            {"a3", "a"},
            {"80a3ff21", "a 21"},
            {"82a3ffffff21", "a 21"},
            {"82a3ffffff80a10021", "a 21"},
            {"80", "-"},   // a length with nothing behind it
            {"80a3", "-"}, // too little data
            {"81a3ff", "-"},
            {"8023ff", "-"}, // a TEP without data behind a length
            {"8001ff", "-"},
            {"8080a3ff", "-"}, // a length behind a length
            {"2380", "-"},
        };
        for (const auto& [suboptions, expected] : known)
        {
            Bytes option{ENO_OPTION_KIND, 0};
            Append(option, FromHex(suboptions));
            option[1] = static_cast<std::uint8_t>(option.size());
            NS_TEST_EXPECT_MSG_EQ(Show(option), expected, "suboptions " << suboptions);
        }
        NS_TEST_EXPECT_MSG_EQ(Show(FromHex("450423")), "-", "a length that is not its own");
        NS_TEST_EXPECT_MSG_EQ(Show(FromHex("45")), "-", "no length");
        NS_TEST_EXPECT_MSG_EQ(Show(FromHex("1e0323")), "-", "another kind");
        NS_TEST_EXPECT_MSG_EQ(ToHex(EncodeEno({true, {0x23}})), "45040123", "B's");
        NS_TEST_EXPECT_MSG_EQ(ToHex(EncodeEno({false, {0x23, 0x21}})), "45042321", "A's");
        NS_TEST_EXPECT_MSG_EQ(ToHex(EncodeVacuousEno()), "4502", "the vacuous one");
    }

    static std::string Show(const Bytes& option)
    {
        const std::optional<EnoSuboptions> said = DecodeEno(option);
        if (!said)
        {
            return "-";
        }
        const std::string teps = ToHex(said->teps);
        return (said->passiveRole ? "b" : "a") + (teps.empty() ? "" : " " + teps);
    }
};

/** One handshake, with the options that come through. */
struct Handshake
{
    Handshake(const std::vector<std::uint8_t>& activeTeps,
              const std::vector<std::uint8_t>& passiveTeps)
        : active(activeTeps),
          passive(passiveTeps)
    {
    }

    static std::vector<Bytes> AsList(const std::optional<Bytes>& option)
    {
        return option ? std::vector<Bytes>{*option} : std::vector<Bytes>{};
    }

    void Run()
    {
        passive.OnReceive(Segment::Syn, AsList(active.OnSend(Segment::Syn)));
        active.OnReceive(Segment::SynAck, AsList(passive.OnSend(Segment::SynAck)));
        passive.OnReceive(Segment::Other, AsList(active.OnSend(Segment::Other)));
    }

    EnoNegotiation active;
    EnoNegotiation passive;
};

class AgreementCase : public TestCase
{
  public:
    AgreementCase()
        : TestCase("The ends agree on what the passive opener likes best, or on nothing")
    {
    }

  private:
    void DoRun() override
    {
        Expect({0x23}, {0x23}, 0x23);
        Expect({0x21}, {0x21}, 0x21);
        Expect({0x23, 0x21}, {0x21, 0x23}, 0x21);
        Expect({0x21, 0x23}, {0x23}, 0x23);
        Expect({0x21, 0x23}, {0x22, 0x23}, 0x23);
        Expect({0x23}, {0x21}, 0);
        Expect({0x23}, {}, 0);
        Expect({}, {0x23}, 0);
        Expect({}, {}, 0);
    }

    void Expect(const std::vector<std::uint8_t>& active,
                const std::vector<std::uint8_t>& passive,
                int tep)
    {
        Handshake handshake(active, passive);
        handshake.Run();
        const EnoOutcome a = handshake.active.Outcome();
        const EnoOutcome b = handshake.passive.Outcome();
        NS_TEST_EXPECT_MSG_EQ(+a.tep, tep, "active opener");
        NS_TEST_EXPECT_MSG_EQ(+b.tep, tep, "passive opener");
        NS_TEST_EXPECT_MSG_EQ(ToHex(a.transcript), ToHex(b.transcript), "transcripts");
        NS_TEST_EXPECT_MSG_EQ(a.transcript.empty(), (tep == 0), "a transcript of an agreement");
    }
};

class RefusalCase : public TestCase
{
  public:
    RefusalCase()
        : TestCase("What does not add up leaves plain TCP at the end that sees it")
    {
    }

  private:
    void DoRun() override
    {
        const Bytes good = FromHex("45040123");
        ExpectActive({good}, 0x23);
        ExpectActive({}, 0);
        ExpectActive({good, good}, 0);
        ExpectActive({FromHex("450323")}, 0);        // no role: two active openers
        ExpectActive({FromHex("45040140")}, 0);      // a TEP that was not offered
        ExpectActive({FromHex("4505012321")}, 0x21); // the last one counts that both have
        ExpectActive({FromHex("4505012340")}, 0x23);
        ExpectActive({FromHex("4505012380")}, 0); // ill-formed

        ExpectPassive({FromHex("450323")}, 0x23);
        ExpectPassive({FromHex("45040123")}, 0); // the role of the passive opener
        ExpectPassive({FromHex("450323"), FromHex("450323")}, 0);
        ExpectPassive({FromHex("45042380")}, 0);
        ExpectPassive({FromHex("45042323")}, 0);
    }

    void ExpectActive(const std::vector<Bytes>& synAck, int tep)
    {
        EnoNegotiation active({0x23, 0x21});
        active.OnSend(Segment::Syn);
        active.OnReceive(Segment::SynAck, synAck);
        NS_TEST_EXPECT_MSG_EQ(+active.Outcome().tep, tep, "active opener");
        NS_TEST_EXPECT_MSG_EQ(active.OnSend(Segment::Other).has_value(),
                              (tep != 0),
                              "the first ACK confirms an agreement only");
    }

    void ExpectPassive(const std::vector<Bytes>& syn, int tep)
    {
        EnoNegotiation passive({0x23});
        passive.OnReceive(Segment::Syn, syn);
        NS_TEST_EXPECT_MSG_EQ(passive.OnSend(Segment::SynAck).has_value(), (tep != 0), "answer");
        passive.OnReceive(Segment::Other, {EncodeVacuousEno()});
        NS_TEST_EXPECT_MSG_EQ(+passive.Outcome().tep, tep, "passive opener");
    }
};

class FirstAckCase : public TestCase
{
  public:
    FirstAckCase()
        : TestCase("The first segment without SYN decides at the passive opener, and only it")
    {
    }

  private:
    void DoRun() override
    {
        Handshake stripped({0x23}, {0x23});
        stripped.passive.OnReceive(Segment::Syn, {*stripped.active.OnSend(Segment::Syn)});
        stripped.passive.OnSend(Segment::SynAck);
        stripped.passive.OnReceive(Segment::Other, {});
        stripped.passive.OnReceive(Segment::Other, {EncodeVacuousEno()});
        NS_TEST_EXPECT_MSG_EQ(+stripped.passive.Outcome().tep, 0, "too late");

        Handshake whole({0x23}, {0x23});
        whole.Run();
        whole.passive.OnReceive(Segment::Other, {});
        NS_TEST_EXPECT_MSG_EQ(+whole.passive.Outcome().tep, 0x23, "later ones need none");
        NS_TEST_EXPECT_MSG_EQ(whole.active.OnSend(Segment::Other).has_value(),
                              true,
                              "any may be the first to arrive");
        whole.active.OnReceive(Segment::Other, {});
        NS_TEST_EXPECT_MSG_EQ(whole.active.OnSend(Segment::Other).has_value(),
                              false,
                              "until the peer has been heard");
        NS_TEST_EXPECT_MSG_EQ(whole.passive.OnSend(Segment::Other).has_value(),
                              false,
                              "the passive opener has no more to confirm");
    }
};

class PointCase : public TestCase
{
  public:
    PointCase()
        : TestCase("P-256 points are compressed and back again")
    {
    }

  private:
    void DoRun() override
    {
        SeededRandomSource random(Digest{3});
        for (int i = 0; i < 20; ++i)
        {
            const Bytes point = GenerateKeyPair(Group::P256, random).publicKey;
            const Bytes compressed = CompressP256Point(point);
            NS_TEST_ASSERT_MSG_EQ(compressed.size(), COMPRESSED_POINT_SIZE, "size");
            const std::optional<Bytes> back = DecompressP256Point(compressed);
            NS_TEST_ASSERT_MSG_EQ(back.has_value(), true, "a point");
            NS_TEST_EXPECT_MSG_EQ(ToHex(*back), ToHex(point), "the same");
        }
        const std::string prime =
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
        // x = 5 is on the curve, and p + 5 is the same number written otherwise.
        const std::string five = std::string(63, '0') + "5";
        const std::string fivePlusPrime =
            "ffffffff00000001000000000000000000000001000000000000000000000004";
        NS_TEST_EXPECT_MSG_EQ(DecompressP256Point(FromHex("02" + five)).has_value(), true, "x = 5");
        for (const std::string& none : {"02" + prime,
                                        "02" + fivePlusPrime,
                                        "04" + five,
                                        "00" + five,
                                        "02" + std::string(63, '0') + "1",
                                        "02" + five + "00",
                                        std::string("02")})
        {
            NS_TEST_EXPECT_MSG_EQ(DecompressP256Point(FromHex(none)).has_value(), false, none);
        }
    }
};

class EnoSuite : public TestSuite
{
  public:
    EnoSuite()
        : TestSuite("smkex-eno", UNIT)
    {
        AddTestCase(new OptionsCase, QUICK);
        AddTestCase(new AgreementCase, QUICK);
        AddTestCase(new RefusalCase, QUICK);
        AddTestCase(new FirstAckCase, QUICK);
        AddTestCase(new PointCase, QUICK);
    }
};

const EnoSuite g_enoSuite;

} // namespace
