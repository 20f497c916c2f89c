/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MESSAGE_STRATEGY_H
#define SMKEX_MESSAGE_STRATEGY_H

#include "smkex-strategy.h"

#include <optional>

namespace smkex
{

/** What an active node does with a message. */
struct MessageDecision
{
    enum class Kind : std::uint8_t
    {
        Forward, //!< it goes on as it is
        Replace, //!< something else goes on in its place
        Hold,    //!< it waits until the node or its coalition knows more
    };

    Kind kind{Kind::Forward};
    Bytes replacement{};
};

/**
 * Reads the messages of `dh` and `smkex` out of the streams that pass, so that a strategy decides
 * message by message.
 */
class MessageStrategy : public Strategy
{
  public:
    MessageStrategy(const Situation& situation, const StrategyTools& tools);

    void OnFlow(FlowId flow, std::uint16_t clientPort) final;
    void OnBytes(FlowId flow, Direction direction, ByteView octets) final;
    void OnNews(const News& news) final;
    void OnFlowEnd(FlowId flow) final;

  protected:
    /** One connection as far as it has been understood. */
    struct Flow
    {
        std::uint16_t clientPort{0};
        std::optional<SessionId> session; //!< once the client has said it
        PathId path{0};                   //!< likewise
    };

    /**
     * A whole message. A held message comes again whenever the node has learned something.
     *
     * \return what to do with it; at a passive node nothing comes of it
     */
    virtual MessageDecision HandleMessage(const Flow& flow,
                                          Direction direction,
                                          const Message& message) = 0;

    /** Something new from the coalition; messages that are held are looked at again afterwards. */
    virtual void Learn(const News& news) = 0;

    /** Looks at every held message again, now that this node knows more. */
    void Reconsider();

    const Situation& GetSituation() const
    {
        return m_situation;
    }

    const StrategyTools& Tools() const
    {
        return m_tools;
    }

  private:
    struct Stream
    {
        Bytes unread;           //!< of a passive node
        bool unreadable{false}; //!< no messages: goes on unread
    };

    struct Connection
    {
        Flow flow;
        Stream streams[2]; //!< by direction
    };

    void Read(FlowId id, Connection& connection, Direction direction);
    bool ReadOne(FlowId id, Connection& connection, Direction direction);
    ByteView Unread(FlowId id, const Connection& connection, Direction direction) const;
    void Consume(FlowId id, Connection& connection, Direction direction, std::size_t size);

    Situation m_situation;
    StrategyTools m_tools;
    std::map<FlowId, Connection> m_connections;
    bool m_reconsidering{false};
    bool m_reconsiderAgain{false};
};

} // namespace smkex

#endif // SMKEX_MESSAGE_STRATEGY_H
