"""The driver of simulated episodes: they begin where the algorithm wants them to, in the tables of an exact model.

It needs a generative model, which an environment that is only stepped is not. The environment is never touched, nor is
its generator: outcomes are drawn by the agent's own. Nothing has to be restored, so that a run always goes on from a
file to the very same result, in whichever environment the model was read.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.drivers.loop import Model, make_loop

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from gridworld_agents.tabular.run import Run
    from gridworld_env import TabularMDP


class SimulatorDriver:
    """Learns from transitions that it draws from a model.

    Args:
        mdp: The model.
        episode_length: Steps after which an episode is truncated, >= 1.
        start: Compiled, see `simulation.SimulatedAgent`.
        act: Compiled, see `TabularAgent`.
        observe: Compiled, see `TabularAgent`.
        next_action_first: Whether the next action is chosen before the update.
    """

    def __init__(
        self,
        mdp: TabularMDP,
        episode_length: int,
        start: Callable[..., Any],
        act: Callable[..., Any],
        observe: Callable[..., Any],
        *,
        next_action_first: bool,
    ) -> None:
        self.limit = episode_length
        self._model = Model.of(mdp, episode_length)
        self._loop = make_loop(act, observe, next_action_first, _beginning(start))

    def begin(self, run: Run, seed: int | None) -> None:  # noqa: ARG002 - there is nothing to seed
        """Drop the episode under way: the next step begins one."""
        run.drop_episode()

    def resume(self, run: Run, saved: dict[str, Any]) -> bool:  # noqa: ARG002 - all is in the run
        """Go on with the run, wherever it is."""
        return True

    def state(self, run: Run) -> dict[str, Any]:  # noqa: ARG002 - as drivers have it
        """Return that no environment was moved."""
        return {}

    def advance(self, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
        """Learn for n steps."""
        self._loop(self._model, memory, params, run, rng, rng, n)

    def leave(self, run: Run) -> None:
        """Leave the environment as it is."""


@functools.cache
def _beginning(start: Callable[..., Any]) -> Any:
    """Return an algorithm's `start` as the loop calls it."""

    @kernel
    def begin(
        model: Model,  # noqa: ARG001
        memory: Any,
        params: Any,
        env_rng: np.random.Generator,  # noqa: ARG001
        rng: np.random.Generator,
    ) -> Any:
        return start(memory, params, rng)

    return begin
