/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-messages.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

constexpr std::size_t LONGEST_SHARE = 512;

template <std::size_t N>
std::array<std::uint8_t, N>
Counting(std::uint8_t first)
{
    std::array<std::uint8_t, N> octets;
    for (std::uint8_t& octet : octets)
    {
        octet = first++;
    }
    return octets;
}

const SessionId SESSION = Counting<16>(0x10);
const Nonce NONCE = Counting<32>(0x40);
const Digest HASH = Counting<32>(0x80);

/** One message of each type. */
std::vector<Message>
Samples()
{
    return {ClientShare{SESSION, Group::X25519, Bytes(32, 0xaa)},
            ClientShare{SESSION, Group::P256, Bytes(LONGEST_SHARE, 0xab)},
            ClientShare{SESSION, static_cast<Group>(0xffff), {}},
            ServerShare{Bytes(65, 0xbb)},
            ServerShare{{}},
            ClientNonce{SESSION, 2, NONCE},
            ServerBinding{3, NONCE, HASH},
            ServerIdentity{HASH, Counting<SIGNATURE_SIZE>(0x20), {}},
            ServerIdentity{HASH,
                           Counting<SIGNATURE_SIZE>(0x20),
                           KeyRotation{Counting<32>(0x60), Counting<SIGNATURE_SIZE>(0x70)}},
            SecretShare{SESSION, 4, Bytes(32, 0xdd)},
            SecretShare{SESSION, 255, {}},
            Record{Bytes(AEAD_TAG_SIZE, 0xcc)},
            Record{Bytes(MAX_RECORD_PLAINTEXT + AEAD_TAG_SIZE, 0xcd)}};
}

/** \return `TYPE DECODED`, `waiting`, or the name of the reason for refusal */
std::string
Read(const Bytes& stream)
{
    std::optional<Failure> failure;
    const std::optional<Frame> frame = PeekFrame(stream, failure);
    if (failure)
    {
        return NameOf(*failure);
    }
    if (!frame)
    {
        return "waiting";
    }
    const std::variant<Message, Failure> decoded = Decode(*frame);
    const auto* reason = std::get_if<Failure>(&decoded);
    return reason ? NameOf(*reason) : "decoded";
}

/** \return the frame of \p message with \p more octets of body, or as many fewer */
Bytes
Resized(const Message& message, int more)
{
    Bytes frame = Encode(message);
    frame.resize(static_cast<std::size_t>(static_cast<int>(frame.size()) + more), 0x55);
    const std::size_t body = frame.size() - FRAME_HEADER_SIZE;
    frame[1] = static_cast<std::uint8_t>(body >> 8);
    frame[2] = static_cast<std::uint8_t>(body);
    return frame;
}

std::string
LinkOf(const Bytes& stream)
{
    std::optional<Failure> failure;
    const std::optional<Link> link = PeekLink(stream, failure);
    if (failure)
    {
        return NameOf(*failure);
    }
    return link ? ToHex(link->session) + " " + std::to_string(link->path) : "waiting";
}

class RoundTripCase : public TestCase
{
  public:
    RoundTripCase()
        : TestCase("EachMessage_IsDecodedToWhatWasEncoded")
    {
    }

  private:
    void DoRun() override
    {
        for (const Message& sample : Samples())
        {
            const Bytes encoded = Encode(sample);
            std::optional<Failure> failure;
            const std::optional<Frame> frame = PeekFrame(encoded, failure);
            NS_TEST_ASSERT_MSG_EQ(frame.has_value(), true, "type " << sample.index());
            NS_TEST_EXPECT_MSG_EQ(frame->size, encoded.size(), "type " << sample.index());
            const std::variant<Message, Failure> decoded = Decode(*frame);
            const auto* message = std::get_if<Message>(&decoded);
            NS_TEST_ASSERT_MSG_EQ((message != nullptr), true, "type " << sample.index());
            NS_TEST_EXPECT_MSG_EQ(message->index(), sample.index(), "the same type");
            NS_TEST_EXPECT_MSG_EQ(ToHex(Encode(*message)), ToHex(encoded), "the same content");
        }
    }
};

class LayoutCase : public TestCase
{
  public:
    LayoutCase()
        : TestCase("EachMessage_HasItsFieldsWhereTheyBelong")
    {
    }

