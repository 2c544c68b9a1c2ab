"""Small agents of Stable-Baselines3, one thread each. Where that is not installed, its tests are not collected."""

import importlib.util

import gymnasium as gym
import pytest

import gridworld_agents as ga

MISSING = [name for name in ("torch", "stable_baselines3", "sb3_contrib") if importlib.util.find_spec(name) is None]
collect_ignore_glob = ["test_*.py"] if MISSING else []

ON_POLICY = {"n_steps": 32, "policy_kwargs": {"net_arch": [8]}}
BATCHES = {**ON_POLICY, "batch_size": 16}
OFF_POLICY = {"buffer_size": 500, "learning_starts": 16, "batch_size": 16, "policy_kwargs": {"net_arch": [8]}}
TINY = {
    "sb3/a2c": {**ON_POLICY, "n_steps": 8},
    "sb3/ddpg": OFF_POLICY,
    "sb3/dqn": OFF_POLICY,
    "sb3/maskable-ppo": {**BATCHES, "n_epochs": 2},
    "sb3/ppo": {**BATCHES, "n_epochs": 2},
    "sb3/qrdqn": OFF_POLICY,
    "sb3/sac": OFF_POLICY,
    "sb3/td3": OFF_POLICY,
    "sb3/trpo": BATCHES,
}
CONTINUOUS = {"sb3/ddpg", "sb3/sac", "sb3/td3"}


@pytest.fixture(autouse=True)
def one_thread():
    """Keep torch to one thread: nets this small are slower on more."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def make_env():
    """Return a function that makes an environment that suits an agent."""

    def make(id_, **arguments):
        if id_ in CONTINUOUS:
            return gym.make("Pendulum-v1", max_episode_steps=30, **arguments)
        return gym.make("GridWorld-v0", max_episode_steps=20, **arguments)

    return make


@pytest.fixture
def tiny(make_env):
    """Return a function that makes a small agent on an environment that suits it."""

    def make(id_, env=None, *, seed=0, **changes):
        return ga.make(id_, make_env(id_) if env is None else env, seed=seed, **{**TINY[id_], **changes})

    return make


@pytest.fixture(params=sorted(TINY))
def id_(request):
    """Return each id in turn."""
    return request.param


@pytest.fixture
def some_observations(make_env):
    """Return a function that gives 5 observations of an agent's environment, stacked."""

    def some(id_):
        space = make_env(id_).observation_space
        space.seed(0)
        return gym.vector.utils.concatenate(
            space, [space.sample() for _ in range(5)], gym.vector.utils.create_empty_array(space, 5)
        )

    return some
