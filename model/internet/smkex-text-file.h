/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TEXT_FILE_H
#define SMKEX_TEXT_FILE_H

#include "smkex-byte-source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smkex
{

/**
 * Lines of a text file, which may be compressed by gzip or bzip2. A line ends with LF or CR LF,
 * which are taken off; the last one may lack its end. Every error is an InputError that names the
 * file and the line.
 */
class TextFile
{
  public:
    /** Longest line that is taken for text, in bytes. */
    static constexpr std::size_t MAX_LINE_BYTES = 1 << 20;

    /** \throws InputError when the file cannot be opened */
    explicit TextFile(const std::string& path);

    /**
     * \param[out] line the next line
     * \return false at the end of the file
     * \throws InputError when the file cannot be read or decompressed any further, or has a NUL
     *         byte or a line of more than MAX_LINE_BYTES
     */
    bool ReadLine(std::string& line);

    /**
     * The next line that is neither empty nor a comment (first character '#').
     * Parameter, result and errors as of ReadLine.
     */
    bool ReadDataLine(std::string& line);

    /** Number of the line read last, from 1; 0 before the first. */
    std::size_t LineNumber() const
    {
        return m_lineNumber;
    }

    /** Whether the line read last is the file's last and has no end of line. */
    bool IsUnterminated() const
    {
        return m_unterminated;
    }

    /** \throws InputError with this file, the line read last and `reason` */
    [[noreturn]] void Fail(const std::string& reason) const;

    const std::string& Path() const
    {
        return m_path;
    }

  private:
    bool Refill();

    std::string m_path;
    std::unique_ptr<ByteSource> m_source;
    std::vector<char> m_buffer;
    std::size_t m_begin{0}; //!< first byte of the buffer that no line has taken yet
    std::size_t m_end{0};   //!< one past the last byte in the buffer
    std::size_t m_lineNumber{0};
    bool m_unterminated{false};
};

/** The pieces of `text` between each two of `separator`, empty ones included. */
std::vector<std::string_view> SplitFields(std::string_view text, char separator);

/** A number in decimal digits only, in [0, 2^32); nothing where `text` is anything else. */
std::optional<std::uint32_t> ParseUint32(std::string_view text);

/** `text` in quotation marks for a message: cut after 40 bytes, unprintable bytes as '?'. */
std::string Quoted(std::string_view text);

} // namespace smkex

#endif // SMKEX_TEXT_FILE_H
