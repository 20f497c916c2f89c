/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-engine-pair.h"

#include "ns3/smkex-key-exchange.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

const std::string HOST{"server.example"};

LongTermIdentity
MakeIdentity(std::uint8_t seed)
{
    SeededRandomSource random(Digest{seed, 0xee});
    return LongTermIdentity(GenerateSigningKeyPair(random));
}

KeyPair
MakeSigningPair(std::uint8_t seed)
{
    SeededRandomSource random(Digest{seed, 0xee});
    return GenerateSigningKeyPair(random);
}

/** A pin store that refuses. */
class BrokenPinStore : public PinStore
{
  public:
    BrokenPinStore(bool readable, PinStoreProblem::Kind kind)
        : m_readable(readable),
          m_kind(kind)
    {
    }

    Found Find(const std::string&) override
    {
        if (!m_readable)
        {
            return PinStoreProblem{m_kind, "It is broken."};
        }
        return std::optional<Pin>();
    }

    std::optional<PinStoreProblem> Update(const std::string&,
                                          const std::optional<Pin>&,
                                          const Pin&) override
    {
        if (!m_readable)
        {
            return std::nullopt; // so that only the look-up can stop the session
        }
        return PinStoreProblem{m_kind, "It is broken."};
    }

  private:
    bool m_readable;
    PinStoreProblem::Kind m_kind;
};

/** One exchange between a client with these pins and a server with this identity. */
struct Contact
{
    Contact(std::shared_ptr<PinStore> pins,
            const std::optional<LongTermIdentity>& identity,
            PathId paths,
            const CostProfile& costs = {})
        : paths(paths),
          client(1, costs),
          server(2, costs),
          pair(client, server)
    {
        KeyExchangeConfig config;
        config.paths = paths;
        config.trust.pins = std::move(pins);
        config.trust.host = HOST;
        client.engine = std::make_unique<KeyExchangeClient>(client.processor, config);
        config.trust = {};
        if (identity)
        {
            config.trust.identity = std::make_shared<LongTermIdentity>(*identity);
        }
        server.engine = std::make_unique<KeyExchangeServer>(server.processor, config);
    }

    /** \return `accepted`, the reason for the failure, or `waiting` */
    std::string Run()
    {
        pair.Connect(paths);
        pair.Settle();
        if (const std::optional<Failure> failure = client.engine->FailureReason())
        {
            return NameOf(*failure);
        }
        return client.engine->IsAccepted() ? "accepted" : "waiting";
    }

    /** Replaces the server's identity under way by what \p forge makes of it. */
    void Forge(const std::function<void(ServerIdentity&)>& forge)
    {
        pair.tamper = [forge](bool, PathId, Bytes octets) {
            std::optional<Failure> failure;
            const std::optional<Frame> frame = PeekFrame(octets, failure);
            if (!frame || frame->type != static_cast<std::uint8_t>(MessageType::ServerIdentity))
            {
                return octets;
            }
            auto identity = std::get<ServerIdentity>(std::get<Message>(Decode(*frame)));
            forge(identity);
            return Encode(identity);
        };
    }

    PathId paths;
    EngineEnd client;
    EngineEnd server;
    EnginePair pair;
};

std::shared_ptr<MemoryPinStore>
PinsOf(const std::optional<Pin>& pin)
{
    return std::make_shared<MemoryPinStore>(pin ? PinTable{{HOST, *pin}} : PinTable{});
}

std::optional<Pin>
PinIn(PinStore& store)
{
    return std::get<std::optional<Pin>>(store.Find(HOST));
}

/** Runs with `dh` and with `smkex`. */
class TrustCase : public TestCase
{
  protected:
    explicit TrustCase(const std::string& name)
        : TestCase(name)
    {
    }

