/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PIN_FILE_H
#define SMKEX_PIN_FILE_H

#include "smkex-pin-store.h"

#include <string>

namespace smkex
{

/**
 * A pin store in a text file, in the format of FormatPins().
 *
 * A new version of the file is written beside it (`.new`), brought to the disk and moved into its
 * place, and the move is brought to the disk, too. Whenever the program or the host dies, the file
 * is the old or the new one, whole; once Update() has returned, it is the new one. A lock on a
 * second file (`.lock`) puts updates by several processes one behind the other.
 *
 * Where there is no file, nothing has been pinned yet. A file that is empty, cut short or changed
 * is a problem, whatever host is asked for.
 */
class PinFile : public PinStore
{
  public:
    /** \param path of the file; the folder exists */
    explicit PinFile(std::string path);

    Found Find(const std::string& host) override;
    std::optional<PinStoreProblem> Update(const std::string& host,
                                          const std::optional<Pin>& expected,
                                          const Pin& pin) override;

  private:
    std::variant<PinTable, PinStoreProblem> Load() const;
    std::optional<PinStoreProblem> Replace(const std::string& text) const;
    PinStoreProblem AccessProblem(const std::string& doing) const;

    std::string m_path;
};

} // namespace smkex

#endif // SMKEX_PIN_FILE_H
