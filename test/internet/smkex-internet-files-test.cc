/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include "ns3/smkex-as-files.h"
#include "ns3/smkex-input-error.h"
#include "ns3/smkex-routes.h"
#include "ns3/smkex-synthetic-internet.h"
#include "ns3/smkex-text-file.h"
#include "ns3/test.h"

#include <bzlib.h>
#include <fstream>
#include <functional>
#include <sstream>
#include <zlib.h>

using namespace ns3;
using namespace smkex;
using namespace internet_test;

namespace
{

std::string
Gzip(const std::string& text)
{
    std::string packed(text.size() + 1024, '\0');
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = text.size();
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = packed.size();
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string
Bzip2(const std::string& text)
{
    std::string packed(text.size() + 1024, '\0');
    auto size = static_cast<unsigned>(packed.size());
    BZ2_bzBuffToBuffCompress(packed.data(),
                             &size,
                             const_cast<char*>(text.data()),
                             text.size(),
                             9,
                             0,
                             0);
    packed.resize(size);
    return packed;
}

/** A test case that writes files of its own and reads them. */
class FileTestCase : public TestCase
{
  protected:
    using TestCase::TestCase;

    std::string File(const std::string& content)
    {
        const std::string path = CreateTempDirFilename("input");
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }

    /** Expects an InputError with a line and a reason. */
    void Refuses(const std::function<void()>& read, std::size_t line, const std::string& reason)
    {
        try
        {
            read();
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted, instead of: " << reason);
        }
        catch (const InputError& error)
        {
            NS_TEST_EXPECT_MSG_EQ(error.Line(), line, error.what());
            const bool says = std::string(error.what()).find(reason) != std::string::npos;
            NS_TEST_EXPECT_MSG_EQ(says, true, error.what() << " does not say: " << reason);
        }
    }

    void RefusesAsRel(const std::string& content, std::size_t line, const std::string& reason)
    {
        const std::string path = File(content);
        Refuses([&] { ReadAsRelationships(path); }, line, reason);
    }
};

class ReadsEverySerialAndCompression : public FileTestCase
{
  public:
    ReadsEverySerialAndCompression()
        : FileTestCase("serial-1 and serial-2 read the same plain, by gzip and by bzip2")
    {
    }

  private:
    void DoRun() override
    {
        const std::string first = "# comment\n10|20|-1\n";
        const std::string second = "20|30|-1\r\n\n10|40|0\n";
        const std::string serial2 = "10|20|-1|bgp\n20|30|-1|bgp\n10|40|0|mlp\n";
        for (const std::string& content : {first + second,
                                           first + second.substr(0, second.size() - 1),
                                           serial2,
                                           serial2 + "50|60|0|bgp",
                                           Gzip(first + second),
                                           Gzip(first) + Gzip(second),
                                           Bzip2(first + second),
                                           Bzip2(first) + Bzip2(second),
                                           Bzip2(serial2)})
        {
            const AsGraph graph = ReadAsRelationships(File(content));
            NS_TEST_EXPECT_MSG_GT(graph.LinkCount(), 2, "links");
            const AsIndex as10 = *graph.Find(10);
            NS_TEST_EXPECT_MSG_EQ(graph.Customers(as10).size(), 1, "customers of AS 10");
            NS_TEST_EXPECT_MSG_EQ(*graph.Customers(as10).begin(), *graph.Find(20), "AS 20");
            NS_TEST_EXPECT_MSG_EQ(graph.Peers(*graph.Find(40)).size(), 1, "peers of AS 40");
            NS_TEST_EXPECT_MSG_EQ(graph.Providers(*graph.Find(30)).size(), 1, "providers of AS 30");
            NS_TEST_EXPECT_MSG_EQ(graph.IsStub(*graph.Find(30)), true, "AS 30 is a stub");
            NS_TEST_EXPECT_MSG_EQ(graph.IsStub(as10), false, "AS 10 is none");
        }
        // Larger than every buffer, so that lines and members straddle their edges.
        std::ostringstream text;
        for (int asn = 2; asn < 40000; ++asn)
        {
            text << "1|" << asn << "|-1\n";
        }
        for (const std::string& content : {text.str(),
                                           Gzip(text.str()),
                                           Bzip2(text.str()),
                                           Bzip2("1|90000|0\n") + Bzip2(text.str())})
        {
            const AsGraph graph = ReadAsRelationships(File(content));
            NS_TEST_EXPECT_MSG_EQ((graph.LinkCount() == 39998 || graph.LinkCount() == 39999),
                                  true,
                                  graph.LinkCount());
        }
    }
};

class RefusesBadFiles : public FileTestCase
{
  public:
    RefusesBadFiles()
        : FileTestCase("empty, damaged, cut and wrong files are refused with line and reason")
    {
    }

  private:
    void DoRun() override
    {
        Refuses([] { ReadAsRelationships("/nonexistent/file"); }, 0, "cannot be opened");
        Refuses([] { ReadAsRelationships("/"); }, 0, "cannot be read");
        RefusesAsRel("", 0, "no AS relationship");
        RefusesAsRel("# only a comment\n", 0, "no AS relationship");
        RefusesAsRel("<!DOCTYPE html>\n", 1, "found '<!DOCTYPE html>'");
        RefusesAsRel("1|2|-1\n1|3\n", 2, "expected 'a|b|-1'");
        RefusesAsRel("1|2|-1\n1|3|-", 2, "expected the relationship");
        RefusesAsRel("1|2|-1\n1|3|2\n", 2, "found '2'");
        RefusesAsRel("1|2|-1\n1|x|0\n", 2, "expected an ASN");
        RefusesAsRel("1|4294967296|-1\n", 1, "expected an ASN");
        RefusesAsRel("1|-3|-1\n", 1, "expected an ASN");
        RefusesAsRel("1| 3|-1\n", 1, "expected an ASN");
        RefusesAsRel("1|2|-1\n\n3|3|0\n", 3, "AS 3 has a link to itself");
        RefusesAsRel("1|2|-1\n1|3|0|bgp\n", 2, "do not mix");
        RefusesAsRel("1|2|-1|bgp\n1|3|0|\n", 2, "source");
        RefusesAsRel("1|2|-1|bgp\n1|3|0|bg", 2, "cut short");
        RefusesAsRel("1|2|-1\n2|3|-1\n# x\n3|1|-1\n", 4, "cycle of providers");
        RefusesAsRel("1|2|-1\n2|1|0\n", 2, "line 1 makes AS 1 a provider of AS 2");
        RefusesAsRel(std::string("1|2|-1\n1|\0003|0\n", 15), 2, "NUL");
        RefusesAsRel("1|2|-1\n" + std::string(TextFile::MAX_LINE_BYTES + 1, '1'), 2, "bytes");

        std::ostringstream text;
        constexpr int LINES = 200000; // three of bzip2's blocks
        for (int line = 1; line <= LINES; ++line)
        {
            text << "1|" << line * 7919LL % 65521 + 2 << "|-1\n";
        }
        for (const std::string& packed : {Gzip(text.str()), Bzip2(text.str())})
        {
            const std::string format = packed[0] == 'B' ? "bzip2" : "gzip";
            for (std::size_t size = 3; size < packed.size(); size += packed.size() / 5)
            {
                RefusesPacked(packed.substr(0, size), format + " data end early", 1, LINES + 1);
            }
            RefusesPacked(packed.substr(0, packed.size() - 1),
                          format + " data end early",
                          1,
                          LINES + 1);
            // The line says how far the file is good.
            RefusesPacked(packed.substr(0, packed.size() * 9 / 10), "early", LINES / 3, LINES - 1);

            std::string damaged = packed;
            damaged[packed.size() - 3] ^= 0x10; // within either format's check sums
            RefusesPacked(damaged, format + " data are damaged", 1, LINES + 1);
            damaged = packed;
            damaged[packed.size() / 2] ^= 0x10;
            RefusesPacked(damaged, "", 1, LINES + 1);
        }
    }

    void RefusesPacked(const std::string& content,
                       const std::string& reason,
                       std::size_t firstLine,
                       std::size_t lastLine)
    {
        const std::string path = File(content);
        try
        {
            ReadAsRelationships(path);
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted, instead of: " << reason);
        }
        catch (const InputError& error)
        {
            const bool says = std::string(error.what()).find(reason) != std::string::npos;
            NS_TEST_EXPECT_MSG_EQ(says, true, error.what() << " does not say: " << reason);
            NS_TEST_EXPECT_MSG_EQ((error.Line() >= firstLine && error.Line() <= lastLine),
                                  true,
                                  error.what());
        }
    }
};

class ReadsTables : public FileTestCase
{
  public:
    ReadsTables()
        : FileTestCase("countries, pairs and coalitions are read, and refused by line and reason")
    {
    }

  private:
    void DoRun() override
    {
        const AsGraph graph = ReadAsRelationships(File("1|2|-1\n1|3|-1\n2|3|0\n1|4|-1\n"));
        const auto readCountries = [&](const std::string& content) {
            return ReadCountries(File(content), graph);
        };
        const CountryTable countries = readCountries("# c\n1|RO\n2,DE\n3 RO\n77\tFR\n3 RO\n");
        NS_TEST_EXPECT_MSG_EQ(countries.Codes().size(), 2, "countries of ASes in the graph");
        NS_TEST_EXPECT_MSG_EQ(countries.CountryOf(0), countries.CountryOf(2), "both in RO");
        NS_TEST_EXPECT_MSG_EQ(countries.Codes()[countries.CountryOf(1)], "DE", "AS 2");
        NS_TEST_EXPECT_MSG_EQ(countries.CountryOf(3), CountryTable::UNKNOWN, "AS 4");
        Refuses([&] { readCountries("1|RO\n2\n"); }, 2, "an ASN and a country's code");
        Refuses([&] { readCountries("1|RO\n2|4\n"); }, 2, "country's code such as RO");
        Refuses([&] { readCountries("1|RO\n\n1|DE\n"); }, 3, "into DE");
        Refuses([&] { readCountries("99|RO\n"); }, 0, "no AS of the AS graph");

        const auto readPairs = [&](const std::string& content) {
            return ReadPairs(File(content), graph);
        };
        const auto pairs = readPairs("# p\n3 1\n  2\t3  \n");
        NS_TEST_ASSERT_MSG_EQ(pairs.size(), 2, "pairs");
        NS_TEST_EXPECT_MSG_EQ(pairs[0].client, *graph.Find(3), "client");
        NS_TEST_EXPECT_MSG_EQ(pairs[1].server, *graph.Find(3), "server");
        Refuses([&] { readPairs("1 2\n1 2 3\n"); }, 2, "a client and a server");
        Refuses([&] { readPairs("1 2\n1 5\n"); }, 2, "AS 5 is not in the AS graph");
        Refuses([&] { readPairs("1 1\n"); }, 1, "both client and server");
        Refuses([&] { readPairs("\n"); }, 0, "no pair");

        const auto readCoalitions = [&](const std::string& content) {
            return ReadCoalitions(File(content), graph, countries);
        };
        const auto coalitions = readCoalitions("a 4,2,4\nb RO,2\n");
        NS_TEST_ASSERT_MSG_EQ(coalitions.size(), 2, "coalitions");
        NS_TEST_EXPECT_MSG_EQ((coalitions[0].members == std::vector<AsIndex>{1, 3}), true, "a");
        NS_TEST_EXPECT_MSG_EQ((coalitions[1].members == std::vector<AsIndex>{0, 1, 2}), true, "b");
        Refuses([&] { readCoalitions("a 4\na 2\n"); }, 2, "a second time");
        Refuses([&] { readCoalitions("a 4,FR\n"); }, 1, "country FR");
        Refuses([&] { readCoalitions("a 4,,2\n"); }, 1, "expected an ASN");
        Refuses([&] { readCoalitions("a\n"); }, 1, "a name and members");
        Refuses([&] { readCoalitions("#\n"); }, 0, "no coalition");
    }
};

class SyntheticInternetHasItsTraits : public FileTestCase
{
  public:
    SyntheticInternetHasItsTraits()
        : FileTestCase(
              "a made-up Internet is repeatable, connected, multihomed, and survives a file")
    {
    }

  private:
    static std::string Text(const AsInternet& internet)
    {
        std::ostringstream text;
        WriteAsRelationships(internet.graph, "test", text);
        WriteCountries(internet, "test", text);
        return text.str();
    }

    void DoRun() override
    {
        const AsInternet internet = MakeSyntheticInternet(1000, 7);
        const AsGraph& graph = internet.graph;
        NS_TEST_EXPECT_MSG_EQ(graph.Size(), 1000, "ASes");
        NS_TEST_EXPECT_MSG_EQ((Text(internet) == Text(MakeSyntheticInternet(1000, 7))),
                              true,
                              "again");
        NS_TEST_EXPECT_MSG_EQ((Text(internet) == Text(MakeSyntheticInternet(1000, 8))),
                              false,
                              "seed");

        std::size_t stubs = 0;
        std::size_t multihomedStubs = 0;
        std::size_t transitFree = 0;
        std::size_t mostCustomers = 0;
        std::size_t peers = 0;
        for (AsIndex as = 0; as < graph.Size(); ++as)
        {
            stubs += graph.IsStub(as) ? 1 : 0;
            multihomedStubs += graph.IsStub(as) && graph.Providers(as).size() > 1 ? 1 : 0;
            transitFree += graph.Providers(as).empty() ? 1 : 0;
            mostCustomers = std::max(mostCustomers, graph.Customers(as).size());
            peers += graph.Peers(as).size();
        }
        NS_TEST_EXPECT_MSG_EQ((stubs > 750 && stubs < 900), true, stubs << " stubs");
        NS_TEST_EXPECT_MSG_EQ((multihomedStubs * 3 > stubs && multihomedStubs * 3 < stubs * 2),
                              true,
                              multihomedStubs << " multihomed stubs");
        NS_TEST_EXPECT_MSG_EQ(transitFree, 10, "the clique");
        NS_TEST_EXPECT_MSG_GT(mostCustomers, 40, "customers of the largest provider");
        NS_TEST_EXPECT_MSG_GT(peers, graph.Size() / 2, "ends of peerings");
        NS_TEST_EXPECT_MSG_EQ(internet.countries.Codes().size(), 24, "countries");

        RouteTable table(graph);
        for (AsIndex to = 0; to < graph.Size(); to += 10)
        {
            table.Compute(to);
            for (AsIndex from = 0; from < graph.Size(); ++from)
            {
                NS_TEST_ASSERT_MSG_EQ(table.HasRoute(from), true, "everyone reaches everyone");
            }
        }

        std::ostringstream links;
        std::ostringstream places;
        WriteAsRelationships(graph, "test", links);
        WriteCountries(internet, "test", places);
        AsGraph reread = ReadAsRelationships(File(links.str()));
        CountryTable countries = ReadCountries(File(places.str()), reread);
        const AsInternet copy{std::move(reread), std::move(countries)};
        NS_TEST_EXPECT_MSG_EQ((Text(copy) == Text(internet)), true, "written and read again");

        for (std::size_t ases : {MIN_SYNTHETIC_ASES, MIN_SYNTHETIC_ASES + 1, std::size_t{100}})
        {
            NS_TEST_EXPECT_MSG_EQ(MakeSyntheticInternet(ases, 1).graph.Size(), ases, "small sizes");
        }
    }
};

class DamageIsReadOrRefused : public FileTestCase
{
  public:
    DamageIsReadOrRefused()
        : FileTestCase("whatever damage is done to a file, it is read or refused in one sentence")
    {
    }

  private:
    void DoRun() override
    {
        const AsInternet internet = MakeSyntheticInternet(60, 1);
        std::ostringstream links;
        std::ostringstream countries;
        WriteAsRelationships(internet.graph, "test", links);
        WriteCountries(internet, "test", countries);
        const std::string coalitions = "a 4200000001,4200000002\nb XA,XB,4200000003\n";
        const std::string pairs = "4200000001 4200000002\n4200000003 4200000004\n";
        SampleRandom random(5, 1);
        for (int i = 0; i < 150; ++i)
        {
            for (const std::string& content : {links.str(), Gzip(links.str()), Bzip2(links.str())})
            {
                Try([&](const std::string& path) { ReadAsRelationships(path); }, content, random);
            }
            Try([&](const std::string& path) { ReadCountries(path, internet.graph); },
                countries.str(),
                random);
            Try([&](const std::string& path) { ReadPairs(path, internet.graph); }, pairs, random);
            Try(
                [&](const std::string& path) {
                    ReadCoalitions(path, internet.graph, internet.countries);
                },
                coalitions,
                random);
        }
        NS_TEST_EXPECT_MSG_GT(m_read, 20, "files read in spite of damage");
        NS_TEST_EXPECT_MSG_GT(m_refused, 400, "files refused");
    }

    void Try(const std::function<void(const std::string&)>& read,
             const std::string& content,
             SampleRandom& random)
    {
        const std::string path = File(Damaged(content, random));
        try
        {
            read(path);
            ++m_read;
        }
        catch (const InputError& error)
        {
            const std::string text = error.what();
            const bool oneLine = text.find('\n') == std::string::npos && text.find(path) == 0;
            NS_TEST_EXPECT_MSG_EQ(oneLine, true, text);
            ++m_refused;
        }
    }

    std::size_t m_read{0};
    std::size_t m_refused{0};
};

class FilesSuite : public TestSuite
{
  public:
    FilesSuite()
        : TestSuite("smkex-internet-files", UNIT)
    {
        AddTestCase(new ReadsEverySerialAndCompression, TestCase::QUICK);
        AddTestCase(new RefusesBadFiles, TestCase::QUICK);
        AddTestCase(new ReadsTables, TestCase::QUICK);
        AddTestCase(new DamageIsReadOrRefused, TestCase::QUICK);
        AddTestCase(new SyntheticInternetHasItsTraits, TestCase::QUICK);
    }
};

const FilesSuite g_filesSuite;

} // namespace
