"""The choices of a problem at gamma 1, as graphs see them: to be selected from, and their nodes to be merged."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.oracle.problem import Choices, Problem
from gridworld_env.oracle.stakes import Stakes

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray
    from gridworld_env.tabular import TabularMDP


@dataclasses.dataclass(frozen=True, eq=False)
class Moves:
    """Choices in any order, with what graphs ask of them. Outcomes of probability 0 lead back to the owner."""

    owner: IntArray
    """(C,) the node of each choice."""
    target: IntArray
    """(C, K) where it may lead; `size` is the end."""
    probability: FloatArray
    """(C, K)."""
    mean: FloatArray
    """(C,) the mean reward."""
    free: BoolArray
    """(C,) whether it pays exactly 0 whatever happens."""
    size: int
    """The number of nodes."""

    @classmethod
    def of(cls, problem: Problem, mdp: TabularMDP) -> Moves:
        """Return the moves of a model, from and to its states."""
        choices, owner = problem.choices, problem.owner.astype(np.int32)
        target = np.where(choices.probability == 0, owner[:, None], choices.successor)
        stakes = Stakes.of(mdp)
        return cls(owner, target, choices.probability, stakes.mean, stakes.free, problem.num_nodes)

    def select(self, keep: BoolArray, node: IntArray, size: int) -> Moves:
        """Return some of the moves, between renumbered nodes: node (old size,), where `size` or more is the end."""
        target = np.minimum(np.append(node, size)[self.target[keep]], size)
        owner = node[self.owner[keep]]
        return Moves(owner, target, self.probability[keep], self.mean[keep], self.free[keep], size)

    def within(self, keep: BoolArray, nodes: BoolArray) -> Moves:
        """Return some of the moves, all from within a set of nodes (old size,); moves out of the set end."""
        return self.select(keep, numbering(nodes), int(nodes.sum()))

    def problem(self, epsilon: float = 0.0) -> Problem:
        """Return the problem of total rewards, with choices ordered by node."""
        order = np.argsort(self.owner, kind="stable")
        first = np.searchsorted(self.owner[order], np.arange(self.size + 1)).astype(np.int64)
        successor = self.target[order].astype(np.int32)
        return Problem(Choices(first, successor, self.probability[order], self.mean[order]), 1.0, epsilon)


def numbering(members: BoolArray) -> IntArray:
    """Number the members of a set from 0; all others get the number of members."""
    count = int(members.sum())
    number = np.full(len(members), count, np.int64)
    number[members] = np.arange(count)
    return number
