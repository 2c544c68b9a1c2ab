"""`SerialCopies`: environments that are stepped one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core import stepping
from gridworld_agents.core.spaces.formats import of as tree_of
from gridworld_agents.deep.outcomes import NOBODY, Outcome, chosen, num_actions, together
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import gymnasium as gym
    import numpy.typing as npt


class SerialCopies:
    """Environments that are stepped one after the other, and reset as soon as their episodes end.

    Args:
        envs: At least one, all alike.
    """

    def __init__(self, envs: Sequence[gym.Env[Any, Any]]) -> None:
        self.envs, self.count = list(envs), len(envs)
        self._tree = tree_of(self.envs[0].observation_space)
        self._num_actions = num_actions(self.envs[0].action_space)
        self._actions = tree_of(self.envs[0].action_space)
        self._masked = False

    def reset(self, seeds: Sequence[int] | None = None) -> tuple[Any, npt.NDArray[Any] | None]:
        """Begin an episode in every environment; see `Copies`."""
        given: Sequence[int | None] = [None] * self.count if seeds is None else seeds
        started = [stepping.reset(env, seed) for env, seed in zip(self.envs, given, strict=True)]
        seen, infos = zip(*started, strict=True)
        told: list[Any] = [info.get("action_mask") for info in infos]
        self._masked = any(np.shape(mask) == (self._num_actions,) for mask in told)
        return together(self._tree, list(seen)), self._masks(infos)

    def step(self, actions: Any) -> Outcome:
        """Take a batch of actions; see `Copies`."""
        terminated, truncated = np.zeros(self.count, np.bool_), np.zeros(self.count, np.bool_)
        seen, paid, infos = [], [], []
        ended, final, final_infos = [], [], []
        for i, env in enumerate(self.envs):
            observation, r, terminates, truncates, info = stepping.outcome(env, chosen(self._actions, actions, i))
            if terminates or truncates:
                terminated[i], truncated[i] = terminates, truncates
                ended.append(i)
                final.append(observation)
                final_infos.append(info)
                observation, info = stepping.reset(env)
            seen.append(observation)
            paid.append(r)
            infos.append(info)
        observations, masks = together(self._tree, seen), self._masks(infos)
        if not ended:
            return Outcome(observations, paid, terminated, truncated, NOBODY, None, masks)
        last, last_masks = together(self._tree, final), self._masks(final_infos)
        return Outcome(observations, paid, terminated, truncated, np.array(ended), last, masks, last_masks)

    def generators(self) -> list[dict[str, Any]]:
        """Return where the random generators stand; {} for one that cannot be kept."""
        return [protocol.rng_state(env.unwrapped.np_random) for env in self.envs]

    def resume(self, generators: Sequence[dict[str, Any]]) -> tuple[Any, npt.NDArray[Any] | None]:
        """Set the generators, and begin an episode in every environment."""
        for env, state in zip(self.envs, generators, strict=True):
            protocol.set_rng_state(env.unwrapped.np_random, state)
        return self.reset()

    def named(self, i: int) -> Any:
        """Return what messages call copy i."""
        return self.envs[i]

    def _masks(self, infos: Sequence[Mapping[str, Any]]) -> npt.NDArray[Any] | None:
        """Return the masks in infos, (n, A); all actions are available where one tells none."""
        A = self._num_actions
        if not self._masked or A is None:
            return None
        every = np.ones(A, np.int8)
        told: list[Any] = [info.get("action_mask") for info in infos]
        return np.array([mask if np.shape(mask) == (A,) else every for mask in told])
