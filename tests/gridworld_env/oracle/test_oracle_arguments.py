import subprocess
import sys

import numpy as np
import pytest

from gridworld_env import oracle


@pytest.fixture
def mdp(models):
    return models.random_mdp(0)


@pytest.mark.parametrize("gamma", [-0.1, 1.1, float("nan"), float("inf"), "0.9", None, True, [0.9]])
def test_gamma(mdp, gamma):
    uniform = np.full((6, 3), 1 / 3)
    for ask in (
        lambda: oracle.optimal(mdp, gamma),
        lambda: oracle.evaluate(mdp, uniform, gamma),
        lambda: oracle.epsilon_optimal(mdp, gamma, 0.1),
        lambda: oracle.finite_horizon(mdp, gamma, 3),
        lambda: oracle.bellman_residual(mdp, np.zeros(6), gamma),
    ):
        with pytest.raises(ValueError, match=r"gamma must be a number in \[0, 1\], got"):
            ask()


@pytest.mark.parametrize("epsilon", [-0.1, 1.5, float("nan"), "half"])
def test_epsilon(mdp, epsilon):
    with pytest.raises(ValueError, match=r"epsilon must be a number in \[0, 1\], got"):
        oracle.epsilon_optimal(mdp, 0.9, epsilon)


@pytest.mark.parametrize("horizon", [-1, 2.5, "3", None])
def test_horizon(mdp, horizon):
    with pytest.raises(ValueError, match="horizon must be an integer >= 0, got"):
        oracle.finite_horizon(mdp, 0.9, horizon)


@pytest.mark.parametrize("tolerance", [0, -1e-9, float("nan"), "tight"])
def test_tolerance(mdp, tolerance):
    with pytest.raises(ValueError, match="tolerance must be a finite number > 0, got"):
        oracle.optimal(mdp, 0.9, tolerance=tolerance)


def test_max_iterations(mdp):
    with pytest.raises(ValueError, match="max_iterations must be an integer >= 1, got 0"):
        oracle.optimal(mdp, 0.9, max_iterations=0)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (np.zeros(6, int), r"policy must have shape \(S, A\) = \(6, 3\), got \(6,\); .*numpy.eye"),
        (np.full((6, 2), 0.5), r"got \(6, 2\)"),
        (np.full((6, 3), 0.25), "row of policy must sum to 1, got 0.75 in state 0; divide"),
        (np.tile([1.5, -0.5, 0], (6, 1)), "policy must hold probabilities >= 0, got -0.5 in state 0, action 1"),
        (np.full((6, 3), np.nan), "probabilities >= 0, got nan"),
        ("greedy", "policy must be an array of numbers"),
    ],
)
def test_policy(mdp, policy, message):
    for ask in (oracle.evaluate, oracle.stationary_distribution):
        arguments = (mdp, policy, 0.9) if ask is oracle.evaluate else (mdp, policy)
        with pytest.raises(ValueError, match=message):
            ask(*arguments)


def test_values(mdp):
    with pytest.raises(ValueError, match=r"v must have shape \(S,\) = \(6,\).*got \(5,\)"):
        oracle.bellman_residual(mdp, np.zeros(5), 0.9)
    with pytest.raises(ValueError, match=r"epsilon must be 0 beside a policy, got 0\.1"):
        oracle.bellman_residual(mdp, np.zeros(6), 0.9, policy=np.full((6, 3), 1 / 3), epsilon=0.1)


def test_an_environment_is_no_model():
    with pytest.raises(TypeError, match=r"mdp must be a TabularMDP, got str; TabularMDP.from_env"):
        oracle.optimal("FrozenLake-v1", 0.9)


def test_importing_is_light():
    code = "import sys, gridworld_env.oracle; print([m for m in ('numba', 'scipy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
