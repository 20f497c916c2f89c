/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_TCP_OPTION_H
#define MPTCP_TCP_OPTION_H

#include "mptcp-options.h"

#include "ns3/tcp-header.h"
#include "ns3/tcp-option.h"

#include <vector>

namespace ns3
{

/**
 * Carries an MPTCP option through ns3::TcpHeader, which appends only kinds that it knows. While it
 * is appended the option therefore answers a known kind; afterwards, and on the wire, it is
 * kind 30.
 */
class MptcpTcpOption : public TcpOption
{
  public:
    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;

    explicit MptcpTcpOption(const MptcpOptionBytes& bytes = {});

    /**
     * \param header where to append
     * \param option what to append
     * \return whether it found room; the header is unchanged otherwise
     */
    static bool AppendTo(TcpHeader& header, const MptcpOption& option);

    /// \param header a received header
    /// \param[out] options its well-formed MPTCP options, in order; malformed ones are left out
    /// \return whether the header carries any option of kind 30, well-formed or not
    static bool ReadFrom(const TcpHeader& header, std::vector<MptcpOption>& options);

    void Print(std::ostream& os) const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    uint8_t GetKind() const override;
    uint32_t GetSerializedSize() const override;

  private:
    MptcpOptionBytes m_bytes;
    bool m_appending{false};
};

} // namespace ns3

#endif // MPTCP_TCP_OPTION_H
