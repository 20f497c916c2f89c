/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_SOCKET_H
#define MPTCP_SOCKET_H

#include "mptcp-congestion.h"
#include "mptcp-data.h"
#include "mptcp-path-manager.h"
#include "mptcp-scheduler.h"
#include "mptcp-stack.h"
#include "mptcp-subflow.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/tcp-socket.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/// Why a connection ended, other than by an orderly close.
enum class MptcpFailure
{
    NONE,
    CONNECT,   ///< the first subflow could not be connected
    SUBFLOWS,  ///< the last subflow was lost with the connection open
    FASTCLOSE, ///< the peer sent a valid MP_FASTCLOSE
    ABORTED,   ///< Abort was called, or Close with data unread
    CHECKSUM,  ///< a DSS checksum failed and falling back is not allowed
    MIDDLEBOX  ///< options were removed and falling back is not allowed
};

/// \return the failure in words
std::string ToString(MptcpFailure failure);

/// How a connection speaks on the wire.
enum class MptcpMode
{
    NEGOTIATING, ///< the first handshake is under way
    MPTCP,
    FALLBACK ///< plain TCP
};

/// An address that the peer advertised.
struct MptcpAdvertisedAddress
{
    uint8_t id;
    Address address; ///< Inet(6)SocketAddress with the port to join to
    bool accepted;   ///< the path manager may use it
};

/**
 * A Multipath TCP connection, or a listening socket for them (RFC 8684). Any application that takes
 * a stream socket can use it. It takes the attributes of ns3::TcpSocket and passes them on to its
 * subflows; it has no Nagle algorithm.
 *
 * Subflows are numbered at each end in the order of opening, the first one being 1.
 */
class MptcpSocket : public TcpSocket
{
  public:
    static TypeId GetTypeId();

    MptcpSocket();
    MptcpSocket(const MptcpSocket& other);
    ~MptcpSocket() override;

    /// \param stack of the node that the socket lives on. Needed before anything else.
    void SetStack(Ptr<Node> node, Ptr<MptcpStack> stack);

    // ns3::Socket
    SocketErrno GetErrno() const override;
    SocketType GetSocketType() const override;
    Ptr<Node> GetNode() const override;
    int Bind() override;
    int Bind6() override;
    int Bind(const Address& address) override;
    int Connect(const Address& address) override;
    int Listen() override;
    int Close() override;
    int ShutdownSend() override;
    int ShutdownRecv() override;
    uint32_t GetTxAvailable() const override;
    uint32_t GetRxAvailable() const override;
    int GetSockName(Address& address) const override;
    int GetPeerName(Address& address) const override;
    bool SetAllowBroadcast(bool allowBroadcast) override;
    bool GetAllowBroadcast() const override;
    using Socket::Recv;
    using Socket::RecvFrom;
    using Socket::Send;
    using Socket::SendTo;

    /**
     * \param packet bytes to send
     * \param flags 0, or Prefer(n): the subflow that shall carry these bytes
     * \return the number of bytes taken, or -1 with the reason in GetErrno()
     */
    int Send(Ptr<Packet> packet, uint32_t flags) override;
    int SendTo(Ptr<Packet> packet, uint32_t flags, const Address& address) override;

    /**
     * \param maxSize most bytes to return
     * \param flags 0, or Prefer(n): return bytes that arrived on that subflow only. If the next
     * bytes of the stream arrived elsewhere, a strict preference returns null with ERROR_AGAIN, a
     * loose one returns them.
     * \return the next bytes of the stream, null if there are none, empty at the end of the stream
     */
    Ptr<Packet> Recv(uint32_t maxSize, uint32_t flags) override;
    Ptr<Packet> RecvFrom(uint32_t maxSize, uint32_t flags, Address& from) override;

    /**
     * As Recv, but the bytes returned all arrived on one subflow.
     * \param maxSize most bytes to return
     * \param[out] subflow the subflow that they arrived on first; 0 if nothing is returned
     * \param flags as for Recv
     */
    Ptr<Packet> RecvFromSubflow(uint32_t maxSize, uint32_t& subflow, uint32_t flags = 0);

    /**
     * The low byte of the flags of Send and Recv.
     * \param subflow its identifier, 1 to 127
     * \param strict wait for that subflow, even for ever; otherwise take another one when that one
     * has no room or is not there
     */
    static constexpr uint32_t Prefer(uint32_t subflow, bool strict = true)
    {
        return (subflow & 0x7f) | (strict ? 0 : 0x80);
    }

    // Subflows

