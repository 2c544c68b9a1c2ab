"""`PointWorld`: a map and the rules by which a point moves through it; what `ContinuousGridWorld-v0` is made of."""

from __future__ import annotations

import dataclasses
import inspect
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_env.common.arrays import frozen
from gridworld_env.engine.continuous.point_rules import PointRules
from gridworld_env.engine.continuous.world import ContinuousWorld, Dynamics, actions_at, is_asked, values_at
from gridworld_env.layouts import Layout
from gridworld_env.rendering.point_scene import PointScene

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, FloatArray

    ObservationArray = npt.NDArray[np.float32]

GAP = ("....#....", "....#..F.", ".......FT", "....#....", "....#....")
"""The default map. Starts on both sides of the wall let the way through its gap be learned from its end."""

SQUARES = 12
"""Squares a side of a cell in which a function of values is asked."""

ARROWS = 2
"""Arrows a side of a cell."""

ROUNDED = 1e-6
"""Of the longer side of a map: more than an observation's place is off by its rounding."""

_WAYS_OUT = np.array([(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)], np.float64)


class PointWorld(ContinuousWorld):
    """A continuous grid world; immutable, shared by copies of the environment.

    Its states are x, y, vx and vy, in cells from the upper left corner and cells a unit of time.

    Args:
        layout: The map.
        rules: Everything else.

    Raises:
        ValueError: If the map has no start or no target.
    """

    def __init__(self, layout: Layout, rules: PointRules) -> None:
        if not layout.starts.any():
            raise ValueError("the layout has nowhere to start: it needs an 'S', or a free cell '.'")
        if not layout.targets.any():
            raise ValueError("the layout has no target 'T', so no episode could end: add one")
        self.layout, self.rules = layout, rules
        self.dimensions = 4 if rules.accelerates else 2  # D, the numbers in an observation
        self.observation_space = spaces.Box(-1.0, 1.0, (self.dimensions,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.state_size, self.start_draws, self.step_draws = 4, 3, 2 if rules.noise > 0 else 0
        H, W = layout.shape
        speed = rules.max_speed
        self.scale = frozen(np.array([2 / W, 2 / H, 1 / speed, 1 / speed])[: self.dimensions])
        self.shift = frozen(np.array([-1.0, -1.0, 0.0, 0.0])[: self.dimensions])

    def dynamics(self) -> Dynamics:
        """Return what is compiled."""
        from gridworld_env.engine.continuous.point_dynamics import advance, start

        return Dynamics(start, advance, self.physics)

    @cached_property
    def physics(self) -> Any:
        """What the compiled functions read."""
        from gridworld_env.engine.continuous.point_dynamics import physics_of

        return physics_of(self.layout, self.rules)

    @property
    def largest_reward(self) -> float:
        """The largest reward or cost of one step, at least that of a step on free ground."""
        rules = self.rules
        ground = max(abs(rules.reward_step), abs(rules.reward_forbidden))
        return ground + abs(rules.reward_boundary) + abs(rules.reward_target)

    def outcomes(
        self, low: int, high: int, states: Any, actions: Any, noises: Any, s_next: Any, r: Any, ends: Any
    ) -> None:
        """Make every step there is from states [low, high); see `point_dynamics.outcomes`."""
        from gridworld_env.engine.continuous.point_dynamics import outcomes

        outcomes(low, high, self.physics, states, actions, noises, s_next, r, ends)

    def observations_of(self, states: FloatArray) -> ObservationArray:
        """Return what states (n, 4) look like: (n, D) float32, D = 2 or, under "acceleration", 4; all in [-1, 1]."""
        from gridworld_env.engine.continuous.point_dynamics import observe

        seen = np.empty((len(states), self.dimensions), np.float32)
        observe(0, len(states), self.scale, self.shift, states, seen)
        return seen

    def states_of(self, observations: Any) -> FloatArray:
        """Return the states that observations (D,) or (n, D) show: (n, 4) x, y, vx, vy.

        An observation is rounded to float32: one that would lie in a wall or a target by that alone is moved out of
        it, for no episode under way is there. On the border of a target an observation does not tell whether the
        episode has ended: it is read as one that goes on.

        Raises:
            ValueError: If the shape is wrong.
        """
        seen = np.atleast_2d(np.asarray(observations, np.float64))
        if seen.ndim != 2 or seen.shape[1] != self.dimensions:
            raise ValueError(
                f"an observation has shape ({self.dimensions},), several (n, {self.dimensions}), "
                f"got {np.shape(observations)}"
            )
        states = np.zeros((len(seen), 4))
        states[:, : self.dimensions] = (seen - self.shift) / self.scale
        last = np.nextafter(self.layout.shape[::-1], 0.0)
        states[:, :2] = np.clip(states[:, :2], 0.0, last)
        stuck = ~self.goes_on(states)
        for way in ROUNDED * max(self.layout.shape) * _WAYS_OUT:
            if not stuck.any():
                break
            moved = np.clip(states[:, :2] + way, 0.0, last)
            out = stuck & self.goes_on(moved)
            states[out, :2] = moved[out]
            stuck &= ~out
        return states

    def goes_on(self, states: FloatArray) -> BoolArray:
        """Return in which states (n, 2 or more), x and y first, an episode goes on, no wall or target: (n,) bool."""
        cells = states[:, 1].astype(np.int64) * self.layout.width + states[:, 0].astype(np.int64)
        going: BoolArray = ~(self.layout.walls | self.layout.targets)[cells]
        return going

    def start_state(self, start: Any) -> FloatArray:
        """Return the state that ``options={"start": start}`` names: (4,).

        Args:
            start: (x, y) in cells, or (x, y, vx, vy) under "acceleration".

        Raises:
            ValueError: If an episode cannot be there.
        """
        H, W = self.layout.shape
        rule = f"start must be a place (x, y) within [0, {W}) x [0, {H})"
        if self.rules.accelerates:
            rule += f", or (x, y, vx, vy) with velocities up to {self.rules.max_speed:g}"
        return self._checked(start, {2, self.dimensions}, rule)

    def saved_state(self, saved: Any) -> FloatArray:
        """Return a state that was saved: (4,); its velocity is that of the last step.

        Raises:
            ValueError: If an episode cannot be there.
        """
        H, W = self.layout.shape
        rule = f"a state is (x, y, vx, vy) within [0, {W}) x [0, {H}) with velocities up to {self.rules.max_speed:g}"
        return self._checked(saved, {4}, rule)

    def _checked(self, given: Any, sizes: set[int], rule: str) -> FloatArray:
        """Return a place, with or without a velocity, as a state: (4,)."""
        H, W = self.layout.shape
        try:
            numbers = np.asarray(given, np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{rule}, got {given!r}") from None
        state = np.zeros(4)
        if numbers.ndim != 1 or numbers.size not in sizes:
            raise ValueError(f"{rule}, got {given!r}")
        state[: numbers.size] = numbers
        inside = (state[:2] >= 0).all() and state[0] < W and state[1] < H
        if not inside or not (np.abs(state[2:]) <= self.rules.max_speed).all():
            raise ValueError(f"{rule}, got {given!r}")
        if (self.layout.walls | self.layout.targets)[int(state[1]) * W + int(state[0])]:
            raise ValueError(f"the episode must go on, and {given!r} is in a wall or a target; {rule}")
        return state

    def place_of(self, state: FloatArray) -> tuple[float, float]:
        """Return where a state is in the scene."""
        return float(state[0]), float(state[1])

    def scene(self, items: dict[str, Any]) -> PointScene:
        """Return the scene without the point.

        Args:
            items: ``caption``, ``font``; ``values``, an array as of :class:`PointScene` or a function of observations
                (n, D); ``policy``, an array likewise, a function of observations, or an agent; functions are asked at
                rest.

        Raises:
            ValueError: If an item does not fit.
        """
        values, policy = items.get("values"), items.get("policy")
        if callable(values):
            states, inside = self._grid(SQUARES)
            field = np.full(inside.shape, np.nan)
            field[inside] = values_at(values, self.observations_of(states[inside]))
            values = field
        if is_asked(policy):
            states, inside = self._grid(ARROWS)
            actions = actions_at(policy, self.observations_of(states[inside]), 2)
            policy = np.concatenate([states[inside][:, :2], actions], axis=1)
        caption = items.get("caption") or ""
        return PointScene(layout=self.layout, values=values, policy=policy, caption=caption, font=items.get("font"))

    def _grid(self, parts: int) -> tuple[FloatArray, BoolArray]:
        """Return the middles of small squares as states at rest, (H F, W F, 4), and where an episode can be."""
        H, W = self.layout.shape
        states = np.zeros((H * parts, W * parts, 4))
        states[..., 0] = (np.arange(W * parts) + 0.5) / parts
        states[..., 1] = ((np.arange(H * parts) + 0.5) / parts)[:, None]
        going: BoolArray = ~(self.layout.walls | self.layout.targets).reshape(H, W)
        return states, going.repeat(parts, axis=0).repeat(parts, axis=1)


def point_world(layout: Layout | str | Sequence[str] | os.PathLike[str] = GAP, **rules: Any) -> PointWorld:
    """Make the world of a map.

    Args:
        layout: A :class:`Layout`, the name of one, ASCII rows, or the `Path` of a file with them.
        **rules: The fields of :class:`PointRules`.

    Raises:
        ValueError: If a value is wrong, or the map has no start or no target.
    """
    return PointWorld(Layout.coerce(layout), PointRules(**rules))


point_world.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
    [
        inspect.signature(point_world).parameters["layout"],
        *(
            inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=field.type)
            for field in dataclasses.fields(PointRules)
        ),
    ]
)
