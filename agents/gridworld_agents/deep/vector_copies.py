"""`VectorCopies`: the copies of a vector environment, whatever its autoreset mode.

| mode | a copy whose episode ends | its final observation |
|---|---|---|
| SAME_STEP | is reset at once | `infos["final_obs"]`: Gymnasium's array of objects, or one of observations |
| NEXT_STEP | is reset by the next step, which is not valid | what the step returns |
| DISABLED | is reset here, by a mask | what the step returns |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv

from gridworld_agents.core.native_copies import is_exact
from gridworld_agents.core.spaces.arrays import as_array, shortened
from gridworld_agents.core.spaces.formats import of as tree_of
from gridworld_agents.core.stepping import COUNTS, INTERFACE
from gridworld_agents.deep.outcomes import NOBODY, Outcome, chosen, num_actions, together
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


class VectorCopies:
    """The copies of a vector environment.

    Args:
        envs: Any; its `reset` must take a list of seeds, and in the mode DISABLED a mask, as Gymnasium's do.

    Raises:
        ValueError: If it does not say when it resets its copies.
    """

    def __init__(self, envs: VectorEnv[Any, Any, Any]) -> None:
        self.envs, self.count = envs, envs.num_envs
        mode = envs.metadata.get("autoreset_mode")
        try:
            self._mode = AutoresetMode(mode)
        except ValueError:
            names = ", ".join(f"AutoresetMode.{known.name}" for known in AutoresetMode)
            raise ValueError(f"{envs}.metadata['autoreset_mode'] must be one of {names}, got {mode!r}") from None
        self._tree = tree_of(envs.single_observation_space)
        self._num_actions = num_actions(envs.single_action_space)
        self._over = np.zeros(self.count, np.bool_)  # copies that the next step resets

    def reset(self, seeds: Sequence[int] | None = None) -> tuple[Any, npt.NDArray[Any] | None]:
        """Begin an episode in every copy; see `Copies`."""
        given: Any = None if seeds is None else list(seeds)
        observations, infos = self._parts("reset", self.envs.reset(seed=given))
        self._over[:] = False
        return observations, self._masks(infos)

    def step(self, actions: Any) -> Outcome:
        """Take a batch of actions; see `Copies`."""
        observations, rewards, *flags, infos = self._parts("step", self.envs.step(actions))
        terminated, truncated = (self._flags(*one) for one in zip(("terminated", "truncated"), flags, strict=True))
        masks, over = self._masks(infos), terminated | truncated
        if self._mode is AutoresetMode.NEXT_STEP:
            valid, self._over = ~self._over, over
            return Outcome(observations, rewards, terminated, truncated, NOBODY, None, masks, None, valid)
        if not np.count_nonzero(over):
            return Outcome(observations, rewards, terminated, truncated, NOBODY, None, masks)
        ended = over.nonzero()[0]
        if self._mode is AutoresetMode.SAME_STEP:
            final, final_masks = self._final(infos, ended)
        else:
            final, final_masks = chosen(self._tree, observations, ended), None if masks is None else masks[ended]
            observations, infos = self._parts("reset", self.envs.reset(options={"reset_mask": over}))
            if masks is not None:
                now: Any = self._masks(infos)
                masks = np.where(over[:, None], now, masks)
        return Outcome(observations, rewards, terminated, truncated, ended, final, masks, final_masks)

    def generators(self) -> list[dict[str, Any]]:
        """Return where the random generators stand; {} for one that cannot be kept."""
        return [protocol.rng_state(rng) for rng in self.envs.np_random]  # type: ignore[attr-defined] # as in SyncVectorEnv

    def resume(self, generators: Sequence[dict[str, Any]]) -> tuple[Any, npt.NDArray[Any] | None]:
        """Set the generators, and begin an episode in every copy."""
        self.envs.reset()  # before, there may be none
        rngs: Any = self.envs.np_random
        for rng, state in zip(rngs, generators, strict=True):
            protocol.set_rng_state(rng, state)
        if is_exact(self.envs):  # it hands out others that stand where its own do
            self.envs.np_random = rngs
        return self.reset()

    def named(self, i: int) -> Any:
        """Return what messages call copy i."""
        return f"copy {i} of {self.envs}"

    def _parts(self, call: str, returned: Any) -> Any:
        """Return what a call returned, if it is as many things as it should be."""
        if not isinstance(returned, tuple) or len(returned) != COUNTS[call] or not isinstance(returned[-1], Mapping):
            raise ValueError(f"{self.envs}.{call} returned {shortened(returned)}: {INTERFACE[call]}")
        return returned

    def _flags(self, name: str, given: Any) -> npt.NDArray[np.bool_]:
        """Return flags as bools, (N,)."""
        flags = given if isinstance(given, np.ndarray) else as_array(given)
        if flags.shape == (self.count,) and flags.dtype == np.bool_:
            return flags
        if flags.shape != (self.count,) or flags.dtype.kind not in "iu" or ((flags != 0) & (flags != 1)).any():
            raise ValueError(f"{self.envs} returned {name} = {shortened(given)}: it must be {self.count} bools")
        return flags.astype(np.bool_)

    def _final(self, infos: dict[str, Any], ended: npt.NDArray[np.intp]) -> tuple[Any, npt.NDArray[Any] | None]:
        """Return the final observations of copies and their masks, out of the infos of SAME_STEP."""
        given = infos.get("final_obs")
        if given is None:
            raise ValueError(
                f"{self.envs} ended episodes without infos['final_obs'], which AutoresetMode.SAME_STEP requires"
            )
        if isinstance(given, np.ndarray) and given.dtype == object:
            final = together(self._tree, [given[i] for i in ended])
        else:
            final = chosen(self._tree, given, ended)
        return final, self._masks(infos.get("final_info", {}), ended)

    def _masks(self, infos: dict[str, Any], of: npt.NDArray[np.intp] | None = None) -> npt.NDArray[Any] | None:
        """Return the action masks in infos of all copies or some, (N, A); all ones where a copy tells none."""
        masks: Any = infos.get("action_mask")
        told: Any = infos.get("_action_mask")
        if self._num_actions is None or np.shape(masks) != (self.count, self._num_actions):
            return None
        if of is not None:
            masks, told = masks[of], None if told is None else told[of]
        if told is not None and np.count_nonzero(told) < told.size:
            return np.where(told[:, None], masks, 1)
        found: npt.NDArray[Any] = masks
        return found
