/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/smkex-eno-socket.h"
#include "ns3/smkex-tcp-segment.h"
#include "ns3/test.h"

#include <functional>
#include <string>
#include <vector>

using namespace ns3;

namespace
{

constexpr uint16_t PORT = 80;

/** Client and server on one link, a connection between them, and the TCP segments on the wire. */
class EnoNet
{
  public:
    explicit EnoNet(bool ipv6 = false)
        : m_ipv6(ipv6)
    {
        m_nodes.Create(2);
        PointToPointHelper link;
        const NetDeviceContainer devices = link.Install(m_nodes);
        InternetStackHelper().Install(m_nodes);
        if (ipv6)
        {
            Ipv6AddressHelper addresses;
            m_remote = Inet6SocketAddress(addresses.Assign(devices).GetAddress(1, 1), PORT);
        }
        else
        {
            Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
            m_remote = InetSocketAddress(addresses.Assign(devices).GetAddress(1), PORT);
        }
        for (const uint32_t i : {0, 1})
        {
            devices.Get(i)->TraceConnectWithoutContext("PhyTxEnd",
                                                       MakeCallback(&EnoNet::OnFrame, this));
        }
    }

    ~EnoNet()
    {
        Simulator::Destroy();
    }

    void Listen(const std::vector<uint8_t>& teps)
    {
        m_listener = SmkexEnoSocketFactory::Of(m_nodes.Get(1))->CreateSocket();
        DynamicCast<SmkexEnoSocket>(m_listener)->SetTeps(teps);
        m_listener->Bind(m_ipv6 ? Address(Inet6SocketAddress(Ipv6Address::GetAny(), PORT))
                                : Address(InetSocketAddress(Ipv4Address::GetAny(), PORT)));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&EnoNet::OnAccept, this));
    }

    /** Connects at once; the client sends \p data when it is connected. */
    Ptr<SmkexEnoSocket> Connect(const std::vector<uint8_t>& teps, uint32_t data)
    {
        const Ptr<SmkexEnoSocket> client =
            DynamicCast<SmkexEnoSocket>(SmkexEnoSocketFactory::Of(m_nodes.Get(0))->CreateSocket());
        client->SetTeps(teps);
        m_ipv6 ? client->Bind6() : client->Bind();
        m_data = data;
        client->SetConnectCallback(MakeCallback(&EnoNet::OnConnect, this),
                                   MakeNullCallback<void, Ptr<Socket>>());
        client->Connect(m_remote);
        m_clients.push_back(client);
        return client;
    }

    Ptr<Node> Client() const
    {
        return m_nodes.Get(0);
    }

    std::vector<std::string> segments; //!< flags, ENO options: "S 450323"
    std::vector<Ptr<SmkexEnoSocket>> accepted;
    uint64_t received{0};

  private:
    void OnFrame(Ptr<const Packet> frame)
    {
        const std::size_t before = 2 + (m_ipv6 ? 40 : 20);
        smkex::Bytes octets(frame->GetSize());
        frame->CopyData(octets.data(), octets.size());
        const std::size_t protocolAt = m_ipv6 ? 2 + 6 : 2 + 9;
        if (octets.size() <= before || octets[protocolAt] != 6)
        {
            return;
        }
        octets.erase(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(before));
        const auto segment = smkex::TcpSegment::Parse(octets);
        std::string text;
        text += segment->Has(smkex::TcpSegment::SYN) ? "S" : "";
        text += segment->Has(smkex::TcpSegment::ACK) ? "A" : "";
        text += segment->Payload().empty() ? "" : "D";
        for (const smkex::Bytes& option : segment->Options(smkex::ENO_OPTION_KIND))
        {
            text += " " + smkex::ToHex(option);
        }
        segments.push_back(text);
    }

    void OnAccept(Ptr<Socket> socket, const Address&)
    {
        accepted.push_back(DynamicCast<SmkexEnoSocket>(socket));
        socket->SetRecvCallback(MakeCallback(&EnoNet::OnReadable, this));
        OnReadable(socket);
    }

    void OnReadable(Ptr<Socket> socket)
    {
        while (const Ptr<Packet> packet = socket->Recv())
        {
            if (packet->GetSize() == 0)
            {
                return;
            }
            received += packet->GetSize();
        }
    }

    void OnConnect(Ptr<Socket> socket)
    {
        if (m_data > 0)
        {
            socket->Send(Create<Packet>(m_data));
        }
    }

    bool m_ipv6;
    NodeContainer m_nodes;
    Address m_remote;
    Ptr<Socket> m_listener;
    std::vector<Ptr<SmkexEnoSocket>> m_clients;
    uint32_t m_data{0};
};

std::string
Join(const std::vector<std::string>& words, std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(count, words.size()); ++i)
    {
        text += (i == 0 ? "" : ", ") + words[i];
    }
    return text;
}