    /** What a contact comes to, and what is pinned afterwards. */
    void Expect(const std::optional<Pin>& before,
                const LongTermIdentity& identity,
                const std::string& outcome,
                const std::optional<Pin>& after,
                const std::function<void(ServerIdentity&)>& forge = nullptr)
    {
        for (const PathId paths : {1, 2, 3})
        {
            const std::shared_ptr<MemoryPinStore> pins = PinsOf(before);
            Contact contact(pins, identity, paths);
            if (forge)
            {
                contact.Forge(forge);
            }
            NS_TEST_EXPECT_MSG_EQ(contact.Run(), outcome, "over " << +paths << " paths");
            NS_TEST_EXPECT_MSG_EQ((PinIn(*pins) == after), true, "what is pinned, " << +paths);
            if (outcome == "accepted")
            {
                NS_TEST_EXPECT_MSG_EQ((contact.client.engine->Keys()->session ==
                                       contact.server.engine->Keys()->session),
                                      true,
                                      "one key");
            }
        }
    }
};

class PinningCase : public TrustCase
{
  public:
    PinningCase()
        : TrustCase("First contact pins the key, a match passes, a mismatch is refused and changes "
                    "nothing")
    {
    }

  private:
    void DoRun() override
    {
        const LongTermIdentity server = MakeIdentity(1);
        const Pin pin{server.PublicKey(), {}};
        const Pin other{MakeIdentity(2).PublicKey(), {}};
        Expect(std::nullopt, server, "accepted", pin);
        Expect(pin, server, "accepted", pin);
        Expect(other, server, "pin-mismatch", other);
    }
};

class RotationCase : public TrustCase
{
  public:
    RotationCase()
        : TrustCase("A new key passes if the pinned one vouches for it, and no other way")
    {
    }

  private:
    void DoRun() override
    {
        const LongTermIdentity old = MakeIdentity(1);
        const LongTermIdentity next = old.RotateTo(MakeSigningPair(2));
        const LongTermIdentity third = next.RotateTo(MakeSigningPair(3));
        const Pin oldPin{old.PublicKey(), {}};
        const Pin nextPin{next.PublicKey(), {old.PublicKey()}};
        Expect(oldPin, next, "accepted", nextPin);
        Expect(nextPin, next, "accepted", nextPin);
        Expect(nextPin,
               third,
               "accepted",
               Pin{third.PublicKey(), {old.PublicKey(), next.PublicKey()}});
        Expect(std::nullopt, next, "accepted", Pin{next.PublicKey(), {}});

        Expect(oldPin, third, "pin-mismatch", oldPin); // the announcement in between was missed
        Expect(oldPin, MakeIdentity(2), "pin-mismatch", oldPin);
        Expect(nextPin, next.RotateTo(MakeSigningPair(1)), "pin-mismatch", nextPin); // retired
        Expect(oldPin, next, "pin-mismatch", oldPin, [](ServerIdentity& identity) {
            identity.rotation->signature[7] ^= 4;
        });
        Expect(oldPin, next, "pin-mismatch", oldPin, [](ServerIdentity& identity) {
            identity.rotation.reset();
        });
        Expect(oldPin, next, "pin-mismatch", oldPin, [](ServerIdentity& identity) {
            identity.rotation->previousKey[0] ^= 1;
        });
        // Vouched for by somebody whom the client does not know.
        Expect(
            oldPin,
            MakeIdentity(9).RotateTo(MakeSigningPair(2)),
            "pin-mismatch",
            oldPin,
            [&old](ServerIdentity& identity) { identity.rotation->previousKey = old.PublicKey(); });
        // The announcement is right, but this exchange is signed by nobody who has the new key.
        Expect(oldPin, next, "identity-signature", oldPin, [](ServerIdentity& identity) {
            identity.signature[0] ^= 1;
        });
    }
};

class SignatureCase : public TrustCase
{
  public:
    SignatureCase()
        : TrustCase("A signature that is changed, or of another exchange, is refused and nothing "
                    "is pinned")
    {
    }