    /**
     * Opens a further subflow, as soon as RFC 8684 (or the attribute EarlyJoin) allows.
     * \param local own address (Inet(6)SocketAddress, port 0 for any); its interface is used
     * \param remote the peer's address and port
     * \param backup ask the peer to keep the subflow for backup
     * \param joinData payload for the SYN, an extension: see the attribute JoinData
     * \return the identifier it will have, 0 if the connection is not Multipath TCP, ends, or has
     * as many subflows as it may
     */
    uint32_t OpenSubflow(const Address& local,
                         const Address& remote,
                         bool backup = false,
                         Ptr<Packet> joinData = nullptr);

    /// \return how many subflows were opened so far; their identifiers are 1 to this number
    uint32_t GetNSubflows() const;

    /// \return the subflow, or null if there is none or it is gone
    Ptr<MptcpSubflow> GetSubflow(uint32_t id) const;

    /// Closes one subflow; what it carries is sent elsewhere if it does not arrive.
    bool CloseSubflow(uint32_t id);

    /// Tells the peer by MP_PRIO whether to keep the subflow for backup (RFC 8684, 3.3.8).
    bool SetBackup(uint32_t id, bool backup);

    /// Called with the subflow's identifier and true once it can carry data, false when it is gone.
    void SetSubflowCallback(Callback<void, Ptr<MptcpSocket>, uint32_t, bool> callback);

    // Addresses

    /**
     * Advertises an own address by ADD_ADDR (RFC 8684, 3.4.1), again until the peer echoes it.
     * \param address Inet(6)SocketAddress; port 0 if it is the connection's
     * \return the address identifier, 0 if the connection cannot
     */
    uint8_t AdvertiseAddress(const Address& address);

    /// Withdraws an own address by REMOVE_ADDR (RFC 8684, 3.4.2), and resets its subflows.
    bool WithdrawAddress(uint8_t id);

    /// \return the addresses that the peer advertised and has not withdrawn
    const std::vector<MptcpAdvertisedAddress>& GetAdvertisedAddresses() const;

    /// Lets the path manager use all addresses advertised so far, and those to come.
    void AcceptAdvertisedAddresses();

    // Join data, an extension

    /// \param data payload for the SYN of the next subflow that the path manager opens
    void SetNextJoinData(Ptr<Packet> data);

    /**
     * \param callback gets the payload of a join's SYN (at the server) or SYN/ACK (at the client)
     * with the identifier of its subflow. Nothing has authenticated it then.
     */
    void SetJoinDataCallback(Callback<void, Ptr<MptcpSocket>, uint32_t, Ptr<Packet>> callback);

    /**
     * Answers join data. If the SYN/ACK is still held back (attribute JoinReplyHold), it leaves now
     * and carries the answer; otherwise the answer is sent in the stream, strictly on this subflow.
     * \return whether the answer went on the SYN/ACK
     */
    bool SendJoinReply(uint32_t subflow, Ptr<Packet> data);

    // The connection

    /// Ends the connection at once by MP_FASTCLOSE (RFC 8684, 3.5).
    void Abort();

    MptcpMode GetMode() const
    {
        return m_mode;
    }

    MptcpFailure GetFailure() const
    {
        return m_failure;
    }

    /// \return whether both ends know that both have the keys (RFC 8684, 3.1)
    bool IsFullyEstablished() const
    {
        return m_fullyEstablished;
    }

    /// \return whether DSS checksums are in use
    bool UsesChecksum() const
    {
        return m_checksum;
    }

    TcpSocket::TcpStates_t GetState() const
    {
        return m_state;
    }

    uint64_t GetLocalKey() const
    {
        return m_localKey;
    }

    uint64_t GetPeerKey() const
    {
        return m_peerKey.value_or(0);
    }

    /// \return bytes sent that the peer has not acknowledged at the connection level
    uint64_t GetUnacknowledged() const
    {
        return m_send.Size();
    }

    /// Signature of the traces SubflowCreated and SubflowRemoved.
    typedef void (*SubflowTracedCallback)(Ptr<const MptcpSocket> socket,
                                          uint32_t id,
                                          Ptr<MptcpSubflow> subflow);

  protected:
    void DoDispose() override;

  private:
    friend class MptcpSubflow;
    friend class MptcpStack;

