"""Planning agents: sweeps by hand, agreement with the oracle, what is between value and policy iteration."""

import itertools

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.algorithms.planning.policy_iteration import policy_iteration
from gridworld_agents.algorithms.planning.truncated_policy_iteration import truncated_policy_iteration
from gridworld_agents.algorithms.planning.value_iteration import value_iteration
from gridworld_agents.evaluation.judge import Judge
from gridworld_env import TabularMDP, oracle

IDS = ["value-iteration", "policy-iteration", "truncated-policy-iteration"]
WORLDS = [
    ("GridWorld-v0", {}, 0.9),
    ("GridWorld-v0", {"continuing": True}, 0.9),
    ("GridWorld-v0", {"slip": 0.3, "reward_forbidden": -10}, 0.99),
    ("GridWorld/FourRooms-v0", {}, 0.95),
    ("GridWorld/Cliff-v0", {}, 0.99),
    ("GridWorld/Cliff-v0", {}, 1.0),
    ("GridWorld/Windy-v0", {"stochastic_wind": True}, 0.99),
    ("GridWorld/Maze-v0", {}, 0.99),
    ("GridWorld/DeepSea-v0", {}, 0.99),
    ("GridWorld/RandomWalk-v0", {}, 1.0),
    ("FrozenLake-v1", {}, 0.99),
    ("FrozenLake-v1", {}, 1.0),
    ("CliffWalking-v1", {}, 0.99),
    ("Taxi-v4", {}, 0.99),
]


def take(iterator, n):
    return list(itertools.islice(iterator, n))


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize(("env_id", "arguments", "gamma"), WORLDS)
def test_they_agree_with_the_oracle(id_, env_id, arguments, gamma):
    env = gym.make(env_id, **arguments)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=gamma)
    agent = ga.make(id_, env, gamma=gamma).learn(30_000)
    assert agent.converged
    finite = np.isfinite(best.v)
    assert np.abs(agent.values - best.v)[finite].max() < 1e-9
    assert np.abs(agent.q_values - best.q)[finite & np.isfinite(best.q).all(axis=1)].max() < 1e-9
    assert Judge(env, gamma).gap(agent) < 1e-9


def test_sweeps_by_hand():
    """From `ST`, to the right ends with 1, a bump costs 1, staying nothing; the target's own row is never visited."""
    mdp = gym.make("GridWorld-v0", layout="S.T").unwrapped.mdp
    zero, one, two, three = take(value_iteration(mdp, 0.5), 4)
    assert zero.v.tolist() == [0, 0, 0]
    assert zero.residual == np.inf
    assert one.v[:2].tolist() == [0, 1]
    assert (one.k, one.residual) == (1, 1)
    assert two.v[:2].tolist() == [0.5, 1]
    assert two.choice[:2].tolist() == [1, 1]
    assert three.residual == 0


def test_policy_iteration_by_hand():
    """The first policy is greedy in 0: it goes up or stays in the first cell, and to the right in the second."""
    mdp = gym.make("GridWorld-v0", layout="S.T", actions="cardinal").unwrapped.mdp
    zero, one, two, three = take(policy_iteration(mdp, 0.5), 4)
    assert zero.choice[:2].tolist() == [1, 1]
    assert one.v[:2].tolist() == [0.5, 1]
    assert (two.v == one.v).all()
    assert two.residual == three.residual == 0


def test_the_residual_of_value_iteration_shrinks_by_gamma():
    mdp = gym.make("GridWorld-v0", slip=0.2, continuing=True).unwrapped.mdp
    residuals = [one.residual for one in take(value_iteration(mdp, 0.8), 60)][1:]
    assert all(after <= 0.8 * before + 1e-15 for before, after in itertools.pairwise(residuals))


