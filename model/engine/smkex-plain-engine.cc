/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-plain-engine.h"

namespace smkex
{

PlainEngine::PlainEngine(Processor& processor)
    : Engine(processor)
{
}

void
PlainEngine::HandleStart()
{
}

void
PlainEngine::HandlePathUp(PathId path)
{
    if (path == SHARE_PATH && !IsAccepted())
    {
        AcceptUnder(std::nullopt);
    }
}

void
PlainEngine::HandleBytes(PathId path, ByteView in)
{
    if (path != SHARE_PATH)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    DeliverData(in.ToBytes());
}

void
PlainEngine::HandleApplicationData(ByteView plaintext)
{
    Send(SHARE_PATH, plaintext.ToBytes());
}

bool
PlainEngine::NeedsPath(PathId path) const
{
    return path == SHARE_PATH;
}

} // namespace smkex
