/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TRUST_SETUP_H
#define SMKEX_TRUST_SETUP_H

#include "ns3/smkex-trust.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{

/**
 * The server's long-term key of an experiment, and what its client has pinned, by the values of the
 * option `trust`. Nothing is written to files.
 */
class SmkexTrustSetup
{
  public:
    /**
     * `none`; `tofu-first`, the client has no pin; `tofu-match`, it has pinned the server's key;
     * `tofu-mismatch`, it has pinned a key that the server has lost; `tofu-rotation`, it has pinned
     * the key that announces the server's present one; `tofu-sequence`, it has no pin at first and
     * keeps what it pins from session to session.
     */
    static const std::vector<std::string>& Modes();

    /**
     * \param mode one of Modes()
     * \param stream the random stream that keys are drawn from; one is used
     */
    SmkexTrustSetup(const std::string& mode, int64_t stream);

    /** \return for SmkexApplication::SetTrust() of the server */
    smkex::Trust ForServer() const;

    /** \return for SmkexApplication::SetTrust() of the client */
    smkex::Trust ForClient() const;

    /** Before each session: the client has pinned again what the mode says. */
    void BeginSession();

  private:
    std::string m_mode;
    smkex::PinTable m_table;
    std::shared_ptr<const smkex::LongTermIdentity> m_identity;
    std::shared_ptr<smkex::MemoryPinStore> m_pins;
};

} // namespace ns3

#endif // SMKEX_TRUST_SETUP_H
