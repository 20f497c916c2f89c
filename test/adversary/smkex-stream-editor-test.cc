/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-stream-editor-flow.h"

using namespace ns3;
using namespace smkex;

namespace
{

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
        flow.In(8, "ijkl");
        const ByteView view = flow.editor.Held();
        flow.editor.Forward(3);
        flow.editor.Replace(1, view.First(2));
        EXPECT_TEXT(flow.New(), "8:ijkij", "a view outlives decisions");
        EXPECT_TEXT(std::string(view.begin(), view.end()), "ijkl", "a view outlives decisions");
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

        Flow ending;
        ending.Pass(0, "ab");
        EXPECT_TEXT(ending.Pass(0, "abc", true), "0:abc.", "an octet and the FIN are new");
        Flow ended;
        ended.Pass(0, "ab");
        EXPECT_TEXT(ended.Pass(0, "ab", true), "0:ab.", "the FIN is new");
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
    }
};

StreamEditorSuite g_streamEditorSuite;

} // namespace
