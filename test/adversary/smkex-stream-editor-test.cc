/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-stream-editor.h"
#include "ns3/test.h"

#include <random>

using namespace ns3;
using namespace smkex;

namespace
{

/** So near to the wrap-around that the first octets cross it. */
constexpr std::uint32_t ISN = 0xfffffffb;

/** An editor whose sequence numbers are shown as offsets from the first octet. */
class Flow
{
  public:
    StreamEditor editor{ISN};

    static std::uint32_t Sequence(std::int64_t offset)
    {
        return ISN + 1 + static_cast<std::uint32_t>(offset);
    }

    void In(std::int64_t offset, const std::string& octets, bool fin = false)
    {
        editor.OnSegment(Sequence(offset), octets, fin);
    }

    std::string For(std::int64_t offset, std::size_t size, bool fin = false)
    {
        return Show(editor.PiecesFor(Sequence(offset), size, fin));
    }

    std::string Again(std::int64_t offset, std::size_t size, bool fin = false) const
    {
        return Show(editor.Repeat(Sequence(offset), size, fin));
    }

    std::string New()
    {
        return Show(editor.TakeNew());
    }

    std::string Held() const
    {
        return {editor.Held().begin(), editor.Held().end()};
    }

    /** A segment comes in, is forwarded and gone. */
    std::string Pass(std::int64_t offset, const std::string& octets, bool fin = false)
    {
        In(offset, octets, fin);
        editor.Forward(editor.Held().size());
        return For(offset, octets.size(), fin);
    }

    int ToReceiver(std::int64_t offset) const
    {
        return Number(editor.ToReceiver(Sequence(offset)));
    }

    int Acknowledge(std::int64_t offset)
    {
        return Number(editor.AcknowledgmentToSender(Sequence(offset)));
    }

    /** Offset, payload ("?" for a zero octet), "." for a FIN; of all pieces. */
    static std::string Show(const std::vector<StreamPiece>& pieces)
    {
        std::string text;
        for (const StreamPiece& piece : pieces)
        {
            text += text.empty() ? "" : " ";
            text += std::to_string(Number(piece.sequence)) + ":";
            for (const std::uint8_t octet : piece.payload)
            {
                text += octet == 0 ? '?' : static_cast<char>(octet);
            }
            text += piece.fin ? "." : "";
        }
        return text;
    }

  private:
    static int Number(std::uint32_t sequence)
    {
        return static_cast<int>(sequence - ISN - 1);
    }
};

/** What a case checks is a text. */
#define EXPECT_TEXT(actual, expected, why)                                                         \
    NS_TEST_EXPECT_MSG_EQ(std::string(actual), std::string(expected), why)

class EqualLengthCase : public TestCase
{
  public:
    EqualLengthCase()
        : TestCase("Octets that keep their number keep their sequence numbers")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        EXPECT_TEXT(flow.Pass(0, "abcd"), "0:abcd", "forwarded");
        flow.In(4, "efgh");
        flow.editor.Replace(3, std::string("EFG"));
        flow.editor.Forward(1);
        EXPECT_TEXT(flow.For(4, 4), "4:EFGh", "replaced by as many");
        EXPECT_TEXT(flow.Again(5, 2), "5:FG", "a part of it, again");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.HasShifted(), false, "no length has changed");
        for (int offset = -1; offset <= 8; ++offset)
        {
            NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(offset), offset, "towards the receiver");
        }
        for (const int offset : {8, 3, 5, -1, 0, 7})
        {
            NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(offset), offset, "towards the sender");
        }
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(20), 20, "behind octets that got lost on the way");
    }
};

class HoldCase : public TestCase
{
  public:
    HoldCase()
        : TestCase("Held octets go out once they are decided on, and not before")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.In(0, "abcdef");
        EXPECT_TEXT(flow.For(0, 6), "", "nothing goes out");
        flow.In(0, "abcdefgh");
        EXPECT_TEXT(flow.For(0, 8), "", "nor for a repetition with more behind");
        EXPECT_TEXT(flow.Held(), "abcdefgh", "all there, once");
        EXPECT_TEXT(flow.For(0, 0), "0:", "the acknowledgment that came along may pass");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(8), 0, "held octets do not count yet");
        flow.editor.Forward(2);
        EXPECT_TEXT(flow.New(), "0:ab", "what is decided");
        EXPECT_TEXT(flow.New(), "", "once");
        EXPECT_TEXT(flow.For(0, 8), "0:ab", "a repetition gives what has gone out");
        EXPECT_TEXT(flow.For(2, 6), "", "and nothing for what has not");
        EXPECT_TEXT(flow.For(8, 0), "2:", "an acknowledgment passes, with the receiver's number");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(8), 2, "what is held is not acknowledged");
        flow.editor.Forward(6);
        EXPECT_TEXT(flow.For(0, 8), "0:abcdefgh", "what is released follows what is repeated");
        EXPECT_TEXT(flow.New(), "", "nothing twice");
    }
};

