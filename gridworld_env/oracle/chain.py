"""The Markov chain that a policy makes of a problem."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.parallel import run_blocks

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, FloatArray
    from gridworld_env.oracle.problem import Problem


@dataclasses.dataclass(frozen=True, eq=False)
class Chain:
    """Where a policy leads from each of N nodes, and what it earns on the way."""

    matrix: Any
    """(N, N) SciPy CSR array of transition probabilities; what ends is missing from its rows."""
    reward: FloatArray
    """(N,), the mean reward of a step."""
    leaves: BoolArray
    """(N,), whether the next step may be the last."""


def follow(problem: Problem, weight: FloatArray) -> Chain:
    """Return the chain of the policy that takes choice c with probability weight[c]: (C,)."""
    from scipy import sparse

    from gridworld_env.oracle import chain_kernels

    N = problem.num_nodes
    size = np.empty(N, np.int64)
    run_blocks(chain_kernels.chain_sizes, N, problem.choices, weight, size)
    indptr = np.concatenate([[0], np.cumsum(size)])
    indices, data = np.empty(indptr[-1], np.int32), np.empty(indptr[-1])
    reward, leaves = np.empty(N), np.empty(N, np.bool_)
    run_blocks(chain_kernels.chain, N, problem.choices, weight, indptr, indices, data, reward, leaves)
    return Chain(sparse.csr_array((data, indices, indptr), shape=(N, N)), reward, leaves)
