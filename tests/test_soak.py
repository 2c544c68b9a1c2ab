"""Long runs leave memory flat: a billion steps of vector environments, ten thousand trained, saved and loaded agents.

Bounds were fixed before the first run. They are below what it takes to keep the infos of one step in a hundred, or one
agent in ten: `test_what_is_kept_shows` keeps them and sees it.
"""

import pytest

VECTOR_BOUND, AGENT_BOUND, NETWORK_BOUND = 2, 2, 5
"""MiB that may be added after a tenth of the work."""

STEPS = """
import gymnasium as gym
import numpy as np
import gridworld_env

N = {num_envs}
envs = gym.make_vec({id!r}, num_envs=N, vectorization_mode="vector_entry_point", **{arguments!r})
rng = np.random.default_rng(0)
one = envs.single_action_space
if hasattr(one, "n"):
    plans = list(rng.integers(0, one.n, (64, N)))
else:
    plans = list(rng.uniform(one.low, one.high, (64, N, *one.shape)).astype(one.dtype))
envs.reset(seed=0)
kept = []


def work(i):
    infos = envs.step(plans[i % 64])[4]
    if {leaks} and i % 100 == 0:
        kept.append(infos)
"""
SAME = {"autoreset_mode": "SameStep"}
VECTORS = [
    # id, arguments, copies, steps of all copies
    ("GridWorld-v0", {"max_episode_steps": 100}, 4096, 400_000_000),
    ("GridWorld-v0", {"slip": 0.2, "max_episode_steps": 100}, 65536, 200_000_000),
    ("GridWorld/FourRooms-v0", {"max_episode_steps": 500, **SAME}, 4096, 200_000_000),
    ("GridWorld/Random-v0", {"max_episode_steps": 200}, 8192, 180_000_000),
    ("GridWorld/Random-v0", {"observation": "local", **SAME}, 4096, 10_000_000),
    ("ContinuousGridWorld-v0", {"max_episode_steps": 200}, 4096, 10_000_000),
]

CYCLES = """
import gymnasium as gym
import gridworld_env
import gridworld_agents as ga

kept = []


def work(i):
    env = gym.make({env!r})
    agent = ga.make({agent!r}, env, seed=i, **{parameters!r}).learn({steps})
    agent.save("agent.zip")
    again = ga.load("agent.zip", env)
    observation, _ = env.reset(seed=i)
    assert again.num_timesteps == {steps}
    first, second = (one.predict(observation, deterministic=True)[0] for one in (agent, again))
    assert (first == second).all()
    env.close()
    if {leaks} and i % 10 == 0:
        kept.append(again)
"""
TABULAR = [
    # agent, hyper-parameters, cycles
    ("q-learning", {}, 6_000),
    ("sarsa-lambda", {"traces": "dutch"}, 1_500),
    ("mc-epsilon-greedy", {}, 1_500),
    ("dyna-q", {}, 1_000),
]


def vector(id_, arguments, num_envs, leaks=False):
    return STEPS.format(id=id_, arguments=arguments, num_envs=num_envs, leaks=leaks)


def cycles(agent, parameters, env="GridWorld-v0", steps=300, leaks=False):
    return CYCLES.format(agent=agent, parameters=parameters, env=env, steps=steps, leaks=leaks)


def flat(found, bound):
    """Return whether memory grew by less than so many MiB, and open files and those in the folder not at all."""
    return found["MiB"] < bound and found["open"] == found["files"] == 0


@pytest.mark.slow
def test_a_billion_steps_take_no_memory(growth):
    assert sum(steps for *_, steps in VECTORS) >= 10**9
    for id_, arguments, num_envs, steps in VECTORS:
        found = growth(vector(id_, arguments, num_envs), -(-steps // num_envs))
        assert flat(found, VECTOR_BOUND), (id_, arguments, found)


@pytest.mark.slow
def test_ten_thousand_agents_trained_saved_and_loaded_take_no_memory(growth):
    assert sum(count for *_, count in TABULAR) >= 10_000
    for agent, parameters, count in TABULAR:
        found = growth(cycles(agent, parameters), count)
        assert flat(found, AGENT_BOUND), (agent, found)


NETWORKS = {"hidden": (16, 16), "batch_size": 16, "learning_starts": 20, "buffer_size": 1_000, "compile": False}


@pytest.mark.slow
def test_two_hundred_agents_with_networks_take_no_memory(growth):
    found = growth(cycles("ddpg", NETWORKS, "ContinuousGridWorld-v0", 60), 200)
    assert flat(found, NETWORK_BOUND), found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "count", "bound"),
    [
        pytest.param(vector("GridWorld-v0", {}, 4096, leaks=True), 20_000, VECTOR_BOUND, id="steps"),
        pytest.param(cycles("q-learning", {}, leaks=True), 1_000, AGENT_BOUND, id="agents"),
    ],
)
def test_what_is_kept_shows(growth, code, count, bound):
    found = growth(code, count)
    assert found["MiB"] > bound, found
