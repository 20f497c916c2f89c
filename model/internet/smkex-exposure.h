/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPOSURE_H
#define SMKEX_EXPOSURE_H

#include "smkex-path-choice.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace smkex
{

/**
 * Which of the four one-way paths of a session (there and back, over path 1 and path 2) an
 * attacker sits on.
 */
enum OneWayPath : std::uint8_t
{
    FORWARD_1 = 1, //!< client to server on path 1
    REVERSE_1 = 2, //!< server to client on path 1
    FORWARD_2 = 4,
    REVERSE_2 = 8
};

/** What "on both paths" asks for. */
enum class Direction : std::uint8_t
{
    FORWARD, //!< both paths from client to server
    REVERSE, //!< both paths from server to client
    EITHER,  //!< each path in one direction at least: an upper bound
    BOTH     //!< all four one-way paths: what reading and rewriting a whole exchange takes
};

constexpr std::array<Direction, 4> DIRECTIONS{Direction::FORWARD,
                                              Direction::REVERSE,
                                              Direction::EITHER,
                                              Direction::BOTH};

/** "forward", "reverse", "either" or "both". */
const char* ToString(Direction direction);

/** \param places a sum of OneWayPath values */
bool IsOnBothPaths(std::uint8_t places, Direction direction);

/** Who attacks: one AS; a country, all its ASes together; a coalition. */
struct Attacker
{
    std::uint32_t id;            //!< AsIndex; position in the table's codes; in the coalitions
    std::uint8_t places;         //!< sum of OneWayPath values, client's and server's AS left out
    std::uint8_t placesWithEnds; //!< the same with the client's and the server's AS
};

/** Those that sit anywhere on a pair of paths, by ascending id. */
struct Attackers
{
    std::vector<Attacker> ases;
    std::vector<Attacker> countries;
    std::vector<Attacker> coalitions;
};

/** The countries and coalitions to look for. */
class AttackerModel
{
  public:
    AttackerModel(CountryTable countries, std::vector<Coalition> coalitions);

    /** Who sits on a session's two paths. They join the same client and server. */
    Attackers Find(const PathChoice& path1, const PathChoice& path2) const;

    const CountryTable& Countries() const
    {
        return m_countries;
    }

    const std::vector<Coalition>& Coalitions() const
    {
        return m_coalitions;
    }

  private:
    CountryTable m_countries;
    std::vector<Coalition> m_coalitions;
    std::vector<std::vector<std::uint32_t>> m_coalitionsOf; //!< of each AS
};

/** Whether any of them is on both paths. */
bool AnyOnBothPaths(const std::vector<Attacker>& attackers, Direction direction, bool withEnds);

/** How the two paths are taken from a client's choices. */
enum class Selection : std::uint8_t
{
    PREFERRED, //!< the client's first two: direct ones come before tunnels
    RANDOM,    //!< two different ones of all, by the seed
    BEST       //!< those that the fewest attackers share, of all; then the shorter together
};

constexpr std::array<Selection, 3> SELECTIONS{Selection::PREFERRED,
                                              Selection::RANDOM,
                                              Selection::BEST};

/** "preferred", "random" or "best". */
const char* ToString(Selection selection);

/** How a client is attached. */
enum class Homing : std::uint8_t
{
    MULTIHOMED,   //!< two providers or more
    SINGLE_HOMED, //!< one provider
    TRANSIT_FREE  //!< none
};

/** "multihomed", "single-homed" or "transit-free". */
const char* ToString(Homing homing);

Homing HomingOf(const AsGraph& graph, AsIndex client);

/** The answer for a client and a server. */
struct PairExposure
{
    AsPair pair;
    Homing homing;
    std::size_t choices; //!< paths to choose among; 0: no route, and nothing below holds
    PathChoice path1;
    PathChoice path2; //!< equals path1 where there is one choice only
    Attackers attackers;
};

/** How to answer. */
struct ExposureQuestion
{
    Selection selection{Selection::PREFERRED};
    Direction direction{Direction::BOTH}; //!< by which BEST counts attackers
    std::uint64_t seed{1};                //!< of RANDOM
};

/** \param pair one that `choices` was made for */
PairExposure FindExposure(const AsGraph& graph,
                          const PathChoices& choices,
                          const AttackerModel& model,
                          const ExposureQuestion& question,
                          const AsPair& pair);

} // namespace smkex

#endif // SMKEX_EXPOSURE_H
