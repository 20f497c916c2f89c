/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_STRATEGY_H
#define SMKEX_TLS_STRATEGY_H

#include "smkex-message-strategy.h"
#include "smkex-tls-victim.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace smkex
{

/** The sessions that a node has heard of; the oldest are forgotten first. */
class TlsVictims
{
  public:
    /** Both are kept by reference. */
    TlsVictims(const Situation& situation, Processor& processor);

    /** \return what is known of a session, known or new */
    TlsVictim& Of(const SessionId& session);

  private:
    static constexpr std::size_t MAX_VICTIMS = 256;

    const Situation& m_situation;
    Processor& m_processor;
    std::map<SessionId, std::unique_ptr<TlsVictim>> m_victims;
    std::deque<SessionId> m_order; //!< of their first appearance
};

/** The paths of `mtls` other than the first: learns nonces, and replaces H at an active node. */
class MtlsNonceStrategy : public MessageStrategy
{
  public:
    using Noter = std::function<void(const News&)>;

    /** \p note is told what has been learned here; \p victims is kept by reference. */
    MtlsNonceStrategy(const Situation& situation,
                      const StrategyTools& tools,
                      TlsVictims& victims,
                      Noter note);

  private:
    MessageDecision HandleMessage(const Flow& flow,
                                  Direction direction,
                                  const Message& message) override;
    void Learn(const News& news) override;

    TlsVictims& m_victims;
    Noter m_note;
};

/**
 * The man in the middle against `tls` and `mtls`.
 *
 * On path 1 an active node terminates TLS on both sides, with the certificate that it has, and
 * relays what it reads. Against `mtls` it tells its coalition the shares, its own included; an
 * active node on another path replaces H by one that fits them, for which it waits until it knows
 * them, and all nodes tell the nonces. A passive node on path 1 learns nothing it could use.
 */
class TlsStrategy : public Strategy
{
  public:
    TlsStrategy(const Situation& situation, const StrategyTools& tools);

    void OnFlow(FlowId flow, std::uint16_t clientPort) override;
    void OnBytes(FlowId flow, Direction direction, ByteView octets) override;
    void OnNews(const News& news) override;
    void OnFlowEnd(FlowId flow) override;

  private:
    enum class Kind : std::uint8_t
    {
        Unknown, //!< nothing has come yet
        Tls,     //!< path 1
        Nonces,  //!< any other path
        Opaque,  //!< what cannot be understood: goes on as it is
    };

    struct Connection
    {
        std::uint16_t clientPort{0};
        Kind kind{Kind::Unknown};
        std::optional<SessionId> session; //!< of path 1, once it is being relayed
        std::size_t relayed[2]{0, 0};     //!< held octets that the relay has got, by direction
    };

    void HandleTls(FlowId flow, Connection& connection, Direction direction);
    bool BeginRelay(FlowId flow, Connection& connection);
    void NoteShares(const SessionId& session);
    void Note(const News& news);
    void Proceed(const SessionId& session);
    void MoveOn(FlowId flow, Connection& connection);

    Situation m_situation;
    StrategyTools m_tools;
    TlsVictims m_victims;
    MtlsNonceStrategy m_nonces;
    std::map<FlowId, Connection> m_connections;
};

} // namespace smkex

#endif // SMKEX_TLS_STRATEGY_H
