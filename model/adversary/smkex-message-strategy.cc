/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-message-strategy.h"

namespace smkex
{

MessageStrategy::MessageStrategy(const Situation& situation, const StrategyTools& tools)
    : m_situation(situation),
      m_tools(tools)
{
}

void
MessageStrategy::OnFlow(FlowId flow, std::uint16_t clientPort)
{
    m_connections[flow].flow.clientPort = clientPort;
}

void
MessageStrategy::OnFlowEnd(FlowId flow)
{
    m_connections.erase(flow);
}

void
MessageStrategy::OnBytes(FlowId flow, Direction direction, ByteView octets)
{
    Connection& connection = m_connections[flow];
    if (!m_situation.active)
    {
        Append(connection.streams[static_cast<int>(direction)].unread, octets);
    }
    m_reconsidering = true;
    Read(flow, connection, direction);
    m_reconsidering = false;
    if (m_reconsiderAgain)
    {
        Reconsider();
    }
}

void
MessageStrategy::OnNews(const News& news)
{
    Learn(news);
    Reconsider();
}

void
MessageStrategy::Reconsider()
{
    // Reading may teach something, which asks for another round: after this one, not inside it.
    m_reconsiderAgain = true;
    if (m_reconsidering)
    {
        return;
    }
    m_reconsidering = true;
    while (m_reconsiderAgain)
    {
        m_reconsiderAgain = false;
        for (auto& [id, connection] : m_connections)
        {
            Read(id, connection, Direction::ToServer);
            Read(id, connection, Direction::ToClient);
        }
    }
    m_reconsidering = false;
}

void
MessageStrategy::Read(FlowId id, Connection& connection, Direction direction)
{
    while (ReadOne(id, connection, direction))
    {
    }
}

bool
MessageStrategy::ReadOne(FlowId id, Connection& connection, Direction direction)
{
    Stream& stream = connection.streams[static_cast<int>(direction)];
    const ByteView unread = Unread(id, connection, direction);
    if (unread.empty())
    {
        return false;
    }
    std::optional<Failure> failure;
    const std::optional<Frame> frame =
        stream.unreadable ? std::nullopt : PeekFrame(unread, failure);
    if (stream.unreadable || failure)
    {
        stream.unreadable = true;
        Consume(id, connection, direction, unread.size());
        return false;
    }
    if (!frame)
    {
        if (m_situation.active)
        {
            m_tools.grip.AwaitMore(id, direction);
        }
        return false;
    }
    const std::size_t size = frame->size;
    const std::variant<Message, Failure> decoded = Decode(*frame);
    const Message* message = std::get_if<Message>(&decoded);
    if (!message)
    {
        Consume(id, connection, direction, size);
        return true;
    }
    if (const std::optional<Link> link = PeekLink(unread.First(size), failure))
    {
        connection.flow.session = link->session;
        connection.flow.path = link->path;
    }
    const MessageDecision decision = HandleMessage(connection.flow, direction, *message);
    if (!m_situation.active || decision.kind == MessageDecision::Kind::Forward)
    {
        Consume(id, connection, direction, size);
        return true;
    }
    if (decision.kind == MessageDecision::Kind::Replace)
    {
        m_tools.grip.Replace(id, direction, size, decision.replacement);
        return true;
    }
    return false;
}

ByteView
MessageStrategy::Unread(FlowId id, const Connection& connection, Direction direction) const
{
    return m_situation.active ? m_tools.grip.Held(id, direction)
                              : connection.streams[static_cast<int>(direction)].unread;
}

void
MessageStrategy::Consume(FlowId id, Connection& connection, Direction direction, std::size_t size)
{
    if (m_situation.active)
    {
        m_tools.grip.Forward(id, direction, size);
    }
    else
    {
        Bytes& unread = connection.streams[static_cast<int>(direction)].unread;
        unread.erase(unread.begin(), unread.begin() + size);
    }
}

} // namespace smkex
