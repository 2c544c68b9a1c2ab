"""MC Basic: policy iteration without a look at the model's probabilities (Zhao 2025, Algorithm 5.1).

1  for every pair (s, a):
2      collect episodes that begin with (s, a) and follow pi, greedy in the q of the last iteration
3      q(s, a) <- the mean of their returns
4  when all pairs are done, improve: pi(s) <- the action of largest q(s, a), the first of those tied

Episodes end after a fixed number of steps L at the latest, and what would follow counts for nothing. So the values are
those of L steps at most (Zhao 2025, Fig. 5.4): nothing is bootstrapped here, whatever ends an episode.

The pairs take turns in the order of the table; until all are done, q and the policy are those of the last iteration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import integer
from gridworld_agents.tabular.parts.table import greedy
from gridworld_agents.tabular.simulation import SimulatedAgent, SimulationConfig

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition


class MCBasicConfig(SimulationConfig):
    """Hyper-parameters of MC Basic, beside :class:`SimulationConfig`."""

    episodes_per_pair: int = integer(
        "episodes from each pair in an iteration; one is enough where nothing is random", default=1, least=1
    )


class Memory(NamedTuple):
    """The last iteration's table, and the one that is being made."""

    q: Any  # (S, A) float64, of the last iteration
    visits: Any  # (S, A) int64, episodes that began with each pair, in all iterations
    total: Any  # (S, A) float64, sums of this iteration's returns
    turn: Any  # (3,) int64: the pair whose turn it is, its finished episodes, iterations
    g: Any  # (2,) float64: return of the episode so far, discount of its next reward


class Params(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    gamma: float
    episodes_per_pair: int


@kernel
def start(memory: Memory, params: Params, rng: np.random.Generator) -> tuple[int, int]:  # noqa: ARG001
    """Return the pair whose turn it is."""
    pair, A = memory.turn[0], memory.q.shape[1]  # 1
    return pair // A, pair % A


@kernel
def act(memory: Memory, s: int, params: Params, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Follow the policy."""
    a: int = greedy(memory.q, s, False, rng)  # 2, 4
    return a


@kernel
def observe(memory: Memory, t: Transition, params: Params, rng: np.random.Generator) -> None:  # noqa: ARG001
    """Add a reward; where the episode ends, add its return; where an iteration ends, take its table."""
    S, A = memory.q.shape
    memory.g[0] += memory.g[1] * t.r
    memory.g[1] *= params.gamma
    if not (t.terminated or t.truncated):
        return
    pair = memory.turn[0]
    memory.total[pair // A, pair % A] += memory.g[0]
    memory.visits[pair // A, pair % A] += 1
    memory.g[0], memory.g[1] = 0.0, 1.0
    memory.turn[1] += 1
    if memory.turn[1] < params.episodes_per_pair:
        return
    memory.turn[0], memory.turn[1] = pair + 1, 0
    if pair + 1 == S * A:
        for s0 in range(S):
            for a0 in range(A):
                memory.q[s0, a0] = memory.total[s0, a0] / params.episodes_per_pair  # 3, and 4 by `greedy`
                memory.total[s0, a0] = 0.0
        memory.turn[0] = 0
        memory.turn[2] += 1


class MCBasic(SimulatedAgent):
    """Policy iteration by simulated returns of every pair.

    Hyper-parameters: :class:`MCBasicConfig`. A step is a simulated one, of any pair's episodes.
    """

    id = "mc-basic"
    Config = MCBasicConfig
    start = start
    act = act
    observe = observe

    @property
    def iterations(self) -> int:
        """How often the policy was improved."""
        return int(self.memory.turn[2])

    @staticmethod
    def new_memory(S: int, A: int, config: MCBasicConfig) -> Memory:  # noqa: ARG004
        """Return a table of zeros; the first policy takes the first action."""
        zeros, none = np.zeros((S, A)), np.zeros((S, A), np.int64)
        return Memory(zeros, none, zeros.copy(), np.zeros(3, np.int64), np.array([0.0, 1.0]))

    @staticmethod
    def scalars(config: MCBasicConfig) -> Params:
        """Return the hyper-parameters as compiled code reads them."""
        return Params(float(config.gamma), config.episodes_per_pair)

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the return of the episode so far: another one begins with the same pair."""
        memory.g[:] = 0.0, 1.0

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse a pair that does not exist."""
        if memory.turn[0] >= S * A:
            raise ValueError(f"there is no pair {memory.turn[0]}")
