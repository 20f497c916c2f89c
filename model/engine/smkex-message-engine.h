/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MESSAGE_ENGINE_H
#define SMKEX_MESSAGE_ENGINE_H

#include "smkex-engine.h"
#include "smkex-record-layer.h"

#include <array>

namespace smkex
{

/**
 * What all engines share that exchange the messages of smkex-messages.h: frames out of streams, and
 * application data in records on path 1 once keys are there.
 */
class MessageEngine : public Engine
{
  public:
    /** Records that come ahead of the acceptance wait, up to this many octets by default. */
    static constexpr std::size_t MAX_EARLY_BYTES = 1U << 16;

  protected:
    enum class Role : std::uint8_t
    {
        Client,
        Server,
    };

    /** \p paths: of the session, 1 to MAX_PATHS. */
    MessageEngine(Processor& processor, Role role, PathId paths);

    /** A message of the exchange itself, before acceptance. */
    virtual void HandleMessage(PathId path, const Message& message) = 0;

    /** \return how many octets of records may wait for the acceptance on one path */
    virtual std::size_t MaxEarlyBytes() const
    {
        return MAX_EARLY_BYTES;
    }

    /** Accepts, and opens the record layer under \p keys. */
    void AcceptUnderKeys(const SessionKeys& keys);

    PathId Paths() const
    {
        return m_paths;
    }

  private:
    void HandleBytes(PathId path, ByteView in) final;
    void HandleApplicationData(ByteView plaintext) final;
    bool NeedsPath(PathId path) const final;

    void ReadFrames(PathId path);
    void HandleRecord(PathId path, ByteView sealed);

    Role m_role;
    PathId m_paths;

    /** What has arrived on a path and has not been read. */
    struct Unread
    {
        Bytes bytes;
        std::size_t head{0}; //!< octets at the front that have been read
    };

    std::array<Unread, MAX_PATHS> m_unread; //!< by path
    std::optional<RecordDirection> m_sending;
    std::optional<RecordDirection> m_receiving;
};

} // namespace smkex

#endif // SMKEX_MESSAGE_ENGINE_H
