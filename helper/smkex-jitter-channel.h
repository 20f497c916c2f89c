/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_JITTER_CHANNEL_H
#define SMKEX_JITTER_CHANNEL_H

#include "ns3/point-to-point-channel.h"
#include "ns3/random-variable-stream.h"

#include <array>

namespace ns3
{

/**
 * A point-to-point channel that delays each packet by a random time more, uniform between nothing
 * and a maximum. Packets keep their order.
 */
class SmkexJitterChannel : public PointToPointChannel
{
  public:
    static TypeId GetTypeId();

    SmkexJitterChannel();

    /** \param stream the random stream to draw from; one is used */
    void AssignStream(int64_t stream);

    bool TransmitStart(Ptr<const Packet> packet,
                       Ptr<PointToPointNetDevice> source,
                       Time txTime) override;

  private:
    Time m_maximum;
    Ptr<UniformRandomVariable> m_draws;
    std::array<Time, 2> m_lastArrival; //!< by direction, without the constant delay
};

} // namespace ns3

#endif // SMKEX_JITTER_CHANNEL_H
