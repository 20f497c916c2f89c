/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_DATA_H
#define MPTCP_DATA_H

#include "ns3/packet.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

/**
 * \file
 * Sequencing of one direction of a Multipath TCP connection, without sockets or time.
 *
 * Data is counted by its offset in the stream: 0 is the first byte, whose data sequence number is
 * the initial one plus 1. A DATA_FIN takes the offset behind the last byte. A subflow's bytes are
 * counted by their subflow sequence number (SSN), relative to its initial sequence number, so that
 * the first byte is 1. SSNs wrap at 32 bits.
 */

namespace ns3
{

/// \return the 64-bit data sequence number nearest to \p reference whose low 32 bits are \p low.
uint64_t MptcpExpandDsn(uint64_t reference, uint32_t low);

/// Which bytes of a subflow are which bytes of the connection (RFC 8684, 3.3.1).
struct MptcpMapping
{
    uint64_t offset{0};               ///< first byte, in the connection's stream
    uint32_t ssn{0};                  ///< first byte, in the subflow
    uint16_t length{0};               ///< bytes of data, a DATA_FIN not counted
    bool dataFin{false};              ///< the stream ends behind this mapping
    std::optional<uint16_t> checksum; ///< DSS checksum, as on the wire

    bool operator==(const MptcpMapping& other) const
    {
        return offset == other.offset && ssn == other.ssn && length == other.length &&
               checksum == other.checksum;
    }
};

/// The mappings of one direction of one subflow, ordered and without overlap.
class MptcpMappings
{
  public:
    enum class Added
    {
        YES,
        KNOWN,   ///< the same mapping again
        CONFLICT ///< it overlaps one that says something else; the first one holds
    };

    /// \param mapping of at least one byte
    Added Add(const MptcpMapping& mapping);

    /// \return the mapping that covers \p ssn, or null
    const MptcpMapping* Find(uint32_t ssn) const;

    /// Forgets mappings that end at or before \p ssn.
    void DropBefore(uint32_t ssn);

    std::size_t Size() const
    {
        return m_list.size();
    }

    const std::deque<MptcpMapping>& All() const
    {
        return m_list;
    }

  private:
    std::deque<MptcpMapping>::const_iterator FirstEndingAfter(uint32_t ssn) const;

    std::deque<MptcpMapping> m_list;
};

/// Bytes of the stream that the application has sent and the peer has not acknowledged.
class MptcpSendBuffer
{
  public:
    /// \param preference a byte that sticks to these bytes, see MptcpSocket::Send
    void Append(Ptr<const Packet> packet, uint8_t preference);

    /// Frees bytes before \p offset. \return how many.
    uint64_t Ack(uint64_t offset);

    /// \return offset of the first byte held
    uint64_t Begin() const
    {
        return m_begin;
    }

    /// \return offset behind the last byte
    uint64_t End() const
    {
        return m_end;
    }

    uint64_t Size() const
    {
        return m_end - m_begin;
    }

    /**
     * \param offset of a byte held
     * \param[out] runEnd offset behind the last byte that follows with the same preference
     * \return its preference
     */
    uint8_t Preference(uint64_t offset, uint64_t& runEnd) const;

    /// \return \p length bytes from \p offset on, all of which must be held
    Ptr<Packet> Copy(uint64_t offset, uint32_t length) const;

  private:
    struct Chunk
    {
        uint64_t offset;
        Ptr<const Packet> packet;
        uint8_t preference;
    };

    std::deque<Chunk>::const_iterator ChunkAt(uint64_t offset) const;

    std::deque<Chunk> m_chunks;
    uint64_t m_begin{0};
    uint64_t m_end{0};
};

/// Brings the bytes of all subflows into order, and remembers for each byte where it arrived first.
class MptcpReceiveBuffer
{
  public:
    /// \param capacity most bytes that may be unread, or beyond a hole (the receive window)
    void SetCapacity(uint32_t capacity)
    {
        m_capacity = capacity;
    }

    /**
     * Takes bytes in; those known already or beyond the window are dropped.
     * \param offset of the first byte
     * \param packet the bytes
     * \param subflow identifier of the subflow they arrived on
     * \return bytes taken
     */
    uint32_t Insert(uint64_t offset, Ptr<const Packet> packet, uint32_t subflow);

    /// \return offset of the first byte not yet received in order
    uint64_t Next() const
    {
        return m_next;
    }

    /// \return bytes in order, not read
    uint32_t Readable() const
    {
        return m_readable;
    }

    /// \return bytes held beyond a hole
    uint32_t OutOfOrder() const
    {
        return m_outOfOrderBytes;
    }

    /// \return bytes the peer may send from Next() on
    uint32_t Window() const
    {
        return m_readable < m_capacity ? m_capacity - m_readable : 0;
    }

    /// \return the subflow on which the next byte to read arrived; 0 if there is none
    uint32_t HeadSubflow() const
    {
        return m_ready.empty() ? 0 : m_ready.front().subflow;
    }

    /// \return how many bytes from the head on arrived on the head's subflow
    uint32_t HeadRun() const;

    /// \return up to \p maxSize bytes in order, null if there are none
    Ptr<Packet> Read(uint32_t maxSize);

  private:
    struct Piece
    {
        Ptr<const Packet> packet;
        uint32_t subflow;
    };

    void Ready(Ptr<const Packet> packet, uint32_t subflow);

    std::deque<Piece> m_ready;
    std::map<uint64_t, Piece> m_outOfOrder;
    uint64_t m_next{0};
    uint32_t m_readable{0};
    uint32_t m_outOfOrderBytes{0};
    uint32_t m_capacity{131072};
};

/// Ranges of the stream that have to be sent once more, elsewhere than before.
class MptcpReinjectQueue
{
  public:
    struct Range
    {
        uint64_t begin;
        uint64_t end;
        uint32_t avoid; ///< subflow that had its chance
    };

    void Add(const Range& range);

    /// Forgets what lies before \p offset.
    void Ack(uint64_t offset);

    bool IsEmpty() const
    {
        return m_ranges.empty();
    }

    const Range& Front() const
    {
        return m_ranges.front();
    }

    /// Takes \p length bytes off the front range.
    void Pop(uint64_t length);

  private:
    std::deque<Range> m_ranges;
};

} // namespace ns3

#endif // MPTCP_DATA_H
