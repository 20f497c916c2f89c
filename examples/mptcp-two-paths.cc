/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * A bulk transfer over two paths of 10 Mbps, 20 ms and 60 ms, by ns-3's own applications. Each
 * subflow's window, round-trip time and bytes are written to mptcp-two-paths-*.tsv.
 */

#include "ns3/bulk-send-application.h"
#include "ns3/bulk-send-helper.h"
#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/mptcp-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    std::string scheduler = "LowestRtt";
    std::string congestion = "ns3::MptcpLia";
    uint32_t megabytes = 20;
    CommandLine commandLine(__FILE__);
    commandLine.AddValue("scheduler", "LowestRtt, RoundRobin or Redundant", scheduler);
    commandLine.AddValue("congestion", "a TcpCongestionOps, coupled or not", congestion);
    commandLine.AddValue("megabytes", "size of the transfer", megabytes);
    commandLine.Parse(argc, argv);

    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1400));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(1000000));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(1000000));
    MptcpHelper mptcp;
    mptcp.SetAttribute("Scheduler", StringValue(scheduler));
    mptcp.SetAttribute("Congestion", StringValue(congestion));

    NodeContainer hosts(2);
    InternetStackHelper().Install(hosts);
    mptcp.Install(hosts);
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    Ipv4InterfaceContainer path[2];
    for (int i = 0; i < 2; ++i)
    {
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        link.SetChannelAttribute("Delay", StringValue(i == 0 ? "10ms" : "30ms"));
        path[i] = addresses.Assign(link.Install(hosts));
        addresses.NewNetwork();
    }

    PacketSinkHelper sink(MptcpHelper::PROTOCOL, InetSocketAddress(Ipv4Address::GetAny(), 80));
    auto server = DynamicCast<PacketSink>(sink.Install(hosts.Get(1)).Get(0));
    BulkSendHelper bulk(MptcpHelper::PROTOCOL, InetSocketAddress(path[0].GetAddress(1), 80));
    bulk.SetAttribute("MaxBytes", UintegerValue(megabytes * 1000000));
    auto client = DynamicCast<BulkSendApplication>(bulk.Install(hosts.Get(0)).Get(0));
    Time last;
    server->TraceConnectWithoutContext(
        "Rx",
        Callback<void, Ptr<const Packet>, const Address&>(
            [&last](Ptr<const Packet>, const Address&) { last = Simulator::Now(); }));
    Simulator::Schedule(NanoSeconds(1), [&]() {
        // The server's second address is not known to the client yet.
        auto socket = DynamicCast<MptcpSocket>(client->GetSocket());
        mptcp.EnableSubflowTraces(socket, "mptcp-two-paths");
        socket->OpenSubflow(InetSocketAddress(path[1].GetAddress(0), 0),
                            InetSocketAddress(path[1].GetAddress(1), 80));
    });
    Simulator::Stop(Seconds(1000));
    Simulator::Run();
    std::cout << server->GetTotalRx() << " bytes in " << last.As(Time::S) << ", "
              << server->GetTotalRx() * 8e-6 / last.GetSeconds() << " Mbps" << std::endl;
    Simulator::Destroy();
    return 0;
}
