/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ENO_SOCKET_H
#define SMKEX_ENO_SOCKET_H

#include "ns3/smkex-eno.h"
#include "ns3/socket-factory.h"
#include "ns3/tcp-socket-base.h"

#include <vector>

namespace ns3
{

class TcpL4Protocol;

/**
 * TCP that negotiates encryption by TCP-ENO (RFC 8547). It is ns-3's TCP; the option is appended in
 * the trace of sent segments and read in the trace of received ones.
 *
 * Encrypting is up to whoever uses the socket: once the connection is up, Negotiated() says whether
 * and how.
 */
class SmkexEnoSocket : public TcpSocketBase
{
  public:
    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;

    SmkexEnoSocket();
    SmkexEnoSocket(const SmkexEnoSocket& other);
    ~SmkexEnoSocket() override;

    /**
     * Before Connect() or Listen(); connections that a listener accepts inherit it.
     *
     * \param teps encryption protocols to agree on, the most wanted one first; none: plain TCP
     */
    void SetTeps(const std::vector<uint8_t>& teps);

    /** \return what the ends have agreed on; final when the connection is up */
    smkex::EnoOutcome Negotiated() const
    {
        return m_negotiation.Outcome();
    }

  protected:
    Ptr<TcpSocketBase> Fork() override;

  private:
    static void OnTx(Ptr<const Packet> packet,
                     const TcpHeader& header,
                     Ptr<const TcpSocketBase> socket);
    static void OnRx(Ptr<const Packet> packet,
                     const TcpHeader& header,
                     Ptr<const TcpSocketBase> socket);

    smkex::EnoNegotiation m_negotiation;
};

/**
 * A node's sockets that negotiate encryption, each copied from a first one, as SmkexTcpSockets has
 * its plain ones.
 *
 * \code
 * Ptr<Socket> socket = SmkexEnoSocketFactory::Of(node)->CreateSocket();
 * \endcode
 */
class SmkexEnoSocketFactory : public SocketFactory
{
  public:
    static TypeId GetTypeId();

    /** \return the factory of \p node, which has TCP installed; it is made when first asked for */
    static Ptr<SmkexEnoSocketFactory> Of(Ptr<Node> node);

    /** \return a new socket, with no TEPs so far */
    Ptr<Socket> CreateSocket() override;

  protected:
    void DoDispose() override;

  private:
    Ptr<TcpL4Protocol> m_tcp;
    Ptr<SmkexEnoSocket> m_first;
};

} // namespace ns3

#endif // SMKEX_ENO_SOCKET_H
