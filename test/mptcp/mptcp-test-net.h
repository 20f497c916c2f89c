/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_TEST_NET_H
#define MPTCP_TEST_NET_H

#include "ns3/address.h"
#include "ns3/data-rate.h"
#include "ns3/ipv4-address.h"
#include "ns3/ipv6-address.h"
#include "ns3/mptcp-options.h"
#include "ns3/mptcp-socket.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/pcap-file-wrapper.h"
#include "ns3/tcp-header.h"
#include "ns3/test.h"

#include <algorithm>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace ns3
{

/// A TCP segment as it leaves a host.
struct MptcpTestSegment
{
    bool fromClient{false};
    uint32_t path{0}; ///< 0, 1, …: the link it takes
    Time at;
    TcpHeader header;                 ///< what a test changes here counts only if `changed` is set
    std::vector<MptcpOption> options; ///< MPTCP options, which replace those of the header
    bool hadMptcp{false};
    std::vector<uint8_t> payload;

    // What becomes of it
    bool drop{false};
    bool changed{false};
    uint32_t copies{1};
    Time delay;

    bool Is(uint8_t flags) const
    {
        constexpr uint8_t ALL = TcpHeader::SYN | TcpHeader::ACK | TcpHeader::FIN | TcpHeader::RST;
        return (header.GetFlags() & ALL) == flags;
    }

    bool IsSyn() const
    {
        return Is(TcpHeader::SYN);
    }

    bool IsSynAck() const
    {
        return Is(TcpHeader::SYN | TcpHeader::ACK);
    }

    template <typename T>
    const T* Get() const
    {
        for (const auto& option : options)
        {
            if (const T* found = std::get_if<T>(&option))
            {
                return found;
            }
        }
        return nullptr;
    }

    template <typename T>
    T* Get()
    {
        return const_cast<T*>(static_cast<const MptcpTestSegment*>(this)->Get<T>());
    }

    /// Takes all MPTCP options away, as a middlebox does.
    void Strip()
    {
        options.clear();
        changed = true;
    }
};

/// Shape of the network: links between one client and one server.
struct MptcpTestLinks
{
    std::vector<Time> delay{MilliSeconds(10), MilliSeconds(10)}; ///< one way, one a link
    std::vector<DataRate> rate{DataRate("10Mbps"), DataRate("10Mbps")};
    uint32_t queue{100}; ///< packets
    bool ipv6{false};
};

/**
 * A client and a server with a link a path between them, and a middlebox behind each host that may
 * watch, change, drop, delay and duplicate what the host sends.
 * Link i has 10.0.i+1.1 and 10.0.i+1.2, or 2001:i+1::1 and 2001:i+1::2.
 */
class MptcpTestNet
{
  public:
    explicit MptcpTestNet(const MptcpTestLinks& links = {});
    ~MptcpTestNet();
    MptcpTestNet(const MptcpTestNet&) = delete;

    Address ClientAddress(uint32_t path, uint16_t port = 0) const;
    Address ServerAddress(uint32_t path, uint16_t port = PORT) const;

    /// Cuts a link from now on, both ways.
    void Cut(uint32_t path);

    /// Writes what the client's devices send and receive to one pcap file.
    void Capture(const std::string& file);

    /// Ends the capture: everything is in the file then.
    void EndCapture();

    static constexpr uint16_t PORT = 40000;

    Ptr<Node> client;
    Ptr<Node> server;
    std::function<void(MptcpTestSegment&)> middlebox; ///< sees every segment, in both directions
    std::vector<MptcpTestSegment> log;                ///< every segment, before the middlebox
    bool keepLog{true};

    /// \return how many logged segments satisfy \p what
    uint32_t Count(const std::function<bool(const MptcpTestSegment&)>& what) const;

    /// Puts a segment on the wire in a host's name, as it stands.
    void Inject(const MptcpTestSegment& segment);

    /// Likewise, but of bytes from the TCP header on. IPv4 only.
    void InjectBytes(bool fromClient, uint32_t path, const std::vector<uint8_t>& bytes);

  private:
    void Intercept(Ptr<Node> node, bool isClient);
    Ptr<Packet> Rebuild(const MptcpTestSegment& segment,
                        const Address& from,
                        const Address& to) const;

    MptcpTestLinks m_links;
    Ptr<PcapFileWrapper> m_pcap;
    std::vector<Ptr<NetDevice>> m_devices;
    std::function<void(Ptr<Packet>, const MptcpTestSegment&)> m_down[2];
};

/// One end of a test connection.
struct MptcpTestEnd
{
    Ptr<MptcpSocket> socket;
    std::vector<uint8_t> received;
    std::vector<std::pair<uint32_t, std::string>> pieces; ///< by arrival subflow, if asked for
    bool bySubflow{false};
    bool connected{false};
    bool connectFailed{false};
    bool ended{false};  ///< the peer has closed
    bool failed{false}; ///< closed by an error
    bool closeAtEnd{true};

    uint64_t toSend{0}; ///< bytes of the pattern to send
    uint64_t sent{0};
    bool closeWhenSent{true};
    uint32_t sendFlags{0};

    void Adopt(Ptr<MptcpSocket> adopted);
    void Pump();

    /// \return whether exactly \p size bytes of the pattern have arrived
    bool Got(uint64_t size) const;
};

/// The byte at an offset of the pattern that tests send: it does not repeat in short periods.
uint8_t MptcpTestByte(uint64_t offset);

/// A connection between the two hosts of a test network.
class MptcpTestPair
{
  public:
    explicit MptcpTestPair(MptcpTestNet& net);
    ~MptcpTestPair();

    /// Sets an attribute of both ends; before Start.
    void Set(const std::string& name, const AttributeValue& value);

    /// Listens at the server and connects to its first address.
    void Start();

    void Run(Time until = Seconds(100));

    MptcpTestNet& net;
    MptcpTestEnd client;
    MptcpTestEnd server;
    Ptr<MptcpSocket> listener;
    uint32_t accepted{0};
    std::function<void()> onAccept;
    std::function<void()> onConnect;
};

/// Cleans up what a simulation leaves.
class MptcpTestCase : public TestCase
{
  public:
    explicit MptcpTestCase(const std::string& name);

  private:
    void DoTeardown() override;
};

/// A test case whose body is a function; \p body reports through the test case it is given.
class MptcpTest : public MptcpTestCase
{
  public:
    using Body = std::function<void(MptcpTest&)>;

    MptcpTest(const std::string& name, Body body);

    using TestCase::CreateTempDirFilename;

    /// Notes a failure with \p what unless \p ok.
    void Check(bool ok, const std::string& what);

    template <typename A, typename B>
    void Equal(const A& actual, const B& expected, const std::string& what)
    {
        if (!(actual == expected))
        {
            std::ostringstream text;
            text << what << ": " << actual << " instead of " << expected;
            Check(false, text.str());
        }
    }

  private:
    void DoRun() override;

    Body m_body;
};

} // namespace ns3

#endif // MPTCP_TEST_NET_H
