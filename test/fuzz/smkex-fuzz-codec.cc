/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz.h"

#include "ns3/smkex-crypto-cost.h"
#include "ns3/smkex-key-schedule.h"
#include "ns3/smkex-record-layer.h"

/**
 * \file
 * What reads octets or text without keeping any: frames, links, public values, cost profiles.
 */

namespace smkex
{

namespace
{

/** A message of any type with any content that has an encoding. */
Bytes
SomeFrame(Dice& dice)
{
    SessionId session{};
    session.fill(dice.Octet());
    Nonce nonce{};
    nonce.fill(dice.Octet());
    const PathId path = dice.Octet();
    const auto signature = [&dice] {
        std::array<std::uint8_t, SIGNATURE_SIZE> octets;
        std::generate(octets.begin(), octets.end(), [&dice] { return dice.Octet(); });
        return octets;
    };
    switch (dice.Below(7))
    {
    case 0:
        return Encode(ClientShare{session,
                                  static_cast<Group>(dice.Below(65536)),
                                  dice.Octets(dice.Below(513))});
    case 1:
        return Encode(ServerShare{dice.Octets(dice.Below(513))});
    case 2:
        return Encode(ClientNonce{session, path, nonce});
    case 3:
        return Encode(ServerBinding{path, nonce, dice.Seed()});
    case 4:
        return Encode(SecretShare{session, path, dice.Octets(dice.Below(65))});
    case 5: {
        ServerIdentity identity{dice.Seed(), signature(), {}};
        if (dice.OnceIn(2))
        {
            identity.rotation = KeyRotation{dice.Seed(), signature()};
        }
        return Encode(identity);
    }
    default:
        return Encode(Record{dice.Octets(AEAD_TAG_SIZE + dice.Below(400))});
    }
}

Bytes
SomeStream(Dice& dice)
{
    if (dice.OnceIn(4))
    {
        return dice.Octets(dice.Below(100));
    }
    Bytes stream = SomeFrame(dice);
    if (dice.OnceIn(3))
    {
        Append(stream, SomeFrame(dice));
    }
    return dice.OnceIn(3) ? stream : Mutate(dice, stream);
}

/** Reads one stream from the front, and all its beginnings. */
std::string
CheckFrames(ByteView stream)
{
    std::optional<Failure> failure;
    const std::optional<Frame> frame = PeekFrame(stream, failure);
    if (frame && (failure || frame->size > stream.size() ||
                  frame->body.size() + FRAME_HEADER_SIZE != frame->size))
    {
        return "a frame that is not in the stream";
    }
    for (std::size_t size = 0; size < std::min<std::size_t>(stream.size(), 8); ++size)
    {
        std::optional<Failure> early;
        if (PeekFrame(stream.First(size), early).has_value() && !(frame && frame->size <= size))
        {
            return "a frame before it is whole";
        }
        if (early && early != failure)
        {
            return "a refusal that more octets take back";
        }
    }
    if (!frame)
    {
        return {};
    }
    const auto decoded = Decode(*frame);
    const auto* message = std::get_if<Message>(&decoded);
    if (message && ByteView(Encode(*message)) != stream.First(frame->size))
    {
        return "a message that is not encoded as it came";
    }
    std::optional<Failure> refusal;
    const std::optional<Link> link = PeekLink(stream, refusal);
    const auto* nonce = message ? std::get_if<ClientNonce>(message) : nullptr;
    const bool isShare = message && std::holds_alternative<ClientShare>(*message);
    const bool isNonce = nonce && nonce->path >= FIRST_NONCE_PATH && nonce->path <= MAX_PATHS;
    const auto* secret = message ? std::get_if<SecretShare>(message) : nullptr;
    const bool isSecret = secret && secret->path >= 1 && secret->path <= MAX_PATHS;
    if (link.has_value() != (isShare || isNonce || isSecret) ||
        link.has_value() == refusal.has_value())
    {
        return "a link where there is none, or none where there is one";
    }
    return {};
}

std::string
FuzzFrames()
{
    Dice dice(11);
    unsigned messages = 0;
    for (unsigned i = 0; i < 200000; ++i)
    {
        const Bytes stream = SomeStream(dice);
        if (const std::string problem = CheckFrames(stream); !problem.empty())
        {
            return problem + ": " + ToHex(stream);
        }
        std::optional<Failure> failure;
        const std::optional<Frame> frame = PeekFrame(stream, failure);
        messages += frame && std::holds_alternative<Message>(Decode(*frame)) ? 1 : 0;
    }
    return messages > 50000 ? "" : "hardly any input is a message";
}

/** A valid profile, or one that somebody has edited by hitting keys at random. */
std::string
SomeProfile(Dice& dice)
{
    static const std::vector<std::string> words{
        "#",
        "-1",
        "1e400",
        "nan",
        "inf",
        "0x10",
        "1e12",
        "1e-400",
        "3",
        "\n",
        " ",
        "\t",
        "hash-sha256",
        "99999999999999999999999",
        std::string(1, '\0'),
    };
    CostProfile profile;
    for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
    {
        profile.Set(static_cast<Operation>(i),
                    {static_cast<double>(dice.Below(1000000)),
                     static_cast<double>(dice.Below(1000)) / 7,
                     static_cast<double>(dice.Below(3000)) / 1000});
    }
    std::string text = profile.ToText();
    for (std::size_t left = dice.Below(4); left > 0; --left)
    {
        const std::size_t at = dice.Below(text.size() + 1);
        if (dice.OnceIn(2))
        {
            text.insert(at, words[dice.Below(words.size())]);
        }
        else
        {
            text.erase(at, 1 + dice.Below(dice.OnceIn(10) ? 200 : 3));
        }
    }
    return text;
}

std::string
FuzzProfiles()
{
    Dice dice(12);
    DiceNormalSource normal(1);
    unsigned good = 0;
    constexpr unsigned COUNT = 20000;
    for (unsigned i = 0; i < COUNT; ++i)
    {
        const std::string text = SomeProfile(dice);
        CostProfile profile;
        const std::string before = profile.ToText();
        std::string error;
        if (!profile.Parse(text, error))
        {
            if (error.rfind("line ", 0) != 0 || profile.ToText() != before)
            {
                return "a refusal without a line, or with traces: " + error;
            }
            continue;
        }
        ++good;
        CostProfile again;
        if (!again.Parse(profile.ToText(), error) || again.ToText() != profile.ToText())
        {
            return "a profile that does not survive being written down: " + text;
        }
        for (std::size_t j = 0; j < OPERATION_COUNT; ++j)
        {
            if (profile.Draw(static_cast<Operation>(j), dice.Below(20000), normal).count() < 0)
            {
                return "an operation that takes less than no time: " + text;
            }
        }
    }
    return good > COUNT / 10 && good < COUNT ? "" : "all inputs are good, or hardly any";
}

std::string
FuzzPublicValues()
{
    Dice dice(13);
    SeededRandomSource random(dice.Seed());
    for (const Group group : {Group::X25519, Group::P256})
    {
        const KeyPair own = GenerateKeyPair(group, random);
        const KeyPair peer = GenerateKeyPair(group, random);
        for (unsigned i = 0; i < (group == Group::X25519 ? 4000U : 2000U); ++i)
        {
            const Bytes value =
                dice.OnceIn(3) ? dice.Octets(dice.Below(200)) : Mutate(dice, peer.publicKey);
            const AgreementResult result = Agree(group, own.privateKey, value);
            const bool hasSecret =
                result.error == PublicKeyError::None || result.error == PublicKeyError::ZeroSecret;
            if (result.secret.size() != (hasSecret ? 32U : 0U))
            {
                return "a secret of the wrong length for " + ToHex(value);
            }
            if ((result.error == PublicKeyError::WrongLength) !=
                (value.size() != PublicKeySize(group)))
            {
                return "a wrong length that is none for " + ToHex(value);
            }
        }
    }
    return {};
}

std::string
FuzzRecords()
{
    Dice dice(14);
    const CostProfile free;
    DiceNormalSource normal(1);
    SeededRandomSource random(dice.Seed());
    Processor processor(free, normal, random);
    for (unsigned i = 0; i < 20000; ++i)
    {
        DirectionKeys keys{};
        keys.key.fill(dice.Octet());
        keys.iv.fill(dice.Octet());
        RecordDirection sender(keys);
        RecordDirection receiver(keys);
        const Bytes plaintext = dice.Octets(dice.Below(300));
        const Bytes frame = sender.Seal(processor, plaintext);
        const Bytes sealed = ByteView(frame).From(FRAME_HEADER_SIZE).ToBytes();
        const Bytes changed = Mutate(dice, sealed);
        RecordDirection deceived(keys);
        const std::optional<Bytes> wrong = deceived.Open(processor, changed);
        if (wrong.has_value() != (changed == sealed))
        {
            return "a changed record opens: " + ToHex(changed);
        }
        if (receiver.Open(processor, sealed) != std::optional(plaintext))
        {
            return "a true record does not open";
        }
    }
    return {};
}

} // namespace

std::vector<FuzzCheck>
CodecChecks()
{
    return {{"frames-links-and-messages", FuzzFrames},
            {"cost-profiles", FuzzProfiles},
            {"public-values", FuzzPublicValues},
            {"records", FuzzRecords}};
}

} // namespace smkex