  private:
    void DoRun() override
    {
        const LongTermIdentity server = MakeIdentity(1);
        const Pin pin{server.PublicKey(), {}};
        for (std::size_t octet = 0; octet < SIGNATURE_SIZE; ++octet)
        {
            const auto forge = [octet](ServerIdentity& identity) {
                identity.signature[octet] ^= 1U << (octet % 8);
            };
            Expect(std::nullopt, server, "identity-signature", std::nullopt, forge);
            Expect(pin, server, "identity-signature", pin, forge);
        }
        // Another server's key in front of a signature that is good under this one.
        Expect(std::nullopt,
               server,
               "identity-signature",
               std::nullopt,
               [](ServerIdentity& identity) { identity.publicKey = MakeIdentity(2).PublicKey(); });

        EngineEnd signer(9);
        Transcript transcript{Group::X25519, SessionId{1}, Bytes(32, 2), Bytes(32, 3), {}};
        const ServerIdentity signedOne = server.Sign(signer.processor, transcript);
        const auto verify = [&](const Transcript& seen) {
            IdentityCheck check(Trust{nullptr, PinsOf(pin), HOST});
            const std::optional<Failure> failure = check.Verify(signer.processor, seen, signedOne);
            return std::string(failure ? NameOf(*failure) : "none");
        };
        NS_TEST_EXPECT_MSG_EQ(verify(transcript), "none", "what was signed");
        Transcript other = transcript;
        other.group = Group::P256;
        NS_TEST_EXPECT_MSG_EQ(verify(other), "identity-signature", "another group");
        other = transcript;
        other.session[15] = 1;
        NS_TEST_EXPECT_MSG_EQ(verify(other), "identity-signature", "another session");
        other = transcript;
        other.clientShare[31] = 0;
        NS_TEST_EXPECT_MSG_EQ(verify(other), "identity-signature", "another client's share");
        other = transcript;
        other.serverShare[31] = 0;
        NS_TEST_EXPECT_MSG_EQ(verify(other), "identity-signature", "another server's share");
        other = transcript;
        std::swap(other.clientShare, other.serverShare);
        NS_TEST_EXPECT_MSG_EQ(verify(other), "identity-signature", "roles exchanged");
    }
};

class OrderCase : public TrustCase
{
  public:
    OrderCase()
        : TrustCase("An identity that is missing, early, repeated, unasked for or on another path "
                    "is not accepted")
    {
    }

  private:
    /** What a client with an empty store says when this comes on these paths. */
    static std::string Fed(const std::vector<std::pair<PathId, Message>>& messages, bool asks)
    {
        Contact contact(asks ? PinsOf(std::nullopt) : nullptr, std::nullopt, 2);
        contact.client.Take(contact.client.engine->OnStart({}));
        contact.client.Take(contact.client.engine->OnPathUp(1, {}));
        contact.client.Take(contact.client.engine->OnPathUp(2, {}));
        const Bytes& frame = contact.client.everSent.front().bytes;
        std::optional<Failure> failure;
        const auto own =
            std::get<ClientShare>(std::get<Message>(Decode(*PeekFrame(frame, failure))));
        for (const auto& [path, given] : messages)
        {
            Message message = given;
            if (auto* identity = std::get_if<ServerIdentity>(&message))
            {
                Transcript transcript{own.group, own.session, own.share, ShareOfServer(), {}};
                *identity = MakeIdentity(1).Sign(contact.server.processor, transcript);
            }
            contact.client.Take(contact.client.engine->OnBytes(path, Encode(message), {}));
        }
        const std::optional<Failure> reason = contact.client.engine->FailureReason();
        return reason ? NameOf(*reason) : "none";
    }

    static Bytes ShareOfServer()
    {
        SeededRandomSource random(Digest{77});
        return GenerateKeyPair(Group::X25519, random).publicKey;
    }

