"""One environment, one thread: agents that share one are refused where their steps would mix."""

import threading

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents.core.sharing import only_here


def in_thread(call):
    """Return what a call in another thread raises, None if nothing."""
    raised = []

    def run():
        try:
            call()
        except ValueError as error:
            raised.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None


@pytest.mark.parametrize("id_", ["q-learning", "random", "spsa", "sb3/dqn"])
def test_what_another_thread_learns_on_is_refused(id_):
    if id_.startswith("sb3/"):
        pytest.importorskip("stable_baselines3")
    env = gym.make("GridWorld-v0")
    other = ga.make(id_, gym.wrappers.RecordEpisodeStatistics(env), seed=0)
    with only_here(env):
        said = in_thread(lambda: other.learn(10))
        other.learn(10)  # in this thread, as a callback may do
    assert said == (
        "GridWorld-v0 is being stepped in another thread, and the steps of both would mix: give each agent an "
        "environment of its own"
    )
    assert in_thread(lambda: other.learn(10)) is None


def test_it_is_let_go_when_the_outermost_block_ends_however_it_ends():
    env = gym.make("GridWorld-v0")

    def held():
        return in_thread(lambda: only_here(env).__enter__()) is not None

    with only_here(env):
        with only_here(env):
            assert held()
        assert held()
    with pytest.raises(RuntimeError), only_here(env):
        raise RuntimeError
    assert not held()
    with only_here(gym.make("GridWorld-v0")):
        assert not held()


def test_agents_in_threads_with_environments_of_their_own_learn():
    agents = [ga.make("q-learning", gym.make("GridWorld-v0"), seed=seed) for seed in range(4)]
    threads = [threading.Thread(target=agent.learn, args=(2000,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [agent.num_timesteps for agent in agents] == [2000] * 4
