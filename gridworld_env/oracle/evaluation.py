"""What a given policy is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.oracle.arguments import paying_model, policy_of, positive, unit_interval
from gridworld_env.oracle.bounds import LEAST_RATE
from gridworld_env.oracle.chain import follow
from gridworld_env.oracle.elimination import LARGEST, total_rewards
from gridworld_env.oracle.graphs import closed_components
from gridworld_env.oracle.linear import ROUNDING, is_direct, solve, solver
from gridworld_env.oracle.problem import Problem
from gridworld_env.oracle.stakes import CANCELLED, DECIDED, Stakes, extremes
from gridworld_env.oracle.stationary import stationary_within
from gridworld_env.oracle.undiscounted import refuse_infinite, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray
    from gridworld_env.oracle.chain import Chain
    from gridworld_env.tabular import TabularMDP


LONG = 1e6
"""Steps until the end beyond which the equations of total rewards are solved by elimination without subtractions."""


@export("gridworld_env.oracle.evaluate")
def evaluate(mdp: TabularMDP, policy: FloatArray, gamma: float, *, tolerance: float = 1e-10) -> FloatArray:
    """Return the exact value of a policy in every state: the solution of v = r_pi + gamma P_pi v.

    (Zhao 2025, 2.7.) Up to some 100,000 states, where the policy's graph is as sparse as a grid's, the equations
    are solved directly, exact to rounding; others are swept until the residual proves the error small: that is at most
    residual / (1 - gamma) (Puterman 1994, Theorem 6.2.2), and at gamma 1 the residual times the mean number of steps
    until the end.

    At gamma 1 the value is the total reward. Where the policy goes on for ever the mean reward decides: nothing ever
    paid is worth 0, a gain inf, a loss -inf; gains and losses that cancel, or both a gain and a loss in reach, nan.
    Where it ends after more steps than double precision can tell from never, its value is right all the same, by
    elimination without subtractions (Grassmann, Taksar and Heyman 1985).

    Args:
        mdp: The model, S states and A actions.
        policy: (S, A) probabilities of the actions; rows sum to 1.
        gamma: Discount, in [0, 1].
        tolerance: How large the error of a value may be, relative to the largest |r_pi|, where the equations are swept;
            but the residual is as good as it can be at 64 rounding errors of the largest value.

    Returns:
        (S,) float64.

    Raises:
        ValueError: If an argument is out of range, or a reward above 1e250 in size; at gamma 1, if the model can
            start in a state whose value is not finite. The message names the state.
        RuntimeError: If the tolerance is not reached.
    """
    gamma, tolerance = unit_interval("gamma", gamma), positive("tolerance", tolerance)
    weight = policy_of(paying_model(mdp), policy).reshape(-1)
    problem = Problem.of(mdp, gamma)
    chain = follow(problem, weight)
    if gamma == 1:
        return _total_reward(mdp, problem, weight, chain, tolerance)
    chain.matrix.data *= gamma
    return solve(chain.matrix, chain.reward, tolerance=tolerance * (1 - gamma))


def _total_reward(mdp: TabularMDP, problem: Problem, weight: FloatArray, chain: Chain, tolerance: float) -> FloatArray:
    label, closed = closed_components(chain.matrix, chain.leaves)
    infinite = spread(chain.matrix, _endless(mdp, weight, chain, closed[label], label))
    refuse_infinite(mdp, infinite, "this policy")
    transient = np.flatnonzero((infinite == 0) & ~closed[label])
    v = infinite
    inner, reward = chain.matrix[transient][:, transient], chain.reward[transient]
    if not is_direct(inner):  # h = 1 + P h is the number of steps, here to a tenth
        tolerance /= float(solve(inner, np.ones(len(transient)), tolerance=0.1).max(initial=1.0)) / 0.9
        v[transient] = solve(inner, reward, tolerance=tolerance)
        return v
    inverse = solver(inner)
    if not _all_but_never_ends(inner, inverse):
        v[transient] = inverse(reward)
        return v
    if len(transient) > LARGEST:
        raise RuntimeError(
            f"this policy takes more than {LONG:g} steps to end, so that rounding would decide what its states are "
            f"worth at gamma 1, and {len(transient)} of them are too many for elimination, which takes {LARGEST}: use "
            "gamma < 1"
        )
    v[transient] = total_rewards(inner, problem.ending(weight)[transient] + _beyond(chain, transient), reward)
    return v


def _all_but_never_ends(inner: Any, inverse: Callable[[FloatArray], FloatArray]) -> bool:
    """Return whether a policy takes so many steps that a factorised I - P tells them badly, or not at all.

    h = 1 + P h is the number of steps. An approximate h > 0 that falls by 1/2 a step is at least half of it (see
    `bounds`); the error of values is the residual, of some rounding errors of the largest value, times that.
    """
    h = inverse(np.ones(inner.shape[0]))
    if not (np.isfinite(h).all() and (h > 0).all()):
        return True
    falls = h - inner @ h - ROUNDING * h
    return bool(falls.min(initial=1.0) < LEAST_RATE or h.max(initial=0.0) > LONG)


def _beyond(chain: Chain, transient: IntArray) -> FloatArray:
    """Return the chance of a step from some states to states that are not among them."""
    others = np.ones(chain.matrix.shape[0])
    others[transient] = 0
    chances: FloatArray = chain.matrix[transient] @ others
    return chances


def _endless(mdp: TabularMDP, weight: FloatArray, chain: Chain, recurrent: BoolArray, label: IntArray) -> FloatArray:
    """Return the sign of the mean reward where a policy never ends, nan where it may or nothing is ever paid: (S,)."""
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
        share = stationary_within(chain, members)
        gain = float(share @ mean[members])
        sign[number] = 0.0 if abs(gain) <= DECIDED * float(share @ np.abs(mean[members])) else np.sign(gain)
    endless: FloatArray = np.where(pays, sign, np.nan)[label]
    return endless
