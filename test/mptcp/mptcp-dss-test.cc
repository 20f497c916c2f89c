/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <map>
#include <memory>

/**
 * \file
 * Data sequence signals: mappings, checksums, windows and the end of the stream.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

bool
HasDataFin(const Segment& s)
{
    const auto* dss = s.Get<MptcpDss>();
    return dss && dss->dataFin;
}

void
FormsAndChecksums(MptcpTest& test)
{
    for (const bool wide : {false, true})
    {
        for (const bool checksum : {false, true})
        {
            MptcpTestNet net;
            MptcpTestPair pair(net);
            pair.Set("SegmentSize", UintegerValue(1000));
            pair.Set("WideSequenceNumbers", BooleanValue(wide));
            pair.client.socket->SetAttribute("Checksum", BooleanValue(checksum)); // one end asks
            pair.client.toSend = 30001;
            pair.server.toSend = 20001;
            pair.Start();
            pair.Run();
            test.Check(pair.server.Got(30001) && pair.client.Got(20001), "every byte");
            test.Check(pair.server.socket->UsesChecksum() == checksum, "agreed on checksums");
            test.Check(pair.client.socket->GetMode() == MptcpMode::MPTCP, "no fallback");
            const auto odd = net.Count([=](const Segment& s) {
                const auto* dss = s.Get<MptcpDss>();
                return dss && ((dss->dataAck && dss->wideAck != wide) ||
                               (dss->mapping && (dss->mapping->wide != wide ||
                                                 dss->mapping->checksum.has_value() != checksum)));
            });
            test.Equal(odd, 0U, "DSS options of the wrong form");
        }
    }
}

/// Turns a byte of the first data segment from \p at bytes of the stream on.
auto
CorruptOnce(uint32_t path, uint32_t skip)
{
    return [path, skip, seen = 0U, done = false](Segment& s) mutable {
        if (s.fromClient && s.path == path && !s.payload.empty() && !done && seen++ == skip)
        {
            s.payload[s.payload.size() / 2] ^= 0x20;
            s.changed = true;
            done = true;
        }
    };
}

void
ABadChecksumOnTheOnlySubflowFallsBack(MptcpTest& test)
{
    MptcpTestNet net;
    net.middlebox = CorruptOnce(0, 5);
    MptcpTestPair pair(net);
    pair.Set("Checksum", BooleanValue(true));
    pair.client.toSend = 50000;
    pair.server.toSend = 50000;
    pair.Start();
    pair.Run();
    test.Equal(pair.server.received.size(), 50000U, "bytes, as of plain TCP");
    test.Check(pair.client.Got(50000), "the other direction is whole");
    test.Check(pair.client.socket->GetMode() == MptcpMode::FALLBACK &&
                   pair.server.socket->GetMode() == MptcpMode::FALLBACK,
               "both fell back");
    const auto fails = [&](bool client) {
        return net.Count(
            [=](const Segment& s) { return s.fromClient == client && s.Get<MptcpFail>(); });
    };
    test.Equal(fails(false), 1U, "MP_FAIL from the server");
    test.Equal(fails(true), 1U, "MP_FAIL in answer");
    test.Check(pair.client.ended && pair.server.ended, "closed");
}

void
ABadChecksumOnOneOfTwoResetsThatSubflow(MptcpTest& test)
{
    MptcpTestNet net;
    net.middlebox = CorruptOnce(1, 3);
    MptcpTestPair pair(net);
    pair.Set("Checksum", BooleanValue(true));
    pair.client.toSend = 300000;
    pair.onConnect = [&]() {
        pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
    };
    pair.Start();
    pair.Run();
    test.Check(pair.server.Got(300000), "every byte, unharmed");
    test.Check(pair.client.socket->GetMode() == MptcpMode::MPTCP, "no fallback");
    const auto failed = net.Count(
        [](const Segment& s) { return s.path == 1 && s.Is(TcpHeader::RST) && s.Get<MptcpFail>(); });
    test.Equal(failed, 1U, "resets with MP_FAIL on path 2");
}

void
ABadChecksumWithoutFallbackFailsWithItsReason(MptcpTest& test)
{
    MptcpTestNet net;
    net.middlebox = CorruptOnce(0, 5);
    MptcpTestPair pair(net);
    pair.Set("Checksum", BooleanValue(true));
    pair.Set("AllowFallback", BooleanValue(false));
    pair.client.toSend = 50000;
    pair.Start();
    pair.Run();
    test.Check(pair.server.failed && pair.client.failed, "both failed");
    test.Check(pair.server.socket->GetFailure() == MptcpFailure::CHECKSUM, "for the checksum");
    test.Check(pair.server.Got(pair.server.received.size()), "nothing wrong was delivered");
}

/// A reader that sleeps for a while closes the window; \p loseUpdate: its opening is lost.
void
WindowClosesAndReopens(MptcpTest& test, bool loseUpdate)
{
    MptcpTestNet net;
    bool lost = false;
    MptcpTestPair pair(net);
    const Time wake = Seconds(5);
    net.middlebox = [&](Segment& s) {
        s.drop = loseUpdate && !lost && !s.fromClient && Simulator::Now() >= wake;
        lost = lost || s.drop;
    };
    pair.Set("RcvBufSize", UintegerValue(20000));
    pair.Set("SegmentSize", UintegerValue(1000));
    pair.client.toSend = 100000;
    pair.onAccept = [&]() {
        pair.server.socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        Simulator::Schedule(wake - Simulator::Now(), [&]() {
            test.Equal(pair.server.socket->GetRxAvailable(), 20000U, "the buffer, full");
            auto server = pair.server.socket;
            pair.server.Adopt(server);
            Ptr<Packet> packet = server->Recv();
            pair.server.received.resize(packet->GetSize());
            packet->CopyData(pair.server.received.data(), packet->GetSize());
        });
    };
    pair.Start();
    pair.Run();
    test.Check(pair.server.Got(100000), "every byte");
    test.Equal(lost, loseUpdate, "the update was lost");
    const auto beyond = net.Count([](const Segment& s) {
        return s.fromClient && s.at < Seconds(5) && s.header.GetSequenceNumber().GetValue() > 20000;
    });
    test.Equal(beyond, 0U, "segments beyond the closed window");
}

void
AWindowThatReopensServesEverySubflow(MptcpTest& test)
{
    MptcpTestNet net;
    MptcpTestPair pair(net);
    const Time wake = Seconds(5);
    pair.Set("RcvBufSize", UintegerValue(60000));
    pair.Set("SegmentSize", UintegerValue(1000));
    pair.client.toSend = 1000000;
    pair.onConnect = [&]() {
        pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
    };
    pair.onAccept = [&]() {
        auto server = pair.server.socket;
        server->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        Simulator::Schedule(wake - Simulator::Now(), [&pair, server]() {
            pair.server.Adopt(server);
            Ptr<Packet> packet = server->Recv();
            pair.server.received.resize(packet->GetSize());
            packet->CopyData(pair.server.received.data(), packet->GetSize());
        });
    };
    pair.Start();
    pair.Run();
    test.Check(pair.server.Got(1000000), "every byte");
    for (const uint32_t path : {0U, 1U})
    {
        const auto soon = net.Count([&](const Segment& s) {
            return s.path == path && !s.payload.empty() && s.payload.size() > 1 && s.at > wake &&
                   s.at < wake + MilliSeconds(60);
        });
        test.Check(soon > 0, "data at once on path " + std::to_string(path + 1));
    }
}

void
DssDroppedAfterDataMeansAnInfiniteMapping(MptcpTest& test)
{
    MptcpTestNet net;
    net.middlebox = [](Segment& s) {
        if (s.at > MilliSeconds(2060))
        {
            s.Strip();
        }
    };
    MptcpTestPair pair(net);
    pair.client.toSend = 400000;
    pair.server.toSend = 200000;
    pair.Start();
    pair.Run();
    test.Check(pair.server.Got(400000) && pair.client.Got(200000), "every byte");
    test.Check(pair.client.socket->GetMode() == MptcpMode::FALLBACK &&
                   pair.server.socket->GetMode() == MptcpMode::FALLBACK,
               "both fell back");
    test.Check(pair.client.ended && pair.server.ended, "closed");
}

void
DssDroppedOnOneOfTwoResetsThatSubflow(MptcpTest& test)
{
    MptcpTestNet net;
    net.middlebox = [](Segment& s) {
        if (s.path == 1 && s.at > MilliSeconds(2150) && !s.Is(TcpHeader::RST))
        {
            s.Strip();
        }
    };
    MptcpTestPair pair(net);
    pair.client.toSend = 1000000;
    pair.onConnect = [&]() {
        pair.client.socket->OpenSubflow(net.ClientAddress(1), net.ServerAddress(1));
    };
    pair.Start();
    pair.Run();
    test.Check(pair.server.Got(1000000), "every byte");
    test.Check(pair.client.socket->GetMode() == MptcpMode::MPTCP, "no fallback");
    const auto resets = net.Count([](const Segment& s) {
        const auto* why = s.Get<MptcpTcpRst>();
        return s.path == 1 && why &&
               why->reason == static_cast<uint8_t>(MptcpResetReason::MIDDLEBOX);
    });
    test.Check(resets >= 1, "path 2 was reset for the middlebox");
}

void
MappingsAreRepeatedUnchangedAndAcksAlwaysHaveRoom(MptcpTest& test)
{
    MptcpTestNet net;
    uint32_t count = 0;
    // Losses in a pattern that leaves several holes at a time.
    net.middlebox = [&](Segment& s) {
        s.drop = !s.payload.empty() && (++count % 7 == 0 || count % 31 == 0);
    };
    MptcpTestPair pair(net);
    pair.Set("Checksum", BooleanValue(true));
    pair.Set("WideSequenceNumbers", BooleanValue(true));
    pair.client.toSend = 300000;
    // The server writes small pieces, each a mapping, which TCP would like to resend as one.
    pair.server.toSend = 0;
    for (uint32_t i = 0; i < 600; ++i)
    {
        Simulator::Schedule(Seconds(2.1) + MicroSeconds(500 * i), [&]() {
            pair.server.toSend += 100;
            pair.server.closeWhenSent = pair.server.toSend == 60000;
            pair.server.Pump();
        });
    }
    pair.server.closeWhenSent = false;
    pair.Start();
    pair.Run(Seconds(300));
    test.Check(pair.server.Got(300000) && pair.client.Got(60000), "every byte");
    std::map<std::pair<bool, uint32_t>, uint64_t> dsn; // of each byte's mapping start
    uint32_t repeated = 0;
    uint32_t sacked = 0;
    for (const auto& s : net.log)
    {
        const auto* dss = s.Get<MptcpDss>();
        const bool early = s.Get<MptcpCapable>() != nullptr;
        test.Check(early || dss, "every segment has an option");
        sacked += s.header.HasOption(TcpOption::SACK) ? 1 : 0;
        if (s.payload.empty() || early || !dss || !dss->mapping)
        {
            test.Check(s.payload.empty() || early, "data has a mapping");
            continue;
        }
        const uint32_t seq = s.header.GetSequenceNumber().GetValue();
        const auto& m = *dss->mapping;
        test.Check(m.ssn <= seq && seq + s.payload.size() <= m.ssn + m.length,
                   "it covers the data");
        for (const uint32_t at : {seq, static_cast<uint32_t>(seq + s.payload.size() - 1)})
        {
            const auto known = dsn.emplace(std::make_pair(s.fromClient, at), m.dsn - m.ssn);
            repeated += known.second ? 0 : 1;
            test.Equal(known.first->second, m.dsn - m.ssn, "the mapping of a byte");
        }
    }
    test.Check(repeated > 10 && sacked > 10, "there were retransmissions and SACKs");
}

/// Both ends close at \p clientAt and \p serverAt, with DATA_FINs lost as \p lose says.
void
Closing(MptcpTest& test,
        uint64_t bytes,
        Time clientAt,
        Time serverAt,
        const std::function<bool(const Segment&)>& lose)
{
    MptcpTestNet net;
    net.middlebox = [&](Segment& s) { s.drop = lose && lose(s); };
    MptcpTestPair pair(net);
    pair.client.toSend = bytes;
    pair.server.toSend = bytes;
    pair.client.closeWhenSent = pair.server.closeWhenSent = clientAt.IsZero();
    pair.client.closeAtEnd = pair.server.closeAtEnd = false;
    if (!clientAt.IsZero())
    {
        Simulator::Schedule(clientAt, [&]() { pair.client.socket->Close(); });
        Simulator::Schedule(serverAt, [&]() { pair.server.socket->Close(); });
    }
    pair.Start();
    pair.Run(Seconds(400));
    test.Check(pair.server.Got(bytes) && pair.client.Got(bytes), "every byte");
    test.Check(pair.client.ended && pair.server.ended, "both saw the end");
    test.Check(!pair.client.failed && !pair.server.failed, "no error");
    test.Equal(MptcpStack::Of(net.client)->ConnectionCount() +
                   MptcpStack::Of(net.server)->ConnectionCount(),
               0U,
               "connections left");
    const auto fins = net.Count(
        [](const Segment& s) { return s.header.GetFlags() & TcpHeader::FIN && !s.hadMptcp; });
    test.Equal(fins, 0U, "FINs without a DSS");
}

/// Drops the first \p count segments that satisfy \p what.
std::function<bool(const Segment&)>
First(uint32_t count, std::function<bool(const Segment&)> what)
{
    auto left = std::make_shared<uint32_t>(count);
    return [left, what](const Segment& s) {
        if (*left == 0 || !what(s))
        {
            return false;
        }
        --*left;
        return true;
    };
}

class MptcpDssSuite : public TestSuite
{
  public:
    MptcpDssSuite()
        : TestSuite("mptcp-dss", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("4- and 8-byte forms, checksum on and off", FormsAndChecksums);
        add("a bad checksum on the only subflow: MP_FAIL and fallback",
            ABadChecksumOnTheOnlySubflowFallsBack);
        add("a bad checksum on one of two: that subflow is reset",
            ABadChecksumOnOneOfTwoResetsThatSubflow);
        add("a bad checksum without fallback: a failure with its reason",
            ABadChecksumWithoutFallbackFailsWithItsReason);
        add("the window closes and reopens",
            [](MptcpTest& t) { WindowClosesAndReopens(t, false); });
        add("a lost window update is asked for",
            [](MptcpTest& t) { WindowClosesAndReopens(t, true); });
        add("a window that reopens serves every subflow", AWindowThatReopensServesEverySubflow);
        add("DSS dropped after data: infinite mapping", DssDroppedAfterDataMeansAnInfiniteMapping);
        add("DSS dropped on one of two subflows: that one is reset",
            DssDroppedOnOneOfTwoResetsThatSubflow);
        add("mappings are repeated unchanged, and options always have room",
            MappingsAreRepeatedUnchangedAndAcksAlwaysHaveRoom);
        const auto finOf = [](bool client) {
            return [client](const Segment& s) { return s.fromClient == client && HasDataFin(s); };
        };
        add("DATA_FIN with data", [](MptcpTest& t) { Closing(t, 5000, {}, {}, nullptr); });
        add("DATA_FIN alone, the client first",
            [](MptcpTest& t) { Closing(t, 5000, Seconds(4), Seconds(5), nullptr); });
        add("DATA_FIN alone, the server first",
            [](MptcpTest& t) { Closing(t, 5000, Seconds(5), Seconds(4), nullptr); });
        add("DATA_FIN simultaneous",
            [](MptcpTest& t) { Closing(t, 5000, Seconds(4), Seconds(4), nullptr); });
        add("DATA_FIN lost in FIN_WAIT_1", [finOf](MptcpTest& t) {
            Closing(t, 5000, Seconds(4), Seconds(9), First(2, finOf(true)));
        });
        add("DATA_FIN lost in LAST_ACK", [finOf](MptcpTest& t) {
            Closing(t, 5000, Seconds(4), Seconds(9), First(2, finOf(false)));
        });
        add("DATA_FIN lost in CLOSING", [finOf](MptcpTest& t) {
            Closing(t, 5000, Seconds(4), Seconds(4), First(3, HasDataFin));
        });
        add("DATA_FIN with data lost",
            [finOf](MptcpTest& t) { Closing(t, 5000, {}, {}, First(3, HasDataFin)); });
        add("the acknowledgement of a DATA_FIN lost", [](MptcpTest& t) {
            Closing(t, 5000, Seconds(4), Seconds(9), First(2, [](const Segment& s) {
                        return !s.fromClient && s.at > Seconds(4);
                    }));
        });
        add("the last acknowledgements lost", [](MptcpTest& t) {
            Closing(t, 5000, Seconds(4), Seconds(5), First(2, [](const Segment& s) {
                        return s.fromClient && s.at > Seconds(5);
                    }));
        });
    }
};

MptcpDssSuite g_suite;

} // namespace

} // namespace ns3
