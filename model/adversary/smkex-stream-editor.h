/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STREAM_EDITOR_H
#define SMKEX_STREAM_EDITOR_H

#include "smkex-stream-reader.h"

#include "ns3/smkex-bytes.h"

#include <cstdint>
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
 * consistent connection.
 *
 * Nothing here has a timer: loss is repaired by the sender's own retransmissions, because an
 * acknowledgment reaches the sender only once the receiver has acknowledged everything that came
 * out of the octets that it covers.
 */
class StreamEditor
{
  public:
    /** \p initialSequence is that of the SYN; the first octet has the number after it. */
    explicit StreamEditor(std::uint32_t initialSequence);

    /**
     * A segment arrives from the sender. Its new in-order octets are added to Held().
     *
     * Octets more than MAX_WINDOW ahead of the stream, or beyond its FIN, are ignored.
     */
    void OnSegment(std::uint32_t sequence, ByteView payload, bool fin);

    /** \return the in-order octets that nobody has decided on */
    ByteView Held() const;

    /** The first \p size held octets go on as they are; \p size is at most Held().size(). */
    void Forward(std::size_t size);

    /** \p replacement goes on in the place of the first \p size held octets. */
    void Replace(std::size_t size, ByteView replacement);

    /** \p octets go on ahead of whatever is held. */
    void Inject(ByteView octets);

    /** \return what is decided and has never been put out; empty if nothing */
    std::vector<StreamPiece> TakeNew();

    /**
     * What to put out in the place of a segment that the sender repeats: whatever has been put out
     * for that range before. A piece of no payload and no FIN where the sender only probes.
     */
    std::vector<StreamPiece> Repeat(std::uint32_t sequence, std::size_t size, bool fin) const;

    /** \return the receiver's number for a sender's number up to which all is decided */
    std::uint32_t ToReceiver(std::uint32_t sequence) const;

    /** \return the acknowledgment to show the sender for one that the receiver gave */
    std::uint32_t AcknowledgmentToSender(std::uint32_t acknowledgment);

    /** \return whether some edit has changed a length: numbers differ on the two sides */
    bool HasShifted() const;

    static constexpr std::size_t MAX_PIECE = 1400;      //!< octets of payload a piece
    static constexpr std::size_t MAX_WINDOW = 1U << 20; //!< octets
};

} // namespace smkex

#endif // SMKEX_STREAM_EDITOR_H
