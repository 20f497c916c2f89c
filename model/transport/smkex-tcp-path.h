/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCP_PATH_H
#define SMKEX_TCP_PATH_H

#include "ns3/address.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"
#include "ns3/smkex-engine.h"
#include "ns3/socket.h"

#include <functional>
#include <optional>

namespace ns3
{

/**
 * One TCP connection as a path: an ns-3 socket with a queue for what its buffer cannot take yet.
 */
class SmkexTcpPath : public SimpleRefCount<SmkexTcpPath>
{
  public:
    using UpHandler = std::function<void()>;
    using BytesHandler = std::function<void(smkex::ByteView)>;
    using DownHandler = std::function<void(smkex::PathEnd)>;

    /** \param socket a stream socket: unconnected, or as it came out of an accept */
    explicit SmkexTcpPath(Ptr<Socket> socket);
    ~SmkexTcpPath();

    void SetHandlers(UpHandler up, BytesHandler bytes, DownHandler down);

    /** Binds to \p local (an invalid address leaves the choice to the routes) and connects. */
    void Connect(const Address& local, const Address& remote);

    void Send(smkex::ByteView bytes);

    /** No handler is called any more; what is queued is still delivered, then the connection ends.
     */
    void Close();

    /** \return what was negotiated, once connected; nothing unless the socket is a SmkexEnoSocket
     */
    std::optional<smkex::EnoOutcome> Negotiated() const;

    /** Lets go of the connection without a word: for when the node itself is going. */
    void Abandon();

    /** \return the local port, 0 while there is none */
    std::uint16_t LocalPort() const;

  private:
    void HandleConnected(Ptr<Socket> socket);
    void HandleConnectionFailed(Ptr<Socket> socket);
    void HandleReadable(Ptr<Socket> socket);
    void HandleWritable(Ptr<Socket> socket, std::uint32_t available);
    void HandleClosed(Ptr<Socket> socket);
    void HandleError(Ptr<Socket> socket);
    void ReportDown(smkex::PathEnd end);
    void SendQueued();
    void Detach();

    Ptr<Socket> m_socket;
    UpHandler m_up;
    BytesHandler m_bytes;
    DownHandler m_down;
    smkex::Bytes m_queue;
    std::size_t m_queueHead{0}; //!< octets of the queue that the socket has taken
    bool m_closing{false};
    Ptr<SmkexTcpPath> m_lingering; //!< itself, while it still has to deliver after Close()
};

} // namespace ns3

#endif // SMKEX_TCP_PATH_H
