/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-pair.h"

#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

/** What the ends conclude when somebody changes one thing under way. */
class TamperCase : public TestCase
{
  public:
    TamperCase(const std::string& name,
               TcpcryptPair::Tamper tamper,
               const std::string& client,
               const std::string& server,
               PathId paths = 1,
               Group group = Group::X25519)
        : TestCase(name),
          m_tamper(std::move(tamper)),
          m_client(client),
          m_server(server),
          m_paths(paths),
          m_group(group)
    {
    }

  private:
    void DoRun() override
    {
        TcpcryptPair untouched(m_paths, m_group);
        untouched.Run();
        NS_TEST_EXPECT_MSG_EQ(untouched.client.engine->IsAccepted(), true, "as it is, it works");
        NS_TEST_EXPECT_MSG_EQ(untouched.server.engine->IsAccepted(), true, "at both ends");

        TcpcryptPair pair(m_paths, m_group);
        pair.tamper = m_tamper;
        pair.Run();
        if (pair.client.engine->IsAccepted())
        {
            pair.client.SendData("a request");
            pair.Settle();
        }
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(pair.client), m_client, "client");
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(pair.server), m_server, "server");
    }

    TcpcryptPair::Tamper m_tamper;
    std::string m_client;
    std::string m_server;
    PathId m_paths;
    Group m_group;
};

/** Changes octets on path 1 that travel in one direction, Init messages only. */
TcpcryptPair::Tamper
OnInit(bool wantedToServer, const std::function<void(Bytes&)>& change)
{
    return [=](bool toServer, PathId path, Bytes octets) {
        const bool init = octets.size() > 1 && (octets[0] == 0x15 || octets[0] == 0x09);
        if (toServer == wantedToServer && path == SHARE_PATH && init)
        {
            change(octets);
        }
        return octets;
    };
}

/** Changes frames to the server. */
TcpcryptPair::Tamper
OnFrame(const std::function<void(Bytes&)>& change)
{
    return [=](bool toServer, PathId path, Bytes octets) {
        if (toServer && path == SHARE_PATH && octets[0] == 0)
        {
            change(octets);
        }
        return octets;
    };
}

/** Changes what travels on path 2 in one direction. */
TcpcryptPair::Tamper
OnPath2(bool wantedToServer, const std::function<void(Bytes&)>& change)
{
    return [=](bool toServer, PathId path, Bytes octets) {
        if (toServer == wantedToServer && path == 2)
        {
            change(octets);
        }
        return octets;
    };
}

constexpr std::size_t LENGTH_AT = 7;     //!< last octet of the length in an Init
constexpr std::size_t INIT1_KEY_AT = 42; //!< behind the header, one AEAD and N_A
constexpr std::size_t INIT2_KEY_AT = 41;

/** Shortens an Init, and says so in its length. */
void
Shorten(Bytes& init, std::size_t by)
{
    init.resize(init.size() - by);
    init[LENGTH_AT] = static_cast<std::uint8_t>(init.size());
}

/** Octets at random, in any state: a reason, and no crash. */
class NoiseCase : public TestCase
{
  public:
    NoiseCase()
        : TestCase("Any octets end in a reason or in waiting")
    {
    }

