"""`ContinuousEnv`: one environment with continuous states and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded

from gridworld_env.common.checks import known_options
from gridworld_env.common.public import export
from gridworld_env.engine.construction import WorldFunction, make_world, signature_of, with_base
from gridworld_env.engine.continuous.watching import ContinuousWatcher
from gridworld_env.rendering.modes import checked_render_mode
from gridworld_env.rendering.plan import checked_size

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.engine.continuous.world import ContinuousWorld


@export("gridworld_env.authoring.ContinuousEnv")
class ContinuousEnv(gym.Env[Any, Any]):
    """A Gymnasium environment made of a :class:`ContinuousWorld`.

    To make one, write a function that returns a world and name it as the class is declared; its arguments become the
    environment's:

        class LinearQuadraticEnv(ContinuousEnv, world=linear_quadratic): ...

    Args:
        *args: The world function's.
        render_mode: None; "human", a window that shows every step; "rgb_array", pictures; "ansi", text.
        render_size: Pixels of a frame's longer side, in [16, 8192]; None for a readable size.
        **arguments: The world function's.

    Raises:
        ValueError: If an argument is wrong; one that is unknown is a TypeError too.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": ["human", "rgb_array", "ansi"],
        "render_fps": 20,
    }
    _world_function: ClassVar[WorldFunction]

    def __init_subclass__(cls, *, world: Any = None) -> None:
        """Take the world function's arguments for the class's own."""
        super().__init_subclass__()
        with_base(cls, gym.Env)
        if world is not None:
            cls._world_function = staticmethod(world)
            cls.__signature__ = signature_of(world, ContinuousEnv)  # type: ignore[attr-defined]

    def __init__(
        self, *args: Any, render_mode: str | None = None, render_size: int | None = None, **arguments: Any
    ) -> None:
        self.render_mode = checked_render_mode(render_mode, self.metadata)
        size = checked_size(render_size)
        self.world: ContinuousWorld = make_world(type(self), self._world_function, args, arguments)  # type: ignore[assignment]
        self.observation_space, self.action_space = self.world.observation_space, self.world.action_space
        self._begin(ContinuousWatcher(self.world, self.render_mode, size, follows=True))
        self._watched = self.render_mode is not None

    @classmethod
    def _of_world(cls, world: ContinuousWorld, render_mode: str | None, watcher: ContinuousWatcher) -> Self:
        """Return an environment of a world that is there, not reset, shown by a watcher that is told of no step."""
        env = cls.__new__(cls)
        env.world, env.render_mode = world, render_mode
        env.observation_space, env.action_space = world.observation_space, world.action_space
        env._begin(watcher)  # noqa: SLF001 - it is one's own
        return env

    def _begin(self, watcher: ContinuousWatcher) -> None:
        """Be in no state yet, and told to nobody."""
        self._watcher, self._watched = watcher, False
        world = self.world
        self._state, self._arrived = np.zeros((1, world.state_size)), np.zeros((1, world.state_size))
        self._action = np.zeros((1, *world.action_space.shape))
        self._low, self._high = (world.action_space.low.astype(float), world.action_space.high.astype(float))
        self._start_draws, self._step_draws = np.zeros((1, world.start_draws)), np.zeros((1, world.step_draws))
        self._compiled: Any = None
        self._was_reset = False

    @property
    def state(self) -> FloatArray | None:
        """The current state, a copy, (D,) float64; None before the first reset."""
        return self._state[0].copy() if self._was_reset else None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[npt.NDArray[np.float32], dict[str, Any]]:
        """Start an episode.

        Args:
            seed: Fixes this and the following episodes, given the actions.
            options: ``{"start": state}`` to start there.

        Returns:
            The observation and an empty dict.

        Raises:
            ValueError: If the start is no place to start. An option that is unknown is a warning.
        """
        super().reset(seed=seed)
        chosen = known_options(options, ("start",)).get("start")
        if self._compiled is None:
            self._compiled = compiled(self.world)
        kernels, parameters = self._compiled
        if chosen is not None:
            start = self.world.start_state(chosen)
        else:
            self.np_random.random(out=self._start_draws[0])
            kernels.start_one(parameters, self._start_draws, self._state)
            start = self._state[0]
        self._was_reset = True
        self._enter(start)
        return self.world.observations_of(self._state)[0], {}

    def step(self, action: Any) -> tuple[npt.NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Take an action.

        Args:
            action: Of the action space's shape; what lies beyond its bounds is clipped to them.

        Returns:
            Observation, reward, terminated, False, and an empty dict.

        Raises:
            ValueError: If the action has another shape, or is not finite.
            ResetNeeded: Before the first reset.
        """
        if not self._was_reset:
            raise ResetNeeded("the environment has not been reset: call env.reset() first")
        given = np.asarray(action)
        if given.shape != self._low.shape or given.dtype.kind not in "fiu" or not np.isfinite(given).all():
            raise ValueError(f"action must be finite numbers of shape {self._low.shape}, got {action!r}")
        np.minimum(np.maximum(given, self._low), self._high, out=self._action[0])
        kernels, parameters = self._compiled
        self.np_random.random(out=self._step_draws[0])
        r, terminated = kernels.advance_one(parameters, self._state, self._action, self._step_draws, self._arrived)
        if self._watched:
            self._watcher.went(self._state[0], r)
            self._show_step()
        return self.world.observations_of(self._state)[0], r, terminated, False, {}

    def get_state(self) -> list[float] | None:
        """Return `state` as JSON can hold it: see :class:`gridworld_env.protocol.RestorableState`."""
        return self._state[0].tolist() if self._was_reset else None

    def set_state(self, state: Any) -> None:
        """Go on from a state, D numbers, drawing no random number; the environment has been reset before.

        Raises:
            ValueError: If it is no such state, or no episode can be in it.
            ResetNeeded: Before the first reset.
        """
        if not self._was_reset:
            raise ResetNeeded("the environment has not been reset: call env.reset() first")
        self._enter(self.world.saved_state(state))

    def _stand_in(self, state: FloatArray) -> None:
        """Stand in a state, (D,), which is not checked and not shown."""
        self._state[0] = state
        self._compiled, self._was_reset = compiled(self.world), True

    def overlay(self, **items: Any) -> None:
        """Show what an agent has learned, from the next frame on; see :meth:`TabularEnv.overlay`.

        Args:
            **items: Any of

                - ``values``: A field of values, as the environment's :class:`PointScene` has it; None: none.
                - ``policy``: (n, 4) arrows: place and action.
                - ``caption``, ``font``, ``heads_up``, ``optimum``, ``trail``: As for grid worlds.

        Raises:
            ValueError: If an item is unknown or does not fit the environment. Nothing has changed then.
        """
        self._watcher.overlay(items)

    def scene(self) -> Any:
        """Return what is to be seen now, as data, whatever the render mode.

        Raises:
            ResetNeeded: Before the first reset.
        """
        if not self._was_reset:
            raise ResetNeeded("the environment has not been reset: call env.reset() first")
        return self._watcher.scene_at(self._state[0])

    def scene_of(self) -> Any:
        """Return the picture's ground and its overlays without the point, as data."""
        return self._watcher.map_scene(0)

    def render(self) -> Any:
        """Show the current state as the render mode says; see :meth:`TabularEnv.render`.

        Raises:
            ResetNeeded: Before the first reset.
            NoDisplayError: In the mode "human", where no window can be opened.
        """
        if self.render_mode is None:
            gym.logger.warn("render() does nothing without a render mode: pass render_mode='rgb_array' to gym.make")
            return None
        if not self._was_reset:
            raise ResetNeeded("the environment has not been reset: call env.reset() first")
        title = self.spec.id if self.spec else type(self).__name__
        return self._watcher.show_at(self._state[0], title, self.metadata["render_fps"])

    def close(self) -> None:
        """Close the window, if there is one."""
        self._watcher.close()

    def _enter(self, state: FloatArray) -> None:
        """Stand in a state as at the start of an episode."""
        self._state[0] = state
        if self._watched:
            self._watcher.begun(self._state[0])
            self._show_step()

    def _show_step(self) -> None:
        if self.render_mode == "human":
            self.render()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is compiled."""
        return {**self.__dict__, "_compiled": None}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take up where the copied environment stood."""
        self.__dict__.update(kept)
        if self._was_reset:
            self._compiled = compiled(self.world)


def compiled(world: ContinuousWorld) -> tuple[Any, Any]:
    """Return a world's compiled loops and their parameters; loading them takes a moment, so it happens at a reset."""
    from gridworld_env.engine.continuous.kernels import loops

    dynamics = world.dynamics()
    return loops(dynamics), dynamics.parameters
