/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-client-and-server.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/object-vector.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/smkex-messages.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/test.h"

#include <map>

using namespace ns3;

namespace
{

constexpr std::uint16_t PORT = 4433;
const Time TIMEOUT = Seconds(3);
/** What a node that has connected keeps: the socket that its others are copied from. */
constexpr std::size_t CLIENT_SOCKETS = 1;

/** Clients around one server, with two links to it each. */
class Star
{
  public:
    Star(std::uint32_t clients, std::uint32_t version)
        : m_simulator(ReadOptions({})),
          m_version(version)
    {
        m_nodes.Create(clients + 1);
        InternetStackHelper().Install(m_nodes);
        server = CreateObject<SmkexServer>();
        server->SetAttribute("Timeout", TimeValue(TIMEOUT));
        server->AssignStreams(1);
        serverTold.Listen(server);
        m_nodes.Get(0)->AddApplication(server);
        for (std::uint32_t i = 1; i <= clients; ++i)
        {
            addresses.push_back({Connect(i, 1), Connect(i, 2)});
        }
    }

    Ptr<Node> Server() const
    {
        return m_nodes.Get(0);
    }

    Ptr<Node> Client(std::uint32_t i) const
    {
        return m_nodes.Get(i + 1);
    }

    /** Puts a client on the node of this number, from 0. */
    Ptr<SmkexClient> AddClient(std::uint32_t i, Time start)
    {
        const Ptr<SmkexClient> client = CreateObject<SmkexClient>();
        client->SetAttribute("Timeout", TimeValue(TIMEOUT));
        client->AssignStreams(m_nextStream);
        m_nextStream += 2;
        for (const Address& address : addresses.at(i))
        {
            client->AddPath(address);
        }
        client->SetStartTime(start);
        clientsTold.Listen(client);
        Client(i)->AddApplication(client);
        return client;
    }

    std::vector<std::vector<Address>> addresses; //!< of the server: by client and path
    Ptr<SmkexServer> server;
    ClientAndServer::Told serverTold;
    ClientAndServer::Told clientsTold;

  private:
    Address Connect(std::uint32_t client, std::uint32_t path)
    {
        PointToPointHelper links;
        links.SetChannelAttribute("Delay", StringValue(path == 1 ? "5ms" : "8ms"));
        links.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
        const NetDeviceContainer devices = links.Install(m_nodes.Get(client), m_nodes.Get(0));
        const std::string number = std::to_string(client);
        if (m_version == 4)
        {
            Ipv4AddressHelper numbers;
            const std::string base = "10." + number + "." + std::to_string(path) + ".0";
            numbers.SetBase(base.c_str(), "255.255.255.0");
            return InetSocketAddress(numbers.Assign(devices).GetAddress(1), PORT);
        }
        Ipv6AddressHelper numbers;
        const std::string base = "2001:" + number + ":" + std::to_string(path) + "::";
        numbers.SetBase(base.c_str(), 64);
        return Inet6SocketAddress(numbers.Assign(devices).GetAddress(1, 1), PORT);
    }

