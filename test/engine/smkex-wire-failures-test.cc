/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-trouble.h"

using namespace ns3;
using namespace smkex;
using namespace std::chrono_literals;

namespace
{

std::vector<Trouble>
WireTroubles()
{
    const Bytes unknownType{0x77};
    const Bytes oversized{0x02, 0x02, 0x01};
    const Bytes truncated{0x04, 0x00, 0x02, 0x02, 0x00};
    const auto later = [](const Transit& transit) {
        Transit late = transit;
        late.further = 500ms;
        return Transits{late};
    };
    return {
        {"Nothing_HappensToNobody", 2, X, {}, "accepted", "accepted"},
        {"SilentPeer_EndsInTimeout",
         2,
         X,
         [](const Transit&) { return Transits{}; },
         "failed: timeout",
         "failed: timeout",
         TimeoutAt(300ms)},
        {"SilentPeer_IsWaitedForUntilThen",
         2,
         X,
         [](const Transit&) { return Transits{}; },
         "waiting",
         "waiting"},
        {"LostHash_EndsInTimeoutOfTheClient",
         2,
         X,
         Rewriting(false, 2, Nothing),
         "failed: timeout",
         "accepted",
         TimeoutAt(300ms)},
        {"LateHash_IsInTimeBeforeTheTimeout",
         2,
         X,
         Rewriting(false, 2, later),
         "accepted",
         "accepted",
         TimeoutAt(541ms)},
        {"LateHash_IsTooLateAfterTheTimeout",
         2,
         X,
         Rewriting(false, 2, later),
         "failed: timeout",
         "accepted",
         TimeoutAt(539ms)},
        {"TimeoutAfterAcceptance_ChangesNothing",
         2,
         X,
         {},
         "accepted",
         "accepted",
         TimeoutAt(300ms)},
        {"ClosedPath_FailsWhoStillNeedsIt",
         2,
         X,
         {},
         "failed: path-closed",
         "accepted",
         PathDown(35ms, 2, PathEnd::Closed)},
        {"ClosedPath_FailsNobodyAfterAcceptance",
         2,
         X,
         {},
         "accepted",
         "accepted",
         PathDown(45ms, 2, PathEnd::Closed)},
        {"ResetPath_FailsBothDuringTheExchange",
         2,
         X,
         {},
         "failed: path-reset",
         "failed: path-reset",
         PathDown(25ms, 1, PathEnd::Reset)},
        {"ResetPath_ThatNobodyUsesFailsNobody",
         2,
         X,
         {},
         "accepted",
         "accepted",
         PathDown(25ms, 3, PathEnd::Reset)},
        {"UnknownType_IsMalformedAtTheClient",
         2,
         X,
         {},
         "failed: malformed-message",
         "accepted",
         Arriving(35ms, false, 1, unknownType)},
        {"UnknownType_IsMalformedAtTheServer",
         2,
         X,
         {},
         "waiting",
         "failed: malformed-message",
         Arriving(25ms, true, 2, unknownType)},
        {"ShortHash_IsMalformed",
         2,
         X,
         {},
         "failed: malformed-message",
         "accepted",
         Arriving(35ms, false, 2, truncated)},
        {"OversizedMessage_IsRefusedByItsHeader",
         2,
         X,
         {},
         "failed: oversized-message",
         "accepted",
         Arriving(35ms, false, 1, oversized)},
        {"BytesOnAPathBeyondTheSession_AreOnTheWrongPath",
         2,
         X,
         {},
         "failed: wrong-path",
         "accepted",
         Arriving(35ms, false, 3, Bytes{1})},
        {"BytesOnPathZero_AreOnTheWrongPath",
         2,
         X,
         {},
         "waiting",
         "failed: wrong-path",
         Arriving(25ms, true, 0, Bytes{1})},
        {"ShareTwice_IsUnexpectedAtTheServer",
         2,
         X,
         Rewriting(true, 1, Twice),
         "waiting",
         "failed: unexpected-message"},
        {"NonceTwice_IsUnexpectedAtTheServer",
         2,
         X,
         Rewriting(true, 2, Twice),
         "accepted",
         "failed: unexpected-message"},
        {"ShareTwice_IsUnexpectedAtTheClient",
         2,
         X,
         Rewriting(false, 1, Twice),
         "failed: unexpected-message",
         "accepted"},
        {"HashTwice_IsUnexpectedAtTheClient",
         2,
         X,
         Rewriting(false, 2, Twice),
         "failed: unexpected-message",
         "accepted"},
        {"ClientsOwnNonceBack_IsUnexpected",
         2,
         X,
         Rewriting(true,
                   2,
                   [](Transit transit) {
                       transit.toServer = false;
                       return Transits{transit};
                   }),
         "failed: unexpected-message",
         "waiting"},
        {"ServersOwnShareBack_IsUnexpected",
         1,
         X,
         Rewriting(false,
                   1,
                   [](Transit transit) {
                       transit.toServer = true;
                       return Transits{transit};
                   }),
         "waiting",
         "failed: unexpected-message"},
        {"ShareForTheServerOnPath2_IsOnTheWrongPath",
         2,
         X,
         Rewriting(true, 1, OnPath(2)),
         "waiting",
         "failed: wrong-path"},
        {"NonceOnPath1_IsOnTheWrongPath",
         2,
         X,
         Rewriting(true, 2, OnPath(1)),
         "waiting",
         "failed: wrong-path"},
        {"NonceOfPath2OnPath3_IsOnTheWrongPath",
         3,
         X,
         Rewriting(true, 2, OnPath(3)),
         "waiting",
         "failed: wrong-path"},
        {"ShareForTheClientOnPath2_IsOnTheWrongPath",
         2,
         X,
         Rewriting(false, 1, OnPath(2)),
         "failed: wrong-path",
         "accepted"},
        {"TrueHashOnPath1_IsOnTheWrongPath",
         2,
         X,
         Rewriting(false, 2, OnPath(1)),
         "failed: wrong-path",
         "accepted"},
        {"TrueHashOfPath2OnPath3_IsOnTheWrongPath",
         3,
         X,
         Rewriting(false, 2, OnPath(3)),
         "failed: wrong-path",
         "accepted"},
        {"RecordOnPath2_IsOnTheWrongPathBeforeAcceptance",
         2,
         X,
         {},
         "failed: wrong-path",
         "accepted",
         Arriving(35ms, false, 2, Encode(Record{Bytes(20)}))},
        {"RecordOnPath2_IsOnTheWrongPathAfterAcceptance",
         2,
         X,
         {},
         "failed: wrong-path",
         "accepted",
         Arriving(60ms, false, 2, Encode(Record{Bytes(20)}))},
        {"AnotherVersion_IsUnsupported",
         2,
         X,
         Rewriting(true,
                   1,
                   [](Transit transit) {
                       transit.bytes[FRAME_HEADER_SIZE] = PROTOCOL_VERSION + 1;
                       return Transits{transit};
                   }),
         "waiting",
         "failed: unsupported-version"},
    };
}

class WireFailuresSuite : public TestSuite
{
  public:
    WireFailuresSuite()
        : TestSuite("smkex-wire-failures", UNIT)
    {
        for (const Trouble& trouble : WireTroubles())
        {
            AddTestCase(new TroubleCase(trouble), TestCase::QUICK);
        }
    }
};

const WireFailuresSuite g_suite;

} // namespace
