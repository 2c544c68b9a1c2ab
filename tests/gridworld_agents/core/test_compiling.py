"""Compiled loops are found again by other processes, and never stale."""

import os
import subprocess
import sys

import gymnasium as gym
import pytest
from gymnasium.wrappers import RecordEpisodeStatistics

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the environments

LEARN = """
import gymnasium as gym, gridworld_env, gridworld_agents as ga, sys
agent = ga.make(sys.argv[1], gym.make("GridWorld-v0", slip=0.1), seed=0).learn(3000)
stats = agent._driver._loop.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), repr(float(agent.q_values.sum())))
"""


def start(directory, id_):
    environment = os.environ if directory is None else {**os.environ, "NUMBA_CACHE_DIR": str(directory)}
    return subprocess.Popen([sys.executable, "-c", LEARN, id_], env=environment, stdout=subprocess.PIPE, text=True)


def finished(process):
    out, _ = process.communicate(timeout=200)
    assert process.returncode == 0
    return out.split()


def test_another_process_compiles_nothing():
    env = gym.make("GridWorld-v0", slip=0.1)
    here = ga.make("q-learning", env, seed=0).learn(3000)  # from where this machine keeps what it has compiled
    hits, misses, total = finished(start(None, "q-learning"))
    assert (hits, misses) == ("1", "0")
    assert total == repr(float(here.q_values.sum()))


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path):
    first, second = (finished(start(tmp_path, "q-learning")) for _ in range(2))
    assert first[:2] == ["0", "1"]
    assert second[:2] == ["1", "0"]
    assert first[2] == second[2]


@pytest.mark.slow
def test_processes_that_compile_at_the_same_time_do_not_mix_up_their_loops(tmp_path):
    ids = ["q-learning", "sarsa", "mc-epsilon-greedy"]
    alone = {id_: finished(start(tmp_path / f"alone-{id_}", id_))[2] for id_ in ids}
    assert len(set(alone.values())) == 3
    for attempt in range(2):
        together = [(id_, start(tmp_path / str(attempt), id_)) for id_ in [*ids, *ids]]
        assert all(finished(process)[2] == alone[id_] for id_, process in together)
    for id_ in ids:
        assert finished(start(tmp_path / "0", id_))[:1] == ["1"]


@pytest.mark.parametrize("stepped", [False, True])
def test_compiled_code_keeps_no_reference_to_a_generator(stepped):
    env = gym.make("GridWorld-v0", slip=0.1)
    agent = ga.make("q-learning", RecordEpisodeStatistics(env) if stepped else env, seed=0)
    agent.learn(1)
    agent.predict(0)
    generators = agent.rng, agent.predict_rng, env.unwrapped.np_random
    before = [sys.getrefcount(rng) for rng in generators]
    agent.learn(10, reset_num_timesteps=False)
    agent.predict(0)
    assert [sys.getrefcount(rng) for rng in generators] == before


BOUNDS = """
import gymnasium as gym, gridworld_env, gridworld_agents as ga
from gymnasium.wrappers import RecordEpisodeStatistics
for id_ in ("q-learning", "sarsa", "mc-epsilon-greedy"):
    for arguments in ({"slip": 0.2}, {"max_episode_steps": 7}, {"layout": "..T", "continuing": True}):
        agent = ga.make(id_, gym.make("GridWorld-v0", **arguments), seed=0, epsilon="visits")
        for steps in (1003, 1, 52):
            agent.learn(steps).learn(2 * steps + 1, reset_num_timesteps=False)
        agent.predict(range(agent.observations.size))
    ga.make(id_, RecordEpisodeStatistics(gym.make("GridWorld-v0", max_episode_steps=7)), seed=0).learn(500)
    ga.make(id_, gym.make("Blackjack-v1"), seed=0).learn(500)
"""


@pytest.mark.slow
def test_no_index_is_out_of_bounds(run_python, tmp_path):
    assert run_python(BOUNDS, NUMBA_BOUNDSCHECK="1", NUMBA_CACHE_DIR=str(tmp_path)) == ""