class LongerCase : public TestCase
{
  public:
    LongerCase()
        : TestCase("A longer replacement is acknowledged as a whole and repeated as a whole")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.In(0, "abcdef");
        flow.editor.Forward(2);
        flow.editor.Replace(2, std::string("12345"));
        flow.editor.Forward(2);
        EXPECT_TEXT(flow.For(0, 6), "0:ab12345ef", "cd became 12345");
        EXPECT_TEXT(flow.Pass(6, "gh"), "9:gh", "what follows is shifted");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.HasShifted(), true, "three octets more");
        EXPECT_TEXT(flow.Again(3, 1), "2:12345", "half of what was replaced, again");
        EXPECT_TEXT(flow.Again(1, 2), "1:b12345", "the other half");
        EXPECT_TEXT(flow.Again(4, 4), "7:efgh", "what is behind");
        EXPECT_TEXT(flow.Again(0, 2), "0:ab", "what is ahead");
        EXPECT_TEXT(flow.Again(4, 100), "7:efgh", "as far as there is something");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(8), 11, "the next number");
        const int expected[] = {0, 1, 2, 2, 2, 2, 2, 4, 5, 6, 7, 8};
        for (int offset = 0; offset <= 11; ++offset)
        {
            NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(offset), expected[offset], "of " << offset);
        }
        for (int offset = 11; offset >= 0; --offset)
        {
            NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(offset), expected[offset], "late: " << offset);
        }
    }
};

class ShorterCase : public TestCase
{
  public:
    ShorterCase()
        : TestCase("A shorter replacement is acknowledged once its last octet is")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.In(0, "abcdef");
        flow.editor.Replace(4, std::string("12"));
        flow.editor.Forward(2);
        EXPECT_TEXT(flow.For(0, 6), "0:12ef", "abcd became 12");
        EXPECT_TEXT(flow.Again(1, 2), "0:12", "a part of it, again");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(1), 0, "half of it");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(2), 4, "all of it");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(4), 6, "and more");
        flow.In(6, "ghij");
        flow.editor.Replace(1, std::string("123"));
        flow.editor.Forward(3);
        EXPECT_TEXT(flow.For(6, 4), "4:123hij", "lengths are even again");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.HasShifted(), true, "and yet numbers did differ");
    }
};

class DeletionCase : public TestCase
{
  public:
    DeletionCase()
        : TestCase("Deleted octets are acknowledged with the octet ahead of them")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.In(0, "abc");
        flow.editor.Replace(3, {});
        EXPECT_TEXT(flow.For(0, 3), "-1:?", "nothing was acknowledged: the SYN's number asks");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(0), 3, "what the receiver answers");
        EXPECT_TEXT(flow.Pass(3, "de"), "0:de", "the receiver's first octets");
        flow.In(5, "fgh");
        flow.editor.Replace(2, {});
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(1), 4, "d");
        EXPECT_TEXT(flow.For(5, 3), "0:d", "what the receiver acknowledged asks again");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(2), 7, "e, with fg; h is held");
        EXPECT_TEXT(flow.Again(5, 2), "1:e", "fg again");
        EXPECT_TEXT(flow.Again(7, 1), "", "h again");
        EXPECT_TEXT(flow.Again(4, 3), "1:e", "e and fg again");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(6), 1, "a number of old stays one of old");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(7), 2, "the number that is due");
    }
};

class InjectionCase : public TestCase
{
  public:
    InjectionCase()
        : TestCase("Injected octets are repeated with the sender's octet behind them")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.editor.Inject(std::string("12"));
        EXPECT_TEXT(flow.New(), "0:12", "ahead of everything");
        EXPECT_TEXT(flow.Pass(0, "ab"), "2:ab", "behind");
        flow.editor.Inject(std::string("3"));
        flow.editor.Inject(std::string("4"));
        EXPECT_TEXT(flow.For(2, 0), "4:34", "in the place of an acknowledgment, which they carry");
        EXPECT_TEXT(flow.Again(0, 2), "0:12ab", "with those behind");
        EXPECT_TEXT(flow.Again(1, 1), "3:b", "not with those ahead");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(2), 6, "they count");
        flow.In(2, "cdef");
        flow.editor.Forward(2);
        flow.editor.Inject(std::string("5"));
        flow.editor.Forward(2);
        EXPECT_TEXT(flow.For(2, 4), "6:cd5ef", "not again with octets that are new");
        EXPECT_TEXT(flow.Again(2, 4), "4:34cd5ef", "but with these when they are repeated");
        EXPECT_TEXT(flow.Again(0, 4), "0:12ab34cd", "and within a range");
        const int expected[] = {0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 6};
        for (int offset = 0; offset <= 11; ++offset)
        {
            NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(offset), expected[offset], "of " << offset);
        }
        flow.editor.Inject(std::string("6"));
        flow.New();
        EXPECT_TEXT(Flow::Show(flow.editor.Unacknowledged()), "11:6", "nobody else repeats it");
        flow.Acknowledge(12);
        EXPECT_TEXT(Flow::Show(flow.editor.Unacknowledged()), "", "all is acknowledged");
    }
};

