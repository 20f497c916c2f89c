/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_BYTE_SOURCE_H
#define SMKEX_BYTE_SOURCE_H

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

namespace smkex
{

/** Why bytes could not be had: the system's reason, or damage found by a decompressor. */
class ByteSourceError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/** The bytes of a file from its first to its last, decompressed where need be. */
class ByteSource
{
  public:
    virtual ~ByteSource() = default;

    /**
     * Puts the next bytes, at least one and at most `size` (> 0), into `buffer`.
     *
     * \return the number of bytes; 0 at the end of the file, and from then on
     * \throws ByteSourceError when reading fails, or compressed data are damaged or end early
     */
    virtual std::size_t Read(char* buffer, std::size_t size) = 0;
};

/**
 * Opens a file as plain bytes, gzip (RFC 1952) or bzip2, told apart by its first bytes, whatever
 * its name is. Files of several compressed members in a row are read to the last one.
 *
 * \throws ByteSourceError when the file cannot be opened or read
 */
std::unique_ptr<ByteSource> OpenByteSource(const std::string& path);

} // namespace smkex

#endif // SMKEX_BYTE_SOURCE_H
