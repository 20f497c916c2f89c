/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/tcp-option.h"
#include "ns3/uinteger.h"

#include <random>

/**
 * \file
 * Networks that lose, reorder, duplicate and corrupt, and segments that nobody should send.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

/// What one run of a bad network came to.
struct Outcome
{
    bool complete{false};
    bool failed{false};
    std::string wrong; ///< why it must not be so; empty if all is well
};

Outcome
BadNetwork(uint32_t seed, uint64_t bytes, bool corrupt)
{
    std::mt19937 random(seed);
    const auto chance = [&random](double p) { return random() < p * 4294967296.0; };
    MptcpTestLinks links;
    links.delay = {MilliSeconds(2), MilliSeconds(7)};
    links.rate = {DataRate("50Mbps"), DataRate("20Mbps")};
    MptcpTestNet net(links);
    net.keepLog = false;
    net.middlebox = [&](Segment& s) {
        s.drop = chance(0.01);
        s.copies = chance(0.01) ? 2 : 1;
        s.delay = chance(0.02) ? MilliSeconds(1 + random() % 20) : Time();
        if (corrupt && !s.payload.empty() && chance(0.0005))
        {
            s.payload[random() % s.payload.size()] ^= 1 << random() % 8;
            s.changed = true;
        }
    };
    MptcpTestPair pair(net);
    pair.Set("SegmentSize", UintegerValue(1400));
    pair.Set("Checksum", BooleanValue(corrupt));
    pair.Set("AllowFallback", BooleanValue(!corrupt));
    pair.Set("InitialSequence", UintegerValue(random()));
    pair.client.toSend = bytes;
    pair.server.toSend = bytes / 4;
    pair.onConnect = [&]() {
        pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
    };
    pair.Start();
    pair.Run(Seconds(2000));
    Outcome outcome;
    outcome.complete = pair.server.Got(bytes) && pair.client.Got(bytes / 4);
    const bool reason =
        pair.client.socket->GetFailure() != MptcpFailure::NONE ||
        (pair.server.socket && pair.server.socket->GetFailure() != MptcpFailure::NONE);
    outcome.failed = reason;
    if (!pair.server.Got(pair.server.received.size()) ||
        !pair.client.Got(pair.client.received.size()))
    {
        outcome.wrong = "bytes that were not sent, or out of order";
    }
    else if (!outcome.complete && !reason)
    {
        outcome.wrong = "stuck with " + std::to_string(pair.server.received.size()) + " and " +
                        std::to_string(pair.client.received.size()) + " bytes";
    }
    return outcome;
}

void
BadNetworks(MptcpTest& test, uint32_t seeds, uint64_t bytes, bool corrupt)
{
    uint32_t complete = 0;
    for (uint32_t seed = 1; seed <= seeds; ++seed)
    {
        const Outcome outcome = BadNetwork(seed, bytes, corrupt);
        test.Check(outcome.wrong.empty(), "seed " + std::to_string(seed) + ": " + outcome.wrong);
        complete += outcome.complete ? 1 : 0;
    }
    std::ostringstream text;
    text << complete << " of " << seeds << " complete";
    test.Check(corrupt ? complete > seeds / 4 : complete == seeds, text.str());
}

/// \return a TCP segment with the numbers of \p like, no payload and \p options
std::vector<uint8_t>
RawSegment(const Segment& like, uint8_t flags, std::vector<uint8_t> options)
{
    options.resize((options.size() + 3) / 4 * 4, 0);
    std::vector<uint8_t> bytes;
    const auto put = [&bytes](uint64_t value, int size) {
        for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        {
            bytes.push_back(static_cast<uint8_t>(value >> shift));
        }
    };
    const auto& h = like.header;
    put(h.GetSourcePort(), 2);
    put(h.GetDestinationPort(), 2);
    put(h.GetSequenceNumber().GetValue(), 4);
    put(h.GetAckNumber().GetValue(), 4);
    put((20 + options.size()) / 4 << 4, 1);
    put(flags, 1);
    put(h.GetWindowSize(), 2);
    put(0, 4);
    bytes.insert(bytes.end(), options.begin(), options.end());
    return bytes;
}

/**
 * ns-3's parser, which runs before any socket, never returns from an unknown option of length 0
 * and aborts on the options that it knows when their length is wrong. Nothing above can help that.
 */
