/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-interception.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-header.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6-routing-protocol.h"
#include "ns3/ipv6.h"
#include "ns3/packet.h"

#include <algorithm>
#include <utility>

namespace ns3
{

namespace
{

constexpr std::uint8_t TCP_PROTOCOL = 6;

/** What differs between the versions of IP. */
struct Version4
{
    using Header = Ipv4Header;
    using Routing = Ipv4RoutingProtocol;
    static constexpr std::size_t ADDRESS_SIZE = 4;

    static bool IsWholeTcp(const Header& header)
    {
        return header.GetProtocol() == TCP_PROTOCOL && header.IsLastFragment() &&
               header.GetFragmentOffset() == 0;
    }

    static void SetPayloadSize(Header& header, std::size_t size)
    {
        header.SetPayloadSize(static_cast<std::uint16_t>(size));
    }
};

struct Version6
{
    using Header = Ipv6Header;
    using Routing = Ipv6RoutingProtocol;
    static constexpr std::size_t ADDRESS_SIZE = 16;

    static bool IsWholeTcp(const Header& header)
    {
        return header.GetNextHeader() == TCP_PROTOCOL;
    }

    static void SetPayloadSize(Header& header, std::size_t size)
    {
        header.SetPayloadLength(static_cast<std::uint16_t>(size));
    }
};

template <class V>
using ForwardCallback = typename V::Routing::UnicastForwardCallback;
template <class V>
using MulticastCallback = typename V::Routing::MulticastForwardCallback;
template <class V>
using DeliverCallback = typename V::Routing::LocalDeliverCallback;
template <class V>
using ErrorCallback = typename V::Routing::ErrorCallback;

/** How packets of one connection and direction go on: like one that came before. */
template <class V>
class Onward : public SmkexOnward
{
  public:
    Onward(Ptr<typename V::Routing> routes,
           const typename V::Header& header,
           Ptr<const NetDevice> device,
           ForwardCallback<V> forward,
           MulticastCallback<V> multicast,
           DeliverCallback<V> deliver,
           ErrorCallback<V> error)
        : m_routes(routes),
          m_header(header),
          m_device(device),
          m_forward(forward),
          m_multicast(multicast),
          m_deliver(deliver),
          m_error(error)
    {
    }

    void Put(smkex::TcpSegment segment) override
    {
        if (segment.HasChecksum())
        {
            segment.UpdateChecksum(PseudoHeaderSum(segment.Octets().size()));
        }
        const smkex::Bytes& octets = segment.Octets();
        typename V::Header header = m_header;
        V::SetPayloadSize(header, octets.size());
        m_routes->RouteInput(Create<Packet>(octets.data(), octets.size()),
                             header,
                             m_device,
                             m_forward,
                             m_multicast,
                             m_deliver,
                             m_error);
    }

  private:
    std::uint32_t PseudoHeaderSum(std::size_t size) const
    {
        std::array<std::uint8_t, V::ADDRESS_SIZE> address;
        m_header.GetSource().Serialize(address.data());
        std::uint32_t sum = smkex::SumWords(address);
        m_header.GetDestination().Serialize(address.data());
        sum += smkex::SumWords(address);
        return sum + TCP_PROTOCOL + static_cast<std::uint32_t>(size);
    }

    Ptr<typename V::Routing> m_routes;
    typename V::Header m_header;
    Ptr<const NetDevice> m_device;
    ForwardCallback<V> m_forward;
    MulticastCallback<V> m_multicast;
    DeliverCallback<V> m_deliver;
    ErrorCallback<V> m_error;
};

/** The part of interception that both versions share: shows the interceptor what is to be routed.
 */
template <class V>
bool
PassThrough(SmkexInterceptor& interceptor,
            Ptr<typename V::Routing> routes,
            Ptr<const Packet> packet,
            const typename V::Header& header,
            Ptr<const NetDevice> device,
            const ForwardCallback<V>& forward,
            const MulticastCallback<V>& multicast,
            const DeliverCallback<V>& deliver,
            const ErrorCallback<V>& error)
{
    if (V::IsWholeTcp(header))
    {
        smkex::Bytes octets(packet->GetSize());
        packet->CopyData(octets.data(), octets.size());
        std::optional<smkex::TcpSegment> segment = smkex::TcpSegment::Parse(std::move(octets));
        if (segment)
        {
            SmkexTuple tuple{{}, {}, segment->SourcePort(), segment->DestinationPort()};
            header.GetSource().Serialize(tuple.source.data());
            header.GetDestination().Serialize(tuple.destination.data());
            const auto makeOnward = [&]() -> Ptr<SmkexOnward> {
                return Create<Onward<V>>(routes,
                                         header,
                                         device,
                                         forward,
                                         multicast,
                                         deliver,
                                         error);
            };
            if (!interceptor.OnSegment(tuple, std::move(*segment), makeOnward))
            {
                return true;
            }
        }
    }
    return routes->RouteInput(packet, header, device, forward, multicast, deliver, error);
}

class Interception4 : public Ipv4RoutingProtocol
{
  public:
    Interception4(Ptr<Ipv4RoutingProtocol> routes, Ptr<SmkexInterceptor> interceptor)
        : m_routes(routes),
          m_interceptor(interceptor)
    {
    }

