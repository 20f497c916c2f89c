/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_STRATEGY_H
#define SMKEX_TCPCRYPT_STRATEGY_H

#include "smkex-strategy.h"
#include "smkex-tcpcrypt-victim.h"

#include <array>
#include <deque>
#include <map>
#include <optional>

namespace smkex
{

/** What active nodes of this strategy do. */
struct TcpcryptPlan
{
    bool substitute{false}; //!< keys of their own in Init1 and Init2
    bool stripEno{false};   //!< no ENO option on SYNs
};

/**
 * The man in the middle against `tcpcrypt` and `tcpcrypt-multipath`.
 *
 * On path 1 an active node either keeps the ends from agreeing on encryption, or puts keys of its
 * own into Init1 and Init2, opens each frame, records its data and seals it again. On every other
 * path an active node whose coalition is active on path 1 holds H until it knows the session
 * identifier that the client has computed, and puts in one that fits. Connections that are not
 * encrypted are read, by passive nodes too.
 */
class TcpcryptStrategy : public Strategy
{
  public:
    TcpcryptStrategy(const Situation& situation,
                     const StrategyTools& tools,
                     const TcpcryptPlan& plan);

    void OnFlow(FlowId flow, std::uint16_t clientPort) override;
    void OnOpening(FlowId flow, Direction direction, TcpSegment& segment) override;
    void OnBytes(FlowId flow, Direction direction, ByteView octets) override;
    void OnNews(const News& news) override;
    void OnFlowEnd(FlowId flow) override;

  private:
    /** Sessions whose identifier is remembered; the oldest are forgotten first. */
    static constexpr std::size_t MAX_SESSIONS = 256;

    /** What a connection turns out to be by its first octets. */
    enum class Kind : std::uint8_t
    {
        Unknown,
        Share,  //!< path 1, encrypted and under attack
        Nonces, //!< another path, under attack
        Plain,  //!< path 1, not encrypted
        Other,  //!< goes on as it is
    };

    struct Flow
    {
        std::uint16_t clientPort{0};
        Kind kind{Kind::Unknown};
        std::array<Bytes, 2> eno;             //!< the options of SYN and SYN/ACK
        std::array<Bytes, 2> unread;          //!< of a passive node, by direction
        std::optional<TcpcryptVictim> victim; //!< of Kind::Share
        std::optional<ClientNonce> nonce;     //!< of Kind::Nonces
    };

    void Read(FlowId id, Flow& flow, Direction direction);
    bool ReadOne(FlowId id, Flow& flow, Direction direction);
    bool Recognise(FlowId id, Flow& flow, Direction direction);
    bool ReadShare(FlowId id, Flow& flow, Direction direction);
    bool ReadInit(FlowId id, Flow& flow, Direction direction);
    bool ReadFrame(FlowId id, Flow& flow, Direction direction);
    bool ReadNonces(FlowId id, Flow& flow, Direction direction);
    void Learn(const SessionId& link, const TcpcryptSessionId& session);

    ByteView Unread(FlowId id, const Flow& flow, Direction direction) const;
    void Consume(FlowId id, Flow& flow, Direction direction, std::size_t size);
    bool GoOnAsOther(FlowId id, Flow& flow);
    bool AwaitMore(FlowId id, Direction direction);

    Situation m_situation;
    StrategyTools m_tools;
    TcpcryptPlan m_plan;
    std::map<FlowId, Flow> m_flows;
    std::map<SessionId, TcpcryptSessionId> m_sessions; //!< as the clients have them, by link
    std::deque<SessionId> m_order;                     //!< of their first appearance
};

} // namespace smkex

#endif // SMKEX_TCPCRYPT_STRATEGY_H
