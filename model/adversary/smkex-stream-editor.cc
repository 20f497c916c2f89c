/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-stream-editor.h"

#include "ns3/smkex-crypto-check.h"

#include <algorithm>

namespace smkex
{

namespace
{

constexpr auto WINDOW = static_cast<std::int64_t>(StreamEditor::MAX_WINDOW);

} // namespace

ByteView
StreamEditor::Queue::View() const
{
    return ByteView(m_octets).From(m_popped);
}

void
StreamEditor::Queue::Push(ByteView octets)
{
    // Each octet is moved once at most on average, for as many have left as are moved.
    if (m_popped > 0 && m_popped >= m_octets.size() - m_popped)
    {
        m_octets.erase(m_octets.begin(), m_octets.begin() + m_popped);
        m_popped = 0;
    }
    Append(m_octets, octets);
}

void
StreamEditor::Queue::Pop(std::size_t size)
{
    m_popped += size;
}

StreamEditor::StreamEditor(std::uint32_t initialSequence)
    : m_reader(initialSequence),
      m_first(initialSequence + 1)
{
}

void
StreamEditor::OnSegment(std::uint32_t sequence, ByteView payload, bool fin)
{
    const Offset begin = m_reader.OffsetOf(sequence);
    const Offset end = begin + static_cast<Offset>(payload.size());
    if (fin && !m_finIn && end >= ReceivedIn() && end <= m_decidedIn + WINDOW)
    {
        m_finIn = end;
    }
    const Offset limit = m_finIn ? *m_finIn : m_decidedIn + WINDOW;
    if (begin >= limit)
    {
        return;
    }
    m_maxPiece = std::max(m_maxPiece, payload.size());
    const Offset accepted = std::min(end, limit) - begin;
    const ByteView joined =
        m_reader.OnSegment(sequence, payload.First(static_cast<std::size_t>(accepted)));
    // Octets that waited may lie behind a FIN that came later: they contradict it.
    const Offset room = limit - ReceivedIn();
    m_held.Push(joined.First(std::min(joined.size(), static_cast<std::size_t>(room))));
}

ByteView
StreamEditor::Held() const
{
    return m_held.View();
}

void
StreamEditor::Forward(std::size_t size)
{
    Require(size <= Held().size(), "only held octets are forwarded");
    m_awaitsMore = false;
    m_output.Push(Held().First(size));
    m_held.Pop(size);
    m_decidedIn += static_cast<Offset>(size);
    m_decidedOut += static_cast<Offset>(size);
}

void
StreamEditor::Replace(std::size_t size, ByteView replacement)
{
    Require(size <= Held().size(), "only held octets are replaced");
    if (m_isFinished)
    {
        return;
    }
    const Edit edit{m_decidedIn,
                    m_decidedIn + static_cast<Offset>(size),
                    m_decidedOut,
                    m_decidedOut + static_cast<Offset>(replacement.size())};
    m_awaitsMore = false;
    m_output.Push(replacement);
    m_held.Pop(size);
    m_decidedIn = edit.inEnd;
    m_decidedOut = edit.outEnd;
    if (size != replacement.size())
    {
        m_edits.push_back(edit);
        m_hasShifted = true;
    }
}

void
StreamEditor::Inject(ByteView octets)
{
    Replace(0, octets);
}

std::vector<StreamPiece>
StreamEditor::PiecesFor(std::uint32_t sequence, std::size_t size, bool fin)
{
    const Run old = GoneOutBefore(m_reader.OffsetOf(sequence), size, fin);
    const Run added = PutOutDecided();
    std::vector<StreamPiece> pieces;
    if (old.IsEmpty() && added.IsEmpty())
    {
        pieces = InPlaceOfNothing(sequence, size, fin);
    }
    else if (!old.IsEmpty() && !old.fin && old.end == added.begin)
    {
        pieces = Cut({old.begin, added.end, added.fin});
    }
    else
    {
        pieces = Cut(old);
        const std::vector<StreamPiece> more = Cut(added);
        pieces.insert(pieces.end(), more.begin(), more.end());
    }
    Trim();
    return pieces;
}

std::vector<StreamPiece>
StreamEditor::TakeNew()
{
    std::vector<StreamPiece> pieces = Cut(PutOutDecided());
    Trim();
    return pieces;
}

std::vector<StreamPiece>
StreamEditor::Repeat(std::uint32_t sequence, std::size_t size, bool fin) const
{
    const Run old = GoneOutBefore(m_reader.OffsetOf(sequence), size, fin);
    return old.IsEmpty() ? InPlaceOfNothing(sequence, size, fin) : Cut(old);
}

std::vector<StreamPiece>
StreamEditor::Unacknowledged() const
{
    return Cut(
        {std::min(m_acknowledged, m_putOut), m_putOut, m_isFinished && m_acknowledged <= m_putOut});
}

std::uint32_t
StreamEditor::ToReceiver(std::uint32_t sequence) const
{
    const Offset in = m_reader.OffsetOf(sequence);
    if (in < m_putOutIn)
    {
        // An old number stays one, whatever was deleted: the receiver answers it.
        return SequenceOf(std::min(OutputBegin(in), m_putOut - 1));
    }
    if (m_isFinished && in == m_putOutIn)
    {
        return SequenceOf(m_putOut);
    }
    const Offset ahead = in - ReceivedIn() - (HasReceivedFin() ? 1 : 0);
    return SequenceOf(m_putOut + (m_isFinished ? 1 : 0) + std::max<Offset>(ahead, 0));
}

std::uint32_t
StreamEditor::AcknowledgmentToSender(std::uint32_t acknowledgment)
{
    const auto distance = static_cast<std::int32_t>(acknowledgment - SequenceOf(m_putOut));
    const Offset out = m_putOut + std::min<Offset>(distance, m_isFinished ? 1 : 0);
    m_acknowledged = std::max(m_acknowledged, out);

    // The first edit whose output is not all acknowledged.
    const auto next = std::partition_point(m_edits.begin(), m_edits.end(), [out](const Edit& edit) {
        return edit.outEnd <= out;
    });
    Offset in = out - ShiftBefore(static_cast<std::size_t>(next - m_edits.begin()));
    if (next != m_edits.end())
    {
        in = std::min(in, next->inBegin);
    }
    if (m_awaitsMore && IsNothingInFlight())
    {
        m_vouchedIn = ReceivedIn();
    }
    Trim();
    return m_first + static_cast<std::uint32_t>(HasVouched() ? std::max(in, m_vouchedIn) : in);
}

std::vector<StreamPiece>
StreamEditor::Owed() const
{
    const Offset vouched = m_vouchedIn < m_putOutIn ? OutputEnd(m_vouchedIn) : m_putOut;
    if (!HasVouched() || m_acknowledged >= vouched)
    {
        return {};
    }
    return Cut({std::max(m_acknowledged, m_outputBase), vouched, false});
}

bool
StreamEditor::IsNothingInFlight() const
{
    return m_acknowledged >= m_putOut;
}

StreamEditor::Offset
StreamEditor::ReceivedIn() const
{
    return m_decidedIn + static_cast<Offset>(Held().size());
}

bool
StreamEditor::HasReceivedFin() const
{
    return m_finIn && *m_finIn == ReceivedIn();
}

std::uint32_t
StreamEditor::SequenceOf(Offset out) const
{
    return m_first + static_cast<std::uint32_t>(out);
}

std::size_t
StreamEditor::FirstEditAt(Offset in) const
{
    const auto first = std::partition_point(m_edits.begin(), m_edits.end(), [in](const Edit& edit) {
        return edit.inEnd < in || (edit.inEnd == in && edit.inBegin < in);
    });
    return static_cast<std::size_t>(first - m_edits.begin());
}

StreamEditor::Offset
StreamEditor::ShiftBefore(std::size_t edit) const
{
    return edit == 0 ? m_baseShift : m_edits[edit - 1].outEnd - m_edits[edit - 1].inEnd;
}

StreamEditor::Offset
StreamEditor::OutputBegin(Offset in) const
{
    const std::size_t edit = FirstEditAt(in);
    if (edit < m_edits.size() && m_edits[edit].inBegin < in)
    {
        return m_edits[edit].outBegin;
    }
    return in + ShiftBefore(edit);
}

StreamEditor::Offset
StreamEditor::OutputEnd(Offset in) const
{
    const std::size_t edit = FirstEditAt(in);
    if (edit < m_edits.size() && m_edits[edit].inBegin < in)
    {
        return m_edits[edit].outEnd;
    }
    return in + ShiftBefore(edit);
}

StreamEditor::Run
StreamEditor::GoneOutBefore(Offset in, std::size_t size, bool fin) const
{
    const Offset inEnd = in + static_cast<Offset>(size);
    Run run;
    run.fin = fin && m_isFinished && in <= *m_finIn && inEnd >= *m_finIn;
    if ((size == 0 || in >= m_putOutIn) && !run.fin)
    {
        return run;
    }
    // What was injected behind the last octet goes along with it only where more follows.
    const bool reachesBeyond = inEnd > m_putOutIn || run.fin;
    run.begin = std::max(OutputBegin(in), m_outputBase);
    run.end = std::max(reachesBeyond ? m_putOut : OutputEnd(inEnd), run.begin);
    if (run.begin < m_acknowledged && m_acknowledged < run.end + (run.fin ? 1 : 0))
    {
        run.begin = m_acknowledged;
    }
    return run;
}

StreamEditor::Run
StreamEditor::PutOutDecided()
{
    const bool fin = !m_isFinished && m_finIn == m_decidedIn;
    const Run run{m_putOut, m_decidedOut, fin};
    m_putOut = m_decidedOut;
    m_putOutIn = m_decidedIn;
    m_isFinished = m_isFinished || fin;
    return run;
}

std::vector<StreamPiece>
StreamEditor::Cut(const Run& run) const
{
    std::vector<StreamPiece> pieces;
    Offset at = run.begin;
    do
    {
        const Offset end = std::min(at + static_cast<Offset>(m_maxPiece), run.end);
        const bool fin = run.fin && end == run.end;
        if (at < end || fin)
        {
            const ByteView octets = m_output.View()
                                        .First(static_cast<std::size_t>(end - m_outputBase))
                                        .From(static_cast<std::size_t>(at - m_outputBase));
            pieces.push_back({SequenceOf(at), octets.ToBytes(), fin});
        }
        at = end;
    } while (at < run.end);
    return pieces;
}

std::vector<StreamPiece>
StreamEditor::InPlaceOfNothing(std::uint32_t sequence, std::size_t size, bool fin) const
{
    if (size == 0 && !fin)
    {
        return {{ToReceiver(sequence), {}, false}};
    }
    const bool isDecided = m_reader.OffsetOf(sequence) < m_putOutIn;
    if (!isDecided && !Held().empty() && !(m_awaitsMore && IsNothingInFlight()))
    {
        return {};
    }
    const Offset last = std::min(m_acknowledged, m_putOut) - 1;
    const bool isKept = last >= m_outputBase;
    const std::uint8_t octet =
        isKept ? m_output.View()[static_cast<std::size_t>(last - m_outputBase)] : 0;
    return {{SequenceOf(last), {octet}, false}};
}

void
StreamEditor::Trim()
{
    const Offset oldestIn = m_putOutIn - WINDOW;
    const Offset base = std::max(OutputBegin(oldestIn), m_acknowledged - WINDOW);
    if (base > m_outputBase)
    {
        m_output.Pop(static_cast<std::size_t>(base - m_outputBase));
        m_outputBase = base;
    }
    while (!m_edits.empty() &&
           (m_edits.front().inEnd <= oldestIn || m_edits.front().outEnd < m_outputBase))
    {
        m_baseShift = m_edits.front().outEnd - m_edits.front().inEnd;
        m_edits.pop_front();
    }
}

} // namespace smkex