    void DoRun() override
    {
        const std::shared_ptr<MemoryPinStore> pins = PinsOf(std::nullopt);
        Contact missing(pins, std::nullopt, 2);
        NS_TEST_EXPECT_MSG_EQ(missing.Run(), "waiting", "no identity, no acceptance");
        missing.client.engine->OnTimeout(Instant(1));
        NS_TEST_EXPECT_MSG_EQ((missing.client.engine->FailureReason() == Failure::Timeout),
                              true,
                              "until patience runs out");
        NS_TEST_EXPECT_MSG_EQ(PinIn(*pins).has_value(), false, "nothing to pin");

        const ServerShare share{ShareOfServer()};
        const ServerIdentity identity{};
        NS_TEST_EXPECT_MSG_EQ(Fed({{1, share}, {1, identity}}, true), "none", "as it should be");
        NS_TEST_EXPECT_MSG_EQ(Fed({{1, identity}}, true), "unexpected-message", "early");
        NS_TEST_EXPECT_MSG_EQ(Fed({{1, share}, {2, identity}}, true), "wrong-path", "elsewhere");
        NS_TEST_EXPECT_MSG_EQ(Fed({{1, share}, {1, identity}, {1, identity}}, true),
                              "unexpected-message",
                              "repeated");
        NS_TEST_EXPECT_MSG_EQ(Fed({{1, share}, {1, identity}}, false),
                              "unexpected-message",
                              "unasked for");
    }
};

class PinLastCase : public TrustCase
{
  public:
    PinLastCase()
        : TrustCase("Nothing is pinned before all else about the exchange is found right")
    {
    }

  private:
    void DoRun() override
    {
        const std::shared_ptr<MemoryPinStore> pins = PinsOf(std::nullopt);
        Contact contact(pins, MakeIdentity(1), 2);
        contact.pair.tamper = [](bool toServer, PathId path, Bytes octets) {
            if (!toServer && path == 2)
            {
                octets.back() ^= 1; // H
            }
            return octets;
        };
        NS_TEST_EXPECT_MSG_EQ(contact.Run(), "binding-mismatch", "H is wrong");
        NS_TEST_EXPECT_MSG_EQ(PinIn(*pins).has_value(), false, "not pinned");
    }
};

class StoreProblemCase : public TrustCase
{
  public:
    StoreProblemCase()
        : TrustCase("A pin store that cannot be read or written ends the session, and is no first "
                    "contact")
    {
    }

  private:
    void DoRun() override
    {
        using Kind = PinStoreProblem::Kind;
        for (const Kind kind : {Kind::Corrupt, Kind::Access})
        {
            for (const bool readable : {false, true})
            {
                Contact contact(std::make_shared<BrokenPinStore>(readable, kind),
                                MakeIdentity(1),
                                2);
                NS_TEST_EXPECT_MSG_EQ(contact.Run(), "pin-store", "readable: " << readable);
                NS_TEST_EXPECT_MSG_EQ(contact.client.engine->Keys().has_value(), false, "no keys");
            }
        }
        // Another session has pinned another key between this one's look-up and its acceptance.
        Contact late(std::make_shared<BrokenPinStore>(true, Kind::Conflict), MakeIdentity(1), 2);
        NS_TEST_EXPECT_MSG_EQ(late.Run(), "pin-mismatch", "the earlier pin holds");
        NS_TEST_EXPECT_MSG_EQ(IsDetection(Failure::PinStore), false, "not the peer's doing");
        NS_TEST_EXPECT_MSG_EQ(IsDetection(Failure::PinMismatch), true, "the peer's");
        NS_TEST_EXPECT_MSG_EQ(IsDetection(Failure::IdentitySignature), true, "the peer's");
    }
};

class CostCase : public TrustCase
{
  public:
    CostCase()
        : TrustCase("One signature is charged to the server and one verification to the client")
    {
    }

