/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_FUZZ_END_H
#define SMKEX_FUZZ_END_H

#include "smkex-fuzz.h"

#include "ns3/smkex-key-exchange.h"

#include <deque>
#include <memory>
#include <string>

namespace smkex
{

/** An engine, and what has come of it so far. */
struct End
{
    End(bool client, const KeyExchangeConfig& config, const CostProfile& costs, Dice& dice)
        : isClient(client),
          normal(dice.Number()),
          random(dice.Seed()),
          processor(costs, normal, random)
    {
        if (client)
        {
            engine = std::make_unique<KeyExchangeClient>(processor, config);
        }
        else
        {
            engine = std::make_unique<KeyExchangeServer>(processor, config);
        }
    }

    bool isClient;
    DiceNormalSource normal;
    SeededRandomSource random;
    Processor processor;
    std::unique_ptr<Engine> engine;

    std::deque<SendBytes> outbox;
    Bytes received; //!< application data, as delivered
    Bytes given;    //!< application data, as handed in
    unsigned accepted{0};
    unsigned failed{0};
    Instant latest{0};
    std::string problem; //!< of the order of its actions
};

/** Takes \p actions into \p end's record, and checks what holds of them whatever the peer does. */
inline void
Take(End& end, const Actions& actions)
{
    const auto note = [&end](Instant at) {
        if (at < end.latest)
        {
            end.problem = "an action goes back in time";
        }
        end.latest = at;
        if (end.failed > 0)
        {
            end.problem = "an action follows the failure";
        }
    };
    for (const Action& action : actions)
    {
        if (const auto* send = std::get_if<SendBytes>(&action))
        {
            note(send->at);
            end.outbox.push_back(*send);
        }
        else if (const auto* accept = std::get_if<Accept>(&action))
        {
            note(accept->at);
            ++end.accepted;
        }
        else if (const auto* deliver = std::get_if<Deliver>(&action))
        {
            note(deliver->at);
            Append(end.received, deliver->plaintext);
        }
        else if (const auto* fail = std::get_if<Fail>(&action))
        {
            note(fail->at);
            ++end.failed;
            if (end.engine->FailureReason() != fail->reason)
            {
                end.problem = "it fails for another reason than it says";
            }
        }
    }
}

} // namespace smkex

#endif // SMKEX_FUZZ_END_H
