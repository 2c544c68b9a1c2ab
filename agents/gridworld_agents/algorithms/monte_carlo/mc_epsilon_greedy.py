"""Monte Carlo control with epsilon-greedy policies (Zhao 2025, Algorithm 5.3; Sutton and Barto, section 5.4).

1  follow the epsilon-greedy policy of q for an episode
2  g <- 0, or the value of the last state where the episode was only cut off
3  backwards through the episode: g <- gamma g + r
4      q(s, a) <- q(s, a) + alpha [g - q(s, a)], at every visit; alpha = 1/n makes it the mean of the returns
5  the policy is the epsilon-greedy one of the new q

Deviation from Zhao: there the episodes have a fixed length and g begins at 0. Here an episode that was truncated
bootstraps from its last state, as every agent here does, unless `bootstrap` is False.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import boolean, schedule
from gridworld_agents.tabular.control import ControlAgent, ControlConfig
from gridworld_agents.tabular.parts.table import Params, Table, epsilon_greedy, exploration, largest, move_towards
from gridworld_agents.tabular.trajectory import TrajectoryAgent, empty

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class MCEpsilonGreedyConfig(ControlConfig):
    """Hyper-parameters of Monte Carlo control with epsilon-greedy policies, beside :class:`ControlConfig`."""

    alpha: float | str = schedule("step size; visits is the mean of all returns", default="visits", above=0, most=1)
    bootstrap: bool = boolean("whether a truncated episode goes on in its value, or counts as over", default=True)


class Memory(NamedTuple):
    """A table, and the episode so far."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    length: Any  # (1,) int64, steps in the episode so far
    s: Any  # (n,) int64, its states; n >= length
    a: Any  # (n,) int64, its actions
    r: Any  # (n,) float64, its rewards


class MCParams(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    table: Params
    bootstrap: bool


@kernel
def act(memory: Memory, s: int, params: MCParams, rng: np.random.Generator) -> int:
    """Choose an action."""
    a: int = epsilon_greedy(memory, s, params.table, rng)  # 1, 5
    return a


@kernel
def observe(
    memory: Memory,
    t: Transition,
    params: MCParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Note a step, and learn from the episode where it ends."""
    last = memory.length[0]
    memory.s[last], memory.a[last], memory.r[last] = t.s, t.a, t.r
    memory.length[0] = last + 1
    memory.steps[0] += 1
    if not (t.terminated or t.truncated):
        return
    g = 0.0  # 2
    if params.bootstrap and not t.terminated:
        epsilon = exploration(memory, t.s_next, params.table)
        g = (1 - epsilon) * largest(memory.q, t.s_next) + epsilon * memory.q[t.s_next].mean()
    for i in range(last, -1, -1):
        g = params.table.gamma * g + memory.r[i]  # 3
        move_towards(memory, memory.s[i], memory.a[i], g, params.table)  # 4
    memory.length[0] = 0


class MCEpsilonGreedy(TrajectoryAgent, ControlAgent):
    """On-policy Monte Carlo control, epsilon-greedy. Hyper-parameters: :class:`MCEpsilonGreedyConfig`."""

    id = "mc-epsilon-greedy"
    on_policy = True
    Config = MCEpsilonGreedyConfig
    act = act
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: MCEpsilonGreedyConfig) -> Memory:
        """Return a table in which every value is the initial one, and no episode."""
        return Memory(*Table.new(S, A, config.initial_value), *empty("sar"))

    @staticmethod
    def scalars(config: MCEpsilonGreedyConfig) -> MCParams:
        """Return the hyper-parameters as compiled code reads them."""
        return MCParams(Params.of(config), config.bootstrap)
