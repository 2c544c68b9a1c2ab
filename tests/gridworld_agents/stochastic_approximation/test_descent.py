"""Stochastic, mini-batch and batch gradient descent: steps by hand, and the order of the book's Fig. 6.5."""

import numpy as np
import pytest

from gridworld_agents.stochastic_approximation import gradient_descent

SEEDS, ITERATIONS = 40, 30


def figure_6_5(batch_size, seed):
    """Return the distances from the mean of 100 samples in a square of side 20, from (-20, 20)."""
    rng = np.random.default_rng(seed)
    samples = rng.uniform(-10, 10, (100, 2))
    run = gradient_descent(samples, (-20, 20), batch_size=batch_size, iterations=ITERATIONS, rng=rng)
    return np.linalg.norm(run.trajectory - samples.mean(axis=0), axis=1)


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


def test_figure_6_5_larger_batches_get_closer():
    """The error after k steps of 1/k with batches of m is near that of a mean of m k samples, 8.16 / sqrt(m k).

    Its mean over 2 dimensions, averaged over k = 1..30, is 8.16 * 0.886 / 0.707 * 0.32 = 2.4, 1.1 and 0.33 for
    m = 1, 5, 50; over 40 seeds it is off by 5% (one standard deviation). The intervals are 20% wide on both sides.
    """
    paths = {m: np.mean([figure_6_5(m, seed) for seed in range(SEEDS)], axis=0) for m in (1, 5, 50, None)}
    k = np.arange(1, ITERATIONS + 1)
    for m in (1, 5, 50):
        expected = 20 / np.sqrt(12) * np.sqrt(np.pi / 2) / np.sqrt(m * k)
        assert paths[m][1:].mean() == pytest.approx(expected.mean(), rel=0.2)
    assert (paths[1][1:] > paths[5][1:]).all()
    assert (paths[5][1:] > paths[50][1:]).all()
    assert paths[None][1:].max() < 1e-12  # with all samples and a_1 = 1 the first step goes all the way


def test_far_away_every_batch_goes_straight_to_the_mean():
    """The book's convergence pattern: the direction's relative error is the spread over the distance."""
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
