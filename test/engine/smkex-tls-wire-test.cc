/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-pair.h"

#include "ns3/smkex-tls-engine.h"
#include "ns3/smkex-tls-hello.h"
#include "ns3/test.h"

#include <algorithm>

using namespace ns3;
using namespace smkex;

namespace
{

constexpr std::size_t RECORD_HEADER_SIZE = 5;

TlsEnd::Maker
Tls(TlsConfig::Role role)
{
    return [role](Processor& processor) {
        return std::make_unique<TlsEngine>(processor, role, KeyExchangeConfig{});
    };
}

TlsPair
MakePair()
{
    return TlsPair(Tls(TlsConfig::Role::Client), Tls(TlsConfig::Role::Server));
}

/** The flights of an untouched handshake, which repeats exactly. */
struct Flights
{
    Flights()
    {
        TlsPair pair = MakePair();
        pair.Run(1, [this](bool toServer, SendBytes& message) {
            Append(toServer ? (hello.empty() ? hello : finished) : server, message.bytes);
        });
    }

    Bytes hello;
    Bytes server;
    Bytes finished;
};

/** \return the records of a flight */
std::vector<Bytes>
Records(const Bytes& flight)
{
    std::vector<Bytes> records;
    for (std::size_t at = 0; at + RECORD_HEADER_SIZE <= flight.size();)
    {
        const std::size_t size = RECORD_HEADER_SIZE + (flight[at + 3] << 8 | flight[at + 4]);
        records.emplace_back(flight.begin() + at, flight.begin() + at + size);
        at += size;
    }
    return records;
}

/** A client that gets \p flight in the place of the server's. */
std::unique_ptr<TlsEnd>
ClientWith(const std::vector<Bytes>& flight)
{
    auto client = std::make_unique<TlsEnd>(1, Tls(TlsConfig::Role::Client));
    client->Take(client->engine->OnStart(Instant(0)));
    client->Take(client->engine->OnPathUp(1, Instant(0)));
    for (const Bytes& piece : flight)
    {
        client->Take(client->engine->OnBytes(1, piece, Instant(0)));
    }
    return client;
}

class SizesCase : public TestCase
{
  public:
    SizesCase()
        : TestCase("Flights have the records of a full handshake, and constant sizes")
    {
    }

  private:
    void DoRun() override
    {
        const Flights flights;
        NS_TEST_EXPECT_MSG_EQ(flights.hello.size(), 170, "ClientHello, with the server's name");
        NS_TEST_EXPECT_MSG_EQ(flights.finished.size(), 58, "Finished: 5 + 4 + 32 + 1 + 16");
        const std::vector<Bytes> records = Records(flights.server);
        NS_TEST_ASSERT_MSG_EQ(records.size(), 5, "one record a message");
        NS_TEST_EXPECT_MSG_EQ(records[0].size(), 95, "ServerHello in the clear");
        for (std::size_t i = 1; i < records.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(+records[i][0], 23, "encrypted");
        }
    }
};

class PiecesCase : public TestCase
{
  public:
    PiecesCase()
        : TestCase("A flight may come in pieces of any size")
    {
    }

  private:
    void DoRun() override
    {
        const Flights flights;
        for (const std::size_t size : {1, 2, 5, 7, 94, 95, 96, 300})
        {
            std::vector<Bytes> pieces;
            for (std::size_t at = 0; at < flights.server.size(); at += size)
            {
                const std::size_t end = std::min(at + size, flights.server.size());
                pieces.emplace_back(flights.server.begin() + at, flights.server.begin() + end);
            }
            const auto client = ClientWith(pieces);
            NS_TEST_EXPECT_MSG_EQ(client->engine->IsAccepted(), true, "pieces of " << size);
            NS_TEST_ASSERT_MSG_EQ(client->outbox.size(), 2, "hello and Finished, nothing early");
            NS_TEST_EXPECT_MSG_EQ((client->outbox[1].bytes == flights.finished), true, size);
        }
    }
};

class TruncationCase : public TestCase
{
  public:
    TruncationCase()
        : TestCase("A flight cut short at any octet is never accepted, and its end is noticed")
    {
    }

  private:
    void DoRun() override
    {
        const Flights flights;
        for (std::size_t size = 0; size < flights.server.size(); ++size)
        {
            const auto client =
                ClientWith({Bytes(flights.server.begin(), flights.server.begin() + size)});
            NS_TEST_EXPECT_MSG_EQ(client->engine->IsAccepted(), false, size);
            client->engine->OnPathDown(1, PathEnd::Closed, Instant(0));
            NS_TEST_EXPECT_MSG_EQ((client->engine->FailureReason() == Failure::PathClosed),
                                  true,
                                  size);
        }
        for (std::size_t size = 0; size < flights.finished.size(); ++size)
        {
            TlsEnd server(101, Tls(TlsConfig::Role::Server));
            server.engine->OnStart(Instant(0));
            server.engine->OnPathUp(1, Instant(0));
            server.engine->OnBytes(1, flights.hello, Instant(0));
            server.engine->OnBytes(1, ByteView(flights.finished).First(size), Instant(0));
            NS_TEST_EXPECT_MSG_EQ(server.engine->IsAccepted(), false, size);
        }
    }
};

class OrderCase : public TestCase
{
  public:
    OrderCase()
        : TestCase("Records that are swapped, left out or repeated end in a reason")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<Bytes> records = Records(Flights().server);
        for (std::size_t i = 0; i < records.size(); ++i)
        {
            std::vector<Bytes> without = records;
            without.erase(without.begin() + i);
            Check(without, "without record " + std::to_string(i), i + 1 == records.size());
            std::vector<Bytes> twice = records;
            twice.insert(twice.begin() + i, records[i]);
            // Behind the last one it is application data to a client that has accepted already.
            Check(twice, "with record " + std::to_string(i) + " twice", false);
            for (std::size_t j = i + 1; j < records.size(); ++j)
            {
                std::vector<Bytes> swapped = records;
                std::swap(swapped[i], swapped[j]);
                Check(swapped, std::to_string(i) + " and " + std::to_string(j) + " swapped", false);
            }
        }
    }

