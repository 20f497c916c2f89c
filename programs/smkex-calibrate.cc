/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * Measures what the cryptographic operations cost on this host, as a cost profile that the
 * simulator reads (see smkex-crypto-cost.h).
 *
 * A repetition goes through all operations and sizes, so that drifts of the host meet all alike.
 * Each is run twice in it, and the second run is timed, by itself: the first one loads code and
 * tables, which takes several times as long as the shortest operations. The clock's own share is
 * taken off.
 */

#include "ns3/smkex-crypto-cost.h"
#include "ns3/smkex-crypto.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cryptopp/cryptlib.h>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace
{

using namespace smkex;

constexpr std::size_t FEWEST_REPETITIONS = 20;
constexpr std::size_t MOST_REPETITIONS = 1000000;
constexpr std::chrono::milliseconds WARM_UP{300}; //!< until clock rates and caches have settled

constexpr const char* USAGE =
    "usage: smkex-calibrate [--out=FILE] [--repetitions=N]\n"
    "Measures what the cryptographic operations cost on this host and writes the profile to FILE\n"
    "(default: standard output). N, from 20 to 1000000, is how often each is timed (2000).\n";

struct Options
{
    std::string out;
    std::size_t repetitions{2000};
    bool help{false};
};

/** \return what is wrong with the arguments, in a sentence, or nothing */
std::string
ParseOptions(const std::vector<std::string>& arguments, Options& options)
{
    for (const auto& argument : arguments)
    {
        const auto equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
        if (argument == "--help")
        {
            options.help = true;
        }
        else if (name == "--out")
        {
            if (value.empty())
            {
                return "--out needs the name of a file";
            }
            options.out = value;
        }
        else if (name == "--repetitions")
        {
            const char* end = value.data() + value.size();
            const auto result = std::from_chars(value.data(), end, options.repetitions);
            if (result.ec != std::errc() || result.ptr != end ||
                options.repetitions < FEWEST_REPETITIONS || options.repetitions > MOST_REPETITIONS)
            {
                return "--repetitions must be a whole number from " +
                       std::to_string(FEWEST_REPETITIONS) + " to " +
                       std::to_string(MOST_REPETITIONS) + ", not '" + value + "'";
            }
        }
        else
        {
            return "unknown option '" + argument +
                   "'; there are --out=FILE, --repetitions=N, --help";
        }
    }
    return {};
}

/** Can a file be written there? Asked before the measurement, which takes a while. */
bool
IsWritable(const std::filesystem::path& path)
{
    std::error_code error;
    if (std::filesystem::exists(path, error))
    {
        return !std::filesystem::is_directory(path, error) && access(path.c_str(), W_OK) == 0;
    }
    const auto directory = path.has_parent_path() ? path.parent_path() : ".";
    return std::filesystem::is_directory(directory, error) && access(directory.c_str(), W_OK) == 0;
}

/** The times of one operation at one size of its input. */
struct Series
{
    std::size_t size;
    std::vector<double> timesNs;
};

/** An operation, how to run it, and what was measured. */
struct Subject
{
    Operation operation;
    std::function<void(std::size_t size)> run;
    std::vector<Series> series;
};

/** \return the quantile \p q of \p values, which get sorted */
double
Quantile(std::vector<double>& values, double q)
{
    std::sort(values.begin(), values.end());
    const double position = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] +
           (position - static_cast<double>(below)) * (values[above] - values[below]);
}

/** How long a second run takes. */
double
TimeNs(const std::function<void(std::size_t)>& run, std::size_t size)
{
    run(size);
    const auto begin = std::chrono::steady_clock::now();
    run(size);
    const auto end = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::nano>(end - begin).count();
}

constexpr std::size_t SMALL_SIZE = 64;   //!< octets of input
constexpr std::size_t LARGE_SIZE = 1024; //!< octets of input

/** What depends on the size of the input and has to be there before the clock starts. */
struct Prepared
{
    Bytes sealed; //!< with the tag, of that size
    Bytes signature;
};

