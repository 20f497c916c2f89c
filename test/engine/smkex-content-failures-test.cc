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
ContentTroubles()
{
    const auto flip = [](auto& octets) { octets[octets.size() / 2] ^= 1; };
    const auto record = [](std::size_t octet) {
        return Changing<Record>([octet](Record& m) { m.sealed[octet] ^= 1; });
    };
    const auto share = [](const Bytes& value) {
        return Changing<ServerShare>([value](ServerShare& m) { m.share = value; });
    };
    const auto clientShare = [](const Bytes& value) {
        return Changing<ClientShare>([value](ClientShare& m) { m.share = value; });
    };
    Bytes order4(32); // u = 1, a point of order 4
    order4[0] = 1;
    Bytes offCurve(65, 1);
    offCurve[0] = 4;
    const std::string mismatch = "failed: binding-mismatch";
    return {
        {"AnotherGroup_IsRefusedByTheServer",
         2,
         X,
         {},
         "waiting",
         "failed: group-mismatch",
         {},
         KeyExchangeConfig{Group::P256, 2}},
        {"NonceOfAnotherSession_IsRefused",
         2,
         X,
         Changing<ClientNonce>([](ClientNonce& m) { m.session[0] ^= 1; }),
         "waiting",
         "failed: session-mismatch"},
        {"ShareOfTheOtherGroup_HasTheWrongLength",
         1,
         X,
         share(Bytes(65, 4)),
         "failed: public-key-length",
         "accepted"},
        {"ShareOneOctetShort_HasTheWrongLengthAtTheClient",
         1,
         X,
         share(Bytes(31, 9)),
         "failed: public-key-length",
         "accepted"},
        {"EmptyShare_HasTheWrongLengthAtTheClient",
         1,
         X,
         share({}),
         "failed: public-key-length",
         "accepted"},
        {"EmptyShare_HasTheWrongLengthAtTheServer",
         2,
         X,
         clientShare({}),
         "waiting",
         "failed: public-key-length"},
        {"ShareOneOctetLong_HasTheWrongLengthAtTheServer",
         2,
         X,
         clientShare(Bytes(33, 9)),
         "waiting",
         "failed: public-key-length"},
        {"PointOffTheCurve_IsRefusedByTheClient",
         1,
         Group::P256,
         share(offCurve),
         "failed: public-key-not-on-curve",
         "accepted"},
        {"PointOffTheCurve_IsRefusedByTheServer",
         1,
         Group::P256,
         clientShare(offCurve),
         "accepted",
         "failed: public-key-not-on-curve"},
        {"ZeroShare_IsRefusedByTheClient",
         1,
         X,
         share(Bytes(32)),
         "failed: zero-shared-secret",
         "accepted"},
        {"ShareOfLowOrder_IsRefusedByTheClient",
         1,
         X,
         share(order4),
         "failed: zero-shared-secret",
         "accepted"},
        {"ShareOfLowOrder_IsRefusedByTheServer",
         1,
         X,
         clientShare(order4),
         "accepted",
         "failed: zero-shared-secret"},
        {"ReflectedShare_IsRefused",
         1,
         X,
         [](const Transit& transit) {
             const std::optional<Message> message = ReadMessage(transit.bytes);
             const auto* own = message ? std::get_if<ClientShare>(&*message) : nullptr;
             return own ? Transits{{false, 1, Encode(ServerShare{own->share})}} : Transits{};
         },
         "failed: reflected-share",
         "waiting"},
        {"ReflectedShareWithOneBitChanged_IsNoReflection",
         1,
         X,
         [](const Transit& transit) {
             const std::optional<Message> message = ReadMessage(transit.bytes);
             const auto* own = message ? std::get_if<ClientShare>(&*message) : nullptr;
             Bytes other = own ? own->share : Bytes();
             other[0] ^= 1;
             return Transits{{false, 1, Encode(ServerShare{other})}};
         },
         "accepted",
         "waiting"},
        {"ChangedShareForTheServer_IsNotBound",
         2,
         X,
         Changing<ClientShare>([flip](ClientShare& m) { flip(m.share); }),
         mismatch,
         "accepted"},
        {"ChangedShareForTheClient_IsNotBound",
         2,
         X,
         Changing<ServerShare>([flip](ServerShare& m) { flip(m.share); }),
         mismatch,
         "accepted"},
        {"ChangedClientNonce_IsNotBound",
         2,
         X,
         Changing<ClientNonce>([flip](ClientNonce& m) { flip(m.nonce); }),
         mismatch,
         "accepted"},
        {"ChangedServerNonce_IsNotBound",
         2,
         X,
         Changing<ServerBinding>([flip](ServerBinding& m) { flip(m.nonce); }),
         mismatch,
         "accepted"},
        {"ChangedHash_DoesNotBind",
         2,
         X,
         Changing<ServerBinding>([flip](ServerBinding& m) { flip(m.hash); }),
         mismatch,
         "accepted"},
        {"HashThatDiffersInItsLastBit_DoesNotBind",
         2,
         X,
         Changing<ServerBinding>([](ServerBinding& m) { m.hash[31] ^= 1; }),
         mismatch,
         "accepted"},
        {"ChangedHashOnTheEighthPathOnly_DoesNotBind",
         8,
         X,
         Changing<ServerBinding>([](ServerBinding& m) { m.hash[0] ^= m.path == 8 ? 1 : 0; }),
         mismatch,
         "accepted"},
        {"ChangedShareWithoutASecondPath_GoesUnnoticed",
         1,
         X,
         Changing<ServerShare>([flip](ServerShare& m) { flip(m.share); }),
         "accepted",
         "accepted"},
        {"ChangedRecord_DoesNotOpen",
         2,
         X,
         record(0),
         "accepted",
         "failed: record-authentication",
         ClientSays(60ms, Bytes(9, 3))},
        {"ChangedTag_DoesNotOpen",
         2,
         X,
         record(24),
         "accepted",
         "failed: record-authentication",
         ClientSays(60ms, Bytes(9, 3))},
        {"UnchangedRecord_Opens", 2, X, {}, "accepted", "accepted", ClientSays(60ms, Bytes(9, 3))},
        {"RecordTwice_DoesNotOpenTheSecondTime",
         2,
         X,
         [](const Transit& transit) {
             return transit.bytes[0] == static_cast<std::uint8_t>(MessageType::Record)
                        ? Twice(transit)
                        : Transits{transit};
         },
         "accepted",
         "failed: record-authentication",
         ClientSays(60ms, Bytes(9, 3))},
        {"ClientsOwnRecordBack_DoesNotOpen",
         2,
         X,
         [](Transit transit) {
             transit.toServer = transit.toServer &&
                                transit.bytes[0] != static_cast<std::uint8_t>(MessageType::Record);
             return Transits{transit};
         },
         "failed: record-authentication",
         "accepted",
         ClientSays(60ms, Bytes(9, 3))},
    };
}

class ContentFailuresSuite : public TestSuite
{
  public:
    ContentFailuresSuite()
        : TestSuite("smkex-content-failures", UNIT)
    {
        for (const Trouble& trouble : ContentTroubles())
        {
            AddTestCase(new TroubleCase(trouble), TestCase::QUICK);
        }
    }
};

const ContentFailuresSuite g_suite;

} // namespace
