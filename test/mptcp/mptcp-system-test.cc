/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/application-container.h"
#include "ns3/boolean.h"
#include "ns3/bulk-send-helper.h"
#include "ns3/config.h"
#include "ns3/enum.h"
#include "ns3/inet-socket-address.h"
#include "ns3/mptcp-helper.h"
#include "ns3/mptcp-socket-factory.h"
#include "ns3/on-off-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <random>

/**
 * \file
 * Multipath TCP as a whole: under ns-3's applications, over unequal paths, beside plain TCP.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

const Address ANY = InetSocketAddress(Ipv4Address::GetAny(), MptcpTestNet::PORT);

void
BulkSendAndPacketSinkRunUnmodified(MptcpTest& test)
{
    constexpr uint64_t BYTES = 1000000;
    MptcpTestNet net;
    PacketSinkHelper sinks(MptcpHelper::PROTOCOL, ANY);
    auto sink = DynamicCast<PacketSink>(sinks.Install(net.server).Get(0));
    BulkSendHelper bulk(MptcpHelper::PROTOCOL, net.ServerAddress(0));
    bulk.SetAttribute("MaxBytes", UintegerValue(BYTES));
    bulk.Install(net.client);
    // Beside it, plain TCP in the same nodes.
    const Address plainAny = InetSocketAddress(Ipv4Address::GetAny(), 6000);
    PacketSinkHelper plainSinks("ns3::TcpSocketFactory", plainAny);
    auto plainSink = DynamicCast<PacketSink>(plainSinks.Install(net.server).Get(0));
    BulkSendHelper plainBulk("ns3::TcpSocketFactory", net.ServerAddress(0, 6000));
    plainBulk.SetAttribute("MaxBytes", UintegerValue(BYTES));
    plainBulk.Install(net.client);
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    test.Equal(sink->GetTotalRx(), BYTES, "bytes by MPTCP");
    test.Equal(plainSink->GetTotalRx(), BYTES, "bytes by TCP");
    test.Equal(net.Count([](const Segment& s) {
        const auto port = s.fromClient ? s.header.GetDestinationPort() : s.header.GetSourcePort();
        return (port == 6000) == s.hadMptcp;
    }),
               0U,
               "segments of one with the other's options");
    test.Equal(MptcpStack::Of(net.client)->ConnectionCount(), 0U, "connections left open");
    Simulator::Destroy();
}

void
OnOffRunsUnmodified(MptcpTest& test)
{
    MptcpTestNet net;
    PacketSinkHelper sinks(MptcpHelper::PROTOCOL, ANY);
    auto sink = DynamicCast<PacketSink>(sinks.Install(net.server).Get(0));
    OnOffHelper onOff(MptcpHelper::PROTOCOL, net.ServerAddress(0));
    onOff.SetConstantRate(DataRate("2Mbps"), 500);
    onOff.SetAttribute("MaxBytes", UintegerValue(500000));
    onOff.Install(net.client);
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    test.Equal(sink->GetTotalRx(), 500000U, "bytes");
    Simulator::Destroy();
}

void
ASendHookPutsKind30IntoTheBytesSent(MptcpTest& test)
{
    // The whole design stands on this: what a trace of sent segments appends, the network carries.
    MptcpTestNet net;
    MptcpTestPair pair(net);
    pair.client.toSend = 20000;
    uint32_t seen = 0;
    uint32_t without = 0;
    net.client->GetDevice(1)->TraceConnectWithoutContext(
        "PhyTxBegin",
        Callback<void, Ptr<const Packet>>([&](Ptr<const Packet> packet) {
            std::vector<uint8_t> bytes(packet->GetSize());
            packet->CopyData(bytes.data(), bytes.size());
            constexpr uint32_t IP = 2; // behind the PPP header
            const uint32_t tcp = IP + (bytes[IP] & 0x0f) * 4;
            const uint32_t end = tcp + (bytes[tcp + 12] >> 4) * 4;
            bool found = false;
            for (uint32_t at = tcp + 20; at < end && bytes[at] != 0;)
            {
                found = found || bytes[at] == MPTCP_OPTION_KIND;
                at += bytes[at] == 1 ? 1 : bytes[at + 1];
            }
            ++(found ? seen : without);
        }));
    pair.Start();
    pair.Run();
    test.Check(seen > 20, "segments with kind 30");
    test.Equal(without, 0U, "segments without");
}

/// \return seconds from the connect call until all of \p bytes had arrived
double
TransferTime(MptcpTest& test, const TypeId& congestion, uint64_t bytes, double loss)
{
    MptcpTestLinks links;
    links.delay = {MilliSeconds(10), MilliSeconds(30)};
    MptcpTestNet net(links);
    net.keepLog = false;
    std::mt19937 random(1);
    net.middlebox = [&](Segment& s) {
        s.drop = s.path == 1 && !s.payload.empty() && random() < loss * 4294967296.0;
    };
    MptcpTestPair pair(net);
    pair.Set("SegmentSize", UintegerValue(1400));
    pair.Set("SndBufSize", UintegerValue(2000000));
    pair.Set("RcvBufSize", UintegerValue(2000000));
    pair.Set("Congestion", TypeIdValue(congestion));
    pair.client.toSend = bytes;
    Time last;
    pair.onAccept = [&]() {
        pair.server.socket->TraceConnectWithoutContext(
            "DataReceived",
            Callback<void, uint64_t, uint32_t, uint32_t>(
                [&](uint64_t, uint32_t, uint32_t) { last = Simulator::Now(); }));
    };
    pair.onConnect = [&]() {
        pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
    };
    pair.Start();
    pair.Run(Seconds(1000));
    test.Check(pair.server.Got(bytes), "every byte");
    return (last - Seconds(2)).GetSeconds();
}

void
UnequalPathsAddUp(MptcpTest& test)
{
    // A full segment: PPP, IP, TCP, timestamps, and a DSS with both parts, padded.
    constexpr double WIRE = 1400 + 2 + 20 + 20 + 28;
    const double sum = 2 * 10e6 * 1400 / WIRE;
    for (const auto& type :
         {MptcpLia::GetTypeId(), MptcpOlia::GetTypeId(), MptcpBalia::GetTypeId()})
    {
        const double bytes = type == MptcpLia::GetTypeId() ? 100e6 : 30e6;
        const double rate = bytes * 8 / TransferTime(test, type, static_cast<uint64_t>(bytes), 0);
        std::ostringstream text;
        text << type.GetName() << ": " << rate / sum << " of the sum of both paths' rates";
        test.Check(rate >= 0.95 * sum && rate <= sum, text.str());
    }
}

/// What flows over one link carry in 100 s, from 10 s on, in Mbps.
struct Shares
{
    double multipath{0};
    double plain{0};
};

/**
 * A plain TCP flow and, if \p subflows is not 0, a multipath one on the same link, or the plain one
 * alone.
 */
