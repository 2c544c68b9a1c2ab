"""The agent robbins-monro: an update by hand, the exact optimum, its rate of convergence, and what it leaves alone."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_agents.stochastic_approximation import convergence_rate
from gridworld_env import TabularMDP, oracle

SMALL = ["S.F", "..T"]
SEEDS = range(16)


def slippery():
    return gym.make("GridWorld-v0", layout=SMALL, slip=0.3)


def make(env=None, *, seed=0, **arguments):
    return ga.make("robbins-monro", env or slippery(), seed=seed, **arguments)


@pytest.mark.parametrize("terminated", [False, True])
def test_two_updates_by_hand(terminated):
    agent = make(gym.make("FrozenLake-v1"), alpha=0.5, gamma=0.9, forgetting=2)
    memory = agent.memory
    memory.q[0, 1] = 10
    memory.q[2] = [1, 7, 2, 3]
    follows = 0 if terminated else 0.9 * 7
    first = 10 - 0.5 * (10 - (3 + follows))
    second = first - 0.5 * (first - (1 + follows))
    for r in (3.0, 1.0):
        observe(agent, 0, 1, r, 2, -1, terminated, False)
    assert memory.q[0, 1] == pytest.approx(second, abs=1e-14)
    assert memory.average[0, 1] == pytest.approx(first + 3 / 4 * (second - first), abs=1e-14)  # (f + 1) / (2 + f)
    assert (memory.visits.sum(), memory.visits[0, 1], memory.steps[0]) == (2, 2, 2)


def test_without_forgetting_the_average_is_the_plain_mean():
    agent = make(alpha=0.3, gamma=0.9, forgetting=0, order="turn")
    iterates = [agent.learn(30, reset_num_timesteps=False).q_values for _ in range(20)]  # 6 states, 5 actions
    assert np.allclose(agent.averaged_q_values, np.mean(iterates, axis=0), atol=1e-14)


def test_pairs_come_in_turn_or_at_random():
    agent = make(order="turn").learn(47)
    assert (agent.visits.reshape(-1) == [2] * 17 + [1] * 13).all()
    agent.learn(13, reset_num_timesteps=False)
    assert (agent.visits == 2).all()
    agent = make(order="random").learn(30_000)
    assert np.abs(agent.visits - 1000).max() < 4.5 * np.sqrt(1000)  # a false alarm in 5000 seeds
    assert len(set(agent.visits.reshape(-1))) > 5


@pytest.mark.parametrize("order", ["turn", "random"])
@pytest.mark.parametrize("arguments", [{}, {"continuing": True}, {"reward_forbidden": -10}])
def test_the_exact_optimum_of_a_deterministic_world(order, arguments):
    env = gym.make("GridWorld-v0", **arguments)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = make(env, alpha=1, gamma=0.9, order=order).learn(125 * 400)
    assert np.abs(agent.q_values - best.q).max() < 1e-6


@pytest.mark.parametrize(
    ("env_id", "arguments"), [("GridWorld-v0", {"slip": 0.2}), ("FrozenLake-v1", {}), ("CliffWalking-v1", {})]
)
def test_the_optimum_of_stochastic_worlds(env_id, arguments):
    env = gym.make(env_id, **arguments)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = make(env, gamma=0.9).learn(3_000_000)
    scale = np.abs(best.q).max()
    assert np.abs(agent.q_values - best.q).max() < 0.06 * scale  # over 5 seeds it is below 0.04
    assert np.abs(agent.averaged_q_values - best.q).max() < 0.03 * scale
    assert agent.conditions.met


def test_the_rates_of_convergence_and_that_averaging_improves_them():
    """Theory: errors fall like n^-0.3 with steps n^-0.6, and like n^-0.5 averaged. 16 seeds; one rate is off by 0.07.

    The mean of 16 is off by 0.018, and the intervals of 0.1 leave room for terms of higher order too. The averaged
    error in the end is 0.010 +- 0.003 against 0.036 +- 0.008: its mean is less than half by 7 standard deviations.
    """
    found = [convergence_rate(make(seed=s, gamma=0.5), 600_000) for s in SEEDS]
    assert found[0].samples[[0, -1]].tolist() == [6000, 600_000]
    assert np.mean([one.rate for one in found]) == pytest.approx(-0.3, abs=0.1)
    assert np.mean([one.averaged_rate for one in found]) == pytest.approx(-0.5, abs=0.1)
    last, averaged = np.mean([(one.errors[-1], one.averaged_errors[-1]) for one in found], axis=0)
    assert averaged < last / 2


def test_the_rate_of_any_agent_with_values():
    agent = ga.make("q-learning", slippery(), seed=0, alpha="visits", gamma=0.5, epsilon=1)
    found = convergence_rate(agent, 20_000, first=1000, points=5)
    assert found.samples.tolist() == [1000, 2115, 4472, 9457, 20_000]
    assert agent.num_timesteps == 20_000
    assert found.averaged_errors is None
    assert np.isnan(found.averaged_rate)
    assert found.errors.shape == (5,)
    with pytest.raises(ValueError, match="first must be less than total_timesteps, 10, got 10"):
        convergence_rate(agent, 10, first=10)


@pytest.mark.parametrize("order", ["turn", "random"])
def test_same_seed_same_table(order):
    tables = [make(seed=seed, order=order).learn(5000).q_values for seed in (1, 1, 2)]
    assert (tables[0] == tables[1]).all()
    assert (tables[0] != tables[2]).any()


@pytest.mark.parametrize("order", ["turn", "random"])
def test_saved_and_loaded_it_goes_on_to_the_same_bits(order, tmp_path):
    whole = make(seed=5, order=order).learn(3000)
    agent = make(seed=5, order=order)
    for steps in (1, 701, 1298, 1000):
        agent.learn(steps, reset_num_timesteps=False).save(tmp_path / "a.zip")
        agent = ga.load(tmp_path / "a.zip", slippery())
    assert agent.num_timesteps == 3000
    for one, other in zip(agent.memory, whole.memory, strict=True):
        assert (one == other).all()
    assert agent.rng.bit_generator.state == whole.rng.bit_generator.state
    assert agent.compiled
    assert not ga.load(tmp_path / "a.zip").compiled
    with pytest.raises(ValueError, match="no environment to learn on"):
        ga.load(tmp_path / "a.zip").learn(10)


def test_the_environment_is_left_alone():
    env = slippery()
    env.reset(seed=3)
    env.step(1)
    before = env.unwrapped.state, env.unwrapped.np_random.bit_generator.state
    agent = make(env).learn(1000).learn(1000)
    assert agent.num_timesteps == 1000
    assert agent.memory.steps[0] == 2000
    assert (env.unwrapped.state, env.unwrapped.np_random.bit_generator.state) == before
    fresh = slippery()
    make(fresh).learn(100)
    assert fresh.unwrapped._np_random is None


def test_it_acts_greedily():
    agent = make().learn(30_000)
    actions, _ = agent.predict(np.arange(6))
    assert (agent.policy[np.arange(6), actions] > 0).all()  # in the target, where all are tied, any will do
    agent.q_values[:] = 0
    agent.averaged_q_values[:] = 0
    assert agent.q_values.any()
    assert agent.averaged_q_values.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": 0}, r"alpha must be in \(0, 1\], got 0"),
        ({"gamma": 1.5}, r"gamma must be in \[0, 1\], got 1.5"),
        ({"order": "turns"}, "order must be one of 'turn', 'random', got 'turns'; did you mean 'turn'"),
        ({"forgetting": -1}, "forgetting must be >= 0, got -1"),
        ({"initial_value": np.inf}, "initial_value must be a finite number"),
        ({"epsilon": 0.1}, "robbins-monro has no hyper-parameter 'epsilon'"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (lambda: gym.make("Blackjack-v1"), "has no exact model"),
        (lambda: gym.make("CartPole-v1"), "keeps a table and needs Discrete observations"),
        (lambda: gym.make("GridWorld-v0", observation="grid"), "keeps a table and needs Discrete observations"),
        (lambda: gym.wrappers.TransformReward(slippery(), lambda r: 2 * r), "the wrapper TransformReward may change"),
        (lambda: gym.make("GridWorld/Random-v0", num_layouts=3, observation="position"), "must|tell the state"),
    ],
)
def test_environments_that_it_cannot_learn_on_are_refused(env, message):
    with pytest.raises(ValueError, match=message):
        make(env())
