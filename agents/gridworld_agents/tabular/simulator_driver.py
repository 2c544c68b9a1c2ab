"""The simulating driver: episodes begin where the algorithm wants them to, in the tables of an exact model.

It needs a generative model, which an environment that is only stepped is not. The environment is never touched, nor is
its generator: outcomes are drawn by the agent's own. Nothing has to be put back, so that a run always goes on from a
file to the very same result, in whichever environment the model was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.callbacks import RECENT
from gridworld_agents.core.compiling import compiled
from gridworld_agents.tabular.run import ACTION, CLOCK, EPISODES, NO_EPISODE, STATE, STEPS, UNCHOSEN, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_env import TabularMDP


class Tables(NamedTuple):
    """A model as the loop reads it."""

    next_state: Any  # (S, A, K) int32
    reward: Any  # (S, A, K) float64
    terminated: Any  # (S, A, K) bool
    thresholds: Any  # (S, A, K) float64; outcome k is drawn by the first number below threshold k
    limit: int  # steps after which an episode is truncated


class SimulatorDriver:
    """Learns from transitions that it draws from a model.

    Args:
        mdp: The model.
        episode_length: Steps after which an episode is truncated, >= 1.
        start: Compiled, see `simulator.SimulatedAgent`.
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
        self.mdp, self.limit = mdp, episode_length
        drawn = mdp.thresholds if mdp.num_outcomes > 1 else mdp.probability
        self._tables = Tables(mdp.next_state, mdp.reward, mdp.terminated, drawn, self.limit)
        self._loop = compiled(_loop, start=start, act=act, observe=observe, next_action_first=next_action_first)

    def begin(self, run: Run, seed: int | None) -> None:  # noqa: ARG002 - there is nothing to seed
        """Drop the episode under way: the next step begins one."""
        run.drop_episode()

    def resume(self, run: Run, place: dict[str, Any]) -> bool:  # noqa: ARG002 - all is in the run
        """Go on with the run, wherever it stands."""
        return True

    def place(self, run: Run) -> dict[str, Any]:  # noqa: ARG002 - a driver's signature
        """Return that no environment was moved."""
        return {}

    def advance(self, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
        """Learn for n steps."""
        self._loop(self._tables, memory, params, run, rng, n)

    def leave(self, run: Run) -> None:
        """Leave the environment as it is."""


start: Any = None  # these four are filled in by `SimulatorDriver`
act: Any = None
observe: Any = None
next_action_first = False


def _loop(tables: Tables, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
    S, A, K = tables.reward.shape
    s, a, clock = run.place[STATE], run.place[ACTION], run.place[CLOCK]
    g, episodes = run.collected[0], run.counts[EPISODES]
    for _ in range(n):
        if s == NO_EPISODE:
            s, a = start(memory, params, rng)
            clock, g = 0, 0.0
            if s < 0 or s >= S:
                raise IndexError("start returned a state that does not exist")
        if a == UNCHOSEN:
            a = act(memory, s, params, rng)
        if a < 0 or a >= A:
            raise IndexError("act or start returned an action that does not exist")
        k = 0
        if K > 1:
            drawn = rng.random()
            while drawn >= tables.thresholds[s, a, k]:  # the last threshold is 1
                k += 1
        r = tables.reward[s, a, k]
        s_next = np.int64(tables.next_state[s, a, k])
        terminated = tables.terminated[s, a, k]
        clock += 1
        truncated = clock >= tables.limit
        a_next = UNCHOSEN
        if next_action_first and not terminated:
            a_next = act(memory, s_next, params, rng)
        observe(memory, s, a, r, s_next, a_next, terminated, truncated, params, rng)
        g += r
        if terminated or truncated:
            run.returns[episodes % RECENT] = g
            run.lengths[episodes % RECENT] = clock
            episodes += 1
            s, a, clock, g = NO_EPISODE, UNCHOSEN, 0, 0.0
        else:
            s, a = s_next, a_next
    run.place[STATE], run.place[ACTION], run.place[CLOCK] = s, a, clock
    run.collected[0] = g
    run.counts[EPISODES] = episodes
    run.counts[STEPS] += n
