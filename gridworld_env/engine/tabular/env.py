"""`TabularEnv`: one environment that walks through the tables of its model.

A step is a look-up. Each visited state gets a node; a node holds, for every action, what can come of it and the node
where that leads, so that no arithmetic is left for `step` to do.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from gridworld_env.common.checks import known_options
from gridworld_env.common.public import export
from gridworld_env.engine.construction import WorldFunction, make_world, signature_of, with_base
from gridworld_env.engine.tabular.toy_text import ToyText
from gridworld_env.engine.watching import Watcher
from gridworld_env.rendering.modes import checked_render_mode
from gridworld_env.rendering.plan import checked_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, IntArray, MaskArray
    from gridworld_env.engine.tabular.world import World
    from gridworld_env.layouts import Layout
    from gridworld_env.rendering.scene import Scene
    from gridworld_env.tabular import TabularMDP

CACHED_OBSERVATIONS = 1 << 26
"""Bytes of observations that an environment may keep; where all its states' would take more, each is made anew."""


class _Node:
    """A visited state: what every action leads to (filled at the first step), its mask and its observation."""

    __slots__ = ("copy_mask", "copy_observation", "outcomes", "state")

    def __init__(
        self, state: int, copy_mask: Callable[[], MaskArray], copy_observation: Callable[[], Any] | None
    ) -> None:
        self.state = state
        self.copy_mask = copy_mask
        self.copy_observation = copy_observation
        self.outcomes: list[Any] = []


