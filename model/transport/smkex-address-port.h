/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ADDRESS_PORT_H
#define SMKEX_ADDRESS_PORT_H

#include "ns3/address.h"

#include <cstdint>

namespace ns3
{

/** \return the port of an InetSocketAddress or Inet6SocketAddress */
std::uint16_t SmkexPortOf(const Address& address);

} // namespace ns3

#endif // SMKEX_ADDRESS_PORT_H
