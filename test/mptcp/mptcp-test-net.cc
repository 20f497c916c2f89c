/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/config.h"
#include "ns3/drop-tail-queue.h"
#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-generator.h"
#include "ns3/ipv4-interface-address.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-address-generator.h"
#include "ns3/ipv6-interface-address.h"
#include "ns3/ipv6-l3-protocol.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6.h"
#include "ns3/mac48-address.h"
#include "ns3/mptcp-socket-factory.h"
#include "ns3/mptcp-tcp-option.h"
#include "ns3/names.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option.h"
#include "ns3/trace-helper.h"

#include <sstream>

namespace ns3
{

namespace
{

constexpr uint8_t TCP = 6;

std::string
Ipv6Of(uint32_t path, int host)
{
    std::ostringstream text;
    text << "2001:" << path + 1 << "::" << host;
    return text.str();
}

std::string
Ipv4Of(uint32_t path, int host)
{
    std::ostringstream text;
    text << "10.0." << path + 1 << "." << host;
    return text.str();
}

} // namespace

MptcpTestNet::MptcpTestNet(const MptcpTestLinks& links)
    : client(CreateObject<Node>()),
      server(CreateObject<Node>()),
      m_links(links)
{
    InternetStackHelper internet;
    internet.SetIpv4StackInstall(!links.ipv6);
    internet.SetIpv6StackInstall(links.ipv6);
    internet.Install(client);
    internet.Install(server);
    for (uint32_t i = 0; i < links.delay.size(); ++i)
    {
        auto channel = CreateObject<PointToPointChannel>();
        channel->SetAttribute("Delay", TimeValue(links.delay[i]));
        for (int host = 1; host <= 2; ++host)
        {
            Ptr<Node> node = host == 1 ? client : server;
            auto device = CreateObject<PointToPointNetDevice>();
            device->SetAddress(Mac48Address::Allocate());
            device->SetDataRate(links.rate[i]);
            auto queue = CreateObject<DropTailQueue<Packet>>();
            queue->SetMaxSize(QueueSize(QueueSizeUnit::PACKETS, links.queue));
            device->SetQueue(queue);
            device->Attach(channel);
            node->AddDevice(device);
            m_devices.push_back(device);
            if (links.ipv6)
            {
                auto ip = node->GetObject<Ipv6>();
                const uint32_t interface = ip->AddInterface(device);
                ip->AddAddress(
                    interface,
                    Ipv6InterfaceAddress(Ipv6Address(Ipv6Of(i, host).c_str()), Ipv6Prefix(64)));
                ip->SetUp(interface);
            }
            else
            {
                auto ip = node->GetObject<Ipv4>();
                const uint32_t interface = ip->AddInterface(device);
                ip->AddAddress(interface,
                               Ipv4InterfaceAddress(Ipv4Address(Ipv4Of(i, host).c_str()),
                                                    Ipv4Mask("255.255.255.0")));
                ip->SetUp(interface);
            }
        }
    }
    MptcpSocketFactory::Install(client);
    MptcpSocketFactory::Install(server);
    Intercept(client, true);
    Intercept(server, false);
}

MptcpTestNet::~MptcpTestNet()
{
    middlebox = nullptr;
}

Address
MptcpTestNet::ClientAddress(uint32_t path, uint16_t port) const
{
    return m_links.ipv6 ? Address(Inet6SocketAddress(Ipv6Address(Ipv6Of(path, 1).c_str()), port))
                        : Address(InetSocketAddress(Ipv4Address(Ipv4Of(path, 1).c_str()), port));
}

Address
MptcpTestNet::ServerAddress(uint32_t path, uint16_t port) const
{
    return m_links.ipv6 ? Address(Inet6SocketAddress(Ipv6Address(Ipv6Of(path, 2).c_str()), port))
                        : Address(InetSocketAddress(Ipv4Address(Ipv4Of(path, 2).c_str()), port));
}

void
MptcpTestNet::Cut(uint32_t path)
{
    for (int host = 0; host < 2; ++host)
    {
        auto all = CreateObject<RateErrorModel>();
        all->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        all->SetRate(1.0);
        DynamicCast<PointToPointNetDevice>(m_devices[2 * path + host])->SetReceiveErrorModel(all);
    }
}

void
MptcpTestNet::Capture(const std::string& file)
{
    PcapHelper pcap;
    m_pcap = pcap.CreateFile(file, std::ios::out, PcapHelper::DLT_PPP);
    for (std::size_t i = 0; i < m_devices.size(); i += 2)
    {
        pcap.HookDefaultSink<PointToPointNetDevice>(
            DynamicCast<PointToPointNetDevice>(m_devices[i]),
            "PromiscSniffer",
            m_pcap);
    }
}

void
MptcpTestNet::EndCapture()
{
    m_pcap->Close();
}

Ptr<Packet>
MptcpTestNet::Rebuild(const MptcpTestSegment& segment, const Address& from, const Address& to) const
{
    TcpHeader fresh;
    const auto& old = segment.header;
    fresh.SetFlags(old.GetFlags());
    fresh.SetSequenceNumber(old.GetSequenceNumber());
    fresh.SetAckNumber(old.GetAckNumber());
    fresh.SetSourcePort(old.GetSourcePort());
    fresh.SetDestinationPort(old.GetDestinationPort());
    fresh.SetWindowSize(old.GetWindowSize());
    for (const auto& option : old.GetOptionList())
    {
        if (option->GetKind() != TcpOption::END && option->GetKind() != MPTCP_OPTION_KIND)
        {
            fresh.AppendOption(option);
        }
    }
    for (const auto& option : segment.options)
    {
        MptcpTcpOption::AppendTo(fresh, option);
    }
    if (Node::ChecksumEnabled())
    {
        fresh.EnableChecksums();
        fresh.InitializeChecksum(from, to, TCP);
    }
    Ptr<Packet> packet = Create<Packet>(segment.payload.data(), segment.payload.size());
    packet->AddHeader(fresh);
    return packet;
}

void
MptcpTestNet::Intercept(Ptr<Node> node, bool isClient)
{
    auto tcp = node->GetObject<TcpL4Protocol>();
    auto handle = [this, isClient](Ptr<Packet> packet,
                                   const Address& from,
                                   const Address& to,
                                   uint32_t path,
                                   std::function<void(Ptr<Packet>)> send) {
        MptcpTestSegment segment;
        segment.fromClient = isClient;
        segment.path = path;
        segment.at = Simulator::Now();
        Ptr<Packet> copy = packet->Copy();
        copy->RemoveHeader(segment.header);
        segment.hadMptcp = MptcpTcpOption::ReadFrom(segment.header, segment.options);
        segment.payload.resize(copy->GetSize());
        copy->CopyData(segment.payload.data(), copy->GetSize());
        if (keepLog)
        {
            log.push_back(segment);
        }
        if (middlebox)
        {
            middlebox(segment);
        }
        if (segment.drop)
        {
            return;
        }
        Ptr<Packet> out = segment.changed ? Rebuild(segment, from, to) : packet;
        for (uint32_t i = 0; i < segment.copies; ++i)
        {
            if (segment.delay.IsZero())
            {
                send(out->Copy());
            }
            else
            {
                Simulator::Schedule(segment.delay, [send, out]() { send(out->Copy()); });
            }
        }
    };
    if (m_links.ipv6)
    {
        auto ip = node->GetObject<Ipv6L3Protocol>();
        tcp->SetDownTarget6(IpL4Protocol::DownTargetCallback6([handle, ip](Ptr<Packet> packet,
                                                                           Ipv6Address from,
                                                                           Ipv6Address to,
                                                                           uint8_t protocol,
                                                                           Ptr<Ipv6Route> route) {
            uint8_t bytes[16];
            from.GetBytes(bytes);
            handle(packet, from, to, bytes[3] - 1, [=](Ptr<Packet> p) {
                ip->Send(p, from, to, protocol, route);
            });
        }));
    }
    else
    {
        auto ip = node->GetObject<Ipv4>();
        tcp->SetDownTarget(IpL4Protocol::DownTargetCallback([handle, ip](Ptr<Packet> packet,
                                                                         Ipv4Address from,
                                                                         Ipv4Address to,
                                                                         uint8_t protocol,
                                                                         Ptr<Ipv4Route> route) {
            uint8_t bytes[4];
            from.Serialize(bytes);
            handle(packet, from, to, bytes[2] - 1, [=](Ptr<Packet> p) {
                ip->Send(p, from, to, protocol, route);
            });
        }));
    }
}

void
MptcpTestNet::Inject(const MptcpTestSegment& segment)
{
    const uint32_t path = segment.path;
    const Address fromEnd = segment.fromClient ? ClientAddress(path) : ServerAddress(path);
    const Address toEnd = segment.fromClient ? ServerAddress(path) : ClientAddress(path);
    Ptr<Node> node = segment.fromClient ? client : server;
    const auto from = InetSocketAddress::ConvertFrom(fromEnd).GetIpv4();
    const auto to = InetSocketAddress::ConvertFrom(toEnd).GetIpv4();
    node->GetObject<Ipv4>()->Send(Rebuild(segment, from, to), from, to, TCP, nullptr);
}

void
MptcpTestNet::InjectBytes(bool fromClient, uint32_t path, const std::vector<uint8_t>& bytes)
{
    const Address fromEnd = fromClient ? ClientAddress(path) : ServerAddress(path);
    const Address toEnd = fromClient ? ServerAddress(path) : ClientAddress(path);
    const auto from = InetSocketAddress::ConvertFrom(fromEnd).GetIpv4();
    const auto to = InetSocketAddress::ConvertFrom(toEnd).GetIpv4();
    (fromClient ? client : server)
        ->GetObject<Ipv4>()
        ->Send(Create<Packet>(bytes.data(), bytes.size()), from, to, TCP, nullptr);
}

uint32_t
MptcpTestNet::Count(const std::function<bool(const MptcpTestSegment&)>& what) const
{
    return std::count_if(log.begin(), log.end(), what);
}

uint8_t
MptcpTestByte(uint64_t offset)
{
    const uint64_t mixed = (offset + 1) * 0x9e3779b97f4a7c15ULL;
    return static_cast<uint8_t>(mixed >> 56 ^ mixed >> 24);
}

void
MptcpTestEnd::Adopt(Ptr<MptcpSocket> adopted)
{
    socket = adopted;
    socket->SetRecvCallback([this](Ptr<Socket>) {
        while (true)
        {
            uint32_t subflow = 0;
            Ptr<Packet> packet =
                bySubflow ? socket->RecvFromSubflow(UINT32_MAX, subflow) : socket->Recv();
            if (!packet || packet->GetSize() == 0)
            {
                break;
            }
            const auto old = received.size();
            received.resize(old + packet->GetSize());
            packet->CopyData(received.data() + old, packet->GetSize());
            if (bySubflow)
            {
                pieces.emplace_back(subflow, std::string(received.begin() + old, received.end()));
            }
        }
    });
    socket->SetSendCallback([this](Ptr<Socket>, uint32_t) { Pump(); });
    socket->SetCloseCallbacks(
        [this](Ptr<Socket> s) {
            ended = true;
            if (closeAtEnd && sent == toSend)
            {
                s->Close();
            }
        },
        [this](Ptr<Socket>) { failed = true; });
}

void
MptcpTestEnd::Pump()
{
    constexpr uint32_t MOST = 8192;
    while (connected && sent < toSend && socket->GetTxAvailable() > 0)
    {
        const auto size = static_cast<uint32_t>(
            std::min<uint64_t>({toSend - sent, MOST, socket->GetTxAvailable()}));
        std::vector<uint8_t> bytes(size);
        for (uint32_t i = 0; i < size; ++i)
        {
            bytes[i] = MptcpTestByte(sent + i);
        }
        if (socket->Send(bytes.data(), size, sendFlags) < 0)
        {
            break;
        }
        sent += size;
        if (sent == toSend && closeWhenSent)
        {
            socket->Close();
        }
    }
}

bool
MptcpTestEnd::Got(uint64_t size) const
{
    if (received.size() != size)
    {
        return false;
    }
    for (uint64_t i = 0; i < size; ++i)
    {
        if (received[i] != MptcpTestByte(i))
        {
            return false;
        }
    }
    return true;
}

MptcpTestPair::MptcpTestPair(MptcpTestNet& network)
    : net(network)
{
    listener =
        DynamicCast<MptcpSocket>(Socket::CreateSocket(net.server, MptcpSocketFactory::GetTypeId()));
    client.socket =
        DynamicCast<MptcpSocket>(Socket::CreateSocket(net.client, MptcpSocketFactory::GetTypeId()));
}

MptcpTestPair::~MptcpTestPair()
{
    // Callbacks point into this object.
    for (auto socket : {client.socket, server.socket, listener})
    {
        if (socket)
        {
            socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
            socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
            socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                      MakeNullCallback<void, Ptr<Socket>>());
            socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeNullCallback<void, Ptr<Socket>, const Address&>());
        }
    }
    Simulator::Destroy();
}