@export("gridworld_env.authoring.TabularEnv")
class TabularEnv(ToyText, gym.Env[Any, Any]):
    """A Gymnasium environment made of a :class:`TabularMDP`.

    `P`, `s`, `nrow`, `ncol`, `desc` and `initial_state_distrib` are what Gymnasium's FrozenLake calls so.

    To make one, write a function that returns a :class:`World`, or a bare :class:`TabularMDP`, and name it as the class
    is declared; its arguments become the environment's:

        class CorridorEnv(TabularEnv, world=corridor): ...

    Args:
        *args: The world function's.
        render_mode: None; "human", a window that shows every step; "rgb_array", pictures; "ansi", text.
        render_size: Pixels of a frame's longer side, in [16, 8192]; None for a readable size that depends on the map.
        **arguments: The world function's.

    Raises:
        ValueError: If an argument is wrong; one that is unknown is a TypeError too.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": ["human", "rgb_array", "ansi"],
        "render_fps": 8,
    }
    samples_tables: ClassVar[bool] = True  # see `gridworld_env.protocol`
    _world_function: ClassVar[WorldFunction]

    def __init_subclass__(cls, *, world: WorldFunction | None = None) -> None:
        """Take the world function's arguments for the class's own."""
        super().__init_subclass__()
        with_base(cls, gym.Env)
        if world is not None:
            cls._world_function = staticmethod(world)
            cls.__signature__ = signature_of(world, TabularEnv)  # type: ignore[attr-defined]

    def __init__(
        self, *args: Any, render_mode: str | None = None, render_size: int | None = None, **arguments: Any
    ) -> None:
        self.render_mode = checked_render_mode(render_mode, self.metadata)
        size = checked_size(render_size)
        self._world: World = make_world(type(self), self._world_function, args, arguments)
        self.observation_space = self.world.observer.space
        self.action_space = self.actions_of(self.mdp)
        self._begin(Watcher(self.world, self.render_mode, size, follows=True))
        self._watched = self.render_mode is not None

    @classmethod
    def _of_world(cls, world: World, render_mode: str | None, watcher: Watcher) -> Self:
        """Return an environment of a world that is there, not reset, shown by a watcher that is told of no step."""
        env = cls.__new__(cls)
        env._world, env.render_mode = world, render_mode  # noqa: SLF001 - it is one's own
        env.observation_space, env.action_space = world.observer.space, cls.actions_of(world.mdp)
        env._begin(watcher)  # noqa: SLF001 - it is one's own
        return env

    def _begin(self, watcher: Watcher) -> None:
        """Be in no state yet, and told to nobody."""
        self._watcher, self._watched = watcher, False
        self._node: _Node | None = None
        self._forget()

    @property
    def world(self) -> World:
        """What it was made from. Steps, spaces and pictures hold to it, so that it cannot be set."""
        return self._world

    @world.setter
    def world(self, _world: World) -> None:
        raise AttributeError(f"world of {type(self).__name__} cannot be set: make another environment")

    @property
    def mdp(self) -> TabularMDP:
        """The exact model."""
        return self.world.mdp

    @staticmethod
    def actions_of(mdp: TabularMDP) -> spaces.Discrete:
        """Return the action space of a model `mdp`: `Discrete(A)`."""
        return spaces.Discrete(mdp.num_actions)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What the actions are called, A names."""
        return self.world.action_names

    @property
    def state_names(self) -> tuple[str, ...]:
        """What the states are called, S names: their numbers where the model has no names."""
        return self.world.state_names

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The maps that the states lie on, all of one shape; state ``b * H * W + cell`` is that cell of map b.

        There is none in a world without a map.
        """
        return self.world.layouts

    @property
    def state(self) -> int | None:
        """The number of the current state, or None before the first reset."""
        return None if self._node is None else self._node.state

    @property
    def s(self) -> int:
        """The number of the current state, as FrozenLake has it; setting it moves the agent: see `set_state`.

        Raises:
            AttributeError: Before the first reset.
        """
        if self._node is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute 's' yet: call env.reset() first")
        return self._node.state

    @s.setter
    def s(self, state: int) -> None:
        """Go on from a state.

        Raises:
            ResetNeeded: Before the first reset.
        """
        self._current()
        self.set_state(state)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode.

        Args:
            seed: Fixes this and the following episodes, given the actions.
            options: ``{"start": state}``, ``{"start": (row, column)}`` or, where the model has names,
                ``{"start": name}`` to start there.

        Returns:
            The observation, and ``{"action_mask": (A,) int8}``, 0 for actions that can do nothing but bump.

        Raises:
            ValueError: If the start is no place to start. An option that is unknown is a warning.
        """
        super().reset(seed=seed)
        rng, world = self.np_random, self.world
        start = known_options(options, ("start",)).get("start") if options else None
        if start is not None:
            state = world.start_state(start)
        elif self._only_start is not None:
            state = self._only_start
        else:
            state = world.mdp.sample_start(rng)
        node = self._enter(state)
        observe = node.copy_observation
        return node.state if observe is None else observe(), {"action_mask": node.copy_mask()}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take an action.

        Args:
            action: An integer in [0, A).

        Returns:
            Observation, reward, terminated, False, and ``{"action_mask": (A,) int8}``.

        Raises:
            ValueError: If there is no such action.
            ResetNeeded: Before the first reset.
        """
        try:
            # What goes wrong here, before the first reset and at the first step from a state too, is met below.
            outcome = self._node.outcomes[action] if action >= 0 else self._first_time(action)  # type: ignore[union-attr]
        except (AttributeError, IndexError, TypeError, ValueError):
            outcome = self._first_time(action)
        if self._random:
            thresholds, outcomes = outcome
            outcome = outcomes[bisect_right(thresholds, self._np_random.random())]  # type: ignore[union-attr]
        r, terminated, self._node, state, copy_observation, copy_mask = outcome
        if self._watched:
            self._watcher.moved(state, r)
            self._show_step()
        if copy_observation is not None:
            state = copy_observation()
        return state, r, terminated, False, {"action_mask": copy_mask()}

    def action_masks(self) -> BoolArray:
        """Return which actions would do more than bump in the current state: (A,) bool.

        Raises:
            ResetNeeded: Before the first reset.
        """
        mask: BoolArray = self._current().copy_mask().astype(np.bool_)
        return mask

    def observe_states(self, states: IntArray) -> npt.NDArray[Any]:
        """Return what is shown in states: (N,) integers in, a fresh (N, ...) array of observations out."""
        return self.world.observer(states)

    def mask_states(self, states: IntArray) -> BoolArray:
        """Return which actions would do more than bump in states: (N,) integers in, (N, A) bool out."""
        masks: BoolArray = self.world.masks[states].astype(np.bool_)
        return masks

    def get_state(self) -> int | None:
        """Return `state`: see :class:`gridworld_env.protocol.RestorableState`."""
        return self.state

    def set_state(self, state: int) -> None:
        """Go on from a state, drawing no random number.

        Raises:
            ValueError: If there is no such state, or no episode can be in it.
        """
        self._enter(self.world.start_state(state))

    def _stand_in(self, state: int) -> None:
        """Stand in a state, which is not checked and not shown."""
        self._node = self._visit(state)

    def overlay(self, **items: Any) -> None:
        """Show on the map what an agent has learned, from the next frame on.

        Items that are not named stay as they are; None takes one away. The lines and the legend that belong to them
        change a frame's size: what a recording is to show, it should show from its first frame on.

        Args:
            **items: Any of

                - ``values``: (S,) state values; NaN where unknown.
                - ``action_values``: (S, A); they take the place of values.
                - ``value_range``: (lowest, highest), what the ends of the colour scale stand for, to compare pictures
                  by; without it each picture has a scale of its own.
                - ``policy``: (S, A) probabilities of the actions, or (S,) integers, the actions themselves.
                - ``visits``: (S,) or (S, A) counts.
                - ``caption``: A line above the map.
                - ``font``: What texts are written in, as of :class:`Scene`.
                - ``heads_up``: Whether a line below tells step and return; by default in a window only.
                - ``optimum``: The best return possible, told in that line.
                - ``trail``: How many of the last steps are drawn, 8 unless told. 0 makes a frame depend on the state
                  alone.

        Raises:
            ValueError: If an item is unknown or does not fit the environment. Nothing has changed then.
        """
        self._watcher.overlay(items)

    def scene(self) -> Scene:
        """Return what is to be seen now, as data, whatever the render mode.

        Raises:
            ResetNeeded: Before the first reset.
        """
        return self._watcher.scene(self._current().state)

    def scene_of(self, number: int = 0) -> Scene:
        """Return a map and its overlays without the agent, as data.

        Args:
            number: Which map, from 0, where there are several.
        """
        return self._watcher.map_scene(number)

    def render(self) -> Any:
        """Show the current state as the render mode says.

        Returns:
            "rgb_array": a fresh (height, width, 3) uint8 array. "ansi": the map as text, the agent as `@`. "human":
            None, the window having been drawn anew; every step and reset does so by itself. Once its user has closed
            it, it stays closed, and the episode goes on unseen and without waiting. None without a render mode.

        Raises:
            ResetNeeded: Before the first reset.
            NoDisplayError: In the mode "human", where no window can be opened.
        """
        if self.render_mode is None:
            gym.logger.warn("render() does nothing without a render mode: pass render_mode='rgb_array' to gym.make")
            return None
        title = self.spec.id if self.spec else type(self).__name__
        return self._watcher.show(self._current().state, title, self.metadata["render_fps"])

    def close(self) -> None:
        """Close the window, if there is one."""
        self._watcher.close()

    def _show_step(self) -> None:
        """Draw the window anew; in the other modes frames are made when they are asked for."""
        if self.render_mode == "human":
            self.render()

    def _enter(self, state: int) -> _Node:
        """Stand in a state as at the start of an episode."""
        self._node = node = self._visit(state)
        if self._watched:
            self._watcher.started(state)
            self._show_step()
        return node

    def _current(self) -> _Node:
        if self._node is None:
            raise ResetNeeded("the environment has not been reset: call env.reset() first")
        return self._node

    def _forget(self) -> None:
        """Drop the nodes; they are made again as states are visited."""
        self._node = None
        self._nodes: dict[int, _Node] = {}
        self._random = self.mdp.num_outcomes > 1
        self._only_start = int(self.mdp.starts[0]) if len(self.mdp.starts) == 1 else None

    def _visit(self, state: int) -> _Node:
        """Return the node of a state, made at the first visit."""
        node = self._nodes.get(state)
        if node is None:
            node = _Node(state, self.world.masks[state].copy, self._copy_observation(state))
            self._nodes[state] = node
        return node

    def _copy_observation(self, state: int) -> Callable[[], Any] | None:
        """Return what makes a state's observation, or None where that is the number of the state."""
        observe = self.world.observer
        if observe.kind == "state":
            return None
        sample = observe(np.array([state]))
        if sample.nbytes * self.mdp.num_states <= CACHED_OBSERVATIONS:
            copy: Callable[[], Any] = sample[0].copy
            return copy
        return lambda: observe(np.array([state]))[0]

    def _first_time(self, action: Any) -> Any:
        """Check an action and, where this is its state's first, look up what can come of each."""
        node, A = self._current(), self.mdp.num_actions
        try:
            index = operator.index(action.item() if isinstance(action, np.ndarray) else action)
        except (TypeError, ValueError):
            index = -1
        if not 0 <= index < A:
            names = ", ".join(f"{a} {name}" for a, name in enumerate(self.world.action_names))
            raise ValueError(f"action must be an integer in [0, {A}), got {action!r}; actions are {names}")
        if not node.outcomes:
            node.outcomes = [self._outcomes(node.state, a) for a in range(A)]
        return node.outcomes[index]

    def _outcomes(self, s: int, a: int) -> Any:
        """Return what `step` needs: one outcome, or their thresholds and outcomes."""
        mdp = self.mdp
        outcomes = []
        for k in range(mdp.num_outcomes):
            node = self._visit(int(mdp.next_state[s, a, k]))
            r, end = float(mdp.reward[s, a, k]), bool(mdp.terminated[s, a, k])
            outcome = (r, end, node, node.state, node.copy_observation, node.copy_mask)
            if not self._random:
                return outcome
            outcomes.append(outcome)
        return mdp.thresholds[s, a].tolist(), outcomes

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the nodes: they hold nothing that the tables do not."""
        kept = self.__dict__.copy()
        kept["_node"] = self.state
        del kept["_nodes"]
        return kept

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take up where the copied environment stood."""
        self.__dict__.update(kept)
        state = kept["_node"]
        self._forget()
        if state is not None:
            self._node = self._visit(state)
