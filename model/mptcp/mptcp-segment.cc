/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-segment.h"

#include "ns3/tcp-option.h"

namespace ns3
{

bool
MptcpHasSoundOptions(const uint8_t* start, uint32_t size)
{
    if (size < 20)
    {
        return false;
    }
    const uint32_t end = (start[12] >> 4) * 4U;
    if (end < 20 || end > size)
    {
        return false;
    }
    for (uint32_t at = 20; at < end;)
    {
        if (start[at] == TcpOption::END)
        {
            return end - at <= 4; // ns-3 expects no more padding than that
        }
        if (start[at] == TcpOption::NOP)
        {
            ++at;
            continue;
        }
        const uint32_t length = at + 1 < end ? start[at + 1] : 0;
        if (length < 2 || at + length > end)
        {
            return false;
        }
        switch (start[at])
        {
        case TcpOption::MSS:
            if (length != 4)
            {
                return false;
            }
            break;
        case TcpOption::WINSCALE:
            if (length != 3)
            {
                return false;
            }
            break;
        case TcpOption::SACKPERMITTED:
            if (length != 2)
            {
                return false;
            }
            break;
        case TcpOption::SACK:
            if (length % 8 != 2 || length == 2)
            {
                return false;
            }
            break;
        case TcpOption::TS:
            if (length != 10)
            {
                return false;
            }
            break;
        default:
            break;
        }
        at += length;
    }
    return true;
}

} // namespace ns3
