"""What a given policy is worth, and where it spends its time."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.oracle.arguments import model, policy_of, positive, unit_interval
from gridworld_env.oracle.chain import follow
from gridworld_env.oracle.linear import solve
from gridworld_env.oracle.problem import Problem

if TYPE_CHECKING:
    from gridworld_env.arrays import BoolArray, FloatArray
    from gridworld_env.oracle.chain import Chain
    from gridworld_env.tabular import TabularMDP


def evaluate(mdp: TabularMDP, policy: FloatArray, gamma: float, *, tolerance: float = 1e-10) -> FloatArray:
    """Return the exact value of a policy in every state: the solution of v = r_pi + gamma P_pi v.

    (The book, section 2.7.) Up to some 100,000 states, where the policy's graph is as sparse as a grid's, the equations
    are solved directly, exact to rounding; others are swept until the residual is small.

    At gamma 1 the value is the total reward. Where the policy goes on for ever the mean reward decides: nothing ever
    paid is worth 0, a gain inf, a loss -inf; gains and losses that cancel, or both a gain and a loss in reach, nan.

    Args:
        mdp: The model, S states and A actions.
        policy: (S, A) probabilities of the actions; rows sum to 1.
        gamma: Discount, in [0, 1].
        tolerance: How large max |r_pi + gamma P_pi v - v| may be, relative to the largest |r_pi|, where the equations
            are swept.

    Returns:
        (S,) float64.

    Raises:
        ValueError: If an argument is out of range; at gamma 1, if the model can start in a state whose value is not
            finite. The message names the state.
        RuntimeError: If the tolerance is not reached.
    """
    gamma, tolerance = unit_interval("gamma", gamma), positive("tolerance", tolerance)
    weight = policy_of(model(mdp), policy).reshape(-1)
    chain = follow(Problem.of(mdp, gamma), weight)
    if gamma == 1:
        return _total_reward(mdp, weight, chain, tolerance)
    chain.matrix.data *= gamma
    return solve(chain.matrix, chain.reward, tolerance=tolerance)


def _total_reward(mdp: TabularMDP, weight: FloatArray, chain: Chain, tolerance: float) -> FloatArray:
    from gridworld_env.oracle.graphs import closed_components  # noqa: PLC0415 - only needed at gamma 1
    from gridworld_env.oracle.undiscounted import refuse_infinite, spread  # noqa: PLC0415

    label, closed = closed_components(chain.matrix, chain.leaves)
    infinite = spread(chain.matrix, _endless(mdp, weight, chain, closed[label], label))
    refuse_infinite(mdp, infinite, "this policy")
    transient = np.flatnonzero((infinite == 0) & ~closed[label])
    v = infinite
    inner = chain.matrix[transient][:, transient]
    v[transient] = solve(inner, chain.reward[transient], tolerance=tolerance)
    return v


def _endless(mdp: TabularMDP, weight: FloatArray, chain: Chain, recurrent: BoolArray, label: FloatArray) -> FloatArray:
    """Return the sign of the mean reward where a policy never ends, nan where it may or nothing is ever paid: (S,)."""
    from gridworld_env.oracle.stakes import CANCELLED, Stakes, extremes  # noqa: PLC0415 - only needed at gamma 1

    S, A = mdp.num_states, mdp.num_actions
    stakes = Stakes.of(mdp)
    paying = ((weight > 0) & ~stakes.free).reshape(S, A).any(axis=1)
    mean = (weight * stakes.mean).reshape(S, A).sum(axis=1)
    size = (weight * np.abs(stakes.mean)).reshape(S, A).sum(axis=1)
    mean[np.abs(mean) <= CANCELLED * size] = 0
    count = int(label.max()) + 1
    least, greatest = extremes(label, count, mean)
    pays = np.zeros(count, np.bool_)
    pays[label[paying & recurrent]] = True
    sign = np.where(least >= 0, np.sign(greatest), -1.0)
    for number in np.flatnonzero(pays & (least < 0) & (greatest > 0)):
        members = np.flatnonzero(label == number)
        share = _stationary_within(chain, members)
        gain = float(share @ mean[members])
        sign[number] = 0.0 if abs(gain) <= 1e-10 * float(share @ np.abs(mean[members])) else np.sign(gain)
    return np.where(pays, sign, np.nan)[label]


def stationary_distribution(mdp: TabularMDP, policy: FloatArray) -> FloatArray:
    """Return how large a part of its steps a policy spends in each state in the long run.

    Steps are counted where actions are taken; after a terminated outcome the next step starts afresh from ``mdp.initial``.
    Where the policy can get stuck in several sets of states, each counts by the probability of ending up there. Of a
    periodic chain it is the average over time. (The book, section 8.2; Puterman 1994, appendix A.)

    Args:
        mdp: The model, S states and A actions.
        policy: (S, A) probabilities of the actions; rows sum to 1.

    Returns:
        (S,) float64, >= 0, sums to 1.

    Raises:
        ValueError: If the policy is not one.
        RuntimeError: If the equations cannot be solved to 1e-8.
    """
    from gridworld_env.oracle.graphs import can_reach, closed_components  # noqa: PLC0415 - import scipy

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
            share[members] = into[number] * _stationary_within(chain, members)
    else:
        share[transient] = passing
    share = np.maximum(share, 0)
    share /= share.sum()
    _check_balance(chain, start, share)
    result = np.zeros(mdp.num_states)
    result[visited] = share
    return result


def _stationary_within(chain: Chain, members: FloatArray) -> FloatArray:
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
    return visits / visits.sum()


def _check_balance(chain: Chain, start: FloatArray, share: FloatArray) -> None:
    ended = share @ (1 - np.asarray(chain.matrix.sum(axis=1)).ravel())
    missing = float(np.abs(chain.matrix.T @ share + max(ended, 0.0) * start * chain.leaves.any() - share).max())
    if not missing <= BALANCE:
        raise RuntimeError(f"the stationary equations hold to {missing:.3g} only, not to {BALANCE}; the chain mixes too slowly")


RARELY = 1e-6
"""How often the walk that looks for a frequent state starts afresh."""

BALANCE = 1e-8
"""How far the flow into a state may differ from the flow out."""
