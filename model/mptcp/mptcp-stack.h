/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_STACK_H
#define MPTCP_STACK_H

#include "mptcp-subflow.h"

#include "ns3/callback.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>

namespace ns3
{

class MptcpSocket;
class Node;

/**
 * What all Multipath TCP connections of a node share: the table of tokens and the source of keys
 * and nonces. It is aggregated to the node, so that nodes and simulations do not mix.
 */
class MptcpStack : public Object
{
  public:
    static TypeId GetTypeId();

    MptcpStack();

    /// \return the stack of \p node, made if it has none. The node needs an internet stack.
    static Ptr<MptcpStack> Of(Ptr<Node> node);

    /// \return a key whose token is not in use on this node
    uint64_t NewKey();

    uint32_t NewNonce();

    /// \param source is asked for keys instead of the random stream; for tests
    void SetKeySource(Callback<uint64_t> source);

    /// \return how many streams were used (1)
    int64_t AssignStreams(int64_t stream);

    void Register(uint32_t token, MptcpSocket* connection);
    void Unregister(uint32_t token);

    /// \return the connection that \p token names, or null
    MptcpSocket* Find(uint32_t token) const;

    std::size_t ConnectionCount() const
    {
        return m_tokens.size();
    }

    /**
     * \param congestion type of the congestion control
     * \return an unconnected subflow with the node's TCP, RTT estimator and recovery. The defaults
     * of ns3::TcpSocketBase and of the algorithms are read when the first one of a kind is made.
     */
    Ptr<MptcpSubflow> NewSubflow(TypeId congestion);

    void Track(MptcpSocket* socket);
    void Untrack(MptcpSocket* socket);

  protected:
    void DoDispose() override;

  private:
    Ptr<Node> m_node;
    Ptr<UniformRandomVariable> m_random;
    Callback<uint64_t> m_keySource;
    std::unordered_map<uint32_t, MptcpSocket*> m_tokens;
    std::set<MptcpSocket*> m_sockets;
    std::map<uint16_t, Ptr<MptcpSubflow>> m_prototypes; ///< by TypeId of the congestion control
};

} // namespace ns3

#endif // MPTCP_STACK_H
