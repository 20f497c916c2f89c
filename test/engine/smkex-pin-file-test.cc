/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-crypto.h"
#include "ns3/smkex-pin-file.h"
#include "ns3/test.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ns3;
using namespace smkex;

namespace
{

Digest
KeyOf(std::uint32_t number)
{
    Digest key{};
    for (std::size_t i = 0; i < sizeof(number); ++i)
    {
        key[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return Sha256({key});
}

std::string
HostOf(std::uint32_t number)
{
    return "host-" + std::to_string(number);
}

/** A table with \p hosts hosts, some with a history. */
PinTable
TableOf(std::uint32_t hosts)
{
    PinTable table;
    for (std::uint32_t i = 0; i < hosts; ++i)
    {
        Pin& pin = table[HostOf(i)];
        pin.key = KeyOf(i);
        for (std::uint32_t j = 0; j < i % 3; ++j)
        {
            pin.retired.push_back(KeyOf(1000000 + 3 * i + j));
        }
    }
    return table;
}

/** A folder for one test case, gone at its end. */
class Folder
{
  public:
    Folder()
    {
        std::string pattern = "/tmp/smkex-pins-XXXXXX";
        if (const char* base = std::getenv("TMPDIR"))
        {
            pattern = std::string(base) + "/smkex-pins-XXXXXX";
        }
        m_path = mkdtemp(pattern.data()) ? pattern : "";
    }

    ~Folder()
    {
        for (const char* name : {"/pins", "/pins.new", "/pins.lock"})
        {
            unlink((m_path + name).c_str());
        }
        rmdir(m_path.c_str());
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string Pins() const
    {
        return m_path + "/pins";
    }

  private:
    std::string m_path;
};

void
WriteFile(const std::string& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

std::string
ReadFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/** \return `none`, `pinned`, `corrupt`, `access` or `conflict` */
std::string
Describe(const PinStore::Found& found)
{
    if (const auto* problem = std::get_if<PinStoreProblem>(&found))
    {
        switch (problem->kind)
        {
        case PinStoreProblem::Kind::Corrupt:
            return "corrupt";
        case PinStoreProblem::Kind::Access:
            return "access";
        case PinStoreProblem::Kind::Conflict:
            return "conflict";
        }
    }
    return std::get<std::optional<Pin>>(found) ? "pinned" : "none";
}

std::string
Describe(const std::optional<PinStoreProblem>& problem)
{
    return problem ? Describe(PinStore::Found(*problem)) : "done";
}

/** Runs \p work in a process of its own, which ends with it. */
pid_t
StartProcess(const std::function<int()>& work)
{
    const pid_t child = fork();
    if (child == 0)
    {
        _exit(work());
    }
    return child;
}

int
WaitFor(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    {
    }
    return status;
}

class FormatCase : public TestCase
{
  public:
    FormatCase()
        : TestCase("Tables read back as written, and any cut or change of the text is found")
    {
    }

  private:
    void DoRun() override
    {
        std::string problem;
        for (const std::uint32_t hosts : {0, 1, 7})
        {
            const PinTable table = TableOf(hosts);
            const std::string text = FormatPins(table);
            const std::optional<PinTable> read = ParsePins(text, problem);
            NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, problem);
            NS_TEST_EXPECT_MSG_EQ((*read == table), true, "reads back");
            for (std::size_t size = 0; size < text.size(); ++size)
            {
                NS_TEST_EXPECT_MSG_EQ(ParsePins(text.substr(0, size), problem).has_value(),
                                      false,
                                      "cut to " << size);
                std::string changed = text;
                changed[size] = static_cast<char>(changed[size] ^ 0x20);
                NS_TEST_EXPECT_MSG_EQ(ParsePins(changed, problem).has_value(),
                                      false,
                                      "changed at " << size);
            }
            NS_TEST_EXPECT_MSG_EQ(ParsePins(text + "\n", problem).has_value(), false, "longer");
            NS_TEST_EXPECT_MSG_EQ(ParsePins(text + text, problem).has_value(), false, "twice");
        }
    }
};

class LinesCase : public TestCase
{
  public:
    LinesCase()
        : TestCase("Lines that are no pins are refused even under a right checksum")
    {
    }

  private:
    void DoRun() override
    {
        const std::string key = ToHex(KeyOf(1));
        std::string upper = key;
        upper[key.find_first_of("abcdef")] -= 'a' - 'A';
        const auto accepts = [](const std::string& lines) {
            const std::string text = "smkex-pins 1\n" + lines;
            std::string problem;
            return ParsePins(text + "sha256 " + ToHex(Sha256({text})) + "\n", problem).has_value();
        };
        NS_TEST_EXPECT_MSG_EQ(accepts("a " + key + "\nb " + key + " " + key + "\n"), true, "good");
        NS_TEST_EXPECT_MSG_EQ(accepts("b " + key + "\na " + key + "\n"), false, "out of order");
        NS_TEST_EXPECT_MSG_EQ(accepts("a " + key + "\na " + key + "\n"), false, "twice");
        NS_TEST_EXPECT_MSG_EQ(accepts("a\n"), false, "no key");
        NS_TEST_EXPECT_MSG_EQ(accepts("a \n"), false, "an empty key");
        NS_TEST_EXPECT_MSG_EQ(accepts("\n"), false, "an empty line");
        NS_TEST_EXPECT_MSG_EQ(accepts(" " + key + "\n"), false, "no host");
        NS_TEST_EXPECT_MSG_EQ(accepts("a  " + key + "\n"), false, "two spaces");
        NS_TEST_EXPECT_MSG_EQ(accepts("a " + key + " \n"), false, "a space at the end");
        NS_TEST_EXPECT_MSG_EQ(accepts("a " + key.substr(2) + "\n"), false, "a short key");
        NS_TEST_EXPECT_MSG_EQ(accepts("a " + key + "00\n"), false, "a long key");
        NS_TEST_EXPECT_MSG_EQ(accepts("a " + upper + "\n"), false, "upper-case digits");
        NS_TEST_EXPECT_MSG_EQ(accepts("a\t" + key + "\n"), false, "a tab");
        NS_TEST_EXPECT_MSG_EQ(accepts(std::string(256, 'a') + " " + key + "\n"), false, "long");
        NS_TEST_EXPECT_MSG_EQ(IsPinnableHost(std::string(255, 'a')), true, "long enough");
        NS_TEST_EXPECT_MSG_EQ(IsPinnableHost("a b"), false, "a space");
        NS_TEST_EXPECT_MSG_EQ(IsPinnableHost(""), false, "nothing");
        NS_TEST_EXPECT_MSG_EQ(IsPinnableHost("a\n"), false, "a line's end");
    }
};

class FileCase : public TestCase
{
  public:
    FileCase()
        : TestCase("Pins last from one store object to the next; nothing is pinned twice over")
    {
    }

  private:
    void DoRun() override
    {
        const Folder folder;
        const Pin first{KeyOf(1), {}};
        const Pin second{KeyOf(2), {KeyOf(1)}};
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Find("a")), "none", "no file yet");
        NS_TEST_EXPECT_MSG_EQ(access(folder.Pins().c_str(), F_OK), -1, "looking makes none");
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Update("a", {}, first)),
                              "done",
                              "first contact");
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Find("b")), "none", "another host");
        const PinStore::Found found = PinFile(folder.Pins()).Find("a");
        NS_TEST_ASSERT_MSG_EQ(Describe(found), "pinned", "it lasts");
        NS_TEST_EXPECT_MSG_EQ((std::get<std::optional<Pin>>(found) == first), true, "the pin");
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Update("a", {}, second)),
                              "conflict",
                              "a second first contact");
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Update("a", first, second)),
                              "done",
                              "a rotation");
        NS_TEST_EXPECT_MSG_EQ(
            (std::get<std::optional<Pin>>(PinFile(folder.Pins()).Find("a")) == second),
            true,
            "with its history");
        struct stat status;
        stat(folder.Pins().c_str(), &status);
        NS_TEST_EXPECT_MSG_EQ((status.st_mode & 0777), 0600, "for its owner only");
    }
};

