# SPDX-License-Identifier: GPL-2.0-only
"""Sweeps of smkex-sim and what is made of them.

Three verbs, each a module that talks to the next through files only: `run` (scenario to database,
then calls the others), `parse` (database to summary.csv and tables), `plot` (database to plots).
"""
