/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PLAIN_ENGINE_H
#define SMKEX_PLAIN_ENGINE_H

#include "smkex-engine.h"

namespace smkex
{

/**
 * `tcp`: no exchange and no encryption, the same at both ends.
 *
 * Accepts as soon as path 1 is connected; application data travels as it is.
 */
class PlainEngine : public Engine
{
  public:
    explicit PlainEngine(Processor& processor);

  private:
    void HandleStart() override;
    void HandlePathUp(PathId path) override;
    void HandleBytes(PathId path, ByteView in) override;
    void HandleApplicationData(ByteView plaintext) override;
    bool NeedsPath(PathId path) const override;
};

} // namespace smkex

#endif // SMKEX_PLAIN_ENGINE_H