    // ns3::TcpSocket, mptcp-socket-attributes.cc
    void SetSndBufSize(uint32_t size) override;
    uint32_t GetSndBufSize() const override;
    void SetRcvBufSize(uint32_t size) override;
    uint32_t GetRcvBufSize() const override;
    void SetSegSize(uint32_t size) override;
    uint32_t GetSegSize() const override;
    void SetInitialSSThresh(uint32_t threshold) override;
    uint32_t GetInitialSSThresh() const override;
    void SetInitialCwnd(uint32_t count) override;
    uint32_t GetInitialCwnd() const override;
    void SetConnTimeout(Time timeout) override;
    Time GetConnTimeout() const override;
    void SetSynRetries(uint32_t count) override;
    uint32_t GetSynRetries() const override;
    void SetDataRetries(uint32_t count) override;
    uint32_t GetDataRetries() const override;
    void SetDelAckTimeout(Time timeout) override;
    Time GetDelAckTimeout() const override;
    void SetDelAckMaxCount(uint32_t count) override;
    uint32_t GetDelAckMaxCount() const override;
    void SetTcpNoDelay(bool noDelay) override;
    bool GetTcpNoDelay() const override;
    void SetPersistTimeout(Time timeout) override;
    Time GetPersistTimeout() const override;

    // mptcp-socket.cc: the API's inside
    bool IsOpen() const;
    bool TakesData() const;
    void SetFailure(MptcpFailure failure);
    void FinishSending();

    // mptcp-connection.cc: establishment and end
    Ptr<MptcpSocket> ForkConnection();
    void StartNegotiation();
    void OnPeerKey(uint64_t key, const MptcpCapable& option);
    void OnFullyEstablished();
    bool FallBack();
    void OnFirstConnected(Ptr<MptcpSubflow> subflow);
    void OnAcceptedFrom(const Address& from);
    void OnSubflowUsable(Ptr<MptcpSubflow> subflow);
    void OnSubflowEvent(Ptr<MptcpSubflow> subflow);
    void RemoveSubflow(Ptr<MptcpSubflow> subflow);
    void OnPeerStreamEnd();
    void OnOwnFinAcknowledged();
    void FinishConnection(bool closeSubflows);
    void Fail(MptcpFailure failure);
    void Teardown();
    void OnFastclose(uint64_t key, Ptr<MptcpSubflow> subflow);

    // mptcp-joins.cc: further subflows and addresses
    void AdoptSubflow(Ptr<MptcpSubflow> subflow, MptcpSubflow::Role role, const Address& local);
    bool MayJoin() const;
    uint32_t SubflowsLeft() const;
    void OpenPending();
    void RunPathManager();
    std::vector<Address> LocalAddresses() const;
    uint8_t AddressId(const Address& address);
    bool AdmitsJoin() const;
    bool HoldsJoin(const Address& from, uint32_t nonce) const;
    void OnHeldSyn(Ptr<MptcpSubflow> subflow);
    void ReleaseHeldSyn(Ptr<MptcpSubflow> subflow);
    void OnJoinData(Ptr<MptcpSubflow> subflow, Ptr<Packet> data);
    void OnAddAddr(const MptcpAddAddr& option, Ptr<MptcpSubflow> subflow);
    void OnRemoveAddr(const MptcpRemoveAddr& option);
    void SendAddAddr(uint8_t id);
    void Signal(const MptcpOption& option);
    uint16_t PeerPort() const;

    // mptcp-transfer.cc: data
    void SchedulePush();
    void Push();
    void PushScheduled();
    void PushRedundant();
    void PushPlain();
    uint64_t PushRange(uint64_t begin, uint64_t end, uint32_t avoid);
    uint32_t Transmit(MptcpSubflow& subflow, uint64_t begin, uint64_t end);
    void PushDataFin();
    void DataFinTimeout();
    void ArmProbe();
    void ProbeTimeout();
    void OnDataAck(uint64_t offset);
    void OnPeerWindow(uint64_t dataAck, uint32_t window);
    void OnData(uint64_t offset, Ptr<const Packet> packet, MptcpSubflow& subflow);
    void OnDataFin(uint64_t offset, MptcpSubflow& subflow);
    void CheckPeerFin(MptcpSubflow& subflow);
    bool OnChecksumFailure(const MptcpMapping& mapping, MptcpSubflow& subflow);
    bool OnUnmappedData(MptcpSubflow& subflow);
    void OnMpFail(uint64_t dsn, MptcpSubflow& subflow);
    void OnInfiniteMapping(MptcpSubflow& subflow);
    void Reinject(MptcpSubflow& subflow);
    void NotifyReadable();
    void AfterRead();
    uint64_t DataAckOffset() const;
    uint32_t ReceiveWindow() const;
    uint64_t WireDsn(uint64_t offset) const;
    uint64_t WireDataAck() const;
    uint64_t OffsetOfDsn(uint64_t dsn, bool wide) const;
    uint64_t OffsetOfDataAck(uint64_t ack, bool wide) const;
    Ptr<MptcpSubflow> AnyUsable() const;

