/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_INTERCEPTOR_H
#define SMKEX_INTERCEPTOR_H

#include "smkex-strategy.h"
#include "smkex-stream-editor.h"
#include "smkex-stream-reader.h"
#include "smkex-tcp-segment.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/simple-ref-count.h"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace ns3
{

/** The way on for packets of one connection and direction, whatever the version of IP. */
class SmkexOnward : public SimpleRefCount<SmkexOnward>
{
  public:
    virtual ~SmkexOnward() = default;

    /** Puts a TCP segment on, behind an IP header like that of the packet it stems from. */
    virtual void Put(smkex::TcpSegment segment) = 0;
};

/** Source and destination of a packet: addresses (IPv4 ones zero-padded) and ports. */
struct SmkexTuple
{
    std::array<std::uint8_t, 16> source;
    std::array<std::uint8_t, 16> destination;
    std::uint16_t sourcePort;
    std::uint16_t destinationPort;

    bool operator<(const SmkexTuple& other) const;
    SmkexTuple Reversed() const;
};

/**
 * One adversary at one node: follows the TCP connections that pass, shows the strategy their
 * octets in order, and at an active node puts on what the strategy decided.
 *
 * Loss, reordering, retransmission, sequence numbers and checksums are dealt with here, so that a
 * strategy sees nothing of them.
 */
class SmkexInterceptor : public SimpleRefCount<SmkexInterceptor>, private smkex::Grip
{
  public:
    using StrategyMaker = std::function<std::unique_ptr<smkex::Strategy>(smkex::Grip&)>;

    /**
     * \param active whether it changes anything
     * \param makeStrategy makes the mind; it gets a grip that only an active node may use
     */
    SmkexInterceptor(bool active, const StrategyMaker& makeStrategy);
    ~SmkexInterceptor();

    /** Signature of a function that makes the way on for a packet, when it is needed. */
    using OnwardMaker = std::function<Ptr<SmkexOnward>()>;

    /**
     * A TCP segment passes.
     *
     * \param tuple where from and where to
     * \param segment the segment
     * \param makeOnward makes the way on for packets like this one
     * \return true where the packet itself goes on as it is; false where this node has seen to it
     */
    bool OnSegment(const SmkexTuple& tuple,
                   smkex::TcpSegment segment,
                   const OnwardMaker& makeOnward);

    /** A member of the coalition has told something. */
    void OnNews(const smkex::News& news);

    /** \return how many connections are being followed */
    std::size_t FlowCount() const
    {
        return m_flows.size();
    }

  private:
    /** One direction of a connection. */
    struct Stream
    {
        std::unique_ptr<smkex::StreamReader> reader; //!< of a passive node
        std::unique_ptr<smkex::StreamEditor> editor; //!< of an active node
        bool finished{false};
        bool dirty{false};       //!< something was decided and has not been put on
        Ptr<SmkexOnward> onward; //!< of an active node
        std::uint32_t initialSequence{0};
        /** Segments whose payload was held or changed and is not acknowledged, as they came, by the
            number of its first octet. What stands in its place goes on behind their headers. */
        std::map<std::uint32_t, smkex::TcpSegment> rewritten;
        /** The decided front of a segment that goes on only as a whole. */
        std::optional<smkex::StreamPiece> front;
        std::optional<smkex::TcpSegment> latest; //!< header of the latest one that was put on
        EventId repair;                          //!< of what the sender will not repeat
        std::uint32_t repairs{0};                //!< in a row, without progress
        std::uint32_t repairedFrom{0};           //!< sequence number where the latest one began
    };

    struct Flow
    {
        smkex::FlowId id;
        SmkexTuple tuple; //!< from the client to the server
        std::uint32_t initialSequence;
        std::array<Stream, 2> streams; //!< by direction
        bool ended{false};
    };

    /** Connections are forgotten this long after their end. */
    static constexpr int LINGER_SECONDS = 10;
    /** How often what the sender will not repeat is repeated in its place: after one second, then
     * after twice as long each time. */
    static constexpr std::uint32_t MAX_REPAIRS = 7;
    /** Connections that are followed at once; the oldest are forgotten first. */
    static constexpr std::size_t MAX_FLOWS = 4096;
    /** Segments of a stream that are kept for their headers. */
    static constexpr std::size_t MAX_REWRITTEN = 256;

    smkex::ByteView Held(smkex::FlowId flow, smkex::Direction direction) const override;
    void Forward(smkex::FlowId flow, smkex::Direction direction, std::size_t size) override;
    void Replace(smkex::FlowId flow,
                 smkex::Direction direction,
                 std::size_t size,
                 smkex::ByteView replacement) override;
    void Inject(smkex::FlowId flow, smkex::Direction direction, smkex::ByteView octets) override;

    void AwaitMore(smkex::FlowId flow, smkex::Direction direction) override;

    Flow* FindFlow(const SmkexTuple& tuple, smkex::Direction& direction);
    void BeginFlow(const SmkexTuple& tuple, const smkex::TcpSegment& syn);
    bool PassOpening(Flow& flow,
                     smkex::Direction direction,
                     const smkex::TcpSegment& segment,
                     const OnwardMaker& makeOnward);
    void BeginStream(Stream& stream, std::uint32_t initialSequence);
    void Read(Flow& flow, smkex::Direction direction, const smkex::TcpSegment& segment);
    bool Rewrite(Flow& flow,
                 smkex::Direction direction,
                 smkex::TcpSegment segment,
                 const OnwardMaker& makeOnward);
    static void ForgetAcknowledged(Stream& stream, std::uint32_t acknowledgment);
    void TranslateAcknowledgment(Flow& flow,
                                 smkex::Direction direction,
                                 smkex::TcpSegment& segment);
    void Put(Stream& stream, const std::vector<smkex::StreamPiece>& pieces);
    void PutBehind(const smkex::TcpSegment& like, Stream& stream, const smkex::StreamPiece& piece);
    void PutOutDecided();
    void ScheduleRepair(smkex::FlowId flow, smkex::Direction direction);
    void Repair(smkex::FlowId flow, smkex::Direction direction);
    smkex::StreamEditor& Editor(smkex::FlowId flow, smkex::Direction direction) const;
    void MarkDirty(smkex::FlowId flow, smkex::Direction direction);
    void EndFlow(Flow& flow);
    void ForgetOldFlows();
    void Forget(smkex::FlowId id);

    bool m_active;
    std::unique_ptr<smkex::Strategy> m_strategy;
    std::map<smkex::FlowId, std::unique_ptr<Flow>> m_flows; //!< oldest first
    std::map<SmkexTuple, smkex::FlowId> m_byTuple;          //!< client to server
    std::deque<std::pair<Time, smkex::FlowId>> m_ended;
    std::vector<std::pair<smkex::FlowId, smkex::Direction>> m_dirty;
    smkex::FlowId m_nextFlow{1};
};

} // namespace ns3

#endif // SMKEX_INTERCEPTOR_H