/** All that the operations work on, the same in every run of the program. */
struct Material
{
    Prepared Prepare(std::size_t size) const
    {
        const ByteView message = ByteView(octets).First(size);
        return {SealAes128Gcm(key, nonce, {}, message.From(AEAD_TAG_SIZE)),
                SignEd25519(signer, message)};
    }

    const Prepared& For(std::size_t size) const
    {
        return size == SMALL_SIZE ? small : large;
    }

    SeededRandomSource random{Digest{}};
    KeyPair x25519{GenerateKeyPair(Group::X25519, random)};
    KeyPair p256{GenerateKeyPair(Group::P256, random)};
    KeyPair signer{GenerateSigningKeyPair(random)};
    Bytes octets{random.Draw(LARGE_SIZE)};
    Bytes key{random.Draw(AEAD_KEY_SIZE)};
    Bytes nonce{random.Draw(AEAD_NONCE_SIZE)};
    Prepared small{Prepare(SMALL_SIZE)};
    Prepared large{Prepare(LARGE_SIZE)};
};

std::vector<Subject>
SubjectsOn(Material& material)
{
    const auto part = [&material](std::size_t size) {
        return ByteView(material.octets).First(size);
    };
    // Agreements work on the pair drawn last, so that no two are the same.
    const auto keyPair = [&material](Group group, KeyPair& pair) {
        return [&material, &pair, group](std::size_t) {
            pair = GenerateKeyPair(group, material.random);
        };
    };
    const auto agreement = [](Group group, const KeyPair& pair) {
        return [&pair, group](std::size_t) { Agree(group, pair.privateKey, pair.publicKey); };
    };
    const std::vector<Series> fixed{{0, {}}};
    const std::vector<Series> bySize{{SMALL_SIZE, {}}, {LARGE_SIZE, {}}};
    return {
        {Operation::KeyGenerationX25519, keyPair(Group::X25519, material.x25519), fixed},
        {Operation::KeyGenerationP256, keyPair(Group::P256, material.p256), fixed},
        {Operation::AgreementX25519, agreement(Group::X25519, material.x25519), fixed},
        {Operation::AgreementP256, agreement(Group::P256, material.p256), fixed},
        {Operation::HashSha256, [part](std::size_t size) { Sha256({part(size)}); }, bySize},
        {Operation::KdfHkdfSha256,
         [part](std::size_t size) { HkdfSha256(part(32), part(64), part(64), size); },
         bySize},
        {Operation::SignEd25519,
         [&material, part](std::size_t size) { SignEd25519(material.signer, part(size)); },
         bySize},
        {Operation::VerifyEd25519,
         [&material, part](std::size_t size) {
             VerifyEd25519(material.signer.publicKey, part(size), material.For(size).signature);
         },
         bySize},
        {Operation::SealAes128Gcm,
         [&material, part](std::size_t size) {
             SealAes128Gcm(material.key, material.nonce, {}, part(size));
         },
         bySize},
        {Operation::OpenAes128Gcm,
         [&material](std::size_t size) {
             OpenAes128Gcm(material.key, material.nonce, {}, material.For(size).sealed);
         },
         bySize},
    };
}

/** One repetition; keeps the times where \p clock is not null, the empty run's there. */
void
Repeat(std::vector<Subject>& subjects, std::vector<double>* clock)
{
    static const std::function<void(std::size_t)> NOTHING = [](std::size_t) {};
    for (auto& subject : subjects)
    {
        for (auto& series : subject.series)
        {
            const double time = TimeNs(subject.run, series.size);
            if (clock)
            {
                series.timesNs.push_back(time);
            }
        }
    }
    const double time = TimeNs(NOTHING, 0);
    if (clock)
    {
        clock->push_back(time);
    }
}