bool
StopsNs3(const std::vector<uint8_t>& options)
{
    for (std::size_t at = 0; at < options.size() && options[at] != TcpOption::END;)
    {
        const uint8_t kind = options[at];
        if (kind == TcpOption::NOP)
        {
            ++at;
            continue;
        }
        const uint8_t length = at + 1 < options.size() ? options[at + 1] : 0;
        const bool known = kind != TcpOption::TS && TcpOption::IsKindKnown(kind);
        if (length < 2 || known || (kind == TcpOption::TS && length != 10))
        {
            return true;
        }
        at += length;
    }
    return false;
}

/// Options that no honest host sends: broken ones, random ones, doubled and contradictory ones.
std::vector<uint8_t>
HostileOptions(std::mt19937& random, const Segment& like)
{
    std::vector<uint8_t> out;
    const auto timestamps = [&out, &like]() {
        if (like.header.HasOption(TcpOption::TS))
        {
            // Without timestamps TCP would ignore the segment before anything of ours looks at it.
            Ptr<const TcpOption> ts = like.header.GetOption(TcpOption::TS);
            Buffer buffer;
            buffer.AddAtStart(ts->GetSerializedSize());
            ts->Serialize(buffer.Begin());
            std::vector<uint8_t> bytes(ts->GetSerializedSize());
            buffer.CopyData(bytes.data(), bytes.size());
            out.insert(out.end(), bytes.begin(), bytes.end());
        }
    };
    timestamps();
    const int kinds = 1 + static_cast<int>(random() % 3);
    for (int n = 0; n < kinds; ++n)
    {
        static const uint8_t sizes[] = {3, 4, 5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
        uint8_t size = sizes[random() % std::size(sizes)];
        if (out.size() + size > 40)
        {
            break;
        }
        const auto at = out.size();
        out.push_back(MPTCP_OPTION_KIND);
        out.push_back(size);
        for (int i = 2; i < size; ++i)
        {
            out.push_back(static_cast<uint8_t>(random()));
        }
        switch (random() % 4)
        {
        case 0: // a length that lies
            out[at + 1] = static_cast<uint8_t>(1 + random() % 255);
            break;
        case 1: // a DSS whose flags fit its length now and then
            out[at + 2] = static_cast<uint8_t>(MptcpSubtype::DSS) << 4;
            break;
        default:
            break;
        }
        // What RFC 8684 lets anybody on the path do without a proof is not hostile but final.
        const auto subtype = static_cast<MptcpSubtype>(out[at + 2] >> 4);
        if (subtype == MptcpSubtype::REMOVE_ADDR || subtype == MptcpSubtype::MP_FAIL)
        {
            out[at + 2] = 0xf0;
        }
    }
    return out;
}

void
MalformedOptionsNeitherCrashNorDesynchronise(MptcpTest& test)
{
    constexpr uint32_t SEGMENTS = 100000;
    std::mt19937 random(20181015);
    uint32_t injected = 0;
    uint64_t transferred = 0;
    uint32_t connections = 0;
    while (injected < SEGMENTS && connections < 200)
    {
        ++connections;
        MptcpTestLinks links;
        links.delay = {MilliSeconds(1), MilliSeconds(2)};
        links.rate = {DataRate("1Gbps"), DataRate("1Gbps")};
        links.queue = 1000;
        MptcpTestNet net(links);
        net.keepLog = false;
        net.middlebox = [&](Segment& s) {
            if (s.payload.empty() || s.header.GetFlags() & (TcpHeader::RST | TcpHeader::SYN))
            {
                return; // a hostile segment for each ACK would be answered, and multiply
            }
            // Hostile segments with the numbers of this one. Other numbers would attack TCP.
            for (uint32_t n = random() % 16; n > 0; --n)
            {
                auto options = HostileOptions(random, s);
                while (StopsNs3(options))
                {
                    options = HostileOptions(random, s);
                }
                const auto bytes = RawSegment(s, TcpHeader::ACK, options);
                net.InjectBytes(s.fromClient, s.path, bytes);
                ++injected;
            }
        };
        MptcpTestPair pair(net);
        constexpr uint64_t BYTES = 300000;
        pair.Set("SegmentSize", UintegerValue(1400));
        pair.Set("Checksum", BooleanValue(connections % 2 == 0));
        pair.client.toSend = BYTES;
        pair.server.toSend = BYTES;
        pair.onConnect = [&]() {
            pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
        };
        pair.Start();
        pair.Run(Seconds(300));
        std::ostringstream what;
        what << "connection " << connections << ": " << pair.server.received.size() << " and "
             << pair.client.received.size() << " bytes, "
             << ToString(pair.client.socket->GetFailure());
        test.Check(pair.server.Got(BYTES) && pair.client.Got(BYTES), what.str());
        test.Check(pair.client.ended && pair.server.ended, what.str() + ", not closed");
        transferred += pair.server.received.size();
    }
    test.Check(injected >= SEGMENTS, "as many hostile segments as promised");
    test.Check(transferred > 0, "honest ones in between");
}

void
HandshakesSurviveHostileOptions(MptcpTest& test)
{
    std::mt19937 random(8684);
    uint32_t connected = 0;
    constexpr uint32_t RUNS = 300;
    for (uint32_t run = 0; run < RUNS; ++run)
    {
        MptcpTestNet net;
        net.keepLog = false;
        net.middlebox = [&](Segment& s) {
            // Random options on the handshake itself: it may fail, with a reason, or fall back.
            if (s.hadMptcp && random() % 3 == 0)
            {
                s.options.clear();
                for (uint32_t tries = 0; tries < 50 && s.options.empty(); ++tries)
                {
                    const auto bytes = HostileOptions(random, Segment());
                    if (auto option = DecodeMptcpOption(bytes.data(), bytes.size()))
                    {
                        s.options.push_back(*option);
                    }
                }
                s.changed = true;
            }
        };
        MptcpTestPair pair(net);
        pair.client.toSend = 5000;
        pair.onConnect = [&]() {
            pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
        };
        pair.Start();
        pair.Run(Seconds(100));
        connected += pair.client.connected ? 1 : 0;
    }
    test.Check(connected > RUNS / 2, "most connections came up");
}

class MptcpHostileSuite : public TestSuite
{
  public:
    MptcpHostileSuite()
        : TestSuite("mptcp-hostile", UNIT)
    {
        AddTestCase(new MptcpTest("loss, reordering and duplication lose no byte",
                                  [](MptcpTest& t) { BadNetworks(t, 40, 200000, false); }),
                    TestCase::QUICK);
        AddTestCase(new MptcpTest("corruption is found out, or the connection fails with a reason",
                                  [](MptcpTest& t) { BadNetworks(t, 40, 200000, true); }),
                    TestCase::QUICK);
        AddTestCase(new MptcpTest("100,000 segments with malformed options",
                                  MalformedOptionsNeitherCrashNorDesynchronise),
                    TestCase::QUICK);
        AddTestCase(
            new MptcpTest("handshakes with random options", HandshakesSurviveHostileOptions),
            TestCase::QUICK);
        AddTestCase(new MptcpTest("loss, reordering and duplication, 1000 seeds of 1 MB",
                                  [](MptcpTest& t) { BadNetworks(t, 1000, 1000000, false); }),
                    TestCase::TAKES_FOREVER);
        AddTestCase(new MptcpTest("corruption, 1000 seeds of 1 MB",
                                  [](MptcpTest& t) { BadNetworks(t, 1000, 1000000, true); }),
                    TestCase::TAKES_FOREVER);
    }
};

MptcpHostileSuite g_suite;

} // namespace

} // namespace ns3
