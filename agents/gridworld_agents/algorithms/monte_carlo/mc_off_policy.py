"""Off-policy Monte Carlo control by weighted importance sampling (Sutton and Barto, section 5.7).

1  follow the behaviour b for an episode: epsilon-greedy in q, uniform, or given
2  g <- 0, or the largest q of the last state where the episode was only cut off; w <- 1
3  backwards through the episode: g <- gamma g + r
4      c(s, a) <- c(s, a) + w
5      q(s, a) <- q(s, a) + w / c(s, a) [g - q(s, a)]
6      if a is not what the target takes, the first action of largest q(s, .): on with 1
7      w <- w / b(a | s)

It learns from the ends of episodes only, as far back as the target would have acted so: the more the behaviour
explores, the slower. Returns of earlier targets keep their weight, so that in noisy worlds a large one lasts long.

Deviations: an episode that was truncated bootstraps from its last state, as every agent here does, unless `bootstrap`
is False. A weight beyond 1e200 ends the way back as 6 does, so that sums of weights stay finite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import boolean, choice, real, schedule, schedule_of
from gridworld_agents.tabular.behaviour import BehaviourAgent, BehaviourConfig, action_probability, behaviour_table
from gridworld_agents.tabular.parts.table import Table, greedy, largest
from gridworld_agents.tabular.trajectory import TrajectoryAgent, empty

if TYPE_CHECKING:
    from gridworld_agents.core.schedules import Schedule
    from gridworld_agents.tabular.transition import Transition

LARGEST = 1e200


class MCOffPolicyConfig(BehaviourConfig):
    """Hyper-parameters of off-policy Monte Carlo control, beside :class:`BehaviourConfig`."""

    epsilon: float | str = schedule("probability of a random action", default=0.1, least=0, most=1)
    tie_breaking: str = choice("among tied actions; index takes the first", ("random", "index"), default="random")
    gamma: float = real("discount", default=0.99, least=0, most=1)
    initial_value: float = real("of every action in every state", default=0.0)
    bootstrap: bool = boolean("whether a truncated episode goes on in its value, or counts as over", default=True)


class Memory(NamedTuple):
    """A table, the weights in it, the behaviour and the episode so far."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    c: Any  # (S, A) float64, the sum of the weights
    behaviour: Any  # (S, A) float64, the behaviour policy; (0, 0) where that is the epsilon-greedy one
    length: Any  # (1,) int64, steps in the episode so far
    s: Any  # (n,) int64, its states; n >= length
    a: Any  # (n,) int64, its actions
    r: Any  # (n,) float64, its rewards
    b: Any  # (n,) float64, how probable its actions were


class MCOffPolicyParams(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    gamma: float
    epsilon: Schedule
    random_ties: bool
    bootstrap: bool


@kernel
def observe(memory: Memory, t: Transition, params: MCOffPolicyParams, rng: np.random.Generator) -> None:
    """Note a step, and learn from the episode where it ends."""
    last = memory.length[0]
    memory.s[last], memory.a[last], memory.r[last], memory.b[last] = (
        t.s,
        t.a,
        t.r,
        action_probability(memory, t.s, t.a, params),
    )
    memory.length[0] = last + 1
    memory.steps[0] += 1
    if not (t.terminated or t.truncated):
        return
    g, w = 0.0, 1.0  # 2
    if params.bootstrap and not t.terminated:
        g = largest(memory.q, t.s_next)
    for i in range(last, -1, -1):
        x, y = memory.s[i], memory.a[i]
        g = params.gamma * g + memory.r[i]  # 3
        memory.visits[x, y] += 1
        memory.c[x, y] += w  # 4
        memory.q[x, y] += w / memory.c[x, y] * (g - memory.q[x, y])  # 5
        if w > LARGEST or greedy(memory.q, x, False, rng) != y:  # 6
            break
        w /= memory.b[i]  # 7
    memory.length[0] = 0


class MCOffPolicy(TrajectoryAgent, BehaviourAgent):
    """Monte Carlo control by weighted importance sampling. Hyper-parameters: :class:`MCOffPolicyConfig`."""

    id = "mc-off-policy"
    Config = MCOffPolicyConfig
    soft = True  # 7
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: MCOffPolicyConfig) -> Memory:
        """Return a table in which every value is the initial one, and no episode."""
        table, behaviour = Table.new(S, A, config.initial_value), behaviour_table(S, A, config)
        return Memory(*table, np.zeros((S, A)), behaviour, *empty("sarb"))  # 1

    @staticmethod
    def scalars(config: MCOffPolicyConfig) -> MCOffPolicyParams:
        """Return the hyper-parameters as compiled code reads them."""
        epsilon = schedule_of(config, "epsilon")
        ties = config.tie_breaking == "random"
        return MCOffPolicyParams(float(config.gamma), epsilon, ties, config.bootstrap)

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse an episode that is not one, and weights below 0."""
        TrajectoryAgent.check_memory(memory, S, A)
        if (memory.c < 0).any():
            raise ValueError("it holds weights below 0")
