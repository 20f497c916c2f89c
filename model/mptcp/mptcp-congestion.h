/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_CONGESTION_H
#define MPTCP_CONGESTION_H

#include "ns3/simple-ref-count.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-socket-state.h"

#include <cstdint>
#include <vector>

namespace ns3
{

/// What coupled congestion control knows of one subflow of a connection.
struct MptcpCoupledPath
{
    double window{0};     ///< congestion window, segments
    double rtt{0};        ///< smoothed round-trip time, seconds
    double sinceLoss{0};  ///< bytes acknowledged since the last loss
    double beforeLoss{0}; ///< bytes acknowledged between the last two losses
};

/// \return segments that LIA adds to \p paths[\p self] for an acknowledgement (RFC 6356, 3).
double MptcpLiaIncrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self);

/// \return segments that OLIA adds, perhaps negative (draft-khalili-mptcp-congestion-control, 2).
double MptcpOliaIncrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self);

/// \return segments that BALIA adds (draft-walid-mptcp-congestion-control, 3).
double MptcpBaliaIncrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self);

/// \return the part of its window that BALIA gives up on a loss (same draft), 0.5 to 0.75.
double MptcpBaliaDecrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self);

class MptcpCoupled;

/// The congestion controls of the subflows of one connection.
class MptcpCongestionGroup : public SimpleRefCount<MptcpCongestionGroup>
{
  public:
    void Join(MptcpCoupled* member);
    void Leave(MptcpCoupled* member);

    /// \param self whose view this is \param[out] index of self in the result
    const std::vector<MptcpCoupledPath>& Paths(const MptcpCoupled* self, std::size_t& index);

  private:
    std::vector<MptcpCoupled*> m_members;
    std::vector<MptcpCoupledPath> m_paths;
};

/**
 * NewReno whose congestion avoidance depends on the sibling subflows. Like ns-3's NewReno it counts
 * acknowledgements, not the segments that each one covers, so that both grow alike under delayed
 * acknowledgements. Without siblings it is NewReno.
 */
class MptcpCoupled : public TcpNewReno
{
  public:
    static TypeId GetTypeId();

    MptcpCoupled() = default;
    MptcpCoupled(const MptcpCoupled& other);
    ~MptcpCoupled() override;

    /// \param group of the connection; null to stand alone
    void SetGroup(Ptr<MptcpCongestionGroup> group);

    void Init(Ptr<TcpSocketState> tcb) override;
    void PktsAcked(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked, const Time& rtt) override;
    uint32_t GetSsThresh(Ptr<const TcpSocketState> tcb, uint32_t bytesInFlight) override;

  protected:
    friend class MptcpCongestionGroup;

    void CongestionAvoidance(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked) override;
    void DoDispose() override;

    virtual double Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self) = 0;
    virtual double Decrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self);

  private:
    MptcpCoupledPath View() const;

    Ptr<MptcpCongestionGroup> m_group;
    Ptr<TcpSocketState> m_tcb;
    double m_fraction{0}; ///< bytes not yet added to the window
    double m_sinceLoss{0};
    double m_beforeLoss{0};
};

/// Linked increases (RFC 6356).
class MptcpLia : public MptcpCoupled
{
  public:
    static TypeId GetTypeId();
    std::string GetName() const override;
    Ptr<TcpCongestionOps> Fork() override;

  protected:
    double Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self) override;
};

/// Opportunistic linked increases (draft-khalili-mptcp-congestion-control).
class MptcpOlia : public MptcpCoupled
{
  public:
    static TypeId GetTypeId();
    std::string GetName() const override;
    Ptr<TcpCongestionOps> Fork() override;

  protected:
    double Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self) override;
};

/// Balanced linked adaptation (draft-walid-mptcp-congestion-control).
class MptcpBalia : public MptcpCoupled
{
  public:
    static TypeId GetTypeId();
    std::string GetName() const override;
    Ptr<TcpCongestionOps> Fork() override;

  protected:
    double Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self) override;
    double Decrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self) override;
};

} // namespace ns3

#endif // MPTCP_CONGESTION_H
