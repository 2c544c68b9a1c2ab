"""Tiny environments for the checks of what is learned: how an episode ends, and reaching a target in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

if TYPE_CHECKING:
    from gridworld_agents.checking.environments import Variant

AFTER = 3
"""The state after an episode that ended for good, in which none ever starts: nobody learns its value."""


class Crossing(gym.Env[Any, Any]):
    """Tells agents that bootstrap wrongly by the action they prefer.

    In the only state with a choice the agent picks a place p: -1 or 1, or with actions in a Box anything between. It
    is paid -p and lands at p, where the episode ends. Half of the episodes start at a place p instead, pay 4p, whatever
    the action, and end for good: so the agent gets to know that the value of being at p is 4p. Then

        if landing truncates,   q(choice, p) = -p + gamma 4p = (4 gamma - 1) p, and p = 1 is best for gamma > 1/4;
        if landing terminates,  q(choice, p) = -p, and p = -1 is best.

    An agent that takes one ending for the other has exactly the other's values, and so prefers the other action. That
    holds for whatever maximises discounted return, by whichever method: only the greedy action is asked for, and
    there is neither noise nor a long way for a value to come. Values stay in [-4, 4], at gamma = 1 too, and are linear
    in p, so that a gradient of the action leads to the best one from anywhere.

    Args:
        variant: Which spaces to show.
        truncates: How an episode ends where the agent lands.
    """

    def __init__(self, variant: Variant, *, truncates: bool) -> None:
        self.variant, self.truncates = variant, truncates
        one = np.ones(3, np.float32)
        table = variant.observations == "discrete"
        self.observation_space = spaces.Discrete(AFTER + 1) if table else spaces.Box(-one, one)
        self.action_space = spaces.Discrete(2) if variant.actions == "discrete" else spaces.Box(-one[:1], one[:1])
        self._p: float | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start at the choice or at a place."""
        super().reset(seed=seed, options=options)
        x = self.np_random.uniform(-1, 1)
        place = x if self.variant.actions == "box" else float(np.sign(x))
        self._p = None if self.np_random.random() < 0.5 else place
        return self.observe(self._p), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Land at a place, or be paid for being there."""
        if self._p is not None:
            r, self._p = self.worth(self._p), None
            return self._observe(after=True, p=0.0), r, True, False, {}
        self._p = p = self.place_of(action)
        return self.observe(p), -p, not self.truncates, self.truncates, {}

    def worth(self, p: float) -> float:
        """Return what is paid at a place."""
        return 4 * p

    def observe(self, p: float | None) -> Any:
        """Return the observation of a place, or of the choice."""
        return self._observe(choice=p is None, p=p or 0.0)

    def place_of(self, action: Any) -> float:
        """Return the place that an action leads to."""
        x = float(np.asarray(action).reshape(-1)[0])
        return min(max(x, -1.0), 1.0) if self.variant.actions == "box" else float(np.sign(x - 0.5))

    @property
    def P(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:  # noqa: N802 - Gymnasium's name
        """The exact model where states are numbers; an episode that is only cut off goes on in it.

        Raises:
            AttributeError: If observations are in a Box.
        """
        if self.variant.observations != "discrete":
            raise AttributeError("P is the model of Discrete observations")
        landing = {a: [(1.0, 1 + a, 1.0 - 2 * a, not self.truncates)] for a in range(2)}
        paid = {p: {a: [(1.0, AFTER, self.worth(2.0 * p - 3), True)] for a in range(2)} for p in (1, 2)}
        return {0: landing, **paid, AFTER: {a: [(1.0, AFTER, 0.0, True)] for a in range(2)}}

    @property
    def initial_state_distrib(self) -> Any:
        """At the choice every other time, else at a place: (S,) float64."""
        return np.array([0.5, 0.25, 0.25, 0.0])

    def _observe(self, *, choice: bool = False, after: bool = False, p: float) -> Any:
        if self.variant.observations == "discrete":
            return AFTER if after else 0 if choice else 1 if p < 0 else 2
        return np.array([choice, p, after], np.float32)


class Reach(gym.Env[Any, Any]):
    """One step: the observation is a target, -0.5 or 0.5, and the reward minus the action's squared distance."""

    TARGETS = (-0.5, 0.5)

    def __init__(self) -> None:
        one = np.ones(1, np.float32)
        self.observation_space, self.action_space = spaces.Box(-one, one), spaces.Box(-one, one)
        self._target = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Draw a target."""
        super().reset(seed=seed, options=options)
        self._target = self.TARGETS[int(self.np_random.integers(2))]
        return self.observe(self._target), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Be paid for the distance."""
        r = -((float(np.asarray(action).reshape(-1)[0]) - self._target) ** 2)
        return self.observe(0.0), r, True, False, {}

    def observe(self, target: float) -> Any:
        """Return the observation of a target: (1,) float32."""
        return np.array([target], np.float32)