  private:
    void DoRun() override
    {
        const std::string session = ToHex(SESSION);
        const std::string nonce = ToHex(NONCE);
        const auto expect = [this](const Message& message, const std::string& octets) {
            NS_TEST_EXPECT_MSG_EQ(ToHex(Encode(message)), octets, "type " << message.index());
        };
        expect(ClientShare{SESSION, Group::P256, {0xa, 0xb}},
               "010015"
               "01" +
                   session +
                   "0017"
                   "0a0b");
        expect(ServerShare{{0xc, 0xd, 0xe}},
               "020003"
               "0c0d0e");
        expect(ClientNonce{SESSION, 7, NONCE},
               "030032"
               "01" +
                   session + "07" + nonce);
        expect(ServerBinding{8, NONCE, HASH},
               "040041"
               "08" +
                   nonce + ToHex(HASH));
        expect(Record{Bytes(16, 0x11)}, "170010" + std::string(32, '1'));
    }
};

class WaitingCase : public TestCase
{
  public:
    WaitingCase()
        : TestCase("AMessageThatIsNotWhole_IsWaitedFor")
    {
    }

  private:
    void DoRun() override
    {
        for (const Message& sample : Samples())
        {
            const Bytes whole = Encode(sample);
            const std::size_t step = whole.size() > 1000 ? 997 : 1;
            for (std::size_t size = 0; size < whole.size(); size += step)
            {
                NS_TEST_ASSERT_MSG_EQ(Read(ByteView(whole).First(size).ToBytes()),
                                      "waiting",
                                      size << " octets of type " << sample.index());
            }
            Bytes followed = whole;
            followed.push_back(0x99); // belongs to what comes next
            NS_TEST_EXPECT_MSG_EQ(Read(whole), "decoded", "whole");
            NS_TEST_EXPECT_MSG_EQ(Read(followed), "decoded", "whole, and more behind");
        }
    }
};

class SizesCase : public TestCase
{
  public:
    SizesCase()
        : TestCase("OneOctetTooManyOrTooFew_IsRefused")
    {
    }

  private:
    void Expect(const Message& message, int more, const std::string& outcome)
    {
        NS_TEST_EXPECT_MSG_EQ(Read(Resized(message, more)),
                              outcome,
                              "type " << message.index() << ", " << more << " octets more");
    }

    void DoRun() override
    {
        const ClientShare longest{SESSION, Group::X25519, Bytes(LONGEST_SHARE)};
        Expect(longest, 0, "decoded");
        Expect(longest, 1, "oversized-message");
        const ClientShare shortest{SESSION, Group::X25519, {}};
        Expect(shortest, 0, "decoded");
        Expect(shortest, -1, "malformed-message");
        Expect(shortest, -19, "malformed-message");
        Expect(ServerShare{Bytes(LONGEST_SHARE)}, 0, "decoded");
        Expect(ServerShare{Bytes(LONGEST_SHARE)}, 1, "oversized-message");
        Expect(ClientNonce{SESSION, 2, NONCE}, 0, "decoded");
        Expect(ClientNonce{SESSION, 2, NONCE}, 1, "oversized-message");
        Expect(ClientNonce{SESSION, 2, NONCE}, -1, "malformed-message");
        Expect(ClientNonce{SESSION, 2, NONCE}, -50, "malformed-message");
        Expect(ServerBinding{2, NONCE, HASH}, 1, "oversized-message");
        Expect(ServerBinding{2, NONCE, HASH}, -1, "malformed-message");
        Expect(ServerBinding{2, NONCE, HASH}, -65, "malformed-message");
        const Record largest{Bytes(MAX_RECORD_PLAINTEXT + AEAD_TAG_SIZE)};
        Expect(largest, 0, "decoded");
        Expect(largest, 1, "oversized-message");
        Expect(Record{Bytes(AEAD_TAG_SIZE)}, 0, "decoded");
        Expect(Record{Bytes(AEAD_TAG_SIZE)}, -1, "malformed-message");
    }
};

class HeaderCase : public TestCase
{
  public:
    HeaderCase()
        : TestCase("AHeaderThatIsWrong_IsRefusedBeforeItsBodyComes")
    {
    }