void
MptcpTestPair::Set(const std::string& name, const AttributeValue& value)
{
    listener->SetAttribute(name, value);
    client.socket->SetAttribute(name, value);
}

void
MptcpTestPair::Start()
{
    const Address at = net.ServerAddress(0);
    if (InetSocketAddress::IsMatchingType(at))
    {
        listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), MptcpTestNet::PORT));
    }
    else
    {
        listener->Bind(Inet6SocketAddress(Ipv6Address::GetAny(), MptcpTestNet::PORT));
    }
    listener->Listen();
    listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                [this](Ptr<Socket> socket, const Address&) {
                                    ++accepted;
                                    server.connected = true;
                                    server.Adopt(DynamicCast<MptcpSocket>(socket));
                                    if (onAccept)
                                    {
                                        onAccept();
                                    }
                                    server.Pump();
                                });
    client.Adopt(client.socket);
    client.socket->SetConnectCallback(
        [this](Ptr<Socket>) {
            client.connected = true;
            if (onConnect)
            {
                onConnect();
            }
            client.Pump();
        },
        [this](Ptr<Socket>) { client.connectFailed = true; });
    // IPv6 needs its duplicate address detection done before.
    Simulator::Schedule(Seconds(2), [this, at]() { client.socket->Connect(at); });
}

void
MptcpTestPair::Run(Time until)
{
    Simulator::Stop(until);
    Simulator::Run();
}

MptcpTestCase::MptcpTestCase(const std::string& name)
    : TestCase(name)
{
}

void
MptcpTestCase::DoTeardown()
{
    Simulator::Destroy();
    Names::Clear();
    Ipv4AddressGenerator::Reset();
    Ipv6AddressGenerator::Reset();
    Config::Reset();
}

MptcpTest::MptcpTest(const std::string& name, Body body)
    : MptcpTestCase(name),
      m_body(std::move(body))
{
}

void
MptcpTest::Check(bool ok, const std::string& what)
{
    if (!ok)
    {
        ReportTestFailure("the statement holds",
                          "it does not",
                          "it holds",
                          what,
                          __FILE__,
                          __LINE__);
    }
}

void
MptcpTest::DoRun()
{
    m_body(*this);
}

} // namespace ns3
