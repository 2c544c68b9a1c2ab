"""Where a policy spends its time."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.oracle.arguments import model, policy_of
from gridworld_env.oracle.chain import follow
from gridworld_env.oracle.graphs import can_reach, closed_components
from gridworld_env.oracle.linear import solve
from gridworld_env.oracle.problem import Problem

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray, IntArray
    from gridworld_env.oracle.chain import Chain
    from gridworld_env.tabular import TabularMDP

RARELY = 1e-6
"""How often the walk that looks for a frequent state starts afresh."""

BALANCE = 1e-8
"""How far the flow into a state may differ from the flow out."""


@export("gridworld_env.oracle.stationary_distribution")
def stationary_distribution(mdp: TabularMDP, policy: FloatArray) -> FloatArray:
    """Return how large a part of its steps a policy spends in each state in the long run.

    Steps are counted where actions are taken; after a terminated outcome the next step starts afresh from
    ``mdp.initial``. Where the policy can get stuck in several sets of states, each counts by the probability of ending
    up there. Of a periodic chain it is the average over time. (Zhao 2025, section 8.2; Puterman 1994, appendix A.)

    Args:
        mdp: The model, S states and A actions.
        policy: (S, A) probabilities of the actions; rows sum to 1.

    Returns:
        (S,) float64, >= 0, sums to 1.

    Raises:
        ValueError: If the policy is not one.
        RuntimeError: If the equations cannot be solved to 1e-8.
    """
    weight = policy_of(model(mdp), policy).reshape(-1)
    whole = follow(Problem.of(mdp, 1.0), weight)
    visited = np.flatnonzero(can_reach(whole.matrix.T, mdp.initial > 0))
    chain = dataclasses.replace(
        whole,
        matrix=whole.matrix[visited][:, visited],
        reward=whole.reward[visited],
        leaves=whole.leaves[visited],
    )
    start = mdp.initial[visited]
    label, closed = closed_components(chain.matrix, chain.leaves)
    transient, stuck = np.flatnonzero(~closed[label]), np.flatnonzero(closed[label])
    passing = solve(chain.matrix[transient][:, transient].T.tocsr(), start[transient])
    share = np.zeros(len(visited))
    if stuck.size:
        entering = start[stuck] + chain.matrix[transient][:, stuck].T @ passing
        into = np.bincount(label[stuck], entering, minlength=len(closed))
        for number in np.flatnonzero(closed):
            members = np.flatnonzero(label == number)
            share[members] = into[number] * stationary_within(chain, members)
    else:
        share[transient] = passing
    share = np.maximum(share, 0)
    share /= share.sum()
    _check_balance(chain, start, share)
    result = np.zeros(mdp.num_states)
    result[visited] = share
    return result


def stationary_within(chain: Chain, members: IntArray) -> FloatArray:
    """Return the stationary distribution within a closed set of states that all reach each other: (n,).

    Counted are the visits to the others between two visits to one state. That one should not be too rare: where a walk
    that starts afresh once in a million steps is found most often.
    """
    if len(members) == 1:
        return np.ones(1)
    backwards = chain.matrix[members][:, members].T.tocsr()
    often = solve(backwards * (1 - RARELY), np.full(len(members), RARELY / len(members)), tolerance=1e-3)
    one = int(np.argmax(often))
    others = np.delete(np.arange(len(members)), one)
    visits = np.ones(len(members))
    visits[others] = solve(backwards[others][:, others], backwards[others][:, [one]].toarray().ravel())
    share: FloatArray = visits / visits.sum()
    return share


def _check_balance(chain: Chain, start: FloatArray, share: FloatArray) -> None:
    ended = share @ (1 - np.asarray(chain.matrix.sum(axis=1)).ravel())
    missing = float(np.abs(chain.matrix.T @ share + max(ended, 0.0) * start * chain.leaves.any() - share).max())
    if not missing <= BALANCE:
        raise RuntimeError(
            f"the stationary equations hold to {missing:.3g} only, not to {BALANCE}; the chain mixes too slowly"
        )
