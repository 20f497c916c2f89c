/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-trust.h"

#include "smkex-crypto-check.h"
#include "smkex-defects.h"
#include "smkex-field-writer.h"

#include <algorithm>
#include <string>
#include <utility>

namespace smkex
{

namespace
{

const std::string IDENTITY_LABEL{"smkex 1 server identity"};
const std::string ROTATION_LABEL{"smkex 1 key rotation"};

template <std::size_t N>
std::array<std::uint8_t, N>
ToArray(const Bytes& octets)
{
    Require(octets.size() == N, "keys and signatures have the length that Ed25519 gives them");
    std::array<std::uint8_t, N> result;
    std::copy(octets.begin(), octets.end(), result.begin());
    return result;
}

} // namespace

Bytes
IdentityStatement(const Transcript& transcript, const Digest& publicKey)
{
    return FieldWriter()
        .Add(IDENTITY_LABEL)
        .AddNumber(static_cast<std::uint16_t>(transcript.group))
        .Add(transcript.session)
        .Add(transcript.clientShare)
        .Add(transcript.serverShare)
        .Add(publicKey)
        .Written();
}

Bytes
RotationStatement(const Digest& previousKey, const Digest& nextKey)
{
    return FieldWriter().Add(ROTATION_LABEL).Add(previousKey).Add(nextKey).Written();
}

LongTermIdentity::LongTermIdentity(KeyPair keyPair)
    : m_keyPair(std::move(keyPair)),
      m_publicKey(ToArray<sizeof(Digest)>(m_keyPair.publicKey))
{
}

LongTermIdentity
LongTermIdentity::RotateTo(KeyPair next) const
{
    LongTermIdentity rotated(std::move(next));
    const Bytes statement = RotationStatement(m_publicKey, rotated.m_publicKey);
    rotated.m_rotation =
        KeyRotation{m_publicKey, ToArray<SIGNATURE_SIZE>(SignEd25519(m_keyPair, statement))};
    return rotated;
}

ServerIdentity
LongTermIdentity::Sign(Processor& processor, const Transcript& transcript) const
{
    const Bytes signature =
        processor.SignEd25519(m_keyPair, IdentityStatement(transcript, m_publicKey));
    return {m_publicKey, ToArray<SIGNATURE_SIZE>(signature), m_rotation};
}

IdentityCheck::IdentityCheck(const Trust& trust)
    : m_trust(trust)
{
}

std::optional<IdentityCheck::Contact>
IdentityCheck::Classify(Processor& processor, const ServerIdentity& identity) const
{
    if (!m_pinned)
    {
        return Contact::First;
    }
    if (identity.publicKey == m_pinned->key)
    {
        return Contact::Match;
    }
    const std::vector<Digest>& retired = m_pinned->retired;
    const bool vouchedFor =
        identity.rotation && identity.rotation->previousKey == m_pinned->key &&
        std::find(retired.begin(), retired.end(), identity.publicKey) == retired.end() &&
        processor.VerifyEd25519(m_pinned->key,
                                RotationStatement(m_pinned->key, identity.publicKey),
                                identity.rotation->signature);
    return vouchedFor ? std::optional(Contact::Rotation) : std::nullopt;
}

std::optional<Failure>
IdentityCheck::Verify(Processor& processor,
                      const Transcript& transcript,
                      const ServerIdentity& identity)
{
    const PinStore::Found found = m_trust.pins->Find(m_trust.host);
    if (std::holds_alternative<PinStoreProblem>(found))
    {
        return Failure::PinStore;
    }
    m_pinned = std::get<std::optional<Pin>>(found);
    const std::optional<Contact> contact = Classify(processor, identity);
    if (!contact && !IsPlanted(Defect::PinUnchecked))
    {
        return Failure::PinMismatch;
    }
    if (!processor.VerifyEd25519(identity.publicKey,
                                 IdentityStatement(transcript, identity.publicKey),
                                 identity.signature) &&
        !IsPlanted(Defect::IdentityUnchecked))
    {
        return Failure::IdentitySignature;
    }
    m_key = identity.publicKey;
    m_contact = contact.value_or(Contact::Match);
    return std::nullopt;
}

std::optional<Failure>
IdentityCheck::Remember()
{
    if (m_contact == Contact::Match)
    {
        return std::nullopt;
    }
    Pin pin{m_key, {}};
    if (m_pinned)
    {
        pin.retired = m_pinned->retired;
        pin.retired.push_back(m_pinned->key);
    }
    const std::optional<PinStoreProblem> problem =
        m_trust.pins->Update(m_trust.host, m_pinned, pin);
    if (!problem)
    {
        return std::nullopt;
    }
    return problem->kind == PinStoreProblem::Kind::Conflict ? Failure::PinMismatch
                                                            : Failure::PinStore;
}

} // namespace smkex
