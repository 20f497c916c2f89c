/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-eno.h"

#include <algorithm>
#include <utility>

namespace smkex
{

namespace
{

constexpr std::size_t OPTION_HEADER_SIZE = 2; //!< kind and length

constexpr std::uint8_t FIRST_TEP = 0x20;    //!< below are global suboptions
constexpr std::uint8_t WITH_DATA = 0x80;    //!< v: data follows the TEP
constexpr std::uint8_t LENGTH_END = 0xa0;   //!< from WITH_DATA to here: length octets
constexpr std::uint8_t LENGTH_MASK = 0x1f;  //!< of a length octet: octets of data, less one
constexpr std::uint8_t PASSIVE_ROLE = 0x01; //!< b of a global suboption

bool
Contains(const std::vector<std::uint8_t>& teps, std::uint8_t tep)
{
    return std::find(teps.begin(), teps.end(), tep) != teps.end();
}

/** Several options in one segment are as good as none. */
std::optional<EnoSuboptions>
DecodeOnly(const std::vector<Bytes>& options)
{
    return options.size() == 1 ? DecodeEno(options.front()) : std::nullopt;
}

} // namespace

std::uint8_t
TepOf(Group group)
{
    return group == Group::P256 ? TEP_TCPCRYPT_P256 : TEP_TCPCRYPT_X25519;
}

std::optional<Group>
GroupOfTep(std::uint8_t tep)
{
    switch (tep)
    {
    case TEP_TCPCRYPT_P256:
        return Group::P256;
    case TEP_TCPCRYPT_X25519:
        return Group::X25519;
    default:
        return std::nullopt;
    }
}

Bytes
EncodeEno(const EnoSuboptions& suboptions)
{
    Bytes option{ENO_OPTION_KIND, 0};
    if (suboptions.passiveRole)
    {
        option.push_back(PASSIVE_ROLE);
    }
    Append(option, suboptions.teps);
    option[1] = static_cast<std::uint8_t>(option.size());
    return option;
}

Bytes
EncodeVacuousEno()
{
    return {ENO_OPTION_KIND, OPTION_HEADER_SIZE};
}

std::optional<EnoSuboptions>
DecodeEno(ByteView option)
{
    if (option.size() < OPTION_HEADER_SIZE || option[0] != ENO_OPTION_KIND ||
        option[1] != option.size())
    {
        return std::nullopt;
    }
    EnoSuboptions said;
    bool globalSeen = false;
    std::vector<std::uint8_t> repeated;
    for (ByteView rest = option.From(OPTION_HEADER_SIZE); !rest.empty();)
    {
        const std::uint8_t first = rest[0];
        if (first < FIRST_TEP)
        {
            said.passiveRole = globalSeen ? said.passiveRole : (first & PASSIVE_ROLE) != 0;
            globalSeen = true;
            rest = rest.From(1);
        }
        else if (first < WITH_DATA)
        {
            if (Contains(said.teps, first))
            {
                repeated.push_back(first);
            }
            said.teps.push_back(first);
            rest = rest.From(1);
        }
        else if (first < LENGTH_END)
        {
            const std::size_t size = 2 + (first & LENGTH_MASK) + 1U; // length, TEP, data
            if (rest.size() < size || rest[1] < LENGTH_END)
            {
                return std::nullopt;
            }
            rest = rest.From(size);
        }
        else
        {
            rest = ByteView(); // its data is all that is left
        }
    }
    said.teps.erase(std::remove_if(said.teps.begin(),
                                   said.teps.end(),
                                   [&](std::uint8_t tep) { return Contains(repeated, tep); }),
                    said.teps.end());
    return said;
}

EnoNegotiation::EnoNegotiation(std::vector<std::uint8_t> teps)
    : m_teps(std::move(teps))
{
}

std::optional<Bytes>
EnoNegotiation::OnSend(Segment segment)
{
    switch (segment)
    {
    case Segment::Syn:
        if (!m_teps.empty())
        {
            m_activeOption = EncodeEno({false, m_teps});
            return m_activeOption;
        }
        return std::nullopt;
    case Segment::SynAck:
        if (m_agreed != 0)
        {
            return m_passiveOption;
        }
        return std::nullopt;
    case Segment::Other:
        break;
    }
    // Any of these may be the first to arrive, until the peer has shown that one has.
    if (!m_passive && m_agreed != 0 && !m_heardOther)
    {
        return EncodeVacuousEno();
    }
    return std::nullopt;
}

void
EnoNegotiation::OnReceive(Segment segment, const std::vector<Bytes>& options)
{
    switch (segment)
    {
    case Segment::Syn:
        OnSyn(options);
        break;
    case Segment::SynAck:
        OnSynAck(options);
        break;
    case Segment::Other:
        OnOther(options);
        break;
    }
}

void
EnoNegotiation::OnSyn(const std::vector<Bytes>& options)
{
    m_passive = true;
    m_agreed = 0;
    const std::optional<EnoSuboptions> said = DecodeOnly(options);
    if (!said || said->passiveRole)
    {
        return;
    }
    const auto chosen = std::find_if(m_teps.begin(), m_teps.end(), [&said](std::uint8_t tep) {
        return Contains(said->teps, tep);
    });
    if (chosen != m_teps.end())
    {
        m_agreed = *chosen;
        m_activeOption = options.front();
        m_passiveOption = EncodeEno({true, {m_agreed}});
    }
}

void
EnoNegotiation::OnSynAck(const std::vector<Bytes>& options)
{
    if (m_passive || m_heardOther)
    {
        return;
    }
    m_agreed = 0;
    const std::optional<EnoSuboptions> said = DecodeOnly(options);
    if (!said || !said->passiveRole)
    {
        return; // two ends of the same role have no protocol
    }
    const auto last = std::find_if(said->teps.rbegin(),
                                   said->teps.rend(),
                                   [this](std::uint8_t tep) { return Contains(m_teps, tep); });
    if (last != said->teps.rend())
    {
        m_agreed = *last;
        m_passiveOption = options.front();
    }
}

void
EnoNegotiation::OnOther(const std::vector<Bytes>& options)
{
    const bool first = !std::exchange(m_heardOther, true);
    if (first && m_passive && options.empty())
    {
        m_agreed = 0; // the active opener has not seen our answer, or will not have it
    }
}

EnoOutcome
EnoNegotiation::Outcome() const
{
    EnoOutcome outcome;
    if (m_agreed != 0)
    {
        outcome.tep = m_agreed;
        outcome.transcript = m_activeOption;
        Append(outcome.transcript, m_passiveOption);
    }
    return outcome;
}

} // namespace smkex
