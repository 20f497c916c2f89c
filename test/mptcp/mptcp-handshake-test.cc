/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/mptcp-crypto.h"
#include "ns3/mptcp-socket-factory.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/uinteger.h"

#include <map>
#include <memory>
#include <set>

/**
 * \file
 * The MP_CAPABLE handshake, and falling back to plain TCP wherever the peer or a middlebox asks
 * for it.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

constexpr uint64_t UP = 30000;
constexpr uint64_t DOWN = 20000;

/// Runs a transfer both ways through \p middlebox and checks that all bytes arrive.
void
Transfer(MptcpTest& test,
         const std::function<void(Segment&)>& middlebox,
         MptcpMode expected,
         const std::function<void(MptcpTestPair&)>& prepare = nullptr,
         const std::function<void(MptcpTestPair&)>& inspect = nullptr)
{
    MptcpTestNet net;
    net.middlebox = middlebox;
    MptcpTestPair pair(net);
    pair.Set("SegmentSize", UintegerValue(1000));
    pair.client.toSend = UP;
    pair.server.toSend = DOWN;
    if (prepare)
    {
        prepare(pair);
    }
    pair.Start();
    pair.Run(Seconds(200));
    test.Check(pair.client.connected, "connected");
    test.Equal(pair.accepted, 1U, "accepted");
    test.Check(pair.server.Got(UP), "every byte at the server");
    test.Check(pair.client.Got(DOWN), "every byte at the client");
    test.Check(pair.client.ended && pair.server.ended, "both saw the end");
    test.Check(!pair.client.failed && !pair.server.failed, "no error");
    test.Check(pair.client.socket->GetMode() == expected, "mode of the client");
    test.Check(pair.server.socket && pair.server.socket->GetMode() == expected,
               "mode of the server");
    if (inspect)
    {
        inspect(pair);
    }
}

void
OptionsOfTheHandshakeAreTheRfcs(MptcpTest& test)
{
    Transfer(test, nullptr, MptcpMode::MPTCP, nullptr, [&](MptcpTestPair& pair) {
        const auto& log = pair.net.log;
        const auto* syn = log[0].Get<MptcpCapable>();
        const auto* synAck = log[1].Get<MptcpCapable>();
        const auto* ack = log[2].Get<MptcpCapable>();
        const auto* data = log[3].Get<MptcpCapable>();
        test.Check(syn && !syn->senderKey && syn->hmacSha256 && syn->version == 1, "SYN");
        test.Check(synAck && synAck->senderKey == pair.server.socket->GetLocalKey() &&
                       !synAck->receiverKey,
                   "SYN/ACK with the server's key");
        test.Check(ack && ack->senderKey == pair.client.socket->GetLocalKey() &&
                       ack->receiverKey == synAck->senderKey && !ack->dataLength,
                   "ACK with both");
        test.Check(data && data->dataLength == 1000 && data->receiverKey == synAck->senderKey &&
                       log[3].payload.size() == 1000,
                   "the first data with both, and its length");
        const auto* dss = log[4].Get<MptcpDss>();
        test.Check(dss && dss->mapping &&
                       dss->mapping->dsn ==
                           static_cast<uint32_t>(MptcpInitialDsn(*ack->senderKey) + 1 + 1000) &&
                       dss->mapping->ssn == 1001,
                   "then a DSS from IDSN + 1 + 1000, SSN 1001");
    });
}

void
AServerThatIsSilentLetsTheClientTalkFirst(MptcpTest& test)
{
    MptcpTestNet net;
    MptcpTestPair pair(net);
    pair.server.toSend = 5000; // the client sends nothing: its key comes on the third ACK only
    pair.client.closeAtEnd = true;
    pair.Start();
    pair.Run();
    test.Check(pair.client.Got(5000), "every byte");
    test.Check(pair.client.ended && pair.server.ended, "closed");
}

/// A peer of plain TCP, at one end or the other.
void
WithPlainTcp(MptcpTest& test, bool plainServer)
{
    MptcpTestNet net;
    const auto plain = TcpSocketFactory::GetTypeId();
    const auto multi = MptcpSocketFactory::GetTypeId();
    auto listener = Socket::CreateSocket(net.server, plainServer ? plain : multi);
    auto client = Socket::CreateSocket(net.client, plainServer ? multi : plain);
    uint32_t received = 0;
    uint32_t answered = 0;
    bool ended = false;
    Ptr<Socket> server;
    const auto noRequest = MakeNullCallback<bool, Ptr<Socket>, const Address&>();
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), MptcpTestNet::PORT));
    listener->Listen();
    listener->SetAcceptCallback(noRequest, [&](Ptr<Socket> socket, const Address&) {
        server = socket;
        socket->SetRecvCallback([&](Ptr<Socket> s) {
            while (Ptr<Packet> p = s->Recv())
            {
                if (p->GetSize() == 0)
                {
                    break;
                }
                received += p->GetSize();
                s->Send(Create<Packet>(p->GetSize()));
            }
        });
        socket->SetCloseCallbacks([&](Ptr<Socket> s) { s->Close(); },
                                  MakeNullCallback<void, Ptr<Socket>>());
    });
    client->SetConnectCallback([&](Ptr<Socket> s) { s->Send(Create<Packet>(20000)); },
                               MakeNullCallback<void, Ptr<Socket>>());
    client->SetRecvCallback([&](Ptr<Socket> s) {
        while (Ptr<Packet> p = s->Recv())
        {
            if (p->GetSize() == 0)
            {
                break;
            }
            answered += p->GetSize();
            if (answered == 20000)
            {
                s->Close();
            }
        }
    });
    client->SetCloseCallbacks([&](Ptr<Socket>) { ended = true; },
                              MakeNullCallback<void, Ptr<Socket>>());
    client->Connect(net.ServerAddress(0));
    Simulator::Stop(Seconds(100));
    Simulator::Run();
    test.Equal(received, 20000U, "bytes at the server");
    test.Equal(answered, 20000U, "bytes back at the client");
    test.Check(ended, "closed");
    auto mptcp = DynamicCast<MptcpSocket>(plainServer ? client : server);
    test.Check(mptcp && mptcp->GetMode() == MptcpMode::FALLBACK, "fell back");
    const auto late = net.Count([](const Segment& s) { return s.hadMptcp && !s.IsSyn(); });
    test.Equal(late, 0U, "options after the SYN");
    Simulator::Destroy();
}

void
StrippedAt(MptcpTest& test, const std::function<bool(const Segment&)>& where)
{
    Transfer(
        test,
        [where](Segment& s) {
            if (where(s))
            {
                s.Strip();
            }
        },
        MptcpMode::FALLBACK);
}

void
AnotherVersionFallsBack(MptcpTest& test)
{
    Transfer(
        test,
        [](Segment& s) {
            if (auto* capable = s.Get<MptcpCapable>(); capable && s.IsSyn())
            {
                capable->version = 2;
                s.changed = true;
            }
        },
        MptcpMode::FALLBACK);
}

void
FlagBFallsBack(MptcpTest& test)
{
    Transfer(
        test,
        [](Segment& s) {
            if (auto* capable = s.Get<MptcpCapable>(); capable && s.IsSynAck())
            {
                capable->extensibility = true;
                s.changed = true;
            }
        },
        MptcpMode::FALLBACK);
}

void
ABlackHoleForCapableSynsIsPassedWithoutThem(MptcpTest& test)
{
    Transfer(
        test,
        [](Segment& s) { s.drop = s.IsSyn() && s.hadMptcp; },
        MptcpMode::FALLBACK,
        nullptr,
        [&](MptcpTestPair& pair) {
            test.Equal(pair.net.Count([](const Segment& s) { return s.IsSyn() && s.hadMptcp; }),
                       3U,
                       "SYNs with MP_CAPABLE");
        });
}

void
ALostThirdAckIsMadeUpByTheData(MptcpTest& test)
{
    bool dropped = false;
    Transfer(
        test,
        [&dropped](Segment& s) {
            s.drop = !dropped && s.fromClient && s.Is(TcpHeader::ACK) && s.payload.empty();
            dropped = dropped || s.drop;
        },
        MptcpMode::MPTCP);
}

void
ALostThirdAckOfASilentClientIsRepeated(MptcpTest& test)
{
    MptcpTestNet net;
    bool dropped = false;
    net.middlebox = [&](Segment& s) {
        s.drop = !dropped && s.fromClient && s.Is(TcpHeader::ACK);
        dropped = dropped || s.drop;
    };
    MptcpTestPair pair(net);
    pair.server.toSend = 5000;
    pair.Start();
    pair.Run();
    test.Check(dropped && pair.client.Got(5000), "every byte");
    test.Check(pair.server.socket->GetMode() == MptcpMode::MPTCP, "still Multipath TCP");
}

void
DataThatOvertakesTheThirdAckWaitsForIt(MptcpTest& test)
{
    uint32_t early = 0;
    Transfer(
        test,
        [&early](Segment& s) {
            // The third ACK and the first data are late; what follows them has no key.
            if (s.fromClient && s.Get<MptcpCapable>() && !s.IsSyn() && early++ < 2)
            {
                s.delay = MilliSeconds(30);
            }
        },
        MptcpMode::MPTCP);
}

void
InitialSequenceNumbersOtherThanZeroWork(MptcpTest& test)
{
    for (const uint32_t isn : {1000000U, 0xffffff00U, 0x7ffffff0U})
    {
        Transfer(test, nullptr, MptcpMode::MPTCP, [&](MptcpTestPair& pair) {
            pair.Set("InitialSequence", UintegerValue(isn));
            pair.Set("Checksum", BooleanValue(true));
        });
    }
}

void
WithoutFallbackTheConnectionFailsWithAReason(MptcpTest& test)
{
    MptcpTestNet net;
    net.middlebox = [](Segment& s) {
        if (s.IsSynAck())
        {
            s.Strip();
        }
    };
    MptcpTestPair pair(net);
    pair.Set("AllowFallback", BooleanValue(false));
    pair.client.toSend = 1000;
    pair.Start();
    pair.Run();
    test.Check(!pair.client.connected && pair.client.connectFailed, "not connected");
}

void
ARefusedConnectionFailsAtOnce(MptcpTest& test)
{
    MptcpTestNet net;
    auto client =
        DynamicCast<MptcpSocket>(Socket::CreateSocket(net.client, MptcpSocketFactory::GetTypeId()));
    Time when;
    client->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                               [&](Ptr<Socket>) { when = Simulator::Now(); });
    client->Connect(net.ServerAddress(0));
    Simulator::Run();
    test.Check(when > Seconds(0) && when < MilliSeconds(100), "refused in a round trip");
    test.Check(client->GetFailure() == MptcpFailure::CONNECT, "with its reason");
    client = nullptr;
    Simulator::Destroy();
}

void
ASynWithoutTcpOptionsTakesThemFromNobodyElse(MptcpTest& test)
{
    // ns-3's listeners negotiate on themselves; ours must not.
    MptcpTestNet net;
    MptcpTestPair pair(net);
    pair.client.toSend = 1000;
    pair.Start();
    Simulator::Schedule(Seconds(1), [&]() {
        Segment bare;
        bare.fromClient = true;
        bare.header.SetFlags(TcpHeader::SYN);
        bare.header.SetSourcePort(999);
        bare.header.SetDestinationPort(MptcpTestNet::PORT);
        net.Inject(bare);
    });
    pair.Run();
    const auto stamped = net.Count([](const Segment& s) {
        return s.IsSynAck() && s.header.GetDestinationPort() != 999 &&
               s.header.HasOption(TcpOption::TS) && s.header.HasOption(TcpOption::WINSCALE) &&
               s.header.HasOption(TcpOption::SACKPERMITTED);
    });
    test.Equal(stamped, 1U, "SYN/ACKs with all options");
}

void
ManyConnectionsShareAListenerThoughTokensCollide(MptcpTest& test)
{
    MptcpTestNet net;
    // Each key is offered twice: the second time its token is taken.
    for (auto node : {net.client, net.server})
    {
        auto calls = std::make_shared<uint64_t>(node->GetId() * 1000);
        MptcpStack::Of(node)->SetKeySource(Callback<uint64_t>([calls]() { return ++*calls / 2; }));
    }
    MptcpTestPair pair(net);
    uint32_t ended = 0;
    std::map<uint64_t, uint32_t> received;
    pair.listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), MptcpTestNet::PORT));
    pair.listener->Listen();
    pair.listener->SetAcceptCallback(
        MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
        [&](Ptr<Socket> socket, const Address&) {
            auto mptcp = DynamicCast<MptcpSocket>(socket);
            test.Equal(received.count(mptcp->GetLocalKey()), 0U, "a key of its own");
            received[mptcp->GetLocalKey()] = 0;
            socket->SetRecvCallback([&, mptcp](Ptr<Socket> s) {
                while (Ptr<Packet> p = s->Recv())
                {
                    if (p->GetSize() == 0)
                    {
                        break;
                    }
                    received[mptcp->GetLocalKey()] += p->GetSize();
                }
            });
            socket->SetCloseCallbacks(
                [&](Ptr<Socket> s) {
                    ++ended;
                    s->Close();
                },
                MakeNullCallback<void, Ptr<Socket>>());
        });
    constexpr uint32_t COUNT = 40;
    std::vector<Ptr<Socket>> clients;
    for (uint32_t i = 0; i < COUNT; ++i)
    {
        auto client = Socket::CreateSocket(net.client, MptcpSocketFactory::GetTypeId());
        clients.push_back(client);
        client->SetConnectCallback(
            [i](Ptr<Socket> s) {
                s->Send(Create<Packet>(1000 + i));
                s->Close();
            },
            MakeNullCallback<void, Ptr<Socket>>());
        client->Connect(net.ServerAddress(0));
    }
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    std::set<uint32_t> sizes;
    for (const auto& entry : received)
    {
        sizes.insert(entry.second);
    }
    test.Equal(ended, COUNT, "connections closed");
    test.Equal(sizes.size(), std::size_t(COUNT), "different amounts");
    test.Equal(*sizes.begin(), 1000U, "the least");
    test.Equal(MptcpStack::Of(net.client)->ConnectionCount(), 0U, "connections left");
}

class MptcpHandshakeSuite : public TestSuite
{
  public:
    MptcpHandshakeSuite()
        : TestSuite("mptcp-handshake", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("client and server exchange keys as RFC 8684 says", OptionsOfTheHandshakeAreTheRfcs);
        add("a server may send first", AServerThatIsSilentLetsTheClientTalkFirst);
        add("a peer without MPTCP: plain TCP server", [](MptcpTest& t) { WithPlainTcp(t, true); });
        add("a peer without MPTCP: plain TCP client", [](MptcpTest& t) { WithPlainTcp(t, false); });
        add("another version falls back", AnotherVersionFallsBack);
        add("flag B falls back", FlagBFallsBack);
        add("options stripped at the SYN",
            [](MptcpTest& t) { StrippedAt(t, [](const Segment& s) { return s.IsSyn(); }); });
        add("options stripped at the SYN-ACK",
            [](MptcpTest& t) { StrippedAt(t, [](const Segment& s) { return s.IsSynAck(); }); });
        add("options stripped at the third ACK and after", [](MptcpTest& t) {
            StrippedAt(t, [](const Segment& s) {
                return s.fromClient && !(s.header.GetFlags() & TcpHeader::SYN);
            });
        });
        add("options stripped everywhere",
            [](MptcpTest& t) { StrippedAt(t, [](const Segment&) { return true; }); });
        add("SYNs with MP_CAPABLE blackholed", ABlackHoleForCapableSynsIsPassedWithoutThem);
        add("third ACK lost, the client sends", ALostThirdAckIsMadeUpByTheData);
        add("third ACK lost, the client is silent", ALostThirdAckOfASilentClientIsRepeated);
        add("third ACK reordered", DataThatOvertakesTheThirdAckWaitsForIt);
        add("initial sequence numbers other than zero", InitialSequenceNumbersOtherThanZeroWork);
        add("no fallback where it is not allowed", WithoutFallbackTheConnectionFailsWithAReason);
        add("a refused connection fails at once", ARefusedConnectionFailsAtOnce);
        add("a SYN without TCP options takes them from nobody else",
            ASynWithoutTcpOptionsTakesThemFromNobodyElse);
        add("many connections with token collisions",
            ManyConnectionsShareAListenerThoughTokensCollide);
    }
};

MptcpHandshakeSuite g_suite;

} // namespace

} // namespace ns3
