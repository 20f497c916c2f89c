/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_INTERCEPTION_H
#define SMKEX_INTERCEPTION_H

#include "smkex-interceptor.h"

#include "ns3/node.h"

namespace ns3
{

/**
 * Puts an interceptor on a node, for IPv4 and IPv6, as far as the node has them: from now on it
 * sees every TCP segment that the node forwards.
 *
 * It works by taking the place of the node's routing protocol, which goes on deciding the routes.
 */
void InstallSmkexInterceptor(Ptr<Node> node, Ptr<SmkexInterceptor> interceptor);

} // namespace ns3

#endif // SMKEX_INTERCEPTION_H