class PartlyNewCase : public TestCase
{
  public:
    PartlyNewCase()
        : TestCase("A segment that is partly repeated gives each octet once")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.Pass(0, "abcd");
        EXPECT_TEXT(flow.Pass(2, "cdef"), "2:cdef", "as it came");
        flow.In(4, "efghi");
        flow.editor.Replace(2, std::string("123"));
        EXPECT_TEXT(flow.For(4, 5), "4:ef123", "with an edit");
        EXPECT_TEXT(flow.For(4, 5), "4:ef123", "i is held");
        flow.editor.Forward(1);
        EXPECT_TEXT(flow.For(2, 2), "2:cd 9:i", "a repetition of something else, and what is new");
    }
};

class RepetitionCase : public TestCase
{
  public:
    RepetitionCase()
        : TestCase("A repetition starts where the receiver is")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.In(0, "ab");
        flow.editor.Replace(2, std::string("12345678"));
        EXPECT_TEXT(flow.For(0, 2), "0:12345678", "a long output");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(5), 0, "the receiver's window was full");
        EXPECT_TEXT(flow.For(0, 2), "5:678", "the rest, so that it comes to an end");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(8), 2, "the end");
        EXPECT_TEXT(flow.For(0, 2), "0:12345678", "the acknowledgment got lost: asks for one");
    }
};

class FinCase : public TestCase
{
  public:
    FinCase()
        : TestCase("The FIN follows the last octet, wherever that has moved")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.In(0, "abcd", true);
        EXPECT_TEXT(flow.For(0, 4, true), "", "held");
        EXPECT_TEXT(flow.For(4, 0, true), "", "the FIN alone, while octets are held");
        flow.editor.Replace(3, std::string("1"));
        EXPECT_TEXT(flow.New(), "0:1", "one octet is held still");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(5), 1, "neither octet nor FIN count yet");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.IsFinished(), false, "not yet");
        flow.editor.Forward(1);
        flow.editor.Inject(std::string("2"));
        EXPECT_TEXT(flow.New(), "1:d2.", "by itself");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.IsFinished(), true, "gone out");
        EXPECT_TEXT(flow.New(), "", "once");
        flow.editor.Inject(std::string("3"));
        EXPECT_TEXT(flow.New(), "", "it is too late for more");
        EXPECT_TEXT(flow.For(0, 4, true), "0:1d2.", "all again");
        EXPECT_TEXT(flow.For(0, 4, false), "0:1d", "all again, without the FIN");
        EXPECT_TEXT(flow.For(4, 0, true), "2:2.", "the FIN again, with what was injected ahead");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(4), 3, "its number");
        NS_TEST_EXPECT_MSG_EQ(flow.ToReceiver(5), 4, "the number behind it");
        EXPECT_TEXT(flow.For(5, 0), "4:", "an acknowledgment that is sent behind it");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(3), 4, "all but the FIN");
        EXPECT_TEXT(flow.For(0, 4, true), "3:.", "the FIN is what remains");
        EXPECT_TEXT(Flow::Show(flow.editor.Unacknowledged()), "3:.", "the FIN is what remains");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(4), 5, "the FIN");
        EXPECT_TEXT(Flow::Show(flow.editor.Unacknowledged()), "", "nothing remains");
        EXPECT_TEXT(flow.For(4, 0, true), "2:2.", "the acknowledgment got lost");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(5), 5, "there is nothing behind the FIN");

        Flow other;
        other.Pass(0, "ab");
        other.In(2, "cd");
        other.editor.Replace(2, {});
        other.In(4, "", true);
        EXPECT_TEXT(other.For(4, 0, true), "2:.", "behind deleted octets");
        NS_TEST_EXPECT_MSG_EQ(other.Acknowledge(2), 4, "the deleted octets");
        NS_TEST_EXPECT_MSG_EQ(other.Acknowledge(3), 5, "the FIN");

        Flow empty;
        empty.In(0, "", true);
        EXPECT_TEXT(empty.For(0, 0, true), "0:.", "there were no octets at all");
        NS_TEST_EXPECT_MSG_EQ(empty.editor.HasShifted(), false, "nothing has moved");
        NS_TEST_EXPECT_MSG_EQ(empty.Acknowledge(1), 1, "nothing has moved");
    }
};

