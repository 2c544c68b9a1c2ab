"""`Session`: one person playing one environment, whatever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from gridworld_env import oracle, protocol, rendering

if TYPE_CHECKING:
    import gymnasium as gym

MOST_ENTRIES = 10_000_000
"""Of a table of all returns with n steps to go, beyond which the optimum is that without the time limit."""

COMMANDS = {
    "up": "arrow up, W",
    "right": "arrow right, D",
    "down": "arrow down, S",
    "left": "arrow left, A",
    "stay": "space",
    "up-left": "Q",
    "up-right": "E",
    "down-left": "Z",
    "down-right": "C",
    "weaker": "minus: half the strength, where actions have one",
    "stronger": "plus, or equals: twice the strength",
    "restart": "R",
    "hint": "H: the optimal actions and the values",
    "overlays": "V: show or hide values and policy",
    "quit": "Esc, or close the window",
}
"""What a player can do, and by which keys."""

STRENGTHS = {"weaker": 0.5, "stronger": 2.0}
GREETING = "arrows or WASD move   H hint   V values   R restart   Esc quit"


class Session:
    """Plays an environment command by command and knows what would have been best.

    Args:
        env: An environment with a map, freshly made.
        gamma: The discount of the values shown.
        seed: Of the first episode.

    Raises:
        ValueError: If the environment has no map.
    """

    greeting = GREETING

    def __init__(self, env: gym.Env[Any, Any], gamma: float, seed: int | None) -> None:
        self.env, self.gamma = env, gamma
        if not getattr(env.unwrapped, "layouts", ()):
            raise ValueError(
                f"{protocol.name_of(env)} has no map to play on; `gridworld list envs` lists those that have one"
            )
        self.world = cast("Any", env.unwrapped)
        self.names: tuple[str, ...] = self.world.action_names
        self.best = oracle.optimal(self.world.mdp, gamma=gamma)
        self._most = _best_returns(self.world.mdp, env)
        self.message, self.over = self.greeting, False
        self._shown = self._hinted = False
        self.world.overlay(heads_up=True, trail=24)
        self._start(seed)

    def do(self, command: str) -> bool:
        """Carry out a command of `COMMANDS`; return False when the player wants to leave."""
        if command == "quit":
            return False
        if command == "restart":
            self._start(None)
        elif command == "hint":
            self._hint()
        elif command == "overlays":
            self._shown = not self._shown
            self.message = self.greeting
        elif command in STRENGTHS:
            self._change(STRENGTHS[command])
        else:
            self._act(command)
        self._show()
        return True

    def text(self) -> str:
        """Return what is to be seen now, as text."""
        return rendering.draw_text(self.scene())

    def click(self, place: tuple[float, float]) -> None:
        """Do what a click on a place, x and y in cells, means: nothing on a grid, where keys move."""

    def scene(self) -> rendering.Scene:
        """Return what is to be seen now."""
        scene: rendering.Scene = self.world.scene()
        return scene

    @property
    def result(self) -> str:
        """The return so far beside the best there is from where the episode started, exactly."""
        v = float(self.best.v[self._first])
        return (
            f"{self._returned}, best possible {self._optimum:.2f}; "
            f"discounted by {self.gamma:g}: {self._discounted:.3f}, best possible {v:.3f}"
        )

    @property
    def _returned(self) -> str:
        return f"return{'' if self.over else ' so far'} {self._return:.2f}"

    def _start(self, seed: int | None) -> None:
        self.env.reset(seed=seed)
        self._first = int(self.world.state)
        self._optimum = float(self._most[self._first])
        self._steps, self._return, self._discounted = 0, 0.0, 0.0
        self.over, self.message = False, GREETING
        self.world.overlay(optimum=self._optimum if np.isfinite(self._optimum) else None)
        self._show()

    def _act(self, command: str) -> None:
        self._hinted = False
        if self.over:
            self.message = "The episode is over: R plays again, Esc quits"
            return
        if command not in self.names:
            self.message = f"There is no action {command!r} here: {', '.join(self.names)}"
            return
        _, r, terminated, truncated, _ = self.env.step(self.names.index(command))
        self._return += float(r)
        self._discounted += self.gamma**self._steps * float(r)
        self._steps += 1
        self.over = terminated or truncated
        self.message = self.greeting
        if self.over:
            end = "The end" if terminated else "Out of time"
            self.message = f"{end}: return {self._return:.2f}, best {self._optimum:.2f}. R plays again, Esc quits"

    def _change(self, factor: float) -> None:  # noqa: ARG002 - for actions that have a strength
        self.message = "Actions have no strength here"

    def _hint(self) -> None:
        s = int(self.world.state)
        best = " or ".join(self.names[a] for a in np.flatnonzero(self.best.policy[s]))
        self._hinted = True
        if not self.over:
            self.message = f"Best: {best}, worth {self.best.v[s]:.3f} at discount {self.gamma:g}"

    def _show(self) -> None:
        """Hand the environment what is to be seen beside the map."""
        shown = self._shown or self._hinted
        values, policy = (self.best.v, self.best.policy) if shown else (None, None)
        self.world.overlay(values=values, policy=policy, caption=self.message)


def _best_returns(mdp: Any, env: gym.Env[Any, Any]) -> Any:
    """Return the best undiscounted return from every state, within the time limit if there is one: (S,), or NaN.

    A model without a limit may pay without end; then there is no best.
    """
    limit = env.spec.max_episode_steps if env.spec else None
    if limit is not None and limit * mdp.num_states * mdp.num_actions <= MOST_ENTRIES:
        return oracle.finite_horizon(mdp, gamma=1.0, horizon=limit).v[-1]
    try:
        return oracle.optimal(mdp, gamma=1.0).v
    except ValueError:
        return np.full(mdp.num_states, np.nan)
