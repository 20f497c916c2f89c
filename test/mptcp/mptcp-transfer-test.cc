/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-test-net.h"

#include "ns3/boolean.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{

namespace
{

void
BothDirectionsAndCloseInOrder(MptcpTest& test)
{
    MptcpTestNet net;
    MptcpTestPair pair(net);
    pair.Set("SegmentSize", UintegerValue(1400));
    pair.client.toSend = 200000;
    pair.server.toSend = 100000;
    pair.client.closeAtEnd = pair.server.closeAtEnd = false;
    pair.Start();
    pair.Run();
    test.Check(pair.client.connected && pair.accepted == 1, "connected");
    test.Equal(pair.server.received.size(), 200000U, "bytes at the server");
    test.Check(pair.server.Got(200000), "the server has every byte in order");
    test.Check(pair.client.Got(100000), "the client has every byte in order");
    test.Check(pair.client.ended && pair.server.ended, "both saw the end");
    test.Check(!pair.client.failed && !pair.server.failed, "no error");
    test.Equal(MptcpStack::Of(net.client)->ConnectionCount(), 0U, "connections left");
}

class MptcpTransferSuite : public TestSuite
{
  public:
    MptcpTransferSuite()
        : TestSuite("mptcp-transfer", UNIT)
    {
        AddTestCase(new MptcpTest("both directions carry data and close in order",
                                  BothDirectionsAndCloseInOrder),
                    TestCase::QUICK);
    }
};

MptcpTransferSuite g_suite;

} // namespace

} // namespace ns3
