"""A wrapper that notes what an agent does to its environment, and the state of generators that are not the agent's."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


class Spy(gym.Wrapper[Any, Any, Any, Any]):
    """Hands everything on, and notes resets, steps, and draws that the environment itself did not make.

    Whatever `reset` and `step` draw is the environment's own business. So the generator must be, whenever one of the
    two is called, as the last of them left it.
    """

    preserves_mdp = True  # see `gridworld_env.protocol`

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.seeds: list[int | None] = []  # what each reset was called with
        self.steps = 0
        self.steps_without_reset = 0
        self.draws = 0  # how often somebody else was found to have moved the generator
        self._over = True
        self._left = generator_state(env)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Note the seed."""
        self.look()
        self.seeds.append(seed)
        result = self.env.reset(seed=seed, options=options)
        self._over = False
        self._left = generator_state(self.env)
        return result

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Note the step."""
        self.look()
        self.steps += 1
        self.steps_without_reset += self._over
        result = self.env.step(action)
        self._over = bool(result[2] or result[3])
        self._left = generator_state(self.env)
        return result

    def look(self) -> int:
        """Note whether the generator was moved since the environment was last called; return how often it was."""
        state = generator_state(self.env)
        self.draws += state != self._left
        self._left = state
        return self.draws


def generator_state(env: gym.Env[Any, Any]) -> str:
    """Return the state of an environment's generator, as text to compare."""
    return repr(env.unwrapped.np_random.bit_generator.state)


def global_state() -> tuple[str, str]:
    """Return the states of the generators of the modules `numpy.random` and `random`, as texts to compare."""
    name, key, *rest = np.random.get_state(legacy=True)  # noqa: NPY002 - looked at, not drawn from
    return repr((name, np.asarray(key).tolist(), rest)), repr(random.getstate())


@contextlib.contextmanager
def same_global_state() -> Iterator[None]:
    """Begin the block with the modules' generators in a known state, and put them back at its end.

    So an agent that draws from them is found by the check that looks for it and by no other, and is no nuisance to
    whoever runs the checks.
    """
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002 - put back below
    random.seed(0)
    np.random.set_state(np.random.RandomState(0).get_state())  # noqa: NPY002 - the block is to find it as it always is
    try:
        yield
    finally:
        np.random.set_state(kept[0])  # noqa: NPY002
        random.setstate(kept[1])