class CorruptCase : public TestCase
{
  public:
    CorruptCase()
        : TestCase("A corrupt or unreadable file is a problem for every host and is left as it is")
    {
    }

  private:
    void DoRun() override
    {
        const Folder folder;
        const std::string good = FormatPins(TableOf(5));
        std::string changed = good;
        changed[good.size() / 2] ^= 1;
        for (const std::string& text :
             {std::string(), good.substr(0, good.size() / 2), changed, std::string(100, '\0')})
        {
            WriteFile(folder.Pins(), text);
            PinFile store(folder.Pins());
            NS_TEST_EXPECT_MSG_EQ(Describe(store.Find(HostOf(1))), "corrupt", "a known host");
            NS_TEST_EXPECT_MSG_EQ(Describe(store.Find("new")), "corrupt", "no first contact");
            NS_TEST_EXPECT_MSG_EQ(Describe(store.Update("new", {}, {KeyOf(1), {}})),
                                  "corrupt",
                                  "nothing is added");
            NS_TEST_EXPECT_MSG_EQ((ReadFile(folder.Pins()) == text), true, "left as it is");
        }
        unlink(folder.Pins().c_str());
        mkdir(folder.Pins().c_str(), 0700);
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Find("a")), "access", "a folder");
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Update("a", {}, {KeyOf(1), {}})),
                              "access",
                              "a folder");
        rmdir(folder.Pins().c_str());
        PinFile nowhere(folder.Pins() + "/no/such/folder");
        NS_TEST_EXPECT_MSG_EQ(Describe(nowhere.Update("a", {}, {KeyOf(1), {}})),
                              "access",
                              "nowhere to write");
    }
};

