/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-interceptor.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ns3
{

using smkex::ByteView;
using smkex::Direction;
using smkex::FlowId;
using smkex::StreamPiece;
using smkex::TcpSegment;

namespace
{

/** The number of a segment's first octet of payload; a SYN counts one itself. */
std::uint32_t
FirstOctet(const TcpSegment& segment)
{
    return segment.Sequence() + (segment.Has(TcpSegment::SYN) ? 1 : 0);
}

/** Pieces that follow on each other, made one. */
std::vector<StreamPiece>
JoinAdjacent(const std::vector<StreamPiece>& pieces)
{
    std::vector<StreamPiece> joined;
    for (const StreamPiece& piece : pieces)
    {
        const bool follows =
            !joined.empty() && !joined.back().fin &&
            joined.back().sequence + joined.back().payload.size() == piece.sequence;
        if (follows)
        {
            smkex::Append(joined.back().payload, piece.payload);
            joined.back().fin = piece.fin;
        }
        else
        {
            joined.push_back(piece);
        }
    }
    return joined;
}

Direction
Opposite(Direction direction)
{
    return direction == Direction::ToServer ? Direction::ToClient : Direction::ToServer;
}

} // namespace

bool
SmkexTuple::operator<(const SmkexTuple& other) const
{
    return std::tie(sourcePort, destinationPort, source, destination) <
           std::tie(other.sourcePort, other.destinationPort, other.source, other.destination);
}

SmkexTuple
SmkexTuple::Reversed() const
{
    return {destination, source, destinationPort, sourcePort};
}

SmkexInterceptor::SmkexInterceptor(bool active, const StrategyMaker& makeStrategy)
    : m_active(active),
      m_strategy(makeStrategy(*this))
{
}

SmkexInterceptor::~SmkexInterceptor()
{
    while (!m_flows.empty())
    {
        Forget(m_flows.begin()->first);
    }
}

bool
SmkexInterceptor::OnSegment(const SmkexTuple& tuple,
                            TcpSegment segment,
                            const OnwardMaker& makeOnward)
{
    Direction direction = Direction::ToServer;
    Flow* flow = FindFlow(tuple, direction);
    if (segment.Has(TcpSegment::SYN))
    {
        if (!segment.Has(TcpSegment::ACK))
        {
            const bool repeated = flow && direction == Direction::ToServer &&
                                  flow->initialSequence == segment.Sequence() && !flow->ended;
            if (!repeated)
            {
                BeginFlow(tuple, segment);
                flow = FindFlow(tuple, direction);
            }
        }
        else if (flow && direction == Direction::ToClient)
        {
            BeginStream(flow->streams[static_cast<int>(direction)], segment.Sequence());
        }
        if (segment.Payload().empty())
        {
            return !flow || PassOpening(*flow, direction, segment, makeOnward);
        }
    }
    if (!flow)
    {
        return true; // its beginning was not seen
    }
    Stream& stream = flow->streams[static_cast<int>(direction)];
    const bool followed = stream.editor || stream.reader;
    if (!followed)
    {
        return true;
    }
    stream.finished = stream.finished || segment.Has(TcpSegment::FIN);
    const bool over =
        segment.Has(TcpSegment::RST) ||
        (stream.finished && flow->streams[static_cast<int>(Opposite(direction))].finished);
    bool asItIs = true;
    if (m_active)
    {
        asItIs = Rewrite(*flow, direction, std::move(segment), makeOnward);
    }
    else
    {
        Read(*flow, direction, segment);
    }
    if (over)
    {
        EndFlow(*flow);
    }
    return asItIs;
}

void
SmkexInterceptor::OnNews(const smkex::News& news)
{
    m_strategy->OnNews(news);
    PutOutDecided();
}

SmkexInterceptor::Flow*
SmkexInterceptor::FindFlow(const SmkexTuple& tuple, Direction& direction)
{
    auto found = m_byTuple.find(tuple);
    direction = Direction::ToServer;
    if (found == m_byTuple.end())
    {
        found = m_byTuple.find(tuple.Reversed());
        direction = Direction::ToClient;
    }
    return found == m_byTuple.end() ? nullptr : m_flows.at(found->second).get();
}

void
SmkexInterceptor::BeginFlow(const SmkexTuple& tuple, const TcpSegment& syn)
{
    ForgetOldFlows();
    if (const auto former = m_byTuple.find(tuple); former != m_byTuple.end())
    {
        Forget(former->second);
    }
    const FlowId id = m_nextFlow++;
    auto flow = std::make_unique<Flow>();
    flow->id = id;
    flow->tuple = tuple;
    flow->initialSequence = syn.Sequence();
    BeginStream(flow->streams[static_cast<int>(Direction::ToServer)], syn.Sequence());
    m_byTuple[tuple] = id;
    m_flows.emplace(id, std::move(flow));
    m_strategy->OnFlow(id, tuple.sourcePort);
}

bool
SmkexInterceptor::PassOpening(Flow& flow,
                              Direction direction,
                              const TcpSegment& segment,
                              const OnwardMaker& makeOnward)
{
    if (!m_active)
    {
        return true;
    }
    TcpSegment changed = segment;
    m_strategy->OnOpening(flow.id, direction, changed);
    if (changed.Octets() == segment.Octets())
    {
        return true;
    }
    makeOnward()->Put(std::move(changed));
    return false;
}

void
SmkexInterceptor::BeginStream(Stream& stream, std::uint32_t initialSequence)
{
    stream.initialSequence = initialSequence;
    if (m_active && !stream.editor)
    {
        stream.editor = std::make_unique<smkex::StreamEditor>(initialSequence);
    }
    else if (!m_active && !stream.reader)
    {
        stream.reader = std::make_unique<smkex::StreamReader>(initialSequence);
    }
}

void
SmkexInterceptor::Read(Flow& flow, Direction direction, const TcpSegment& segment)
{
    const ByteView octets =
        flow.streams[static_cast<int>(direction)].reader->OnSegment(FirstOctet(segment),
                                                                    segment.Payload());
    if (!octets.empty())
    {
        m_strategy->OnBytes(flow.id, direction, octets);
    }
}

void
SmkexInterceptor::ForgetAcknowledged(Stream& stream, std::uint32_t acknowledgment)
{
    for (auto own = stream.rewritten.begin(); own != stream.rewritten.end();)
    {
        const std::uint32_t end =
            own->first + static_cast<std::uint32_t>(own->second.Payload().size());
        const bool acknowledged = static_cast<std::int32_t>(acknowledgment - end) >= 0;
        own = acknowledged ? stream.rewritten.erase(own) : std::next(own);
    }
}

void
SmkexInterceptor::TranslateAcknowledgment(Flow& flow, Direction direction, TcpSegment& segment)
{
    Stream& stream = flow.streams[static_cast<int>(Opposite(direction))];
    smkex::StreamEditor* acknowledged = stream.editor.get();
    if (segment.Has(TcpSegment::ACK) && acknowledged)
    {
        ForgetAcknowledged(stream, segment.Acknowledgment());
        segment.SetAcknowledgment(acknowledged->AcknowledgmentToSender(segment.Acknowledgment()));
        if (acknowledged->HasShifted() || acknowledged->HasVouched())
        {
            segment.EraseOptions(TcpSegment::KIND_SACK);
        }
    }
}

bool
SmkexInterceptor::Rewrite(Flow& flow,
                          Direction direction,
                          TcpSegment segment,
                          const OnwardMaker& makeOnward)
{
    Stream& stream = flow.streams[static_cast<int>(direction)];
    smkex::StreamEditor& editor = *stream.editor;
    const TcpSegment original = segment;
    TranslateAcknowledgment(flow, direction, segment);
    if (!stream.onward)
    {
        stream.onward = makeOnward();
    }
    if (segment.Has(TcpSegment::RST))
    {
        segment.SetSequence(editor.ToReceiver(segment.Sequence()));
        stream.onward->Put(segment);
        return false;
    }

    const std::uint32_t sequence = FirstOctet(segment);
    const std::size_t size = segment.Payload().size();
    const bool fin = segment.Has(TcpSegment::FIN);
    if (size > 0 || fin)
    {
        const std::size_t heldBefore = editor.Held().size();
        editor.OnSegment(sequence, original.Payload(), fin);
        const ByteView fresh = editor.Held().From(heldBefore);
        if (!fresh.empty())
        {
            m_strategy->OnBytes(flow.id, direction, fresh);
        }
    }
    std::vector<StreamPiece> pieces = editor.PiecesFor(sequence, size, fin);
    // Without the signal of Multipath TCP an acknowledgment would speak of a fallback, and with it,
    // of what is held.
    const bool canPassAcknowledgment = !segment.Has(TcpSegment::SYN) && !segment.HasDataMapping();
    if (pieces.empty() && canPassAcknowledgment)
    {
        pieces = editor.PiecesFor(sequence, 0, false); // what is held does not hold up its ACK
    }
    stream.dirty = false;

    const bool asItIs = pieces.size() == 1 && pieces[0].sequence == sequence &&
                        pieces[0].fin == fin && original.Payload() == pieces[0].payload &&
                        original.Octets() == segment.Octets();
    if (!asItIs)
    {
        if (size > 0 && stream.rewritten.size() < MAX_REWRITTEN)
        {
            stream.rewritten.insert_or_assign(sequence, segment);
        }
        stream.latest = segment;
        Put(stream, pieces);
    }
    stream.latest = std::move(segment);
    PutOutDecided();
    ScheduleRepair(flow.id, direction);
    return asItIs;
}

void
SmkexInterceptor::Put(Stream& stream, const std::vector<StreamPiece>& pieces)
{
    std::vector<StreamPiece> all;
    if (stream.front)
    {
        all.push_back(*std::exchange(stream.front, std::nullopt));
    }
    all.insert(all.end(), pieces.begin(), pieces.end());
    for (const StreamPiece& run : JoinAdjacent(all))
    {
        ByteView octets = run.payload;
        std::uint32_t sequence = run.sequence;
        do
        {
            // As the sender cut it, if it did: a segment's options may speak of its payload.
            const auto own = stream.rewritten.find(sequence);
            const std::size_t ownSize =
                own == stream.rewritten.end() ? 0 : own->second.Payload().size();
            if (ownSize > octets.size() && !octets.empty() && own->second.HasDataMapping())
            {
                // One mapping, and one checksum, are about all of its octets.
                stream.front = {sequence, octets.ToBytes(), run.fin};
                break;
            }
            const bool fits = ownSize > 0 && ownSize <= octets.size();
            const std::size_t size =
                fits ? ownSize : std::min(octets.size(), smkex::StreamEditor::MAX_PIECE);
            TcpSegment like = fits ? own->second : *stream.latest;
            like.SetAcknowledgment(stream.latest->Acknowledgment());
            const bool last = size == octets.size();
            PutBehind(like, stream, {sequence, octets.First(size).ToBytes(), last && run.fin});
            sequence += static_cast<std::uint32_t>(size);
            octets = octets.From(size);
        } while (!octets.empty());
    }
}

void
SmkexInterceptor::PutBehind(const TcpSegment& like, Stream& stream, const StreamPiece& piece)
{
    TcpSegment segment = like;
    segment.SetSequence(piece.sequence - (like.Has(TcpSegment::SYN) ? 1 : 0));
    segment.SetPayload(piece.payload);
    if (FirstOctet(like) == piece.sequence)
    {
        segment.AdjustDssChecksum(like.Payload(), stream.initialSequence);
    }
    const std::uint8_t others = segment.Flags() & ~TcpSegment::FIN;
    segment.SetFlags(piece.fin ? others | TcpSegment::FIN : others);
    stream.onward->Put(std::move(segment));
}

void
SmkexInterceptor::PutOutDecided()
{
    for (const auto& [id, direction] : std::exchange(m_dirty, {}))
    {
        const auto found = m_flows.find(id);
        if (found == m_flows.end())
        {
            continue;
        }
        Stream& stream = found->second->streams[static_cast<int>(direction)];
        if (stream.dirty && stream.latest)
        {
            stream.dirty = false;
            Put(stream, stream.editor->TakeNew());
            ScheduleRepair(id, direction);
        }
    }
}

void
SmkexInterceptor::ScheduleRepair(FlowId flow, Direction direction)
{
    Stream& stream = m_flows.at(flow)->streams[static_cast<int>(direction)];
    if (stream.editor->HasVouched() && !stream.repair.IsRunning() && stream.repairs < MAX_REPAIRS &&
        !stream.editor->Owed().empty())
    {
        stream.repair = Simulator::Schedule(Seconds(1 << stream.repairs),
                                            &SmkexInterceptor::Repair,
                                            this,
                                            flow,
                                            direction);
    }
}

void
SmkexInterceptor::Repair(FlowId flow, Direction direction)
{
    Stream& stream = m_flows.at(flow)->streams[static_cast<int>(direction)];
    const std::vector<StreamPiece> owed = stream.editor->Owed();
    if (owed.empty())
    {
        stream.repairs = 0;
        return;
    }
    stream.repairs = owed.front().sequence == stream.repairedFrom ? stream.repairs + 1 : 1;
    stream.repairedFrom = owed.front().sequence;
    Put(stream, owed);
    ScheduleRepair(flow, direction);
}

smkex::StreamEditor&
SmkexInterceptor::Editor(FlowId flow, Direction direction) const
{
    return *m_flows.at(flow)->streams[static_cast<int>(direction)].editor;
}

void
SmkexInterceptor::MarkDirty(FlowId flow, Direction direction)
{
    Stream& stream = m_flows.at(flow)->streams[static_cast<int>(direction)];
    if (!stream.dirty)
    {
        stream.dirty = true;
        m_dirty.emplace_back(flow, direction);
    }
}

ByteView
SmkexInterceptor::Held(FlowId flow, Direction direction) const
{
    const Stream& stream = m_flows.at(flow)->streams[static_cast<int>(direction)];
    return stream.editor ? stream.editor->Held() : ByteView();
}

void
SmkexInterceptor::Forward(FlowId flow, Direction direction, std::size_t size)
{
    Editor(flow, direction).Forward(size);
    MarkDirty(flow, direction);
}

void
SmkexInterceptor::Replace(FlowId flow, Direction direction, std::size_t size, ByteView replacement)
{
    Editor(flow, direction).Replace(size, replacement);
    MarkDirty(flow, direction);
}

void
SmkexInterceptor::Inject(FlowId flow, Direction direction, ByteView octets)
{
    if (m_flows.at(flow)->streams[static_cast<int>(direction)].editor)
    {
        Editor(flow, direction).Inject(octets);
        MarkDirty(flow, direction);
    }
}

void
SmkexInterceptor::AwaitMore(FlowId flow, Direction direction)
{
    Editor(flow, direction).AwaitMore();
}

void
SmkexInterceptor::EndFlow(Flow& flow)
{
    if (!flow.ended)
    {
        flow.ended = true;
        m_ended.emplace_back(Simulator::Now(), flow.id);
    }
}

void
SmkexInterceptor::ForgetOldFlows()
{
    while (!m_ended.empty() && m_ended.front().first + Seconds(LINGER_SECONDS) < Simulator::Now())
    {
        Forget(m_ended.front().second);
        m_ended.pop_front();
    }
    if (m_flows.size() >= MAX_FLOWS)
    {
        Forget(m_flows.begin()->first);
    }
}

void
SmkexInterceptor::Forget(FlowId id)
{
    const auto found = m_flows.find(id);
    if (found == m_flows.end())
    {
        return;
    }
    const auto byTuple = m_byTuple.find(found->second->tuple);
    if (byTuple != m_byTuple.end() && byTuple->second == id)
    {
        m_byTuple.erase(byTuple);
    }
    for (Stream& stream : found->second->streams)
    {
        stream.repair.Cancel();
    }
    m_flows.erase(found);
    m_strategy->OnFlowEnd(id);
}

} // namespace ns3
