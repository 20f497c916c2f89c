/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-strategy.h"

#include "smkex-tcp-segment.h"

#include <algorithm>
#include <utility>

namespace smkex
{

namespace
{

/** \return whether \p stream begins an Init1, or nothing as long as that is open */
std::optional<bool>
BeginsInit1(ByteView stream)
{
    std::optional<Failure> failure;
    PeekInit(stream, InitKind::Init1, failure);
    if (failure == Failure::MalformedMessage)
    {
        return false;
    }
    return stream.size() < sizeof(InitKind) ? std::nullopt : std::optional(true);
}

/** \return what the ends agree on by the options of SYN and SYN/ACK */
EnoOutcome
OverheardOutcome(const std::array<Bytes, 2>& eno)
{
    using Segment = EnoNegotiation::Segment;
    EnoOutcome outcome;
    const std::optional<EnoSuboptions> offered = DecodeEno(eno[0]);
    if (offered)
    {
        EnoNegotiation active(offered->teps);
        active.OnSend(Segment::Syn);
        active.OnReceive(Segment::SynAck, {eno[1]});
        outcome = active.Outcome();
        outcome.transcript = eno[0];
        Append(outcome.transcript, eno[1]);
    }
    return outcome;
}

} // namespace

TcpcryptStrategy::TcpcryptStrategy(const Situation& situation,
                                   const StrategyTools& tools,
                                   const TcpcryptPlan& plan)
    : m_situation(situation),
      m_tools(tools),
      m_plan(plan)
{
}

void
TcpcryptStrategy::OnFlow(FlowId flow, std::uint16_t clientPort)
{
    m_flows[flow].clientPort = clientPort;
}

void
TcpcryptStrategy::OnFlowEnd(FlowId flow)
{
    m_flows.erase(flow);
}

void
TcpcryptStrategy::OnOpening(FlowId flow, Direction direction, TcpSegment& segment)
{
    if (m_plan.stripEno && direction == Direction::ToServer)
    {
        segment.EraseOptions(ENO_OPTION_KIND);
    }
    const std::vector<Bytes> options = segment.Options(ENO_OPTION_KIND);
    m_flows[flow].eno[static_cast<int>(direction)] =
        options.size() == 1 ? options.front() : Bytes();
}

void
TcpcryptStrategy::OnBytes(FlowId flow, Direction direction, ByteView octets)
{
    Flow& known = m_flows[flow];
    if (!m_situation.active)
    {
        Append(known.unread[static_cast<int>(direction)], octets);
    }
    Read(flow, known, direction);
}

void
TcpcryptStrategy::OnNews(const News& news)
{
    TcpcryptSessionId session;
    if (news.fact == News::Fact::TcpcryptSessionId && news.value.size() == session.size())
    {
        std::copy(news.value.begin(), news.value.end(), session.begin());
        Learn(news.session, session);
    }
}

void
TcpcryptStrategy::Learn(const SessionId& link, const TcpcryptSessionId& session)
{
    if (!m_sessions.emplace(link, session).second)
    {
        return;
    }
    m_order.push_back(link);
    if (m_order.size() > MAX_SESSIONS)
    {
        m_sessions.erase(m_order.front());
        m_order.pop_front();
    }
    for (auto& [id, flow] : m_flows)
    {
        if (flow.kind == Kind::Nonces)
        {
            Read(id, flow, Direction::ToClient);
        }
    }
}

void
TcpcryptStrategy::Read(FlowId id, Flow& flow, Direction direction)
{
    while (ReadOne(id, flow, direction))
    {
    }
}

bool
TcpcryptStrategy::ReadOne(FlowId id, Flow& flow, Direction direction)
{
    const ByteView unread = Unread(id, flow, direction);
    if (unread.empty())
    {
        return false;
    }
    switch (flow.kind)
    {
    case Kind::Unknown:
        return Recognise(id, flow, direction);
    case Kind::Share:
        return ReadShare(id, flow, direction);
    case Kind::Nonces:
        return ReadNonces(id, flow, direction);
    case Kind::Plain:
        Append(m_tools.loot.plaintext[{m_situation.node, flow.clientPort, direction}], unread);
        break;
    case Kind::Other:
        break;
    }
    Consume(id, flow, direction, unread.size());
    return false;
}

bool
TcpcryptStrategy::Recognise(FlowId id, Flow& flow, Direction direction)
{
    const ByteView unread = Unread(id, flow, direction);
    if (direction == Direction::ToClient)
    {
        Consume(id, flow, direction, unread.size()); // clients speak first
        return false;
    }
    const std::optional<bool> encrypted = BeginsInit1(unread);
    if (!encrypted)
    {
        return AwaitMore(id, direction);
    }
    if (*encrypted)
    {
        const EnoOutcome negotiated = OverheardOutcome(flow.eno);
        if (!m_situation.active || !m_plan.substitute || !GroupOfTep(negotiated.tep))
        {
            return GoOnAsOther(id, flow);
        }
        flow.victim.emplace(m_tools.processor, negotiated);
        flow.kind = Kind::Share;
        return true;
    }
    if (m_situation.paths == SHARE_PATH)
    {
        flow.kind = Kind::Plain;
        return true;
    }
    // The server's identifier fits as well as any other that a coalition away from path 1 knows.
    if (!m_situation.active || !m_plan.substitute || !m_situation.IsActiveOn(SHARE_PATH))
    {
        return GoOnAsOther(id, flow);
    }
    flow.kind = Kind::Nonces;
    return true;
}

bool
TcpcryptStrategy::ReadShare(FlowId id, Flow& flow, Direction direction)
{
    const bool exchanged =
        direction == Direction::ToServer ? flow.victim->HasInit1() : flow.victim->HasKeys();
    return exchanged ? ReadFrame(id, flow, direction) : ReadInit(id, flow, direction);
}

bool
TcpcryptStrategy::ReadInit(FlowId id, Flow& flow, Direction direction)
{
    const bool toServer = direction == Direction::ToServer;
    std::optional<Failure> failure;
    const std::optional<ByteView> message = PeekInit(Unread(id, flow, direction),
                                                     toServer ? InitKind::Init1 : InitKind::Init2,
                                                     failure);
    if (failure)
    {
        return GoOnAsOther(id, flow);
    }
    if (!message)
    {
        return AwaitMore(id, direction);
    }
    TcpcryptVictim& victim = *flow.victim;
    const std::optional<Bytes> replacement =
        toServer ? victim.ReplaceInit1(*message) : victim.ReplaceInit2(*message);
    if (!replacement)
    {
        return GoOnAsOther(id, flow);
    }
    m_tools.grip.Replace(id, direction, message->size(), *replacement);
    if (victim.HasKeys())
    {
        m_tools.loot.sessionKeys.push_back(victim.WithClient().keys.session);
        m_tools.loot.sessionKeys.push_back(victim.WithServer().keys.session);
        const TcpcryptSessionId& session = victim.WithClient().sessionId;
        m_tools.tell(News{victim.Link(),
                          News::Fact::TcpcryptSessionId,
                          SHARE_PATH,
                          ByteView(session).ToBytes()});
        Learn(victim.Link(), session);
    }
    return true;
}

bool
TcpcryptStrategy::ReadFrame(FlowId id, Flow& flow, Direction direction)
{
    const ByteView unread = Unread(id, flow, direction);
    std::optional<Failure> failure;
    const std::optional<TcpcryptFrame> frame = PeekTcpcryptFrame(unread, failure);
    if (failure || !flow.victim->HasKeys())
    {
        return GoOnAsOther(id, flow);
    }
    if (!frame)
    {
        return AwaitMore(id, direction);
    }
    const std::optional<Bytes> relayed =
        flow.victim->Relay(direction,
                           unread.First(frame->size),
                           m_tools.loot.plaintext[{m_situation.node, flow.clientPort, direction}]);
    if (!relayed)
    {
        return GoOnAsOther(id, flow);
    }
    m_tools.grip.Replace(id, direction, frame->size, *relayed);
    return true;
}

bool
TcpcryptStrategy::ReadNonces(FlowId id, Flow& flow, Direction direction)
{
    std::optional<Failure> failure;
    const std::optional<Frame> frame = PeekFrame(Unread(id, flow, direction), failure);
    if (failure)
    {
        return GoOnAsOther(id, flow);
    }
    if (!frame)
    {
        return AwaitMore(id, direction);
    }
    const std::size_t size = frame->size;
    const std::variant<Message, Failure> decoded = Decode(*frame);
    const Message* message = std::get_if<Message>(&decoded);
    if (!message)
    {
        return GoOnAsOther(id, flow);
    }
    if (const auto* nonce = std::get_if<ClientNonce>(message))
    {
        flow.nonce = *nonce;
    }
    else if (const auto* binding = std::get_if<ServerBinding>(message); binding && flow.nonce)
    {
        const auto session = m_sessions.find(flow.nonce->session);
        if (session == m_sessions.end())
        {
            return false; // held until path 1 has told
        }
        const Digest hash =
            ComputeTcpcryptBinding(m_tools.processor,
                                   session->second,
                                   {binding->path, flow.nonce->nonce, binding->nonce});
        m_tools.grip.Replace(id,
                             direction,
                             size,
                             Encode(ServerBinding{binding->path, binding->nonce, hash}));
        return true;
    }
    Consume(id, flow, direction, size);
    return true;
}

ByteView
TcpcryptStrategy::Unread(FlowId id, const Flow& flow, Direction direction) const
{
    return m_situation.active ? m_tools.grip.Held(id, direction)
                              : flow.unread[static_cast<int>(direction)];
}

void
TcpcryptStrategy::Consume(FlowId id, Flow& flow, Direction direction, std::size_t size)
{
    if (m_situation.active)
    {
        m_tools.grip.Forward(id, direction, size);
        return;
    }
    Bytes& unread = flow.unread[static_cast<int>(direction)];
    unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(size));
}

bool
TcpcryptStrategy::GoOnAsOther(FlowId id, Flow& flow)
{
    flow.kind = Kind::Other;
    for (const Direction direction : {Direction::ToServer, Direction::ToClient})
    {
        if (const std::size_t size = Unread(id, flow, direction).size(); size > 0)
        {
            Consume(id, flow, direction, size);
        }
    }
    return false;
}

bool
TcpcryptStrategy::AwaitMore(FlowId id, Direction direction)
{
    if (m_situation.active)
    {
        m_tools.grip.AwaitMore(id, direction);
    }
    return false;
}

} // namespace smkex
