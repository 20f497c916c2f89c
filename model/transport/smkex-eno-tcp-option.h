/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ENO_TCP_OPTION_H
#define SMKEX_ENO_TCP_OPTION_H

#include "ns3/smkex-bytes.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-option.h"

#include <vector>

namespace ns3
{

/**
 * Carries an ENO option in a TcpHeader, which lets only those kinds be appended that it knows:
 * while that goes on, the option passes for another kind. On the wire it is kind 69.
 */
class SmkexEnoTcpOption : public TcpOption
{
  public:
    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;

    SmkexEnoTcpOption();
    ~SmkexEnoTcpOption() override;

    /**
     * \param header of a segment that is about to be sent
     * \param option kind, length and content
     * \return whether there was room for it
     */
    static bool AppendTo(TcpHeader& header, const smkex::Bytes& option);

    /** \return the ENO options of a received segment: kind, length and content of each */
    static std::vector<smkex::Bytes> ReadFrom(const TcpHeader& header);

    void Print(std::ostream& os) const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    uint8_t GetKind() const override;
    uint32_t GetSerializedSize() const override;

  private:
    smkex::Bytes m_octets;
    bool m_disguised{false};
};

} // namespace ns3

#endif // SMKEX_ENO_TCP_OPTION_H
