/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcp-path.h"

#include "smkex-address-port.h"
#include "smkex-eno-socket.h"

#include "ns3/inet6-socket-address.h"
#include "ns3/log.h"
#include "ns3/packet.h"

#include <algorithm>
#include <utility>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("SmkexTcpPath");

SmkexTcpPath::SmkexTcpPath(Ptr<Socket> socket)
    : m_socket(socket)
{
    m_socket->SetConnectCallback(MakeCallback(&SmkexTcpPath::HandleConnected, this),
                                 MakeCallback(&SmkexTcpPath::HandleConnectionFailed, this));
    m_socket->SetRecvCallback(MakeCallback(&SmkexTcpPath::HandleReadable, this));
    m_socket->SetSendCallback(MakeCallback(&SmkexTcpPath::HandleWritable, this));
    m_socket->SetCloseCallbacks(MakeCallback(&SmkexTcpPath::HandleClosed, this),
                                MakeCallback(&SmkexTcpPath::HandleError, this));
}

SmkexTcpPath::~SmkexTcpPath()
{
    Detach();
}

void
SmkexTcpPath::SetHandlers(UpHandler up, BytesHandler bytes, DownHandler down)
{
    m_up = std::move(up);
    m_bytes = std::move(bytes);
    m_down = std::move(down);
}

void
SmkexTcpPath::Connect(const Address& local, const Address& remote)
{
    NS_LOG_FUNCTION(this << remote);
    int bound = 0;
    if (!local.IsInvalid())
    {
        bound = m_socket->Bind(local);
    }
    else if (Inet6SocketAddress::IsMatchingType(remote))
    {
        bound = m_socket->Bind6();
    }
    else
    {
        bound = m_socket->Bind();
    }
    if (bound != 0 || m_socket->Connect(remote) != 0)
    {
        ReportDown(smkex::PathEnd::Closed);
    }
}

void
SmkexTcpPath::Send(smkex::ByteView bytes)
{
    if (m_socket && !m_closing)
    {
        smkex::Append(m_queue, bytes);
        SendQueued();
    }
}

void
SmkexTcpPath::SendQueued()
{
    while (m_queueHead < m_queue.size())
    {
        const std::uint32_t size =
            std::min<std::size_t>(m_queue.size() - m_queueHead, m_socket->GetTxAvailable());
        if (size == 0)
        {
            return;
        }
        const int sent = m_socket->Send(Create<Packet>(m_queue.data() + m_queueHead, size));
        if (sent <= 0)
        {
            return;
        }
        m_queueHead += sent;
    }
    m_queue.clear();
    m_queueHead = 0;
    if (m_closing)
    {
        m_socket->Close();
        Detach();
    }
}

void
SmkexTcpPath::Close()
{
    if (!m_socket || m_closing)
    {
        return;
    }
    m_closing = true;
    SetHandlers(nullptr, nullptr, nullptr);
    m_lingering = this;
    SendQueued();
}

void
SmkexTcpPath::Abandon()
{
    SetHandlers(nullptr, nullptr, nullptr);
    Detach();
}

void
SmkexTcpPath::Detach()
{
    if (!m_socket)
    {
        return;
    }
    m_socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                                 MakeNullCallback<void, Ptr<Socket>>());
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, std::uint32_t>());
    m_socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                MakeNullCallback<void, Ptr<Socket>>());
    m_socket = nullptr;
    const Ptr<SmkexTcpPath> last = std::exchange(m_lingering, nullptr); // may end this object
}

std::optional<smkex::EnoOutcome>
SmkexTcpPath::Negotiated() const
{
    const Ptr<SmkexEnoSocket> socket = DynamicCast<SmkexEnoSocket>(m_socket);
    return socket ? std::optional(socket->Negotiated()) : std::nullopt;
}

std::uint16_t
SmkexTcpPath::LocalPort() const
{
    Address local;
    if (!m_socket || m_socket->GetSockName(local) != 0)
    {
        return 0;
    }
    return SmkexPortOf(local);
}

void
SmkexTcpPath::HandleConnected(Ptr<Socket>)
{
    const Ptr<SmkexTcpPath> self = this;
    if (const UpHandler up = m_up) // a handler may replace the handlers
    {
        up();
    }
}

void
SmkexTcpPath::HandleConnectionFailed(Ptr<Socket>)
{
    ReportDown(smkex::PathEnd::Reset);
}

void
SmkexTcpPath::HandleReadable(Ptr<Socket> socket)
{
    const Ptr<SmkexTcpPath> self = this;
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            return;
        }
        smkex::Bytes bytes(packet->GetSize());
        packet->CopyData(bytes.data(), bytes.size());
        if (const BytesHandler handler = m_bytes)
        {
            handler(bytes);
        }
    }
}

void
SmkexTcpPath::HandleWritable(Ptr<Socket>, std::uint32_t)
{
    const Ptr<SmkexTcpPath> self = this;
    if (m_queueHead < m_queue.size())
    {
        SendQueued();
    }
}

void
SmkexTcpPath::HandleClosed(Ptr<Socket>)
{
    ReportDown(smkex::PathEnd::Closed);
}

void
SmkexTcpPath::HandleError(Ptr<Socket>)
{
    ReportDown(smkex::PathEnd::Reset);
}

void
SmkexTcpPath::ReportDown(smkex::PathEnd end)
{
    const Ptr<SmkexTcpPath> self = this;
    if (m_closing)
    {
        if (end == smkex::PathEnd::Reset)
        {
            Detach(); // nobody is left to deliver to
        }
        return;
    }
    if (const DownHandler down = std::exchange(m_down, nullptr))
    {
        down(end);
    }
}

} // namespace ns3