  private:
    void DoRun() override
    {
        SeededRandomSource random(Digest{9});
        for (int round = 0; round < 3000; ++round)
        {
            TcpcryptPair pair(round % 2 + 1, round % 3 == 0 ? Group::P256 : Group::X25519);
            const Bytes dice = random.Draw(8);
            std::size_t countdown = dice[0] % 6;
            pair.tamper = [&](bool, PathId, Bytes octets) {
                if (countdown-- == 0 && !octets.empty())
                {
                    const std::size_t at = (dice[1] << 8 | dice[2]) % octets.size();
                    switch (dice[3] % 4)
                    {
                    case 0:
                        octets[at] ^= dice[4] | 1;
                        break;
                    case 1:
                        octets.resize(at);
                        break;
                    case 2:
                        octets.insert(octets.begin() + at, dice[4]);
                        break;
                    default:
                        octets = random.Draw(dice[5]);
                    }
                }
                return octets;
            };
            pair.Run();
            pair.client.SendData("request");
            pair.server.SendData("response");
            pair.Settle();
            const auto& keysA = pair.client.engine->Keys();
            const auto& keysB = pair.server.engine->Keys();
            const bool same = keysA && keysB && keysA->session == keysB->session;
            const bool delivered = !pair.server.received.empty();
            NS_TEST_EXPECT_MSG_EQ((!delivered || same), true, "what is delivered is authentic");
        }
    }
};

class TcpcryptHostileSuite : public TestSuite
{
  public:
    TcpcryptHostileSuite()
        : TestSuite("smkex-tcpcrypt-hostile", UNIT)
    {
        AddTestCase(new NoiseCase, QUICK);
        AddInitCases();
        AddFrameCases();
        AddPath2Cases();
    }

  private:
    void Add(const std::string& name,
             const TcpcryptPair::Tamper& tamper,
             const std::string& client,
             const std::string& server,
             PathId paths = 1,
             Group group = Group::X25519)
    {
        AddTestCase(new TamperCase(name, tamper, client, server, paths, group), QUICK);
    }

    void AddInitCases()
    {
        const auto magic = [](Bytes& init) { init[3] ^= 1; };
        Add("Init1 of a wrong magic number is refused",
            OnInit(true, magic),
            "",
            "malformed-message");
        Add("Init2 of a wrong magic number is refused",
            OnInit(false, magic),
            "malformed-message",
            "");
        const auto tooLong = [](Bytes& init) { init[5] = 1; };
        Add("Init1 of 64 KiB is refused", OnInit(true, tooLong), "", "oversized-message");
        Add("Init2 of 64 KiB is refused", OnInit(false, tooLong), "oversized-message", "");
        const auto empty = [](Bytes& init) { Shorten(init, init.size() - 8); };
        Add("Init1 without content is refused", OnInit(true, empty), "", "malformed-message");
        Add("Init2 without content is refused", OnInit(false, empty), "malformed-message", "");
        const auto cut = [](Bytes& init) { Shorten(init, 40); };
        Add("Init1 that ends in its nonce is refused", OnInit(true, cut), "", "malformed-message");
        Add("Init2 that ends in its nonce is refused", OnInit(false, cut), "malformed-message", "");
        const auto tooShort = [](Bytes& init) { init[LENGTH_AT] = 7; };
        Add("A length that does not cover the header is refused",
            OnInit(true, tooShort),
            "",
            "malformed-message");
        const auto cipher = [](Bytes& init) { init[9] = 0x02; };
        Add("Init1 with no AEAD that we do is refused",
            OnInit(true, cipher),
            "",
            "no-common-cipher");
        const auto answer = [](Bytes& init) { init[8] = 0x10; };
        Add("Init2 with an AEAD that was not offered is refused",
            OnInit(false, answer),
            "no-common-cipher",
            "");
        const auto shortKey = [](Bytes& init) { Shorten(init, 1); };
        Add("A share that is too short is refused by B",
            OnInit(true, shortKey),
            "",
            "public-key-length");
        Add("A share that is too short is refused by A",
            OnInit(false, shortKey),
            "public-key-length",
            "");
        const auto zero = [](std::size_t at) {
            return [at](Bytes& init) { std::fill_n(init.begin() + at, 32, 0); };
        };
        Add("A share of low order is refused by B",
            OnInit(true, zero(INIT1_KEY_AT)),
            "",
            "zero-shared-secret");
        Add("A share of low order is refused by A",
            OnInit(false, zero(INIT2_KEY_AT)),
            "zero-shared-secret",
            "");
        const auto length = [](Bytes& init) { init[INIT1_KEY_AT + 1] = 67; };
        Add("A P-256 share that gives another length is refused",
            OnInit(true, length),
            "",
            "public-key-length",
            1,
            Group::P256);
        const auto form = [](Bytes& init) { init[INIT2_KEY_AT + 2] = 4; };
        Add("A P-256 share in another form is refused",
            OnInit(false, form),
            "public-key-not-on-curve",
            "",
            1,
            Group::P256);
        const auto off = [](Bytes& init) {
            // x = 1 has no point on the curve.
            std::fill_n(init.begin() + INIT1_KEY_AT + 3, 32, 0);
            init[INIT1_KEY_AT + 34] = 1;
        };
        Add("A P-256 share off the curve is refused",
            OnInit(true, off),
            "",
            "public-key-not-on-curve",
            1,
            Group::P256);
        const auto keyBit = [](Bytes& init) { init[INIT1_KEY_AT] ^= 1; };
        Add("A changed share is found with the first frame",
            OnInit(true, keyBit),
            "",
            "record-authentication");
        const auto nonceBit = [](Bytes& init) { init[20] ^= 1; };
        Add("A changed nonce is found with the first frame",
            OnInit(false, nonceBit),
            "",
            "record-authentication");
    }

