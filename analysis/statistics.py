# SPDX-License-Identifier: GPL-2.0-only
"""Estimates with 95 % intervals, shared by tables and plots.

Sessions of one simulation are not independent of each other, simulations (runs) are: intervals of
times are bootstrapped over runs, never over pooled sessions. Where a point has a single run, its
sessions are resampled instead, for want of anything better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CONFIDENCE = 0.95
QUANTILES: Tuple[float, ...] = (0.50, 0.95, 0.99)
RESAMPLES = 999
#: Fixed, so that the same database gives the same interval.
BOOTSTRAP_SEED = 20180001
#: Resampled values held in memory at once (8 B each).
_BATCH_VALUES = 4_000_000


@dataclass(frozen=True)
class Estimate:
    """A number with its interval and the number of sessions behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Sample:
    """Measured values and, for each, the run it came from."""

    values: Floats
    runs: Ints

    @property
    def n(self) -> int:
        """Number of values."""
        return len(self.values)


def rate(successes: int, trials: int) -> Estimate:
    """A proportion with its Wilson interval; all NaN for no trials."""
    if trials == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    interval = stats.binomtest(successes, trials).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(successes / trials, float(interval.low), float(interval.high), trials)


def clusters(sample: Sample) -> Ints:
    """For each value the number of the group that is resampled as a whole, from 0."""
    groups: Ints = np.unique(sample.runs, return_inverse=True)[1].astype(np.int64)
    if sample.n and groups.max() == 0:
        return np.arange(sample.n, dtype=np.int64)
    return groups


def _bootstrap(groups: int, statistic: Any, values: int) -> Tuple[Floats, Floats]:
    batch = max(1, min(RESAMPLES, _BATCH_VALUES // max(1, values)))
    interval = stats.bootstrap(
        (np.arange(groups),), statistic, vectorized=True, n_resamples=RESAMPLES, batch=batch,
        confidence_level=CONFIDENCE, method="percentile",
        random_state=np.random.default_rng(BOOTSTRAP_SEED)).confidence_interval
    return np.atleast_1d(interval.low), np.atleast_1d(interval.high)


def _counts(drawn: Ints, groups: int) -> Ints:
    """How often each group is in each draw (draws along all axes but the last)."""
    flat = drawn.reshape(-1, drawn.shape[-1])
    offset = np.arange(len(flat))[:, None] * groups
    counted: Ints = np.bincount((flat + offset).ravel(), minlength=len(flat) * groups)
    return counted.reshape(drawn.shape[:-1] + (groups,))


def quantiles(sample: Sample, which: Sequence[float] = QUANTILES) -> List[Estimate]:
    """Quantiles (smallest value that at least this share does not exceed) with intervals."""
    if sample.n == 0:
        return [Estimate(np.nan, np.nan, np.nan, 0) for _ in which]
    order = np.argsort(sample.values, kind="stable")
    values = sample.values[order]
    group_of = clusters(sample)[order]
    groups = int(group_of.max()) + 1
    points = np.quantile(values, which, method="inverted_cdf")
    if groups == 1 or values[0] == values[-1]:
        return [Estimate(float(p), float(p), float(p), sample.n) for p in points]

    def statistic(drawn: Ints, axis: int = -1) -> Floats:
        weights = np.cumsum(_counts(drawn, groups)[..., group_of], axis=axis)
        total = weights[..., -1:]
        places = [np.sum(weights < np.ceil(q * total - 1e-9), axis=-1) for q in which]
        return np.asarray(values[np.stack(places)])

    low, high = _bootstrap(groups, statistic, max(len(values), groups))
    return [Estimate(float(p), float(a), float(b), sample.n)
            for p, a, b in zip(points, low, high)]


def mean(sample: Sample) -> Estimate:
    """The mean of the runs' means, with a bootstrap interval over runs."""
    if sample.n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    group_of = clusters(sample)
    means = np.bincount(group_of, weights=sample.values) / np.bincount(group_of)
    centre = float(np.mean(means))
    if len(means) == 1 or np.ptp(means) == 0:
        return Estimate(centre, centre, centre, sample.n)
    low, high = _bootstrap(len(means), lambda drawn, axis=-1: means[drawn].mean(axis=axis),
                           len(means))
    return Estimate(centre, float(low[0]), float(high[0]), sample.n)


def distribution(sample: Sample, grid: Floats) -> Tuple[Floats, Floats, Floats]:
    """Share of values that do not exceed each grid value, with a pointwise band over runs."""
    order = np.argsort(sample.values, kind="stable")
    values = sample.values[order]
    share = np.searchsorted(values, grid, side="right") / sample.n
    group_of = clusters(sample)
    groups = int(group_of.max()) + 1
    if groups == 1 or values[0] == values[-1]:
        return share, share.copy(), share.copy()
    sizes = np.bincount(group_of, minlength=groups)
    below = np.stack([np.searchsorted(np.sort(sample.values[group_of == g]), grid, side="right")
                      for g in range(groups)]) if groups < sample.n else (
                          sample.values[:, None] <= grid[None, :]).astype(np.int64)

    def statistic(drawn: Ints, axis: int = -1) -> Floats:
        counts = _counts(drawn, groups)
        shares = (counts @ below) / (counts @ sizes)[..., None]
        return np.asarray(np.moveaxis(shares, -1, 0))

    low, high = _bootstrap(groups, statistic, max(groups, len(grid)))
    return share, low, high
