/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STRATEGY_H
#define SMKEX_STRATEGY_H

#include "smkex-tcp-segment.h"

#include "ns3/smkex-messages.h"
#include "ns3/smkex-processor.h"
#include "ns3/smkex-tls-pki.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/**
 * \file
 * What an adversary does at its node, without any network: octets and news come in, decisions go
 * out. Its position is its capability: a passive node has no way to change anything.
 */

namespace smkex
{

/** Which way octets travel. */
enum class Direction : std::uint8_t
{
    ToServer,
    ToClient,
};

/** A connection that passes a node; unique within the node. */
using FlowId = std::uint64_t;

/** The handle that an active node has on the connections that pass it. */
class Grip
{
  public:
    virtual ~Grip() = default;

    /** \return the octets, in order, that wait for a decision */
    virtual ByteView Held(FlowId flow, Direction direction) const = 0;

    /** The first \p size held octets go on as they are. */
    virtual void Forward(FlowId flow, Direction direction, std::size_t size) = 0;

    /** \p replacement goes on in the place of the first \p size held octets. */
    virtual void Replace(FlowId flow,
                         Direction direction,
                         std::size_t size,
                         ByteView replacement) = 0;

    /** \p octets go on ahead of what is held. */
    virtual void Inject(FlowId flow, Direction direction, ByteView octets) = 0;

    /**
     * What is held is the beginning of something that has to be seen whole before it is decided
     * on. The sender learns that it has arrived: otherwise it would not go on where its congestion
     * window is smaller than the whole. Holds until the next decision.
     */
    virtual void AwaitMore(FlowId flow, Direction direction) = 0;
};

/** One thing that a node has learned and tells its coalition. */
struct News
{
    enum class Fact : std::uint8_t
    {
        Group,             //!< two octets, big-endian
        ClientShare,       //!< g^x, as the client sent it
        ServerShare,       //!< g^y, as the server sent it
        ClientNonce,       //!< N_C of a path, as the client sent it
        ServerNonce,       //!< N_S of a path, as the server sent it
        ShareForServer,    //!< what the server got in the place of g^x
        ShareForClient,    //!< what the client got in the place of g^y
        SecretShare,       //!< the share of a secret that travels on a path, as the client sent it
        TcpcryptSessionId, //!< of tcpcrypt, as the client has computed it
    };

    SessionId session;
    Fact fact;
    PathId path;
    Bytes value;
};

/** What a coalition claims to have got hold of. Only a judge can tell whether it is right. */
struct Loot
{
    /** Who read what: node, the client's port on the connection, which way. */
    using PlaintextKey = std::tuple<std::uint32_t, std::uint16_t, Direction>;

    std::vector<Digest> sessionKeys;
    std::map<PlaintextKey, Bytes> plaintext; //!< application data, in order
};

/** A node of a coalition, as its members know each other. */
struct CoalitionMember
{
    std::vector<PathId> paths; //!< that pass the node
    bool active;
};

/** With what adversaries pass themselves off as the server, where it has a certificate. */
struct TlsForgery
{
    std::shared_ptr<const TlsPki> pki;
    TlsCertificate certificate;
};

/** What an adversary knows before anything happens. */
struct Situation
{
    std::uint32_t node;                     //!< tells this node's claims from those of others
    bool active;                            //!< this node's capability
    bool encrypted;                         //!< whether the victims' protocol encrypts at all
    PathId paths;                           //!< of the victims' sessions
    std::vector<CoalitionMember> coalition; //!< all its members, this node included
    Digest agreedSecret; //!< fixed beforehand by all adversaries, whether they communicate or not
    std::string protocol{};          //!< of the victims, by its name in an experiment
    std::optional<TlsForgery> tls{}; //!< where the victims speak TLS

    /** \return whether some member sees \p path */
    bool Sees(PathId path) const;

    /** \return whether some member is active on \p path */
    bool IsActiveOn(PathId path) const;
};

/** What a strategy works with. All outlive it. */
struct StrategyTools
{
    Grip& grip;                            //!< not to be used by a passive node
    Loot& loot;                            //!< of the coalition
    Processor& processor;                  //!< the node's own
    std::function<void(const News&)> tell; //!< reaches the other members, after their delay
};

/** The mind of one adversary node. */
class Strategy
{
  public:
    virtual ~Strategy() = default;

    /** A connection is being opened. \p clientPort identifies it to a judge. */
    virtual void OnFlow(FlowId flow, std::uint16_t clientPort) = 0;

    /**
     * A SYN or SYN/ACK without payload passes an active node, which may change its options; a
     * repeated one as well.
     */
    virtual void OnOpening(FlowId, Direction, TcpSegment&)
    {
    }

    /**
     * New octets in order, each once. At an active node they are at the end of what is held, and
     * nothing goes on until it is decided on; at a passive node they have gone on already.
     */
    virtual void OnBytes(FlowId flow, Direction direction, ByteView octets) = 0;

    /** A member of the coalition has learned something. */
    virtual void OnNews(const News& news) = 0;

    /** Nothing more will be heard of a connection. */
    virtual void OnFlowEnd(FlowId flow) = 0;
};

/** \return the names that MakeStrategy() takes */
std::vector<std::string> StrategyNames();

/**
 * \return a new strategy; \p name is one of StrategyNames(). `substitute` is the best known one for
 *         the victims' protocol.
 */
std::unique_ptr<Strategy> MakeStrategy(const std::string& name,
                                       const Situation& situation,
                                       const StrategyTools& tools);

} // namespace smkex

#endif // SMKEX_STRATEGY_H