    // Configuration
    MptcpTcpParameters m_tcp;
    bool m_enabled{true};
    bool m_wantChecksum{false};
    bool m_wide{false};
    bool m_denyInitial{false};
    bool m_allowFallback{true};
    bool m_acceptAddAddr{true};
    bool m_earlyJoin{false};
    bool m_joinDataEnabled{false};
    Time m_joinReplyHold;
    uint32_t m_capableSyns{3};
    uint32_t m_maxSubflows{8};
    uint32_t m_ndiffports{2};
    uint32_t m_initialSequence{0};
    Time m_addAddrTimeout;
    uint32_t m_addAddrRetries{3};
    // Numbers, because ns-3's enumeration attributes convert from and to int.
    int m_scheduler{static_cast<int>(MptcpScheduler::LOWEST_RTT)};
    int m_pathManager{static_cast<int>(MptcpPathManager::FULL_MESH)};
    TypeId m_congestion;

    // Surroundings
    Ptr<Node> m_node;
    Ptr<MptcpStack> m_stack;
    mutable SocketErrno m_errno{ERROR_NOTERROR};
    Ptr<MptcpSubflow> m_listener;
    Address m_local;
    Address m_remote;
    bool m_bound6{false};

    // Connection
    TracedValue<TcpSocket::TcpStates_t> m_state{TcpSocket::CLOSED};
    MptcpMode m_mode{MptcpMode::NEGOTIATING};
    MptcpFailure m_failure{MptcpFailure::NONE};
    uint64_t m_localKey{0};
    std::optional<uint64_t> m_peerKey;
    uint32_t m_localToken{0};
    uint32_t m_peerToken{0};
    uint64_t m_localIdsn{0};
    uint64_t m_peerIdsn{0};
    bool m_registered{false};
    bool m_checksum{false};
    bool m_peerDeniesInitial{false};
    bool m_fullyEstablished{false};
    bool m_multipath{false}; ///< a second subflow has existed: no way back to TCP
    bool m_announced{false}; ///< the application knows of the connection
    bool m_closeNotified{false};
    bool m_shutdownSend{false};
    bool m_shutdownRecv{false};
    bool m_finished{false};

    std::vector<Ptr<MptcpSubflow>> m_subflows; ///< by identifier - 1; null when gone
    Ptr<MptcpCongestionGroup> m_group;

    struct PendingJoin
    {
        Ptr<MptcpSubflow> subflow;
        Address local;
        Address remote;
    };

    std::vector<PendingJoin> m_pendingJoins;
    std::vector<MptcpEnds> m_opened;
    std::vector<MptcpAdvertisedAddress> m_advertised;
    std::vector<Address> m_addressIds; ///< own addresses, by identifier

    struct OwnAdvertisement
    {
        MptcpAddAddr option;
        bool echoed{false};
        uint32_t triesLeft{0};
        EventId retry;
    };

    std::vector<OwnAdvertisement> m_ownAdvertisements;
    Ptr<Packet> m_nextJoinData;

    // Data
    MptcpSendBuffer m_send;
    MptcpReceiveBuffer m_receive;
    MptcpReinjectQueue m_reinject;
    std::vector<MptcpPath> m_paths;    ///< scratch of the scheduler
    std::vector<uint64_t> m_redundant; ///< by subflow: next offset of the redundant scheduler
    uint64_t m_nextOffset{0};          ///< first byte not yet given to any subflow
    uint64_t m_peerEdge{0};            ///< offset behind the last byte the peer's window takes
    uint32_t m_lastSubflow{0};
    uint32_t m_lastArrival{0};
    bool m_pushing{false};
    bool m_finSent{false};
    bool m_finAcked{false};
    std::optional<uint64_t> m_peerFin;
    bool m_peerFinTaken{false};
    uint64_t m_advertisedEdge{0};
    EventId m_pushEvent;
    EventId m_finEvent;
    uint32_t m_finTries{0};
    EventId m_probeEvent;
    Time m_probeInterval;

    Callback<void, Ptr<MptcpSocket>, uint32_t, bool> m_subflowCallback;
    Callback<void, Ptr<MptcpSocket>, uint32_t, Ptr<Packet>> m_joinDataCallback;
    TracedCallback<Ptr<const MptcpSocket>, uint32_t, Ptr<MptcpSubflow>> m_subflowCreated;
    TracedCallback<Ptr<const MptcpSocket>, uint32_t, Ptr<MptcpSubflow>> m_subflowRemoved;
    TracedCallback<uint32_t> m_fellBack;
    TracedCallback<uint64_t, uint32_t, uint32_t> m_dataSentTrace;
    TracedCallback<uint64_t, uint32_t, uint32_t> m_dataReceivedTrace;
};

} // namespace ns3

#endif // MPTCP_SOCKET_H
