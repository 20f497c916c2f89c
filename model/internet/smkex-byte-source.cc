/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-byte-source.h"

#include <algorithm>
#include <array>
#include <bzlib.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <zlib.h>

namespace smkex
{

namespace
{

constexpr std::size_t BUFFER_SIZE = 1 << 16;

/** A file as it lies on the disk; its first bytes can be looked at before they are read. */
class PlainSource : public ByteSource
{
  public:
    explicit PlainSource(const std::string& path)
        : m_file(std::fopen(path.c_str(), "rb"), &std::fclose)
    {
        if (!m_file)
        {
            throw ByteSourceError(std::string("cannot be opened: ") + std::strerror(errno));
        }
    }

    /** Whether the file, nothing of which has been read yet, starts with `magic`. */
    bool StartsWith(const std::string& magic)
    {
        while (m_ahead.size() < magic.size())
        {
            char byte;
            if (ReadFromFile(&byte, 1) == 0)
            {
                break;
            }
            m_ahead += byte;
        }
        return m_ahead.compare(0, magic.size(), magic) == 0;
    }

    std::size_t Read(char* buffer, std::size_t size) override
    {
        if (m_ahead.empty())
        {
            return ReadFromFile(buffer, size);
        }
        const std::size_t count = std::min(size, m_ahead.size());
        std::memcpy(buffer, m_ahead.data(), count);
        m_ahead.erase(0, count);
        return count;
    }

  private:
    std::size_t ReadFromFile(char* buffer, std::size_t size)
    {
        const std::size_t count = std::fread(buffer, 1, size, m_file.get());
        if (count == 0 && std::ferror(m_file.get()))
        {
            throw ByteSourceError(std::string("cannot be read: ") + std::strerror(errno));
        }
        return count;
    }

    std::unique_ptr<std::FILE, int (*)(std::FILE*)> m_file;
    std::string m_ahead; //!< bytes looked at and not read yet
};

class GzipSource : public ByteSource
{
  public:
    explicit GzipSource(std::unique_ptr<PlainSource> compressed)
        : m_compressed(std::move(compressed))
    {
        constexpr int GZIP_ONLY = 16;
        if (inflateInit2(&m_stream, MAX_WBITS + GZIP_ONLY) != Z_OK)
        {
            throw ByteSourceError("not enough memory to decompress it");
        }
    }

    ~GzipSource() override
    {
        inflateEnd(&m_stream);
    }

    std::size_t Read(char* buffer, std::size_t size) override
    {
        m_stream.next_out = reinterpret_cast<Bytef*>(buffer);
        m_stream.avail_out = static_cast<uInt>(size);
        while (m_stream.avail_out == size)
        {
            if (m_stream.avail_in == 0)
            {
                m_stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
                m_stream.avail_in =
                    static_cast<uInt>(m_compressed->Read(m_input.data(), m_input.size()));
                if (m_stream.avail_in == 0 && m_atMemberEnd)
                {
                    return 0;
                }
                if (m_stream.avail_in == 0)
                {
                    throw ByteSourceError("the gzip data end early: the file is not whole");
                }
            }
            if (m_atMemberEnd)
            {
                inflateReset(&m_stream);
                m_atMemberEnd = false;
            }
            const int status = inflate(&m_stream, Z_NO_FLUSH);
            m_atMemberEnd = status == Z_STREAM_END;
            if (status != Z_OK && status != Z_STREAM_END)
            {
                throw ByteSourceError("the gzip data are damaged");
            }
        }
        return size - m_stream.avail_out;
    }

  private:
    std::unique_ptr<PlainSource> m_compressed;
    std::array<char, BUFFER_SIZE> m_input;
    z_stream m_stream{};
    bool m_atMemberEnd{false};
};

class Bzip2Source : public ByteSource
{
  public:
    explicit Bzip2Source(std::unique_ptr<PlainSource> compressed)
        : m_compressed(std::move(compressed))
    {
        Begin();
    }

    ~Bzip2Source() override
    {
        BZ2_bzDecompressEnd(&m_stream);
    }

    std::size_t Read(char* buffer, std::size_t size) override
    {
        m_stream.next_out = buffer;
        m_stream.avail_out = static_cast<unsigned>(size);
        while (m_stream.avail_out == size)
        {
            if (m_stream.avail_in == 0)
            {
                m_stream.next_in = m_input.data();
                m_stream.avail_in =
                    static_cast<unsigned>(m_compressed->Read(m_input.data(), m_input.size()));
                if (m_stream.avail_in == 0 && m_atMemberEnd)
                {
                    return 0;
                }
                if (m_stream.avail_in == 0)
                {
                    throw ByteSourceError("the bzip2 data end early: the file is not whole");
                }
            }
            if (m_atMemberEnd)
            {
                const bz_stream ended = m_stream;
                BZ2_bzDecompressEnd(&m_stream);
                m_stream = bz_stream{};
                Begin();
                m_stream.next_in = ended.next_in;
                m_stream.avail_in = ended.avail_in;
                m_stream.next_out = ended.next_out;
                m_stream.avail_out = ended.avail_out;
                m_atMemberEnd = false;
            }
            const int status = BZ2_bzDecompress(&m_stream);
            m_atMemberEnd = status == BZ_STREAM_END;
            if (status != BZ_OK && status != BZ_STREAM_END)
            {
                throw ByteSourceError("the bzip2 data are damaged");
            }
        }
        return size - m_stream.avail_out;
    }

  private:
    void Begin()
    {
        if (BZ2_bzDecompressInit(&m_stream, 0, 0) != BZ_OK)
        {
            throw ByteSourceError("not enough memory to decompress it");
        }
    }

    std::unique_ptr<PlainSource> m_compressed;
    std::array<char, BUFFER_SIZE> m_input;
    bz_stream m_stream{};
    bool m_atMemberEnd{false};
};

} // namespace

std::unique_ptr<ByteSource>
OpenByteSource(const std::string& path)
{
    auto plain = std::make_unique<PlainSource>(path);
    if (plain->StartsWith("\x1f\x8b"))
    {
        return std::make_unique<GzipSource>(std::move(plain));
    }
    if (plain->StartsWith("BZh"))
    {
        return std::make_unique<Bzip2Source>(std::move(plain));
    }
    return plain;
}

} // namespace smkex