    void AddFrameCases()
    {
        const auto flip = [](std::size_t at) { return [at](Bytes& frame) { frame[at] ^= 4; }; };
        Add("A changed ciphertext does not open", OnFrame(flip(5)), "", "record-authentication");
        Add("A changed control octet does not open", OnFrame(flip(0)), "", "record-authentication");
        const auto rekey = [](Bytes& frame) { frame[0] |= 1; };
        Add("A request for new keys is not expected", OnFrame(rekey), "", "unexpected-message");
        const auto tiny = [](Bytes& frame) { frame[2] = 16; };
        Add("A frame with no room for its flags is refused",
            OnFrame(tiny),
            "",
            "malformed-message");
        const auto cut = [](Bytes& frame) { frame.pop_back(); };
        Add("A truncated frame is never delivered", OnFrame(cut), "", "");
        const auto shorter = [](Bytes& frame) {
            frame.pop_back();
            --frame[2];
        };
        Add("A shortened frame does not open", OnFrame(shorter), "", "record-authentication");
        const auto twice = [](Bytes& frame) { Append(frame, Bytes(frame)); };
        Add("A repeated frame does not open", OnFrame(twice), "", "record-authentication");
    }

    void AddPath2Cases()
    {
        const auto last = [](Bytes& message) { message.back() ^= 1; };
        Add("A changed H is found by the client", OnPath2(false, last), "binding-mismatch", "", 2);
        Add("A changed nonce is found by the client",
            OnPath2(true, last),
            "binding-mismatch",
            "",
            2);
        const auto otherPath = [](Bytes& message) { message[20] = 3; };
        Add("A nonce that names another path is refused",
            OnPath2(true, otherPath),
            "",
            "wrong-path",
            2);
        const auto otherSession = [](Bytes& message) { message[10] ^= 1; };
        Add("A nonce that names another session is refused",
            OnPath2(true, otherSession),
            "",
            "session-mismatch",
            2);
        const auto twice = [](Bytes& message) { Append(message, Bytes(message)); };
        Add("A second nonce is not expected", OnPath2(true, twice), "", "unexpected-message", 2);
        const auto share = [](Bytes& message) { message[0] = 2; };
        Add("Another message than H is not expected",
            OnPath2(false, share),
            "unexpected-message",
            "",
            2);
        const auto initBit = [](Bytes& init) { init[INIT1_KEY_AT] ^= 1; };
        Add("A changed share is found by H", OnInit(true, initBit), "binding-mismatch", "", 2);
    }
};

const TcpcryptHostileSuite g_tcpcryptHostileSuite;

} // namespace
