/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PLAINTEXT_STRATEGY_H
#define SMKEX_PLAINTEXT_STRATEGY_H

#include "smkex-strategy.h"

namespace smkex
{

/** Against a protocol without encryption: reads, and lets everything go on as it is. */
class PlaintextStrategy : public Strategy
{
  public:
    PlaintextStrategy(const Situation& situation, const StrategyTools& tools);

    void OnFlow(FlowId flow, std::uint16_t clientPort) override;
    void OnBytes(FlowId flow, Direction direction, ByteView octets) override;
    void OnNews(const News& news) override;
    void OnFlowEnd(FlowId flow) override;

  private:
    Situation m_situation;
    StrategyTools m_tools;
    std::map<FlowId, std::uint16_t> m_clientPorts;
};

} // namespace smkex

#endif // SMKEX_PLAINTEXT_STRATEGY_H
