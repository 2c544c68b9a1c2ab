"""`PointWorld`: a map and the rules by which a point moves through it; what `ContinuousGridWorld-v0` is made of."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from gridworld_env.arrays import BoolArray, FloatArray
    from gridworld_env.envs.point_rules import PointRules
    from gridworld_env.layouts import Layout

    ObservationArray = npt.NDArray[np.float32]

ROUNDED = 1e-5
"""Cells: more than an observation's place is off by its rounding."""

_WAYS_OUT = [
    (dx * ROUNDED, dy * ROUNDED) for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))
]


@dataclasses.dataclass(frozen=True, eq=False)
class PointWorld:
    """A continuous grid world; immutable, shared by copies of the environment.

    Args:
        layout: The map.
        rules: Everything else.

    Raises:
        ValueError: If the map has no start or no target.
    """

    layout: Layout
    rules: PointRules

    def __post_init__(self) -> None:
        """Check that episodes can start and end."""
        if not self.layout.starts.any():
            raise ValueError("the layout has nowhere to start: it needs an 'S', or a free cell '.'")
        if not self.layout.targets.any():
            raise ValueError("the layout has no target 'T', so no episode could end: add one")

    @cached_property
    def physics(self) -> Any:
        """What the compiled functions read."""
        from gridworld_env.envs.point_dynamics import physics_of

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
        from gridworld_env.envs.point_dynamics import outcomes

        outcomes(low, high, self.physics, states, actions, noises, s_next, r, ends)

    def observations_of(self, states: FloatArray) -> ObservationArray:
        """Return what states (n, 4) look like: (n, D) float32, D = 2 or, under "acceleration", 4; all in [-1, 1]."""
        seen = states[:, : self.dimensions] * self._scale + self._shift
        return np.clip(seen, -1.0, 1.0).astype(np.float32)

    def states_of(self, observations: Any) -> FloatArray:
        """Return the states that observations (D,) or (n, D) show: (n, 4) x, y, vx, vy.

        An observation is rounded to float32: one that would lie in a wall by that alone is moved out of it.

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
        states[:, : self.dimensions] = (seen - self._shift) / self._scale
        last = np.nextafter(self.layout.shape[::-1], 0.0)
        states[:, :2] = np.clip(states[:, :2], 0.0, last)
        stuck = self.in_wall(states)
        for way in _WAYS_OUT:
            if not stuck.any():
                break
            moved = np.clip(states[:, :2] + way, 0.0, last)
            out = stuck & ~self.in_wall(moved)
            states[out, :2] = moved[out]
            stuck &= ~out
        return states

    def in_wall(self, states: FloatArray) -> BoolArray:
        """Return which states (n, 2 or more), x and y first, lie in a wall: (n,) bool."""
        walls = self.layout.walls.reshape(self.layout.shape)
        within: BoolArray = walls[states[:, 1].astype(np.int64), states[:, 0].astype(np.int64)]
        return within

    @property
    def dimensions(self) -> int:
        """D, the numbers in an observation."""
        return 4 if self.rules.accelerates else 2

    @cached_property
    def _scale(self) -> FloatArray:
        H, W = self.layout.shape
        speed = self.rules.max_speed
        return np.array([2 / W, 2 / H, 1 / speed, 1 / speed])[: self.dimensions]

    @cached_property
    def _shift(self) -> FloatArray:
        return np.array([-1.0, -1.0, 0.0, 0.0])[: self.dimensions]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return itself: nothing in it changes."""
        return self
