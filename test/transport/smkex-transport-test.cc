/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "../session/smkex-client-and-server.h"

#include "ns3/smkex-parallel-tcp.h"
#include "ns3/smkex-tcp-listener.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/test.h"

#include <functional>
#include <map>
#include <memory>

using namespace ns3;
using smkex::Bytes;
using smkex::ByteView;
using smkex::PathEnd;
using smkex::PathId;

namespace
{

constexpr std::uint16_t PORT = 7;

/** Two nodes with two paths between them, and nothing on top of TCP. */
class Network
{
  public:
    explicit Network(const SmkexOptionValues& options)
        : m_config(ReadOptions(options)),
          m_simulator(m_config),
          topology(m_config, 1000)
    {
    }

    Address ServerAddress(PathId path) const
    {
        return topology.ServerAddress(path, PORT);
    }

    Ptr<SmkexTcpPath> NewPath() const
    {
        return Create<SmkexTcpPath>(
            Socket::CreateSocket(topology.Client(), TcpSocketFactory::GetTypeId()));
    }

  private:
    SmkexExperimentConfig m_config;
    FreshSimulator m_simulator;

  public:
    SmkexMultipathTopology topology;
};

/** The link of a made-up exchange: L, the path's number, the session's. */
std::optional<smkex::Link>
ReadPathNumber(ByteView bytes, std::optional<smkex::Failure>& failure)
{
    if (!bytes.empty() && bytes[0] != 'L')
    {
        failure = smkex::Failure::MalformedMessage;
    }
    if (failure || bytes.size() < 3)
    {
        return std::nullopt;
    }
    return smkex::Link{{bytes[2]}, bytes[1]};
}

/** Notes what a transport tells. */
class Events : public SmkexTransportEvents
{
  public:
    std::map<PathId, Time> up;
    std::map<PathId, Bytes> heard;
    std::map<PathId, PathEnd> down;

  private:
    void OnPathUp(PathId path) override
    {
        up[path] = Simulator::Now();
    }

    void OnPathBytes(PathId path, ByteView bytes) override
    {
        smkex::Append(heard[path], bytes);
    }

    void OnPathDown(PathId path, PathEnd end) override
    {
        down.emplace(path, end);
    }
};

/** A listener, the sessions that it begins, and what they tell. */
class Server
{
  public:
    Server(const Ptr<Node>& node, const SmkexTcpListener::LinkReader& readLink)
        : m_listener(std::make_unique<SmkexTcpListener>(
              node,
              PORT,
              Seconds(5),
              readLink,
              [this](const Ptr<SmkexTransport>& transport) {
                  transports.push_back(transport);
                  transport->SetEvents(told.emplace_back(std::make_unique<Events>()).get());
              }))
    {
    }

    ~Server()
    {
        for (const Ptr<SmkexTransport>& transport : transports)
        {
            transport->Close();
        }
    }

    void StopListening()
    {
        m_listener.reset();
    }

    std::vector<Ptr<SmkexTransport>> transports;
    std::vector<std::unique_ptr<Events>> told;

  private:
    std::unique_ptr<SmkexTcpListener> m_listener;
};

Bytes
Text(const std::string& text)
{
    return {text.begin(), text.end()};
}

class CloseDeliversCase : public TestCase
{
  public:
    CloseDeliversCase()
        : TestCase("What was sent before Close() arrives, however much and over whatever losses")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::size_t size : {0U, 1U, 1400U, 300000U, 2000000U})
        {
            for (const std::string loss : {"0", "0.02"})
            {
                Network network({{"loss", loss}});
                Server server(network.topology.Server(), nullptr);
                Bytes sent(size);
                for (std::size_t i = 0; i < size; ++i)
                {
                    sent[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
                }
                Ptr<SmkexTcpPath> client = network.NewPath();
                client->SetHandlers(
                    [&] {
                        client->Send(sent);
                        client->Send(Text("the end"));
                        client->Close();
                        client->Send(Text("nobody hears this"));
                        client = nullptr; // it lives on until all is delivered
                    },
                    nullptr,
                    nullptr);
                client->Connect(Address(), network.ServerAddress(1));
                Simulator::Stop(Seconds(900));
                Simulator::Run();
                smkex::Append(sent, Text("the end"));
                NS_TEST_ASSERT_MSG_EQ(server.told.size(), 1, "one connection");
                Events& told = *server.told.front();
                NS_TEST_EXPECT_MSG_EQ((told.heard[1] == sent), true, size << " octets, " << loss);
                NS_TEST_EXPECT_MSG_EQ((told.down.at(1) == PathEnd::Closed), true, "then the end");
            }
        }
    }
};

