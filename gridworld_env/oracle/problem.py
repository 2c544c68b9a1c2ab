"""The oracle's own form of a decision problem: nodes with choices, and one place for the end."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridworld_env.common.parallel import run_blocks

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray, IntArray
    from gridworld_env.tabular import TabularMDP


class Choices(NamedTuple):
    """What can be done in each of N nodes, and what comes of it: C choices in all, with at most K outcomes each."""

    first: IntArray
    """(N + 1,) int64: node i owns choices first[i] to first[i + 1] - 1."""
    successor: IntArray
    """(C, K) int32, in [0, N]; N is the end, whose value is 0. Unused outcomes lead there with probability 0."""
    probability: FloatArray
    """(C, K)."""
    reward: FloatArray
    """(C,), the mean."""


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """Choices, and the rule by which they are valued.

    The value of a node is ``(1 - epsilon) max_c q(c) + epsilon mean_c q(c)`` over its choices c, where
    ``q(c) = reward + gamma * the mean value of what follows``.
    """

    choices: Choices
    gamma: float
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        """Make the arrays read-only, so that each kernel is compiled for one kind of array only."""
        for name, array in self.choices._asdict().items():
            view = np.ascontiguousarray(array).view()
            view.flags.writeable = False
            object.__setattr__(self, "choices", self.choices._replace(**{name: view}))

    @classmethod
    def of(cls, mdp: TabularMDP, gamma: float, epsilon: float = 0.0) -> Problem:
        """Return a model's problem: node s is state s, and choice s * A + a is action a there."""
        from gridworld_env.oracle import kernels

        S, A, K = mdp.next_state.shape
        successor = np.empty((S * A, K), np.int32)
        run_blocks(kernels.encode, S, mdp.next_state, mdp.probability, mdp.terminated, successor)
        first = np.arange(0, S * A + 1, A, dtype=np.int64)
        probability, reward = mdp.probability.reshape(-1, K), mdp.expected_reward.reshape(-1)
        return cls(Choices(first, successor, probability, reward), gamma, epsilon)

    @property
    def num_nodes(self) -> int:
        """N, the number of nodes without the end."""
        return len(self.choices.first) - 1

    @property
    def owner(self) -> IntArray:
        """(C,) int64, the node of each choice."""
        return np.repeat(np.arange(self.num_nodes), np.diff(self.choices.first))

    def ending(self, weight: FloatArray) -> FloatArray:
        """Return the chance that a step ends the episode, by the policy that takes choice c with weight[c]: (N,)."""
        last = np.where(self.choices.successor == self.num_nodes, self.choices.probability, 0).sum(axis=1)
        return np.asarray(np.bincount(self.owner, weights=weight * last, minlength=self.num_nodes), np.float64)

    @cached_property
    def reward_scale(self) -> float:
        """The largest |mean reward| of any choice."""
        reward = self.choices.reward
        return float(max(reward.max(initial=0.0), -reward.min(initial=0.0)))

    def extended(self, v: FloatArray) -> FloatArray:
        """Return a copy of v (N,) with the end's 0 appended: (N + 1,)."""
        return np.append(np.asarray(v, np.float64), 0.0)

    def greedy(self, v: FloatArray) -> tuple[FloatArray, IntArray, float]:
        """Apply the Bellman operator T once to v (N + 1,).

        Returns:
            T v - v (N,), the greedy choice of each node (N,), and max |T v - v| over finite values of v.
        """
        from gridworld_env.oracle import kernels

        change, best = np.empty(self.num_nodes), np.empty(self.num_nodes, self.choices.first.dtype)
        backup = kernels.backup_of(self.choices.successor.shape[1])
        arguments = (self.choices, self.gamma, self.epsilon, v, change, best)
        return change, best, float(np.max(run_blocks(backup, self.num_nodes, *arguments)))

    def improve(self, v: FloatArray) -> None:
        """Sweep T through v in place, up and down; v holds N + 1 values and room for as many more."""
        from gridworld_env.oracle import kernels

        half = self.num_nodes + 1
        kernel = kernels.improve_of(self.choices.successor.shape[1])
        for rising in (True, False):
            v[half:] = v[:half]
            run_blocks(kernel, self.num_nodes, rising, self.choices, self.gamma, self.epsilon, v)

    def weights(self, best: IntArray) -> FloatArray:
        """Return the probability of each choice under the epsilon-soft policy that prefers `best` (N,): (C,)."""
        if self.epsilon == 0:
            weight = np.zeros(len(self.choices.reward))
        else:
            count = np.diff(self.choices.first)
            weight = np.repeat(self.epsilon / count, count)
        weight[best] += 1 - self.epsilon
        return weight
