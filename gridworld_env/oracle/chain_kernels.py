"""The compiled loops that write down the Markov chain of a policy, a block of nodes [low, high) at a time."""

from __future__ import annotations

from typing import Any

from gridworld_env.common.compiling import cached_njit


@cached_njit
def chain_sizes(low: int, high: int, choices: Any, weight: Any, size: Any) -> None:
    """Write how many entries each row of a policy's transition matrix has; weight[c] is the policy's probability."""
    first, successor, probability, _ = choices
    N, K = len(first) - 1, successor.shape[1]
    for i in range(low, high):
        used = 0
        for c in range(first[i], first[i + 1]):
            if weight[c] > 0:
                for k in range(K):
                    used += successor[c, k] < N and probability[c, k] > 0
        size[i] = used


@cached_njit
def chain(
    low: int, high: int, choices: Any, weight: Any, indptr: Any, indices: Any, data: Any, mean: Any, leaves: Any
) -> None:
    """Fill a policy's transition matrix (CSR), its mean rewards, and whether it may end straight from each node."""
    first, successor, probability, reward = choices
    N, K = len(first) - 1, successor.shape[1]
    for i in range(low, high):
        at = indptr[i]
        mean[i], leaves[i] = 0.0, False
        for c in range(first[i], first[i + 1]):
            if weight[c] > 0:
                mean[i] += weight[c] * reward[c]
                for k in range(K):
                    if probability[c, k] > 0:
                        if successor[c, k] < N:
                            indices[at] = successor[c, k]
                            data[at] = weight[c] * probability[c, k]
                            at += 1
                        else:
                            leaves[i] = True
