/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ROUTER_TOPOLOGY_H
#define SMKEX_ROUTER_TOPOLOGY_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace smkex
{

/** A place on the Earth. */
struct Coordinates
{
    double latitude;  //!< degrees, -90 to 90, north positive
    double longitude; //!< degrees, -180 to 180, east positive
};

/** Length of the great circle between two places, in kilometres, on a sphere of 6371.0088 km. */
double GreatCircleKm(const Coordinates& a, const Coordinates& b);

/** Time that a signal takes over a distance at two thirds of the speed of light, in nanoseconds. */
std::int64_t FibreLatencyNs(double km);

/** Routers with places and the links between them. */
struct RouterTopology
{
    struct Node
    {
        std::string id;   //!< unique in the file
        std::string name; //!< the label, or the id where there is no label
        Coordinates place;
        /** The file has no coordinates for the node: its place is amid its neighbours. */
        bool placeIsGuessed;
    };

    /** A link that carries traffic both ways. */
    struct Link
    {
        std::size_t a;                 //!< position in nodes
        std::size_t b;                 //!< position in nodes, not a
        double km;                     //!< great-circle length
        std::int64_t latencyNs;        //!< one way, FibreLatencyNs(km)
        std::optional<double> rateBps; //!< bits a second, where the file says so
    };

    std::string name; //!< the network's, or the file's path where the file does not say
    std::vector<Node> nodes;
    std::vector<Link> links;

    /**
     * Position of a node by its name or else by its id.
     *
     * \throws InputError that names `option`, where there is none, or the name is several nodes'
     */
    std::size_t Find(const std::string& nameOrId, const std::string& option) const;
};

/**
 * Reads GraphML as the Internet Topology Zoo has it (S. Knight et al., IEEE JSAC 29(9), 2011):
 * node data `label`, `Latitude`, `Longitude`, edge data `LinkSpeedRaw` (bits a second); plain,
 * gzip or bzip2. Several edges between two nodes are several links; an edge from a node to itself
 * is left out. A node without coordinates is put amid those neighbours that have some. Nothing
 * that the file refers to is fetched.
 *
 * \throws InputError, with the line, for a file that is not GraphML, damaged or empty, has no
 *         nodes or no links, an edge to a node it does not have, a place or speed that is no number
 *         in range, or a node that can be put nowhere
 */
RouterTopology ReadTopologyZoo(const std::string& path);

} // namespace smkex

#endif // SMKEX_ROUTER_TOPOLOGY_H