class LinkCase : public TestCase
{
  public:
    LinkCase()
        : TestCase("A listener hands over a connection once it knows whose it is, octets included")
    {
    }

  private:
    void DoRun() override
    {
        Network network({});
        Server server(network.topology.Server(), ReadPathNumber);
        const Ptr<SmkexTcpPath> whole = Say(network, {"L\x01\x41whole"});
        const Ptr<SmkexTcpPath> split = Say(network, {"L", "\x02", "\x41split"});
        const Ptr<SmkexTcpPath> other = Say(network, {"L\x02", "\x42other"});
        const Ptr<SmkexTcpPath> again = Say(network,
                                            {"",
                                             "",
                                             "",
                                             "",
                                             "L\x02\x41"
                                             "again"});
        const Ptr<SmkexTcpPath> wrong = Say(network, {"wrong"});
        const Ptr<SmkexTcpPath> unfinished = Say(network, {"L"});
        const Ptr<SmkexTcpPath> silent = Say(network, {});
        Simulator::Stop(Seconds(20));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(server.told.size(), 2, "two sessions");
        Events& first = *server.told[0];
        Events& second = *server.told[1];
        NS_TEST_EXPECT_MSG_EQ((first.heard[1] == Text("L\x01\x41whole")), true, "all of it");
        NS_TEST_EXPECT_MSG_EQ((first.heard[2] == Text("L\x02\x41split")), true, "all of it");
        NS_TEST_EXPECT_MSG_EQ((second.heard[2] == Text("L\x02\x42other")), true, "all of it");
        NS_TEST_EXPECT_MSG_EQ(server.transports[0]->PathsUp(), 2, "of one session");
        NS_TEST_EXPECT_MSG_EQ(server.transports[1]->PathsUp(), 1, "of the other");
        NS_TEST_EXPECT_MSG_EQ(ends.count(whole) + ends.count(split) + ends.count(other),
                              0,
                              "all go on");
        NS_TEST_ASSERT_MSG_EQ(ends.size(), 4, "those who are nobody's are closed");
        NS_TEST_EXPECT_MSG_LT(ends[again], Seconds(0.3), "a path that is taken");
        NS_TEST_EXPECT_MSG_LT(ends[wrong], Seconds(0.1), "as soon as they are wrong");
        NS_TEST_EXPECT_MSG_EQ_TOL(ends[unfinished].GetSeconds(), 5, 0.1, "when patience ends");
        NS_TEST_EXPECT_MSG_EQ_TOL(ends[silent].GetSeconds(), 5, 0.1, "when patience ends");
        ends.clear();
    }

    Ptr<SmkexTcpPath> Say(Network& network, const std::vector<std::string>& words)
    {
        const Ptr<SmkexTcpPath> path = network.NewPath();
        SmkexTcpPath* raw = PeekPointer(path);
        path->SetHandlers(
            [raw, words] {
                for (std::size_t i = 0; i < words.size(); ++i)
                {
                    Simulator::Schedule(MilliSeconds(50 * i),
                                        [raw, word = Text(words[i])] { raw->Send(word); });
                }
            },
            nullptr,
            [this, raw](PathEnd) { ends[Ptr<SmkexTcpPath>(raw)] = Simulator::Now(); });
        path->Connect(Address(), network.ServerAddress(1));
        return path;
    }

    std::map<Ptr<SmkexTcpPath>, Time> ends;
};

class EndOfListenerCase : public TestCase
{
  public:
    EndOfListenerCase()
        : TestCase("A listener that ends closes who waits and keeps who was handed over")
    {
    }