  private:
    void DoRun() override
    {
        CostProfile costs;
        costs.Set(Operation::SignEd25519, {1000, 0, 0});
        costs.Set(Operation::VerifyEd25519, {3000, 0, 0});
        const LongTermIdentity old = MakeIdentity(1);
        const Pin pin{old.PublicKey(), {}};
        Contact match(PinsOf(pin), old, 2, costs);
        NS_TEST_EXPECT_MSG_EQ(match.Run(), "accepted", "match");
        NS_TEST_EXPECT_MSG_EQ(match.server.CountOf(Operation::SignEd25519), 1, "signatures");
        NS_TEST_EXPECT_MSG_EQ(match.client.CountOf(Operation::VerifyEd25519), 1, "verifications");
        NS_TEST_EXPECT_MSG_EQ(match.server.processor.Computed().count(), 1000, "server's time");
        NS_TEST_EXPECT_MSG_EQ(match.client.processor.Computed().count(), 3000, "client's time");

        Contact rotation(PinsOf(pin), old.RotateTo(MakeSigningPair(2)), 2, costs);
        NS_TEST_EXPECT_MSG_EQ(rotation.Run(), "accepted", "rotation");
        NS_TEST_EXPECT_MSG_EQ(rotation.server.CountOf(Operation::SignEd25519),
                              1,
                              "the announcement was signed long ago");
        NS_TEST_EXPECT_MSG_EQ(rotation.client.CountOf(Operation::VerifyEd25519),
                              2,
                              "both are verified");

        Contact without(nullptr, std::nullopt, 2, costs);
        NS_TEST_EXPECT_MSG_EQ(without.Run(), "accepted", "no trust");
        NS_TEST_EXPECT_MSG_EQ(without.client.processor.Computed().count(), 0, "nothing to verify");
        NS_TEST_EXPECT_MSG_EQ(without.server.processor.Computed().count(), 0, "nothing to sign");
    }
};

class DecodingCase : public TrustCase
{
  public:
    DecodingCase()
        : TrustCase("An identity has one of two lengths on the wire and reads back as written")
    {
    }

  private:
    void DoRun() override
    {
        EngineEnd end(1);
        const Transcript transcript{Group::X25519, SessionId{1}, Bytes(32, 2), Bytes(32, 3), {}};
        const LongTermIdentity old = MakeIdentity(1);
        for (const LongTermIdentity& identity : {old, old.RotateTo(MakeSigningPair(2))})
        {
            const Bytes frame = Encode(identity.Sign(end.processor, transcript));
            std::optional<Failure> failure;
            const auto decoded = Decode(*PeekFrame(frame, failure));
            const auto& read = std::get<ServerIdentity>(std::get<Message>(decoded));
            NS_TEST_EXPECT_MSG_EQ((Encode(read) == frame), true, "reads back");
        }
        for (std::size_t size = 0; size <= 192; ++size)
        {
            Bytes frame{static_cast<std::uint8_t>(MessageType::ServerIdentity),
                        0,
                        static_cast<std::uint8_t>(size)};
            frame.resize(FRAME_HEADER_SIZE + size);
            std::optional<Failure> failure;
            const std::optional<Frame> whole = PeekFrame(frame, failure);
            NS_TEST_ASSERT_MSG_EQ(whole.has_value(), true, "not too long");
            NS_TEST_EXPECT_MSG_EQ(std::holds_alternative<Message>(Decode(*whole)),
                                  (size == 96 || size == 192),
                                  size << " octets");
        }
        Bytes frame{static_cast<std::uint8_t>(MessageType::ServerIdentity), 0, 193};
        std::optional<Failure> failure;
        NS_TEST_EXPECT_MSG_EQ(PeekFrame(frame, failure).has_value(), false, "too long");
        NS_TEST_EXPECT_MSG_EQ((failure == Failure::OversizedMessage), true, "the reason");
    }
};

class TrustSuite : public TestSuite
{
  public:
    TrustSuite()
        : TestSuite("smkex-trust", UNIT)
    {
        AddTestCase(new PinningCase, QUICK);
        AddTestCase(new RotationCase, QUICK);
        AddTestCase(new SignatureCase, QUICK);
        AddTestCase(new OrderCase, QUICK);
        AddTestCase(new PinLastCase, QUICK);
        AddTestCase(new StoreProblemCase, QUICK);
        AddTestCase(new CostCase, QUICK);
        AddTestCase(new DecodingCase, QUICK);
    }
};

TrustSuite g_trustSuite;

} // namespace
