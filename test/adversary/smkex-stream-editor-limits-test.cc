/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-stream-editor-flow.h"

#include <random>

using namespace ns3;
using namespace smkex;

namespace
{

class NonsenseCase : public TestCase
{
  public:
    NonsenseCase()
        : TestCase("Numbers and octets that make no sense change nothing")
    {
    }

  private:
    void DoRun() override
    {
        constexpr auto WINDOW = static_cast<std::int64_t>(StreamEditor::MAX_WINDOW);
        Flow flow;
        flow.Pass(0, "abcd");
        EXPECT_TEXT(flow.Pass(2, "XYef"), "2:cdef", "the first octets to arrive count");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(-5), -5, "of before the connection");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(6), 6, "the last one");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(7), 6, "of what was never sent");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(INT32_MAX - 10), 6, "of what was never sent");
        EXPECT_TEXT(flow.Pass(6 + WINDOW, "z"), "5:f", "too far ahead");
        EXPECT_TEXT(flow.Pass(-10, "zzz"), "5:f", "ahead of the first octet");
        EXPECT_TEXT(flow.Pass(INT32_MAX, "zzz"), "5:f", "half the numbers away");
        EXPECT_TEXT(flow.Pass(-INT32_MAX, "zzz"), "5:f", "half the numbers away");
        EXPECT_TEXT(flow.Pass(3, "", true), "5:f", "a FIN ahead of octets that have come");
        EXPECT_TEXT(flow.Pass(7 + WINDOW, "", true), "5:f", "a FIN too far ahead");
        EXPECT_TEXT(flow.Pass(9, "jklm"), "5:f", "waits");
        EXPECT_TEXT(flow.Pass(11, "", true), "5:f", "a FIN ahead of lm");
        EXPECT_TEXT(flow.Pass(12, "", true), "5:f", "another FIN");
        EXPECT_TEXT(flow.Pass(6, "ghi"), "6:ghijk.", "the first FIN counts");
        EXPECT_TEXT(flow.Pass(11, "lm"), "5:f", "octets behind the FIN");
        EXPECT_TEXT(flow.Pass(10, "klm", true), "10:k.", "octets behind the FIN");
        EXPECT_TEXT(flow.Pass(12, "", true), "5:f", "a FIN behind the FIN");
        EXPECT_TEXT(flow.Pass(8, "i", true), "8:i", "a FIN ahead of the FIN");
        EXPECT_TEXT(flow.Held(), "", "nothing of that was taken");
    }
};

class PieceSizeCase : public TestCase
{
  public:
    PieceSizeCase()
        : TestCase("Pieces are as large as the sender's largest segment, or as a usual one")
    {
    }

  private:
    static std::vector<std::size_t> Sizes(const std::vector<StreamPiece>& pieces)
    {
        std::vector<std::size_t> sizes;
        for (const StreamPiece& piece : pieces)
        {
            sizes.push_back(piece.payload.size());
        }
        return sizes;
    }

    void DoRun() override
    {
        constexpr std::size_t MAX = StreamEditor::MAX_PIECE;
        using Expected = std::vector<std::size_t>;
        Flow flow;
        flow.In(0, "a", true);
        flow.editor.Replace(1, Bytes(2 * MAX + 1, 'x'));
        auto pieces = flow.editor.PiecesFor(Flow::Sequence(0), 1, true);
        NS_TEST_ASSERT_MSG_EQ((Sizes(pieces) == Expected{MAX, MAX, 1}), true, "cut");
        NS_TEST_EXPECT_MSG_EQ(pieces[1].sequence, Flow::Sequence(MAX), "one behind the other");
        NS_TEST_EXPECT_MSG_EQ(pieces[2].sequence, Flow::Sequence(2 * MAX), "one behind the other");
        NS_TEST_EXPECT_MSG_EQ(pieces[0].fin || pieces[1].fin, false, "not yet");
        NS_TEST_EXPECT_MSG_EQ(pieces[2].fin, true, "behind the last one");

        Flow exact;
        exact.editor.Inject(Bytes(2 * MAX, 'x'));
        exact.In(0, "", true);
        pieces = exact.editor.TakeNew();
        NS_TEST_ASSERT_MSG_EQ((Sizes(pieces) == Expected{MAX, MAX}), true, "no empty piece");
        NS_TEST_EXPECT_MSG_EQ(pieces[0].fin, false, "not yet");
        NS_TEST_EXPECT_MSG_EQ(pieces[1].fin, true, "on the last one");

        Flow large;
        NS_TEST_EXPECT_MSG_EQ(large.Pass(0, std::string(8000, 'x')).size(), 8002, "as it came");
        NS_TEST_EXPECT_MSG_EQ(large.Pass(8000, std::string(500, 'x')).size(), 505, "as it came");
        NS_TEST_EXPECT_MSG_EQ(large.editor.Repeat(Flow::Sequence(0), 8500, false).size(),
                              2,
                              "the largest that the path has carried");
    }
};

class BoundCase : public TestCase
{
  public:
    BoundCase()
        : TestCase("What is held and what is kept for repetitions is bounded by the window")
    {
    }

  private:
    static constexpr std::size_t WINDOW = StreamEditor::MAX_WINDOW;
    static constexpr std::size_t SIZE = 1024;

    void Held()
    {
        Flow flow;
        const std::string octets(SIZE, 'x');
        for (std::size_t at = 0; at < 3 * WINDOW; at += SIZE)
        {
            flow.In(static_cast<std::int64_t>(at), octets);
        }
        NS_TEST_EXPECT_MSG_EQ(flow.editor.Held().size(), WINDOW, "as many as fit");
        flow.editor.Forward(WINDOW);
        flow.editor.TakeNew();
        flow.In(WINDOW, octets);
        NS_TEST_EXPECT_MSG_EQ(flow.editor.Held().size(), SIZE, "the others come again");
    }

