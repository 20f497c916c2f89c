/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-strategy.h"

#include <utility>

namespace smkex
{

namespace
{

constexpr std::uint8_t TLS_HANDSHAKE_RECORD = 22;

Bytes
EncodeGroup(Group group)
{
    const auto number = static_cast<std::uint16_t>(group);
    return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

/** \return the group of a hello's share that this module has, if there is one */
std::optional<Group>
GroupOf(const TlsHello& hello)
{
    for (const Group group : {Group::X25519, Group::P256})
    {
        if (hello.Share(group))
        {
            return group;
        }
    }
    return std::nullopt;
}

} // namespace

TlsVictims::TlsVictims(const Situation& situation, Processor& processor)
    : m_situation(situation),
      m_processor(processor)
{
}

TlsVictim&
TlsVictims::Of(const SessionId& session)
{
    std::unique_ptr<TlsVictim>& victim = m_victims[session];
    if (!victim)
    {
        victim = std::make_unique<TlsVictim>(session, m_situation, m_processor);
        m_order.push_back(session);
        if (m_order.size() > MAX_VICTIMS)
        {
            m_victims.erase(m_order.front());
            m_order.pop_front();
        }
    }
    return *victim;
}

MtlsNonceStrategy::MtlsNonceStrategy(const Situation& situation,
                                     const StrategyTools& tools,
                                     TlsVictims& victims,
                                     Noter note)
    : MessageStrategy(situation, tools),
      m_victims(victims),
      m_note(std::move(note))
{
}

MessageDecision
MtlsNonceStrategy::HandleMessage(const Flow& flow, Direction direction, const Message& message)
{
    if (!flow.session)
    {
        return {};
    }
    const auto* nonce = std::get_if<ClientNonce>(&message);
    if (nonce && direction == Direction::ToServer)
    {
        m_note({*flow.session,
                News::Fact::ClientNonce,
                nonce->path,
                ByteView(nonce->nonce).ToBytes()});
    }
    const auto* said = std::get_if<ServerBinding>(&message);
    if (!said || direction != Direction::ToClient)
    {
        return {};
    }
    m_note({*flow.session, News::Fact::ServerNonce, said->path, ByteView(said->nonce).ToBytes()});
    if (!GetSituation().active)
    {
        return {};
    }
    const TlsVictim::Binding binding = m_victims.Of(*flow.session).ForgeBinding(said->path);
    if (binding.wait)
    {
        return {MessageDecision::Kind::Hold, {}};
    }
    if (!binding.hash)
    {
        return {};
    }
    return {MessageDecision::Kind::Replace,
            Encode(ServerBinding{said->path, said->nonce, *binding.hash})};
}

void
MtlsNonceStrategy::Learn(const News&)
{
}

TlsStrategy::TlsStrategy(const Situation& situation, const StrategyTools& tools)
    : m_situation(situation),
      m_tools(tools),
      m_victims(m_situation, m_tools.processor),
      m_nonces(m_situation, m_tools, m_victims, [this](const News& news) { Note(news); })
{
}

void
TlsStrategy::OnFlow(FlowId flow, std::uint16_t clientPort)
{
    m_connections[flow].clientPort = clientPort;
}

void
TlsStrategy::OnFlowEnd(FlowId flow)
{
    const auto connection = m_connections.find(flow);
    if (connection != m_connections.end() && connection->second.session)
    {
        m_victims.Of(*connection->second.session).EndRelay();
    }
    m_connections.erase(flow);
    m_nonces.OnFlowEnd(flow);
}

void
TlsStrategy::OnBytes(FlowId flow, Direction direction, ByteView octets)
{
    Connection& connection = m_connections[flow];
    if (connection.kind == Kind::Unknown && direction == Direction::ToServer && !octets.empty())
    {
        connection.kind = octets[0] == TLS_HANDSHAKE_RECORD ? Kind::Tls : Kind::Nonces;
        if (connection.kind == Kind::Nonces)
        {
            m_nonces.OnFlow(flow, connection.clientPort);
        }
    }
    if (connection.kind == Kind::Nonces)
    {
        m_nonces.OnBytes(flow, direction, octets);
    }
    else if (!m_situation.active)
    {
        return;
    }
    else if (connection.kind == Kind::Tls)
    {
        HandleTls(flow, connection, direction);
    }
    else
    {
        m_tools.grip.Forward(flow, direction, octets.size());
    }
}

void
TlsStrategy::HandleTls(FlowId flow, Connection& connection, Direction direction)
{
    if (!connection.session && !BeginRelay(flow, connection))
    {
        return;
    }
    const ByteView held = m_tools.grip.Held(flow, direction);
    TlsRelay* relay = m_victims.Of(*connection.session).Relay();
    if (!relay)
    {
        m_tools.grip.Forward(flow, direction, held.size()); // forgotten among too many others
        return;
    }
    std::size_t& relayed = connection.relayed[static_cast<int>(direction)];
    relay->Receive(direction, held.From(relayed));
    relayed = held.size();
    NoteShares(*connection.session);
    Proceed(*connection.session);
}

bool
TlsStrategy::BeginRelay(FlowId flow, Connection& connection)
{
    const ByteView held = m_tools.grip.Held(flow, Direction::ToServer);
    std::optional<Failure> failure;
    const std::optional<TlsHello> hello = PeekTlsHello(held, failure);
    const std::optional<Group> group = hello ? GroupOf(*hello) : std::nullopt;
    if (failure || (hello && !group))
    {
        connection.kind = Kind::Opaque;
        m_tools.grip.Forward(flow, Direction::ToServer, held.size());
        return false;
    }
    if (!hello)
    {
        m_tools.grip.AwaitMore(flow, Direction::ToServer);
        return false;
    }
    connection.session = TlsSessionId(hello->random);
    m_victims.Of(*connection.session).BeginRelay(*hello, *group);
    return true;
}

void
TlsStrategy::NoteShares(const SessionId& session)
{
    TlsRelay& relay = *m_victims.Of(session).Relay();
    if (const std::optional<TlsHello>& hello = relay.ClientLeg().ClientHello())
    {
        Note({session, News::Fact::Group, SHARE_PATH, EncodeGroup(*GroupOf(*hello))});
    }
    const auto note = [this, &session](News::Fact fact, const std::optional<TlsHello>& hello) {
        const std::optional<Group> group = hello ? GroupOf(*hello) : std::nullopt;
        if (group)
        {
            Note({session, fact, SHARE_PATH, *hello->Share(*group)});
        }
    };
    note(News::Fact::ClientShare, relay.ClientLeg().ClientHello());
    note(News::Fact::ShareForClient, relay.ClientLeg().ServerHello());
    note(News::Fact::ShareForServer, relay.ServerLeg().ClientHello());
    note(News::Fact::ServerShare, relay.ServerLeg().ServerHello());
}

void
TlsStrategy::Note(const News& news)
{
    if (m_victims.Of(news.session).Learn(news.fact, news.path, news.value))
    {
        m_tools.tell(news);
        m_nonces.OnNews(news);
        Proceed(news.session);
    }
}

void
TlsStrategy::OnNews(const News& news)
{
    if (m_victims.Of(news.session).Learn(news.fact, news.path, news.value))
    {
        m_nonces.OnNews(news);
        Proceed(news.session);
    }
}

void
TlsStrategy::Proceed(const SessionId& session)
{
    TlsVictim& victim = m_victims.Of(session);
    for (const Digest& key : victim.TakeNewKeys())
    {
        m_tools.loot.sessionKeys.push_back(key);
    }
    for (auto& [flow, connection] : m_connections)
    {
        if (connection.session == session && victim.Relay())
        {
            MoveOn(flow, connection);
        }
    }
}

void
TlsStrategy::MoveOn(FlowId flow, Connection& connection)
{
    TlsVictim& victim = m_victims.Of(*connection.session);
    for (const Direction direction : {Direction::ToServer, Direction::ToClient})
    {
        const Bytes read = victim.MoveContent(direction);
        if (!read.empty())
        {
            Append(m_tools.loot.plaintext[{m_situation.node, connection.clientPort, direction}],
                   read);
        }
        // What came of held octets goes on in their place: so the sender repeats it after a loss.
        const Bytes output = victim.Relay()->TakeOutput(direction);
        std::size_t& relayed = connection.relayed[static_cast<int>(direction)];
        if (relayed > 0 && (!output.empty() || !victim.IsWaiting(direction)))
        {
            m_tools.grip.Replace(flow, direction, std::exchange(relayed, 0), output);
        }
        else if (!output.empty())
        {
            m_tools.grip.Inject(flow, direction, output);
        }
    }
}

} // namespace smkex
