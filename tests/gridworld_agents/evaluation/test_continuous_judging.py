"""Judging where states cannot be counted: against Riccati's values, closed forms and plain loops."""

import math

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.evaluation.continuous_judge import ContinuousJudge, continuous_judge_for, linearised_gain
from gridworld_env import oracle

GAMMA, STEPS = 0.95, 100


class Linear:
    """The policy u = offset - gain x; with `bent`, its hyperbolic tangent, which has the same slope at 0."""

    def __init__(self, gain, offset=0.0, *, bent=False):
        self.gain, self.offset, self.bent = np.asarray(gain), offset, bent

    def predict(self, observation, state=None, episode_start=None, deterministic=True):  # noqa: ARG002
        u = -np.asarray(observation, np.float64) @ self.gain.T
        return (np.tanh(u) if self.bent else u) + self.offset, state


def system(**arguments):
    return gym.make("LinearQuadratic-v0", **arguments)


@pytest.mark.parametrize(("env_id", "slack"), [("LinearQuadratic-v0", 0.0), ("ContinuousGridWorld-v0", 0.01)])
def test_the_optimum_loses_nothing(env_id, slack):
    """Fixed seed; by chance 4 standard errors are exceeded once in 16,000. A fine grid's policy loses by its mesh."""
    judge = ContinuousJudge(gym.make(env_id), 0.99)
    judged = judge.judge(judge.best, 200, seed=0)
    assert abs(judged.gap) < 4 * judged.gap_error + slack
    assert abs(judged.value - judge.optimum) < 4 * judged.value_error + slack
    assert judged.gap_error < judged.value_error / 10
    assert (judge.error > 0) == (env_id == "ContinuousGridWorld-v0")


def start_loss(env, gain):
    """Return what a gain loses within the time limit, in the mean: backward from the optimum's value at its end."""
    best, world = oracle.linear_quadratic(env, GAMMA), env.unwrapped.world
    P, c, held = best.P, best.c, world.A - world.B @ gain
    for _ in range(STEPS):
        c = GAMMA * (np.sum(P * world.covariance) + c)
        P = world.Q + gain.T @ world.R @ gain + GAMMA * held.T @ P @ held
    width = world.high - world.low
    return np.diag(P - best.P) @ width**2 / 12 + c - best.c


def test_what_a_gain_loses_is_what_algebra_says():
    env, gain = system(), np.array([[0.2, 0.6]])
    judged = ContinuousJudge(env, GAMMA).judge(Linear(gain), 400, seed=1)
    exact = start_loss(env, gain)
    assert exact > 10 * judged.gap_error
    assert abs(judged.gap - exact) < 4 * judged.gap_error


def test_without_noise_every_episode_tells_it_exactly():
    """x' (P - P*) x at the start, for the gain's P over the steps that are played."""
    env, gain, x = system(noise=0.0, start=[[0.5, -0.5], [0.5, -0.5]]), np.array([[0.2, 0.6]]), np.array([0.5, -0.5])
    judge = ContinuousJudge(env, GAMMA)
    judged = judge.judge(Linear(gain), 3, seed=0)
    over, end = oracle.evaluate_gain(env, gain, GAMMA, horizon=STEPS), x
    for _ in range(STEPS):
        end = (env.unwrapped.world.A - env.unwrapped.world.B @ gain) @ end
    value = over.value(x) + GAMMA**STEPS * judge.best.value(end)
    assert judged.value == pytest.approx(value, rel=1e-5)
    assert judged.gap == pytest.approx(judge.best.value(x) - value, rel=1e-4)
    assert judged.gap_error < 1e-9
    assert math.isnan(judge.judge(Linear(gain), 1, seed=0).gap_error)


def test_nothing_follows_an_end():
    """The target pays on arrival; a loop by hand gives the same value."""
    env = gym.make("ContinuousGridWorld-v0", layout=["S.T"], noise=0.0)
    judge = ContinuousJudge(env, 0.9)
    judged = judge.judge(judge.best, 5, seed=3)
    values, steps = [], []
    for episode in range(5):
        seen, _ = env.reset(seed=3 if episode == 0 else None)
        total, t, over = 0.0, 0, False
        while not over:
            seen, r, terminated, truncated, _ = env.step(judge.best.predict(seen)[0])
            total, t, over = total + 0.9**t * r, t + 1, terminated or truncated
        assert terminated
        values.append(total)
        steps.append(t)
    assert judged.value == pytest.approx(np.mean(values), rel=1e-12)
    assert judged.played.lengths == tuple(steps)


def test_worse_agents_have_larger_gaps():
    judge = ContinuousJudge(gym.make("ContinuousGridWorld-v0"), 0.99)
    random = judge.judge(ga.make("random", judge.env, seed=0), 20, seed=0)
    assert random.gap > 5
    assert random.value + random.gap == pytest.approx(judge.optimum, abs=4 * random.value_error)


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(TypeError, match="has no known optimum"):
        ContinuousJudge(gym.make("Pendulum-v1"), 0.99)
    with pytest.raises(ValueError, match="another environment: the wrapper ClipAction may change"):
        ContinuousJudge(gym.wrappers.ClipAction(system()), 0.99)
    costly = type("Costly", (type(system().unwrapped),), {"step": lambda self, action: self.step(action)})
    with pytest.raises(ValueError, match="Costly"):
        ContinuousJudge(costly(), 0.99)
    with pytest.raises(ValueError, match="at gamma 1 noise costs for ever"):
        ContinuousJudge(system(), 1.0)
    assert continuous_judge_for(gym.make("GridWorld-v0"), object()) is None
    judge = continuous_judge_for(system(), ga.make("spsa", system(), seed=0, gamma=0.9))
    assert judge.gamma == 0.9


def test_the_gain_of_the_optimum_is_the_optimums():
    env = system()
    found = linearised_gain(oracle.linear_quadratic(env, 0.99), env)
    assert found.gain == pytest.approx(found.exact, abs=1e-5)
    assert found.distance < 1e-4
    assert found.at_zero == pytest.approx([0.0])


def test_the_jacobian_of_any_policy():
    """Two actions, an offset, and a policy that is linear only near 0, where central differences err by step^2."""
    env = system(A=np.eye(3) * 0.9, B=np.ones((3, 2)) * [1, 2], Q=np.eye(3), R=np.eye(2))
    gain = np.array([[0.5, -1.0, 0.25], [0.0, 2.0, -0.5]])
    found = linearised_gain(Linear(gain, 0.125, bent=True), env, gamma=0.9)
    assert found.gain == pytest.approx(gain, abs=2e-3)
    assert found.at_zero == pytest.approx([0.125, 0.125])
    exact = oracle.linear_quadratic(env, 0.9).gain
    assert found.distance == pytest.approx(np.linalg.norm(gain - exact) / np.linalg.norm(exact), rel=1e-2)


def test_the_gain_of_an_agent_with_an_environment_of_its_own():
    agent = ga.make("spsa", system(), seed=0, gamma=0.9)
    assert linearised_gain(agent).exact == pytest.approx(oracle.linear_quadratic(system(), 0.9).gain)
    for arguments, error, said in (
        ((Linear(np.ones((1, 2))),), ValueError, "pass env"),
        ((agent, gym.make("Pendulum-v1")), TypeError, "must be a linear system"),
    ):
        with pytest.raises(error, match=said):
            linearised_gain(*arguments)
    with pytest.raises(ValueError, match="step must be > 0, got 0"):
        linearised_gain(agent, step=0)
