/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

/**
 * \file
 * The addresses that the ends tell each other.
 */

namespace ns3
{

namespace
{

using Segment = MptcpTestSegment;

constexpr uint64_t BYTES = 400000;

/// The server advertises its second address; the client joins there when it may.
struct Advertised
{
    explicit Advertised(bool ipv6 = false)
        : net([ipv6]() {
              MptcpTestLinks links;
              links.ipv6 = ipv6;
              return links;
          }()),
          pair(net)
    {
        pair.Set("SegmentSize", UintegerValue(1000));
        // Only the second pair of addresses is connected.
        pair.client.toSend = BYTES;
        pair.onAccept = [this]() {
            id = pair.server.socket->AdvertiseAddress(net.ServerAddress(1, port));
        };
    }

    uint32_t Joins() const
    {
        return net.Count(
            [](const Segment& s) { return s.path == 1 && s.IsSyn() && s.Get<MptcpJoinSyn>(); });
    }

    uint32_t Options(bool echo) const
    {
        return net.Count([echo](const Segment& s) {
            const auto* add = s.Get<MptcpAddAddr>();
            return add && add->echo == echo;
        });
    }

    void Run(MptcpTest& test)
    {
        pair.Start();
        pair.Run(Seconds(60));
        test.Check(pair.server.Got(BYTES), "every byte");
    }

    MptcpTestNet net;
    MptcpTestPair pair;
    uint8_t id{0};
    uint16_t port{0};
};

void
AdvertisedAddressesAreEchoedAndJoined(MptcpTest& test)
{
    for (const bool ipv6 : {false, true})
    {
        Advertised advertised(ipv6);
        advertised.Run(test);
        test.Equal(advertised.Options(false), 1U, "ADD_ADDR");
        test.Equal(advertised.Options(true), 1U, "echo");
        test.Check(advertised.Joins() >= 1, "joined");
    }
}

void
LostAdvertisementsAreRepeated(MptcpTest& test, bool loseEcho)
{
    Advertised advertised;
    uint32_t lost = 0;
    advertised.pair.client.closeWhenSent = false;
    advertised.net.middlebox = [&](Segment& s) {
        const auto* add = s.Get<MptcpAddAddr>();
        s.drop = add && add->echo == loseEcho && lost < 2;
        lost += s.drop ? 1 : 0;
    };
    advertised.Run(test);
    test.Equal(advertised.Options(false), 3U, "ADD_ADDR");
    test.Check(advertised.Joins() >= 1, "joined");
}

void
AdvertisedPortsAreUsed(MptcpTest& test)
{
    Advertised advertised;
    advertised.port = 6001;
    advertised.Run(test);
    const auto joins = advertised.net.Count([](const Segment& s) {
        return s.Get<MptcpJoinSyn>() && s.header.GetDestinationPort() == 6001;
    });
    test.Check(joins >= 1, "joins to the port");
}

void
ForgedAdvertisementsAreIgnored(MptcpTest& test)
{
    Advertised advertised;
    advertised.net.middlebox = [](Segment& s) {
        if (auto* add = s.Get<MptcpAddAddr>())
        {
            add->address[3] ^= 4; // another host, the HMAC no longer right
            s.changed = true;
        }
    };
    advertised.Run(test);
    test.Equal(advertised.Options(true), 0U, "echoes");
    test.Check(advertised.pair.client.socket->GetAdvertisedAddresses().empty(), "not believed");
}

void
IgnoredAdvertisementsWaitForTheApplication(MptcpTest& test)
{
    Advertised advertised;
    advertised.pair.Set("AcceptAddAddr", BooleanValue(false));
    advertised.pair.client.closeWhenSent = false;
    Simulator::Schedule(Seconds(10), [&]() {
        test.Equal(advertised.Joins(), 0U, "joins before");
        test.Equal(advertised.pair.client.socket->GetAdvertisedAddresses().size(), 1U, "known");
        advertised.pair.client.socket->AcceptAdvertisedAddresses();
    });
    advertised.Run(test);
    test.Check(advertised.Joins() >= 1, "joined when told to");
}

void
WithdrawnAddressesLoseTheirSubflows(MptcpTest& test)
{
    Advertised advertised;
    advertised.pair.client.closeWhenSent = false;
    Simulator::Schedule(Seconds(20), [&]() {
        test.Check(advertised.pair.server.socket->WithdrawAddress(advertised.id), "withdrawn");
    });
    bool down = false;
    advertised.pair.client.socket->SetSubflowCallback(
        [&](Ptr<MptcpSocket>, uint32_t id, bool up) { down = down || (!up && id == 2); });
    advertised.Run(test);
    test.Equal(advertised.net.Count([](const Segment& s) { return s.Get<MptcpRemoveAddr>(); }),
               1U,
               "REMOVE_ADDR");
    test.Check(advertised.pair.client.socket->GetAdvertisedAddresses().empty(), "forgotten");
    test.Check(down, "the subflow is gone");
    test.Check(advertised.pair.client.connected && !advertised.pair.client.failed, "alive");
}

class MptcpAddressSuite : public TestSuite
{
  public:
    MptcpAddressSuite()
        : TestSuite("mptcp-address", UNIT)
    {
        const auto add = [this](const std::string& name, MptcpTest::Body body) {
            AddTestCase(new MptcpTest(name, std::move(body)), TestCase::QUICK);
        };
        add("ADD_ADDR is echoed and joined", AdvertisedAddressesAreEchoedAndJoined);
        add("ADD_ADDR is repeated when lost",
            [](MptcpTest& t) { LostAdvertisementsAreRepeated(t, false); });
        add("ADD_ADDR is repeated when its echo is lost",
            [](MptcpTest& t) { LostAdvertisementsAreRepeated(t, true); });
        add("ADD_ADDR with a port", AdvertisedPortsAreUsed);
        add("ADD_ADDR with a bad HMAC", ForgedAdvertisementsAreIgnored);
        add("ADD_ADDR ignored until the application says so",
            IgnoredAdvertisementsWaitForTheApplication);
        add("REMOVE_ADDR", WithdrawnAddressesLoseTheirSubflows);
    }
};

MptcpAddressSuite g_suite;

} // namespace

} // namespace ns3
