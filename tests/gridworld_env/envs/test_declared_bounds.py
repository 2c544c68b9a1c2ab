"""Bounds that environments declare are true, and small enough to compute with or infinite."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces, wrappers

from gridworld_env.registration import TABLE

LARGEST = 1e6
"""A bound above this is no scale: of 1000 values a rescaled observation takes none but 0."""
CONTINUOUS = ["LinearQuadratic-v0", "ContinuousGridWorld-v0"]


def boxes(space):
    if isinstance(space, spaces.Box):
        yield space
    elif isinstance(space, spaces.Dict | spaces.Tuple):
        for one in space.values() if isinstance(space, spaces.Dict) else space:
            yield from boxes(one)


@pytest.mark.parametrize("env_id", sorted({row[0] for row in TABLE} if isinstance(TABLE, tuple | list) else TABLE))
def test_bounds_are_infinite_or_small_and_samples_are_finite(env_id):
    env = gym.make(env_id)
    for space in (env.observation_space, env.action_space):
        for box in boxes(space):
            for bound in (box.low, box.high):
                assert (np.isinf(bound) | (np.abs(bound) <= LARGEST)).all()
        space.seed(0)
        for _ in range(20):
            assert np.isfinite(np.asarray(space.sample(), float)).all()


@pytest.mark.parametrize("env_id", CONTINUOUS)
def test_rescaling_and_discretising_tell_observations_apart_or_are_refused(env_id):
    def told_apart(wrap):
        try:
            env = wrap(gym.make(env_id))
        except (AssertionError, ValueError):
            return "refused"
        seen = {np.asarray(env.reset(seed=seed)[0]).tobytes() for seed in range(20)}
        return "told apart" if len(seen) > 5 else "lost"

    bounded = np.isfinite(gym.make(env_id).observation_space.low).all()
    ways = {
        "rescale": lambda env: wrappers.RescaleObservation(env, np.float32(-1), np.float32(1)),
        "discretise": lambda env: wrappers.DiscretizeObservation(env, 10),
    }
    found = {name: told_apart(wrap) for name, wrap in ways.items()}
    assert "lost" not in found.values()
    assert found["discretise"] == ("told apart" if bounded else "refused")


def test_within_bounds_of_ones_own_a_linear_system_is_discretised():
    class Clipped(gym.ObservationWrapper):
        def __init__(self, env):
            super().__init__(env)
            self.observation_space = spaces.Box(-2, 2, (2,), np.float32)

        def observation(self, observation):
            return np.clip(observation, -2, 2)

    env = wrappers.DiscretizeObservation(Clipped(gym.make("LinearQuadratic-v0")), 10)
    assert len({int(np.sum(env.reset(seed=seed)[0])) for seed in range(20)}) > 5


def test_states_are_within_what_is_declared_and_so_are_samples_as_starts():
    env = gym.make("LinearQuadratic-v0")
    space = env.observation_space
    space.seed(0)
    assert np.isinf(space.low).all() and np.isinf(space.high).all()  # noqa: PT018
    for _ in range(20):
        start = space.sample()
        assert np.isfinite(start).all()
        x, _ = env.reset(options={"start": start})
        assert space.contains(x)
        np.testing.assert_allclose(x, start)
