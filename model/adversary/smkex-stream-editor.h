/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STREAM_EDITOR_H
#define SMKEX_STREAM_EDITOR_H

#include "smkex-stream-reader.h"

#include "ns3/smkex-bytes.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace smkex
{

/** A piece of stream that goes on towards the receiver, in the receiver's sequence numbers. */
struct StreamPiece
{
    std::uint32_t sequence;
    Bytes payload;
    bool fin;
};

/**
 * One direction of a TCP connection, edited by somebody in the middle.
 *
 * The sender's stream comes in as segments: split, repeated, reordered, with holes. In-order octets
 * are held until somebody decides on them, front first: Forward(), Replace() (by any number of
 * octets) or Inject(). What is decided goes out as pieces, and a retransmission gives the same
 * octets again. Sequence and acknowledgment numbers are translated, so that both ends see one
 * consistent connection. The sender's FIN follows its last octet by itself.
 *
 * For each segment of the sender but SYN and RST, in this order:
 *
 * 1. OnSegment(), where it has payload or a FIN;
 * 2. decisions about Held(), as many as wanted, or none;
 * 3. PiecesFor() says what goes on in its place: one packet a piece, or none.
 *
 * Decisions that are made at another time go out by TakeNew(). Acknowledgments of this direction,
 * which travel the other way, are translated by AcknowledgmentToSender(); where HasShifted(), their
 * SACK blocks have to be erased. The number of an RST is translated by ToReceiver().
 *
 * Nothing here has a timer: loss is repaired by the sender's own retransmissions, because an
 * acknowledgment reaches the sender only once the receiver has acknowledged everything that came
 * out of the octets that it covers. Octets injected behind the sender's last one are repeated with
 * whatever the sender sends next; if that is never, see Unacknowledged(). After AwaitMore() held
 * octets are acknowledged as well, and loss of what comes out of them is repaired by Owed().
 *
 * Both peers may send anything: what makes no sense is ignored, and memory is bounded by MAX_WINDOW
 * octets of the sender, held or gone out, and what was made out of them.
 */
class StreamEditor
{
  public:
    /** Octets of payload a piece at most, or as many as the sender's largest segment had. */
    static constexpr std::size_t MAX_PIECE = 1400;

    static constexpr std::size_t MAX_WINDOW = StreamReader::MAX_WINDOW; //!< octets

    /** \p initialSequence is that of the SYN; the first octet has the number after it. */
    explicit StreamEditor(std::uint32_t initialSequence);

    /**
     * A segment arrives from the sender. Its new in-order octets are added to Held().
     *
     * Octets MAX_WINDOW or more ahead of the decided ones, or beyond the FIN, are ignored.
     */
    void OnSegment(std::uint32_t sequence, ByteView payload, bool fin);

    /** \return the in-order octets that nobody has decided on; valid until the next OnSegment() */
    ByteView Held() const;

    /** The first \p size held octets go on as they are; \p size is at most Held().size(). */
    void Forward(std::size_t size);

    /** \p replacement, which may be empty, goes on in the place of the first \p size held octets.
     */
    void Replace(std::size_t size, ByteView replacement);

    /** \p octets go on ahead of whatever is held. No effect once the FIN has gone out. */
    void Inject(ByteView octets);

    /**
     * More octets are needed for a decision on those held: once all that has gone out is
     * acknowledged, acknowledgments to the sender cover those held, too, and segments of held
     * octets are replaced by a probe, which the receiver answers. Until the next decision.
     */
    void AwaitMore()
    {
        m_awaitsMore = true;
    }

    /** \return whether the sender was shown acknowledgments that the receiver never gave */
    bool HasVouched() const
    {
        return m_vouchedIn > 0;
    }

    /**
     * \return what has gone out, was not acknowledged, and will not be repeated by the sender, who
     *         has been told that its octets have arrived: for a timer of the attacker's own
     */
    std::vector<StreamPiece> Owed() const;

    /**
     * What goes on in the place of a segment that has just come in.
     *
     * Whatever went out before for the part of the range that the sender repeats, followed by all
     * that is newly decided, nothing twice. If both are empty:
     * - a segment without payload and FIN (an acknowledgment, a keep-alive) goes on as one such;
     * - a segment of octets that are held gives nothing, or a probe after AwaitMore();
     * - any other one (its octets deleted, behind a hole, out of every window) gives a probe: the
     *   last octet that the receiver has acknowledged, again. TCP answers it by an acknowledgment
     *   (RFC 9293, 3.10.7.4), and that tells the sender what a receiver has to tell.
     *
     * To let the acknowledgment of a segment pass whose octets are held, ask with \p size 0.
     *
     * \param sequence the segment's sequence number, as the sender gave it
     * \param size octets of its payload
     * \param fin whether it has a FIN
     */
    std::vector<StreamPiece> PiecesFor(std::uint32_t sequence, std::size_t size, bool fin);

    /** \return what is decided and has never been put out; empty if nothing */
    std::vector<StreamPiece> TakeNew();

    /** As PiecesFor(), without what is newly decided. */
    std::vector<StreamPiece> Repeat(std::uint32_t sequence, std::size_t size, bool fin) const;

    /**
     * \return what has gone out and was not acknowledged: for a timer of the attacker's own, if it
     *         wants octets repeated that it injected behind the last one of a silent sender
     */
    std::vector<StreamPiece> Unacknowledged() const;

    /**
     * \return the receiver's number for a sender's number; beyond what has gone out, held octets
     *         count as none and those that have not come yet as one each
     */
    std::uint32_t ToReceiver(std::uint32_t sequence) const;

    /**
     * \return the acknowledgment to show the sender for one that the receiver gave: up to the last
     *         octet (the FIN counts as one) such that everything that came out of it and of those
     *         before is acknowledged; never less than was vouched for after AwaitMore()
     */
    std::uint32_t AcknowledgmentToSender(std::uint32_t acknowledgment);

    /** \return whether some edit has changed a length: numbers differ on the two sides */
    bool HasShifted() const
    {
        return m_hasShifted;
    }

    /** \return whether the sender's FIN has gone out: nothing can be added any more */
    bool IsFinished() const
    {
        return m_isFinished;
    }

  private:
    // Offsets count octets since the SYN: of the sender ("in") or towards the receiver ("out").
    using Offset = std::int64_t;

    /** Octets that come in at the back and leave at the front. Only Push() ends a view. */
    class Queue
    {
      public:
        ByteView View() const;
        void Push(ByteView octets);
        void Pop(std::size_t size);

      private:
        Bytes m_octets;
        std::size_t m_popped{0};
    };

    /** An edit that changed the length: these octets of the sender became those that went out. */
    struct Edit
    {
        Offset inBegin;
        Offset inEnd;
        Offset outBegin;
        Offset outEnd;
    };

    /** A run of out octets, and whether the FIN follows. */
    struct Run
    {
        Offset begin{0};
        Offset end{0};
        bool fin{false};

        bool IsEmpty() const
        {
            return begin == end && !fin;
        }
    };

    Offset ReceivedIn() const;
    bool HasReceivedFin() const;
    std::uint32_t SequenceOf(Offset out) const;

    /** Index of the first edit that touches in octets at or behind \p in, injection there included.
     */
    std::size_t FirstEditAt(Offset in) const;

    /** By how much offsets between the edit before this index and the one at it have shifted. */
    Offset ShiftBefore(std::size_t edit) const;

    /** Where the output of the octet at \p in begins, with what was injected ahead of it. */
    Offset OutputBegin(Offset in) const;

    /** Where the output of the octets before \p in ends, without what was injected behind them. */
    Offset OutputEnd(Offset in) const;

    /** \return whether the receiver has acknowledged all that has gone out */
    bool IsNothingInFlight() const;

    /** The part of a segment that has gone out before. */
    Run GoneOutBefore(Offset in, std::size_t size, bool fin) const;

    /** Marks all that is decided as put out. */
    Run PutOutDecided();

    std::vector<StreamPiece> Cut(const Run& run) const;
    std::vector<StreamPiece> InPlaceOfNothing(std::uint32_t sequence,
                                              std::size_t size,
                                              bool fin) const;
    void Trim();

    StreamReader m_reader;
    std::uint32_t m_first; //!< sequence number of offset 0, on both sides
    std::size_t m_maxPiece{MAX_PIECE};

    Queue m_held;          //!< in octets from m_decidedIn on
    Offset m_decidedIn{0}; //!< in octets decided on
    Offset m_putOutIn{0};  //!< in octets whose output has gone out
    std::optional<Offset> m_finIn;

    Queue m_output;         //!< out octets from m_outputBase to m_decidedOut
    Offset m_outputBase{0}; //!< earlier ones are forgotten
    Offset m_decidedOut{0};
    Offset m_putOut{0};
    Offset m_acknowledged{0}; //!< in out offsets; the FIN counts as one
    bool m_isFinished{false};

    bool m_awaitsMore{false};
    Offset m_vouchedIn{0}; //!< in octets acknowledged on the receiver's behalf

    std::deque<Edit> m_edits; //!< in both orders at once
    Offset m_baseShift{0};    //!< of the edits that are forgotten
    bool m_hasShifted{false};
};

} // namespace smkex

#endif // SMKEX_STREAM_EDITOR_H
