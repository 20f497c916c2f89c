/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-defects.h"

#ifdef SMKEX_PLANT_DEFECTS

namespace smkex
{

namespace
{
unsigned g_planted = 0;
}

void
PlantDefects(unsigned mask)
{
    g_planted = mask;
}

bool
IsPlanted(Defect defect)
{
    return (g_planted & MaskOf(defect)) != 0;
}

} // namespace smkex

#endif
