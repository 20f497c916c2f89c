/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include <pybind11/pybind11.h>

/** Adds the class Endpoint and the judge's comparison of keys to the module. */
void BindEngines(pybind11::module_& module);

#endif // CORE_ENGINE_H
