# SPDX-License-Identifier: GPL-2.0-only
"""One module a kind of plot; each draws numbers of analysis.numbers and nothing else."""
