/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-defects.h"
#include "smkex-key-exchange.h"
#include "smkex-public-key-check.h"

#include <algorithm>
#include <utility>

namespace smkex
{

namespace
{

template <std::size_t N>
void
DrawInto(Processor& processor, std::array<std::uint8_t, N>& out)
{
    const Bytes drawn = processor.DrawRandom(N);
    std::copy(drawn.begin(), drawn.end(), out.begin());
}

} // namespace

KeyExchangeClient::KeyExchangeClient(Processor& processor, const KeyExchangeConfig& config)
    : MessageEngine(processor, Role::Client, config.paths),
      m_identityCheck(config.trust)
{
    m_transcript.group = config.group;
}

void
KeyExchangeClient::HandleStart()
{
    DrawInto(GetProcessor(), m_transcript.session);
    for (PathId path = FIRST_NONCE_PATH; path <= Paths(); ++path)
    {
        Binding& binding = m_bindings.emplace_back();
        binding.nonces.path = path;
        DrawInto(GetProcessor(), binding.nonces.client);
    }
    m_keyPair = GetProcessor().GenerateKeyPair(m_transcript.group);
    m_transcript.clientShare = m_keyPair.publicKey;
}

void
KeyExchangeClient::HandlePathUp(PathId path)
{
    const auto encodeNonce = [this](const Binding& binding) {
        return Encode(
            ClientNonce{m_transcript.session, binding.nonces.path, binding.nonces.client});
    };
    if (path == SHARE_PATH)
    {
        Send(path,
             Encode(
                 ClientShare{m_transcript.session, m_transcript.group, m_transcript.clientShare}));
        if (IsPlanted(Defect::NoncesOnPath1))
        {
            std::for_each(m_bindings.begin(), m_bindings.end(), [&](const Binding& binding) {
                Send(path, encodeNonce(binding));
            });
        }
    }
    else if (path <= Paths())
    {
        Send(path, encodeNonce(m_bindings[path - FIRST_NONCE_PATH]));
    }
}

void
KeyExchangeClient::HandleMessage(PathId path, const Message& message)
{
    if (const auto* share = std::get_if<ServerShare>(&message))
    {
        HandleServerShare(path, *share);
    }
    else if (const auto* binding = std::get_if<ServerBinding>(&message))
    {
        HandleServerBinding(path, *binding);
    }
    else if (const auto* identity = std::get_if<ServerIdentity>(&message))
    {
        HandleServerIdentity(path, *identity);
    }
    else
    {
        GiveUp(Failure::UnexpectedMessage);
    }
}

void
KeyExchangeClient::HandleServerShare(PathId path, const ServerShare& message)
{
    if (path != SHARE_PATH)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    if (m_secret)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (ByteView(message.share) == m_transcript.clientShare)
    {
        GiveUp(Failure::ReflectedShare);
        return;
    }
    m_transcript.serverShare = message.share;
    VerifyBindings(); // far cheaper than the agreement, so a forgery is found out first
    if (!HasFailed())
    {
        AgreeOnSecret();
    }
    if (!HasFailed())
    {
        AcceptIfComplete();
    }
}

void
KeyExchangeClient::HandleServerBinding(PathId path, const ServerBinding& message)
{
    const bool arrivedWhereItBelongs =
        path == message.path || IsPlanted(Defect::NoArrivalPathCheck);
    if (!arrivedWhereItBelongs || message.path < FIRST_NONCE_PATH || message.path > Paths())
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    Binding& binding = m_bindings[message.path - FIRST_NONCE_PATH];
    if (binding.hash)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    binding.nonces.server = message.nonce;
    binding.hash = message.hash;
    VerifyBindings();
    if (!HasFailed())
    {
        AcceptIfComplete();
    }
}

void
KeyExchangeClient::HandleServerIdentity(PathId path, const ServerIdentity& message)
{
    if (path != SHARE_PATH)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    const bool isAwaited = m_identityCheck.IsRequired() && !m_identityCheck.Verified() &&
                           !m_transcript.serverShare.empty();
    if (!isAwaited)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (const std::optional<Failure> failure =
            m_identityCheck.Verify(GetProcessor(), m_transcript, message))
    {
        GiveUp(*failure);
        return;
    }
    AcceptIfComplete();
}

void
KeyExchangeClient::VerifyBindings()
{
    if (m_transcript.serverShare.empty())
    {
        return;
    }
    for (Binding& binding : m_bindings)
    {
        if (binding.hash && !binding.verified)
        {
            const Digest expected = ComputeBinding(GetProcessor(), m_transcript, binding.nonces);
            if (!EqualInConstantTime(expected, *binding.hash) && !IsPlanted(Defect::HashUnchecked))
            {
                GiveUp(Failure::BindingMismatch);
                return;
            }
            binding.verified = true;
        }
    }
}

void
KeyExchangeClient::AgreeOnSecret()
{
    AgreementResult agreement =
        GetProcessor().Agree(m_transcript.group, m_keyPair.privateKey, m_transcript.serverShare);
    if (const std::optional<Failure> failure = CheckPublicKey(agreement))
    {
        GiveUp(*failure);
        return;
    }
    m_secret = std::move(agreement.secret);
}

void
KeyExchangeClient::AcceptIfComplete()
{
    const bool allVerified = std::all_of(m_bindings.begin(),
                                         m_bindings.end(),
                                         [](const Binding& b) { return b.verified; });
    const bool isIdentified = !m_identityCheck.IsRequired() || m_identityCheck.Verified();
    if (!m_secret || !allVerified || !isIdentified)
    {
        return;
    }
    if (m_identityCheck.IsRequired())
    {
        if (const std::optional<Failure> failure = m_identityCheck.Remember())
        {
            GiveUp(*failure);
            return;
        }
    }
    for (const Binding& binding : m_bindings)
    {
        m_transcript.nonces.push_back(binding.nonces);
    }
    AcceptUnderKeys(DeriveSessionKeys(GetProcessor(), m_transcript, *m_secret));
}

} // namespace smkex
