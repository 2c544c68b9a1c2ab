"""Monte Carlo prediction, first-visit and every-visit (Zhao 2025, section 5.2; Sutton and Barto, section 5.1).

1  follow the policy that is valued for an episode
2  g <- 0, or the value of the last state where the episode was only cut off
3  backwards through the episode: g <- gamma g + r
4      if this is the first visit of s in the episode, or every visit counts:
5          v(s) <- v(s) + alpha [g - v(s)]; alpha = 1/n makes it the mean of the returns

Deviation: an episode that was truncated bootstraps from its last state, as every agent here does, unless `bootstrap` is
False.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import boolean, choice, schedule
from gridworld_agents.tabular.prediction import (
    PredictionAgent,
    PredictionConfig,
    PredictionParams,
    Values,
    follow,
    move_towards,
)
from gridworld_agents.tabular.trajectory import TrajectoryAgent, empty

if TYPE_CHECKING:
    from gridworld_agents.core.schedules import Schedule
    from gridworld_agents.tabular.transition import Transition


class MCPredictionConfig(PredictionConfig):
    """Hyper-parameters of Monte Carlo prediction, beside :class:`PredictionConfig`."""

    alpha: float | str = schedule("step size; visits is the mean of all returns", default="visits", above=0, most=1)
    visit: str = choice("which visits of a state in an episode count", ("first", "every"), default="first")
    bootstrap: bool = boolean("whether a truncated episode goes on in its value, or counts as over", default=True)


class Memory(NamedTuple):
    """Values, and the episode so far."""

    v: Any  # (S,) float64
    visits: Any  # (S,) int64
    steps: Any  # (1,) int64
    policy: Any  # (S, A) float64
    times: Any  # (S,) int64, visits in the episode so far; counted only where first visits are asked for
    length: Any  # (1,) int64, steps in the episode so far
    s: Any  # (n,) int64, its states; n >= length
    r: Any  # (n,) float64, its rewards


class MCPredictionParams(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    alpha: Schedule
    gamma: float
    first: bool
    bootstrap: bool


@kernel
def observe(
    memory: Memory,
    t: Transition,
    params: MCPredictionParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Note a step, and learn from the episode where it ends."""
    last = memory.length[0]
    memory.s[last], memory.r[last] = t.s, t.r
    memory.length[0] = last + 1
    memory.steps[0] += 1
    if params.first:
        memory.times[t.s] += 1
    if not (t.terminated or t.truncated):
        return
    g = 0.0  # 2
    if params.bootstrap and not t.terminated:
        g = memory.v[t.s_next]
    for i in range(last, -1, -1):
        g = params.gamma * g + memory.r[i]  # 3
        x = memory.s[i]
        if params.first:  # 4
            memory.times[x] -= 1
            if memory.times[x] > 0:
                continue
        move_towards(memory, x, g, params)  # 5
    memory.length[0] = 0


class MCPrediction(TrajectoryAgent, PredictionAgent):
    """Values of a given policy, by mean returns. Hyper-parameters: :class:`MCPredictionConfig`."""

    id = "mc-prediction"
    Config = MCPredictionConfig
    act = follow  # 1
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: MCPredictionConfig) -> Memory:
        """Return values that are all the initial one, and no episode."""
        return Memory(*Values.new(S, A, config), np.zeros(S, np.int64), *empty("sr"))

    @staticmethod
    def scalars(config: MCPredictionConfig) -> MCPredictionParams:
        """Return the hyper-parameters as compiled code reads them."""
        return MCPredictionParams(*PredictionParams.of(config), config.visit == "first", config.bootstrap)

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the episode so far."""
        TrajectoryAgent.forget_episode(memory)
        memory.times[:] = 0

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse a policy that is none, an episode that is not one, and visits that are not its."""
        PredictionAgent.check_memory(memory, S, A)
        TrajectoryAgent.check_memory(memory, S, A)
        if memory.times.any() and (memory.times != np.bincount(memory.s, minlength=S)).any():
            raise ValueError("the visits in its memory are not those of its episode")
