/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MPTCP_H
#define SMKEX_MPTCP_H

#include "smkex-parallel-tcp.h"
#include "smkex-transport.h"

#include "ns3/mptcp-socket.h"
#include "ns3/node.h"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{

/**
 * One Multipath TCP connection, one subflow a path, by the API for preferred subflows: octets of a
 * path travel on its subflow and nowhere else, and the receiver tells on which they arrived.
 *
 * As deployed (RFC 8684), a path comes up once its subflow may carry data. With join data (an
 * extension, see MptcpSocket), the client's first octets on a path travel on the SYN of its join,
 * and the server's first ones on the SYN/ACK: then a path counts as up at the client as soon as the
 * join may leave.
 */
class SmkexMptcp : public SmkexTransport
{
  public:
    /** Finds out which path the first octets on a further subflow belong to. */
    using LinkReader =
        std::function<std::optional<smkex::Link>(smkex::ByteView, std::optional<smkex::Failure>&)>;

    /** The client's end; \p addresses have both ends of every path but the first. */
    SmkexMptcp(Ptr<Node> node, const std::vector<SmkexPathAddress>& addresses, bool joinData);

    /** The server's end of an accepted connection. \p readLink may be null for a single path. */
    SmkexMptcp(Ptr<MptcpSocket> accepted, const Address& client, LinkReader readLink);

    ~SmkexMptcp() override;

    void Connect() override;
    void Send(smkex::PathId path, smkex::ByteView bytes) override;
    void Close() override;
    void Abandon() override;
    std::vector<std::uint16_t> ClientPorts() const override;
    std::uint32_t PathsUp() const override;

    /** Server: the connection is accepted, and the events are set. */
    void Begin();

    /** Payload of a join's SYN (server) or SYN/ACK (client) has arrived. */
    void HandleJoinData(Ptr<MptcpSocket> socket, std::uint32_t subflow, Ptr<Packet> packet);

    /** \return the socket's attributes for the client's and the listening end */
    static void Configure(MptcpSocket& socket, bool joinData);

  private:
    struct Chunk
    {
        smkex::PathId path;
        smkex::Bytes bytes;
        std::size_t taken; //!< octets of it that the socket has
    };

    void Attach();
    void Detach();
    void HandleConnected(Ptr<Socket> socket);
    void HandleConnectionFailed(Ptr<Socket> socket);
    void HandleReadable(Ptr<Socket> socket);
    void HandleWritable(Ptr<Socket> socket, std::uint32_t available);
    void HandleClosed(Ptr<Socket> socket);
    void HandleError(Ptr<Socket> socket);
    void HandleSubflow(Ptr<MptcpSocket> socket, std::uint32_t subflow, bool up);

    void OpenPath(smkex::PathId path, Ptr<Packet> joinData);
    void Deliver(std::uint32_t subflow, smkex::ByteView bytes);
    std::optional<smkex::PathId> PathOf(std::uint32_t subflow) const;
    void NotePort(std::uint32_t subflow);
    void ReportUp(smkex::PathId path);
    void ReportDown(smkex::PathEnd end);
    void SendQueued();

    Ptr<Node> m_node;
    std::vector<SmkexPathAddress> m_addresses; //!< at the client
    bool m_joinData{false};
    LinkReader m_readLink;
    Ptr<MptcpSocket> m_socket;
    std::map<smkex::PathId, std::uint32_t> m_subflows; //!< by path
    std::map<std::uint32_t, smkex::Bytes> m_unplaced;  //!< octets on subflows of no known path
    std::map<std::uint32_t, bool> m_replies;           //!< joins that await an answer
    std::deque<Chunk> m_queue;
    std::vector<std::uint16_t> m_clientPorts;
    std::uint32_t m_pathsUp{0};
    bool m_down{false};
    bool m_closing{false};
    Ptr<SmkexMptcp> m_lingering; //!< itself, while it still has to deliver after Close()
};

} // namespace ns3

#endif // SMKEX_MPTCP_H
