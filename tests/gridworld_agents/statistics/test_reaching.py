"""When curves come near the optimum, and what is known where some never do."""

import math

import numpy as np
import pytest

from gridworld_agents.statistics.reaching import first_reached, median_time

GAPS = [[5.0, 0.9, 2.0, 0.05], [5.0, 4.0, 3.0, 2.0], [0.1, 0.1, 0.1, 0.1]]
AT = [0, 100, 200, 300]


def test_the_first_point_counts_even_if_it_rises_again():
    assert first_reached(GAPS, AT, -10.0, 0.1).tolist() == [100, math.inf, 0]
    assert first_reached(GAPS, AT, 10.0, 0.01).tolist() == [300, math.inf, 0]


def test_each_run_may_have_its_own_clock():
    at = np.array([[0, 1.5, 2, 3], [0, 1, 2, 3], [0.25, 1, 2, 3]])
    assert first_reached(GAPS, at, 10.0, 0.1).tolist() == [1.5, math.inf, 0.25]


def test_median_with_and_without_those_who_never_arrive():
    found = median_time([3.0, 1, 2, math.inf, 5])
    assert (found.median, found.low, found.high, found.reached, found.seeds) == (3, 1, math.inf, 4, 5)
    assert found.coverage == pytest.approx(15 / 16)
    assert median_time([1.0, 2, math.inf, math.inf]).median == math.inf
    assert median_time([1.0, 2]).median == 1.5
    assert median_time([7.0]).coverage == 0


def test_order_statistics_of_ten():
    """Binomial(10, 1/2): the second and the ninth enclose the median with 1 - 22/1024; the third and eighth do not."""
    found = median_time(np.arange(10.0))
    assert (found.low, found.median, found.high) == (1, 4.5, 8)
    assert found.coverage == pytest.approx(1 - 22 / 1024)


def test_coverage_by_simulation():
    """4000 samples, of which late ones never arrive; 97.85% within three standard errors."""
    times = np.random.default_rng(0).exponential(size=(4000, 10))
    times[times > 1] = math.inf
    found = [median_time(row) for row in times]
    covered = np.mean([f.low <= math.log(2) <= f.high for f in found])
    assert abs(covered - (1 - 22 / 1024)) < 0.007


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((GAPS, AT[:3], 1.0, 0.1), "at must have shape"),
        ((GAPS, AT[::-1], 1.0, 0.1), "must not decrease"),
        ((GAPS, AT, 0.0, 0.1), "other than 0"),
        ((GAPS, AT, 1.0, 0.0), "fraction must be > 0"),
        (([[np.nan] * 4], AT, 1.0, 0.1), "gaps must be finite"),
    ],
)
def test_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        first_reached(*arguments)


@pytest.mark.parametrize("times", [[], [np.nan], [[1.0]], [-math.inf]])
def test_times_refused(times):
    with pytest.raises(ValueError, match="times must be one axis"):
        median_time(times)
