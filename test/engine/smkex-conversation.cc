/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-conversation.h"

#include <algorithm>
#include <chrono>

namespace smkex
{

namespace
{

using namespace std::chrono_literals;

std::unique_ptr<RandomSource>
SourceOr(std::unique_ptr<RandomSource> given, std::uint8_t seed)
{
    return given ? std::move(given) : std::make_unique<SeededRandomSource>(Digest{seed});
}

Bytes
Flatten(const SessionKeys& keys)
{
    Bytes all(keys.session.begin(), keys.session.end());
    for (const DirectionKeys& direction : {keys.clientToServer, keys.serverToClient})
    {
        Append(all, direction.key);
        Append(all, direction.iv);
    }
    return all;
}

} // namespace

Party::Party(std::unique_ptr<RandomSource> source, const CostProfile& costs)
    : random(std::move(source)),
      processor(costs, normal, *random)
{
}

Instant
Party::SentAt(PathId path, std::size_t index) const
{
    for (const SendBytes& message : sent)
    {
        if (message.path == path && index-- == 0)
        {
            return message.at;
        }
    }
    return Instant(-1);
}

Bytes
Party::SentOn(PathId path, std::size_t index) const
{
    for (const SendBytes& message : sent)
    {
        if (message.path == path && index-- == 0)
        {
            return message.bytes;
        }
    }
    return {};
}

Conversation::Conversation(Setup setup)
    : m_costs(setup.costs),
      client(SourceOr(std::move(setup.clientRandom), setup.clientSeed), m_costs),
      server(SourceOr(std::move(setup.serverRandom), setup.serverSeed), m_costs),
      m_oneWay(std::move(setup.oneWay)),
      m_paths(setup.client.paths)
{
    client.engine = std::make_unique<KeyExchangeClient>(client.processor, setup.client);
    server.engine =
        std::make_unique<KeyExchangeServer>(server.processor, setup.server.value_or(setup.client));
}

void
Conversation::SetTamper(Tamper tamper)
{
    m_tamper = std::move(tamper);
}

void
Conversation::SplitInto(std::size_t octets)
{
    m_pieces = octets;
}

void
Conversation::At(Instant instant, std::function<void()> happening)
{
    m_happenings.emplace(instant, std::move(happening));
}

Duration
Conversation::OneWay(PathId path) const
{
    return path <= m_oneWay.size() ? m_oneWay[path - 1U] : Duration(10ms);
}

void
Conversation::Run()
{
    At(0ms, [this] {
        Take(client, client.engine->OnStart(m_now));
        Take(server, server.engine->OnStart(m_now));
    });
    for (PathId path = 1; path <= m_paths; ++path)
    {
        At(2 * OneWay(path), [this, path] { Take(client, client.engine->OnPathUp(path, m_now)); });
        At(3 * OneWay(path), [this, path] { Take(server, server.engine->OnPathUp(path, m_now)); });
    }
    while (!m_happenings.empty())
    {
        const auto next = m_happenings.begin();
        m_now = next->first;
        const std::function<void()> happening = next->second;
        m_happenings.erase(next);
        happening();
    }
}

void
Conversation::Arrive(bool atServer, PathId path, const Bytes& bytes)
{
    Party& to = atServer ? server : client;
    const std::size_t step = m_pieces == 0 ? std::max<std::size_t>(bytes.size(), 1) : m_pieces;
    for (std::size_t at = 0; at < bytes.size(); at += step)
    {
        const ByteView rest = ByteView(bytes).From(at);
        Take(to, to.engine->OnBytes(path, rest.First(std::min(step, rest.size())), m_now));
    }
}

void
Conversation::Take(Party& party, const Actions& actions)
{
    for (const Action& action : actions)
    {
        ++party.actions;
        if (const auto* send = std::get_if<SendBytes>(&action))
        {
            party.sent.push_back(*send);
            Send(&party == &client, *send);
        }
        else if (const auto* accept = std::get_if<Accept>(&action))
        {
            party.accepted = accept->at;
        }
        else if (const auto* deliver = std::get_if<Deliver>(&action))
        {
            Append(party.received, deliver->plaintext);
        }
        else if (const auto* fail = std::get_if<Fail>(&action))
        {
            party.failed = *fail;
        }
    }
}

void
Conversation::Send(bool toServer, const SendBytes& message)
{
    const Transit honest{toServer, message.path, message.bytes};
    for (const Transit& transit : m_tamper ? m_tamper(honest) : std::vector<Transit>{honest})
    {
        Instant& last = m_lastArrival[{transit.toServer, transit.path}];
        last = std::max(last, message.at + OneWay(message.path) + transit.further);
        At(last, [this, transit] { Arrive(transit.toServer, transit.path, transit.bytes); });
    }
}

std::optional<Message>
ReadMessage(const Bytes& bytes)
{
    std::optional<Failure> failure;
    const std::optional<Frame> frame = PeekFrame(bytes, failure);
    if (!frame || frame->size != bytes.size())
    {
        return std::nullopt;
    }
    const std::variant<Message, Failure> decoded = Decode(*frame);
    const auto* message = std::get_if<Message>(&decoded);
    return message ? std::optional(*message) : std::nullopt;
}

std::string
StateOf(const Party& party)
{
    if (party.engine->FailureReason())
    {
        return std::string("failed: ") + NameOf(*party.engine->FailureReason());
    }
    return party.engine->IsAccepted() ? "accepted" : "waiting";
}

std::string
KeyOf(const Party& party)
{
    return party.engine->Keys() ? ToHex(party.engine->Keys()->session) : "";
}

bool
AgreeOnKeys(const Conversation& conversation)
{
    const std::optional<SessionKeys>& a = conversation.client.engine->Keys();
    const std::optional<SessionKeys>& b = conversation.server.engine->Keys();
    return a && b && Flatten(*a) == Flatten(*b) && conversation.client.engine->IsAccepted() &&
           conversation.server.engine->IsAccepted();
}

} // namespace smkex
