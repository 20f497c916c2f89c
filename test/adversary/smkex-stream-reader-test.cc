/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-stream-reader.h"
#include "ns3/test.h"

#include <algorithm>
#include <random>

using namespace ns3;
using namespace smkex;

namespace
{

constexpr auto WINDOW = static_cast<std::int64_t>(StreamReader::MAX_WINDOW);

/** A reader that is told offsets from the first octet. */
class Reader
{
  public:
    explicit Reader(std::uint32_t initialSequence)
        : m_first(initialSequence + 1),
          m_reader(initialSequence)
    {
    }

    std::string On(std::int64_t offset, const std::string& octets)
    {
        const ByteView got = m_reader.OnSegment(Sequence(offset), octets);
        return {got.begin(), got.end()};
    }

    void Skip(std::int64_t offset, ByteView octets)
    {
        m_reader.OnSegment(Sequence(offset), octets);
    }

    std::uint32_t Sequence(std::int64_t offset) const
    {
        return m_first + static_cast<std::uint32_t>(offset);
    }

    const StreamReader& operator*() const
    {
        return m_reader;
    }

  private:
    std::uint32_t m_first;
    StreamReader m_reader;
};

class OrderCase : public TestCase
{
  public:
    explicit OrderCase(std::uint32_t initialSequence)
        : TestCase("Octets come in order and once, from sequence number " +
                   std::to_string(initialSequence)),
          m_initialSequence(initialSequence)
    {
    }

  private:
    void DoRun() override
    {
        Reader reader(m_initialSequence);
        NS_TEST_EXPECT_MSG_EQ(reader.On(0, "abc"), "abc", "at once");
        NS_TEST_EXPECT_MSG_EQ(reader.On(0, "abc"), "", "repeated");
        NS_TEST_EXPECT_MSG_EQ(reader.On(3, ""), "", "nothing");
        NS_TEST_EXPECT_MSG_EQ(reader.On(5, "fg"), "", "behind a hole");
        NS_TEST_EXPECT_MSG_EQ((*reader).Offset(), 3, "up to the hole");
        NS_TEST_EXPECT_MSG_EQ(reader.On(9, "j"), "", "behind another");
        NS_TEST_EXPECT_MSG_EQ(reader.On(5, "fgh"), "", "repeated, with more");
        NS_TEST_EXPECT_MSG_EQ(reader.On(1, "bcde"), "defgh", "with those that waited");
        NS_TEST_EXPECT_MSG_EQ(reader.On(8, "ijkl"), "ijkl", "around one that waited");
        NS_TEST_EXPECT_MSG_EQ((*reader).Offset(), 12, "all");
        NS_TEST_EXPECT_MSG_EQ(reader.On(12, "mn"), "mn", "nothing waits any more");
    }

    std::uint32_t m_initialSequence;
};

class ContradictionCase : public TestCase
{
  public:
    ContradictionCase()
        : TestCase("Of octets that contradict each other, the first to arrive count")
    {
    }

  private:
    void DoRun() override
    {
        Reader reader(77);
        reader.On(2, "cd");
        reader.On(6, "gh");
        NS_TEST_EXPECT_MSG_EQ(reader.On(1, "BCDEFGHI"), "", "around what waits");
        NS_TEST_EXPECT_MSG_EQ(reader.On(0, "xxxxxxxxxxx"), "xBcdEFghIxx", "first ones first");
        NS_TEST_EXPECT_MSG_EQ(reader.On(5, "yyyyyyz"), "z", "what has gone stays");
    }
};

class WindowCase : public TestCase
{
  public:
    WindowCase()
        : TestCase("Octets outside the window are ignored")
    {
    }

