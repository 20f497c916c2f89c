# SPDX-License-Identifier: GPL-2.0-only
"""Estimates against values worked out by other means, and what intervals have to do."""

from __future__ import annotations

import math
import unittest
from typing import List, Sequence

import numpy as np
from scipy import stats

from analysis.statistics import Sample, distribution, mean, quantiles, rate


def sample(runs: Sequence[Sequence[float]]) -> Sample:
    """One list of values a run."""
    values: List[float] = [value for run in runs for value in run]
    numbers = [number for number, run in enumerate(runs) for _ in run]
    return Sample(np.array(values, dtype=np.float64), np.array(numbers, dtype=np.int64))


class Rates(unittest.TestCase):
    """Wilson intervals at 95 %."""

    def test_none_of_many(self) -> None:
        z2 = stats.norm.ppf(0.975) ** 2
        for n in (20, 200, 1000):
            estimate = rate(0, n)
            self.assertEqual((estimate.value, estimate.low, estimate.n), (0.0, 0.0, n))
            self.assertAlmostEqual(estimate.high, z2 / (n + z2), places=12)
        self.assertLess(rate(0, 1000).high, 0.004)

    def test_formula(self) -> None:
        z, k, n = stats.norm.ppf(0.975), 37, 120
        centre = (k + z * z / 2) / (n + z * z)
        half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
        estimate = rate(k, n)
        self.assertAlmostEqual(estimate.low, centre - half, places=12)
        self.assertAlmostEqual(estimate.high, centre + half, places=12)

    def test_no_trials(self) -> None:
        self.assertTrue(math.isnan(rate(0, 0).value))
        self.assertEqual(rate(0, 0).n, 0)


class Quantiles(unittest.TestCase):
    """Order statistics, with intervals over runs."""

    def test_values_are_order_statistics(self) -> None:
        shuffled = sample([[(37 * i) % 100 + 1 for i in range(r, 100, 10)] for r in range(10)])
        found = quantiles(shuffled, (0.01, 0.5, 0.95, 0.99, 1.0))
        self.assertEqual([e.value for e in found], [1, 50, 95, 99, 100])
        for estimate in found:
            self.assertLessEqual(estimate.low, estimate.value)
            self.assertGreaterEqual(estimate.high, estimate.value)
            self.assertEqual(estimate.n, 100)

    def test_runs_are_resampled_as_wholes(self) -> None:
        # Within a run nothing varies: 400 values are worth as much as 8.
        clustered = quantiles(sample([[float(r)] * 50 for r in range(8)]), (0.5,))[0]
        apart = quantiles(sample([[float(r)] for r in range(8) for _ in range(50)]), (0.5,))[0]
        self.assertGreaterEqual(clustered.high - clustered.low, 3)
        self.assertLessEqual(apart.high - apart.low, 1)

    def test_interval_covers_the_truth_as_often_as_it_says(self) -> None:
        dice = np.random.default_rng(5)
        hits = 0
        for _ in range(200):
            runs = [list(dice.normal(size=4) + dice.normal()) for _ in range(40)]
            estimate = quantiles(sample(runs), (0.5,))[0]
            hits += estimate.low <= 0 <= estimate.high
        self.assertGreaterEqual(hits, 180)
        self.assertLessEqual(hits, 199)

    def test_a_single_run_is_resampled_by_its_sessions(self) -> None:
        estimate = quantiles(sample([[float(i) for i in range(100)]]), (0.5,))[0]
        self.assertLess(estimate.low, estimate.value)
        self.assertGreater(estimate.high, estimate.value)

    def test_equal_values_have_an_interval_without_width(self) -> None:
        for estimate in quantiles(sample([[0.2, 0.2], [0.2]])):
            self.assertEqual((estimate.low, estimate.value, estimate.high), (0.2, 0.2, 0.2))

    def test_one_value_and_none(self) -> None:
        self.assertEqual(quantiles(sample([[3.0]]), (0.5,))[0].high, 3.0)
        self.assertTrue(math.isnan(quantiles(sample([]), (0.5,))[0].value))

    def test_runs_of_unequal_size(self) -> None:
        estimate = quantiles(sample([[1.0], [2.0, 2.0], [3.0, 3.0, 3.0]]), (0.5,))[0]
        self.assertEqual((estimate.value, estimate.low, estimate.high), (2.0, 1.0, 3.0))

    def test_same_numbers_each_time(self) -> None:
        dice = np.random.default_rng(1)
        runs = [list(dice.exponential(size=10)) for _ in range(20)]
        self.assertEqual(quantiles(sample(runs)), quantiles(sample(runs)))


class Means(unittest.TestCase):
    """Means of runs' means."""

    def test_value_and_interval(self) -> None:
        estimate = mean(sample([[1.0, 3.0], [4.0], [9.0]]))
        self.assertAlmostEqual(estimate.value, 5.0)
        self.assertEqual((estimate.low >= 2, estimate.high <= 9), (True, True))
        self.assertEqual(estimate.n, 4)


class Distributions(unittest.TestCase):
    """Empirical distributions with bands over runs."""

    def test_shares(self) -> None:
        grid = np.array([0.5, 1.0, 2.0, 2.5, 4.0])
        share, low, high = distribution(sample([[1.0, 2.0], [2.0, 4.0]]), grid)
        self.assertEqual(list(share), [0, 0.25, 0.75, 0.75, 1])
        self.assertEqual(list(low), [0, 0, 0.5, 0.5, 1])
        self.assertEqual(list(high), [0, 0.5, 1, 1, 1])

    def test_band_is_over_runs_not_over_pooled_sessions(self) -> None:
        grid = np.array([3.5])
        _, low, high = distribution(sample([[float(r)] * 50 for r in range(8)]), grid)
        _, near, far = distribution(
            sample([[float(r)] for r in range(8) for _ in range(50)]), grid)
        self.assertGreater(high[0] - low[0], 0.5)
        self.assertLess(far[0] - near[0], 0.11)


if __name__ == "__main__":
    unittest.main()
