"""Larger models: the sweeping solvers, threads, and no dense matrices."""

import resource
import time

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import oracle
from gridworld_env.common import parallel
from gridworld_env.oracle import iteration, linear


@pytest.fixture(scope="module")
def world(models):
    return models.grid(150, 150)


@pytest.fixture
def _swept(monkeypatch):
    """Have everything swept, nothing factorised."""
    monkeypatch.setattr(iteration, "EXACT_LIMIT", 0)
    monkeypatch.setattr(linear, "ALWAYS_DIRECT", 0)
    monkeypatch.setattr(linear, "DIRECT_LIMIT", 0)


@pytest.mark.parametrize(("gamma", "epsilon"), [(0.5, 0.0), (0.99, 0.0), (0.9, 0.2), (1.0, 0.3)])
def test_sweeping_and_factorising_agree(models, monkeypatch, gamma, epsilon):
    mdp = models.grid(40, 40, step=-0.01)
    exact = oracle.epsilon_optimal(mdp, gamma, epsilon)
    for name in ("ALWAYS_DIRECT", "DIRECT_LIMIT"):
        monkeypatch.setattr(linear, name, 0)
    rough = oracle.epsilon_optimal(mdp, gamma, epsilon, tolerance=1e-9)
    assert rough.residual <= 1e-9
    np.testing.assert_allclose(rough.v, exact.v, atol=1e-6)
    policy = exact.policy
    np.testing.assert_allclose(oracle.evaluate(mdp, policy, gamma), exact.v, atol=1e-6)


@pytest.mark.usefixtures("_swept")
def test_sweeping_total_rewards(models):
    mdp = models.grid(30, 30, slip=0.0, step=-1.0, forbidden=0.0, walls=0.0)
    target = 15 * 30 + 10
    row, column = np.divmod(np.arange(900), 30)
    steps = np.abs(row - 15) + np.abs(column - 10)
    best = oracle.optimal(mdp, gamma=1.0)
    away = np.arange(900) != target
    np.testing.assert_allclose(best.v[away], 2.0 - steps[away], atol=1e-8)


@pytest.mark.usefixtures("_swept")
def test_sweeping_the_stationary_distribution(models):
    mdp = models.grid(30, 30)
    policy = np.full((900, 4), 0.25)
    share = oracle.stationary_distribution(mdp, policy)
    P, _ = models.dense_chain(mdp, policy)
    P += np.outer(1 - P.sum(axis=1), mdp.initial)
    np.testing.assert_allclose(share @ P, share, atol=1e-8)


@pytest.mark.parametrize("epsilon", [0.0, 0.1])
def test_the_number_of_threads_does_not_matter(world, monkeypatch, epsilon):
    answers = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(parallel, "num_threads", lambda threads=threads: threads)
        answers.append(oracle.epsilon_optimal(world, 0.95, epsilon, tolerance=1e-9))
    assert len(parallel.blocks(world.num_states)) > 1
    for other in answers[1:]:
        assert other.residual == answers[0].residual
        for name in ("v", "q", "policy"):
            np.testing.assert_array_equal(getattr(other, name), getattr(answers[0], name))


def test_a_grid_of_90_000_states_is_quick(models):
    """A dense matrix of it would take 65 GB."""
    mdp = models.grid(300, 300)
    begin = time.perf_counter()
    best = oracle.optimal(mdp, gamma=0.95)
    assert best.residual <= 1e-10
    v = oracle.evaluate(mdp, best.policy, gamma=0.95)
    np.testing.assert_allclose(v, best.v, atol=1e-8)
    assert time.perf_counter() - begin < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000


def test_what_cannot_be_reached_is_said(world):
    with pytest.raises(RuntimeError, match=r"residual stays at .*max_iterations"):
        oracle.optimal(world, gamma=0.9999, max_iterations=1)


@pytest.mark.parametrize("gamma", [0.99, 0.9999])
def test_a_long_way_through_a_maze(gamma):
    """From the start it is -(1 - gamma^n) / (1 - gamma) with the number n of steps that gamma 1 counts."""
    mdp = gym.make("GridWorld/Maze-v0", size=101).unwrapped.mdp
    steps = -oracle.optimal(mdp, gamma=1).v[mdp.initial > 0]
    best = oracle.optimal(mdp, gamma=gamma)
    assert best.residual < 1e-9
    assert best.v[mdp.initial > 0] == pytest.approx(-(1 - gamma**steps) / (1 - gamma), rel=1e-12)
