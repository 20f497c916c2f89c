/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-helper.h"

#include "ns3/config.h"
#include "ns3/mptcp-socket-factory.h"
#include "ns3/mptcp-stack.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"

#include <fstream>
#include <memory>

namespace ns3
{

namespace
{

/// The trace file of one subflow; the callbacks that write to it share it.
class SubflowFile
{
  public:
    explicit SubflowFile(const std::string& name)
        : m_out(name)
    {
        m_out << "time_s\twhat\tvalue\n";
    }

    template <typename T>
    void Write(const char* what, const T& value)
    {
        m_out << Simulator::Now().GetSeconds() << '\t' << what << '\t' << value << '\n';
    }

    /// Writes the subflow's counters if they have changed.
    void Count(const MptcpSubflow& subflow)
    {
        if (subflow.GetBytesSent() != m_sent)
        {
            m_sent = subflow.GetBytesSent();
            Write("sent", m_sent);
        }
        if (subflow.GetBytesReceived() != m_received)
        {
            m_received = subflow.GetBytesReceived();
            Write("received", m_received);
        }
    }

  private:
    std::ofstream m_out;
    uint64_t m_sent{0};
    uint64_t m_received{0};
};

void
Follow(const std::string& prefix,
       Ptr<const MptcpSocket> socket,
       uint32_t id,
       Ptr<MptcpSubflow> subflow)
{
    auto file =
        std::make_shared<SubflowFile>(prefix + "-" + std::to_string(socket->GetNode()->GetId()) +
                                      "-subflow-" + std::to_string(id) + ".tsv");
    using Segment = Callback<void, Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase>>;
    const Segment count([file](Ptr<const Packet>, const TcpHeader&, Ptr<const TcpSocketBase> tcp) {
        file->Count(static_cast<const MptcpSubflow&>(*tcp));
    });
    subflow->TraceConnectWithoutContext(
        "CongestionWindow",
        Callback<void, uint32_t, uint32_t>(
            [file](uint32_t, uint32_t now) { file->Write("cwnd", now); }));
    subflow->TraceConnectWithoutContext("RTT", Callback<void, Time, Time>([file](Time, Time now) {
                                            file->Write("rtt", now.GetSeconds());
                                        }));
    subflow->TraceConnectWithoutContext(
        "State",
        Callback<void, TcpSocket::TcpStates_t, TcpSocket::TcpStates_t>(
            [file](TcpSocket::TcpStates_t, TcpSocket::TcpStates_t now) {
                file->Write("state", TcpSocket::TcpStateName[now]);
            }));
    subflow->TraceConnectWithoutContext("Tx", count);
    subflow->TraceConnectWithoutContext("Rx", count);
}

} // namespace

const char* const MptcpHelper::PROTOCOL = "ns3::MptcpSocketFactory";

void
MptcpHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    Config::SetDefault("ns3::MptcpSocket::" + name, value);
}

void
MptcpHelper::Install(Ptr<Node> node) const
{
    MptcpSocketFactory::Install(node);
}

void
MptcpHelper::Install(const NodeContainer& nodes) const
{
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        Install(*node);
    }
}

int64_t
MptcpHelper::AssignStreams(const NodeContainer& nodes, int64_t stream) const
{
    int64_t used = 0;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        used += MptcpStack::Of(*node)->AssignStreams(stream + used);
    }
    return used;
}

void
MptcpHelper::EnableSubflowTraces(Ptr<MptcpSocket> socket, const std::string& prefix) const
{
    for (uint32_t id = 1; id <= socket->GetNSubflows(); ++id)
    {
        if (Ptr<MptcpSubflow> subflow = socket->GetSubflow(id))
        {
            Follow(prefix, socket, id, subflow);
        }
    }
    socket->TraceConnectWithoutContext("SubflowCreated", MakeBoundCallback(&Follow, prefix));
}

} // namespace ns3
