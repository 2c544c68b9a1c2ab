"""Minima from noisy values: one step by hand, the exact minimum, and how many values it takes."""

import numpy as np
import pytest

from gridworld_agents.core.schedules import robbins_monro_conditions
from gridworld_agents.stochastic.perturbation import Gains, signs
from gridworld_agents.stochastic_approximation import kiefer_wolfowitz, spsa_minimise

BEST = np.array([1.0, -2.0])


def bowl(w, rng):
    return ((w - BEST) ** 2).sum() + rng.standard_normal()


def test_a_step_of_kiefer_wolfowitz_by_hand():
    found = kiefer_wolfowitz(lambda w, _: w**3, 2.0, step_size=0.1, difference=0.5, iterations=1)
    assert found.w == pytest.approx(2 - 0.1 * (2.5**3 - 1.5**3))
    assert found.values == 2
    found = kiefer_wolfowitz(lambda w, _: w[0] + 5 * w[1], [1, 1], step_size=0.1, difference=0.5, iterations=1)
    assert found.w == pytest.approx([0.9, 0.5])
    assert found.values == 4


def test_a_step_of_spsa_by_hand():
    delta = signs(np.random.default_rng(3), (2,))
    found = spsa_minimise(
        lambda w, _: w[0] + 5 * w[1], [1, 1], a=0.2, c=0.5, A=1, iterations=1, rng=np.random.default_rng(3)
    )
    slope = (delta[0] + 5 * delta[1]) * delta
    assert found.w == pytest.approx(1 - 0.2 / 2**0.602 * slope)
    assert found.step_sizes == pytest.approx([0.2 / 2**0.602])
    assert found.values == 2


def test_the_gains_meet_the_conditions():
    gains = Gains(0.5, 0.2, 10)
    assert gains.a(3) == pytest.approx(0.5 / 14**0.602)
    assert gains.c(3) == pytest.approx(0.2 / 4**0.101)
    assert robbins_monro_conditions(gains.step).met
    drawn = signs(np.random.default_rng(0), (10_000,))
    assert set(drawn) == {-1.0, 1.0}
    assert abs(drawn.mean()) < 0.04  # 4 standard deviations


@pytest.mark.parametrize(
    ("minimise", "arguments"),
    [
        (kiefer_wolfowitz, {}),
        (spsa_minimise, {"a": 0.5, "c": 0.5}),
        pytest.param(spsa_minimise, {"a": 1, "c": 1, "A": 50}, marks=pytest.mark.slow),
    ],
)
def test_the_minimum_of_a_noisy_bowl(minimise, arguments):
    found = [minimise(bowl, [0, 0], iterations=2000, rng=np.random.default_rng(s), **arguments) for s in range(10)]
    errors = [np.linalg.norm(run.averaged - BEST) for run in found]
    assert np.mean(errors) < 0.12
    assert not any(run.diverged for run in found)
    far = np.linalg.norm(BEST)
    assert np.mean([np.linalg.norm(run.w - BEST) for run in found]) < far / 8


def test_common_random_numbers_take_the_noise_out():
    runs = {
        common: [
            spsa_minimise(
                bowl, [0, 0], a=0.5, c=0.1, iterations=300, rng=np.random.default_rng(s), common_random_numbers=common
            )
            for s in range(10)
        ]
        for common in (True, False)
    }
    errors = {common: np.mean([np.linalg.norm(run.w - BEST) for run in found]) for common, found in runs.items()}
    assert errors[True] < 1e-3
    assert errors[False] > 0.1


def test_spsa_needs_fewer_values_in_many_dimensions():
    d = 50

    def wide(w, rng):
        return (w**2).sum() + 0.1 * rng.standard_normal()

    values = 4000
    errors = []
    for seed in range(5):
        start, steps = np.ones(d), "harmonic:0.25:1"
        kw = kiefer_wolfowitz(wide, start, step_size=steps, iterations=values // (2 * d), rng=rng_of(seed))
        spsa = spsa_minimise(wide, start, a=0.1, c=0.1, iterations=values // 2, rng=rng_of(seed))
        assert kw.values == spsa.values == values
        errors.append([np.linalg.norm(spsa.w), np.linalg.norm(kw.w)])
    ours, theirs = np.mean(errors, axis=0)
    assert ours < theirs / 3


def test_a_projection_holds():
    for minimise in (kiefer_wolfowitz, spsa_minimise):
        found = minimise(bowl, [0, 0], projection=([-1, -1], [0.5, 1]), iterations=500, rng=rng_of(0))
        assert found.trajectory.min() >= -1
        assert found.trajectory[:, 0].max() <= 0.5
        assert found.averaged == pytest.approx([0.5, -1], abs=0.2)


def test_divergence_is_said():
    found = kiefer_wolfowitz(lambda w, _: 100 * w**2, 1.0, step_size=1.0, difference=0.1)
    assert found.diverged  # beyond 1e15 the perturbation is lost in rounding
    assert 1e14 < abs(found.w) < 1e20
    assert len(found.trajectory) < 20
    assert spsa_minimise(lambda w, _: w**4, 3.0, a=10).diverged
    assert spsa_minimise(lambda w, _: 2.0 ** (10 * w**2), 30.0).diverged  # too large for a float


def test_same_seed_same_iterates():
    for minimise in (kiefer_wolfowitz, spsa_minimise):
        one, same, other = (minimise(bowl, [0, 0], iterations=50, rng=rng_of(s)).trajectory for s in (1, 1, 2))
        assert (one == same).all()
        assert (one != other).any()


@pytest.mark.parametrize(
    ("minimise", "arguments", "message"),
    [
        (kiefer_wolfowitz, {"difference": 0}, "difference must begin above 0, got 0"),
        (kiefer_wolfowitz, {"difference": "linear:1:0:10"}, "difference must stay above 0, got 'linear:1:0:10', which"),
        (spsa_minimise, {"a": 0}, "a must be a number above 0, got 0"),
        (spsa_minimise, {"c": "x"}, "c must be a number above 0, got 'x'"),
        (spsa_minimise, {"A": -1}, "A must be a number >= 0, got -1"),
        (spsa_minimise, {"iterations": 1.5}, "iterations must be an integer >= 0, got 1.5"),
        (spsa_minimise, {"f": lambda w, _: w}, r"the function must return a number, got an array of shape \(2,\)"),
    ],
)
def test_refused(minimise, arguments, message):
    with pytest.raises(ValueError, match=message):
        minimise(**{"f": bowl, "w": [0, 0]} | arguments)


def rng_of(seed):
    return np.random.default_rng(seed)
