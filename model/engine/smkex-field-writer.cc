/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-field-writer.h"

namespace smkex
{

FieldWriter&
FieldWriter::Add(ByteView field)
{
    m_bytes.push_back(static_cast<std::uint8_t>(field.size() >> 8));
    m_bytes.push_back(static_cast<std::uint8_t>(field.size()));
    Append(m_bytes, field);
    return *this;
}

FieldWriter&
FieldWriter::AddNumber(std::uint16_t number)
{
    return Add(std::array<std::uint8_t, 2>{static_cast<std::uint8_t>(number >> 8),
                                           static_cast<std::uint8_t>(number)});
}

} // namespace smkex
