/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-congestion.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

namespace
{

/// \return the sum of all rates, segments per second
double
TotalRate(const std::vector<MptcpCoupledPath>& paths)
{
    double sum = 0;
    for (const auto& p : paths)
    {
        sum += p.window / p.rtt;
    }
    return sum;
}

/// \return the greatest rate over the rate of \p self, at least 1
double
BaliaAlpha(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    double best = 0;
    for (const auto& p : paths)
    {
        best = std::max(best, p.window / p.rtt);
    }
    return best / (paths[self].window / paths[self].rtt);
}

} // namespace

double
MptcpLiaIncrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    double best = 0;
    for (const auto& p : paths)
    {
        best = std::max(best, p.window / (p.rtt * p.rtt));
    }
    const double rate = TotalRate(paths);
    return std::min(best / (rate * rate), 1 / paths[self].window);
}

double
MptcpOliaIncrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    auto quality = [](const MptcpCoupledPath& p) {
        const double l = std::max(p.sinceLoss, p.beforeLoss);
        return l * l / p.rtt;
    };
    double bestQuality = 0;
    double largest = 0;
    for (const auto& p : paths)
    {
        bestQuality = std::max(bestQuality, quality(p));
        largest = std::max(largest, p.window);
    }
    std::size_t collected = 0; // paths of the best quality whose window is not the largest
    std::size_t maximal = 0;
    for (const auto& p : paths)
    {
        maximal += p.window == largest ? 1 : 0;
        collected += quality(p) == bestQuality && p.window != largest ? 1 : 0;
    }
    const auto& me = paths[self];
    double alpha = 0;
    if (collected != 0)
    {
        if (me.window == largest)
        {
            alpha = -1.0 / static_cast<double>(paths.size() * maximal);
        }
        else if (quality(me) == bestQuality)
        {
            alpha = 1.0 / static_cast<double>(paths.size() * collected);
        }
    }
    const double rate = TotalRate(paths);
    return me.window / (me.rtt * me.rtt) / (rate * rate) + alpha / me.window;
}

double
MptcpBaliaIncrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    const auto& me = paths[self];
    const double alpha = BaliaAlpha(paths, self);
    const double rate = TotalRate(paths);
    return me.window / (me.rtt * me.rtt) / (rate * rate) * (1 + alpha) / 2 * (4 + alpha) / 5;
}

double
MptcpBaliaDecrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    return std::min(BaliaAlpha(paths, self), 1.5) / 2;
}

void
MptcpCongestionGroup::Join(MptcpCoupled* member)
{
    m_members.push_back(member);
}

void
MptcpCongestionGroup::Leave(MptcpCoupled* member)
{
    m_members.erase(std::remove(m_members.begin(), m_members.end(), member), m_members.end());
}

const std::vector<MptcpCoupledPath>&
MptcpCongestionGroup::Paths(const MptcpCoupled* self, std::size_t& index)
{
    m_paths.clear();
    for (const auto* member : m_members)
    {
        if (member == self)
        {
            index = m_paths.size();
        }
        m_paths.push_back(member->View());
    }
    return m_paths;
}

NS_OBJECT_ENSURE_REGISTERED(MptcpCoupled);
NS_OBJECT_ENSURE_REGISTERED(MptcpLia);
NS_OBJECT_ENSURE_REGISTERED(MptcpOlia);
NS_OBJECT_ENSURE_REGISTERED(MptcpBalia);

TypeId
MptcpCoupled::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::MptcpCoupled").SetParent<TcpNewReno>().SetGroupName("Internet");
    return tid;
}

MptcpCoupled::MptcpCoupled(const MptcpCoupled& other)
    : TcpNewReno(other)
{
}

MptcpCoupled::~MptcpCoupled()
{
    SetGroup(nullptr);
}

void
MptcpCoupled::DoDispose()
{
    SetGroup(nullptr);
    m_tcb = nullptr;
    TcpNewReno::DoDispose();
}

void
MptcpCoupled::SetGroup(Ptr<MptcpCongestionGroup> group)
{
    if (m_group)
    {
        m_group->Leave(this);
    }
    m_group = group;
    if (m_group)
    {
        m_group->Join(this);
    }
}

