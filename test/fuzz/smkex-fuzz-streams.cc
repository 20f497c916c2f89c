/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz.h"

#include "ns3/smkex-stream-editor.h"
#include "ns3/smkex-stream-reader.h"
#include "ns3/smkex-tcp-segment.h"

#include <cstdlib>

/**
 * \file
 * What an attacker's node reads off the wire: TCP segments, and streams made of them.
 */

namespace smkex
{

namespace
{

/** Options as they come, now and then malformed. */
Bytes
SomeOptions(Dice& dice)
{
    Bytes options;
    while (options.size() < 40 && !dice.OnceIn(4))
    {
        const std::uint8_t kind = dice.OnceIn(2) ? 5 : dice.Octet();
        const auto length =
            static_cast<std::uint8_t>(dice.OnceIn(5) ? dice.Octet() : 2 + dice.Below(20));
        options.push_back(kind);
        options.push_back(length);
        Append(options, dice.Octets(dice.Below(20)));
    }
    options.resize(std::min<std::size_t>(options.size(), 40) / 4 * 4);
    return options;
}

Bytes
SomeSegment(Dice& dice)
{
    Bytes segment = dice.Octets(dice.OnceIn(8) ? dice.Below(20) : 20);
    const Bytes options = SomeOptions(dice);
    if (segment.size() == 20 && !dice.OnceIn(4))
    {
        segment[12] = static_cast<std::uint8_t>((5 + options.size() / 4) << 4);
    }
    Append(segment, options);
    Append(segment, dice.Octets(dice.Below(60)));
    return segment;
}

std::string
FuzzSegments()
{
    Dice dice(21);
    unsigned good = 0;
    for (unsigned i = 0; i < 100000; ++i)
    {
        const Bytes octets = SomeSegment(dice);
        std::optional<TcpSegment> segment = TcpSegment::Parse(octets);
        if (!segment)
        {
            continue;
        }
        ++good;
        if (segment->Octets() != octets || segment->Payload().size() > octets.size() - 20)
        {
            return "a segment that is not what came: " + ToHex(octets);
        }
        segment->EraseOptions(TcpSegment::KIND_SACK);
        const Bytes once = segment->Octets();
        segment->EraseOptions(TcpSegment::KIND_SACK);
        if (segment->Octets() != once || once.size() != octets.size())
        {
            return "SACK blocks are left, or more than they is gone: " + ToHex(octets);
        }
        const Bytes payload = dice.Octets(dice.Below(60));
        segment->SetPayload(payload);
        segment->SetSequence(static_cast<std::uint32_t>(dice.Number()));
        segment->SetAcknowledgment(static_cast<std::uint32_t>(dice.Number()));
        segment->SetFlags(dice.Octet());
        const auto pseudoHeader = static_cast<std::uint32_t>(dice.Below(1U << 20));
        segment->UpdateChecksum(pseudoHeader);
        std::uint64_t sum = std::uint64_t{SumWords(segment->Octets())} + pseudoHeader;
        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        if (segment->Payload() != payload || sum != 0xffff)
        {
            return "an edit that did not work: " + ToHex(octets);
        }
    }
    return good > 20000 ? "" : "hardly any input is a segment";
}

/** The octet that an honest sender has at an offset. */
std::uint8_t
TrueOctet(std::uint64_t offset)
{
    return static_cast<std::uint8_t>(offset * 151 + (offset >> 8) * 7);
}

Bytes
TrueOctets(std::uint64_t begin, std::size_t size)
{
    Bytes octets(size);
    for (std::size_t i = 0; i < size; ++i)
    {
        octets[i] = TrueOctet(begin + i);
    }
    return octets;
}

std::string
FuzzReader()
{
    Dice dice(22);
    for (unsigned i = 0; i < 3000; ++i)
    {
        const auto initial = static_cast<std::uint32_t>(dice.Number());
        StreamReader reader(initial);
        std::uint64_t read = 0;
        for (unsigned segments = 0; segments < 40; ++segments)
        {
            const std::size_t size = dice.Below(200);
            std::uint64_t begin = read > 300 ? read - 300 : 0;
            begin += dice.Below(800);
            std::uint32_t sequence = initial + 1 + static_cast<std::uint32_t>(begin);
            Bytes payload = TrueOctets(begin, size);
            if (dice.OnceIn(10))
            {
                sequence = static_cast<std::uint32_t>(dice.Number()); // far out of every window
                if (std::abs(reader.OffsetOf(sequence) - static_cast<std::int64_t>(read)) < 2000000)
                {
                    continue;
                }
            }
            for (const std::uint8_t octet : reader.OnSegment(sequence, payload))
            {
                if (octet != TrueOctet(read++))
                {
                    return "an octet in the wrong place";
                }
            }
            if (reader.Offset() != read)
            {
                return "an offset that does not count what came";
            }
        }
    }
    return {};
}

/** An editor between a sender that repeats and reorders, and decisions at random. */
class EditedStream
{
  public:
    explicit EditedStream(std::uint64_t seed)
        : m_dice(seed),
          m_initial(static_cast<std::uint32_t>(m_dice.Number())),
          m_editor(m_initial)
    {
    }

