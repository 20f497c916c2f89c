/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_RECORD_LAYER_H
#define SMKEX_RECORD_LAYER_H

#include "smkex-key-schedule.h"

#include <optional>

namespace smkex
{

/**
 * One direction of application data: AES-128-GCM records, numbered from zero.
 *
 * A record's nonce is the base nonce XOR its number, and its frame header is authenticated as
 * additional data. A record that is lost, repeated, reordered or changed does not open.
 */
class RecordDirection
{
  public:
    explicit RecordDirection(const DirectionKeys& keys);

    /**
     * \param processor computes and is charged
     * \param plaintext at most MAX_RECORD_PLAINTEXT octets
     * \return the frame of the next record
     */
    Bytes Seal(Processor& processor, ByteView plaintext);

    /** \return the plaintext of the next record, or nothing where it is not that record */
    std::optional<Bytes> Open(Processor& processor, ByteView sealed);

  private:
    std::array<std::uint8_t, AEAD_NONCE_SIZE> NextNonce();

    DirectionKeys m_keys;
    std::uint64_t m_number{0};
};

} // namespace smkex

#endif // SMKEX_RECORD_LAYER_H
