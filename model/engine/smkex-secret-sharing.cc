/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-secret-sharing.h"

#include "smkex-field-writer.h"

#include <algorithm>
#include <string>

namespace smkex
{

namespace
{

const std::string KEY_LABEL{"smkex 1 secret sharing keys client server"};

template <std::size_t N>
void
DrawInto(Processor& processor, std::array<std::uint8_t, N>& out)
{
    const Bytes drawn = processor.DrawRandom(N);
    std::copy(drawn.begin(), drawn.end(), out.begin());
}

} // namespace

Secret
CombineShares(const std::vector<Secret>& shares)
{
    Secret secret{};
    for (const Secret& share : shares)
    {
        std::transform(share.begin(),
                       share.end(),
                       secret.begin(),
                       secret.begin(),
                       [](std::uint8_t a, std::uint8_t b) { return a ^ b; });
    }
    return secret;
}

std::vector<Secret>
SplitSecret(Processor& processor, const Secret& secret, PathId paths)
{
    std::vector<Secret> shares{secret};
    while (shares.size() < paths)
    {
        DrawInto(processor, shares.emplace_back());
    }
    shares.front() = CombineShares(shares);
    return shares;
}

SessionKeys
DeriveSharedSecretKeys(Processor& processor,
                       const SessionId& session,
                       PathId paths,
                       const Secret& secret)
{
    FieldWriter info;
    info.Add(KEY_LABEL).Add(session).AddNumber(paths);
    return ExpandSessionKeys(processor, secret, {}, info.Written());
}

SecretSharingClient::SecretSharingClient(Processor& processor, const KeyExchangeConfig& config)
    : MessageEngine(processor, Role::Client, config.paths)
{
}

void
SecretSharingClient::HandleStart()
{
    DrawInto(GetProcessor(), m_session);
    DrawInto(GetProcessor(), m_secret);
    m_shares = SplitSecret(GetProcessor(), m_secret, Paths());
}

void
SecretSharingClient::HandlePathUp(PathId path)
{
    if (path < 1 || path > Paths() || m_isSent[path - 1])
    {
        return;
    }
    const Secret& share = m_shares[path - 1];
    Send(path, Encode(SecretShare{m_session, path, ByteView(share).ToBytes()}));
    m_isSent[path - 1] = true;
    if (std::all_of(m_isSent.begin(), m_isSent.begin() + Paths(), [](bool sent) { return sent; }))
    {
        AcceptUnderKeys(DeriveSharedSecretKeys(GetProcessor(), m_session, Paths(), m_secret));
    }
}

void
SecretSharingClient::HandleMessage(PathId, const Message&)
{
    GiveUp(Failure::UnexpectedMessage); // a server has nothing to say before the client accepts
}

SecretSharingServer::SecretSharingServer(Processor& processor, const KeyExchangeConfig& config)
    : MessageEngine(processor, Role::Server, config.paths)
{
}

void
SecretSharingServer::HandleStart()
{
}

void
SecretSharingServer::HandlePathUp(PathId)
{
}

void
SecretSharingServer::HandleMessage(PathId path, const Message& message)
{
    const auto* received = std::get_if<SecretShare>(&message);
    if (!received)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (received->path != path)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    std::optional<Secret>& share = m_shares[path - 1];
    if (share)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (m_session && *m_session != received->session)
    {
        GiveUp(Failure::SessionMismatch);
        return;
    }
    if (received->share.size() != SECRET_SIZE)
    {
        GiveUp(Failure::SecretShareLength);
        return;
    }
    m_session = received->session;
    std::copy(received->share.begin(), received->share.end(), share.emplace().begin());

    std::vector<Secret> all;
    for (PathId i = 1; i <= Paths(); ++i)
    {
        if (!m_shares[i - 1])
        {
            return;
        }
        all.push_back(*m_shares[i - 1]);
    }
    AcceptUnderKeys(
        DeriveSharedSecretKeys(GetProcessor(), *m_session, Paths(), CombineShares(all)));
}

} // namespace smkex