    FreshSimulator m_simulator;
    std::uint32_t m_version;
    NodeContainer m_nodes;
    int64_t m_nextStream{1000};
};

/** \return how many TCP sockets a node still has */
std::size_t
SocketCount(const Ptr<Node>& node)
{
    ObjectVectorValue sockets;
    node->GetObject<TcpL4Protocol>()->GetAttribute("SocketList", sockets);
    return sockets.GetN();
}

/** A case that looks at pairs of outcomes. */
class SessionsCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    /** Every client's session went well, with a server's session of its own. */
    void CheckAllServed(const ClientAndServer::Told& clients,
                        const ClientAndServer::Told& server,
                        std::size_t sessions)
    {
        std::map<smkex::Digest, const SmkexOutcome*> byKey;
        for (const SmkexOutcome& outcome : server.ended)
        {
            if (outcome.accepted && !outcome.failure)
            {
                byKey[outcome.keys->session] = &outcome;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(clients.ended.size(), sessions, "every session ends");
        std::size_t served = 0;
        for (const SmkexOutcome& outcome : clients.ended)
        {
            NS_TEST_EXPECT_MSG_EQ(outcome.failure.has_value(), false, "no client fails");
            const auto found = outcome.keys ? byKey.find(outcome.keys->session) : byKey.end();
            if (found != byKey.end())
            {
                served += outcome.received == found->second->sent &&
                          found->second->received == outcome.sent;
                byKey.erase(found);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(served, sessions, "each with a session of the server's own");
    }
};

class ManyClientsCase : public SessionsCase
{
  public:
    explicit ManyClientsCase(std::uint32_t version)
        : SessionsCase("A server serves many clients at once over IPv" + std::to_string(version)),
          m_version(version)
    {
    }

  private:
    void DoRun() override
    {
        Star star(15, m_version);
        for (std::uint32_t i = 0; i < 15; ++i)
        {
            // Two clients on each node, their sessions interleaved in every way.
            star.AddClient(i, Seconds(3) + MilliSeconds(2 * i));
            star.AddClient(i, Seconds(3) + MicroSeconds(3100 * i));
        }
        std::size_t atOnce = 0;
        for (int ms = 0; ms < 100; ++ms)
        {
            Simulator::Schedule(Seconds(3) + MilliSeconds(ms),
                                [&] { atOnce = std::max(atOnce, star.server->SessionCount()); });
        }
        Simulator::Stop(Seconds(200));
        Simulator::Run();
        CheckAllServed(star.clientsTold, star.serverTold, 30);
        NS_TEST_EXPECT_MSG_GT(atOnce, 15, "many at once");
        NS_TEST_EXPECT_MSG_EQ(star.server->SessionCount(), 0, "none goes on");
        NS_TEST_EXPECT_MSG_EQ(SocketCount(star.Server()), 2, "listening, IPv4 and IPv6");
        for (std::uint32_t i = 0; i < 15; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(SocketCount(star.Client(i)),
                                  CLIENT_SOCKETS,
                                  "connections are gone");
        }
    }

    std::uint32_t m_version;
};

/** Somebody who connects and says what it wants. */
class Rogue
{
  public:
    Rogue(const Ptr<Node>& node, const Address& server, Time when, const smkex::Bytes& words)
        : m_socket(Socket::CreateSocket(node, TcpSocketFactory::GetTypeId())),
          m_words(words)
    {
        m_socket->SetCloseCallbacks(MakeCallback(&Rogue::OnEnd, this),
                                    MakeCallback(&Rogue::OnEnd, this));
        m_socket->SetConnectCallback(MakeCallback(&Rogue::OnConnected, this),
                                     MakeCallback(&Rogue::OnEnd, this));
        m_socket->SetRecvCallback(MakeCallback(&Rogue::OnReadable, this));
        Simulator::Schedule(when, [this, server] { m_socket->Connect(server); });
    }

    bool ended{false};
    std::size_t heard{0};

  private:
    void OnConnected(Ptr<Socket> socket)
    {
        if (!m_words.empty())
        {
            socket->Send(Create<Packet>(m_words.data(), m_words.size()));
        }
    }

    void OnReadable(Ptr<Socket> socket)
    {
        while (const Ptr<Packet> packet = socket->Recv())
        {
            heard += packet->GetSize();
        }
    }

    void OnEnd(Ptr<Socket> socket)
    {
        ended = true;
        socket->Close();
    }

    Ptr<Socket> m_socket;
    smkex::Bytes m_words;
};

smkex::Bytes
Noise(std::uint32_t seed, std::size_t size)
{
    smkex::Digest key{};
    key[0] = static_cast<std::uint8_t>(seed);
    smkex::Bytes noise(size);
    smkex::SeededRandomSource(key).Fill(noise.data(), noise.size());
    return noise;
}

smkex::SessionId
Session(std::uint8_t number)
{
    smkex::SessionId session{};
    session.fill(number);
    return session;
}

class GarbageCase : public SessionsCase
{
  public:
    explicit GarbageCase(std::uint32_t version)
        : SessionsCase("Connections that say nonsense, or nothing, end and disturb nobody, IPv" +
                       std::to_string(version)),
          m_version(version)
    {
    }

  private:
    void DoRun() override
    {
        using namespace smkex;
        Star star(4, m_version);
        std::vector<Bytes> words{
            {},                                                           // never says anything
            {0x01},                                                       // never says it all
            Noise(1, 1),                                                  // random octets
            Encode(ClientNonce{Session(1), 1, {}}),                       // a nonce for path 1
            Encode(ClientNonce{Session(2), 3, {}}),                       // a path that is not used
            Encode(ClientNonce{Session(3), 9, {}}),                       // a path that cannot be
            Encode(ClientNonce{Session(4), 0, {}}),                       // nor this one
            Encode(ClientShare{Session(5), Group::X25519, {}}),           // no share
            Encode(ClientShare{Session(6), Group::X25519, Noise(2, 32)}), // never path 2
            Encode(ClientShare{Session(7), Group::P256, Noise(3, 65)}),   // another group
            Encode(ClientNonce{Session(8), 2, {}}),                       // never path 1
            Encode(ServerShare{Noise(4, 32)}),                            // a server's words
            Encode(ServerBinding{2, {}, {}}),                             // likewise
            Encode(Record{Noise(5, 200)}),                                // data under no key
            {0x01, 0xff, 0xff},                                           // longer than any message
            {0x00, 0x00, 0x00},                                           // no message
        };
        Bytes zeroShare = Encode(ClientShare{Session(9), Group::X25519, Bytes(32, 0)});
        words.push_back(zeroShare);
        Append(zeroShare, Noise(6, 5000)); // a low-order share, and more
        words.push_back(zeroShare);
        for (std::uint32_t seed = 10; seed < 40; ++seed)
        {
            words.push_back(Noise(seed, seed * seed));
        }

        std::vector<std::unique_ptr<Rogue>> rogues;
        for (std::size_t i = 0; i < words.size(); ++i)
        {
            const Time when = Seconds(3) + MilliSeconds(3 * i);
            rogues.push_back(
                std::make_unique<Rogue>(star.Client(3), star.addresses[3][i % 2], when, words[i]));
        }
        for (std::uint32_t i = 0; i < 30; ++i)
        {
            star.AddClient(i % 4, Seconds(3) + MilliSeconds(7 * i));
        }
        Simulator::Stop(Seconds(300));
        Simulator::Run();
        CheckAllServed(star.clientsTold, star.serverTold, 30);
        for (std::size_t i = 0; i < rogues.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(rogues[i]->ended, true, "the server closes connection " << i);
        }
        NS_TEST_EXPECT_MSG_EQ(star.server->SessionCount(), 0, "no session goes on");
        NS_TEST_EXPECT_MSG_EQ(SocketCount(star.Server()), 2, "the server listens, and that is all");
    }

    std::uint32_t m_version;
};

class DuplicateClaimCase : public SessionsCase
{
  public:
    DuplicateClaimCase()
        : SessionsCase("A path that is taken cannot be claimed again")
    {
    }

  private:
    void DoRun() override
    {
        using namespace smkex;
        Star star(2, 4);
        const KeyPair pair = [] {
            SeededRandomSource source(Digest{1});
            return GenerateKeyPair(Group::X25519, source);
        }();
        const auto rogue = [&](std::size_t path, Time when, const Bytes& words) {
            return std::make_unique<Rogue>(star.Client(1), star.addresses[1][path], when, words);
        };
        const Bytes share = Encode(ClientShare{Session(1), Group::X25519, pair.publicKey});
        const Bytes nonce = Encode(ClientNonce{Session(1), 2, {}});
        const auto first = rogue(0, Seconds(3), share);
        const auto second = rogue(1, Seconds(3.1), nonce);
        const auto shareAgain = rogue(0, Seconds(3.2), share);
        const auto nonceAgain = rogue(1, Seconds(3.3), nonce);
        star.AddClient(0, Seconds(3.15));
        Simulator::Stop(Seconds(4));
        Simulator::Run();
        const std::size_t shareSize = Encode(ServerShare{pair.publicKey}).size();
        const std::size_t bindingSize = Encode(ServerBinding{2, {}, {}}).size();
        NS_TEST_EXPECT_MSG_EQ(first->heard, shareSize, "the first claim is answered");
        NS_TEST_EXPECT_MSG_EQ(second->heard, bindingSize, "on either path");
        NS_TEST_EXPECT_MSG_EQ(first->ended || second->ended, false, "and its session goes on");
        NS_TEST_EXPECT_MSG_EQ(shareAgain->heard + nonceAgain->heard, 0, "a second one is not");
        NS_TEST_EXPECT_MSG_EQ(shareAgain->ended && nonceAgain->ended, true, "but closed");
        NS_TEST_EXPECT_MSG_EQ(star.server->SessionCount(), 1, "still one session");
        NS_TEST_EXPECT_MSG_EQ(star.clientsTold.ended.size(), 1, "somebody else's went well");
        NS_TEST_EXPECT_MSG_EQ(star.clientsTold.ended.at(0).failure.has_value(), false, "meanwhile");
    }
};

/** Who answers a client instead of a server. */
class NoServerCase : public TestCase
{
  public:
    NoServerCase()
        : TestCase("A client whose server is silent, absent or unreachable gives up, for a reason")
    {
    }

  private:
    enum class Answer : std::uint8_t
    {
        Silence,
        Refusal,
        Nothing
    };

    void DoRun() override
    {
        const auto silent = Outcome(Answer::Silence);
        NS_TEST_EXPECT_MSG_EQ((silent.failure == smkex::Failure::Timeout), true, "silence");
        NS_TEST_EXPECT_MSG_EQ((silent.failed - silent.started == TIMEOUT), true, "at the timeout");
        NS_TEST_EXPECT_MSG_EQ(silent.pathsUp, 2, "connected");
        const auto refused = Outcome(Answer::Refusal);
        // ns-3's TCP takes no notice of a reset that answers its SYN.
        NS_TEST_EXPECT_MSG_EQ((refused.failure == smkex::Failure::Timeout), true, "refusal");
        NS_TEST_EXPECT_MSG_EQ(refused.pathsUp, 0, "not connected");
        const auto unreachable = Outcome(Answer::Nothing);
        NS_TEST_EXPECT_MSG_EQ((unreachable.failure == smkex::Failure::Timeout), true, "nothing");
        NS_TEST_EXPECT_MSG_EQ(unreachable.pathsUp, 0, "not connected");
        for (const SmkexOutcome& outcome : {silent, refused, unreachable})
        {
            NS_TEST_EXPECT_MSG_EQ(outcome.accepted.has_value(), false, "never accepted");
            NS_TEST_EXPECT_MSG_EQ(outcome.keys.has_value(), false, "no key");
        }
    }

    SmkexOutcome Outcome(Answer answer)
    {
        Star star(1, 4);
        star.server->SetStartTime(Seconds(1000));
        Ptr<Socket> listener;
        if (answer == Answer::Silence)
        {
            listener = Socket::CreateSocket(star.Server(), TcpSocketFactory::GetTypeId());
            listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
            listener->Listen();
        }
        if (answer == Answer::Nothing)
        {
            for (std::uint32_t i = 0; i < star.Server()->GetNDevices(); ++i)
            {
                star.Server()->GetObject<Ipv4>()->SetDown(i);
            }
        }
        star.AddClient(0, Seconds(3));
        Simulator::Stop(Seconds(300));
        Simulator::Run();
        NS_ABORT_MSG_IF(star.clientsTold.ended.size() != 1, "the session ends");
        return star.clientsTold.ended.front();
    }
};

/** What an application sends arrives whole, at both ends, attacked or not. */
class AppBytesCase : public TestCase
{
  public:
    AppBytesCase()
        : TestCase("Application data of any size arrives octet by octet, attacked or not")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tcp", "dh", "smkex"})
        {
            for (const std::string size : {"0", "1", "16384", "16385", "1000000"})
            {
                for (const bool attacked : {false, true})
                {
                    Check({{"protocol", protocol}, {"appBytes", size}}, attacked);
                }
            }
        }
    }

    void Check(const SmkexOptionValues& options, bool attacked)
    {
        const std::string what = options[0].second + " " + options[1].second;
        ClientAndServer pair(options);
        std::vector<SmkexAdversaryPlacement> placements;
        if (attacked)
        {
            placements = {{pair.topology.Router(1, 1), {1}, true, "x", "substitute"},
                          {pair.topology.Router(2, 1), {2}, true, "x", "substitute"}};
        }
        const bool encrypted = options[0].second != "tcp";
        const smkex::PathId paths = options[0].second == "smkex" ? 2 : 1;
        SmkexAdversary adversary(placements, {encrypted, paths}, Time(0), 300);
        Simulator::Stop(Seconds(300));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(pair.clientTold.ended.size(), 1, what);
        NS_TEST_ASSERT_MSG_EQ(pair.serverTold.ended.size(), 1, what);
        const SmkexOutcome& client = pair.clientTold.ended.front();
        const SmkexOutcome& server = pair.serverTold.ended.front();
        NS_TEST_EXPECT_MSG_EQ(client.failure.has_value(), false, what);
        NS_TEST_EXPECT_MSG_EQ(server.failure.has_value(), false, what);
        NS_TEST_EXPECT_MSG_EQ(client.sent.size(), pair.config.appBytes, what);
        NS_TEST_EXPECT_MSG_EQ((client.sent == server.received), true, what << ": request");
        NS_TEST_EXPECT_MSG_EQ((client.received == server.sent), true, what << ": response");
        const SmkexVerdict verdict = JudgeSmkexSession(client, &server, adversary.Loot());
        NS_TEST_EXPECT_MSG_EQ(verdict.plaintextExposedBytes,
                              (attacked ? 2 * pair.config.appBytes : 0),
                              what);
        NS_TEST_EXPECT_MSG_EQ(SocketCount(pair.topology.Client()),
                              CLIENT_SOCKETS,
                              what << ": closed");
        NS_TEST_EXPECT_MSG_EQ(SocketCount(pair.topology.Server()), 1, what << ": listening");
        adversary.ClearLoot();
        NS_TEST_EXPECT_MSG_EQ(
            JudgeSmkexSession(client, &server, adversary.Loot()).plaintextExposedBytes,
            0,
            "forgotten");
    }
};

/** A session that is given up for the next one. */
class RestartCase : public SessionsCase
{
  public:
    RestartCase()
        : SessionsCase("A session given up for the next one leaves that one and the server alone")
    {
    }

  private:
    void DoRun() override
    {
        for (const int ms : {1, 7, 12, 17, 22, 27, 30, 37, 45})
        {
            Star star(1, 4);
            const Ptr<SmkexClient> client = star.AddClient(0, Seconds(3));
            Simulator::Schedule(Seconds(3) + MilliSeconds(ms), &SmkexClient::StartSession, client);
            Simulator::Stop(Seconds(300));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(star.clientsTold.ended.empty(), false, ms);
            const SmkexOutcome& last = star.clientsTold.ended.back();
            NS_TEST_EXPECT_MSG_EQ(last.failure.has_value(), false, ms);
            NS_TEST_EXPECT_MSG_EQ(last.received.size(), 1000, ms);
            NS_TEST_EXPECT_MSG_EQ(star.server->SessionCount(), 0, ms);
            NS_TEST_EXPECT_MSG_EQ(SocketCount(star.Client(0)), CLIENT_SOCKETS, ms);
            NS_TEST_EXPECT_MSG_EQ(SocketCount(star.Server()), 2, ms);
        }
    }
};

class ServerSuite : public TestSuite
{
  public:
    ServerSuite()
        : TestSuite("smkex-server", UNIT)
    {
        AddTestCase(new ManyClientsCase(4), QUICK);
        AddTestCase(new ManyClientsCase(6), QUICK);
        AddTestCase(new GarbageCase(4), QUICK);
        AddTestCase(new GarbageCase(6), QUICK);
        AddTestCase(new DuplicateClaimCase, QUICK);
        AddTestCase(new NoServerCase, QUICK);
        AddTestCase(new AppBytesCase, QUICK);
        AddTestCase(new RestartCase, QUICK);
    }
};

const ServerSuite g_serverSuite;

} // namespace
