"""The rules of a continuous grid world: how the point is driven, what disturbs it, what it pays; checked."""

from __future__ import annotations

import dataclasses

from gridworld_env.common.checks import choose, finite_number

CONTROLS = ("velocity", "acceleration")

REWARDS = ("reward_target", "reward_forbidden", "reward_boundary", "reward_step")

LARGEST = 1e100
"""No number may be larger, and no speed or time smaller than 1 / LARGEST: their products and sums stay finite."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PointRules:
    """Everything about a continuous grid world but its map. Lengths are in cells.

    Raises:
        ValueError: If a value is outside its range; the message gives the value and the range.
    """

    control: str = "velocity"  # what an action sets: "velocity" or "acceleration"
    max_speed: float = 1.0  # greatest speed in each axis, cells a unit of time, > 0
    max_acceleration: float = 1.0  # change of speed in a unit of time at full action, > 0; control="acceleration"
    drag: float = 0.0  # share of the velocity lost in a unit of time, in [0, 1 / dt]; control="acceleration"
    dt: float = 0.25  # time that a step takes, > 0
    noise: float = 0.0  # standard deviation of the motion in each axis, cells a square root of time, >= 0
    reward_target: float = 0.0  # on reaching a target; finite
    reward_forbidden: float = -0.5  # of a step in a forbidden zone; finite
    reward_boundary: float = -0.1  # of a step held by a wall or the edge, added to the others; finite
    reward_step: float = -0.1  # of any other step; finite

    def __post_init__(self) -> None:
        """Check every value against its range."""
        choose("control", self.control, CONTROLS)
        for name in ("max_speed", "max_acceleration", "dt"):
            self._take(name, finite_number(name, getattr(self, name)), above=True)
        for name in ("drag", "noise"):
            self._take(name, finite_number(name, getattr(self, name)), above=False)
        for name in REWARDS:
            object.__setattr__(self, name, finite_number(name, getattr(self, name)))
        self._within_reason()
        if self.drag * self.dt > 1:
            raise ValueError(f"drag must be in [0, 1 / dt] = [0, {1 / self.dt:g}], got {self.drag}")
        if self.drag and not self.accelerates:
            raise ValueError(
                f"drag needs control='acceleration': a velocity that is set has none to lose, got {self.drag}"
            )
        if self.max_acceleration != type(self).max_acceleration and not self.accelerates:
            raise ValueError(
                "max_acceleration needs control='acceleration': a velocity that is set changes at once, got "
                f"{self.max_acceleration}"
            )

    @property
    def accelerates(self) -> bool:
        """Whether an action sets the acceleration."""
        return self.control == "acceleration"

    def _within_reason(self) -> None:
        """Refuse numbers whose sums and products would not be finite."""
        named = ("max_speed", "max_acceleration", "dt", "noise", *REWARDS)
        sizes = {name: abs(getattr(self, name)) for name in named}
        sizes |= {"1 / max_speed": 1 / self.max_speed, "1 / dt": 1 / self.dt}
        for name, size in sizes.items():
            if size > LARGEST:
                raise ValueError(f"{name} must be at most {LARGEST:g} in size, got {size:g}: choose other units")

    def _take(self, name: str, number: float, *, above: bool) -> None:
        if number < 0 or (above and number == 0):
            raise ValueError(f"{name} must be {'>' if above else '>='} 0, got {number}")
        object.__setattr__(self, name, number)
