/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_DEFECTS_H
#define SMKEX_DEFECTS_H

/**
 * \file
 * Defects that real implementations have had, as switches of a test-only build.
 *
 * An attack suite that never wins proves nothing, so the tests plant each of these and show an
 * attack that exploits it. In every other build IsPlanted() is a constant false.
 */

namespace smkex
{

enum class Defect : unsigned
{
    HashUnchecked,          //!< the client does not compare H
    HashWithoutServerShare, //!< H covers all but g^y
    NoArrivalPathCheck,     //!< the client takes H from whatever path it arrives on
    NoncesOnPath1,          //!< the client's nonce travels beside its share, too
    NoPublicKeyValidation,  //!< any public value of the right length is taken
    PinUnchecked,           //!< any long-term key is taken for the one that is pinned
    IdentityUnchecked,      //!< the server's signature is not verified
};

#ifdef SMKEX_PLANT_DEFECTS

/** Plants exactly \p defects, a union of MaskOf() bits, in the whole process. */
void PlantDefects(unsigned mask);

/** \return the mask of one defect */
constexpr unsigned
MaskOf(Defect defect)
{
    return 1U << static_cast<unsigned>(defect);
}

bool IsPlanted(Defect defect);

#else

constexpr bool
IsPlanted(Defect)
{
    return false;
}

#endif

} // namespace smkex

#endif // SMKEX_DEFECTS_H