    std::string Run()
    {
        for (unsigned i = 0; i < 60 && m_problem.empty(); ++i)
        {
            switch (m_dice.Below(5))
            {
            case 0:
                Acknowledge();
                break;
            case 1:
                Decide();
                Note(m_editor.TakeNew());
                break;
            default:
                Segment();
            }
        }
        return m_problem;
    }

  private:
    void Segment()
    {
        const std::size_t size = m_dice.Below(100);
        const std::uint64_t low = m_in > 150 ? m_in - 150 : 0;
        const std::uint64_t begin = m_dice.OnceIn(2) ? m_in : low + m_dice.Below(300);
        const bool fin = m_dice.OnceIn(40);
        auto sequence = m_initial + 1 + static_cast<std::uint32_t>(begin);
        if (m_dice.OnceIn(30))
        {
            sequence = static_cast<std::uint32_t>(m_dice.Number());
        }
        const std::size_t held = m_editor.Held().size();
        m_editor.OnSegment(sequence, TrueOctets(begin, size), fin);
        if (m_editor.Held().size() < held)
        {
            m_problem = "held octets are gone";
        }
        m_in = m_decided + m_editor.Held().size();
        Decide();
        Note(m_editor.Repeat(sequence, size, fin));
        Note(m_editor.PiecesFor(sequence, size, fin));
        m_editor.ToReceiver(sequence);
    }

    void Decide()
    {
        while (!m_dice.OnceIn(3))
        {
            const std::size_t size = m_dice.Below(m_editor.Held().size() + 1);
            const Bytes octets = m_dice.Octets(m_dice.Below(50));
            const bool open = !m_editor.IsFinished();
            switch (m_dice.Below(3))
            {
            case 0:
                if (open)
                {
                    Append(m_expected, m_editor.Held().First(size));
                    m_decided += size;
                }
                m_editor.Forward(open ? size : 0);
                break;
            case 1:
                if (open)
                {
                    Append(m_expected, octets);
                    m_decided += size;
                }
                m_editor.Replace(size, octets);
                break;
            default:
                if (open)
                {
                    Append(m_expected, octets);
                }
                m_editor.Inject(octets);
            }
        }
    }

    void Acknowledge()
    {
        const bool wild = m_dice.OnceIn(10);
        const auto out = static_cast<std::uint32_t>(m_dice.Below(m_expected.size() + 2));
        const std::uint32_t acknowledgment =
            wild ? static_cast<std::uint32_t>(m_dice.Number()) : m_initial + 1 + out;
        const std::uint32_t shown = m_editor.AcknowledgmentToSender(acknowledgment);
        const auto octets = static_cast<std::int32_t>(shown - (m_initial + 1));
        if (!wild && octets > static_cast<std::int32_t>(m_in) + 1)
        {
            m_problem = "an acknowledgment of octets that were never sent";
        }
        Note(m_editor.Unacknowledged());
    }

    /** What goes out is what was decided, at its place, however often. */
    void Note(const std::vector<StreamPiece>& pieces)
    {
        for (const StreamPiece& piece : pieces)
        {
            const auto begin = static_cast<std::int32_t>(piece.sequence - (m_initial + 1));
            if (begin < 0 && piece.payload.size() <= 1)
            {
                continue; // a probe ahead of the first octet
            }
            const std::int64_t end = begin + static_cast<std::int64_t>(piece.payload.size());
            if (begin >= 0 && piece.payload.empty())
            {
                continue; // an acknowledgment, whose number may be any
            }
            if (begin < 0 || end > static_cast<std::int64_t>(m_expected.size()) ||
                !std::equal(piece.payload.begin(), piece.payload.end(), m_expected.begin() + begin))
            {
                m_problem = "other octets go out than were decided on";
                return;
            }
        }
    }

    Dice m_dice;
    std::uint32_t m_initial;
    StreamEditor m_editor;
    std::uint64_t m_in{0};      //!< octets that have come in order
    std::uint64_t m_decided{0}; //!< of them
    Bytes m_expected;           //!< all that was decided to go out
    std::string m_problem;
};

std::string
FuzzEditor()
{
    for (unsigned i = 0; i < 6000; ++i)
    {
        const std::string problem = EditedStream(7919ULL * i + 23).Run();
        if (!problem.empty())
        {
            return "stream " + std::to_string(i) + ": " + problem;
        }
    }
    return {};
}

} // namespace

std::vector<FuzzCheck>
StreamChecks()
{
    return {{"tcp-segments", FuzzSegments},
            {"stream-reader", FuzzReader},
            {"stream-editor", FuzzEditor}};
}

} // namespace smkex
