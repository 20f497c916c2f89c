/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/mptcp-crypto.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

/**
 * \file
 * Further subflows: joining and losing them.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

constexpr uint64_t BYTES = 400000;

/// A transfer of BYTES both ways with a second subflow from the client.
struct Joined
{
    explicit Joined(const MptcpTestLinks& links = {})
        : net(links),
          pair(net)
    {
        pair.client.toSend = BYTES;
        pair.server.toSend = BYTES;
        pair.Set("SegmentSize", UintegerValue(1000));
        pair.Set("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
        pair.onConnect = [this]() { Open(); };
    }

    void Open()
    {
        id = pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1), backup);
    }

    void Run(MptcpTest& test, Time until = Seconds(300))
    {
        pair.Start();
        pair.Run(until);
        test.Check(pair.server.Got(BYTES) && pair.client.Got(BYTES), "every byte");
        test.Check(pair.client.ended && pair.server.ended, "closed");
        test.Check(!pair.client.failed && !pair.server.failed, "no error");
        test.Check(pair.client.socket->GetMode() == MptcpMode::MPTCP, "no fallback");
    }

    uint64_t PayloadOn(uint32_t path, bool fromClient) const
    {
        uint64_t bytes = 0;
        for (const auto& s : net.log)
        {
            bytes += s.path == path && s.fromClient == fromClient ? s.payload.size() : 0;
        }
        return bytes;
    }

    MptcpTestNet net;
    MptcpTestPair pair;
    uint32_t id{0};
    bool backup{false};
};

void
JoinWithHmacs(MptcpTest& test, bool ipv6)
{
    MptcpTestLinks links;
    links.ipv6 = ipv6;
    Joined joined(links);
    Time established;
    joined.net.middlebox = [&](Segment& s) {
        if (s.path == 0 && !s.fromClient && s.Get<MptcpDss>() && established.IsZero())
        {
            established = s.at;
        }
    };
    joined.Run(test);
    const auto& log = joined.net.log;
    std::vector<const Segment*> path;
    for (const auto& s : log)
    {
        if (s.path == 1)
        {
            path.push_back(&s);
        }
    }
    test.Check(path.size() > 10, "path 2 is in use");
    const auto& client = *joined.pair.client.socket;
    const uint64_t a = client.GetLocalKey();
    const uint64_t b = client.GetPeerKey();
    const auto* syn = path[0]->Get<MptcpJoinSyn>();
    const auto* synAck = path[1]->Get<MptcpJoinSynAck>();
    const auto* ack = path[2]->Get<MptcpJoinAck>();
    test.Check(syn && synAck && ack, "three MP_JOINs");
    if (syn && synAck && ack)
    {
        test.Equal(syn->token, MptcpToken(b), "the server's token");
        test.Equal(synAck->hmac,
                   MptcpJoinHmac64(MptcpJoinHmac(b, a, synAck->nonce, syn->nonce)),
                   "HMAC of the server");
        test.Check(ack->hmac == MptcpJoinHmac160(MptcpJoinHmac(a, b, syn->nonce, synAck->nonce)),
                   "HMAC of the client");
        test.Check(syn->addressId != 0 && synAck->addressId != 0, "other addresses than the first");
    }
    test.Check(path[0]->at >= established + MilliSeconds(10), "no join before a DSS came back");
    for (std::size_t i = 2; i < path.size(); ++i)
    {
        if (!path[i]->fromClient)
        {
            test.Check(path[i]->Get<MptcpDss>() != nullptr, "a fourth ACK with DATA_ACK");
            break;
        }
        test.Check(path[i]->payload.empty(), "nothing sent before the fourth ACK");
    }
    test.Check(joined.PayloadOn(1, true) > BYTES / 10 && joined.PayloadOn(1, false) > BYTES / 10,
               "data both ways on path 2");
}

/// A join whose message is spoiled by \p spoil does not come up, and the connection goes on.
void
RefusedJoin(MptcpTest& test, const std::function<void(Segment&)>& spoil)
{
    Joined joined;
    joined.net.middlebox = spoil;
    bool up = false;
    bool down = false;
    joined.pair.client.socket->SetSubflowCallback(
        [&](Ptr<MptcpSocket>, uint32_t, bool isUp) { (isUp ? up : down) = true; });
    joined.Run(test);
    test.Equal(joined.PayloadOn(1, true) + joined.PayloadOn(1, false), 0U, "bytes on path 2");
    test.Check(!up && down, "the application was told");
    const auto resets = joined.net.Count(
        [](const Segment& s) { return s.path == 1 && s.header.GetFlags() & TcpHeader::RST; });
    test.Check(resets >= 1, "path 2 was reset");
}

void
AThirdAckIsRepeatedUntilTheFourth(MptcpTest& test, bool loseThird)
{
    Joined joined;
    uint32_t lost = 0;
    joined.net.middlebox = [&](Segment& s) {
        const bool third = s.fromClient && s.Get<MptcpJoinAck>();
        const bool fourth = s.path == 1 && !s.fromClient && !s.IsSynAck() && s.payload.empty();
        s.drop = s.path == 1 && lost < 2 && (loseThird ? third : fourth);
        lost += s.drop ? 1 : 0;
    };
    joined.pair.server.toSend = 0; // the server's data would be the fourth message
    joined.pair.client.toSend = 8000000;
    joined.pair.Start();
    joined.pair.Run(Seconds(300));
    test.Check(joined.pair.server.Got(8000000), "every byte");
    test.Equal(lost, 2U, "segments lost");
    test.Check(joined.PayloadOn(1, true) > 0, "path 2 came up");
    const auto thirds = joined.net.Count([](const Segment& s) { return s.Get<MptcpJoinAck>(); });
    test.Check(thirds >= 3, "third ACKs");
}

void
AnEarlyJoinWaitsForTheKeyOrGoesWithTheConnection(MptcpTest& test)
{
    for (const bool lost : {false, true})
    {
        MptcpTestNet net;
        net.middlebox = [lost](Segment& s) {
            // Of the first subflow, the server gets the SYN only, or everything but late.
            const bool held = s.fromClient && s.path == 0 && !s.IsSyn();
            s.drop = held && lost;
            s.delay = held ? MilliSeconds(500) : Time();
        };
        MptcpTestPair pair(net);
        pair.Set("EarlyJoin", BooleanValue(true));
        pair.Set("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
        pair.Set("ConnCount", UintegerValue(2));
        pair.Set("DataRetries", UintegerValue(1));
        pair.client.toSend = 1000;
        pair.onConnect = [&]() {
            pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
        };
        pair.Start();
        pair.Run(Seconds(200));
        const auto answers = net.Count([](const Segment& s) {
            return s.path == 1 && s.IsSynAck() && s.at < MilliSeconds(2520);
        });
        test.Equal(answers, 0U, "answers before the key was there");
        test.Equal(pair.server.Got(1000), !lost, "bytes");
        test.Equal(MptcpStack::Of(net.server)->ConnectionCount(), 0U, "connections left");
    }
}

void
BackupIsUsedWhenNothingElseIsLeft(MptcpTest& test)
{
    Joined joined;
    joined.backup = true;
    joined.Run(test);
    const auto* syn = joined.net.log[0].Get<MptcpJoinSyn>();
    for (const auto& s : joined.net.log)
    {
        syn = syn ? syn : s.Get<MptcpJoinSyn>();
    }
    test.Check(syn && syn->backup, "flag B on the SYN");
    test.Equal(joined.PayloadOn(1, true) + joined.PayloadOn(1, false), 0U, "bytes on the backup");

    Joined cut;
    cut.backup = true;
    Simulator::Schedule(MilliSeconds(2200), [&]() { cut.net.Cut(0); });
    cut.Run(test);
    test.Check(cut.PayloadOn(1, true) > 0, "the backup took over");
}

void
DeniedInitialAddressIsNotJoined(MptcpTest& test)
{
    for (const bool deny : {false, true})
    {
        MptcpTestNet net;
        MptcpTestPair pair(net);
        pair.listener->SetAttribute("DenyJoinInitialAddress", BooleanValue(deny));
        pair.client.socket->SetAttribute("PathManager",
                                         EnumValue(static_cast<int>(MptcpPathManager::NDIFFPORTS)));
        if (deny)
        {
            pair.client.socket->SetAttribute(
                "PathManager",
                EnumValue(static_cast<int>(MptcpPathManager::FULL_MESH)));
        }
        pair.client.toSend = 100000;
        pair.Start();
        pair.Run(Seconds(20));
        test.Check(pair.server.Got(100000), "every byte");
        const auto joins = net.Count([](const Segment& s) { return s.Get<MptcpJoinSyn>(); });
        test.Equal(joins > 0, !deny, "joins to the initial address");
    }
}

void
SubflowsAreLimitedAtBothEnds(MptcpTest& test)
{
    MptcpTestNet net;
    MptcpTestPair pair(net);
    pair.client.socket->SetAttribute("PathManager",
                                     EnumValue(static_cast<int>(MptcpPathManager::NDIFFPORTS)));
    pair.client.socket->SetAttribute("Ndiffports", UintegerValue(6));
    pair.client.socket->SetAttribute("MaxSubflows", UintegerValue(5));
    pair.listener->SetAttribute("MaxSubflows", UintegerValue(3));
    pair.client.toSend = 100000;
    pair.Start();
    pair.Run(Seconds(50));
    test.Check(pair.server.Got(100000), "every byte");
    const auto joins =
        net.Count([](const Segment& s) { return s.IsSyn() && s.Get<MptcpJoinSyn>(); });
    const auto taken = net.Count([](const Segment& s) { return s.Get<MptcpJoinSynAck>(); });
    test.Equal(joins, 4U, "joins of the client");
    test.Equal(taken, 2U, "joins the server took");
}

void
AResetSubflowLeavesTheOthersAlive(MptcpTest& test)
{
    Joined joined;
    bool sent = false;
    joined.net.middlebox = [&](Segment& s) {
        // Turns one segment of path 2 into a reset.
        if (!sent && s.path == 1 && s.fromClient && s.at > MilliSeconds(2150) && !s.payload.empty())
        {
            sent = true;
            s.header.SetFlags(TcpHeader::RST);
            s.payload.clear();
            s.Strip();
        }
    };
    joined.Run(test);
    test.Check(sent, "a reset was sent");
}

void
AResetOutsideTheWindowIsIgnored(MptcpTest& test)
{
    for (const bool inside : {false, true})
    {
        Joined joined;
        bool down = false;
        joined.pair.listener->SetSubflowCallback([&](Ptr<MptcpSocket>, uint32_t, bool up) {
            down = down || (!up && Simulator::Now() < MilliSeconds(2170));
        });
        Simulator::Schedule(MilliSeconds(2150), [&]() {
            for (auto s = joined.net.log.rbegin(); s != joined.net.log.rend(); ++s)
            {
                if (s->path == 1 && s->fromClient)
                {
                    Segment reset = *s;
                    reset.header.SetFlags(TcpHeader::RST);
                    reset.header.SetSequenceNumber(
                        reset.header.GetSequenceNumber() +
                        SequenceNumber32(inside ? s->payload.size() : 0x40000000));
                    reset.options.clear();
                    reset.payload.clear();
                    joined.net.Inject(reset);
                    break;
                }
            }
        });
        joined.Run(test);
        test.Equal(down, inside, "the subflow went down");
    }
}

void
APathThatGoesDownLosesNoByte(MptcpTest& test)
{
    for (const uint32_t path : {0U, 1U})
    {
        Joined joined;
        joined.pair.Set("DataRetries", UintegerValue(3));
        Simulator::Schedule(MilliSeconds(2200), [&]() { joined.net.Cut(path); });
        joined.Run(test);
        test.Check(joined.PayloadOn(1 - path, true) > BYTES / 2, "the other path carried on");
    }
}

void
TheLastSubflowsLossIsAFailure(MptcpTest& test)
{
    Joined joined;
    joined.pair.Set("DataRetries", UintegerValue(2));
    Simulator::Schedule(MilliSeconds(2200), [&]() {
        joined.net.Cut(0);
        joined.net.Cut(1);
    });
    joined.pair.Start();
    joined.pair.Run();
    test.Check(joined.pair.client.failed, "failed");
    test.Check(joined.pair.client.socket->GetFailure() == MptcpFailure::SUBFLOWS, "its reason");
}

void
PrioritiesMoveTheTraffic(MptcpTest& test)
{
    Joined joined;
    uint64_t before = 0;
    joined.pair.client.toSend = joined.pair.server.toSend = BYTES;
    Simulator::Schedule(MilliSeconds(2200), [&]() {
        test.Check(joined.pair.client.socket->SetBackup(joined.id, true), "MP_PRIO sent");
    });
    Simulator::Schedule(MilliSeconds(2250), [&]() {
        before = joined.PayloadOn(1, false);
        test.Check(before > 0, "path 2 was in use");
    });
    joined.Run(test);
    const auto prios = joined.net.Count([](const Segment& s) { return s.Get<MptcpPrio>(); });
    test.Equal(prios, 1U, "MP_PRIO");
    test.Equal(joined.PayloadOn(1, false), before, "bytes of the server on path 2 from then on");
}

void
FastcloseEndsTheConnection(MptcpTest& test, bool stale)
{
    Joined joined;
    joined.pair.Set("DataRetries", UintegerValue(2));
    joined.net.middlebox = [&](Segment& s) {
        if (auto* close = s.Get<MptcpFastclose>(); close && stale)
        {
            close->receiverKey ^= 1;
            s.changed = true;
        }
        // The other subflow's reset is lost, or it would end the connection as well.
        s.drop = s.Is(TcpHeader::RST) && !s.Get<MptcpFastclose>() && s.fromClient;
    };
    Simulator::Schedule(MilliSeconds(2200), [&]() { joined.pair.client.socket->Abort(); });
    Simulator::Schedule(MilliSeconds(2230), [&]() {
        test.Equal(joined.pair.server.failed, !stale, "ended after half a round trip");
    });
    joined.pair.Start();
    joined.pair.Run();
    test.Check(joined.pair.client.socket->GetFailure() == MptcpFailure::ABORTED, "aborted");
    test.Check(joined.pair.server.socket->GetFailure() ==
                   (stale ? MptcpFailure::SUBFLOWS : MptcpFailure::FASTCLOSE),
               "the server's reason");
}

class MptcpJoinSuite : public TestSuite
{
  public:
    MptcpJoinSuite()
        : TestSuite("mptcp-join", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("a join with its HMACs, IPv4", [](MptcpTest& t) { JoinWithHmacs(t, false); });
        add("a join with its HMACs, IPv6", [](MptcpTest& t) { JoinWithHmacs(t, true); });
        add("a bad token", [](MptcpTest& t) {
            RefusedJoin(t, [](Segment& s) {
                if (auto* join = s.Get<MptcpJoinSyn>())
                {
                    join->token ^= 1;
                    s.changed = true;
                }
            });
        });
        add("a bad HMAC of the server", [](MptcpTest& t) {
            RefusedJoin(t, [](Segment& s) {
                if (auto* join = s.Get<MptcpJoinSynAck>())
                {
                    join->hmac ^= 1;
                    s.changed = true;
                }
            });
        });
        add("a bad HMAC of the client", [](MptcpTest& t) {
            RefusedJoin(t, [](Segment& s) {
                if (auto* join = s.Get<MptcpJoinAck>())
                {
                    join->hmac[19] ^= 1;
                    s.changed = true;
                }
            });
        });
        add("MP_JOIN stripped at the SYN-ACK", [](MptcpTest& t) {
            RefusedJoin(t, [](Segment& s) {
                if (s.path == 1 && s.IsSynAck())
                {
                    s.Strip();
                }
            });
        });
        add("the third ACK is repeated until the fourth, third lost",
            [](MptcpTest& t) { AThirdAckIsRepeatedUntilTheFourth(t, true); });
        add("the third ACK is repeated until the fourth, fourth lost",
            [](MptcpTest& t) { AThirdAckIsRepeatedUntilTheFourth(t, false); });
        add("an early join waits for the key, or goes with the connection",
            AnEarlyJoinWaitsForTheKeyOrGoesWithTheConnection);
        add("a backup is used when nothing else is left", BackupIsUsedWhenNothingElseIsLeft);
        add("deny to the initial address", DeniedInitialAddressIsNotJoined);
        add("subflow limits at both ends", SubflowsAreLimitedAtBothEnds);
        add("a reset subflow leaves the others alive", AResetSubflowLeavesTheOthersAlive);
        add("a reset outside the window is ignored", AResetOutsideTheWindowIsIgnored);
        add("a path that goes down loses no byte", APathThatGoesDownLosesNoByte);
        add("the loss of the last subflow is a failure", TheLastSubflowsLossIsAFailure);
        add("MP_PRIO", PrioritiesMoveTheTraffic);
        add("FASTCLOSE valid", [](MptcpTest& t) { FastcloseEndsTheConnection(t, false); });
        add("FASTCLOSE stale", [](MptcpTest& t) { FastcloseEndsTheConnection(t, true); });
    }
};

MptcpJoinSuite g_suite;

} // namespace

} // namespace ns3
