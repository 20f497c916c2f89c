/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

/**
 * \file
 * Schedulers on the wire, preferred subflows, and the extension that puts payload on joins.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

MptcpTestLinks
FastLinks(Time rtt1, Time rtt2)
{
    MptcpTestLinks links;
    links.delay = {rtt1 / 2, rtt2 / 2};
    links.rate = {DataRate("100Gbps"), DataRate("100Gbps")};
    return links;
}

Ptr<Packet>
Text(const std::string& text)
{
    return Create<Packet>(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

std::string
TextOf(Ptr<const Packet> packet)
{
    std::string text(packet->GetSize(), ' ');
    packet->CopyData(reinterpret_cast<uint8_t*>(text.data()), text.size());
    return text;
}

/// Whether \p text ever left as payload on \p path.
bool
WasOn(const MptcpTestNet& net, uint32_t path, const std::string& text)
{
    return net.Count([&](const Segment& s) {
        return s.path == path &&
               std::string(s.payload.begin(), s.payload.end()).find(text) != std::string::npos;
    }) != 0;
}

/// A client with a second subflow, and a server that notes which subflow each piece came on.
struct TwoSubflows
{
    explicit TwoSubflows(const MptcpTestLinks& links = {})
        : net(links),
          pair(net)
    {
        pair.Set("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
        pair.server.bySubflow = true;
        pair.client.bySubflow = true;
        pair.onConnect = [this]() {
            id = pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
            pair.client.socket->Send(Text("hello "), MptcpSocket::Prefer(1));
        };
    }

    void SendAt(Time at, const std::string& text, uint32_t flags)
    {
        Simulator::Schedule(at,
                            [this, text, flags]() { pair.client.socket->Send(Text(text), flags); });
    }

    std::string ServerGot() const
    {
        return std::string(pair.server.received.begin(), pair.server.received.end());
    }

    MptcpTestNet net;
    MptcpTestPair pair;
    uint32_t id{0};
};

void
StrictlyPreferredBytesTakeTheirSubflow(MptcpTest& test)
{
    TwoSubflows two;
    two.SendAt(Seconds(3), "first ", MptcpSocket::Prefer(1));
    two.SendAt(Seconds(3), "second ", MptcpSocket::Prefer(2));
    two.SendAt(Seconds(3), "again", MptcpSocket::Prefer(1));
    two.pair.Start();
    two.pair.Run(Seconds(10));
    test.Equal(two.ServerGot(), std::string("hello first second again"), "the stream");
    test.Check(WasOn(two.net, 1, "second") && !WasOn(two.net, 0, "second"),
               "second on path 2 only");
    test.Check(WasOn(two.net, 0, "first") && !WasOn(two.net, 1, "first"), "first on path 1 only");
    std::string onTwo;
    for (const auto& [subflow, text] : two.pair.server.pieces)
    {
        onTwo += subflow == 2 ? text : "";
    }
    test.Equal(onTwo, std::string("second "), "what the server was told came on subflow 2");
}

void
StrictWaitsAndLooseDoesNot(MptcpTest& test)
{
    TwoSubflows two;
    // Nothing of the join arrives before 5 s.
    two.net.middlebox = [](Segment& s) { s.drop = s.path == 1 && s.at < Seconds(5); };
    two.SendAt(Seconds(3), "loose ", MptcpSocket::Prefer(2, false));
    two.SendAt(Seconds(3), "strict ", MptcpSocket::Prefer(2));
    two.SendAt(Seconds(3), "behind", 0);
    Simulator::Schedule(Seconds(5), [&]() {
        test.Equal(two.ServerGot(), std::string("hello loose "), "before path 2 works");
    });
    two.pair.Start();
    two.pair.Run(Seconds(30));
    test.Equal(two.ServerGot(), std::string("hello loose strict behind"), "in the end");
    test.Check(!WasOn(two.net, 0, "strict"), "strict never on path 1");
}

void
StrictBytesAreNeverReinjectedElsewhere(MptcpTest& test)
{
    TwoSubflows two;
    two.pair.Set("DataRetries", UintegerValue(1));
    Simulator::Schedule(Seconds(3), [&]() { two.net.Cut(1); });
    two.SendAt(Seconds(3), "strict ", MptcpSocket::Prefer(2));
    two.SendAt(Seconds(4), "free", 0);
    two.pair.Start();
    two.pair.Run(Seconds(60));
    test.Equal(two.ServerGot(), std::string("hello "), "the stream stops at the strict bytes");
    test.Check(WasOn(two.net, 1, "strict") && !WasOn(two.net, 0, "strict"), "not on path 1");
}

void
StrictReceiveTellsSubflowsApart(MptcpTest& test)
{
    TwoSubflows two;
    two.SendAt(Seconds(3), "second", MptcpSocket::Prefer(2));
    bool ran = false;
    two.pair.onAccept = [&]() {
        two.pair.server.socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        Simulator::Schedule(Seconds(2), [&]() {
            auto server = two.pair.server.socket;
            test.Check(!server->Recv(100, MptcpSocket::Prefer(2)), "the head is not of subflow 2");
            test.Check(server->GetErrno() == Socket::ERROR_AGAIN, "with its reason");
            uint32_t from = 0;
            Ptr<Packet> head = server->RecvFromSubflow(100, from);
            test.Equal(TextOf(head), std::string("hello "), "no further than subflow 1 goes");
            test.Equal(from, 1U, "subflow of the head");
            test.Check(!server->Recv(100, MptcpSocket::Prefer(1)), "the rest is not of subflow 1");
            head = server->Recv(100, MptcpSocket::Prefer(1, false));
            test.Check(head && TextOf(head) == "second", "loosely it is returned");
            test.Check(!server->RecvFromSubflow(100, from) && from == 0, "nothing left");
            ran = true;
        });
    };
    two.pair.Start();
    two.pair.Run(Seconds(10));
    test.Check(ran, "checked");
}

void
SchedulersOnTheWire(MptcpTest& test, MptcpScheduler scheduler)
{
    constexpr uint64_t BYTES = 400000;
    MptcpTestLinks links;
    links.delay = {MilliSeconds(10), MilliSeconds(20)};
    links.rate = {DataRate("10Gbps"), DataRate("10Gbps")};
    links.queue = 1000;
    MptcpTestNet net(links);
    MptcpTestPair pair(net);
    pair.Set("Scheduler", EnumValue(static_cast<int>(scheduler)));
    pair.Set("SegmentSize", UintegerValue(1000));
    // A window that never fills: the scheduler decides, not the room.
    pair.Set("InitialCwnd", UintegerValue(1000));
    pair.Set("SndBufSize", UintegerValue(1000000));
    pair.Set("DelAckCount", UintegerValue(1)); // delayed ones would look like a slow path
    pair.Set("RcvBufSize", UintegerValue(1000000));
    pair.onConnect = [&]() {
        pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
        pair.client.socket->Send(Text("x"), 0);
    };
    Simulator::Schedule(Seconds(4), [&]() {
        pair.client.toSend = BYTES;
        pair.client.Pump();
    });
    pair.Start();
    pair.Run(Seconds(60));
    test.Equal(pair.server.received.size(), BYTES + 1, "bytes");
    uint64_t on[2] = {0, 0};
    for (const auto& s : net.log)
    {
        on[s.path] += s.fromClient && s.at >= Seconds(4) ? s.payload.size() : 0;
    }
    switch (scheduler)
    {
    case MptcpScheduler::LOWEST_RTT:
        test.Check(on[0] >= BYTES && on[1] == 0, "all on the faster path");
        break;
    case MptcpScheduler::ROUND_ROBIN:
        test.Check(on[0] > BYTES * 4 / 10 && on[1] > BYTES * 4 / 10, "half on each path");
        break;
    case MptcpScheduler::REDUNDANT:
        test.Check(on[0] >= BYTES && on[1] > BYTES * 8 / 10, "everything on each path");
        break;
    }
}

/// SMKEX-like: a share on subflow 1, a nonce on subflow 2, an answer to both on subflow 2.
struct Exchange
{
    Exchange(Time rtt1, Time rtt2, bool joinData, Time hold)
        : net(FastLinks(rtt1, rtt2)),
          pair(net)
    {
        pair.Set("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
        pair.Set("JoinData", BooleanValue(joinData));
        pair.Set("EarlyJoin", BooleanValue(joinData));
        pair.Set("JoinReplyHold", TimeValue(hold));
        pair.server.bySubflow = pair.client.bySubflow = true;
        pair.onConnect = [this]() {
            pair.client.socket->Send(Text("share"), MptcpSocket::Prefer(1));
            pair.client.socket->OpenSubflow(net.ClientAddress(1),
                                            net.ServerAddress(1),
                                            false,
                                            Text("nonce"));
        };
        pair.listener->SetJoinDataCallback([this](Ptr<MptcpSocket>, uint32_t id, Ptr<Packet> data) {
            nonces.push_back(TextOf(data));
            joinId = id;
            Answer();
        });
        pair.client.socket->SetJoinDataCallback(
            [this](Ptr<MptcpSocket>, uint32_t id, Ptr<Packet> data) {
                replies.push_back(TextOf(data));
                replyId = id;
                answeredAt = Simulator::Now() - start;
            });
        pair.onAccept = [this]() {
            auto server = pair.server.socket;
            server->SetRecvCallback([this, server](Ptr<Socket>) {
                uint32_t from = 0;
                while (Ptr<Packet> p = server->RecvFromSubflow(1000, from))
                {
                    if (p->GetSize() == 0)
                    {
                        break;
                    }
                    serverGot += "[" + std::to_string(from) + ":" + TextOf(p) + "]";
                    if (from == 2)
                    {
                        joinId = 2;
                        nonceInStream = true;
                    }
                }
                Answer();
            });
        };
        auto client = pair.client.socket;
        pair.Start();
        client->SetRecvCallback([this, client](Ptr<Socket>) {
            uint32_t from = 0;
            while (Ptr<Packet> p = client->RecvFromSubflow(1000, from))
            {
                if (p->GetSize() == 0)
                {
                    break;
                }
                clientGot += "[" + std::to_string(from) + ":" + TextOf(p) + "]";
                answeredAt = Simulator::Now() - start;
            }
        });
    }

    void Answer()
    {
        const bool share = serverGot.find("[1:share]") != std::string::npos;
        if (share && !answered && (!nonces.empty() || nonceInStream))
        {
            answered = true;
            onSynAck =
                nonces.empty() ? false : pair.server.socket->SendJoinReply(joinId, Text("answer"));
            if (nonces.empty())
            {
                pair.server.socket->Send(Text("answer"), MptcpSocket::Prefer(joinId));
            }
        }
    }

    void Run()
    {
        pair.Run(Seconds(60));
    }

    const Time start{Seconds(2)};
    MptcpTestNet net;
    MptcpTestPair pair;
    std::vector<std::string> nonces;
    std::vector<std::string> replies;
    std::string serverGot;
    std::string clientGot;
    uint32_t joinId{0};
    uint32_t replyId{0};
    bool answered{false};
    bool nonceInStream{false};
    bool onSynAck{false};
    Time answeredAt;
};

void
Near(MptcpTest& test, Time actual, Time expected, const std::string& what)
{
    std::ostringstream text;
    text << what << ": " << actual.As(Time::MS) << " instead of " << expected.As(Time::MS);
    test.Check(Abs(actual - expected) <= expected / 1000, text.str());
}

const std::vector<std::pair<int, int>> RTTS{{20, 20},
                                            {20, 60},
                                            {60, 20},
                                            {1, 300},
                                            {300, 1},
                                            {50, 10},
                                            {10, 50},
                                            {100, 99},
                                            {5, 5},
                                            {200, 200}};

void
TheRulesOfTheRfcCostFiveRoundTrips(MptcpTest& test)
{
    for (const auto& [first, second] : RTTS)
    {
        const Time rtt1 = MilliSeconds(first);
        const Time rtt2 = MilliSeconds(second);
        Exchange exchange(rtt1, rtt2, false, Seconds(0));
        exchange.Run();
        test.Equal(exchange.clientGot, std::string("[2:answer]"), "the answer, on subflow 2");
        test.Equal(exchange.serverGot, std::string("[1:share][2:nonce]"), "what the server got");
        // SYN, SYN/ACK, share and its DSS on path 1; the four messages of the join, then nonce and
        // answer on path 2.
        Near(test, exchange.answeredAt, 2 * rtt1 + 3 * rtt2, "the answer");
    }
}

void
JoinDataCostTwoRoundTrips(MptcpTest& test)
{
    for (const auto& [first, second] : RTTS)
    {
        const Time rtt1 = MilliSeconds(first);
        const Time rtt2 = MilliSeconds(second);
        Exchange exchange(rtt1, rtt2, true, Seconds(1));
        exchange.Run();
        test.Check(exchange.onSynAck, "the answer rode on the SYN/ACK");
        test.Check(exchange.replies == std::vector<std::string>{"answer"}, "the answer, once");
        test.Check(exchange.nonces == std::vector<std::string>{"nonce"}, "the nonce, once");
        test.Equal(exchange.replyId, 2U, "on subflow 2");
        test.Equal(exchange.clientGot + exchange.serverGot,
                   std::string("[1:share]"),
                   "nothing of it in the stream");
        // The share is at the server after 1.5 RTT1, the nonce after RTT1 + RTT2 / 2.
        Near(test, exchange.answeredAt, Max(1.5 * rtt1, rtt1 + rtt2 / 2) + rtt2 / 2, "the answer");
    }
}

void
DataFollowsJoinData(MptcpTest& test, const std::function<void(Segment&)>& middlebox)
{
    Exchange exchange(MilliSeconds(20), MilliSeconds(20), true, Seconds(1));
    exchange.pair.Set("Checksum", BooleanValue(true));
    exchange.pair.Set("InitialSequence", UintegerValue(0xfffffffe));
    exchange.net.middlebox = middlebox;
    Simulator::Schedule(Seconds(20), [&]() {
        exchange.pair.client.socket->Send(Text("up"), MptcpSocket::Prefer(2));
        exchange.pair.server.socket->Send(Text("down"), MptcpSocket::Prefer(2));
    });
    exchange.Run();
    test.Check(exchange.answered, "answered");
    const bool inStream = exchange.serverGot.find("[2:nonce") != std::string::npos;
    test.Equal(exchange.nonces.size() + inStream, std::size_t(1), "nonces");
    test.Check(exchange.serverGot.find("up]") != std::string::npos, "up " + exchange.serverGot);
    test.Check(exchange.clientGot.find("down]") != std::string::npos, "down " + exchange.clientGot);
    test.Equal(exchange.replies.size() + (exchange.clientGot.find("answer") != std::string::npos),
               std::size_t(1),
               "the answer, once");
}

void
AnAnswerTooLateForTheSynAckGoesIntoTheStream(MptcpTest& test)
{
    Exchange exchange(MilliSeconds(200), MilliSeconds(10), true, MilliSeconds(1));
    exchange.Run();
    test.Check(exchange.answered && !exchange.onSynAck, "too late");
    test.Equal(exchange.clientGot, std::string("[2:answer]"), "strictly on subflow 2");
}

void
WithoutTheAttributeNothingIsOnTheSyn(MptcpTest& test)
{
    Exchange exchange(MilliSeconds(20), MilliSeconds(20), false, Seconds(0));
    exchange.Run();
    const auto early = exchange.net.Count([](const Segment& s) {
        return s.header.GetFlags() & TcpHeader::SYN && !s.payload.empty();
    });
    test.Equal(early, 0U, "SYNs with payload");
}

class MptcpPreferenceSuite : public TestSuite
{
  public:
    MptcpPreferenceSuite()
        : TestSuite("mptcp-preference", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("strictly preferred bytes take their subflow", StrictlyPreferredBytesTakeTheirSubflow);
        add("strict waits, loose does not", StrictWaitsAndLooseDoesNot);
        add("strict bytes are never reinjected elsewhere", StrictBytesAreNeverReinjectedElsewhere);
        add("strict receive tells subflows apart", StrictReceiveTellsSubflowsApart);
        add("lowest RTT first",
            [](MptcpTest& t) { SchedulersOnTheWire(t, MptcpScheduler::LOWEST_RTT); });
        add("round robin",
            [](MptcpTest& t) { SchedulersOnTheWire(t, MptcpScheduler::ROUND_ROBIN); });
        add("redundant", [](MptcpTest& t) { SchedulersOnTheWire(t, MptcpScheduler::REDUNDANT); });
        add("the rules of the RFC cost 2 RTT1 + 3 RTT2", TheRulesOfTheRfcCostFiveRoundTrips);
        add("join data cost 2 RTT at equal RTTs", JoinDataCostTwoRoundTrips);
        add("data follow join data", [](MptcpTest& t) { DataFollowsJoinData(t, nullptr); });
        add("join data on a lost SYN are delivered once", [](MptcpTest& t) {
            DataFollowsJoinData(t, [lost = 0](Segment& s) mutable {
                s.drop = s.path == 1 && s.IsSyn() && lost++ == 0;
            });
        });
        add("join data on a lost SYN-ACK are delivered once", [](MptcpTest& t) {
            DataFollowsJoinData(t, [lost = 0](Segment& s) mutable {
                s.drop = s.path == 1 && s.IsSynAck() && lost++ == 0;
            });
        });
        add("join data taken off the SYN travel in the stream", [](MptcpTest& t) {
            DataFollowsJoinData(t, [](Segment& s) {
                if (s.IsSyn() && !s.payload.empty())
                {
                    s.payload.clear();
                    s.changed = true;
                }
            });
        });
        add("an answer too late for the SYN-ACK goes into the stream",
            AnAnswerTooLateForTheSynAckGoesIntoTheStream);
        add("without the attribute nothing is on the SYN", WithoutTheAttributeNothingIsOnTheSyn);
    }
};

MptcpPreferenceSuite g_suite;

} // namespace

} // namespace ns3
