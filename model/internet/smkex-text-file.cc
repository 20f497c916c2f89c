/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-text-file.h"

#include "smkex-input-error.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace smkex
{

TextFile::TextFile(const std::string& path)
    : m_path(path),
      m_buffer(1 << 16)
{
    try
    {
        m_source = OpenByteSource(path);
    }
    catch (const ByteSourceError& error)
    {
        throw InputError(path, 0, error.what());
    }
}

bool
TextFile::Refill()
{
    try
    {
        m_begin = 0;
        m_end = m_source->Read(m_buffer.data(), m_buffer.size());
    }
    catch (const ByteSourceError& error)
    {
        // The line being read is the first that cannot be had whole.
        throw InputError(m_path, m_lineNumber, error.what());
    }
    return m_end > 0;
}

bool
TextFile::ReadLine(std::string& line)
{
    line.clear();
    ++m_lineNumber;
    m_unterminated = true;
    while (m_unterminated && (m_begin < m_end || Refill()))
    {
        const char* begin = m_buffer.data() + m_begin;
        const std::size_t available = m_end - m_begin;
        const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', available));
        const std::size_t count = newline ? newline - begin : available;
        line.append(begin, count);
        m_begin += count + (newline ? 1 : 0);
        m_unterminated = newline == nullptr;
        if (line.size() > MAX_LINE_BYTES)
        {
            Fail("the line has more than " + std::to_string(MAX_LINE_BYTES) +
                 " bytes: this is not a text file of the kind expected");
        }
    }
    if (m_unterminated && line.empty())
    {
        --m_lineNumber;
        return false;
    }
    if (line.find('\0') != std::string::npos)
    {
        Fail("the line has a NUL byte: this is not a text file, nor one in gzip or bzip2");
    }
    if (!line.empty() && line.back() == '\r')
    {
        line.pop_back();
    }
    return true;
}

bool
TextFile::ReadDataLine(std::string& line)
{
    while (ReadLine(line))
    {
        if (!line.empty() && line.front() != '#')
        {
            return true;
        }
    }
    return false;
}

void
TextFile::Fail(const std::string& reason) const
{
    throw InputError(m_path, m_lineNumber, reason);
}

std::vector<std::string_view>
SplitFields(std::string_view text, char separator)
{
    std::vector<std::string_view> fields;
    while (true)
    {
        const std::size_t end = text.find(separator);
        fields.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
        {
            return fields;
        }
        text.remove_prefix(end + 1);
    }
}

std::optional<std::uint32_t>
ParseUint32(std::string_view text)
{
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || next != end)
    {
        return std::nullopt;
    }
    return value;
}

std::string
Quoted(std::string_view text)
{
    constexpr std::size_t SHOWN = 40;
    std::string quoted(text.substr(0, SHOWN));
    std::replace_if(
        quoted.begin(),
        quoted.end(),
        [](unsigned char c) { return c < 0x20 || c > 0x7e; },
        '?');
    return "'" + quoted + (text.size() > SHOWN ? "…'" : "'");
}

} // namespace smkex
