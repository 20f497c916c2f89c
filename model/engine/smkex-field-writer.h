/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_FIELD_WRITER_H
#define SMKEX_FIELD_WRITER_H

#include "smkex-bytes.h"

namespace smkex
{

/**
 * What is hashed, signed or given to a KDF: fields with their lengths in front (2 octets,
 * big-endian), so that no two lists of fields have the same encoding.
 */
class FieldWriter
{
  public:
    /** \p field has at most 65,535 octets. */
    FieldWriter& Add(ByteView field);

    /** A number of 16 bits, as a field of two octets. */
    FieldWriter& AddNumber(std::uint16_t number);

    const Bytes& Written() const
    {
        return m_bytes;
    }

  private:
    Bytes m_bytes;
};

} // namespace smkex

#endif // SMKEX_FIELD_WRITER_H
