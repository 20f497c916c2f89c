/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_INPUT_ERROR_H
#define SMKEX_INPUT_ERROR_H

#include <cstddef>
#include <stdexcept>
#include <string>

namespace smkex
{

/**
 * A file or option of the user's that cannot be used. what() is one sentence fit for the
 * terminal: "FILE:LINE: REASON", or "FILE: REASON" where no line is to blame.
 */
class InputError : public std::runtime_error
{
  public:
    /**
     * \param source the file's path, or the option's name
     * \param line number of the offending line, from 1; 0: the input as a whole
     * \param reason what is wrong and what is allowed
     */
    InputError(const std::string& source, std::size_t line, const std::string& reason)
        : std::runtime_error(source + (line > 0 ? ":" + std::to_string(line) : std::string()) +
                             ": " + reason),
          m_line(line)
    {
    }

    /** Number of the offending line, from 1; 0: the input as a whole. */
    std::size_t Line() const
    {
        return m_line;
    }

  private:
    std::size_t m_line;
};

} // namespace smkex

#endif // SMKEX_INPUT_ERROR_H