def test_truncation_lies_between_value_and_policy_iteration():
    """Zhao 2025, section 4.3: after as many improvements, more sweeps leave values nearer to the optimum."""
    mdp = gym.make("GridWorld-v0", slip=0.1, continuing=True).unwrapped.mdp
    best = oracle.optimal(mdp, gamma=0.95).v
    one, other = take(truncated_policy_iteration(mdp, 0.95, sweeps=1), 9), take(value_iteration(mdp, 0.95), 9)
    assert all((a.v == b.v).all() and (a.choice == b.choice).all() for a, b in zip(one, other, strict=True))
    start = np.full(25, -100.0)  # below the optimum, so that values rise to it
    errors = [
        np.abs(take(truncated_policy_iteration(mdp, 0.95, sweeps=n, v=start), 6)[-1].v - best).max()
        for n in (1, 5, 20, 3_000)
    ]
    assert errors == sorted(errors, reverse=True)
    exact = next(i for i in take(policy_iteration(mdp, 0.95), 30) if np.abs(i.v - best).max() < 1e-9)
    many = take(truncated_policy_iteration(mdp, 0.95, sweeps=3_000), exact.k + 2)[-1]
    assert np.abs(many.v - best).max() < 1e-9


@pytest.mark.parametrize("id_", IDS)
def test_iterates_are_kept_and_told(id_):
    agent = ga.make(id_, gym.make("GridWorld-v0", slip=0.1), gamma=0.9, keep=3).learn(10)
    assert [one.k for one in agent.iterates] == [agent.iterates[-1].k - 2 + i for i in range(3)]
    assert len(agent.residuals) == agent.iterates[-1].k
    assert (agent.iterates[-1].v == agent.values).all()
    assert agent.num_timesteps == 10


@pytest.mark.parametrize("id_", IDS)
def test_what_is_saved_goes_on_to_the_same_bits(id_, tmp_path):
    env = gym.make("GridWorld/FourRooms-v0")
    whole = ga.make(id_, env).learn(40)
    ga.make(id_, env).learn(15).save(tmp_path / "a.zip")
    with pytest.raises(ValueError, match="pass one to load"):
        ga.load(tmp_path / "a.zip").learn(1)
    again = ga.load(tmp_path / "a.zip", env).learn(25, reset_num_timesteps=False)
    np.testing.assert_array_equal(again.q_values, whole.q_values)
    assert (again.residuals, again.num_timesteps) == (whole.residuals, 40)
    assert (again.policy == whole.policy).all()
    agents = ga.load(tmp_path / "a.zip")
    assert agents.predict(np.arange(5), deterministic=True)[0].shape == (5,)
    with pytest.raises(ValueError, match="env must have the spaces"):
        ga.load(tmp_path / "a.zip", gym.make("GridWorld-v0"))


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize(
    ("env", "arguments", "message"),
    [
        (("CartPole-v1", {}), {}, "needs Discrete observations"),
        (("Blackjack-v1", {}), {}, "model"),
        (("GridWorld-v0", {"observation": "local"}), {}, "needs Discrete observations"),
        (("GridWorld-v0", {"continuing": True}), {"gamma": 1}, "gamma must be below 1 on a continuing task, got 1"),
        (("GridWorld-v0", {}), {"gamma": 1.5}, r"gamma must be in \[0, 1\], got 1.5"),
        (("GridWorld-v0", {}), {"tolerance": 0}, "tolerance must be > 0, got 0"),
        (("GridWorld-v0", {}), {"keep": -1}, "keep must be an integer >= 0, got -1"),
        (("GridWorld-v0", {}), {"gama": 1}, "did you mean 'gamma'"),
    ],
)
def test_what_cannot_be_planned_is_refused(id_, env, arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make(id_, gym.make(env[0], **env[1]), **arguments)


def test_functions_refuse_what_is_out_of_range():
    mdp = gym.make("GridWorld-v0").unwrapped.mdp
    for bad, message in (
        (lambda: next(value_iteration(mdp, 2)), "gamma must be in"),
        (lambda: next(value_iteration(mdp, 0.9, v=[0.0])), "v must be 25 finite numbers"),
        (lambda: next(value_iteration(mdp, 0.9, v=np.full(25, np.nan))), "v must be 25 finite numbers"),
        (lambda: next(truncated_policy_iteration(mdp, 0.9, sweeps=0)), "sweeps must be an integer >= 1"),
    ):
        with pytest.raises(ValueError, match=message):
            bad()
