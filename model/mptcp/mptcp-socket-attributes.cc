/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-socket.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/nstime.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MptcpSocket);

TypeId
MptcpSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::MptcpSocket")
            .SetParent<TcpSocket>()
            .SetGroupName("Internet")
            .AddConstructor<MptcpSocket>()
            .AddAttribute("Enabled",
                          "Whether to offer and accept Multipath TCP; otherwise it is plain TCP.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&MptcpSocket::m_enabled),
                          MakeBooleanChecker())
            .AddAttribute("Checksum",
                          "Require DSS checksums; they are used if either end requires them.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MptcpSocket::m_wantChecksum),
                          MakeBooleanChecker())
            .AddAttribute("WideSequenceNumbers",
                          "Send data sequence numbers and DATA_ACKs of 8 bytes instead of 4.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MptcpSocket::m_wide),
                          MakeBooleanChecker())
            .AddAttribute("DenyJoinInitialAddress",
                          "Ask the peer not to join to the address of the first subflow (flag C).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MptcpSocket::m_denyInitial),
                          MakeBooleanChecker())
            .AddAttribute("AllowFallback",
                          "Go on as plain TCP where RFC 8684 says so; otherwise the connection "
                          "fails with a reason.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&MptcpSocket::m_allowFallback),
                          MakeBooleanChecker())
            .AddAttribute("AcceptAddAddr",
                          "Let the path manager use addresses that the peer advertises; otherwise "
                          "they wait for AcceptAdvertisedAddresses.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&MptcpSocket::m_acceptAddAddr),
                          MakeBooleanChecker())
            .AddAttribute(
                "EarlyJoin",
                "Join as soon as the server's key is known, before a DSS has come back on "
                "the first subflow. RFC 8684 does not allow this.",
                BooleanValue(false),
                MakeBooleanAccessor(&MptcpSocket::m_earlyJoin),
                MakeBooleanChecker())
            .AddAttribute("JoinData",
                          "Extension that no RFC defines: send and take payload on the SYN and the "
                          "SYN/ACK of a join, outside the data sequence space.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&MptcpSocket::m_joinDataEnabled),
                          MakeBooleanChecker())
            .AddAttribute("JoinReplyHold",
                          "How long a server holds back the SYN/ACK of a join with payload for its "
                          "application to answer.",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&MptcpSocket::m_joinReplyHold),
                          MakeTimeChecker(Seconds(0)))
            .AddAttribute("CapableSyns",
                          "How many SYNs carry MP_CAPABLE before one goes without, in case a "
                          "middlebox drops them for it.",
                          UintegerValue(3),
                          MakeUintegerAccessor(&MptcpSocket::m_capableSyns),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("MaxSubflows",
                          "Most subflows of a connection at a time, the first one included.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&MptcpSocket::m_maxSubflows),
                          MakeUintegerChecker<uint32_t>(1, 127))
            .AddAttribute(
                "Ndiffports",
                "How many subflows the path manager NDIFFPORTS makes, the first included.",
                UintegerValue(2),
                MakeUintegerAccessor(&MptcpSocket::m_ndiffports),
                MakeUintegerChecker<uint32_t>(1, 127))
            .AddAttribute("InitialSequence",
                          "Initial sequence number of own subflows (ns-3's TCP always takes 0).",
                          UintegerValue(0),
                          MakeUintegerAccessor(&MptcpSocket::m_initialSequence),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("AddAddrTimeout",
                          "Time without an echo after which an ADD_ADDR is sent again.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&MptcpSocket::m_addAddrTimeout),
                          MakeTimeChecker(Time(1)))
            .AddAttribute("AddAddrRetries",
                          "How often an ADD_ADDR is sent again.",
                          UintegerValue(3),
                          MakeUintegerAccessor(&MptcpSocket::m_addAddrRetries),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Scheduler",
                          "Which subflow the next segment takes, unless the sender prefers one.",
                          EnumValue(static_cast<int>(MptcpScheduler::LOWEST_RTT)),
                          MakeEnumAccessor(&MptcpSocket::m_scheduler),
                          MakeEnumChecker(static_cast<int>(MptcpScheduler::LOWEST_RTT),
                                          "LowestRtt",
                                          static_cast<int>(MptcpScheduler::ROUND_ROBIN),
                                          "RoundRobin",
                                          static_cast<int>(MptcpScheduler::REDUNDANT),
                                          "Redundant"))
            .AddAttribute("PathManager",
                          "Which subflows a client opens by itself.",
                          EnumValue(static_cast<int>(MptcpPathManager::FULL_MESH)),
                          MakeEnumAccessor(&MptcpSocket::m_pathManager),
                          MakeEnumChecker(static_cast<int>(MptcpPathManager::NONE),
                                          "None",
                                          static_cast<int>(MptcpPathManager::FULL_MESH),
                                          "FullMesh",
                                          static_cast<int>(MptcpPathManager::NDIFFPORTS),
                                          "Ndiffports"))
            .AddAttribute("Congestion",
                          "Type of the subflows' congestion control: a coupled one (ns3::MptcpLia, "
                          "ns3::MptcpOlia, ns3::MptcpBalia) or any of ns-3's, uncoupled.",
                          TypeIdValue(MptcpLia::GetTypeId()),
                          MakeTypeIdAccessor(&MptcpSocket::m_congestion),
                          MakeTypeIdChecker())
            .AddTraceSource("State",
                            "State of the connection, with DATA_FIN in the place of FIN.",
                            MakeTraceSourceAccessor(&MptcpSocket::m_state),
                            "ns3::TcpStatesTracedValueCallback")
            .AddTraceSource("SubflowCreated",
                            "A subflow was made; its own traces can be connected now.",
                            MakeTraceSourceAccessor(&MptcpSocket::m_subflowCreated),
                            "ns3::MptcpSocket::SubflowTracedCallback")
            .AddTraceSource("SubflowRemoved",
                            "A subflow is gone.",
                            MakeTraceSourceAccessor(&MptcpSocket::m_subflowRemoved),
                            "ns3::MptcpSocket::SubflowTracedCallback")
            .AddTraceSource(
                "FellBack",
                "The connection goes on as plain TCP; argument: subflows opened so far.",
                MakeTraceSourceAccessor(&MptcpSocket::m_fellBack),
                "ns3::TracedValueCallback::Uint32")
            .AddTraceSource("DataSent",
                            "Bytes handed to a subflow: offset in the stream, size, subflow.",
                            MakeTraceSourceAccessor(&MptcpSocket::m_dataSentTrace),
                            "ns3::MptcpSocket::DataTracedCallback")
            .AddTraceSource("DataReceived",
                            "Bytes that arrived on a subflow: offset in the stream, size, subflow.",
                            MakeTraceSourceAccessor(&MptcpSocket::m_dataReceivedTrace),
                            "ns3::MptcpSocket::DataTracedCallback");
    return tid;
}

std::string
ToString(MptcpFailure failure)
{
    switch (failure)
    {
    case MptcpFailure::NONE:
        return "no failure";
    case MptcpFailure::CONNECT:
        return "the first subflow could not be connected";
    case MptcpFailure::SUBFLOWS:
        return "the last subflow was lost";
    case MptcpFailure::FASTCLOSE:
        return "the peer closed by MP_FASTCLOSE";
    case MptcpFailure::ABORTED:
        return "aborted by the application";
    case MptcpFailure::CHECKSUM:
        return "a DSS checksum was wrong";
    case MptcpFailure::MIDDLEBOX:
        return "MPTCP options were removed on the way";
    }
    return "unknown";
}

void
MptcpSocket::SetSndBufSize(uint32_t size)
{
    m_tcp.sendBuffer = size;
}

uint32_t
MptcpSocket::GetSndBufSize() const
{
    return m_tcp.sendBuffer;
}

void
MptcpSocket::SetRcvBufSize(uint32_t size)
{
    m_tcp.receiveBuffer = size;
    m_receive.SetCapacity(size);
}

uint32_t
MptcpSocket::GetRcvBufSize() const
{
    return m_tcp.receiveBuffer;
}

void
MptcpSocket::SetSegSize(uint32_t size)
{
    m_tcp.segmentSize = size;
}

uint32_t
MptcpSocket::GetSegSize() const
{
    return m_tcp.segmentSize;
}

void
MptcpSocket::SetInitialSSThresh(uint32_t threshold)
{
    m_tcp.initialSlowStartThreshold = threshold;
}

uint32_t
MptcpSocket::GetInitialSSThresh() const
{
    return m_tcp.initialSlowStartThreshold;
}

void
MptcpSocket::SetInitialCwnd(uint32_t count)
{
    m_tcp.initialWindow = count;
}

uint32_t
MptcpSocket::GetInitialCwnd() const
{
    return m_tcp.initialWindow;
}

void
MptcpSocket::SetConnTimeout(Time timeout)
{
    m_tcp.connectTimeout = timeout;
}

Time
MptcpSocket::GetConnTimeout() const
{
    return m_tcp.connectTimeout;
}

void
MptcpSocket::SetSynRetries(uint32_t count)
{
    m_tcp.synRetries = count;
}

uint32_t
MptcpSocket::GetSynRetries() const
{
    return m_tcp.synRetries;
}

void
MptcpSocket::SetDataRetries(uint32_t count)
{
    m_tcp.dataRetries = count;
}

uint32_t
MptcpSocket::GetDataRetries() const
{
    return m_tcp.dataRetries;
}

void
MptcpSocket::SetDelAckTimeout(Time timeout)
{
    m_tcp.delayedAckTimeout = timeout;
}

Time
MptcpSocket::GetDelAckTimeout() const
{
    return m_tcp.delayedAckTimeout;
}

void
MptcpSocket::SetDelAckMaxCount(uint32_t count)
{
    m_tcp.delayedAckCount = count;
}

uint32_t
MptcpSocket::GetDelAckMaxCount() const
{
    return m_tcp.delayedAckCount;
}

void
MptcpSocket::SetTcpNoDelay(bool)
{
    // There is no Nagle algorithm here: segments are cut at the connection level.
}

bool
MptcpSocket::GetTcpNoDelay() const
{
    return true;
}

void
MptcpSocket::SetPersistTimeout(Time timeout)
{
    m_tcp.persistTimeout = timeout;
}

Time
MptcpSocket::GetPersistTimeout() const
{
    return m_tcp.persistTimeout;
}

} // namespace ns3