Shares
ShareLink(const TypeId& congestion,
          uint32_t subflows,
          bool plainToo,
          Time delay,
          uint32_t queue,
          double loss,
          uint32_t seed)
{
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpNewReno::GetTypeId()));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1400));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(2000000));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(2000000));
    MptcpTestLinks links;
    links.delay = {delay};
    links.rate = {DataRate("10Mbps")};
    links.queue = queue;
    MptcpTestNet net(links);
    net.keepLog = false;
    std::mt19937 random(seed);
    Time last;
    net.middlebox = [&](Segment& s) {
        if (s.fromClient && !s.payload.empty())
        {
            // A little jitter, in order, against flows that beat in phase.
            last = Max(last, Simulator::Now() + MicroSeconds(random() % 300));
            s.delay = last - Simulator::Now();
            s.drop = random() < loss * 4294967296.0;
        }
    };
    const auto flow = [&](const char* protocol, uint16_t port) {
        PacketSinkHelper sinks(protocol, InetSocketAddress(Ipv4Address::GetAny(), port));
        auto sink = DynamicCast<PacketSink>(sinks.Install(net.server).Get(0));
        BulkSendHelper bulk(protocol, net.ServerAddress(0, port));
        bulk.Install(net.client);
        return sink;
    };
    Config::SetDefault("ns3::MptcpSocket::Congestion", TypeIdValue(congestion));
    Config::SetDefault("ns3::MptcpSocket::PathManager",
                       EnumValue(static_cast<int>(MptcpPathManager::NDIFFPORTS)));
    Config::SetDefault("ns3::MptcpSocket::Ndiffports", UintegerValue(std::max(1U, subflows)));
    Ptr<PacketSink> multipath;
    Ptr<PacketSink> plain;
    if (subflows != 0)
    {
        multipath = flow("ns3::MptcpSocketFactory", 5000);
    }
    if (plainToo)
    {
        plain = flow("ns3::TcpSocketFactory", 6000);
    }
    Shares shares;
    const auto read = [&](double sign) {
        shares.multipath += multipath ? sign * multipath->GetTotalRx() * 8e-6 / 100 : 0;
        shares.plain += plain ? sign * plain->GetTotalRx() * 8e-6 / 100 : 0;
    };
    Simulator::Schedule(Seconds(10), [&]() { read(-1); });
    Simulator::Stop(Seconds(110));
    Simulator::Run();
    read(1);
    Simulator::Destroy();
    Config::Reset();
    return shares;
}

