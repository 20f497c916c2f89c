/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-fuzz.h"

#include <cstdio>
#include <exception>

/**
 * \file
 * Feeds garbage to everything that reads what a peer or a user has written. Meant to be run under
 * the address and undefined-behaviour sanitizers, which end the program at their first finding.
 * An argument restricts it to the checks whose names contain it.
 */

namespace smkex
{

Bytes
Mutate(Dice& dice, Bytes octets)
{
    for (std::size_t left = 1 + dice.Below(3); left > 0; --left)
    {
        const std::size_t at = dice.Below(octets.size() + 1);
        const std::size_t some = 1 + dice.Below(8);
        const auto from = octets.begin() + static_cast<std::ptrdiff_t>(at);
        const auto to =
            octets.begin() + static_cast<std::ptrdiff_t>(std::min(at + some, octets.size()));
        const Bytes part(from, to);
        switch (dice.Below(7))
        {
        case 0:
            octets.erase(from, to);
            break;
        case 1: {
            const Bytes added = dice.Octets(some);
            octets.insert(from, added.begin(), added.end());
            break;
        }
        case 2:
            octets.insert(from, part.begin(), part.end());
            break;
        case 3:
            octets.resize(at);
            break;
        case 4: // more likely to be a type or a length
            if (octets.size() >= 3)
            {
                octets[dice.Below(3)] = dice.Octet();
            }
            break;
        default:
            if (at < octets.size())
            {
                octets[at] ^= static_cast<std::uint8_t>(1U << dice.Below(8));
            }
        }
    }
    return octets;
}

std::vector<Bytes>
Split(Dice& dice, ByteView octets)
{
    std::vector<Bytes> pieces;
    while (!octets.empty())
    {
        const std::size_t size = dice.OnceIn(3) ? octets.size() : 1 + dice.Below(octets.size());
        pieces.push_back(octets.First(size).ToBytes());
        octets = octets.From(size);
    }
    return pieces;
}

} // namespace smkex

int
main(int argc, char* argv[])
{
    using namespace smkex;
    const std::string wanted = argc > 1 ? argv[1] : "";
    bool allHold = true;
    for (const auto& group :
         {ExchangeChecks(), CodecChecks(), StreamChecks(), StrategyChecks(), RivalChecks()})
    {
        for (const FuzzCheck& check : group)
        {
            if (check.name.find(wanted) == std::string::npos)
            {
                continue;
            }
            std::string problem;
            try
            {
                problem = check.run();
            }
            catch (const std::exception& exception)
            {
                problem = std::string("threw ") + exception.what();
            }
            if (problem.empty())
            {
                std::printf("PASS %s\n", check.name.c_str());
            }
            else
            {
                std::printf("FAIL %s: %s\n", check.name.c_str(), problem.c_str());
                allHold = false;
            }
            std::fflush(stdout);
        }
    }
    return allHold ? 0 : 1;
}
