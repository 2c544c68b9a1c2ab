"""Find the best values of a problem: truncated policy iteration, and policy iteration to polish.

Truncated policy iteration (Zhao 2025, Algorithm 4.3; Puterman 1994, section 6.5):

1  improve: pi <- greedy in v;  stop if max |T v - v| is small enough
2  evaluate, roughly: v <- v + e, where e solves e = (T v - v) + gamma P_pi e to a few per cent, by sweeping

Policy iteration (Zhao 2025, Algorithm 4.2; Howard 1960):

1  evaluate: solve v = r_pi + gamma P_pi v
2  improve: where another choice is better in v, by more than rounding, pi switches to it;  stop if none did

Only strict improvements switch, so that at gamma 1 a policy that reaches the end is followed by one that does, too
(Bertsekas and Tsitsiklis 1991).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridworld_env.common.parallel import run_blocks
from gridworld_env.oracle.bounds import error_bound, refined
from gridworld_env.oracle.chain import follow
from gridworld_env.oracle.graphs import can_reach
from gridworld_env.oracle.linear import ROUNDING, estimate, is_direct, solve
from gridworld_env.oracle.relaxation import Relaxation

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray, IntArray
    from gridworld_env.oracle.problem import Problem

EXACT_LIMIT = 20_000
"""Up to this many nodes, policy iteration makes the values exact to rounding; at gamma 1 beyond it, too."""

CYCLES = 12
"""Cycles of sweeps between two improvements."""

REDUCTION = 0.1
"""A rough evaluation stops when a cycle changes no value by more than this times the residual before it."""

WARM_UP = 2_000
"""Improvements by truncated policy iteration before policy iteration takes over.

Each costs less than a direct solution by far, and in a maze policy iteration alone moves on by a cell an improvement.
"""

HOPELESS = 1e9
"""Values this many times the largest reward have lost nine digits: not to be started from."""

MAX_SWITCHES = 1_000
"""Improvements by policy iteration before giving up."""


class Answer(NamedTuple):
    """What an iteration found."""

    v: FloatArray
    """(N + 1,), the end's 0 included."""
    best: IntArray
    """(N,) int64, a greedy choice of each node."""
    residual: float
    """max |T v - v|."""
    iterations: int
    """How often the policy was improved."""


class Found(NamedTuple):
    """The best values of a problem."""

    v: FloatArray
    """(N + 1,), the end's 0 included."""
    iterations: int
    """How often the policy was improved."""
    error: float
    """A proven bound of max |v - v*|."""


def find_best(
    problem: Problem, tolerance: float, max_iterations: int, *, rewards_off: float, proper: IntArray | None = None
) -> Found:
    """Return the best values of a problem.

    Args:
        problem: With gamma below 1, or such that every policy that may go on for ever costs without limit.
        tolerance: As in :func:`gridworld_env.oracle.optimal`.
        max_iterations: Improvements by truncated policy iteration before giving up.
        rewards_off: How far mean rewards may be off, by rounding.
        proper: (N,) choices of a policy that ends almost surely from everywhere. Required at gamma 1.

    Raises:
        RuntimeError: If the tolerance is not reached.
    """
    N = problem.num_nodes
    if N == 0:
        return Found(np.zeros(1), 0, 0.0)
    start = first_values(problem, proper)
    _, best, _ = problem.greedy(start)
    small = N <= EXACT_LIMIT or proper is not None
    if small and is_direct(follow(problem, problem.weights(best)).matrix):
        warm = truncated_policy_iteration(problem, start, tolerance, min(WARM_UP, max_iterations))
        first = warm.best if proper is None else better_of(problem, mend(problem, warm.best, proper), proper)
        found = _polished(problem, first, tolerance, rewards_off)
        if proper is not None and not found.error <= tolerance * scale_of(problem, found.v):
            # Of policies that are all but tied the first may take very long to end, and lose its digits on the way.
            found = min(found, _polished(problem, proper, tolerance, rewards_off), key=lambda one: one.error)
        return found._replace(iterations=warm.iterations + found.iterations)
    return _swept(problem, start, tolerance, max_iterations, rewards_off)


def _polished(problem: Problem, first: IntArray, tolerance: float, rewards_off: float) -> Found:
    """Return the best values by policy iteration from choices (N,), improved if their error is not small enough."""
    v, best, iterations = policy_iteration(problem, first)
    better, least, error = refined(problem, v, best, rewards_off)
    if not error <= tolerance * scale_of(problem, v):
        v, error = better, least
    return Found(v, iterations, error)


def _swept(problem: Problem, start: FloatArray, tolerance: float, max_iterations: int, rewards_off: float) -> Found:
    """Return the best values by truncated policy iteration, as far as it takes for their error to be small enough.

    At gamma 1 the residual that this takes is known when the policy's horizon is: where the bound is too large, the
    iteration goes on from where it was to a residual that is smaller by as much.
    """
    aim, iterations = tolerance, 0
    while True:
        answer = truncated_policy_iteration(problem, start, aim, max_iterations - iterations)
        check_residual(problem, answer.v, answer.residual, aim)
        start, iterations = answer.v, iterations + answer.iterations
        error = error_bound(problem, answer.v, answer.best, rewards_off)
        allowed = tolerance * scale_of(problem, answer.v)
        rounded = answer.residual <= ROUNDING * scale_of(problem, answer.v)
        if error <= allowed or rounded or problem.gamma < 1 or not np.isfinite(error):
            return Found(answer.v, iterations, error)
        aim *= allowed / error / 2


