/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-stream-editor-peers.h"

#include "ns3/smkex-stream-editor.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>

using namespace ns3;
using namespace smkex;

namespace
{

/** What somebody in the middle does to a stream, at random; it notes what has to come out. */
class Policy
{
  public:
    struct Habits
    {
        bool changesLengths;
        std::uint32_t holdPercent;
    };

    Policy(Habits habits, Random& random)
        : m_habits(habits),
          m_random(random)
    {
    }

    void Decide(StreamEditor& editor)
    {
        if (m_habits.changesLengths && !editor.IsFinished() && Below(m_random, 12) == 0)
        {
            const Bytes octets = Octets(Below(m_random, 40));
            Append(m_expected, octets);
            editor.Inject(octets);
        }
        while (!editor.Held().empty() && Below(m_random, 100) >= m_habits.holdPercent)
        {
            const auto held = static_cast<std::uint32_t>(editor.Held().size());
            const std::uint32_t size = Below(m_random, 3) == 0 ? 1 + Below(m_random, held) : held;
            DecideOn(editor, size);
        }
    }

    const Bytes& Expected() const
    {
        return m_expected;
    }

  private:
    Bytes Octets(std::size_t size)
    {
        Bytes octets(size);
        std::generate(octets.begin(), octets.end(), [this] { return Below(m_random, 256); });
        return octets;
    }

    void DecideOn(StreamEditor& editor, std::uint32_t size)
    {
        const std::uint32_t kind = Below(m_random, m_habits.changesLengths ? 6 : 2);
        if (kind == 0)
        {
            Append(m_expected, editor.Held().First(size));
            editor.Forward(size);
            return;
        }
        Bytes replacement;
        switch (kind)
        {
        case 1:
            replacement = Octets(size);
            break;
        case 2: // longer
            replacement = Octets(size + 1 + Below(m_random, 50));
            break;
        case 3: // a great deal longer
            replacement = Octets(Below(m_random, 20) == 0 ? 4000 : size);
            break;
        case 4: // shorter
            replacement = Octets(Below(m_random, size));
            break;
        default: // none
            break;
        }
        Append(m_expected, replacement);
        editor.Replace(size, replacement);
    }

    Habits m_habits;
    Random& m_random;
    Bytes m_expected;
};

/** One connection from its first octet to the acknowledgment of its FIN. */
class Connection
{
  public:
    struct Setting
    {
        std::uint32_t seed;
        Link::Quality links;
        Policy::Habits habits;
    };

    explicit Connection(const Setting& setting)
        : m_random(setting.seed),
          m_initialSequence(Below(m_random, 2) == 0 ? 0 - Below(m_random, 8000)
                                                    : static_cast<std::uint32_t>(m_random())),
          m_stream(Below(m_random, 8) == 0 ? 0 : Below(m_random, 6000)),
          m_editor(m_initialSequence),
          m_policy(setting.habits, m_random),
          m_toEditor(setting.links, m_random),
          m_toReceiver(setting.links, m_random),
          m_backToEditor(setting.links, m_random),
          m_backToSender(setting.links, m_random)
    {
        std::generate(m_stream.begin(), m_stream.end(), [this] { return Below(m_random, 256); });
    }

    /** \return what is wrong; empty if nothing */
    std::string Run()
    {
        Sender sender(m_stream, m_initialSequence, m_random);
        Receiver receiver(m_initialSequence, Below(m_random, 4) != 0);
        int now = 0;
        for (; !sender.IsDone() && now < LIMIT; ++now)
        {
            sender.Tick(now, m_toEditor);
            for (const Segment& segment : m_toEditor.Arrivals(now))
            {
                Pass(now, segment);
            }
            if (Below(m_random, 40) == 0)
            {
                m_policy.Decide(m_editor);
                PutOut(now, m_editor.TakeNew());
            }
            for (const Segment& segment : m_toReceiver.Arrivals(now))
            {
                receiver.OnSegment(now, segment, m_backToEditor);
            }
            for (const Segment& segment : m_backToEditor.Arrivals(now))
            {
                const std::uint32_t shown = m_editor.AcknowledgmentToSender(segment.number);
                m_hasMovedNumbers |= shown != segment.number;
                m_backToSender.Send(now, {shown, {}, false});
            }
            for (const Segment& segment : m_backToSender.Arrivals(now))
            {
                sender.OnAcknowledgment(now, segment.number);
            }
        }
        return Judge(sender, receiver);
    }

    bool HasShifted() const
    {
        return m_editor.HasShifted();
    }

    /** \return whether something was put out more than once */
    bool HasRepeated() const
    {
        return m_hasRepeated;
    }

  private:
    static constexpr int LIMIT = 50000; // ticks

