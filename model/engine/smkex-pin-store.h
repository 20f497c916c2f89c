/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PIN_STORE_H
#define SMKEX_PIN_STORE_H

#include "smkex-bytes.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace smkex
{

/** What a client remembers of one server. Keys are Ed25519 public keys. */
struct Pin
{
    Digest key;
    std::vector<Digest> retired; //!< keys that announced rotations have replaced, oldest first

    bool operator==(const Pin& other) const
    {
        return key == other.key && retired == other.retired;
    }
};

/** Why a pin store did not do what it was asked for. */
struct PinStoreProblem
{
    enum class Kind : std::uint8_t
    {
        Corrupt,  //!< what is stored is not what was once written
        Access,   //!< it cannot be read or written
        Conflict, //!< the pin has changed in the meantime
    };

    Kind kind;
    std::string what; //!< one sentence
};

/**
 * A client's memory of the servers' long-term keys.
 *
 * Not being able to tell what is pinned is a problem of its own, and never the same as "nothing is
 * pinned".
 */
class PinStore
{
  public:
    /** A server's pin, nothing at first contact, or why that cannot be told. */
    using Found = std::variant<std::optional<Pin>, PinStoreProblem>;

    virtual ~PinStore() = default;

    /** \param host 1 to 255 printable ASCII characters, no space */
    virtual Found Find(const std::string& host) = 0;

    /**
     * Replaces the pin of \p host, if it still is \p expected: of two sessions at the same time one
     * never overwrites what the other has pinned.
     *
     * \return what was wrong, if it was not done
     */
    virtual std::optional<PinStoreProblem> Update(const std::string& host,
                                                  const std::optional<Pin>& expected,
                                                  const Pin& pin) = 0;
};

/** All pins of a store, by host. */
using PinTable = std::map<std::string, Pin>;

/** \return the pin of \p host, if it has one */
std::optional<Pin> FindPin(const PinTable& table, const std::string& host);

/** A store that lasts as long as the program. */
class MemoryPinStore : public PinStore
{
  public:
    MemoryPinStore() = default;
    explicit MemoryPinStore(PinTable table);

    Found Find(const std::string& host) override;
    std::optional<PinStoreProblem> Update(const std::string& host,
                                          const std::optional<Pin>& expected,
                                          const Pin& pin) override;

  private:
    PinTable m_table;
};

/** \return whether \p host can be the name of a server in a store */
bool IsPinnableHost(const std::string& host);

/**
 * A table as text: a line that names the format and its version, a line a host (its name, its key
 * and the retired keys, in hexadecimal, separated by single spaces, hosts in ascending order), and
 * a line with the SHA-256 of all lines before it.
 */
std::string FormatPins(const PinTable& table);

/**
 * Reads what FormatPins() has written, and nothing else.
 *
 * \param [out] problem one clause that says what is wrong, where something is
 */
std::optional<PinTable> ParsePins(const std::string& text, std::string& problem);

} // namespace smkex

#endif // SMKEX_PIN_STORE_H