void
MptcpCoupled::Init(Ptr<TcpSocketState> tcb)
{
    m_tcb = tcb;
}

MptcpCoupledPath
MptcpCoupled::View() const
{
    // Before the first sample any positive round-trip time does: nothing has been lost yet.
    const double rtt = m_tcb->m_lastRtt.Get().GetSeconds();
    return {std::max(1.0, static_cast<double>(m_tcb->m_cWnd.Get()) / m_tcb->m_segmentSize),
            rtt > 0 ? rtt : 0.001,
            m_sinceLoss,
            m_beforeLoss};
}

void
MptcpCoupled::PktsAcked(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked, const Time& rtt)
{
    TcpNewReno::PktsAcked(tcb, segmentsAcked, rtt);
    m_sinceLoss += static_cast<double>(segmentsAcked) * tcb->m_segmentSize;
}

uint32_t
MptcpCoupled::GetSsThresh(Ptr<const TcpSocketState> tcb, uint32_t bytesInFlight)
{
    m_beforeLoss = m_sinceLoss;
    m_sinceLoss = 0;
    m_fraction = 0;
    double part = 0.5;
    if (m_group)
    {
        std::size_t self = 0;
        const auto& paths = m_group->Paths(this, self);
        part = paths.size() > 1 ? Decrease(paths, self) : 0.5;
    }
    return std::max(2 * tcb->m_segmentSize, static_cast<uint32_t>(bytesInFlight * (1 - part)));
}

void
MptcpCoupled::CongestionAvoidance(Ptr<TcpSocketState> tcb, uint32_t segmentsAcked)
{
    if (segmentsAcked == 0)
    {
        return;
    }
    std::size_t self = 0;
    const std::vector<MptcpCoupledPath>* paths = m_group ? &m_group->Paths(this, self) : nullptr;
    if (!paths || paths->size() < 2)
    {
        TcpNewReno::CongestionAvoidance(tcb, segmentsAcked);
        return;
    }
    m_fraction += Increase(*paths, self) * tcb->m_segmentSize;
    const auto whole = static_cast<int64_t>(std::trunc(m_fraction));
    m_fraction -= static_cast<double>(whole);
    tcb->m_cWnd =
        static_cast<uint32_t>(std::max<int64_t>(tcb->m_cWnd.Get() + whole, tcb->m_segmentSize));
}

double
MptcpCoupled::Decrease(const std::vector<MptcpCoupledPath>&, std::size_t)
{
    return 0.5;
}

TypeId
MptcpLia::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MptcpLia")
                            .SetParent<MptcpCoupled>()
                            .SetGroupName("Internet")
                            .AddConstructor<MptcpLia>();
    return tid;
}

std::string
MptcpLia::GetName() const
{
    return "MptcpLia";
}

Ptr<TcpCongestionOps>
MptcpLia::Fork()
{
    return CopyObject<MptcpLia>(this);
}

double
MptcpLia::Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    return MptcpLiaIncrease(paths, self);
}

TypeId
MptcpOlia::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MptcpOlia")
                            .SetParent<MptcpCoupled>()
                            .SetGroupName("Internet")
                            .AddConstructor<MptcpOlia>();
    return tid;
}

std::string
MptcpOlia::GetName() const
{
    return "MptcpOlia";
}

Ptr<TcpCongestionOps>
MptcpOlia::Fork()
{
    return CopyObject<MptcpOlia>(this);
}

double
MptcpOlia::Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    return MptcpOliaIncrease(paths, self);
}

TypeId
MptcpBalia::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MptcpBalia")
                            .SetParent<MptcpCoupled>()
                            .SetGroupName("Internet")
                            .AddConstructor<MptcpBalia>();
    return tid;
}

std::string
MptcpBalia::GetName() const
{
    return "MptcpBalia";
}

Ptr<TcpCongestionOps>
MptcpBalia::Fork()
{
    return CopyObject<MptcpBalia>(this);
}

double
MptcpBalia::Increase(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    return MptcpBaliaIncrease(paths, self);
}

double
MptcpBalia::Decrease(const std::vector<MptcpCoupledPath>& paths, std::size_t self)
{
    return MptcpBaliaDecrease(paths, self);
}

} // namespace ns3
