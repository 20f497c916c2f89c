/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPERIMENT_H
#define SMKEX_EXPERIMENT_H

#include "smkex-experiment-config.h"
#include "smkex-record.h"

#include <functional>

namespace ns3
{

/**
 * Runs one experiment: a client and a server, several paths, adversaries on them, sessions one
 * after another, one record a session.
 *
 * The simulator is reset before and afterwards, so that runs in one process are independent of each
 * other. For the duration ns-3's defaults are those of SetSmkexDefaults() and of the
 * configuration; they are as at the program's start afterwards.
 *
 * \param config what ReadSmkexOptions() has accepted
 * \param sink gets each record as soon as its session is over
 */
void RunSmkexExperiment(const SmkexExperimentConfig& config,
                        const std::function<void(const SmkexRecord&)>& sink);

/**
 * Sets ns-3's defaults as experiments want them: segments of 1400 bytes, as Ethernet with room for
 * options has them; one second before a SYN is sent again (RFC 6298, 2.1); a short TIME_WAIT, which
 * changes no figure but keeps old connections from piling up.
 */
void SetSmkexDefaults();

} // namespace ns3

#endif // SMKEX_EXPERIMENT_H