class BareSegmentCase : public TestCase
{
  public:
    BareSegmentCase()
        : TestCase("Acknowledgments and probes without octets go on, with the receiver's numbers")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        EXPECT_TEXT(flow.For(0, 0), "0:", "the last one of the handshake");
        EXPECT_TEXT(flow.For(-1, 0), "-1:", "a keep-alive");
        flow.In(0, "abcd");
        flow.editor.Replace(4, std::string("123456"));
        flow.For(0, 4);
        EXPECT_TEXT(flow.For(4, 0), "6:", "an acknowledgment");
        EXPECT_TEXT(flow.Again(4, 0), "6:", "the same question to Repeat()");
        EXPECT_TEXT(flow.For(3, 0), "0:", "a keep-alive: not the number that is due");
        EXPECT_TEXT(flow.For(3, 1), "0:123456", "a keep-alive with an octet is a repetition");
        EXPECT_TEXT(flow.For(9, 0), "11:", "an acknowledgment that overtook five octets");
        flow.In(4, "e");
        EXPECT_TEXT(flow.For(5, 0), "6:", "one sent behind an octet that is held");
        EXPECT_TEXT(flow.For(6, 0), "7:", "and behind one more that has not come");
        flow.editor.Replace(1, {});
        flow.New();
        EXPECT_TEXT(flow.For(4, 0), "5:", "a keep-alive behind which all is deleted");
        EXPECT_TEXT(flow.For(5, 0), "6:", "an acknowledgment");
    }
};

class HoleCase : public TestCase
{
  public:
    HoleCase()
        : TestCase("A segment behind a hole asks the receiver for a duplicate acknowledgment")
    {
    }

  private:
    void DoRun() override
    {
        Flow flow;
        flow.Pass(0, "ab");
        flow.Acknowledge(2);
        EXPECT_TEXT(flow.Pass(4, "ef"), "1:b", "the hole is two octets");
        EXPECT_TEXT(flow.Pass(2, "cd"), "2:cdef", "it is filled");
        flow.In(6, "g");
        EXPECT_TEXT(flow.For(6, 1), "", "held");
        flow.In(9, "j");
        EXPECT_TEXT(flow.For(9, 1), "", "the sender is not to repeat what is held");
    }
};

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
        // Added octets push out earlier ones if they are acknowledged.
        if (!acknowledges || added == 0)
        {
            EXPECT_TEXT(flow.Again(0, 3).substr(0, 5), "0:aaa", "kept");
        }
        for (int i = 0; i < 2; ++i, at += SIZE)
        {
            flow.Pass(at, std::string(SIZE, 'x'));
            out += SIZE;
        }
        if (acknowledges)
        {
            flow.Acknowledge(out);
        }
        const std::string gone = acknowledges ? std::to_string(out - 1) + ":x" : "-1:?";
        EXPECT_TEXT(flow.Again(0, 3), gone, "forgotten");
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
            StreamEditor editor(ISN);
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

class StreamEditorSuite : public TestSuite
{
  public:
    StreamEditorSuite()
        : TestSuite("smkex-stream-editor", UNIT)
    {
        AddTestCase(new EqualLengthCase, TestCase::QUICK);
        AddTestCase(new HoldCase, TestCase::QUICK);
        AddTestCase(new LongerCase, TestCase::QUICK);
        AddTestCase(new ShorterCase, TestCase::QUICK);
        AddTestCase(new DeletionCase, TestCase::QUICK);
        AddTestCase(new InjectionCase, TestCase::QUICK);
        AddTestCase(new PartlyNewCase, TestCase::QUICK);
        AddTestCase(new RepetitionCase, TestCase::QUICK);
        AddTestCase(new FinCase, TestCase::QUICK);
        AddTestCase(new BareSegmentCase, TestCase::QUICK);
        AddTestCase(new HoleCase, TestCase::QUICK);
        AddTestCase(new NonsenseCase, TestCase::QUICK);
        AddTestCase(new PieceSizeCase, TestCase::QUICK);
        AddTestCase(new BoundCase, TestCase::QUICK);
        AddTestCase(new GarbageCase, TestCase::QUICK);
    }
};

StreamEditorSuite g_streamEditorSuite;

} // namespace
