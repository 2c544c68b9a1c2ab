"""What every tabular agent does, whichever its algorithm."""

import dataclasses

import gymnasium as gym
import numpy as np
import pytest
from numba import njit

import gridworld_agents as ga
from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning
from gridworld_agents.core.compiling import kernel


def table_of(agent):
    """Return what it has learned: q, or v of an agent that keeps no q."""
    return agent.q_values if hasattr(agent, "q_values") else agent.values


def test_same_seed_same_table(tabular_id):
    tables = [
        table_of(ga.make(tabular_id, gym.make("GridWorld-v0", slip=0.1), seed=seed).learn(5000)) for seed in (1, 1, 2)
    ]
    assert (tables[0] == tables[1]).all()
    assert (tables[0] != tables[2]).any()


def test_without_a_seed_runs_differ(tabular_id):
    tables = [table_of(ga.make(tabular_id, gym.make("GridWorld-v0", slip=0.1)).learn(5000)) for _ in range(2)]
    assert (tables[0] != tables[1]).any()


def test_global_random_numbers_are_neither_used_nor_moved(tabular_id):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - to see that it stays
    ga.make(tabular_id, gym.make("GridWorld-v0"), seed=0).learn(1000).predict(np.arange(25))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_tables_have_their_shapes_and_are_copies(control_id):
    agent = ga.make(control_id, gym.make("GridWorld-v0"), seed=0, initial_value=2.5)
    assert (agent.q_values == 2.5).all()
    assert np.allclose(agent.policy, 0.2)
    agent.learn(1000)
    assert agent.q_values.shape == agent.policy.shape == agent.visits.shape == (25, 5)
    assert agent.q_values.dtype == agent.policy.dtype == agent.values.dtype == np.float64
    assert agent.visits.dtype == np.int64
    assert (agent.values == agent.q_values.max(axis=1)).all()
    assert np.allclose(agent.policy.sum(axis=1), 1)
    assert 0 < agent.visits.sum() <= 1000
    agent.q_values[:] = 7
    assert (agent.q_values != 7).any()


def test_the_policy_is_uniform_over_exact_ties():
    agent = ga.make("q-learning", gym.make("FrozenLake-v1"), seed=0)
    agent.memory.q[3] = [1, 2, 2, 0]
    assert agent.policy[3].tolist() == [0, 0.5, 0.5, 0]
    assert agent.predict(3, deterministic=True)[0] == 1


def test_predictions_single_and_batched(tabular_id):
    env = gym.make("GridWorld-v0")
    agent = ga.make(tabular_id, env, seed=0).learn(2000)
    actions, state = agent.predict(np.arange(25), state="kept", deterministic=True)
    assert state == "kept"
    assert actions.shape == (25,)
    assert actions.dtype == env.action_space.dtype
    singles = [agent.predict(s, deterministic=True)[0] for s in range(25)]
    assert singles == actions.tolist()
    assert singles[0] in env.action_space
    assert (actions == (agent.q_values if hasattr(agent, "q_values") else agent.policy).argmax(axis=1)).all()


def test_behaviour_explores_with_epsilon():
    agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, epsilon=0.5)
    agent.memory.q[:, 2] = 1
    actions, _ = agent.predict(np.zeros(20_000, np.int64))
    share = np.bincount(actions, minlength=5) / 20_000
    assert np.abs(share - [0.1, 0.1, 0.6, 0.1, 0.1]).max() < 0.014  # 4 standard deviations: fails once in 10,000
    assert (agent.predict(np.zeros(1000, np.int64), deterministic=True)[0] == 2).all()


def test_ties_are_broken_at_random_or_by_index():
    env = gym.make("GridWorld-v0")
    spread, _ = ga.make("q-learning", env, seed=0, epsilon=0).predict(np.zeros(5000, np.int64))
    assert np.abs(np.bincount(spread, minlength=5) / 5000 - 0.2).max() < 0.023  # 4 standard deviations
    first, _ = ga.make("q-learning", env, seed=0, epsilon=0, tie_breaking="index").predict(np.zeros(100, np.int64))
    assert (first == 0).all()


