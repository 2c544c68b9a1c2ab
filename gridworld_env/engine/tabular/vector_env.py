"""`TabularVectorEnv`: N copies of a tabular environment, stepped by one compiled kernel.

Copy i of an environment reset with ``seed`` does exactly what a single environment reset with ``seed + i`` does: both
read the same tables and draw the same random numbers in the same order.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from gridworld_env.common.checks import choose, known_options, whole_number
from gridworld_env.common.parallel import run_blocks
from gridworld_env.common.public import export
from gridworld_env.engine.construction import WorldFunction, make_world, signature_of
from gridworld_env.engine.final_observations import KINDS, as_objects, dense
from gridworld_env.engine.native_vector_env import RENDER_MODES, SINGLE_MODES, NativeVectorEnv
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.vector_arguments import actions_of, reset_mask_of, seeds_of, starts_of
from gridworld_env.engine.watching import Watcher
from gridworld_env.rendering.modes import checked_render_mode
from gridworld_env.rendering.mosaic import tile_size
from gridworld_env.rendering.plan import checked_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, IntArray
    from gridworld_env.engine.tabular.world import World
    from gridworld_env.tabular import TabularMDP

NO_LIMIT = sys.maxsize
PARALLEL_FROM = 1 << 15
"""Copies from which a step is shared among threads; below, handing it out takes longer than doing it."""


@export("gridworld_env.authoring.TabularVectorEnv")
class TabularVectorEnv(NativeVectorEnv):
    """N copies of a tabular environment; declared like :class:`TabularEnv`, with the same world function.

    It keeps the time limit itself, since Gymnasium wraps no vector environment in one. Every call returns fresh
    arrays. ``metadata["exact_copies"]`` says that a copy does what the single environment does, seed for seed.

    Args:
        *args: The world function's.
        num_envs: N, the number of copies.
        max_episode_steps: Steps after which an episode is truncated; None, or -1 as in `gymnasium.make`, for never.
        autoreset_mode: What happens to a copy whose episode has ended, a `gymnasium.vector.AutoresetMode` or its value:
            "NextStep", the next step resets it and ignores its action; "SameStep", it is reset at once and the last
            observation is in ``infos["final_obs"]``; "Disabled", nothing, until it is reset with
            ``options={"reset_mask": (N,) bool}``.
        final_obs: The form of ``infos["final_obs"]`` in the mode "SameStep": "object", Gymnasium's; "dense", in every
            step one array (N, ...) of all copies' true next observations, before any reset, which costs next to
            nothing. ``infos["final_info"]["action_mask"]`` is dense then too, and ``infos["_final_obs"]`` says as ever
            where episodes ended.
        render_mode: None; "human", a window with all copies side by side; "rgb_array", a tuple of N pictures, as
            Gymnasium's own vector environments return them; "rgb_array_list", a tuple of N lists of pictures, of every
            step since the last call; "rgb_array_tiled", one picture with all copies side by side; "ansi", a tuple of N
            texts. Side by side the first 441 copies are shown.
        render_size: Pixels of the longer side of one copy's picture, in [16, 8192]; None for a size with which N of
            them fit on a screen.
        **arguments: The world function's.

    Raises:
        ValueError: If an argument is wrong; one that is unknown is a TypeError too.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - Gymnasium declares it so
        **TabularEnv.metadata,
        "render_modes": RENDER_MODES,
        "exact_copies": True,
    }
    _world_function: ClassVar[WorldFunction]

    def __init_subclass__(cls, *, world: WorldFunction | None = None) -> None:
        """Take the world function's arguments for the class's own."""
        super().__init_subclass__()
        if world is not None:
            cls._world_function = staticmethod(world)
            cls.__signature__ = signature_of(world, TabularVectorEnv)  # type: ignore[attr-defined]

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
        self.num_envs = whole_number("num_envs", num_envs, 1)
        if not isinstance(autoreset_mode, AutoresetMode):
            choose("autoreset_mode", autoreset_mode, [mode.value for mode in AutoresetMode])
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        choose("final_obs", final_obs, KINDS)
        self.final_obs = final_obs
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self.world: World = make_world(type(self), self._world_function, args, arguments)
        single = self.world.observer.space
        self.single_observation_space, self.observation_space = single, batch_space(single, self.num_envs)
        self.single_action_space = TabularEnv.actions_of(self.mdp)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        size = checked_size(render_size) or tile_size(self.num_envs)
        self._watcher = Watcher(self.world, self.render_mode, size, follows=False)
        self._lanes(max_episode_steps)

    def _lanes(self, max_episode_steps: int | None) -> None:
        """Lay out what the kernels read and write, once: `step` hands the same arrays over every time."""
        N, mdp = self.num_envs, self.mdp
        limit = NO_LIMIT
        if max_episode_steps is not None and max_episode_steps != -1:
            limit = min(NO_LIMIT, whole_number("max_episode_steps (None for no limit)", max_episode_steps, 1))
        self._lay_streams()
        self._mode = list(AutoresetMode).index(self.autoreset_mode)
        self._tables = _kernels().tables(self.world)
        self._state = np.zeros(N, np.int32)
        self._clock = np.zeros(N, np.int32 if limit < 1 << 31 else np.int64)
        self._every = np.ones(N, np.bool_)
        sets = 2 if self.autoreset_mode is AutoresetMode.SAME_STEP else 1
        self._words = sets, N, self._tables.masks.shape[1]  # the shape of what a step writes masks into
        rules = (self._mode, limit, mdp.num_actions, mdp.num_outcomes)
        self._kept = (*rules, *self._tables, self._state, self._clock, self._streams)

    @property
    def mdp(self) -> TabularMDP:
        """The exact model, of one copy."""
        return self.world.mdp

    @property
    def states(self) -> IntArray:
        """The number of every copy's current state: (N,) int64, a copy."""
        return self._state.astype(np.int64)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode in every copy, or in those of a mask.

        Args:
            seed: An integer gives copy i the seed ``seed + i``; a sequence gives each its own, None leaving a copy's
                random numbers as they are.
            options: ``{"start": state}`` or ``{"start": (row, column)}`` for all copies, ``{"starts": array}`` with a
                state for each of N; ``{"reset_mask": (N,) bool array}`` for the copies to reset.

        Returns:
            The observations of all copies and ``{"action_mask": (N, A) int8, "_action_mask": (N,) bool}``, where the
            latter tells which copies were reset.

        Raises:
            ValueError: If a seed, an option or a start is wrong. No copy has changed then.
        """
        N = self.num_envs
        options = known_options(options, ("start", "starts", "reset_mask"))
        selected = reset_mask_of(options.get("reset_mask"), N)
        chosen = starts_of(options, selected, self.world)
        seeds = seeds_of(seed, selected)
        if not self._was_reset:
            if not selected.all():
                raise ValueError("the first reset must reset every copy: leave out options['reset_mask']")
            self._was_reset = True
        self._seed(seeds)
        tables = self._tables
        _kernels().reset(
            0,
            N,
            tables.starts,
            tables.start_thresholds,
            self._state,
            self._clock,
            self._streams,
            chosen,
            selected,
        )
        masks = np.where(selected[:, None], self.world.masks[self._state], np.int8(0))
        if self._watched:
            self._show(selected)
        return self.world.observer(self._state), {"action_mask": masks, "_action_mask": selected}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Take one action in every copy.

        Args:
            actions: (N,) integers in [0, A).

        Returns:
            Observations (N, ...), rewards (N,) float64, terminations and truncations (N,) bool, and infos with
            ``action_mask`` (N, A) int8, and in the mode SAME_STEP, where episodes ended, ``final_obs`` and
            ``final_info`` as Gymnasium's own vector environments give them; with ``final_obs="dense"`` in every step,
            for all copies.

        Raises:
            ValueError: If an action does not exist, or a copy's episode is over in the mode DISABLED. No copy has
                changed then.
            ResetNeeded: Before the first reset.
        """
        if not self._was_reset:
            self._require_reset()
        kernels, N, mode = _kernels(), self.num_envs, self._mode
        A = self._kept[2]
        if not (isinstance(actions, np.ndarray) and actions.dtype == np.int64 and actions.shape == (N,)):
            actions = actions_of(actions, N)
        refused = kernels.first_refused(0, N, mode, A, actions, self._clock)
        if refused >= 0:
            self._refuse(refused, actions)
        state, reward = np.empty(N, np.int64), np.empty(N)
        terminated, truncated = np.empty(N, np.bool_), np.empty(N, np.bool_)
        same_step = mode == kernels.SAME_STEP
        words = np.empty(self._words, np.uint64)
        final = np.empty(N, np.int64) if same_step else state
        written = (state, reward, terminated, truncated, words, final)
        if N < PARALLEL_FROM:
            kernels.step(0, N, *self._kept, actions, *written)
        else:
            run_blocks(kernels.step, N, *self._kept, actions, *written)
        infos = {"action_mask": words.view(np.int8)[0, :, :A], "_action_mask": self._every.copy()}
        observer = self.world.observer
        observations: Any = state if observer.kind == "state" else observer(state)
        if same_step:
            self._add_final(infos, observations, final, words[1], terminated | truncated)
        if self._watched:
            self._show()
        return observations, reward, terminated, truncated, infos

    def action_masks(self) -> BoolArray:
        """Return which actions would do more than bump, in every copy's current state: (N, A) bool.

        Raises:
            ResetNeeded: Before the first reset.
        """
        self._require_reset()
        masks: BoolArray = self.world.masks[self._state].astype(np.bool_)
        return masks

    def overlay(self, **items: Any) -> None:
        """Show on every copy's map what an agent has learned; see :meth:`TabularEnv.overlay`.

        Args:
            **items: Any of ``values``, ``action_values``, ``value_range``, ``policy``, ``visits``, ``caption`` and
                ``font``.

        Raises:
            ValueError: If an item is unknown or does not fit the environment. Nothing has changed then.
        """
        self._watcher.overlay(items)

    def _single(self) -> TabularEnv:
        mode = SINGLE_MODES.get(str(self.render_mode), self.render_mode)
        return TabularEnv._of_world(self.world, mode, self._watcher)  # noqa: SLF001 - its other half

    def _lend(self, env: TabularEnv, i: int) -> None:
        if self._was_reset:
            env._stand_in(int(self._state[i]))  # noqa: SLF001 - likewise

    def _take_back(self, env: TabularEnv, i: int) -> None:
        if env.state is not None:
            self._state[i] = env.state

    def _seen(self) -> list[Any]:
        states: list[int] = self._state.tolist()
        return states

    def _add_final(
        self, infos: dict[str, Any], observations: Any, final: IntArray, words: npt.NDArray[np.uint64], done: BoolArray
    ) -> None:
        """Add to the infos of SAME_STEP what the copies came to before any reset.

        Args:
            infos: Of the step.
            observations: (N, ...) after the resets.
            final: (N,) int64, the states before them.
            words: (N, ceil(A / 8)), their action masks as the kernel writes them.
            done: (N,) bool, where an episode ended.
        """
        if self.final_obs == "object" and not np.count_nonzero(done):  # several times quicker than `any`
            return
        observer, masks = self.world.observer, words.view(np.int8)[:, : self._kept[2]]
        if self.final_obs == "dense":
            seen = final if observer.kind == "state" else dense(observations, done, lambda i: observer(final[i]))
        else:
            seen, masks = as_objects(done, observer(final[done])), np.where(done[:, None], masks, np.int8(0))
        infos["final_obs"], infos["_final_obs"] = seen, done
        infos["final_info"], infos["_final_info"] = {"action_mask": masks, "_action_mask": done.copy()}, done.copy()

    def _refuse(self, i: int, actions: IntArray) -> None:
        A = self.mdp.num_actions
        if not 0 <= actions[i] < A:
            raise ValueError(f"actions must be integers in [0, {A}), got {actions[i]} for copy {i}")
        raise ValueError(
            f"the episode of copy {i} is over and autoreset is disabled: reset it with "
            "envs.reset(options={'reset_mask': terminations | truncations})"
        )


@functools.cache
def _kernels() -> Any:
    """Return the compiled loops; loading them takes longer than importing the rest of the package."""
    from gridworld_env.engine.tabular import vector_kernels

    return vector_kernels