    void Kept(bool acknowledges, std::size_t added)
    {
        Flow flow;
        std::int64_t out = 0;
        std::int64_t at = 0;
        for (; at < static_cast<std::int64_t>(WINDOW); at += SIZE)
        {
            const std::string octets(SIZE, static_cast<char>('a' + at / SIZE % 26));
            flow.In(at, octets);
            flow.editor.Replace(SIZE, Bytes(SIZE + added, octets[0]));
            flow.editor.TakeNew();
            out += static_cast<std::int64_t>(SIZE + added);
            if (acknowledges)
            {
                flow.Acknowledge(out);
            }
        }
        const std::string again = flow.Again(0, 3);
        if (acknowledges && added > 0)
        {
            EXPECT_TEXT(again.substr(0, again.size() - 1),
                        std::to_string(out - 1) + ":",
                        "pushed out by octets that were added and acknowledged");
        }
        else
        {
            EXPECT_TEXT(again.substr(0, 5), "0:aaa", "kept");
        }
        const auto pass = [&](std::size_t segments) {
            for (; segments > 0; --segments, at += SIZE, out += SIZE)
            {
                flow.Pass(at, std::string(SIZE, 'x'));
            }
            if (acknowledges)
            {
                flow.Acknowledge(out);
            }
        };
        pass(2);
        const std::string gone = acknowledges ? std::to_string(out - 1) + ":x" : "-1:?";
        EXPECT_TEXT(flow.Again(0, 3), gone, "forgotten");
        pass(WINDOW / SIZE); // so that the edits are forgotten too, but not what they shifted
        const std::string last = std::to_string(out - 3) + ":xxx";
        EXPECT_TEXT(flow.Again(at - 3, 3), last, "kept");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(out), at, "numbers are still right");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(at), out, "numbers are still right");
        NS_TEST_EXPECT_MSG_LT(flow.ToReceiver(5), out, "old ones are old");
        NS_TEST_EXPECT_MSG_LT(flow.Acknowledge(5), at, "old ones are old");
    }

    void DoRun() override
    {
        Held();
        Kept(true, 0);
        Kept(false, 0);
        Kept(true, 3);
        Kept(false, 3);
    }
};

class GarbageCase : public TestCase
{
  public:
    GarbageCase()
        : TestCase("Whatever two peers send, the editor goes on and gives consistent octets")
    {
    }

  private:
    /** Near enough to be taken, mostly. */
    std::uint32_t Number()
    {
        const auto spread = static_cast<std::uint32_t>(m_random() % 4 == 0 ? -1 : 200);
        return Flow::Sequence(m_around + static_cast<std::int64_t>(m_random() % spread) - 100);
    }

    void Check(const std::vector<StreamPiece>& pieces)
    {
        for (const StreamPiece& piece : pieces)
        {
            for (std::size_t i = 0; i < piece.payload.size(); ++i)
            {
                const std::uint32_t offset = piece.sequence - Flow::Sequence(0) + i;
                if (offset == UINT32_MAX) // the SYN's number, in a probe
                {
                    continue;
                }
                NS_TEST_ASSERT_MSG_LT(offset, m_expected.size(), "only what was decided");
                NS_TEST_ASSERT_MSG_EQ(+piece.payload[i], +m_expected[offset], "as decided");
            }
        }
    }

    void Decide(StreamEditor& editor)
    {
        const std::size_t size = m_random() % (editor.Held().size() + 1);
        const Bytes octets(m_random() % 30, static_cast<std::uint8_t>(m_random()));
        switch (m_random() % 4)
        {
        case 0:
            Append(m_expected, editor.Held().First(size));
            editor.Forward(size);
            break;
        case 1:
            if (!editor.IsFinished())
            {
                Append(m_expected, octets);
            }
            editor.Replace(size, octets);
            break;
        case 2:
            if (!editor.IsFinished())
            {
                Append(m_expected, octets);
            }
            editor.Inject(octets);
            break;
        default:
            break;
        }
    }

    void DoRun() override
    {
        for (int run = 0; run < 300; ++run)
        {
            StreamEditor editor(FLOW_INITIAL_SEQUENCE);
            m_expected.clear();
            m_around = 0;
            for (int step = 0; step < 300; ++step)
            {
                const std::uint32_t number = Number();
                const Bytes octets(m_random() % 60, static_cast<std::uint8_t>(m_random()));
                const bool fin = m_random() % 100 == 0;
                editor.OnSegment(number, octets, fin);
                Decide(editor);
                Check(editor.PiecesFor(number, octets.size(), fin));
                Check(editor.Repeat(Number(), m_random() % 100, m_random() % 2 == 0));
                Check(editor.Unacknowledged());
                Decide(editor);
                Check(editor.TakeNew());
                editor.ToReceiver(Number());
                editor.AcknowledgmentToSender(Number());
                m_around = static_cast<std::int64_t>(m_expected.size());
            }
        }
    }

    std::mt19937 m_random{2018};
    Bytes m_expected;
    std::int64_t m_around{0};
};

class StreamEditorLimitsSuite : public TestSuite
{
  public:
    StreamEditorLimitsSuite()
        : TestSuite("smkex-stream-editor-limits", UNIT)
    {
        AddTestCase(new NonsenseCase, TestCase::QUICK);
        AddTestCase(new PieceSizeCase, TestCase::QUICK);
        AddTestCase(new BoundCase, TestCase::QUICK);
        AddTestCase(new GarbageCase, TestCase::QUICK);
    }
};

StreamEditorLimitsSuite g_streamEditorLimitsSuite;

} // namespace
