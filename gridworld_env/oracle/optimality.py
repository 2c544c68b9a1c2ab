"""The best values of a model: over all policies, over epsilon-soft ones, and over a finite number of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.checks import whole_number
from gridworld_env.common.parallel import run_blocks
from gridworld_env.common.public import export
from gridworld_env.oracle.arguments import paying_model, policy_of, positive, unit_interval, values_of
from gridworld_env.oracle.bounds import step_error
from gridworld_env.oracle.chain import follow
from gridworld_env.oracle.iteration import check_error, find_best
from gridworld_env.oracle.problem import Problem
from gridworld_env.oracle.results import FiniteHorizon, Solution
from gridworld_env.oracle.undiscounted import reduce_problem

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.tabular import TabularMDP

TOLERANCE = 1e-10
MAX_ITERATIONS = 100_000


@export("gridworld_env.oracle.optimal")
def optimal(
    mdp: TabularMDP, gamma: float, *, tolerance: float = TOLERANCE, max_iterations: int = MAX_ITERATIONS
) -> Solution:
    """Return the optimal values, action values and policy of a model.

    Truncated policy iteration (Zhao 2025, Algorithm 4.3), and for models of up to some 20,000 states policy iteration
    (Algorithm 4.2) with sparse direct solutions on top, which makes even values of 1e-15 right to many digits.

    At gamma 1 the value is the total reward until the end, and staying for ever where that costs nothing is worth 0.
    States that no policy gets out of losing for ever have value -inf. Sources: Bertsekas and Tsitsiklis 1991 for
    stochastic shortest paths, de Alfaro 1997 for end components.

    Args:
        mdp: The model, S states and A actions.
        gamma: Discount, in [0, 1].
        tolerance: How large `error`, the proven bound of max |v - v*|, may be, relative to the largest |mean reward| of
            any action or the largest |value|, whichever is more. Where rounding alone makes a residual of more than
            that, on large models at gamma near 1, `error` may be that of a residual of 64 rounding errors of the
            largest value. It states what it is.
        max_iterations: Improvements before giving up.

    Raises:
        ValueError: If an argument is out of range, or a reward above 1e250 in size; at gamma 1, if the model can
            start in a state from which rewards can be collected, or have to be paid, without limit. The message names
            the state.
        RuntimeError: If the tolerance is not reached.
    """
    return _solution(mdp, gamma, 0.0, tolerance, max_iterations)


@export("gridworld_env.oracle.epsilon_optimal")
def epsilon_optimal(
    mdp: TabularMDP,
    gamma: float,
    epsilon: float,
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Solution:
    """Return the best among the epsilon-soft policies: those that take each action with probability >= epsilon / A.

    Its values are the fixed point of ``v(s) = (1 - epsilon) max_a q(s, a) + epsilon mean_a q(s, a)`` (Zhao 2025,
    section 5.4; Sutton and Barto, section 5.4). At epsilon 0 it is `optimal`, at epsilon 1 the uniform policy's.

    Args:
        mdp: The model, S states and A actions.
        gamma: Discount, in [0, 1].
        epsilon: In [0, 1].
        tolerance: As for `optimal`.
        max_iterations: As for `optimal`.

    Raises:
        ValueError: As for `optimal`. At gamma 1 and epsilon above 0 every action is taken now and then, so that any
            cycle without end that pays or costs is met.
        RuntimeError: If the tolerance is not reached.
    """
    return _solution(mdp, gamma, epsilon, tolerance, max_iterations)


def _solution(mdp: TabularMDP, gamma: Any, epsilon: Any, tolerance: Any, max_iterations: Any) -> Solution:
    gamma, epsilon = unit_interval("gamma", gamma), unit_interval("epsilon", epsilon)
    tolerance = positive("tolerance", tolerance)
    max_iterations = whole_number("max_iterations", max_iterations, 1)
    problem = Problem.of(paying_model(mdp), gamma, epsilon)
    off = _rewards_off(mdp)
    if gamma < 1:
        v, iterations, error = find_best(problem, tolerance, max_iterations, rewards_off=off)
    else:
        reduced = reduce_problem(problem, mdp)
        nodes, iterations, error = find_best(
            reduced.problem, tolerance, max_iterations, rewards_off=off, proper=reduced.proper
        )
        v = reduced.expand(nodes)
    _, _, residual = problem.greedy(v)
    check_error(problem, v, residual, error, tolerance)
    q, policy = greedy_policy(problem, v, mdp.num_actions)
    return Solution(v[:-1].copy(), q, policy, residual, iterations, error, mdp, gamma, epsilon)


def _rewards_off(mdp: TabularMDP) -> float:
    """Return how far the mean rewards of a model's actions may be off: each is a sum of K rounded products."""
    if (mdp.probability == 1).all():
        return 0.0
    return (mdp.num_outcomes + 1) * float(np.finfo(np.float64).eps) * float(np.abs(mdp.reward).max())


