/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-key-schedule.h"

#include "smkex-defects.h"
#include "smkex-field-writer.h"

#include <algorithm>
#include <string>

namespace smkex
{

namespace
{

const std::string BINDING_LABEL{"smkex 1 binding server"};
const std::string TRANSCRIPT_LABEL{"smkex 1 transcript"};
const std::string KEY_LABEL{"smkex 1 keys client server"};

template <std::size_t N>
ByteView
TakeInto(ByteView material, std::array<std::uint8_t, N>& out)
{
    std::copy_n(material.begin(), N, out.begin());
    return material.From(N);
}

} // namespace

Digest
ComputeBinding(Processor& processor, const Transcript& transcript, const NoncePair& nonces)
{
    FieldWriter fields;
    fields.Add(BINDING_LABEL)
        .AddNumber(static_cast<std::uint16_t>(transcript.group))
        .Add(transcript.session)
        .AddNumber(nonces.path)
        .Add(transcript.clientShare)
        .Add(nonces.client)
        .Add(IsPlanted(Defect::HashWithoutServerShare) ? ByteView() : transcript.serverShare)
        .Add(nonces.server);
    return processor.Sha256({fields.Written()});
}

SessionKeys
DeriveSessionKeys(Processor& processor, const Transcript& transcript, ByteView secret)
{
    FieldWriter fields;
    fields.Add(TRANSCRIPT_LABEL)
        .AddNumber(static_cast<std::uint16_t>(transcript.group))
        .Add(transcript.session)
        .Add(transcript.clientShare)
        .Add(transcript.serverShare);
    Bytes salt;
    for (const NoncePair& pair : transcript.nonces)
    {
        fields.AddNumber(pair.path).Add(pair.client).Add(pair.server);
        Append(salt, pair.client);
        Append(salt, pair.server);
    }
    const Digest transcriptHash = processor.Sha256({fields.Written()});

    FieldWriter info;
    info.Add(KEY_LABEL).Add(transcriptHash);
    return ExpandSessionKeys(processor, secret, salt, info.Written());
}

SessionKeys
ExpandSessionKeys(Processor& processor, ByteView secret, ByteView salt, ByteView info)
{
    SessionKeys keys;
    const Bytes material =
        processor.HkdfSha256(secret, salt, info, sizeof(Digest) + 2 * sizeof(DirectionKeys));
    ByteView rest = TakeInto(material, keys.session);
    for (DirectionKeys* direction : {&keys.clientToServer, &keys.serverToClient})
    {
        rest = TakeInto(rest, direction->key);
        rest = TakeInto(rest, direction->iv);
    }
    return keys;
}

} // namespace smkex
