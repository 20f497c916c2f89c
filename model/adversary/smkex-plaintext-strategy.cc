/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-plaintext-strategy.h"

namespace smkex
{

PlaintextStrategy::PlaintextStrategy(const Situation& situation, const StrategyTools& tools)
    : m_situation(situation),
      m_tools(tools)
{
}

void
PlaintextStrategy::OnFlow(FlowId flow, std::uint16_t clientPort)
{
    m_clientPorts[flow] = clientPort;
}

void
PlaintextStrategy::OnBytes(FlowId flow, Direction direction, ByteView octets)
{
    Append(m_tools.loot.plaintext[{m_situation.node, m_clientPorts[flow], direction}], octets);
    if (m_situation.active)
    {
        m_tools.grip.Forward(flow, direction, octets.size());
    }
}

void
PlaintextStrategy::OnNews(const News&)
{
}

void
PlaintextStrategy::OnFlowEnd(FlowId flow)
{
    m_clientPorts.erase(flow);
}

} // namespace smkex
