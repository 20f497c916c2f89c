/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_HELPER_H
#define MPTCP_HELPER_H

#include "ns3/attribute.h"
#include "ns3/mptcp-socket.h"
#include "ns3/node-container.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <string>

namespace ns3
{

/**
 * Puts Multipath TCP on nodes that have an internet stack, and writes traces of its subflows.
 *
 * Applications then take it by the factory's name, "ns3::MptcpSocketFactory", where they would
 * take "ns3::TcpSocketFactory"; plain TCP sockets go on to exist beside.
 */
class MptcpHelper
{
  public:
    /// The name of the socket factory, for applications' helpers.
    static const char* const PROTOCOL;

    /// Sets the default of an attribute of ns3::MptcpSocket, for sockets made from now on.
    void SetAttribute(const std::string& name, const AttributeValue& value);

    void Install(Ptr<Node> node) const;
    void Install(const NodeContainer& nodes) const;

    /**
     * \param nodes whose keys and nonces shall come from streams of their own
     * \param stream the first one
     * \return how many streams were used, one a node
     */
    int64_t AssignStreams(const NodeContainer& nodes, int64_t stream) const;

    /**
     * Follows the subflows of a connection in the file PREFIX-N-subflow-ID.tsv, N being the node
     * and ID the subflow: tab-separated lines of time (s), what ("cwnd" in bytes, "rtt" in s,
     * "state", "sent" and "received" in bytes of data so far) and value. \param socket a connection
     * that is not connected yet, or a listener, whose connections are then followed \param prefix
     * the start of the files' names
     */
    void EnableSubflowTraces(Ptr<MptcpSocket> socket, const std::string& prefix) const;
};

} // namespace ns3

#endif // MPTCP_HELPER_H
