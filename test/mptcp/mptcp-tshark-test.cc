/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/global-value.h"
#include "ns3/mptcp-crypto.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <cstdio>
#include <iostream>
#include <set>

/**
 * \file
 * Wireshark reads what we send: nothing malformed, and the values that we meant.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

/// \return the lines that a shell command prints
std::vector<std::string>
Lines(const std::string& command)
{
    std::vector<std::string> lines;
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe)
    {
        return lines;
    }
    std::string line;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    {
        if (c == '\n')
        {
            lines.push_back(line);
            line.clear();
        }
        else
        {
            line += static_cast<char>(c);
        }
    }
    pclose(pipe);
    return lines;
}

std::vector<std::string>
Tshark(const std::string& file, const std::string& arguments)
{
    return Lines("tshark -n -r '" + file +
                 "' -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE"
                 " -o mptcp.analyze_mappings:TRUE -o mptcp.intersubflows_retransmission:TRUE " +
                 arguments + " 2>/dev/null");
}

std::string
HexOf(uint64_t value, int digits)
{
    char text[20];
    std::snprintf(text, sizeof(text), "0x%0*llx", digits, static_cast<unsigned long long>(value));
    return text;
}

bool
Contains(const std::vector<std::string>& lines, const std::string& line)
{
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

/// Runs a connection with a second subflow while \p act happens, and has tshark look at it.
void
Captured(MptcpTest& test,
         const std::string& name,
         const std::function<void(MptcpTestPair&)>& act,
         const std::function<void(Segment&)>& middlebox,
         const std::function<void(MptcpTestPair&, const std::string&)>& inspect)
{
    if (Lines("command -v tshark").empty())
    {
        std::cout << "SKIP mptcp-tshark " << name << ": tshark is not installed" << std::endl;
        return;
    }
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    const std::string file = test.CreateTempDirFilename(name + ".pcap");
    MptcpTestNet net;
    net.Capture(file);
    net.middlebox = middlebox;
    {
        MptcpTestPair pair(net);
        pair.Set("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
        pair.Set("SegmentSize", UintegerValue(1400));
        pair.Set("Checksum", BooleanValue(true));
        pair.Set("WideSequenceNumbers", BooleanValue(true));
        pair.client.toSend = 60000;
        pair.server.toSend = 30000;
        act(pair);
        pair.Start();
        pair.Run(Seconds(30));
        net.EndCapture();
        const auto bad = Tshark(
            file,
            "-Y '_ws.malformed || _ws.expert.severity == error || tcp.checksum.status == bad ||"
            " ip.checksum.status == bad' -T fields -e frame.number -e _ws.expert.message");
        for (const auto& line : bad)
        {
            test.Check(false, name + ": tshark objects to frame " + line);
        }
        const auto packets = Tshark(file, "-T fields -e tcp.options.mptcp.subtype");
        test.Check(packets.size() > 10, name + ": tshark read the packets");
        inspect(pair, file);
    }
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
}

void
Open(MptcpTestPair& pair)
{
    pair.onConnect = [&pair]() {
        pair.client.socket->OpenSubflow(pair.net.ClientAddress(1), pair.net.ServerAddress(1));
    };
}

void
KeysTokensAndSequenceNumbersReadBack(MptcpTest& test)
{
    Captured(test, "data", Open, nullptr, [&](MptcpTestPair& pair, const std::string& file) {
        const auto& client = *pair.client.socket;
        const auto keys =
            Tshark(file,
                   "-Y 'tcp.options.mptcp.sendkey && tcp.flags.syn == 1' -T fields -e "
                   "tcp.options.mptcp.sendkey");
        test.Check(Contains(keys, std::to_string(client.GetPeerKey())) ||
                       Contains(keys, HexOf(client.GetPeerKey(), 16)),
                   "the server's key, read back as " + (keys.empty() ? "nothing" : keys[0]));
        const auto tokens =
            Tshark(file, "-Y tcp.options.mptcp.recvtok -T fields -e tcp.options.mptcp.recvtok");
        const uint32_t token = MptcpToken(client.GetPeerKey());
        test.Check(Contains(tokens, std::to_string(token)) || Contains(tokens, HexOf(token, 8)),
                   "the token, read back as " + (tokens.empty() ? "nothing" : tokens[0]));
        // tshark computes tokens from keys by itself.
        const auto expected =
            Tshark(file, "-Y mptcp.expected_token -T fields -e mptcp.expected_token");
        test.Check(Contains(expected, std::to_string(token)) || Contains(expected, HexOf(token, 8)),
                   "tshark expects the same token");
        const auto dsn =
            Tshark(file,
                   "-Y 'tcp.options.mptcp.rawdataseqno && ip.src == 10.0.1.2' -T fields -e "
                   "tcp.options.mptcp.rawdataseqno");
        const uint64_t first = MptcpInitialDsn(client.GetPeerKey()) + 1;
        test.Check(Contains(dsn, std::to_string(first)) || Contains(dsn, HexOf(first, 16)),
                   "the first DSN, read back as " + (dsn.empty() ? "nothing" : dsn[0]));
        const auto sums =
            Tshark(file, "-Y 'tcp.options.mptcp.checksum' -T fields -e tcp.options.mptcp.checksum");
        std::set<std::string> sent;
        for (const auto& s : pair.net.log)
        {
            const auto* dss = s.Get<MptcpDss>();
            if (dss && dss->mapping && dss->mapping->checksum)
            {
                sent.insert(HexOf(*dss->mapping->checksum, 4));
            }
        }
        test.Check(!sums.empty(), "checksums read back");
        for (const auto& sum : sums)
        {
            // The MP_CAPABLE with data has one as well, which is not in the set.
            test.Check(sent.count(sum.substr(0, 6)) || sum == sums.front(),
                       "checksum " + sum + " was sent");
        }
        const auto subflows = Tshark(file, "-Y mptcp.stream -T fields -e mptcp.stream");
        test.Check(!subflows.empty() &&
                       std::set<std::string>(subflows.begin(), subflows.end()).size() == 1,
                   "tshark puts both subflows into one connection");
    });
}

/// Whether the capture has an option of subtype \p subtype.
auto
Has(MptcpTest& test, int subtype)
{
    return [&test, subtype](MptcpTestPair&, const std::string& file) {
        const auto found = Tshark(file,
                                  "-Y 'tcp.options.mptcp.subtype == " + std::to_string(subtype) +
                                      "' -T fields -e frame.number");
        test.Check(!found.empty(), "tshark finds subtype " + std::to_string(subtype));
    };
}

class MptcpTsharkSuite : public TestSuite
{
  public:
    MptcpTsharkSuite()
        : TestSuite("mptcp-tshark", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("connect, data, join and DATA_FIN; keys, tokens, DSN and checksums read back",
            KeysTokensAndSequenceNumbersReadBack);
        add("join data", [](MptcpTest& t) {
            Captured(
                t,
                "join-data",
                [](MptcpTestPair& pair) {
                    pair.Set("JoinData", BooleanValue(true));
                    pair.Set("EarlyJoin", BooleanValue(true));
                    pair.onConnect = [&pair]() {
                        pair.client.socket->OpenSubflow(pair.net.ClientAddress(1),
                                                        pair.net.ServerAddress(1),
                                                        false,
                                                        Create<Packet>(32));
                    };
                },
                nullptr,
                Has(t, 1));
        });
        add("ADD_ADDR and REMOVE_ADDR", [](MptcpTest& t) {
            Captured(
                t,
                "add-addr",
                [](MptcpTestPair& pair) {
                    pair.client.closeWhenSent = pair.server.closeWhenSent = false;
                    pair.onAccept = [&pair]() {
                        pair.server.socket->AdvertiseAddress(pair.net.ServerAddress(1, 40001));
                    };
                    Simulator::Schedule(Seconds(5),
                                        [&pair]() { pair.server.socket->WithdrawAddress(1); });
                },
                nullptr,
                [&t](MptcpTestPair& pair, const std::string& file) {
                    Has(t, 3)(pair, file);
                    Has(t, 4)(pair, file);
                });
        });
        add("MP_PRIO", [](MptcpTest& t) {
            Captured(
                t,
                "mp-prio",
                [](MptcpTestPair& pair) {
                    pair.client.closeWhenSent = pair.server.closeWhenSent = false;
                    Open(pair);
                    Simulator::Schedule(Seconds(5),
                                        [&pair]() { pair.client.socket->SetBackup(2, true); });
                },
                nullptr,
                Has(t, 5));
        });
        add("MP_FAIL and fallback", [](MptcpTest& t) {
            Captured(
                t,
                "mp-fail",
                [](MptcpTestPair&) {},
                [seen = 0](Segment& s) mutable {
                    if (s.fromClient && !s.payload.empty() && seen++ == 4)
                    {
                        s.payload[7] ^= 1;
                        s.changed = true;
                    }
                },
                Has(t, 6));
        });
        add("MP_FASTCLOSE and MP_TCPRST", [](MptcpTest& t) {
            Captured(
                t,
                "fastclose",
                [](MptcpTestPair& pair) {
                    pair.client.closeWhenSent = pair.server.closeWhenSent = false;
                    Open(pair);
                    Simulator::Schedule(Seconds(5), [&pair]() { pair.client.socket->Abort(); });
                },
                nullptr,
                [&t](MptcpTestPair& pair, const std::string& file) {
                    Has(t, 7)(pair, file);
                    Has(t, 8)(pair, file);
                });
        });
        add("fallback to TCP", [](MptcpTest& t) {
            Captured(
                t,
                "fallback",
                [](MptcpTestPair&) {},
                [](Segment& s) {
                    if (s.IsSynAck())
                    {
                        s.Strip();
                    }
                },
                [](MptcpTestPair&, const std::string&) {});
        });
    }
};

MptcpTsharkSuite g_suite;

} // namespace

} // namespace ns3
