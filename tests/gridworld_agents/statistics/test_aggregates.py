"""Aggregates, profiles and the probability of improvement are rliable's own."""

import numpy as np
import pytest
from rliable import metrics

from gridworld_agents.statistics.aggregates import AGGREGATES, optimality_gap
from gridworld_agents.statistics.bootstrap import aggregate
from gridworld_agents.statistics.improvement import probability_of_improvement
from gridworld_agents.statistics.profiles import performance_profile

THEIRS = {
    "iqm": metrics.aggregate_iqm,
    "median": metrics.aggregate_median,
    "mean": metrics.aggregate_mean,
    "optimality_gap": metrics.aggregate_optimality_gap,
}
SHAPES = [(1, 1), (2, 1), (5, 3), (10, 4), (7, 5)]


@pytest.fixture(scope="module")
def library():
    """Return `rliable.library`; its `arch` 7 cannot be imported beside pandas 3."""
    try:
        from rliable import library
    except TypeError as error:
        pytest.skip(f"rliable's arch does not work with this pandas: {error}")
    return library


def sample(shape, seed=0):
    return np.random.default_rng(seed).lognormal(size=shape)


def quick(seed=0, **options):
    return {"rng": np.random.default_rng(seed), "resamples": 100, **options}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", AGGREGATES)
def test_points_are_rliables(name, shape):
    scores = sample(shape)
    assert aggregate(scores, name, **quick()).value == pytest.approx(THEIRS[name](scores), abs=1e-12)


def test_another_threshold():
    scores = sample((6, 2))
    assert optimality_gap(scores, 0.5) == pytest.approx(metrics.aggregate_optimality_gap(scores, gamma=0.5), abs=1e-12)


@pytest.mark.parametrize("name", AGGREGATES)
def test_a_curve_is_its_points(name):
    curves = sample((5, 3, 4))
    found = aggregate(curves, name, **quick(resamples=500))
    assert found.value == pytest.approx([THEIRS[name](curves[..., p]) for p in range(4)], abs=1e-12)
    for p in range(4):
        alone = aggregate(curves[..., p], name, **quick(resamples=500))
        assert (found.low[p], found.high[p]) == pytest.approx((alone.low, alone.high), abs=1e-12)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == "iqm" else pytest.mark.slow) for name in AGGREGATES]
)  # what is drawn does not depend on what is made of it, whose points are compared above
def test_intervals_are_rliables(library, name):
    """Two bootstraps of 20,000 draws: ends differ by about 1% of the width; 6% is five standard errors or more.

    Theirs draws, and aggregates by our function, which is much faster and has the same points, as tested above.
    """
    scores = sample((10, 3))
    _, theirs = library.get_interval_estimates({"x": scores}, lambda x: AGGREGATES[name](x)[None], reps=20_000)
    ours = aggregate(scores, name, **quick(resamples=20_000))
    assert [ours.low, ours.high] == pytest.approx(theirs["x"].ravel(), abs=0.06 * (ours.high - ours.low))


def test_improvement_is_rliables():
    draw = np.random.default_rng(1)
    x, y = draw.integers(0, 4, (6, 3)).astype(float), draw.integers(0, 4, (8, 3)).astype(float)
    found = probability_of_improvement(x, y, **quick())
    assert found.value == pytest.approx(metrics.probability_of_improvement(x, y), abs=1e-12)
    assert found.low <= found.value <= found.high
    assert probability_of_improvement(y, x, **quick()).value == pytest.approx(1 - found.value, abs=1e-12)


def test_improvement_interval_by_definition():
    """Runs drawn and compared one by one: 4000 draws each, ends within 5 of their standard errors."""
    draw = np.random.default_rng(2)
    x, y = draw.normal(0.5, 1, (5, 2)), draw.normal(0, 1, (6, 2))
    draws = []
    for _ in range(4000):
        i, j = draw.integers(5, size=(5, 2)), draw.integers(6, size=(6, 2))
        a, b = x[i, [0, 1]], y[j, [0, 1]]
        draws.append((a[:, None] > b).mean())
    found = probability_of_improvement(x, y, **quick(resamples=4000))
    assert [found.low, found.high] == pytest.approx(np.quantile(draws, (0.025, 0.975)), abs=0.04)


def test_ties_count_one_half_and_a_sweep_is_certain_of_itself():
    assert probability_of_improvement(np.zeros((3, 1)), np.zeros((4, 1)), **quick()).value == 0.5
    sweep = probability_of_improvement(np.ones((3, 1)), np.zeros((4, 1)), **quick())
    assert (sweep.low, sweep.value, sweep.high) == (1, 1, 1)
    with pytest.raises(ValueError, match="the same tasks, got 1 and 2"):
        probability_of_improvement(np.zeros((3, 1)), np.zeros((3, 2)), **quick())


@pytest.mark.parametrize("of", ["runs", "means"])
def test_profiles_by_definition(of):
    scores, tau = sample((5, 4)), np.linspace(0, 4, 9)
    by_hand = [(scores > level).mean() if of == "runs" else (scores.mean(0) > level).mean() for level in tau]
    found = performance_profile(scores, tau, of=of, **quick())
    assert found.value == pytest.approx(by_hand, abs=1e-12)
    assert np.all((found.low <= found.value + 1e-12) & (found.value <= found.high + 1e-12))
    assert found.value[0] == found.low[0] == found.high[0] == 1


@pytest.mark.parametrize("runs", [True, False])
def test_profiles_are_rliables(library, runs):
    """2000 draws each; a band's ends lie on a lattice of 1/40 or 1/4, whose next step is within the noise."""
    scores, tau = sample((10, 4)), np.linspace(0.2, 3, 8)
    points, bands = library.create_performance_profile({"x": scores}, tau, use_score_distribution=runs)
    found = performance_profile(scores, tau, of="runs" if runs else "means", **quick(resamples=2000))
    assert found.value == pytest.approx(points["x"], abs=1e-12)
    step = 1.01 / (40 if runs else 4)
    assert np.abs([found.low, found.high] - bands["x"]).max() <= step