def scale_of(problem: Problem, v: FloatArray) -> float:
    """Return what a tolerance is relative to: the largest |mean reward| or finite |value|, whichever is more."""
    return max(problem.reward_scale, float(np.abs(v).max(initial=0.0, where=np.isfinite(v))))


def first_values(problem: Problem, proper: IntArray | None) -> FloatArray:
    """Return values to start from (N + 1,): at gamma 1 those of a policy that ends, from which it goes upwards only."""
    if proper is None:
        return np.zeros(problem.num_nodes + 1)
    chain = follow(problem, problem.weights(proper))
    v = problem.extended(estimate(chain.matrix, chain.reward))
    return v if np.abs(v).max() <= HOPELESS * problem.reward_scale else np.zeros_like(v)


def check_residual(problem: Problem, v: FloatArray, residual: float, tolerance: float) -> None:
    """Raise RuntimeError if a residual is larger than promised."""
    aim = limit_of(problem, v, tolerance)
    if not residual <= aim:
        raise RuntimeError(
            f"the Bellman residual stays at {residual:.3g}, above {aim:.3g}, for {problem.num_nodes} states at gamma "
            f"{problem.gamma}; use a larger tolerance, more max_iterations or a smaller gamma"
        )


def check_error(problem: Problem, v: FloatArray, residual: float, error: float, tolerance: float) -> None:
    """Raise RuntimeError if the bound of an error is larger than promised, and that not by rounding alone."""
    scale = scale_of(problem, v)
    rounded = residual <= ROUNDING * scale and np.isfinite(error)
    if not (error <= tolerance * scale or rounded):
        raise RuntimeError(
            f"the error is proven to be at most {error:.3g}, not {tolerance * scale:.3g}, for {problem.num_nodes} "
            f"states at gamma {problem.gamma}; use a larger tolerance, more max_iterations or a smaller "
            "gamma: policies that are all but tied and end very late make rounding count"
        )


def limit_of(problem: Problem, v: FloatArray, tolerance: float) -> float:
    """Return the residual allowed: so that the error is within the tolerance, but no less than rounding.

    Below gamma 1 the error is at most residual / (1 - gamma) (Puterman 1994, Theorem 6.2.2); half of it is left to what
    rounding adds.
    """
    shrinks = (1 - problem.gamma) / 2 if problem.gamma < 1 else 1.0
    return max(tolerance * shrinks, ROUNDING) * scale_of(problem, v)


def truncated_policy_iteration(problem: Problem, v: FloatArray, tolerance: float, max_iterations: int) -> Answer:
    """Iterate from v (N + 1,) until the residual is within `limit_of`, or `max_iterations` times."""
    from gridworld_env.oracle import relaxation_kernels

    N, choices = problem.num_nodes, problem.choices
    count = np.diff(choices.first) if problem.epsilon > 0 else 1
    relaxation = Relaxation(count * choices.successor.shape[1], N)
    both = np.concatenate([v, v])
    v = both[: N + 1]
    for iteration in range(max_iterations + 1):
        problem.improve(both)
        change, best, residual = problem.greedy(v)
        limit = limit_of(problem, v, tolerance)
        if not residual > limit or iteration == max_iterations:
            break
        policy = (choices, problem.gamma, problem.epsilon, best)
        enough = max(limit / residual / 4, REDUCTION)
        relaxation.correct(v, change, residual, CYCLES, enough, relaxation_kernels.fold_greedy, *policy)
    return Answer(v, best, residual, iteration)


def policy_iteration(problem: Problem, best: IntArray) -> tuple[FloatArray, IntArray, int]:
    """Iterate from the policy `best` (N,) until no choice is better; return its values (N + 1,), it, and the number."""
    from gridworld_env.oracle import kernels

    iteration, switched = 0, [1]
    while sum(switched) > 0 and iteration < MAX_SWITCHES:
        iteration += 1
        chain = follow(problem, problem.weights(best))
        v = problem.extended(solve(chain.matrix * problem.gamma, chain.reward))
        switched = run_blocks(kernels.switch, problem.num_nodes, problem.choices, problem.gamma, v, best)
    return v, best, iteration


def mend(problem: Problem, best: IntArray, proper: IntArray) -> IntArray:
    """Return choices that end almost surely from everywhere: `best`, but `proper` where `best` can never end."""
    chain = follow(problem, problem.weights(best))
    return np.where(can_reach(chain.matrix, chain.leaves), best, proper)


def better_of(problem: Problem, one: IntArray, other: IntArray) -> IntArray:
    """Return choices at least as good as those of either of two policies that end: in each node the better one's.

    (Policy switching, Chang, Givan and Chong 2004.) If `one` takes so long to end that its values are inaccurate, it is
    `other`.
    """
    v, w = (
        solve(chain.matrix, chain.reward)
        for chain in (follow(problem, problem.weights(choices)) for choices in (one, other))
    )
    if not np.abs(v).max() <= HOPELESS * problem.reward_scale:
        return other
    return np.where(w > v, other, one)