  private:
    void DoRun() override
    {
        Network network({});
        Server server(network.topology.Server(), ReadPathNumber);
        const Ptr<SmkexTcpPath> known = network.NewPath();
        std::optional<PathEnd> knownEnd;
        known->SetHandlers([&] { known->Send(Text("L\x01\x41")); },
                           nullptr,
                           [&](PathEnd end) { knownEnd = end; });
        known->Connect(Address(), network.ServerAddress(1));
        const Ptr<SmkexTcpPath> waiting = network.NewPath();
        std::optional<PathEnd> waitingEnd;
        waiting->SetHandlers(nullptr, nullptr, [&](PathEnd end) { waitingEnd = end; });
        waiting->Connect(Address(), network.ServerAddress(2));
        Simulator::Schedule(Seconds(1), [&] { server.StopListening(); });
        Simulator::Schedule(Seconds(2), [&] { known->Send(Text("still here")); });
        Simulator::Stop(Seconds(4));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(waitingEnd.has_value(), true, "closed");
        NS_TEST_EXPECT_MSG_EQ(knownEnd.has_value(), false, "kept");
        NS_TEST_ASSERT_MSG_EQ(server.told.size(), 1, "one session");
        NS_TEST_EXPECT_MSG_EQ((server.told[0]->heard[1] == Text("L\x01\x41still here")),
                              true,
                              "and heard");
    }
};

class ParallelCase : public TestCase
{
  public:
    explicit ParallelCase(const std::string& version)
        : TestCase("Each path of parallel TCP is a connection of its own, over IPv" + version),
          m_version(version)
    {
    }

  private:
    void DoRun() override
    {
        Network network({{"ipVersion", m_version}, {"rtt", "20ms,60ms"}, {"rate", "10Gbps"}});
        Server server(network.topology.Server(), ReadPathNumber);
        Events events;
        const Ptr<SmkexParallelTcp> client = Create<SmkexParallelTcp>(
            network.topology.Client(),
            std::vector<SmkexPathAddress>{{network.ServerAddress(1), Address()},
                                          {network.ServerAddress(2), Address()}});
        client->SetEvents(&events);
        // Interfaces need a while before IPv6 addresses may be used.
        const Time begin = Seconds(3);
        Simulator::Schedule(begin, [&] { client->Connect(); });
        Simulator::Schedule(Seconds(4), [&] {
            client->Send(1, Text("L\x01\x41 one"));
            client->Send(2, Text("L\x02\x41 two"));
            client->Send(3, Text("no such path"));
        });
        Simulator::Schedule(Seconds(5), [&] {
            server.transports.at(0)->Send(2, Text("2"));
            server.transports.at(0)->Send(1, Text("1"));
        });
        Simulator::Schedule(Seconds(6), [&] { client->Close(); });
        Simulator::Schedule(Seconds(6), [&] { server.transports.at(0)->Send(1, Text("late")); });
        Simulator::Stop(Seconds(20));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(client->PathsUp(), 2, "both");
        NS_TEST_EXPECT_MSG_EQ(client->ClientPorts().size(), 2, "a port each");
        NS_TEST_EXPECT_MSG_EQ_TOL((events.up[1] - begin).GetSeconds(), 0.02, 1e-5, "one RTT");
        NS_TEST_EXPECT_MSG_EQ_TOL((events.up[2] - begin).GetSeconds(), 0.06, 1e-5, "of its own");
        NS_TEST_EXPECT_MSG_EQ((events.heard[1] == Text("1")), true, "path 1, until Close()");
        NS_TEST_EXPECT_MSG_EQ((events.heard[2] == Text("2")), true, "path 2");
        NS_TEST_EXPECT_MSG_EQ(events.down.size(), 0, "nothing is told after Close()");
        NS_TEST_ASSERT_MSG_EQ(server.told.size(), 1, "one session");
        Events& told = *server.told.front();
        NS_TEST_EXPECT_MSG_EQ((told.heard[1] == Text("L\x01\x41 one")), true, "path 1");
        NS_TEST_EXPECT_MSG_EQ((told.heard[2] == Text("L\x02\x41 two")), true, "path 2");
        NS_TEST_EXPECT_MSG_EQ(told.heard.size(), 2, "and no other");
        NS_TEST_EXPECT_MSG_EQ(told.down.size(), 2, "the server hears of the end");
    }

    std::string m_version;
};

class TransportSuite : public TestSuite
{
  public:
    TransportSuite()
        : TestSuite("smkex-transport", UNIT)
    {
        AddTestCase(new CloseDeliversCase, QUICK);
        AddTestCase(new LinkCase, QUICK);
        AddTestCase(new EndOfListenerCase, QUICK);
        AddTestCase(new ParallelCase("4"), QUICK);
        AddTestCase(new ParallelCase("6"), QUICK);
    }
};

const TransportSuite g_transportSuite;

} // namespace