/** Median and spread from the times; the cost an octet from the medians at the two sizes. */
OperationCost
CostOf(std::vector<Series>& allSeries, double clockNs)
{
    std::vector<double> logs;
    std::vector<double> medians;
    for (auto& series : allSeries)
    {
        for (auto& time : series.timesNs)
        {
            time = std::max(time - clockNs, 1.0);
        }
        medians.push_back(Quantile(series.timesNs, 0.5));
        for (const double time : series.timesNs)
        {
            logs.push_back(std::log(time / medians.back()));
        }
    }
    OperationCost cost;
    cost.medianNs = medians.front();
    if (allSeries.size() == 2)
    {
        const auto octets = static_cast<double>(allSeries[1].size - allSeries[0].size);
        cost.perByteNs = std::max(0.0, (medians[1] - medians[0]) / octets);
        cost.medianNs -= cost.perByteNs * static_cast<double>(allSeries[0].size);
        cost.medianNs = std::max(0.0, cost.medianNs);
    }
    // A normal distribution's quartiles are 1.349 standard deviations apart; the few repetitions
    // that the host interrupted do not move them.
    cost.spread = (Quantile(logs, 0.75) - Quantile(logs, 0.25)) / 1.349;
    return cost;
}

/** \return \p value with as many decimal places as \p unit, a power of ten, has zeros */
double
Rounded(double value, double unit)
{
    return std::round(value * unit) / unit;
}

std::string
ProcessorName()
{
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);)
    {
        if (line.compare(0, 10, "model name") == 0)
        {
            return line.substr(std::min(line.find(':') + 2, line.size()));
        }
    }
    return "an unknown processor";
}

std::string
CompilerName()
{
#if defined(__clang__)
    return "clang " __clang_version__;
#elif defined(__GNUC__)
    return "g++ " __VERSION__;
#else
    return "an unknown compiler";
#endif
}

std::string
Heading(std::size_t repetitions, double clockNs)
{
    const std::time_t now = std::time(nullptr);
    char date[sizeof("2000-01-01")] = "";
    std::strftime(date, sizeof(date), "%Y-%m-%d", std::gmtime(&now));
    const int library = CryptoPP::LibraryVersion();
    std::ostringstream heading;
    heading
        << "# Measured by smkex-calibrate on " << date << ": " << repetitions
        << " repetitions, operations interleaved,\n"
        << "# the second run in each timed by itself (less the clock's own " << std::lround(clockNs)
        << " ns).\n"
        << "# Host: " << ProcessorName() << "; " << CompilerName() << "; Crypto++ " << library / 100
        << "." << library / 10 % 10 << "." << library % 10 << ".\n"
        << "# Median in ns, ns an octet, spread (standard deviation of the logarithm, from the\n"
        << "# quartiles).\n";
    return heading.str();
}

std::string
Calibrate(std::size_t repetitions)
{
    Material material;
    auto subjects = SubjectsOn(material);
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < WARM_UP)
    {
        Repeat(subjects, nullptr);
    }
    std::vector<double> clock;
    for (std::size_t i = 0; i < repetitions; ++i)
    {
        Repeat(subjects, &clock);
    }
    const double clockNs = Quantile(clock, 0.5);
    CostProfile profile;
    for (auto& subject : subjects)
    {
        const OperationCost cost = CostOf(subject.series, clockNs);
        profile.Set(subject.operation,
                    {Rounded(cost.medianNs, 1),
                     Rounded(cost.perByteNs, 1000),
                     Rounded(cost.spread, 10000)});
    }
    return Heading(repetitions, clockNs) + profile.ToText();
}

} // namespace

int
main(int argc, char* argv[])
{
    Options options;
    std::string problem = ParseOptions({argv + 1, argv + argc}, options);
    if (problem.empty() && !options.out.empty() && !IsWritable(options.out))
    {
        problem = "--out: cannot write to '" + options.out + "'";
    }
    if (!problem.empty())
    {
        std::cerr << "smkex-calibrate: " << problem << std::endl;
        return 2;
    }
    if (options.help)
    {
        std::cout << USAGE;
        return 0;
    }

    const std::string profile = Calibrate(options.repetitions);
    std::ofstream file;
    if (!options.out.empty())
    {
        file.open(options.out);
    }
    std::ostream& out = options.out.empty() ? std::cout : file;
    out << profile << std::flush;
    if (!out)
    {
        std::cerr << "smkex-calibrate: writing the profile failed" << std::endl;
        return 1;
    }
    return 0;
}
