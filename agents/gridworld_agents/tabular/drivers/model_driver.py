"""The driver over the model of a tabular environment.

It does what stepping the environment would do, number by number: the environment's random numbers come from the
environment's own generator in the order in which it draws them itself, and afterwards the environment is in the state
that the steps would have left it in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.tabular.drivers.loop import Model, make_loop
from gridworld_agents.tabular.run import NO_EPISODE, STATE, Run
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy as np


class ModelDriver:
    """Learns on the model of a tabular environment.

    Args:
        env: For which `protocol.is_plain` holds.
        act: Compiled, see `TabularAgent`.
        observe: Compiled, see `TabularAgent`.
        next_action_first: Whether the next action is chosen before the update.
    """

    def __init__(
        self, env: gym.Env[Any, Any], act: Callable[..., Any], observe: Callable[..., Any], *, next_action_first: bool
    ) -> None:
        self.env = env
        self.limit = protocol.time_limit(env)
        self._model = Model.of(env.unwrapped.mdp, self.limit)  # type: ignore[attr-defined]
        self._loop = make_loop(act, observe, next_action_first)

    def begin(self, run: Run, seed: int | None) -> None:
        """Begin an episode."""
        run.drop_episode()
        run.current[STATE] = self.env.reset(seed=seed)[0]

    def resume(self, run: Run, saved: dict[str, Any]) -> bool:
        """Go on with the episode of a run that was left, whatever was done with the environment since."""
        protocol.set_rng_state(self.env.unwrapped.np_random, saved.get("rng_state", {}))
        return bool(run.current[STATE] != NO_EPISODE)

    def state(self, run: Run) -> dict[str, Any]:
        """Return the environment's state by the run: the environment itself is moved there in the end only."""
        return {"state": int(run.current[STATE]), "rng_state": protocol.rng_state(self.env.unwrapped.np_random)}

    def advance(self, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
        """Learn for n steps."""
        self._loop(self._model, memory, params, run, self.env.unwrapped.np_random, rng, n)

    def leave(self, run: Run) -> None:
        """Set the environment to the state that the steps would have left it in."""
        protocol.set_state(self.env, int(run.current[STATE]), run.elapsed)
