/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_SEGMENT_H
#define MPTCP_SEGMENT_H

#include <cstdint>

namespace ns3
{

/**
 * Tells segments that ns-3's parser would misread: it takes what is left of malformed options for
 * payload, so that such a segment must not reach TCP.
 * \param start of a TCP segment
 * \param size how much of it there is; the first 60 bytes suffice
 * \return whether header and options have the lengths that they state, and padding is short
 */
bool MptcpHasSoundOptions(const uint8_t* start, uint32_t size);

} // namespace ns3

#endif // MPTCP_SEGMENT_H
