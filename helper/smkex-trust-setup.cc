/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-trust-setup.h"

#include "ns3/random-variable-stream.h"
#include "ns3/smkex-stream-seed.h"

namespace ns3
{

namespace
{

const std::string HOST{"server"};

} // namespace

const std::vector<std::string>&
SmkexTrustSetup::Modes()
{
    static const std::vector<std::string> modes{"none",
                                                "tofu-first",
                                                "tofu-match",
                                                "tofu-mismatch",
                                                "tofu-rotation",
                                                "tofu-sequence"};
    return modes;
}

SmkexTrustSetup::SmkexTrustSetup(const std::string& mode, int64_t stream)
    : m_mode(mode)
{
    if (mode == "none")
    {
        return;
    }
    const Ptr<UniformRandomVariable> draws = CreateObject<UniformRandomVariable>();
    draws->SetStream(stream);
    smkex::SeededRandomSource random(DrawSmkexSeed(*draws));
    const smkex::LongTermIdentity present(smkex::GenerateSigningKeyPair(random));
    const smkex::LongTermIdentity other(smkex::GenerateSigningKeyPair(random));
    if (mode == "tofu-match")
    {
        m_table[HOST].key = present.PublicKey();
    }
    else if (mode == "tofu-mismatch" || mode == "tofu-rotation")
    {
        m_table[HOST].key = other.PublicKey();
    }
    m_identity = std::make_shared<smkex::LongTermIdentity>(
        mode == "tofu-rotation" ? other.RotateTo(smkex::GenerateSigningKeyPair(random)) : present);
    m_pins = std::make_shared<smkex::MemoryPinStore>(m_table);
}

smkex::Trust
SmkexTrustSetup::ForServer() const
{
    return {m_identity, nullptr, {}};
}

smkex::Trust
SmkexTrustSetup::ForClient() const
{
    return {nullptr, m_pins, HOST};
}

void
SmkexTrustSetup::BeginSession()
{
    if (m_pins && m_mode != "tofu-sequence")
    {
        *m_pins = smkex::MemoryPinStore(m_table);
    }
}

} // namespace ns3
