/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STREAM_EDITOR_FLOW_H
#define SMKEX_STREAM_EDITOR_FLOW_H

#include "ns3/smkex-stream-editor.h"
#include "ns3/test.h"

#include <cstdint>
#include <string>
#include <vector>

namespace smkex
{

/** So near to the wrap-around that the first octets cross it. */
inline constexpr std::uint32_t FLOW_INITIAL_SEQUENCE = 0xfffffffb;

/** An editor whose sequence numbers are shown as offsets from the first octet. */
class Flow
{
  public:
    StreamEditor editor{FLOW_INITIAL_SEQUENCE};

    static std::uint32_t Sequence(std::int64_t offset)
    {
        return FLOW_INITIAL_SEQUENCE + 1 + static_cast<std::uint32_t>(offset);
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
        return static_cast<int>(sequence - FLOW_INITIAL_SEQUENCE - 1);
    }
};

} // namespace smkex

/** What a case checks is a text; \p actual is evaluated once. */
#define EXPECT_TEXT(actual, expected, why)                                                         \
    do                                                                                             \
    {                                                                                              \
        const std::string actualText = (actual);                                                   \
        NS_TEST_EXPECT_MSG_EQ(actualText, std::string(expected), why);                             \
    } while (false)

#endif // SMKEX_STREAM_EDITOR_FLOW_H