class FullDiskCase : public TestCase
{
  public:
    FullDiskCase()
        : TestCase("A write that cannot be finished is a problem, and the old pins stay")
    {
    }

  private:
    void DoRun() override
    {
        const Folder folder;
        const std::string before = FormatPins(TableOf(50));
        WriteFile(folder.Pins(), before);
        const pid_t child = StartProcess([&folder] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{1000, 1000}; // octets that a file may have
            setrlimit(RLIMIT_FSIZE, &limit);
            const auto problem = PinFile(folder.Pins()).Update("new", {}, {KeyOf(1), {}});
            return Describe(problem) == "access" ? 0 : 1;
        });
        NS_TEST_EXPECT_MSG_EQ(WaitFor(child), 0, "it says so");
        NS_TEST_EXPECT_MSG_EQ((ReadFile(folder.Pins()) == before), true, "the old pins");
        NS_TEST_EXPECT_MSG_EQ(Describe(PinFile(folder.Pins()).Update("new", {}, {KeyOf(1), {}})),
                              "done",
                              "what was left half written is in nobody's way");
    }
};

class KillCase : public TestCase
{
  public:
    KillCase()
        : TestCase("Killed at any moment of its writing, the store is whole and has all that was "
                   "confirmed")
    {
    }

  private:
    static constexpr std::uint32_t OLD_HOSTS = 3000; //!< make each write a long one
    static constexpr std::uint32_t KILLS = 40;

    /** Pins one host after another and confirms each on \p pipe, for ever. */
    static int PinForEver(const std::string& path, std::uint32_t from, int pipe)
    {
        PinFile store(path);
        for (std::uint32_t i = from;; ++i)
        {
            const std::optional<PinStoreProblem> problem =
                store.Update(HostOf(i), std::nullopt, {KeyOf(i), {}});
            if (problem || write(pipe, "", 1) != 1)
            {
                return 1;
            }
        }
    }

    /** Returns as soon as \p path is there, which it is for a part of each update only. */
    static void AwaitWriting(const std::string& path)
    {
        for (std::uint32_t looks = 0; looks < 1000000 && access(path.c_str(), F_OK) != 0; ++looks)
        {
        }
    }

