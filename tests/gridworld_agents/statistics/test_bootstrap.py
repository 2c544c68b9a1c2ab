"""The stratified bootstrap: what its intervals really cover, and what is refused."""

import numpy as np
import pytest

from gridworld_agents.statistics.bootstrap import aggregate


@pytest.mark.parametrize(("runs", "least", "most"), [(5, 0.88, 0.94), (10, 0.91, 0.965)])
def test_coverage_of_the_iqm_over_three_tasks(runs, least, most):
    """A nominal 95% covers 91.2% at 5 runs and 94.5% at 10 (measured with other seeds); 1000 samples, three errors."""
    draw, covered = np.random.default_rng(2026), 0
    for _ in range(1000):
        found = aggregate(draw.normal(size=(runs, 3)), rng=draw, resamples=500)
        covered += found.low <= 0 <= found.high
    assert least <= covered / 1000 <= most


def test_tasks_are_drawn_apart():
    """Only the second task has spread: with strata its two runs give 0, 1/4 or 1/2 and the first always 10/2."""
    found = aggregate([[10.0, 0.0], [10.0, 1.0]], "mean", rng=np.random.default_rng(0), resamples=1000)
    assert (found.low, found.value, found.high) == (5, 5.25, 5.5)


def test_same_generator_same_interval():
    scores = np.random.default_rng(0).normal(size=(5, 2))
    assert aggregate(scores, rng=np.random.default_rng(4)) == aggregate(scores, rng=np.random.default_rng(4))


def test_one_run_is_a_point():
    found = aggregate([[3.0]], rng=np.random.default_rng(0))
    assert (found.low, found.value, found.high) == (3, 3, 3)


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ([1.0, 2.0], {}, r"must have 2 or 3 axes .* got shape \(2,\)"),
        (np.zeros((0, 3)), {}, "must not be empty"),
        ([[1.0, np.nan]], {}, r"must be finite, got nan at \(0, 1\)"),
        ([["a"]], {}, "must be an array of numbers"),
        ([[1.0]], {"confidence": 1.0}, r"confidence must be in \(0, 1\), got 1.0"),
        ([[1.0]], {"confidence": True}, r"confidence must be in \(0, 1\), got True"),
        ([[1.0]], {"resamples": 10}, "resamples must be an integer >= 100"),
        ([[1.0]], {"statistic": "iqn"}, "did you mean 'iqm'"),
    ],
)
def test_refused(scores, options, message):
    with pytest.raises(ValueError, match=message):
        aggregate(scores, rng=np.random.default_rng(0), **options)