def test_epsilon_by_visits_of_the_state():
    agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, epsilon="visits")
    agent.memory.q[:, 2] = 1
    agent.memory.visits[0] = [100, 200, 300, 200, 199]
    agent.memory.visits[1] = 0
    rare, _ = agent.predict(np.zeros(2000, np.int64))
    assert (rare != 2).sum() < 10  # expected 1.6
    often, _ = agent.predict(np.ones(2000, np.int64))
    assert np.abs(np.bincount(often, minlength=5) / 2000 - 0.2).max() < 0.036


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gamma": 1.1}, r"gamma must be in \[0, 1\], got 1.1"),
        ({"gamma": "a"}, r"gamma must be .* in \[0, 1\], got 'a'"),
        ({"alpha": 0}, r"alpha must be in \(0, 1\], got 0"),
        ({"epsilon": 2}, r"epsilon must be in \[0, 1\], got 2"),
        ({"initial_value": float("inf")}, "initial_value must be a finite number, got inf"),
        ({"tie_breaking": "rand"}, "one of 'random', 'index', got 'rand'; did you mean 'random'"),
        ({"seed": -1}, "seed must be an integer >= 0, got -1"),
        ({"apha": 0.1}, r"has no hyper-parameter 'apha'; did you mean 'alpha'\? \(it has alpha, gamma, epsilon"),
    ],
)
def test_hyper_parameters_out_of_range(control_id, arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make(control_id, gym.make("FrozenLake-v1"), **arguments)


def test_hyper_parameters_are_frozen_and_by_name_only(tabular_id):
    agent = ga.make(tabular_id, gym.make("FrozenLake-v1"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        agent.config.gamma = 0.5
    with pytest.raises(TypeError):
        agent.Config(0.1)


def test_hyper_parameters_may_be_numbers_of_numpy(tabular_id, tmp_path):
    env = gym.make("GridWorld-v0")
    agent = ga.make(tabular_id, env, seed=np.int64(0), gamma=np.float32(0.5))
    agent.save(tmp_path / "agent")
    assert type(agent.config.gamma) is float
    assert ga.load(tmp_path / "agent", env).config == agent.config


@pytest.mark.parametrize("steps", [-1, 1.5, "a", None, True])
def test_steps_must_be_a_number_of_steps(steps):
    agent = ga.make("q-learning", gym.make("FrozenLake-v1"))
    with pytest.raises(ValueError, match="total_timesteps must be an integer >= 0, got"):
        agent.learn(steps)


def test_agents_satisfy_the_protocol(tabular_id):
    agent = ga.make(tabular_id, gym.make("FrozenLake-v1"))
    assert isinstance(agent, ga.Agent)
    assert agent.learn(10) is agent


@njit
def observe_with_an_array(memory, t, params, rng):  # noqa: ARG001
    parts = np.zeros(2)
    parts[0] = t.r
    parts[1] = 0.0 if t.terminated else params.gamma * memory.q[t.s_next].max()
    memory.q[t.s, t.a] += params.alpha.a * (parts.sum() - memory.q[t.s, t.a])
    memory.visits[t.s, t.a] += 1
    memory.steps[0] += 1


def test_an_algorithm_may_make_arrays():
    class Own(QLearning):
        id = "acme/own"

    Own.observe = observe_with_an_array
    own, ours = (cls(gym.make("GridWorld-v0"), seed=0).learn(3000) for cls in (Own, QLearning))
    assert (own.q_values == ours.q_values).all()


@kernel
def observe_by_an_array(memory, t, params, rng):  # noqa: ARG001
    memory.q[t.s, t.a] = t.r + (params.gamma * memory.q[t.s_next]).max()


def test_a_kernel_that_makes_arrays_is_told_what_to_write():
    class Own(QLearning):
        id = "acme/own"

    Own.observe = observe_by_an_array
    with pytest.raises(
        TypeError, match=r"acme/own cannot be compiled: .* makes no arrays.* or take numba.njit"
    ) as caught:
        Own(gym.make("GridWorld-v0"), seed=0).learn(10)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_policy_that_returns_no_action_is_stopped():
    @njit
    def act(memory, s, params, rng):  # noqa: ARG001
        return memory.q.shape[1]

    class Broken(QLearning):
        id = "broken"

    Broken.act = act
    with pytest.raises(IndexError, match="an action that does not exist"):
        Broken(gym.make("GridWorld-v0")).learn(10)
