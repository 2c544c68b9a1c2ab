"""Stochastic, mini-batch and batch gradient descent: steps by hand. Zhao's Fig. 6.5 is in examples/figures."""

import numpy as np
import pytest

from gridworld_agents.stochastic_approximation import gradient_descent


def test_steps_by_hand():
    found = gradient_descent([[1, 1], [3, 5]], [0, 0], batch_size=None, step_size=0.5, iterations=2)
    assert found.trajectory.tolist() == [[0, 0], [1, 1.5], [1.5, 2.25]]
    assert found.values == 4
    found = gradient_descent([7.0], 1.0, batch_size=3, step_size=0.5, iterations=1)
    assert (found.w, found.values) == (4, 3)


def test_a_gradient_of_ones_own():
    """Least squares: the rows (x, y) of y = 2 x are fitted by w = 2."""
    x = np.random.default_rng(0).uniform(1, 2, 50)
    found = gradient_descent(
        np.stack([x, 2 * x], axis=1),
        0.0,
        step_size=0.2,
        iterations=500,
        gradient=lambda w, batch: ((w * batch[:, 0] - batch[:, 1]) * batch[:, 0]).mean(),
        rng=np.random.default_rng(0),
    )
    assert found.w == pytest.approx(2, abs=1e-6)


def test_far_away_every_batch_goes_straight_to_the_mean():
    """Zhao's convergence pattern: the direction's relative error is the spread over the distance."""
    samples = np.random.default_rng(0).uniform(-10, 10, (100, 2))
    start = np.array([-2000.0, 2000.0])
    run = gradient_descent(samples, start, batch_size=1, step_size=0.1, iterations=1, rng=np.random.default_rng(0))
    step, straight = run.w - start, samples.mean(axis=0) - start
    assert step @ straight / np.linalg.norm(step) / np.linalg.norm(straight) > 0.9999


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"samples": []}, r"samples must have shape \(N,\) or \(N, d\)"),
        ({"batch_size": 0}, "batch_size must be an integer >= 1, got 0"),
        ({"w": [0, 0, 0]}, "the gradient must have the shape of w|broadcast"),
        ({"step_size": -1}, "step_size must be at least 0, got -1"),
        ({"gradient": lambda w, _: w[0]}, r"the gradient must have the shape of w, \(2,\), got \(\)"),
    ],
)
def test_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        gradient_descent(**{"samples": [[1, 2], [3, 4]], "w": [0, 0]} | arguments)
