/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CONVERSATION_H
#define SMKEX_CONVERSATION_H

#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-key-exchange.h"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace smkex
{

/** One endpoint of a conversation, and everything that it has decided. */
struct Party
{
    Party(std::unique_ptr<RandomSource> source, const CostProfile& costs);

    ConstantNormalSource normal{0}; //!< costs are their medians
    std::unique_ptr<RandomSource> random;
    Processor processor;
    std::unique_ptr<Engine> engine;

    std::vector<SendBytes> sent;
    std::optional<Instant> accepted;
    std::optional<Fail> failed;
    Bytes received;         //!< application data
    std::size_t actions{0}; //!< all that it has ever decided

    /** \return the instant at which the \p index th message left on \p path, from 0 */
    Instant SentAt(PathId path, std::size_t index = 0) const;

    /** \return the octets of that message; empty where there is none */
    Bytes SentOn(PathId path, std::size_t index = 0) const;
};

/** A message on its way. */
struct Transit
{
    bool toServer;
    PathId path;
    Bytes bytes;
    Duration further{0}; //!< delay on top of the path's
};

/**
 * A client's and a server's engine with a wire between them, on simulated time.
 *
 * A path connects after one round trip at the client, half a one later at the server. Octets keep
 * their order on a path, and paths know nothing of each other.
 */
class Conversation
{
  public:
    struct Setup
    {
        KeyExchangeConfig client{};
        std::optional<KeyExchangeConfig> server{}; //!< as the client's, unless it differs
        std::vector<Duration> oneWay{};            //!< a path; 10 ms where nothing is said
        CostProfile costs{};
        std::uint8_t clientSeed{1};
        std::uint8_t serverSeed{2};
        std::unique_ptr<RandomSource> clientRandom{}; //!< instead of the seed
        std::unique_ptr<RandomSource> serverRandom{};
    };

    /** What arrives in the place of a message. */
    using Tamper = std::function<std::vector<Transit>(const Transit&)>;

    explicit Conversation(Setup setup);

    void SetTamper(Tamper tamper);

    /** All messages arrive in pieces of this many octets, one after the other. */
    void SplitInto(std::size_t octets);

    /** Something happens at an instant, besides what the engines do. */
    void At(Instant instant, std::function<void()> happening);

    /** Starts and connects all paths, then lets everything happen that is under way. */
    void Run();

    /** Octets arrive at an endpoint out of nowhere, now. */
    void Arrive(bool atServer, PathId path, const Bytes& bytes);

    /** Takes an engine's decisions into the record and carries them out. */
    void Take(Party& party, const Actions& actions);

    Instant Now() const
    {
        return m_now;
    }

  private:
    CostProfile m_costs; // ahead of those who refer to it

  public:
    Party client;
    Party server;

  private:
    void Send(bool toServer, const SendBytes& message);
    Duration OneWay(PathId path) const;

    std::vector<Duration> m_oneWay;
    PathId m_paths;
    Tamper m_tamper;
    std::size_t m_pieces{0};
    Instant m_now{0};
    std::multimap<Instant, std::function<void()>> m_happenings;
    std::map<std::pair<bool, PathId>, Instant> m_lastArrival;
};

/** \return the message in \p bytes, if they are one whole frame */
std::optional<Message> ReadMessage(const Bytes& bytes);

/** \return `failed: REASON`, `accepted` or `waiting` */
std::string StateOf(const Party& party);

/** \return the session key in hexadecimal digits, or nothing */
std::string KeyOf(const Party& party);

/** \return whether both accepted under keys that are equal in every octet */
bool AgreeOnKeys(const Conversation& conversation);

} // namespace smkex

#endif // SMKEX_CONVERSATION_H
