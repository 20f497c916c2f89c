/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_SUBFLOW_H
#define MPTCP_SUBFLOW_H

#include "mptcp-data.h"
#include "mptcp-options.h"

#include "ns3/event-id.h"
#include "ns3/tcp-socket-base.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace ns3
{

class MptcpSocket;

/// No limit of its own: the connection's window and buffer bound what a subflow is given.
constexpr uint32_t MPTCP_NO_LIMIT = 1U << 30;

/// The parameters of ns3::TcpSocket that a connection hands to its subflows.
struct MptcpTcpParameters
{
    uint32_t receiveBuffer{131072};
    uint32_t sendBuffer{131072};
    uint32_t segmentSize{536};
    uint32_t initialSlowStartThreshold{0xffffffff};
    uint32_t initialWindow{10}; ///< segments
    Time connectTimeout{Seconds(3)};
    uint32_t synRetries{6};
    uint32_t dataRetries{6};
    Time delayedAckTimeout{MilliSeconds(200)};
    uint32_t delayedAckCount{2};
    Time persistTimeout{Seconds(6)};
};

/**
 * One TCP connection of a Multipath TCP connection. It is ns-3's TCP; what RFC 8684 adds travels in
 * options that are appended in the trace of sent segments and read in the trace of received ones.
 * An application meets it for its traces only (CongestionWindow, RTT, State, Tx, Rx, …).
 */
class MptcpSubflow : public TcpSocketBase
{
  public:
    static TypeId GetTypeId();

    enum class Role
    {
        LISTENER,
        INITIAL_ACTIVE,
        INITIAL_PASSIVE,
        JOIN_ACTIVE,
        JOIN_PASSIVE
    };

    MptcpSubflow();
    MptcpSubflow(const MptcpSubflow& other);
    ~MptcpSubflow() override;

    /// \return the identifier within the connection: 1 for the first, 2 for the next one opened, …
    uint32_t GetId() const
    {
        return m_id;
    }

    Role GetRole() const
    {
        return m_role;
    }

    TcpSocket::TcpStates_t GetState() const
    {
        return m_state;
    }

    /// \return whether it may carry data: connected, a join fully confirmed, and not closing
    bool IsUsable() const;

    /// \return whether either end wants it for backup only
    bool IsBackup() const
    {
        return m_backup || m_peerBackup;
    }

    /// \return smoothed round-trip time; zero before the first sample
    Time GetRtt() const;

    uint32_t GetCwnd() const;

    /// \return bytes of the connection's data first sent, resent or reinjected here
    uint64_t GetBytesSent() const
    {
        return m_bytesSent;
    }

    /// \return bytes of the connection's data that arrived here in order
    uint64_t GetBytesReceived() const
    {
        return m_bytesReceived;
    }

    uint8_t GetLocalAddressId() const
    {
        return m_localAddressId;
    }

    uint8_t GetRemoteAddressId() const
    {
        return m_remoteAddressId;
    }

    int Close() override;

  protected:
    void DoForwardUp(Ptr<Packet> packet, const Address& from, const Address& to) override;
    uint32_t SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck) override;
    Ptr<TcpSocketBase> Fork() override;
    void CompleteFork(Ptr<Packet> packet,
                      const TcpHeader& header,
                      const Address& from,
                      const Address& to) override;
    uint16_t AdvertisedWindowSize(bool scale = true) const override;
    void ReTxTimeout() override;
    void PersistTimeout() override;

  private:
    friend class MptcpSocket;
    friend class MptcpStack;

    /// How the handshake goes on after a segment was looked at.
    enum class Verdict
    {
        PASS, ///< hand it to TCP
        DROP  ///< it has been dealt with
    };

    // mptcp-subflow.cc: life
    void ConnectHooks();
    void Configure(const MptcpTcpParameters& parameters, uint32_t initialSequence);
    void BindTo(const Address& local);
    void Detach();
    void OnState(TcpSocket::TcpStates_t from, TcpSocket::TcpStates_t to);
    void OnConnected(Ptr<Socket> socket);
    void OnGone(Ptr<Socket> socket);
    bool OnRequest(Ptr<Socket> socket, const Address& from);
    void OnAccepted(Ptr<Socket> socket, const Address& from);
    void Review();
    void Reset(MptcpResetReason reason);
    void ResetWith(const MptcpOption& option);

    // mptcp-subflow-data.cc
    bool HasRoom() const;
    bool HasUnacknowledged() const;
    void Assign(const MptcpMapping& mapping, Ptr<Packet> packet);
    void AssignPlain(Ptr<Packet> packet);
    void SendAck();
    void SendProbe();
    void AfterSegment();
    void FixWindow();
    void OnReadable(Ptr<Socket> socket);
    void Deliver();
    uint32_t SsnOf(SequenceNumber32 seq) const;
    Time RetransmissionTimeout() const;

    // mptcp-subflow-handshake.cc
    void OnSynAtListener(Ptr<Packet> packet, const Address& from, const Address& to);
    void FinishFork();
    void ReplyTimeout();
    Verdict OnHandshakeSegment(Ptr<Packet> packet);
    Verdict OnSynAck(const TcpHeader& header, Ptr<const Packet> payload);
    Verdict OnThirdAck(const TcpHeader& header);
    void OnResetSegment(Ptr<Packet> packet);
    void RefuseSyn(const TcpHeader& header,
                   const Address& from,
                   const Address& to,
                   MptcpResetReason reason);
    void ArmThirdAckTimer();
    void ThirdAckTimeout();
    void BecomeUsable();

    // mptcp-subflow-options.cc
    static void OnTx(Ptr<const Packet> packet,
                     const TcpHeader& header,
                     Ptr<const TcpSocketBase> socket);
    static void OnRx(Ptr<const Packet> packet,
                     const TcpHeader& header,
                     Ptr<const TcpSocketBase> socket);
    void AppendOptions(Packet& packet, TcpHeader& header);
    void AppendToSyn(Packet& packet, TcpHeader& header);
    void AppendToSynAck(Packet& packet, TcpHeader& header);
    void AppendToData(uint32_t size, TcpHeader& header);
    void AppendToAck(TcpHeader& header);
    bool AppendMakingRoom(TcpHeader& header, const MptcpOption& option);
    MptcpDss DssWithAck() const;
    void ReadOptions(const TcpHeader& header, uint32_t size);
    void OnDss(const MptcpDss& dss, const TcpHeader& header, uint32_t size);

    Ptr<MptcpSocket> m_meta;
    uint32_t m_id{0};
    Role m_role{Role::LISTENER};
    bool m_usable{false};
    bool m_gone{false};
    bool m_reset{false};
    bool m_finished{false}; ///< we have closed it, or are about to
    bool m_backup{false};
    bool m_peerBackup{false};
    bool m_stalled{false};
    uint8_t m_localAddressId{0};
    uint8_t m_remoteAddressId{0};

    // Handshake
    SequenceNumber32 m_iss{0};
    SequenceNumber32 m_irs{0};
    uint32_t m_localNonce{0};
    uint32_t m_peerNonce{0};
    uint32_t m_synsSent{0};
    bool m_offered{false}; ///< the last SYN or SYN/ACK sent carried MP_CAPABLE
    EventId m_thirdAckEvent;
    uint32_t m_thirdAckTries{0};
    bool m_answerWithAck{false};

    // A SYN that waits for the peer's key, or for the application's answer
    struct HeldSyn
    {
        Ptr<Packet> packet;
        TcpHeader header;
        Address from;
        Address to;
    };

    std::optional<HeldSyn> m_heldSyn;
    bool m_replyPending{false}; ///< the application may still answer the payload of the SYN

    // Extension: payload on the SYN of a join and on its SYN/ACK
    Ptr<Packet> m_synPayload;         ///< ours
    bool m_synPayloadAcked{false};    ///< the peer took it
    uint32_t m_peerSynPayloadSize{0}; ///< the peer's, taken

    // Sequencing
    MptcpMappings m_sendMappings;
    MptcpMappings m_receiveMappings;
    uint32_t m_receiveSsn{1}; ///< next byte to deliver
    Ptr<Packet> m_undelivered;
    uint32_t m_reinjectedSsn{1}; ///< mappings before it have been reinjected
    uint64_t m_bytesSent{0};
    uint64_t m_bytesReceived{0};
    SequenceNumber32 m_lastAck{0};
    bool m_probing{false};

    // Options to be sent
    std::deque<MptcpOption> m_signals;
    std::optional<MptcpOption> m_resetOption;
    bool m_sendDataFin{false};

    // The segment being received
    std::vector<MptcpOption> m_rxOptions;
    bool m_rxRead{false};
    bool m_rxHadOption{false};
};

} // namespace ns3

#endif // MPTCP_SUBFLOW_H
