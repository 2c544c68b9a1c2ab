"""Incremental mean estimation: by hand, and the weights that samples have."""

import numpy as np
import pytest

from gridworld_agents.stochastic_approximation import mean_estimation


def test_by_hand():
    found = mean_estimation([1, 2, 6, 7])
    assert found.w == 4
    assert found.trajectory.tolist() == [[0], [1], [1.5], [3], [4]]
    assert found.step_sizes.tolist() == [1, 1 / 2, 1 / 3, 1 / 4]
    assert np.allclose(found.weights, [0, 1 / 4, 1 / 4, 1 / 4, 1 / 4], atol=1e-15)
    fading = mean_estimation([1, 2], step_size=0.5, initial=8)
    assert fading.trajectory.ravel().tolist() == [8, 4.5, 3.25]
    assert fading.weights.tolist() == [0.25, 0.25, 0.5]


@pytest.mark.parametrize("step_size", [0.1, "visits", "visits:1:0:0.7", "harmonic:5:10", "linear:0.5:0:100"])
def test_the_estimate_is_the_weighted_sum(step_size):
    x = np.random.default_rng(0).normal(size=(200, 3))
    found = mean_estimation(x, step_size=step_size, initial=[1, 2, 3])
    assert found.trajectory.shape == (201, 3)
    assert found.weights.sum() == pytest.approx(1)
    assert np.allclose(found.w, found.weights[0] * np.array([1, 2, 3]) + found.weights[1:] @ x)


def test_reciprocal_steps_make_the_mean_whatever_the_start():
    x = np.random.default_rng(0).normal(size=1000)
    for initial in (0, 1e6):
        assert mean_estimation(x, initial=initial).w == pytest.approx(x.mean(), abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": []}, r"x must have shape \(N,\) or \(N, d\) with N, d >= 1, got \(0,\)"),
        ({"x": [1, np.nan]}, "x must be finite numbers"),
        ({"x": ["a"]}, "x must be finite numbers"),
        ({"x": [1], "step_size": -1}, "step_size must be at least 0, got -1"),
        ({"x": [1], "step_size": 0}, "step_size must begin above 0, got 0"),
        ({"x": [[1, 2]], "initial": [1, 2, 3]}, r"initial must be a number or have the shape of a sample, \(2,\)"),
        ({"x": [1, -1] * 1000, "step_size": 3}, r"the estimate diverges: step_size must stay in \(0, 2\), got 3"),
    ],
)
def test_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        mean_estimation(**arguments)