  private:
    void DoRun() override
    {
        for (unsigned type = 0; type < 256; ++type)
        {
            const bool known = (type >= 1 && type <= 6) || type == 0x17;
            NS_TEST_EXPECT_MSG_EQ(Read({static_cast<std::uint8_t>(type)}),
                                  (known ? "waiting" : "malformed-message"),
                                  "type " << type);
        }
        NS_TEST_EXPECT_MSG_EQ(Read({0x02, 0x02, 0x00}), "waiting", "512 octets may still come");
        NS_TEST_EXPECT_MSG_EQ(Read({0x02, 0x02, 0x01}), "oversized-message", "513 may not");
        NS_TEST_EXPECT_MSG_EQ(Read({0x17, 0xff, 0xff}), "oversized-message", "nor 65,535");
    }
};

class VersionCase : public TestCase
{
  public:
    VersionCase()
        : TestCase("AnotherVersion_IsRefused")
    {
    }

  private:
    void DoRun() override
    {
        for (const Message& message : {Message{ClientShare{SESSION, Group::X25519, Bytes(32)}},
                                       Message{ClientNonce{SESSION, 2, NONCE}}})
        {
            Bytes frame = Encode(message);
            NS_TEST_EXPECT_MSG_EQ(unsigned{frame[3]}, unsigned{PROTOCOL_VERSION}, "in front");
            NS_TEST_EXPECT_MSG_EQ(Read(frame), "decoded", "ours");
            for (const std::uint8_t other : {0, 2, 255})
            {
                frame[3] = other;
                NS_TEST_EXPECT_MSG_EQ(Read(frame), "unsupported-version", unsigned{other});
                NS_TEST_EXPECT_MSG_EQ(LinkOf(frame), "unsupported-version", unsigned{other});
            }
        }
    }
};

class LinkCase : public TestCase
{
  public:
    LinkCase()
        : TestCase("AConnection_BelongsWhereItsFirstMessageSays")
    {
    }

  private:
    void DoRun() override
    {
        const std::string session = ToHex(SESSION);
        const Bytes share = Encode(ClientShare{SESSION, Group::X25519, Bytes(32)});
        NS_TEST_EXPECT_MSG_EQ(LinkOf(share), session + " 1", "a share is path 1");
        NS_TEST_EXPECT_MSG_EQ(LinkOf(ByteView(share).First(share.size() - 1).ToBytes()),
                              "waiting",
                              "not before it is whole");
        const auto nonceOf = [](PathId path) {
            return LinkOf(Encode(ClientNonce{SESSION, path, NONCE}));
        };
        NS_TEST_EXPECT_MSG_EQ(nonceOf(0), "wrong-path", "there is no path 0");
        NS_TEST_EXPECT_MSG_EQ(nonceOf(1), "wrong-path", "no nonce belongs to path 1");
        NS_TEST_EXPECT_MSG_EQ(nonceOf(2), session + " 2", "the first one");
        NS_TEST_EXPECT_MSG_EQ(nonceOf(MAX_PATHS), session + " 8", "the last one");
        NS_TEST_EXPECT_MSG_EQ(nonceOf(MAX_PATHS + 1), "wrong-path", "one more");
        NS_TEST_EXPECT_MSG_EQ(LinkOf(Encode(ServerShare{Bytes(32)})),
                              "unexpected-message",
                              "no client begins like this");
        NS_TEST_EXPECT_MSG_EQ(LinkOf(Encode(Record{Bytes(16)})), "unexpected-message", "nor so");
        NS_TEST_EXPECT_MSG_EQ(LinkOf({0x47, 0x45, 0x54}), "malformed-message", "nor so");
        NS_TEST_EXPECT_MSG_EQ(LinkOf({}), "waiting", "nothing yet");
    }
};

class MessagesSuite : public TestSuite
{
  public:
    MessagesSuite()
        : TestSuite("smkex-messages", UNIT)
    {
        AddTestCase(new RoundTripCase, TestCase::QUICK);
        AddTestCase(new LayoutCase, TestCase::QUICK);
        AddTestCase(new WaitingCase, TestCase::QUICK);
        AddTestCase(new SizesCase, TestCase::QUICK);
        AddTestCase(new HeaderCase, TestCase::QUICK);
        AddTestCase(new VersionCase, TestCase::QUICK);
        AddTestCase(new LinkCase, TestCase::QUICK);
    }
};

const MessagesSuite g_messagesSuite;

} // namespace