void
CoupledFlowsTakeNoMoreThanOneTcp(MptcpTest& test)
{
    // A queue of about a bandwidth-delay product, and random losses; the mean of both.
    const auto ratio = [](const TypeId& congestion) {
        const Shares queue = ShareLink(congestion, 2, true, MilliSeconds(20), 30, 0, 1);
        const Shares random = ShareLink(congestion, 2, true, MilliSeconds(20), 30, 0.002, 2);
        return (queue.multipath + random.multipath) / (queue.plain + random.plain);
    };
    for (const auto& type :
         {MptcpLia::GetTypeId(), MptcpOlia::GetTypeId(), MptcpBalia::GetTypeId()})
    {
        const double share = ratio(type);
        std::ostringstream text;
        text << type.GetName() << " takes " << share << " times what TCP takes";
        test.Check(share <= 1.1 && share > 0.4, text.str());
    }
    const double uncoupled = ratio(TcpNewReno::GetTypeId());
    std::ostringstream text;
    text << "uncoupled takes " << uncoupled << " times what TCP takes";
    test.Check(uncoupled > 1.3, text.str()); // or the measurement would not tell them apart
}

void
ALossyPathStillPays(MptcpTest& test)
{
    constexpr double BYTES = 50e6;
    const double together =
        BYTES * 8e-6 /
        TransferTime(test, TcpNewReno::GetTypeId(), static_cast<uint64_t>(BYTES), 0.001);
    const double first =
        ShareLink(TcpNewReno::GetTypeId(), 0, true, MilliSeconds(10), 100, 0, 1).plain;
    const double second =
        ShareLink(TcpNewReno::GetTypeId(), 0, true, MilliSeconds(30), 100, 0.001, 1).plain;
    std::ostringstream text;
    text << together << " Mbps over both, plain TCP " << first << " and " << second;
    test.Check(together >= 0.95 * (first + second), text.str());
}

void
HelperWritesSubflowTraces(MptcpTest& test)
{
    const std::string prefix = test.CreateTempDirFilename("mptcp-traces");
    {
        MptcpTestNet net;
        MptcpTestPair pair(net);
        pair.Set("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
        pair.client.toSend = 100000;
        pair.onConnect = [&]() {
            pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
        };
        MptcpHelper().EnableSubflowTraces(pair.client.socket, prefix);
        pair.Start();
        pair.Run();
    }
    std::map<std::string, std::string> last[2];
    for (int id = 1; id <= 2; ++id)
    {
        std::ifstream in(prefix + "-0-subflow-" + std::to_string(id) + ".tsv");
        std::string time;
        std::string what;
        std::string value;
        while (in >> time >> what >> value)
        {
            last[id - 1][what] = value;
        }
        test.Check(last[id - 1].count("cwnd") && last[id - 1].count("rtt"), "window and RTT");
        test.Check(last[id - 1].count("state"), "state");
    }
    test.Check(std::stoul(last[0]["sent"]) + std::stoul(last[1]["sent"]) >= 100000, "bytes sent");
}

class MptcpSystemSuite : public TestSuite
{
  public:
    MptcpSystemSuite()
        : TestSuite("mptcp-system", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("kind 30 is in the bytes sent", ASendHookPutsKind30IntoTheBytesSent);
        add("BulkSend and PacketSink, beside plain TCP", BulkSendAndPacketSinkRunUnmodified);
        add("OnOff", OnOffRunsUnmodified);
        add("the helper writes subflow traces", HelperWritesSubflowTraces);
        add("unequal paths add up", UnequalPathsAddUp);
        add("a lossy path still pays", ALossyPathStillPays);
        add("coupled flows take no more than one TCP on a shared bottleneck",
            CoupledFlowsTakeNoMoreThanOneTcp);
    }
};

MptcpSystemSuite g_suite;

} // namespace

} // namespace ns3
