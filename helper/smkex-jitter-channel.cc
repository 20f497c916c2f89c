/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-jitter-channel.h"

#include "ns3/point-to-point-net-device.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexJitterChannel);

TypeId
SmkexJitterChannel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexJitterChannel")
                            .SetParent<PointToPointChannel>()
                            .SetGroupName("Smkex")
                            .AddConstructor<SmkexJitterChannel>()
                            .AddAttribute("MaximumJitter",
                                          "The longest additional delay.",
                                          TimeValue(Seconds(0)),
                                          MakeTimeAccessor(&SmkexJitterChannel::m_maximum),
                                          MakeTimeChecker(Seconds(0)));
    return tid;
}

SmkexJitterChannel::SmkexJitterChannel()
    : m_draws(CreateObject<UniformRandomVariable>())
{
}

void
SmkexJitterChannel::AssignStream(int64_t stream)
{
    m_draws->SetStream(stream);
}

bool
SmkexJitterChannel::TransmitStart(Ptr<const Packet> packet,
                                  Ptr<PointToPointNetDevice> source,
                                  Time txTime)
{
    Time& last = m_lastArrival[source == GetPointToPointDevice(0) ? 0 : 1];
    const Time extra = NanoSeconds(m_draws->GetValue(0, m_maximum.GetNanoSeconds()));
    last = std::max(last, Simulator::Now() + txTime + extra);
    return PointToPointChannel::TransmitStart(packet, source, last - Simulator::Now());
}

} // namespace ns3
