/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_RECORD_H
#define SMKEX_RECORD_H

#include "ns3/nstime.h"
#include "ns3/smkex-failure.h"
#include "ns3/smkex-judge.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/** The result of one session. Times count from the client's connect call. */
struct SmkexRecord
{
    std::uint32_t session; //!< from 1
    std::uint32_t seed;
    std::uint64_t run;
    std::string protocol;
    std::string transport;
    std::string threat; //!< empty where adversaries were listed one by one
    std::vector<Time> rtt;

    bool clientAccepted;
    std::optional<smkex::Failure> clientFailure;
    std::optional<Time> clientSetup;
    Time clientCompute;
    bool serverAccepted;
    std::optional<smkex::Failure> serverFailure;
    std::optional<Time> serverSetup;
    Time serverCompute;

    SmkexVerdict verdict;
    std::optional<Time> detected; //!< when the client found something wrong

    std::uint64_t appBytesReceived; //!< by both ends together
    std::uint64_t bytesSent;        //!< in IP packets, by both ends together
    std::uint64_t segmentsSent;     //!< TCP segments, by both ends together
    std::uint32_t subflows;         //!< connections or subflows that the client had
};

/** \return the record as one JSON object on one line, without the line's end */
std::string ToJson(const SmkexRecord& record);

/** \return \p text as a JSON string, with its quotes */
std::string ToJson(const std::string& text);

} // namespace ns3

#endif // SMKEX_RECORD_H
