/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/mptcp-congestion.h"
#include "ns3/mptcp-crypto.h"
#include "ns3/mptcp-data.h"
#include "ns3/mptcp-options.h"
#include "ns3/mptcp-path-manager.h"
#include "ns3/mptcp-scheduler.h"
#include "ns3/mptcp-tcp-option.h"

#include <cmath>
#include <random>

/**
 * \file
 * What needs no socket: the codec, keys and checksums, sequencing, and the decisions.
 */

namespace ns3
{

namespace
{

std::vector<uint8_t>
Bytes(const std::string& hex)
{
    std::vector<uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    {
        bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

std::string
Hex(const MptcpOptionBytes& bytes)
{
    std::string hex;
    char digits[3];
    for (uint8_t i = 0; i < bytes.size; ++i)
    {
        std::snprintf(digits, sizeof(digits), "%02x", bytes.data[i]);
        hex += digits;
    }
    return hex;
}

/// Each kind of option and its bytes, written out by hand from the figures of RFC 8684.
std::vector<std::pair<MptcpOption, std::string>>
KnownOptions()
{
    MptcpCapable syn;
    MptcpCapable synAck;
    synAck.checksumRequired = true;
    synAck.senderKey = 0x0102030405060708;
    MptcpCapable ack = synAck;
    ack.receiverKey = 0x1112131415161718;
    ack.noJoinToThisAddress = true;
    MptcpCapable data = ack;
    data.dataLength = 0x1234;
    MptcpCapable dataSum = data;
    dataSum.checksum = 0xabcd;
    MptcpCapable flagB;
    flagB.version = 0;
    flagB.extensibility = true;
    MptcpJoinAck joinAck;
    joinAck.hmac[0] = 0xa0;
    joinAck.hmac[19] = 0xa1;
    MptcpDss ack4{false, 0x01020304, false, std::nullopt};
    MptcpDss ack8{false, 0x0102030405060708, true, std::nullopt};
    MptcpDss map4{false, std::nullopt, false, MptcpDssMapping{0x11121314, false, 5, 6, {}}};
    MptcpDss map8{true,
                  0x0102030405060708,
                  true,
                  MptcpDssMapping{0x1112131415161718, true, 5, 6, 0xbeef}};
    MptcpDss fin{true, 1, false, MptcpDssMapping{2, false, 0, 1, {}}};
    MptcpAddAddr add4;
    add4.addressId = 3;
    add4.address = {10, 0, 2, 2};
    add4.hmac = 0x2122232425262728;
    MptcpAddAddr add4Port = add4;
    add4Port.port = 0x1389;
    MptcpAddAddr echo4 = add4;
    echo4.echo = true;
    MptcpAddAddr add6 = add4Port;
    add6.ipv6 = true;
    add6.address = {0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    return {
        {syn, "1e040101"},
        {flagB, "1e040041"},
        {synAck, "1e0c01810102030405060708"},
        {ack, "1e1401a101020304050607081112131415161718"},
        {data, "1e1601a1010203040506070811121314151617181234"},
        {dataSum, "1e1801a1010203040506070811121314151617181234abcd"},
        {MptcpJoinSyn{true, 7, 0x01020304, 0x05060708}, "1e0c11070102030405060708"},
        {MptcpJoinSynAck{false, 8, 0x0102030405060708, 0x090a0b0c},
         "1e101008"
         "0102030405060708"
         "090a0b0c"},
        {joinAck, "1e181000a0" + std::string(36, '0') + "a1"},
        {ack4, "1e08200101020304"},
        {ack8, "1e0c20030102030405060708"},
        {map4,
         "1e0e20041112131400000005"
         "0006"},
        {map8,
         "1e1c201f0102030405060708111213141516171800000005"
         "0006"
         "beef"},
        {fin,
         "1e122015000000010000000200000000"
         "0001"},
        {add4, "1e1030030a0002022122232425262728"},
        {add4Port, "1e1230030a00020213892122232425262728"},
        {echo4, "1e0831030a000202"},
        {add6, "1e1e30032001000200000000000000000000000213892122232425262728"},
        {MptcpRemoveAddr{{4, 5}}, "1e05400405"},
        {MptcpPrio{true}, "1e0351"},
        {MptcpFail{0x0102030405060708}, "1e0c60000102030405060708"},
        {MptcpFastclose{0x0102030405060708}, "1e0c70000102030405060708"},
        {MptcpTcpRst{true, 3}, "1e048103"},
    };
}

void
OptionsHaveTheBytesOfTheRfc(MptcpTest& test)
{
    for (const auto& [option, hex] : KnownOptions())
    {
        test.Equal(Hex(EncodeMptcpOption(option)), hex, "encoded");
        const auto bytes = Bytes(hex);
        const auto decoded = DecodeMptcpOption(bytes.data(), bytes.size());
        test.Check(decoded && decoded->index() == option.index(), "decoded " + hex);
        test.Equal(decoded ? Hex(EncodeMptcpOption(*decoded)) : "", hex, "decoded and encoded");
    }
}

void
WrongLengthsAreRefused(MptcpTest& test)
{
    for (const auto& known : KnownOptions())
    {
        const auto good = Bytes(known.second);
        for (std::size_t size = 0; size <= MPTCP_MAX_OPTION_LENGTH; ++size)
        {
            auto bytes = good;
            bytes.resize(std::max<std::size_t>(size, 3), 0);
            bytes[1] = static_cast<uint8_t>(size);
            const auto decoded = DecodeMptcpOption(bytes.data(), size);
            if (decoded)
            {
                test.Equal(std::size_t(EncodeMptcpOption(*decoded).size), size, "as long as said");
            }
        }
        test.Check(!DecodeMptcpOption(good.data(), good.size() - 1), "truncated " + known.second);
    }
    const auto unknown = Bytes("1e04f000");
    test.Check(!DecodeMptcpOption(unknown.data(), unknown.size()), "an unknown subtype");
}

void
TheHeaderCarriesOptionsAndSaysWhenItIsFull(MptcpTest& test)
{
    TcpHeader header;
    const MptcpDss wide{false, 1, true, MptcpDssMapping{2, true, 3, 4, static_cast<uint16_t>(5)}};
    test.Check(MptcpTcpOption::AppendTo(header, wide), "28 bytes fit");
    test.Check(!MptcpTcpOption::AppendTo(header, wide), "56 bytes do not");
    test.Check(MptcpTcpOption::AppendTo(header, MptcpFail{9}), "40 bytes fit");
    Ptr<Packet> packet = Create<Packet>(7);
    packet->AddHeader(header);
    TcpHeader read;
    packet->RemoveHeader(read);
    std::vector<MptcpOption> options;
    test.Check(MptcpTcpOption::ReadFrom(read, options), "there are options");
    test.Equal(options.size(), 2U, "options");
    test.Equal(packet->GetSize(), 7U, "payload");
    test.Check(std::holds_alternative<MptcpFail>(options.back()), "the second is MP_FAIL");
}

void
KnownKeysHaveTheirTokensAndSequenceNumbers(MptcpTest& test)
{
    test.Equal(MptcpToken(1), 0xcd266215U, "token of key 1");
    test.Equal(MptcpInitialDsn(1), 0x19ec509083d00a50ULL, "IDSN of key 1");
    test.Equal(MptcpToken(2), 0xcd04a475U, "token of key 2");
    test.Equal(MptcpInitialDsn(2), 0x886540e5dce77f70ULL, "IDSN of key 2");
}

void
HmacsDependOnBothKeysAndNoncesInOrder(MptcpTest& test)
{
    // Computed with Python's hmac module over struct.pack('>QQ', 1, 2) and '>LL', 3, 4.
    const auto hmac = MptcpJoinHmac(1, 2, 3, 4);
    test.Equal(MptcpJoinHmac64(hmac), 0xe5c5265ef877e594ULL, "leftmost 64 bits");
    test.Equal(uint32_t(MptcpJoinHmac160(hmac)[19]), 0x68U, "twentieth byte");
    test.Check(MptcpJoinHmac(2, 1, 3, 4) != hmac, "keys in order");
    test.Check(MptcpJoinHmac(1, 2, 4, 3) != hmac, "nonces in order");
    MptcpAddAddr add;
    add.addressId = 3;
    add.address = {10, 0, 2, 2};
    test.Equal(MptcpAddAddrHmac(1, 2, add), 0xc8c3fa13340a57baULL, "ADD_ADDR without a port");
    add.port = 5001;
    test.Equal(MptcpAddAddrHmac(1, 2, add), 0xc42ef825c76234f4ULL, "ADD_ADDR with a port");
}

void
ChecksumsEqualAPlainSum(MptcpTest& test)
{
    // The pseudo-header 0001020304050607 08090a0b 0005 0000 and the bytes 1122334455, by hand.
    const uint8_t bytes[] = {0x11, 0x22, 0x33, 0x44, 0x55};
    uint32_t sum =
        0x0001 + 0x0203 + 0x0405 + 0x0607 + 0x0809 + 0x0a0b + 0x0005 + 0x1122 + 0x3344 + 0x5500;
    sum = (sum & 0xffff) + (sum >> 16);
    MptcpChecksum whole;
    whole.Add(bytes, 5);
    test.Equal(whole.Finish(0x0001020304050607, 0x08090a0b, 5),
               static_cast<uint16_t>(~sum),
               "checksum");
    for (uint32_t cut = 0; cut <= 5; ++cut)
    {
        MptcpChecksum pieces;
        pieces.Add(bytes, cut);
        pieces.Add(bytes + cut, 5 - cut);
        test.Equal(pieces.Finish(0x0001020304050607, 0x08090a0b, 5),
                   static_cast<uint16_t>(~sum),
                   "checksum in pieces");
    }
}

Ptr<Packet>
Pattern(uint64_t offset, uint32_t size)
{
    std::vector<uint8_t> bytes(size);
    for (uint32_t i = 0; i < size; ++i)
    {
        bytes[i] = MptcpTestByte(offset + i);
    }
    return Create<Packet>(bytes.data(), size);
}

void
ShortSequenceNumbersExpandToTheNearest(MptcpTest& test)
{
    const uint64_t reference = 0x00000005fffffff0;
    test.Equal(MptcpExpandDsn(reference, 0x00000010), 0x0000000600000010ULL, "ahead of the wrap");
    test.Equal(MptcpExpandDsn(reference, 0xffffff00), 0x00000005ffffff00ULL, "behind");
    test.Equal(MptcpExpandDsn(0x0000000600000010, 0xfffffff0),
               0x00000005fffffff0ULL,
               "back over it");
}

void
MappingsStandInOrderAndRefuseContradictions(MptcpTest& test)
{
    using Added = MptcpMappings::Added;
    MptcpMappings maps;
    const uint32_t start = 0xfffffff0; // the sequence numbers wrap in here
    test.Check(maps.Add({100, start, 10, false, {}}) == Added::YES, "first");
    test.Check(maps.Add({120, start + 20, 10, false, {}}) == Added::YES, "behind a gap");
    test.Check(maps.Add({110, start + 10, 10, false, {}}) == Added::YES, "into the gap");
    test.Check(maps.Add({110, start + 10, 10, false, {}}) == Added::KNOWN, "again");
    test.Check(maps.Add({999, start + 10, 10, false, {}}) == Added::CONFLICT, "another offset");
    test.Check(maps.Add({110, start + 5, 20, false, {}}) == Added::CONFLICT, "across three");
    test.Equal(maps.Find(start + 25)->offset, 120U, "found behind the wrap");
    test.Check(maps.Find(start - 1) == nullptr, "nothing before");
    test.Check(maps.Find(start + 30) == nullptr, "nothing behind");
    maps.DropBefore(start + 20);
    test.Equal(maps.Size(), 1U, "left");
}

void
ReceivedPiecesComeOutOnceInOrderWithTheirSubflow(MptcpTest& test)
{
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round)
    {
        MptcpReceiveBuffer buffer;
        buffer.SetCapacity(5000);
        std::vector<uint32_t> first(3000, 0);
        std::vector<uint8_t> out;
        uint64_t read = 0;
        while (read < first.size())
        {
            const uint32_t subflow = 1 + random() % 2;
            const uint64_t offset = random() % first.size();
            const auto size = static_cast<uint32_t>(
                std::min<uint64_t>(1 + random() % 300, first.size() - offset));
            const auto taken = buffer.Insert(offset, Pattern(offset, size), subflow);
            uint32_t fresh = 0;
            for (uint64_t i = offset; i < offset + size; ++i)
            {
                fresh += first[i] == 0 ? 1 : 0;
                first[i] = first[i] == 0 ? subflow : first[i];
            }
            test.Equal(taken, fresh, "bytes taken");
            while (buffer.Readable() != 0 && random() % 3 == 0)
            {
                const uint32_t from = buffer.HeadSubflow();
                Ptr<Packet> packet = buffer.Read(std::min<uint32_t>(buffer.HeadRun(), 100));
                std::vector<uint8_t> bytes(packet->GetSize());
                packet->CopyData(bytes.data(), bytes.size());
                for (const uint8_t byte : bytes)
                {
                    test.Equal(from, first[read], "arrival subflow");
                    test.Equal(uint32_t(byte), uint32_t(MptcpTestByte(read)), "byte");
                    ++read;
                }
            }
        }
        test.Equal(buffer.OutOfOrder(), 0U, "bytes left over");
    }
}

void
TheReceiveWindowBoundsWhatIsHeld(MptcpTest& test)
{
    MptcpReceiveBuffer buffer;
    buffer.SetCapacity(1000);
    test.Equal(buffer.Insert(900, Pattern(900, 200), 1), 100U, "cut at the edge");
    test.Equal(buffer.Insert(1000, Pattern(1000, 10), 1), 0U, "beyond it");
    test.Equal(buffer.Window(), 1000U, "held out of order does not close the window");
    test.Equal(buffer.Insert(0, Pattern(0, 900), 2), 900U, "the hole");
    test.Equal(buffer.Window(), 0U, "full");
    buffer.Read(400);
    test.Equal(buffer.Window(), 400U, "read");
}

void
SentBytesKeepTheirPreferenceUntilAcknowledged(MptcpTest& test)
{
    MptcpSendBuffer buffer;
    buffer.Append(Pattern(0, 10), 0);
    buffer.Append(Pattern(10, 10), 0);
    buffer.Append(Pattern(20, 10), 2);
    uint64_t end = 0;
    test.Equal(uint32_t(buffer.Preference(5, end)), 0U, "preference");
    test.Equal(end, 20U, "run over two packets");
    test.Equal(uint32_t(buffer.Preference(20, end)), 2U, "the next preference");
    uint8_t bytes[12];
    buffer.Copy(9, 12)->CopyData(bytes, 12);
    test.Check(bytes[0] == MptcpTestByte(9) && bytes[11] == MptcpTestByte(20), "copied");
    test.Equal(buffer.Ack(15), 15U, "freed");
    test.Equal(buffer.Ack(12), 0U, "an old acknowledgement");
    test.Equal(buffer.Ack(99), 15U, "never more than there is");
}

void
SchedulersChooseAsTheySay(MptcpTest& test)
{
    const auto ms = [](int n) { return MilliSeconds(n); };
    const auto lowest = MptcpScheduler::LOWEST_RTT;
    const auto turns = MptcpScheduler::ROUND_ROBIN;
    std::vector<MptcpPath> paths{{1, ms(20), true, true, false, false},
                                 {2, ms(10), true, true, false, false},
                                 {3, ms(30), true, true, false, false}};
    test.Equal(ChooseMptcpPath(lowest, paths, {}, 0), 2U, "the lowest RTT");
    test.Equal(ChooseMptcpPath(turns, paths, {}, 1), 2U, "the next one");
    test.Equal(ChooseMptcpPath(turns, paths, {}, 3), 1U, "around");
    test.Equal(ChooseMptcpPath(lowest, paths, {3, true, 0}, 0), 3U, "the preferred one");
    test.Equal(ChooseMptcpPath(lowest, paths, {4, true, 0}, 0), 0U, "strict: waits");
    test.Equal(ChooseMptcpPath(lowest, paths, {4, false, 0}, 0), 2U, "loose: does not");
    test.Equal(ChooseMptcpPath(lowest, paths, {0, false, 2}, 0), 1U, "not the one to avoid");
    paths[1].room = false;
    test.Equal(ChooseMptcpPath(lowest, paths, {}, 0), 1U, "the next lowest with room");
    test.Equal(ChooseMptcpPath(lowest, paths, {2, true, 0}, 0), 0U, "strict: waits for room");
    paths[0].backup = paths[2].backup = true;
    test.Equal(ChooseMptcpPath(lowest, paths, {}, 0), 0U, "no backup while a regular one lives");
    paths[1].usable = false;
    test.Equal(ChooseMptcpPath(lowest, paths, {}, 0), 1U, "a backup when it does not");
    paths[0].stalled = true;
    test.Equal(ChooseMptcpPath(lowest, paths, {}, 0), 3U, "not the stalled one");
    paths[2].stalled = true;
    test.Equal(ChooseMptcpPath(lowest, paths, {}, 0), 1U, "a stalled one when all are");
}

void
CoupledIncreasesEqualTheirFormulas(MptcpTest& test)
{
    const auto near = [&](double value, double expected, const std::string& what) {
        std::ostringstream text;
        text << what << ": " << value << " instead of " << expected;
        test.Check(std::abs(value - expected) < 1e-9 * std::max(1.0, expected), text.str());
    };
    const std::vector<MptcpCoupledPath> one{{10, 0.1, 0, 0}};
    near(MptcpLiaIncrease(one, 0), 0.1, "LIA alone is Reno");
    near(MptcpOliaIncrease(one, 0), 0.1, "OLIA alone is Reno");
    near(MptcpBaliaIncrease(one, 0), 0.1, "BALIA alone is Reno");
    near(MptcpBaliaDecrease(one, 0), 0.5, "BALIA alone halves");
    const std::vector<MptcpCoupledPath> same{{10, 0.1, 5, 5}, {10, 0.1, 5, 5}};
    near(MptcpLiaIncrease(same, 0), 0.025, "LIA: 10/0.01 / (200*200)");
    near(MptcpOliaIncrease(same, 0), 0.025, "OLIA, no path better");
    near(MptcpBaliaIncrease(same, 0), 0.025, "BALIA, alpha 1");
    // Rates 100 and 100/s, windows 10 and 20: path 1 has the larger w/rtt^2.
    const std::vector<MptcpCoupledPath> two{{10, 0.1, 100, 0}, {20, 0.2, 1, 1}};
    near(MptcpLiaIncrease(two, 1), 0.025, "LIA: 1000 / 40000");
    near(MptcpOliaIncrease(two, 0), 0.025 + 0.5 / 10, "OLIA: the collected path gets more");
    near(MptcpOliaIncrease(two, 1), 20 / 0.04 / 40000 - 0.5 / 20, "OLIA: the largest gives");
    const std::vector<MptcpCoupledPath> slow{{40, 0.1, 0, 0}, {10, 0.1, 0, 0}};
    near(MptcpBaliaIncrease(slow, 1), 1000.0 / 250000 * 2.5 * 1.6, "BALIA: alpha 4");
    near(MptcpBaliaDecrease(slow, 1), 0.75, "BALIA gives up at most three quarters");
    const std::vector<MptcpCoupledPath> capped{{1, 0.001, 0, 0}, {100, 1, 0, 0}};
    near(MptcpLiaIncrease(capped, 1), 0.01, "LIA never exceeds Reno");
}

void
PathManagersPlanAsTheySay(MptcpTest& test)
{
    const auto v4 = [](const char* host, uint16_t port) {
        return Address(InetSocketAddress(Ipv4Address(host), port));
    };
    MptcpPathView view;
    view.locals = {v4("10.0.1.1", 0), v4("10.0.2.1", 0)};
    view.remotes = {v4("10.0.1.2", 80), v4("10.0.2.2", 80)};
    view.opened = {{v4("10.0.1.1", 1025), v4("10.0.1.2", 80)}};
    view.limit = 7;
    const auto none = MptcpPathManager::NONE;
    const auto mesh = MptcpPathManager::FULL_MESH;
    const auto ports = MptcpPathManager::NDIFFPORTS;
    test.Equal(PlanMptcpJoins(none, view).size(), 0U, "none");
    test.Equal(PlanMptcpJoins(mesh, view).size(), 3U, "full mesh");
    view.limit = 2;
    test.Equal(PlanMptcpJoins(mesh, view).size(), 2U, "the limit");
    view.denyInitialRemote = true;
    view.limit = 7;
    test.Equal(PlanMptcpJoins(mesh, view).size(), 2U, "not to the initial address");
    view.ndiffports = 4;
    const auto plan = PlanMptcpJoins(ports, view);
    test.Equal(plan.size(), 3U, "ndiffports");
    test.Check(plan[0].remote == view.remotes[0], "to the same address");
}

class MptcpPureSuite : public TestSuite
{
  public:
    MptcpPureSuite()
        : TestSuite("mptcp-pure", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("options have the bytes of RFC 8684", OptionsHaveTheBytesOfTheRfc);
        add("options of a wrong length are refused", WrongLengthsAreRefused);
        add("a header carries options and says when it is full",
            TheHeaderCarriesOptionsAndSaysWhenItIsFull);
        add("known keys have their tokens and IDSNs", KnownKeysHaveTheirTokensAndSequenceNumbers);
        add("HMACs depend on keys and nonces in order", HmacsDependOnBothKeysAndNoncesInOrder);
        add("the DSS checksum equals a plain sum", ChecksumsEqualAPlainSum);
        add("short sequence numbers expand to the nearest", ShortSequenceNumbersExpandToTheNearest);
        add("mappings refuse contradictions", MappingsStandInOrderAndRefuseContradictions);
        add("received pieces come out once, in order, with their subflow",
            ReceivedPiecesComeOutOnceInOrderWithTheirSubflow);
        add("the receive window bounds what is held", TheReceiveWindowBoundsWhatIsHeld);
        add("sent bytes keep their preference", SentBytesKeepTheirPreferenceUntilAcknowledged);
        add("schedulers choose as they say", SchedulersChooseAsTheySay);
        add("coupled increases equal their formulas", CoupledIncreasesEqualTheirFormulas);
        add("path managers plan as they say", PathManagersPlanAsTheySay);
    }
};

MptcpPureSuite g_suite;

} // namespace

} // namespace ns3
