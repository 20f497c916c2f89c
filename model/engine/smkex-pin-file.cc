/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-pin-file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace smkex
{

namespace
{

constexpr mode_t OWNER_ONLY = 0600;

/** An open file, closed at the end of its scope. */
class Descriptor
{
  public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }

    ~Descriptor()
    {
        if (m_number >= 0)
        {
            close(m_number);
        }
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    bool IsOpen() const
    {
        return m_number >= 0;
    }

    int Number() const
    {
        return m_number;
    }

  private:
    int m_number;
};

/** Calls again what a signal has interrupted. */
template <class F>
auto
Uninterrupted(F call)
{
    auto result = call();
    while (result < 0 && errno == EINTR)
    {
        result = call();
    }
    return result;
}

bool
WriteAll(int file, const std::string& text)
{
    std::size_t done = 0;
    while (done < text.size())
    {
        const ssize_t written =
            Uninterrupted([&] { return write(file, text.data() + done, text.size() - done); });
        if (written < 0)
        {
            return false;
        }
        done += written;
    }
    return true;
}

bool
ReadAll(int file, std::string& text)
{
    std::array<char, 1U << 14> buffer;
    for (;;)
    {
        const ssize_t got = Uninterrupted([&] { return read(file, buffer.data(), buffer.size()); });
        if (got <= 0)
        {
            return got == 0;
        }
        text.append(buffer.data(), got);
    }
}

bool
Synchronise(int file)
{
    return Uninterrupted([file] { return fsync(file); }) == 0;
}

std::string
FolderOf(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

} // namespace

PinFile::PinFile(std::string path)
    : m_path(std::move(path))
{
}

PinStoreProblem
PinFile::AccessProblem(const std::string& doing) const
{
    return {PinStoreProblem::Kind::Access,
            "The pin store " + m_path + " cannot be " + doing + ": " + std::strerror(errno) + "."};
}

std::variant<PinTable, PinStoreProblem>
PinFile::Load() const
{
    const Descriptor file(open(m_path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.IsOpen())
    {
        if (errno == ENOENT)
        {
            return PinTable();
        }
        return AccessProblem("opened");
    }
    std::string text;
    if (!ReadAll(file.Number(), text))
    {
        return AccessProblem("read");
    }
    std::string problem;
    if (std::optional<PinTable> table = ParsePins(text, problem))
    {
        return std::move(*table);
    }
    return PinStoreProblem{PinStoreProblem::Kind::Corrupt,
                           "The pin store " + m_path + " is corrupt: " + problem + "."};
}

PinStore::Found
PinFile::Find(const std::string& host)
{
    const std::variant<PinTable, PinStoreProblem> loaded = Load();
    if (const auto* problem = std::get_if<PinStoreProblem>(&loaded))
    {
        return *problem;
    }
    return FindPin(std::get<PinTable>(loaded), host);
}

std::optional<PinStoreProblem>
PinFile::Update(const std::string& host, const std::optional<Pin>& expected, const Pin& pin)
{
    const std::string lockPath = m_path + ".lock";
    const Descriptor lock(open(lockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, OWNER_ONLY));
    if (!lock.IsOpen() || Uninterrupted([&] { return flock(lock.Number(), LOCK_EX); }) != 0)
    {
        return AccessProblem("locked");
    }
    std::variant<PinTable, PinStoreProblem> loaded = Load();
    if (const auto* problem = std::get_if<PinStoreProblem>(&loaded))
    {
        return *problem;
    }
    auto& table = std::get<PinTable>(loaded);
    if (!(FindPin(table, host) == expected))
    {
        return PinStoreProblem{PinStoreProblem::Kind::Conflict,
                               "The pin of " + host + " has changed in the meantime."};
    }
    table[host] = pin;
    return Replace(FormatPins(table));
}

std::optional<PinStoreProblem>
PinFile::Replace(const std::string& text) const
{
    const std::string newPath = m_path + ".new";
    {
        const Descriptor file(open(newPath.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                   OWNER_ONLY));
        if (!file.IsOpen() || !WriteAll(file.Number(), text) || !Synchronise(file.Number()))
        {
            return AccessProblem("written");
        }
    }
    const Descriptor folder(open(FolderOf(m_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.IsOpen() || std::rename(newPath.c_str(), m_path.c_str()) != 0 ||
        !Synchronise(folder.Number()))
    {
        return AccessProblem("replaced");
    }
    return std::nullopt;
}

} // namespace smkex
