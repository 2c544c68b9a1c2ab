"""`ContinuousVectorEnv`: N copies of a continuous environment, stepped by one compiled loop.

Copy i of an environment reset with ``seed`` does exactly what a single environment reset with ``seed + i`` does: both
call the same compiled functions with the same random numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from gridworld_env.common.checks import choose, known_options, whole_number
from gridworld_env.common.parallel import run_blocks
from gridworld_env.common.public import export
from gridworld_env.engine.construction import WorldFunction, make_world, signature_of
from gridworld_env.engine.continuous.env import ContinuousEnv, compiled
from gridworld_env.engine.continuous.watching import ContinuousWatcher
from gridworld_env.engine.final_observations import KINDS, as_objects, dense
from gridworld_env.engine.native_vector_env import RENDER_MODES, SINGLE_MODES, NativeVectorEnv
from gridworld_env.engine.tabular.vector_env import NO_LIMIT
from gridworld_env.engine.vector_arguments import reset_mask_of, seeds_of
from gridworld_env.rendering.modes import checked_render_mode
from gridworld_env.rendering.mosaic import tile_size
from gridworld_env.rendering.plan import checked_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, FloatArray
    from gridworld_env.engine.continuous.world import ContinuousWorld

GRAIN = 1 << 14
"""The fewest copies worth a thread of their own."""


@export("gridworld_env.authoring.ContinuousVectorEnv")
class ContinuousVectorEnv(NativeVectorEnv):
    """N copies of a continuous environment; declared like :class:`ContinuousEnv`, with the same world function.

    It keeps the time limit itself, since Gymnasium wraps no vector environment in one. Every call returns fresh arrays.

    Args:
        *args: The world function's.
        num_envs: N, the number of copies.
        max_episode_steps: Steps after which an episode is truncated; None, or -1 as in `gymnasium.make`, for never.
        autoreset_mode: "NextStep", "SameStep" or "Disabled"; see :class:`TabularVectorEnv`.
        final_obs: The form of ``infos["final_obs"]``, "object" or "dense"; see :class:`TabularVectorEnv`.
        render_mode: None, "human", "rgb_array", "rgb_array_list", "rgb_array_tiled" or "ansi"; see
            :class:`TabularVectorEnv`.
        render_size: Pixels of the longer side of one copy's picture, in [16, 8192]; None for a size with which N of
            them fit on a screen.
        **arguments: The world function's.

    Raises:
        ValueError: If an argument is wrong; one that is unknown is a TypeError too.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - Gymnasium declares it so
        **ContinuousEnv.metadata,
        "render_modes": RENDER_MODES,
        "exact_copies": True,
    }
    _world_function: ClassVar[WorldFunction]

    def __init_subclass__(cls, *, world: Any = None) -> None:
        """Take the world function's arguments for the class's own."""
        super().__init_subclass__()
        if world is not None:
            cls._world_function = staticmethod(world)
            cls.__signature__ = signature_of(world, ContinuousVectorEnv)  # type: ignore[attr-defined]

    def __init__(
        self,
        *args: Any,
        num_envs: int = 1,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        final_obs: str = "object",
        render_mode: str | None = None,
        render_size: int | None = None,
        **arguments: Any,
    ) -> None:
        self.render_mode = checked_render_mode(render_mode, self.metadata)
        self.num_envs = N = whole_number("num_envs", num_envs, 1)
        if not isinstance(autoreset_mode, AutoresetMode):
            choose("autoreset_mode", autoreset_mode, [mode.value for mode in AutoresetMode])
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        choose("final_obs", final_obs, KINDS)
        self.final_obs = final_obs
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self.world: ContinuousWorld = make_world(type(self), self._world_function, args, arguments)  # type: ignore[assignment]
        self.single_observation_space = self.world.observation_space
        self.single_action_space = self.world.action_space
        self.observation_space = batch_space(self.single_observation_space, N)
        self.action_space = batch_space(self.single_action_space, N)
        size = checked_size(render_size) or tile_size(N)
        self._watcher = ContinuousWatcher(self.world, self.render_mode, size, follows=False)
        self._mode = list(AutoresetMode).index(self.autoreset_mode)
        self._limit = NO_LIMIT
        if max_episode_steps is not None and max_episode_steps != -1:
            self._limit = min(NO_LIMIT, whole_number("max_episode_steps (None for no limit)", max_episode_steps, 1))
        self._lanes()

    def _lanes(self) -> None:
        """Lay out what the compiled loops read and write."""
        N, world = self.num_envs, self.world
        self._lay_streams()
        self._compiled: Any = None
        self._state, self._arrived = np.zeros((N, world.state_size)), np.zeros((N, world.state_size))
        self._start_draws, self._step_draws = np.zeros((N, world.start_draws)), np.zeros((N, world.step_draws))
        self._clock = np.zeros(N, np.int64)
        self._low, self._high = world.action_space.low.astype(float), world.action_space.high.astype(float)

    @property
    def states(self) -> FloatArray:
        """Every copy's current state: (N, D) float64, a copy."""
        return self._state.copy()

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode in every copy, or in those of a mask.

        Args:
            seed: An integer gives copy i the seed ``seed + i``; a sequence gives each its own, None leaving a copy's
                random numbers as they are.
            options: ``{"start": state}`` for all copies; ``{"reset_mask": (N,) bool array}`` for the copies to reset.

        Returns:
            The observations of all copies and an empty dict.

        Raises:
            ValueError: If a seed, an option or a start is wrong. No copy has changed then.
        """
        N = self.num_envs
        options = known_options(options, ("start", "reset_mask"))
        selected = reset_mask_of(options.get("reset_mask"), N)
        start = options.get("start")
        chosen = None if start is None else self.world.start_state(start)
        seeds = seeds_of(seed, selected)
        if not self._was_reset:
            if not selected.all():
                raise ValueError("the first reset must reset every copy: leave out options['reset_mask']")
            self._compiled = compiled(self.world)
            self._was_reset = True
        self._seed(seeds)
        if chosen is None:
            loops, parameters = self._compiled
            loops.reset(0, N, parameters, self._start_draws, self._state, self._clock, self._streams, selected)
        else:
            self._state[selected], self._clock[selected] = chosen, 0
        if self._watched:
            self._show(selected)
        return self.world.observations_of(self._state), {}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Take one action in every copy.

        Args:
            actions: (N, ...); what lies beyond the bounds of the action space is clipped to them.

        Returns:
            Observations (N, ...), rewards (N,) float64, terminations and truncations (N,) bool, and infos with, in the
            mode SAME_STEP and where episodes ended, ``final_obs`` and ``final_info``; with ``final_obs="dense"`` in
            every step, for all copies.

        Raises:
            ValueError: If the actions have another shape or are not finite, or a copy's episode is over in the mode
                DISABLED. No copy has changed then.
            ResetNeeded: Before the first reset.
        """
        from gridworld_env.engine.tabular import vector_kernels as modes

        self._require_reset()
        N, shape = self.num_envs, self.action_space.shape
        given = np.asarray(actions)
        if given.shape != shape or given.dtype.kind not in "fiu" or not np.isfinite(given).all():
            raise ValueError(f"actions must be finite numbers of shape {shape}, got shape {given.shape}")
        if self._mode == modes.DISABLED and (self._clock == modes.OVER).any():
            raise ValueError(
                f"the episode of copy {int(np.argmax(self._clock == modes.OVER))} is over and autoreset is disabled: "
                "reset it with envs.reset(options={'reset_mask': terminations | truncations})"
            )
        taken = np.minimum(np.maximum(given, self._low), self._high)
        rewards, terminated, truncated = np.empty(N), np.empty(N, np.bool_), np.empty(N, np.bool_)
        loops, parameters = self._compiled
        kept = (self._mode, self._limit, parameters, self._start_draws, self._step_draws, self._state, self._clock)
        run_blocks(
            loops.step, N, *kept, self._streams, taken, self._arrived, rewards, terminated, truncated, grain=GRAIN
        )
        observations = self.world.observations_of(self._state)
        infos = self._final(observations, terminated | truncated) if self._mode == modes.SAME_STEP else {}
        if self._watched:
            self._show()
        return observations, rewards, terminated, truncated, infos

    def overlay(self, **items: Any) -> None:
        """Show in every copy's picture what an agent has learned; see :meth:`ContinuousEnv.overlay`.

        Args:
            **items: What to show, by name.

        Raises:
            ValueError: If an item is unknown or does not fit the environment. Nothing has changed then.
        """
        self._watcher.overlay(items)

    def _single(self) -> ContinuousEnv:
        mode = SINGLE_MODES.get(str(self.render_mode), self.render_mode)
        return ContinuousEnv._of_world(self.world, mode, self._watcher)  # noqa: SLF001 - its other half

    def _lend(self, env: ContinuousEnv, i: int) -> None:
        if self._was_reset:
            env._stand_in(self._state[i])  # noqa: SLF001 - likewise

    def _take_back(self, env: ContinuousEnv, i: int) -> None:
        if env.state is not None:
            self._state[i] = env.state

    def _seen(self) -> list[Any]:
        return [self.world.place_of(state) for state in self._state]

    def _final(self, observations: npt.NDArray[np.float32], done: BoolArray) -> dict[str, Any]:
        """Return what SAME_STEP tells of the copies, whose observations (N, ...) follow the resets."""
        observe, arrived = self.world.observations_of, self._arrived
        seen: npt.NDArray[Any]
        if self.final_obs == "dense":
            seen = dense(observations, done, lambda ended: observe(arrived[ended]))
        elif np.count_nonzero(done):
            seen = as_objects(done, observe(arrived[done]))
        else:
            return {}
        return {"final_obs": seen, "_final_obs": done, "final_info": {}, "_final_info": done.copy()}

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is compiled."""
        return {**self.__dict__, "_compiled": None}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take up where the copied environment stood."""
        self.__dict__.update(kept)
        if self._was_reset:
            self._compiled = compiled(self.world)
