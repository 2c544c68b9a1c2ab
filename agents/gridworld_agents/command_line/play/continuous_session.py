"""`ContinuousSession`: one person playing an environment whose actions are directions with a strength."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click
import numpy as np

from gridworld_agents.command_line.play.session import Session
from gridworld_agents.evaluation.continuous_judge import ContinuousJudge
from gridworld_env import oracle, rendering

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

DIRECTIONS = {
    "up": (0, -1),
    "right": (1, 0),
    "down": (0, 1),
    "left": (-1, 0),
    "stay": (0, 0),
    "up-left": (-1, -1),
    "up-right": (1, -1),
    "down-left": (-1, 1),
    "down-right": (1, 1),
}
"""Of commands, on the picture: x grows to the right, y downwards."""

LEAST_STRENGTH = 1 / 16
GREETING = "arrows or click move   - + strength   H hint   V values   Esc quit"
COMPUTING = "The optimum of this world is computed first; with accelerations and noise that may take a minute"


class ContinuousSession(Session):
    """Plays an environment with a known continuous optimum; arguments as for `Session`.

    Where the optimum takes time, the world and a line that says so stand on standard error before that begins.

    Raises:
        TypeError: If the environment has no such optimum.
        ValueError: If it has none at this discount.
    """

    greeting = GREETING

    def __init__(self, env: gym.Env[Any, Any], gamma: float, seed: int | None) -> None:
        self.env, self.gamma = env, gamma
        self.world = cast("Any", env.unwrapped)
        on_a_fine_grid = oracle.continuous_oracle(env) is oracle.fine_grid
        if not on_a_fine_grid:
            self.judge = ContinuousJudge(env, gamma)
        self.strength = 1.0
        self._shown = self._hinted = False
        self.world.overlay(heads_up=True, trail=60)
        self._start(seed)
        if on_a_fine_grid:
            self._tell(COMPUTING)
            click.echo(self.text(), err=True)
            self.judge = ContinuousJudge(env, gamma)
            self._tell(self.greeting)
        self.best: Any = self.judge.best

    @property
    def result(self) -> str:
        """The return so far, and the discounted one beside the best from where the episode started."""
        v = float(self.best.value(self._first))
        return (
            f"{self._returned}; discounted by {self.gamma:g}: {self._discounted:.3f}, "
            f"best possible {v:.3f} without the time limit"
        )

    def text(self) -> str:
        """Return what is to be seen now, as text."""
        return rendering.draw_point_text(cast("Any", self.scene()))

    def click(self, place: tuple[float, float]) -> None:
        """Move towards a place: x and y in cells."""
        away = np.asarray(place) - np.asarray(cast("Any", self.scene()).point)
        self._move(away / max(1.0, float(np.linalg.norm(away))))
        self._show()

    def _start(self, seed: int | None) -> None:
        self._seen, _ = self.env.reset(seed=seed)
        self._first = self._seen
        self._steps, self._return, self._discounted = 0, 0.0, 0.0
        self.over, self.message = False, self.greeting
        self._show()

    def _tell(self, message: str) -> None:
        self.message = message
        self._show()

    def _act(self, command: str) -> None:
        self._move(np.asarray(DIRECTIONS[command], np.float64))

    def _move(self, direction: npt.NDArray[np.float64]) -> None:
        self._hinted = False
        if self.over:
            self.message = "The episode is over: R plays again, Esc quits"
            return
        self._seen, r, terminated, truncated, _ = self.env.step(self._action(direction))
        self._return += float(r)
        self._discounted += self.gamma**self._steps * float(r)
        self._steps += 1
        self.over, self.message = terminated or truncated, self.greeting
        if self.over:
            end = "The end" if terminated else "Out of time"
            self.message = f"{end}: return {self._return:.2f}. R plays again, Esc quits"

    def _action(self, direction: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        """Return the action that goes in a direction on the picture."""
        limit = cast("Any", self.env.action_space).high.astype(np.float64)
        if self.judge.linear:  # what the action adds to the first two numbers; the second one grows upwards
            B = self.best.world.B
            pushes = B[:2].T @ (direction * [1, -1])[: len(B)]
            direction = pushes / (np.abs(pushes).max() or 1.0)
        action: npt.NDArray[np.float32] = (self.strength * limit * direction).astype(np.float32)
        return action

    def _change(self, factor: float) -> None:
        self.strength = min(1.0, max(LEAST_STRENGTH, self.strength * factor))
        self.message = f"Strength {self.strength:g} of 1"

    def _hint(self) -> None:
        self._hinted = True
        if not self.over:
            best = ", ".join(f"{number:.2f}" for number in self.best.predict(self._seen)[0])
            v = float(self.best.value(self._seen))
            self.message = f"Best: action ({best}), worth {v:.3f} at discount {self.gamma:g}"

    def _show(self) -> None:
        shown = self._shown or self._hinted
        values, policy = (self.best.value, self.best) if shown else (None, None)
        self.world.overlay(values=values, policy=policy, caption=self.message)
