/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-stack.h"

#include "mptcp-crypto.h"
#include "mptcp-socket.h"

#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/rtt-estimator.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-recovery-ops.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MptcpStack);

TypeId
MptcpStack::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MptcpStack")
                            .SetParent<Object>()
                            .SetGroupName("Internet")
                            .AddConstructor<MptcpStack>();
    return tid;
}

MptcpStack::MptcpStack()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

Ptr<MptcpStack>
MptcpStack::Of(Ptr<Node> node)
{
    Ptr<MptcpStack> stack = node->GetObject<MptcpStack>();
    if (!stack)
    {
        // An explicit stream a node: keys must not depend on what else draws random numbers.
        constexpr int64_t FIRST_STREAM = 0x4d50544350;
        stack = CreateObject<MptcpStack>();
        stack->m_node = node;
        stack->AssignStreams(FIRST_STREAM + node->GetId());
        node->AggregateObject(stack);
    }
    return stack;
}

int64_t
MptcpStack::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

uint32_t
MptcpStack::NewNonce()
{
    return m_random->GetInteger(0, UINT32_MAX);
}

uint64_t
MptcpStack::NewKey()
{
    uint64_t key = 0;
    do
    {
        key = m_keySource.IsNull() ? static_cast<uint64_t>(NewNonce()) << 32 | NewNonce()
                                   : m_keySource();
    } while (Find(MptcpToken(key)) != nullptr);
    return key;
}

void
MptcpStack::SetKeySource(Callback<uint64_t> source)
{
    m_keySource = source;
}

void
MptcpStack::Register(uint32_t token, MptcpSocket* connection)
{
    m_tokens[token] = connection;
}

void
MptcpStack::Unregister(uint32_t token)
{
    m_tokens.erase(token);
}

MptcpSocket*
MptcpStack::Find(uint32_t token) const
{
    const auto found = m_tokens.find(token);
    return found == m_tokens.end() ? nullptr : found->second;
}

Ptr<MptcpSubflow>
MptcpStack::NewSubflow(TypeId congestion)
{
    auto& prototype = m_prototypes[congestion.GetUid()];
    if (!prototype)
    {
        Ptr<TcpL4Protocol> tcp = m_node->GetObject<TcpL4Protocol>();
        NS_ABORT_MSG_UNLESS(tcp, "a node needs an internet stack before it gets MPTCP sockets");
        ObjectFactory factory;
        auto ofNode = [&](const std::string& attribute) {
            TypeIdValue type;
            tcp->GetAttribute(attribute, type);
            factory.SetTypeId(type.Get());
        };
        prototype = CreateObject<MptcpSubflow>();
        prototype->SetNode(m_node);
        prototype->SetTcp(tcp);
        ofNode("RttEstimatorType");
        prototype->SetRtt(factory.Create<RttEstimator>());
        ofNode("RecoveryType");
        prototype->SetRecoveryAlgorithm(factory.Create<TcpRecoveryOps>());
        factory.SetTypeId(congestion);
        prototype->SetCongestionControlAlgorithm(factory.Create<TcpCongestionOps>());
    }
    return CopyObject(prototype);
}

void
MptcpStack::Track(MptcpSocket* socket)
{
    m_sockets.insert(socket);
}

void
MptcpStack::Untrack(MptcpSocket* socket)
{
    m_sockets.erase(socket);
}

void
MptcpStack::DoDispose()
{
    // Connections and their subflows hold each other; the end of the node has to part them.
    while (!m_sockets.empty())
    {
        Ptr<MptcpSocket> socket = *m_sockets.begin();
        m_sockets.erase(m_sockets.begin());
        socket->Teardown();
    }
    m_prototypes.clear();
    m_tokens.clear();
    m_keySource.Nullify();
    m_random = nullptr;
    m_node = nullptr;
    Object::DoDispose();
}

} // namespace ns3