    void Check(const std::vector<Bytes>& flight, const std::string& what, bool waits)
    {
        const auto client = ClientWith(flight);
        const std::optional<Failure> failure = client->engine->FailureReason();
        NS_TEST_EXPECT_MSG_EQ(failure.has_value(), !waits, what);
        NS_TEST_EXPECT_MSG_EQ((waits || (failure && IsDetection(*failure))), true, what);
    }
};

class ChangeCase : public TestCase
{
  public:
    ChangeCase()
        : TestCase("A change to any octet of a handshake keeps somebody from accepting")
    {
    }

  private:
    /**
     * The version in a record in the clear means nothing (RFC 8446, 5.1), and GnuTLS authenticates
     * the outer type of an encrypted record as it should be, whatever it says.
     */
    static bool IsIgnored(const Bytes& flight, std::size_t octet)
    {
        bool isOuterType = false;
        std::size_t begin = 0;
        for (const Bytes& record : Records(flight))
        {
            isOuterType = isOuterType || (begin > 0 && octet == begin);
            begin += record.size();
        }
        return octet == 1 || octet == 2 || isOuterType;
    }

    void DoRun() override
    {
        const Flights flights;
        for (std::size_t octet = 0; octet < flights.server.size(); ++octet)
        {
            Bytes changed = flights.server;
            changed[octet] ^= 1;
            const auto client = ClientWith({changed});
            NS_TEST_EXPECT_MSG_EQ(
                (client->engine->IsAccepted() && !IsIgnored(flights.server, octet)),
                false,
                "octet " << octet << " of the server's flight");
        }
        for (std::size_t octet = 0; octet < flights.hello.size(); ++octet)
        {
            TlsPair pair = MakePair();
            bool first = true;
            pair.Run(1, [octet, &first](bool toServer, SendBytes& message) {
                if (toServer && std::exchange(first, false))
                {
                    message.bytes[octet] ^= 1;
                }
            });
            NS_TEST_EXPECT_MSG_EQ(
                (pair.client.engine->IsAccepted() && !IsIgnored(flights.hello, octet)),
                false,
                "octet " << octet << " of the ClientHello");
        }
    }
};

class DataCase : public TestCase
{
  public:
    DataCase()
        : TestCase("Application data that was changed is refused, that before it delivered")
    {
    }

  private:
    void DoRun() override
    {
        TlsPair pair = MakePair();
        pair.Run(1);
        pair.client.Take(pair.client.engine->SendApplicationData(Bytes(10, 1), Instant(0)));
        pair.client.Take(pair.client.engine->SendApplicationData(Bytes(10, 2), Instant(0)));
        Bytes both = pair.client.outbox[0].bytes;
        Append(both, pair.client.outbox[1].bytes);
        both.back() ^= 1;
        pair.server.Take(pair.server.engine->OnBytes(1, both, Instant(0)));
        NS_TEST_EXPECT_MSG_EQ((pair.server.received == Bytes(10, 1)), true, "the first one");
        NS_TEST_EXPECT_MSG_EQ(
            (pair.server.engine->FailureReason() == Failure::RecordAuthentication),
            true,
            "the second one");
    }
};

class HelloCase : public TestCase
{
  public:
    HelloCase()
        : TestCase("The hellos on the wire are read as the ends themselves have them")
    {
    }

  private:
    void DoRun() override
    {
        const Flights flights;
        std::optional<Failure> failure;
        const auto client = PeekTlsHello(flights.hello, failure);
        const auto server = PeekTlsHello(flights.server, failure);
        NS_TEST_ASSERT_MSG_EQ((client && server && !failure), true, "both are hellos");
        const Bytes* clientShare = client->Share(Group::X25519);
        const Bytes* serverShare = server->Share(Group::X25519);
        NS_TEST_ASSERT_MSG_EQ((clientShare && serverShare), true, "both have shares");
        NS_TEST_EXPECT_MSG_EQ(clientShare->size(), 32, "an X25519 value");
        NS_TEST_EXPECT_MSG_EQ(serverShare->size(), 32, "likewise");
        NS_TEST_EXPECT_MSG_EQ((client->Share(Group::P256) == nullptr), true, "no other");
        const auto random = std::search(flights.hello.begin(),
                                        flights.hello.end(),
                                        client->random.begin(),
                                        client->random.end());
        NS_TEST_EXPECT_MSG_EQ(random - flights.hello.begin(), 5 + 4 + 2, "behind three headers");
        PeekTlsHello(flights.finished, failure);
        NS_TEST_EXPECT_MSG_EQ((failure == Failure::MalformedMessage), true, "no hello");
    }
};

class TlsWireSuite : public TestSuite
{
  public:
    TlsWireSuite()
        : TestSuite("smkex-tls-wire", UNIT)
    {
        AddTestCase(new SizesCase, QUICK);
        AddTestCase(new PiecesCase, QUICK);
        AddTestCase(new TruncationCase, QUICK);
        AddTestCase(new OrderCase, QUICK);
        AddTestCase(new ChangeCase, QUICK);
        AddTestCase(new DataCase, QUICK);
        AddTestCase(new HelloCase, QUICK);
    }
};

const TlsWireSuite g_tlsWireSuite;

} // namespace