    void Pass(int now, const Segment& segment)
    {
        m_editor.OnSegment(segment.number, segment.payload, segment.fin);
        m_policy.Decide(m_editor);
        PutOut(now, m_editor.PiecesFor(segment.number, segment.payload.size(), segment.fin));
    }

    void PutOut(int now, const std::vector<StreamPiece>& pieces)
    {
        std::uint32_t next = pieces.empty() ? 0 : pieces.front().sequence;
        for (const StreamPiece& piece : pieces)
        {
            // Ascending; a gap may be between what is repeated and what is new.
            m_overlaps |= static_cast<std::int32_t>(piece.sequence - next) < 0;
            next = piece.sequence + static_cast<std::uint32_t>(piece.payload.size());
            m_toReceiver.Send(now, {piece.sequence, piece.payload, piece.fin});
        }
    }

    std::string Judge(const Sender& sender, const Receiver& receiver)
    {
        m_hasRepeated = receiver.OctetsIn() > receiver.Stream().size();
        if (!sender.IsDone())
        {
            return "the sender waits for an acknowledgment";
        }
        if (sender.WasShownTooMuch())
        {
            return "the sender got an acknowledgment of what it had not sent";
        }
        if (receiver.Stream() != m_policy.Expected())
        {
            return "the receiver got other octets";
        }
        if (!receiver.HasFin())
        {
            return "the receiver got no FIN";
        }
        if (receiver.WasContradicted())
        {
            return "the receiver got different octets in the same place";
        }
        if (m_overlaps)
        {
            return "pieces of one answer overlap";
        }
        if (!m_editor.HasShifted() && receiver.GotBareSegmentsAhead())
        {
            return "an acknowledgment was outside the receiver's window";
        }
        if (!m_editor.HasShifted() &&
            (m_hasMovedNumbers || receiver.Stream().size() != m_stream.size()))
        {
            return "numbers changed though no length did";
        }
        return "";
    }

    Random m_random;
    std::uint32_t m_initialSequence;
    Bytes m_stream;
    StreamEditor m_editor;
    Policy m_policy;
    Link m_toEditor;
    Link m_toReceiver;
    Link m_backToEditor;
    Link m_backToSender;
    bool m_overlaps{false};
    bool m_hasMovedNumbers{false};
    bool m_hasRepeated{false};
};

class ConnectionCase : public TestCase
{
  public:
    ConnectionCase(const std::string& name,
                   Link::Quality links,
                   Policy::Habits habits,
                   bool hasRepetitions)
        : TestCase(name),
          m_links(links),
          m_habits(habits),
          m_hasRepetitions(hasRepetitions)
    {
    }

  private:
    static constexpr std::uint32_t RUNS = 1000;

    void DoRun() override
    {
        std::uint32_t shifted = 0;
        std::uint32_t repeated = 0;
        for (std::uint32_t seed = 1; seed <= RUNS; ++seed)
        {
            Connection connection({seed, m_links, m_habits});
            const std::string wrong = connection.Run();
            NS_TEST_ASSERT_MSG_EQ(wrong, "", "seed " << seed);
            shifted += connection.HasShifted() ? 1 : 0;
            repeated += connection.HasRepeated() ? 1 : 0;
        }
        NS_TEST_EXPECT_MSG_EQ((repeated > 0), m_hasRepetitions, "octets go out twice");
        NS_TEST_EXPECT_MSG_EQ((shifted > RUNS / 2), m_habits.changesLengths, "lengths do change");
    }

    Link::Quality m_links;
    Policy::Habits m_habits;
    bool m_hasRepetitions;
};

class StreamEditorConnectionSuite : public TestSuite
{
  public:
    StreamEditorConnectionSuite()
        : TestSuite("smkex-stream-editor-connection", UNIT)
    {
        const Link::Quality good{0, 0, 1};
        const Link::Quality bad{5, 5, 4};
        const Link::Quality terrible{25, 10, 12};
        const Policy::Habits equal{false, 0};
        const Policy::Habits equalLate{false, 40};
        const Policy::Habits any{true, 0};
        const Policy::Habits anyLate{true, 60};
        Add("Equal lengths, good links", good, equal, false);
        Add("Equal lengths, held, bad links", bad, equalLate, true);
        Add("Any edit, good links", good, any, true);
        Add("Any edit, held, good links", good, anyLate, true);
        Add("Any edit, bad links", bad, any, true);
        Add("Any edit, held, bad links", bad, anyLate, true);
        Add("Any edit, held, terrible links", terrible, anyLate, true);
    }

  private:
    void Add(const std::string& what,
             Link::Quality links,
             Policy::Habits habits,
             bool hasRepetitions)
    {
        const std::string name = what + ": the receiver gets what was decided, the sender hears so";
        AddTestCase(new ConnectionCase(name, links, habits, hasRepetitions), TestCase::QUICK);
    }
};

StreamEditorConnectionSuite g_streamEditorConnectionSuite;

} // namespace