def greedy_policy(problem: Problem, v: FloatArray, num_actions: int) -> tuple[FloatArray, FloatArray]:
    """Return the action values (S, A) under v (S + 1,), and the policy (S, A) that is best in them.

    The policy is uniform over tied actions, which at gamma 1 makes it end where the optimum asks for that: of the ways
    to wander for free at the optimal value, those that lead on to the reward are among the tied.
    """
    from gridworld_env.oracle import kernels

    shape = problem.num_nodes, num_actions
    q, policy = np.empty(shape), np.empty(shape)
    arguments = (problem.choices, problem.gamma, problem.epsilon, v, q, policy)
    run_blocks(kernels.greedy, problem.num_nodes, *arguments)
    return q, policy


@export("gridworld_env.oracle.finite_horizon")
def finite_horizon(mdp: TabularMDP, gamma: float, horizon: int, *, policy: Any = None) -> FiniteHorizon:
    """Return the best returns of up to `horizon` steps, or those of a policy, by backward induction.

    ``v[0] = 0`` and ``v[n] = max_a r + gamma P v[n - 1]`` (Puterman 1994, section 4.5): the optimum that methods with
    episodes of a given length can reach (Zhao 2025, Fig. 5.4). Its `error` is that of rounding alone, a bound that is
    carried along: see `bounds.step_error`.

    Args:
        mdp: The model, S states and A actions.
        gamma: Discount, in [0, 1].
        horizon: H, the number of steps, >= 0.
        policy: (S, A); its returns instead of the best.

    Raises:
        ValueError: If an argument is out of range, or a reward above 1e250 in size.
    """
    gamma, H = unit_interval("gamma", gamma), whole_number("horizon", horizon, 0)
    problem = Problem.of(paying_model(mdp), gamma)
    S, A = mdp.num_states, mdp.num_actions
    given = None if policy is None else policy_of(mdp, policy)
    v, q, followed = np.zeros((H + 1, S)), np.zeros((H + 1, S, A)), np.full((H + 1, S, A), 1 / A)
    error, step = np.zeros(H + 1), step_error(problem, _rewards_off(mdp), given)
    for n in range(1, H + 1):
        q[n], followed[n] = greedy_policy(problem, problem.extended(v[n - 1]), A)
        if given is not None:
            followed[n] = given
        v[n] = q[n].max(axis=1) if given is None else (given * q[n]).sum(axis=1)
        error[n] = step(error[n - 1], v[n - 1], q[n])
    return FiniteHorizon(v, q, followed, error, mdp, gamma)


@export("gridworld_env.oracle.bellman_residual")
def bellman_residual(
    mdp: TabularMDP, v: FloatArray, gamma: float, *, policy: FloatArray | None = None, epsilon: float = 0.0
) -> float:
    """Return max |T v - v| over the states where v is finite: how far v is from solving the Bellman equation.

    The true values are within ``residual / (1 - gamma)`` of v.

    Args:
        mdp: The model, S states and A actions.
        v: (S,) values.
        gamma: Discount, in [0, 1].
        policy: (S, A); its Bellman operator is applied. Without one, the optimality operator's.
        epsilon: In [0, 1]; the optimality operator is that of epsilon-soft policies. Not beside a policy.

    Raises:
        ValueError: If an argument is out of range, or both a policy and an epsilon are given.
    """
    gamma, epsilon = unit_interval("gamma", gamma), unit_interval("epsilon", epsilon)
    problem = Problem.of(paying_model(mdp), gamma, epsilon)
    v = values_of(mdp, v)
    if policy is None:
        return problem.greedy(problem.extended(v))[2]
    if epsilon > 0:
        raise ValueError(f"epsilon must be 0 beside a policy, got {epsilon}; mix it into the policy instead")
    chain = follow(problem, policy_of(mdp, policy).reshape(-1))
    finite = np.isfinite(v)
    change = chain.reward[finite] + gamma * (chain.matrix @ v)[finite] - v[finite]
    return float(np.abs(change).max(initial=0.0))