    Ptr<Ipv4Route> RouteOutput(Ptr<Packet> packet,
                               const Ipv4Header& header,
                               Ptr<NetDevice> device,
                               Socket::SocketErrno& error) override
    {
        return m_routes->RouteOutput(packet, header, device, error);
    }

    bool RouteInput(Ptr<const Packet> packet,
                    const Ipv4Header& header,
                    Ptr<const NetDevice> device,
                    UnicastForwardCallback forward,
                    MulticastForwardCallback multicast,
                    LocalDeliverCallback deliver,
                    ErrorCallback error) override
    {
        return PassThrough<Version4>(*m_interceptor,
                                     m_routes,
                                     packet,
                                     header,
                                     device,
                                     forward,
                                     multicast,
                                     deliver,
                                     error);
    }

    void NotifyInterfaceUp(uint32_t interface) override
    {
        m_routes->NotifyInterfaceUp(interface);
    }

    void NotifyInterfaceDown(uint32_t interface) override
    {
        m_routes->NotifyInterfaceDown(interface);
    }

    void NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address) override
    {
        m_routes->NotifyAddAddress(interface, address);
    }

    void NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address) override
    {
        m_routes->NotifyRemoveAddress(interface, address);
    }

    void SetIpv4(Ptr<Ipv4>) override
    {
        // The routes have been told before; telling them twice ends the program.
    }

    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const override
    {
        m_routes->PrintRoutingTable(stream, unit);
    }

  protected:
    void DoDispose() override
    {
        m_routes->Dispose();
        m_routes = nullptr;
        m_interceptor = nullptr;
        Ipv4RoutingProtocol::DoDispose();
    }

  private:
    Ptr<Ipv4RoutingProtocol> m_routes;
    Ptr<SmkexInterceptor> m_interceptor;
};

class Interception6 : public Ipv6RoutingProtocol
{
  public:
    Interception6(Ptr<Ipv6RoutingProtocol> routes, Ptr<SmkexInterceptor> interceptor)
        : m_routes(routes),
          m_interceptor(interceptor)
    {
    }

    Ptr<Ipv6Route> RouteOutput(Ptr<Packet> packet,
                               const Ipv6Header& header,
                               Ptr<NetDevice> device,
                               Socket::SocketErrno& error) override
    {
        return m_routes->RouteOutput(packet, header, device, error);
    }

    bool RouteInput(Ptr<const Packet> packet,
                    const Ipv6Header& header,
                    Ptr<const NetDevice> device,
                    UnicastForwardCallback forward,
                    MulticastForwardCallback multicast,
                    LocalDeliverCallback deliver,
                    ErrorCallback error) override
    {
        return PassThrough<Version6>(*m_interceptor,
                                     m_routes,
                                     packet,
                                     header,
                                     device,
                                     forward,
                                     multicast,
                                     deliver,
                                     error);
    }

    void NotifyInterfaceUp(uint32_t interface) override
    {
        m_routes->NotifyInterfaceUp(interface);
    }

    void NotifyInterfaceDown(uint32_t interface) override
    {
        m_routes->NotifyInterfaceDown(interface);
    }

    void NotifyAddAddress(uint32_t interface, Ipv6InterfaceAddress address) override
    {
        m_routes->NotifyAddAddress(interface, address);
    }

    void NotifyRemoveAddress(uint32_t interface, Ipv6InterfaceAddress address) override
    {
        m_routes->NotifyRemoveAddress(interface, address);
    }

    void NotifyAddRoute(Ipv6Address destination,
                        Ipv6Prefix mask,
                        Ipv6Address nextHop,
                        uint32_t interface,
                        Ipv6Address prefix) override
    {
        m_routes->NotifyAddRoute(destination, mask, nextHop, interface, prefix);
    }

    void NotifyRemoveRoute(Ipv6Address destination,
                           Ipv6Prefix mask,
                           Ipv6Address nextHop,
                           uint32_t interface,
                           Ipv6Address prefix) override
    {
        m_routes->NotifyRemoveRoute(destination, mask, nextHop, interface, prefix);
    }

    void SetIpv6(Ptr<Ipv6>) override
    {
        // As for IPv4.
    }

    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const override
    {
        m_routes->PrintRoutingTable(stream, unit);
    }

  protected:
    void DoDispose() override
    {
        m_routes->Dispose();
        m_routes = nullptr;
        m_interceptor = nullptr;
        Ipv6RoutingProtocol::DoDispose();
    }

  private:
    Ptr<Ipv6RoutingProtocol> m_routes;
    Ptr<SmkexInterceptor> m_interceptor;
};

} // namespace

void
InstallSmkexInterceptor(Ptr<Node> node, Ptr<SmkexInterceptor> interceptor)
{
    if (const Ptr<Ipv4> ip = node->GetObject<Ipv4>())
    {
        ip->SetRoutingProtocol(CreateObject<Interception4>(ip->GetRoutingProtocol(), interceptor));
    }
    if (const Ptr<Ipv6> ip = node->GetObject<Ipv6>())
    {
        ip->SetRoutingProtocol(CreateObject<Interception6>(ip->GetRoutingProtocol(), interceptor));
    }
}

} // namespace ns3
