/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "plain-sessions.h"

#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-interface-container.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-factory.h"

#include <vector>

using namespace ns3;

namespace
{

constexpr std::uint32_t APP_BYTES = 1000;
constexpr std::uint16_t PORT = 4433;

class PlainSessions
{
  public:
    PlainSessions(std::uint32_t connections, std::uint32_t sessions)
        : m_connections(connections),
          m_left(sessions)
    {
        Build();
        Listen();
        Simulator::Schedule(Seconds(1), &PlainSessions::StartSession, this);
    }

    std::uint64_t Run()
    {
        Simulator::Run();
        Simulator::Destroy();
        return m_complete;
    }

  private:
    void Build()
    {
        m_client = CreateObject<Node>();
        m_server = CreateObject<Node>();
        InternetStackHelper stack;
        stack.Install(m_client);
        stack.Install(m_server);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
        link.SetChannelAttribute("Delay", StringValue("5ms"));
        Ipv4AddressHelper addresses("10.1.0.0", "255.255.255.0");
        for (std::uint32_t i = 0; i < m_connections; ++i)
        {
            const Ptr<Node> router = CreateObject<Node>();
            stack.Install(router);
            addresses.Assign(link.Install(m_client, router));
            addresses.NewNetwork();
            m_addresses.push_back(addresses.Assign(link.Install(router, m_server)).GetAddress(1));
            addresses.NewNetwork();
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    }

    void Listen()
    {
        m_listener = Socket::CreateSocket(m_server, TcpSocketFactory::GetTypeId());
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&PlainSessions::Accept, this));
    }

    void StartSession()
    {
        m_open = m_connections;
        m_received = 0;
        for (const Ipv4Address& address : m_addresses)
        {
            const Ptr<Socket> socket =
                Socket::CreateSocket(m_client, TcpSocketFactory::GetTypeId());
            socket->SetConnectCallback(MakeCallback(&PlainSessions::Connected, this),
                                       MakeNullCallback<void, Ptr<Socket>>());
            socket->SetRecvCallback(MakeCallback(&PlainSessions::ClientRead, this));
            socket->Bind();
            socket->Connect(InetSocketAddress(address, PORT));
        }
    }

    void Connected(Ptr<Socket> socket)
    {
        socket->Send(Create<Packet>(APP_BYTES));
    }

    void Accept(Ptr<Socket> socket, const Address&)
    {
        socket->SetRecvCallback(MakeCallback(&PlainSessions::ServerRead, this));
        socket->SetCloseCallbacks(MakeCallback(&PlainSessions::ServerClosed, this),
                                  MakeNullCallback<void, Ptr<Socket>>());
    }

    static std::uint32_t Read(Ptr<Socket> socket)
    {
        std::uint32_t size = 0;
        while (Ptr<Packet> packet = socket->Recv())
        {
            if (packet->GetSize() == 0)
            {
                break;
            }
            size += packet->GetSize();
        }
        return size;
    }

    /** Answers with as much as has come. */
    void ServerRead(Ptr<Socket> socket)
    {
        if (const std::uint32_t size = Read(socket))
        {
            socket->Send(Create<Packet>(size));
        }
    }

    void ClientRead(Ptr<Socket> socket)
    {
        std::uint32_t& received = m_bySocket[socket];
        received += Read(socket);
        if (received == APP_BYTES)
        {
            m_received += received;
            m_bySocket.erase(socket);
            socket->Close();
        }
    }

    void ServerClosed(Ptr<Socket> socket)
    {
        socket->Close();
        if (--m_open == 0)
        {
            m_complete += m_received == APP_BYTES * m_connections;
            if (--m_left > 0)
            {
                Simulator::Schedule(MilliSeconds(40), &PlainSessions::StartSession, this);
            }
            else
            {
                Simulator::Stop(MilliSeconds(40));
            }
        }
    }

    std::uint32_t m_connections;
    std::uint32_t m_left;
    Ptr<Node> m_client;
    Ptr<Node> m_server;
    std::vector<Ipv4Address> m_addresses;
    Ptr<Socket> m_listener;
    std::map<Ptr<Socket>, std::uint32_t> m_bySocket;
    std::uint32_t m_open{0};
    std::uint32_t m_received{0};
    std::uint64_t m_complete{0};
};

} // namespace

std::uint64_t
RunPlainSessions(std::uint32_t connections, std::uint32_t sessions)
{
    Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(1));
    return PlainSessions(connections, sessions).Run();
}