    void DoRun() override
    {
        const Folder folder;
        WriteFile(folder.Pins(), FormatPins(TableOf(OLD_HOSTS)));
        std::uint32_t pinned = OLD_HOSTS; // hosts below it are known to be in the store
        std::uint32_t cutShort = 0;
        for (std::uint32_t round = 0; round < KILLS; ++round)
        {
            int ends[2];
            NS_TEST_ASSERT_MSG_EQ(pipe(ends), 0, "a pipe");
            const pid_t child =
                StartProcess([&] { return PinForEver(folder.Pins(), pinned, ends[1]); });
            close(ends[1]);
            char octet;
            NS_TEST_EXPECT_MSG_EQ(read(ends[0], &octet, 1), 1, "it pins one host");
            ++pinned;
            if (round % 2 == 0)
            {
                usleep(97 * round);
            }
            else
            {
                AwaitWriting(folder.Pins() + ".new");
            }
            kill(child, SIGKILL);
            const int status = WaitFor(child);
            NS_TEST_ASSERT_MSG_EQ((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL),
                                  true,
                                  "it was killed");
            while (read(ends[0], &octet, 1) == 1)
            {
                ++pinned;
            }
            close(ends[0]);
            cutShort += access((folder.Pins() + ".new").c_str(), F_OK) == 0 ? 1 : 0;

            std::string problem;
            const std::optional<PinTable> table = ParsePins(ReadFile(folder.Pins()), problem);
            NS_TEST_ASSERT_MSG_EQ(table.has_value(), true, "round " << round << ": " << problem);
            PinTable expected = TableOf(OLD_HOSTS);
            for (std::uint32_t i = OLD_HOSTS; i < pinned; ++i)
            {
                expected[HostOf(i)].key = KeyOf(i);
            }
            if (*table != expected)
            {
                expected[HostOf(pinned)].key = KeyOf(pinned); // done, but not confirmed any more
                ++pinned;
            }
            NS_TEST_ASSERT_MSG_EQ((*table == expected), true, "round " << round);
        }
        NS_TEST_EXPECT_MSG_GT(cutShort, 0, "some kills met a file half written");
    }
};

class ManyWritersCase : public TestCase
{
  public:
    ManyWritersCase()
        : TestCase("Of several processes that write at once, none loses another one's pin")
    {
    }

  private:
    void DoRun() override
    {
        constexpr std::uint32_t WRITERS = 4;
        constexpr std::uint32_t EACH = 25;
        const Folder folder;
        std::vector<pid_t> children;
        for (std::uint32_t writer = 0; writer < WRITERS; ++writer)
        {
            children.push_back(StartProcess([&folder, writer] {
                PinFile store(folder.Pins());
                for (std::uint32_t i = 0; i < EACH; ++i)
                {
                    const std::uint32_t number = writer * EACH + i;
                    if (store.Update(HostOf(number), std::nullopt, {KeyOf(number), {}}))
                    {
                        return 1;
                    }
                }
                return 0;
            }));
        }
        for (const pid_t child : children)
        {
            NS_TEST_EXPECT_MSG_EQ(WaitFor(child), 0, "all its updates are done");
        }
        PinFile store(folder.Pins());
        for (std::uint32_t i = 0; i < WRITERS * EACH; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(Describe(store.Find(HostOf(i))), "pinned", HostOf(i));
        }
    }
};

class PinFileSuite : public TestSuite
{
  public:
    PinFileSuite()
        : TestSuite("smkex-pin-file", UNIT)
    {
        AddTestCase(new FormatCase, QUICK);
        AddTestCase(new LinesCase, QUICK);
        AddTestCase(new FileCase, QUICK);
        AddTestCase(new CorruptCase, QUICK);
        AddTestCase(new FullDiskCase, QUICK);
        AddTestCase(new KillCase, QUICK);
        AddTestCase(new ManyWritersCase, QUICK);
    }
};

PinFileSuite g_pinFileSuite;

} // namespace
