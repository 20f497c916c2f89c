/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STREAM_EDITOR_PEERS_H
#define SMKEX_STREAM_EDITOR_PEERS_H

#include "ns3/smkex-bytes.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace smkex
{

using Random = std::mt19937;

/** A number below \p bound: std::uniform_int_distribution differs from library to library. */
inline std::uint32_t
Below(Random& random, std::uint32_t bound)
{
    return static_cast<std::uint32_t>(random() % bound);
}

/** A segment on the wire. An acknowledgment is one as well; only its number counts. */
struct Segment
{
    std::uint32_t number;
    Bytes payload;
    bool fin;
};

/** A stretch of network that loses, repeats and reorders. */
class Link
{
  public:
    struct Quality
    {
        std::uint32_t lossPercent;
        std::uint32_t repeatPercent;
        std::uint32_t maxDelay; //!< ticks; 1 keeps the order
    };

    Link(Quality quality, Random& random)
        : m_quality(quality),
          m_random(random)
    {
    }

    void Send(int now, const Segment& segment)
    {
        const bool twice = Below(m_random, 100) < m_quality.repeatPercent;
        for (int copy = 0; copy < (twice ? 2 : 1); ++copy)
        {
            if (Below(m_random, 100) >= m_quality.lossPercent)
            {
                const int delay = 1 + static_cast<int>(Below(m_random, m_quality.maxDelay));
                m_onTheWay.emplace(now + delay, segment);
            }
        }
    }

    std::vector<Segment> Arrivals(int now)
    {
        std::vector<Segment> arrived;
        while (!m_onTheWay.empty() && m_onTheWay.begin()->first <= now)
        {
            arrived.push_back(m_onTheWay.begin()->second);
            m_onTheWay.erase(m_onTheWay.begin());
        }
        return arrived;
    }

  private:
    Quality m_quality;
    Random& m_random;
    std::multimap<int, Segment> m_onTheWay; //!< by time of arrival; equal ones in order
};

/** Sends a stream and a FIN, going back to the first unacknowledged octet after a while. */
class Sender
{
  public:
    Sender(Bytes stream, std::uint32_t initialSequence, Random& random)
        : m_stream(std::move(stream)),
          m_first(initialSequence + 1),
          m_random(random)
    {
    }

    void OnAcknowledgment(int now, std::uint32_t number)
    {
        const auto offset = static_cast<std::int32_t>(number - m_first);
        m_wasShownTooMuch |= offset > m_highest;
        if (offset > m_acknowledged)
        {
            m_acknowledged = offset;
            m_next = std::max(m_next, offset);
            m_lastProgress = now;
        }
    }

    void Tick(int now, Link& link)
    {
        if (m_next > m_acknowledged && now - m_lastProgress > TIMEOUT)
        {
            m_next = m_acknowledged;
            m_lastProgress = now;
        }
        switch (Below(m_random, 8))
        {
        case 0: // an acknowledgment of the other direction, or a keep-alive
            link.Send(now, {Number(m_next - static_cast<int>(Below(m_random, 2))), {}, false});
            break;
        case 1:
            break;
        default:
            SendNext(now, link);
            break;
        }
    }

    bool IsDone() const
    {
        return m_acknowledged == Size() + 1;
    }

    bool WasShownTooMuch() const
    {
        return m_wasShownTooMuch;
    }

  private:
    static constexpr int TIMEOUT = 60; // ticks
    static constexpr int WINDOW = 1000;

    int Size() const
    {
        return static_cast<int>(m_stream.size());
    }

    std::uint32_t Number(int offset) const
    {
        return m_first + static_cast<std::uint32_t>(offset);
    }

    void SendNext(int now, Link& link)
    {
        if (m_next > Size() || m_next >= m_acknowledged + WINDOW)
        {
            return;
        }
        const int most = std::min({Size() - m_next, m_acknowledged + WINDOW - m_next, 200});
        const int size = std::min(most, 1 + static_cast<int>(Below(m_random, 200)));
        const bool fin = m_next + size == Size() && (size == 0 || Below(m_random, 2) == 0);
        if (size == 0 && !fin)
        {
            return;
        }
        const auto begin = m_stream.begin() + m_next;
        if (m_next == m_acknowledged && m_next == m_highest)
        {
            m_lastProgress = now;
        }
        link.Send(now, {Number(m_next), Bytes(begin, begin + size), fin});
        m_next += size + (fin ? 1 : 0);
        m_highest = std::max(m_highest, m_next);
    }

    Bytes m_stream;
    std::uint32_t m_first;
    Random& m_random;
    int m_acknowledged{0};
    int m_next{0};
    int m_highest{0};
    int m_lastProgress{0};
    bool m_wasShownTooMuch{false};
};

/** Takes what is in its window, acknowledges each segment that RFC 9293, 3.10.7.4 has answered. */
class Receiver
{
  public:
    Receiver(std::uint32_t initialSequence, bool keepsWhatIsAhead)
        : m_first(initialSequence + 1),
          m_keepsWhatIsAhead(keepsWhatIsAhead)
    {
    }

    void OnSegment(int now, const Segment& segment, Link& link)
    {
        const auto begin = static_cast<std::int32_t>(segment.number - m_first);
        const int end = begin + static_cast<int>(segment.payload.size());
        const bool isProbe = begin < Next() && end <= Size();
        if (segment.payload.empty() && !segment.fin && !isProbe)
        {
            m_bareAhead |= begin > Next() + WINDOW;
            return;
        }
        m_octetsIn += segment.payload.size();
        for (int at = begin; at < end; ++at)
        {
            Take(at, segment.payload[static_cast<std::size_t>(at - begin)]);
        }
        if (segment.fin && (m_keepsWhatIsAhead || end == Size()))
        {
            m_contradicted |= m_fin >= 0 && m_fin != end;
            m_fin = end;
        }
        while (!m_ahead.empty() && m_ahead.begin()->first == Size())
        {
            m_stream.push_back(m_ahead.begin()->second);
            m_ahead.erase(m_ahead.begin());
        }
        const int most = m_ahead.empty() ? Size() : m_ahead.rbegin()->first + 1;
        m_contradicted |= m_fin >= 0 && most > m_fin;
        link.Send(now, {m_first + static_cast<std::uint32_t>(Next()), {}, false});
    }

    const Bytes& Stream() const
    {
        return m_stream;
    }

    bool HasFin() const
    {
        return m_fin == Size();
    }

    bool WasContradicted() const
    {
        return m_contradicted;
    }

    bool GotBareSegmentsAhead() const
    {
        return m_bareAhead;
    }

    std::size_t OctetsIn() const
    {
        return m_octetsIn;
    }

  private:
    static constexpr int WINDOW = 1500;

    int Size() const
    {
        return static_cast<int>(m_stream.size());
    }

    int Next() const
    {
        return Size() + (HasFin() ? 1 : 0);
    }

    void Take(int at, std::uint8_t octet)
    {
        if (at < 0 || at >= Size() + WINDOW)
        {
            return;
        }
        if (at < Size())
        {
            m_contradicted |= m_stream[static_cast<std::size_t>(at)] != octet;
        }
        else if (at == Size())
        {
            m_stream.push_back(octet);
        }
        else if (m_keepsWhatIsAhead)
        {
            m_contradicted |= m_ahead.emplace(at, octet).first->second != octet;
        }
    }

    std::uint32_t m_first;
    bool m_keepsWhatIsAhead;
    Bytes m_stream;
    std::map<int, std::uint8_t> m_ahead;
    int m_fin{-1};
    std::size_t m_octetsIn{0};
    bool m_contradicted{false};
    bool m_bareAhead{false};
};

} // namespace smkex

#endif // SMKEX_STREAM_EDITOR_PEERS_H