/** The options on the wire, and what both ends make of them. */
class WireCase : public TestCase
{
  public:
    struct Expectation
    {
        std::vector<uint8_t> client;
        std::vector<uint8_t> server;
        int tep;
        std::string segments; //!< SYN, SYN/ACK, ACK and the data
    };

    WireCase(const std::string& name, const Expectation& expectation)
        : TestCase(name),
          m_expected(expectation)
    {
    }

  private:
    void DoRun() override
    {
        for (const bool ipv6 : {false, true})
        {
            EnoNet net(ipv6);
            net.Listen(m_expected.server);
            Ptr<SmkexEnoSocket> client;
            Simulator::Schedule(Seconds(2), [&] { client = net.Connect(m_expected.client, 100); });
            Simulator::Stop(Seconds(4));
            Simulator::Run();
            NS_TEST_EXPECT_MSG_EQ(Join(net.segments, 4), m_expected.segments, "on the wire");
            NS_TEST_ASSERT_MSG_EQ(net.accepted.size(), 1, "connections");
            NS_TEST_EXPECT_MSG_EQ(net.received, 100, "octets");
            NS_TEST_EXPECT_MSG_EQ(+client->Negotiated().tep, m_expected.tep, "client");
            NS_TEST_EXPECT_MSG_EQ(+net.accepted[0]->Negotiated().tep, m_expected.tep, "server");
            NS_TEST_EXPECT_MSG_EQ(smkex::ToHex(client->Negotiated().transcript),
                                  smkex::ToHex(net.accepted[0]->Negotiated().transcript),
                                  "transcripts");
        }
    }

    Expectation m_expected;
};

/** A listener has nothing of one client left for the next. */
class ManyClientsCase : public TestCase
{
  public:
    ManyClientsCase()
        : TestCase("Connections at the same time negotiate each for itself")
    {
    }

  private:
    void DoRun() override
    {
        EnoNet net;
        net.Listen({0x21, 0x23});
        std::vector<Ptr<SmkexEnoSocket>> clients;
        Simulator::Schedule(Seconds(1), [&] {
            for (const std::vector<uint8_t>& teps :
                 {std::vector<uint8_t>{0x23}, {}, {0x21}, {0x23, 0x21}, {0x40}, {0x23}})
            {
                clients.push_back(net.Connect(teps, 0));
            }
        });
        Simulator::Stop(Seconds(3));
        Simulator::Run();
        const std::vector<int> expected{0x23, 0, 0x21, 0x21, 0, 0x23};
        NS_TEST_ASSERT_MSG_EQ(net.accepted.size(), expected.size(), "connections");
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(+clients[i]->Negotiated().tep, expected[i], "client " << i);
            NS_TEST_EXPECT_MSG_EQ(+net.accepted[i]->Negotiated().tep, expected[i], "server " << i);
        }
    }
};

class FactoryCase : public TestCase
{
  public:
    FactoryCase()
        : TestCase("A node has one factory, whose sockets can be had by its type")
    {
    }

  private:
    void DoRun() override
    {
        EnoNet net;
        const Ptr<SmkexEnoSocketFactory> factory = SmkexEnoSocketFactory::Of(net.Client());
        NS_TEST_EXPECT_MSG_EQ(factory, SmkexEnoSocketFactory::Of(net.Client()), "the same");
        const Ptr<Socket> socket =
            Socket::CreateSocket(net.Client(), SmkexEnoSocketFactory::GetTypeId());
        NS_TEST_EXPECT_MSG_EQ((DynamicCast<SmkexEnoSocket>(socket) != nullptr), true, "its type");
        NS_TEST_EXPECT_MSG_EQ(socket->GetInstanceTypeId(), SmkexEnoSocket::GetTypeId(), "TypeId");
    }
};

class EnoSocketSuite : public TestSuite
{
  public:
    EnoSocketSuite()
        : TestSuite("smkex-eno-socket", UNIT)
    {
        const auto add = [this](const std::string& name, const WireCase::Expectation& expected) {
            AddTestCase(new WireCase(name, expected), QUICK);
        };
        add("Both ends that do X25519 agree on it",
            {{0x23}, {0x23}, 0x23, "S 450323, SA 45040123, A 4502, AD 4502"});
        add("Both ends that do P-256 agree on it",
            {{0x21}, {0x21}, 0x21, "S 450321, SA 45040121, A 4502, AD 4502"});
        add("Of two the server chooses",
            {{0x23, 0x21}, {0x21, 0x23}, 0x21, "S 45042321, SA 45040121, A 4502, AD 4502"});
        add("A server that knows none stays plain", {{0x23}, {}, 0, "S 450323, SA, A, AD"});
        add("A server that knows another stays plain", {{0x23}, {0x21}, 0, "S 450323, SA, A, AD"});
        add("A client that knows none stays plain", {{}, {0x23}, 0, "S, SA, A, AD"});
        AddTestCase(new ManyClientsCase, QUICK);
        AddTestCase(new FactoryCase, QUICK);
    }
};

const EnoSocketSuite g_enoSocketSuite;

} // namespace
