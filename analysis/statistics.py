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
#: More groups than this are not resampled one by one.
MOST_GROUPS = 1000
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
    """For each value the number of the group that is resampled as a whole, from 0.

    A group is a run; of very many runs, neighbours are taken together.
    """
    groups: Ints = np.unique(sample.runs, return_inverse=True)[1].astype(np.int64)
    if sample.n and groups.max() == 0:
        groups = np.arange(sample.n, dtype=np.int64)
    count = int(groups.max()) + 1 if sample.n else 0
    return groups if count <= MOST_GROUPS else groups * MOST_GROUPS // count


def _bootstrap(groups: int, statistic: Any, values: int) -> Tuple[Floats, Floats]:
    """An interval of what `statistic` makes of groups' numbers; `values`: its memory a draw."""
    batch = max(1, min(RESAMPLES, _BATCH_VALUES // max(1, values)))
    interval = stats.bootstrap(
        (np.arange(groups),), statistic, vectorized=True, n_resamples=RESAMPLES, batch=batch,
        confidence_level=CONFIDENCE, method="percentile",
        random_state=np.random.default_rng(BOOTSTRAP_SEED)).confidence_interval
    return np.atleast_1d(interval.low), np.atleast_1d(interval.high)


def _counts(drawn: Ints, groups: int) -> Floats:
    """How often each group is in each draw; draws are rows."""
    rows = drawn.reshape(-1, drawn.shape[-1])
    offset = np.arange(len(rows))[:, None] * groups
    counted = np.bincount((rows + offset).ravel(), minlength=len(rows) * groups)
    return counted.reshape(-1, groups).astype(np.float64)


class _Resampled:
    """Quantiles of values whose groups are drawn again and again.

    A draw gives each value its group's count as weight. Sums over blocks of the sorted values find
    the block of a quantile, so that only that block is looked at value by value.
    """

    def __init__(self, values: Floats, group_of: Ints, which: Sequence[float]) -> None:
        self.values, self.which = values, which
        self.groups = int(group_of.max()) + 1
        self.size = max(1, int(np.sqrt(len(values))))
        blocks = -(-len(values) // self.size)
        # The padding belongs to a group that is never drawn.
        padded = np.full(blocks * self.size, self.groups, dtype=np.int64)
        padded[:len(values)] = group_of
        self.members = padded.reshape(blocks, self.size)
        place = np.arange(len(values)) // self.size * self.groups + group_of
        sizes = np.bincount(place, minlength=blocks * self.groups).reshape(blocks, self.groups)
        self.up_to: Floats = np.cumsum(sizes, axis=0).T.astype(np.float64)

    def memory(self) -> int:
        """Numbers needed for a draw."""
        return self.groups + self.up_to.shape[1] + 2 * self.size

    def __call__(self, drawn: Ints, axis: int = -1) -> Floats:
        counts = _counts(drawn, self.groups)
        sums = counts @ self.up_to
        weights = np.concatenate([counts, np.zeros((len(counts), 1))], axis=1)
        rows = np.arange(len(counts))
        found = []
        for share in self.which:
            need = np.ceil(share * sums[:, -1] - 1e-9)[:, None]
            block = np.argmax(sums >= need, axis=1)
            before = np.where(block > 0, sums[rows, block - 1], 0.0)[:, None]
            inside = np.cumsum(weights[rows[:, None], self.members[block]], axis=1)
            found.append(block * self.size + np.argmax(before + inside >= need, axis=1))
        return np.asarray(self.values[np.stack(found)].reshape(
            (len(self.which),) + drawn.shape[:-1]))


def quantiles(sample: Sample, which: Sequence[float] = QUANTILES) -> List[Estimate]:
    """Quantiles (smallest value that at least this share does not exceed) with intervals."""
    if sample.n == 0:
        return [Estimate(np.nan, np.nan, np.nan, 0) for _ in which]
    order = np.argsort(sample.values, kind="stable")
    values = sample.values[order]
    points = np.quantile(values, which, method="inverted_cdf")
    low = high = points
    if values[0] != values[-1]:
        resampled = _Resampled(values, clusters(sample)[order], which)
        low, high = _bootstrap(resampled.groups, resampled, resampled.memory())
    return [Estimate(float(p), float(a), float(b), sample.n)
            for p, a, b in zip(points, low, high)]


def mean(sample: Sample) -> Estimate:
    """The mean of the runs' means, with a bootstrap interval over runs."""
    if sample.n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    group_of = clusters(sample)
    means = np.bincount(group_of, weights=sample.values) / np.bincount(group_of)
    centre = float(np.mean(means))
    if np.ptp(means) == 0:
        return Estimate(centre, centre, centre, sample.n)
    low, high = _bootstrap(len(means), lambda drawn, axis=-1: means[drawn].mean(axis=axis),
                           len(means))
    return Estimate(centre, float(low[0]), float(high[0]), sample.n)


def distribution(sample: Sample, grid: Floats) -> Tuple[Floats, Floats, Floats]:
    """Share of values that do not exceed each grid value, with a pointwise band over runs."""
    share = np.searchsorted(np.sort(sample.values), grid, side="right") / sample.n
    if sample.values.min() == sample.values.max():
        return share, share.copy(), share.copy()
    group_of = clusters(sample)
    groups = int(group_of.max()) + 1
    # In which step of the grid each value lies; beyond the last it counts for the size only.
    step = np.searchsorted(grid, sample.values, side="left")
    counted = np.bincount(group_of * (len(grid) + 1) + step, minlength=groups * (len(grid) + 1))
    up_to = np.cumsum(counted.reshape(groups, -1), axis=1).astype(np.float64)

    def statistic(drawn: Ints, axis: int = -1) -> Floats:
        sums = _counts(drawn, groups) @ up_to
        shares = sums[:, :-1] / sums[:, -1:]
        return np.asarray(shares.T.reshape((len(grid),) + drawn.shape[:-1]))

    low, high = _bootstrap(groups, statistic, groups + 2 * len(grid))
    return share, low, high