  private:
    void DoRun() override
    {
        Reader reader(0);
        NS_TEST_EXPECT_MSG_EQ(reader.On(-1, "x"), "", "the SYN's number");
        NS_TEST_EXPECT_MSG_EQ(reader.On(-3, "xxxa"), "a", "what reaches into the stream");
        reader.On(WINDOW, "yz");
        reader.On(WINDOW + 3, "!");
        reader.On(INT32_MAX, "!");
        reader.On(-INT32_MAX, "!");
        const std::string fill(StreamReader::MAX_WINDOW - 1, 'b');
        const std::string got = reader.On(1, fill);
        NS_TEST_EXPECT_MSG_EQ((got == fill + "y"), true, "the last octet that fitted");
        NS_TEST_EXPECT_MSG_EQ(reader.On(WINDOW + 1, "z"), "z", "the next one had not");
        const std::string large(StreamReader::MAX_WINDOW + 5, 'c');
        NS_TEST_EXPECT_MSG_EQ(reader.On(WINDOW + 2, large).size(), WINDOW, "as much as fits");
    }
};

class OffsetCase : public TestCase
{
  public:
    OffsetCase()
        : TestCase("Sequence numbers give offsets, however often they have wrapped")
    {
    }

  private:
    void DoRun() override
    {
        Reader reader(0xfffffff0);
        NS_TEST_EXPECT_MSG_EQ((*reader).OffsetOf(0xfffffff0), -1, "the SYN's number");
        NS_TEST_EXPECT_MSG_EQ((*reader).OffsetOf(0x10), 31, "behind the wrap-around");
        const Bytes octets(StreamReader::MAX_WINDOW, 'x');
        std::int64_t offset = 0;
        while (offset <= std::int64_t{UINT32_MAX} + WINDOW)
        {
            reader.Skip(offset, octets);
            offset += WINDOW;
        }
        NS_TEST_EXPECT_MSG_EQ((*reader).Offset(), offset, "more than there are numbers");
        for (const std::int64_t distance : {-INT32_MAX, -1, 0, 1, INT32_MAX})
        {
            const std::int64_t expected = offset + distance;
            const std::int64_t actual = (*reader).OffsetOf(reader.Sequence(expected));
            NS_TEST_EXPECT_MSG_EQ(actual, expected, "at distance " << distance);
        }
        NS_TEST_EXPECT_MSG_EQ(reader.On(offset + 1, "b"), "", "behind a hole");
        NS_TEST_EXPECT_MSG_EQ(reader.On(offset, "a"), "ab", "filled");
    }
};

class ShuffleCase : public TestCase
{
  public:
    ShuffleCase()
        : TestCase("A stream comes out as it was, whatever its segments and their order")
    {
    }

  private:
    void DoRun() override
    {
        std::mt19937 random(1124);
        for (int run = 0; run < 1000; ++run)
        {
            std::string stream(1 + random() % 500, ' ');
            std::generate(stream.begin(), stream.end(), [&] { return 'a' + random() % 26; });
            std::vector<std::pair<std::size_t, std::size_t>> segments; // offset, size
            for (std::size_t at = 0; at < stream.size();)
            {
                const std::size_t size = 1 + random() % 40;
                // Some overlap with others on both sides.
                const std::size_t begin = at - std::min<std::size_t>(at, random() % 30);
                segments.emplace_back(begin, at - begin + size + random() % 30);
                at += size;
            }
            for (std::size_t i = segments.size(); i > 1; --i)
            {
                std::swap(segments[i - 1], segments[random() % i]);
            }
            Reader reader(static_cast<std::uint32_t>(0 - random() % 600));
            std::string got;
            for (const auto& [offset, size] : segments)
            {
                got += reader.On(static_cast<std::int64_t>(offset), stream.substr(offset, size));
                NS_TEST_ASSERT_MSG_EQ((*reader).Offset(), got.size(), "counts what it gives");
            }
            NS_TEST_ASSERT_MSG_EQ(got, stream, "run " << run);
        }
    }
};

class StreamReaderSuite : public TestSuite
{
  public:
    StreamReaderSuite()
        : TestSuite("smkex-stream-reader", UNIT)
    {
        AddTestCase(new OrderCase(0), TestCase::QUICK);
        AddTestCase(new OrderCase(0xfffffff9), TestCase::QUICK);
        AddTestCase(new OrderCase(0x7ffffffb), TestCase::QUICK);
        AddTestCase(new OrderCase(0xffffffff), TestCase::QUICK);
        AddTestCase(new ContradictionCase, TestCase::QUICK);
        AddTestCase(new WindowCase, TestCase::QUICK);
        AddTestCase(new OffsetCase, TestCase::QUICK);
        AddTestCase(new ShuffleCase, TestCase::QUICK);
    }
};

StreamReaderSuite g_streamReaderSuite;

} // namespace
