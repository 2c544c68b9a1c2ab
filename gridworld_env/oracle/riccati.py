"""The best gain of a linear system with quadratic cost, and the value of any gain, exactly.

1  with A and B scaled by sqrt(gamma) the discount vanishes:
   P = Q + gamma A' P A - gamma A' P B (R + gamma B' P B)^-1 gamma B' P A, the discrete algebraic Riccati equation
2  K = (R + gamma B' P B)^-1 gamma B' P A, and the best action is u = -K x
3  any gain K has P = Q + K' R K + gamma (A - B K)' P (A - B K), a discrete Lyapunov equation
4  noise of covariance W adds c = gamma (tr(P W) + c): c = gamma / (1 - gamma) tr(P W)
5  over T steps 3 and 4 are repeated T times from P = 0, c = 0, and no gain is too bad

Source: Bertsekas 2012, Dynamic Programming and Optimal Control, volume 1, section 3.1, and volume 2 for the discount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.checks import whole_number
from gridworld_env.common.matrices import matrix
from gridworld_env.common.public import export
from gridworld_env.oracle.arguments import unit_interval
from gridworld_env.oracle.linear_solution import LinearSolution
from gridworld_env.oracle.riccati_bounds import MARGIN, GainBounds, cost_error, summed

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.oracle.linear_solution import LinearSystem

RANK_TOLERANCE = 1e-9


@export("gridworld_env.oracle.linear_quadratic")
def linear_quadratic(env: Any, gamma: float) -> LinearSolution:
    """Return the best gain of a linear system with quadratic cost, and its value.

    The errors that it states are those of the best value there is, without bounds of the actions.

    The bounds of the actions are left out: where -K x lies beyond them, the best return is less than this.

    Args:
        env: A `LinearQuadratic-v0`; wrappers are looked through.
        gamma: Discount, in [0, 1]; 1 only without noise, which costs for ever.

    Raises:
        TypeError: If the environment is no such system.
        ValueError: If gamma is out of range, or the system has no best gain: no gain holds a part of it, or Q does not
            see a part that grows.
    """
    world, gamma = _world_of(env), unit_interval("gamma", gamma)
    A, B, Q, R = world.A, world.B, world.Q, world.R
    _noise_allows(world, gamma)
    root = float(np.sqrt(gamma))
    unit = _unit(Q, R)
    _solvable(root * A, root * B, Q / unit, gamma)
    if gamma == 0:
        P = Q
    else:
        from scipy import linalg

        try:
            P = unit * linalg.solve_discrete_are(root * A, root * B, Q / unit, R / unit)  # 1
        except np.linalg.LinAlgError as error:
            raise ValueError(f"the Riccati equation of this system has no stable solution: {error}") from error
    K = np.asarray(np.linalg.solve(R + gamma * B.T @ P @ B, gamma * B.T @ P @ A), np.float64)  # 2
    P = (P + P.T) / 2
    return _solution(world, gamma, K, P, GainBounds(world, gamma, K).of_optimum(P))


@export("gridworld_env.oracle.evaluate_gain")
def evaluate_gain(env: Any, gain: Any, gamma: float, *, horizon: int | None = None) -> LinearSolution:
    """Return the exact value of the policy u = -gain x.

    Args:
        env: A `LinearQuadratic-v0`; wrappers are looked through.
        gain: (m, n).
        gamma: Discount, in [0, 1]; without a horizon, 1 only without noise.
        horizon: Steps to count, T >= 0; None for all.

    Raises:
        TypeError: If the environment is no such system.
        ValueError: If an argument is wrong, or, without a horizon, the gain lets the cost grow for ever.
    """
    world, gamma = _world_of(env), unit_interval("gamma", gamma)
    K = matrix("gain", gain, (world.B.shape[1], world.state_size))
    if horizon is not None:
        return _of_steps(world, gamma, K, whole_number("horizon", horizon, 0))
    _noise_allows(world, gamma)
    held = np.sqrt(gamma) * (world.A - world.B @ K)
    radius = float(np.abs(np.linalg.eigvals(world.A - world.B @ K)).max())
    if radius * np.sqrt(gamma) >= 1:
        raise ValueError(
            f"the gain lets the cost grow for ever: A - B gain has spectral radius {radius:g}, which must be below "
            f"1 / sqrt(gamma) = {1 / np.sqrt(gamma):g}; give a horizon"
        )
    from scipy import linalg

    P = linalg.solve_discrete_lyapunov(held.T, world.Q + K.T @ world.R @ K)  # 3
    P = (P + P.T) / 2
    return _solution(world, gamma, K, P, GainBounds(world, gamma, K).of_value(P))


def _of_steps(world: LinearSystem, gamma: float, K: FloatArray, horizon: int) -> LinearSolution:
    """Return the value of T steps of a gain."""
    P, c, bounds = np.zeros_like(world.A), 0.0, GainBounds(world, gamma, K)
    X, off, rounding = np.zeros_like(bounds.closed), 0.0, 0.0
    of_P, of_c, W = 0.0, 0.0, world.covariance
    unit = float(np.finfo(np.float64).eps) * (W.size + 8)
    for _ in range(horizon):  # 5
        new, new_c = _backed_up(world, gamma, K, P), gamma * (float(np.sum(P * W)) + c)
        of_c = gamma * (of_P * float(np.trace(W)) + of_c) + unit * (float(np.abs(P * W).sum()) + abs(new_c))
        X, rounded = bounds.after(X)
        off, rounding = max(off, bounds.residual(new, P)), max(rounding, rounded)
        P, c, of_P = new, new_c, off * summed(X, rounding)
    return LinearSolution(world, gamma, K, P, c, 0.0, of_P, of_c * MARGIN, horizon)


def _backed_up(world: LinearSystem, gamma: float, K: FloatArray, P: FloatArray) -> FloatArray:
    """Return P one step earlier."""
    held = world.A - world.B @ K
    return world.Q + K.T @ world.R @ K + gamma * held.T @ P @ held


def _solution(world: LinearSystem, gamma: float, K: FloatArray, P: FloatArray, of_P: float) -> LinearSolution:
    """Return what is known of a gain and its P, which is off by `of_P`."""
    residual = float(np.abs(P - _backed_up(world, gamma, K, P)).max())
    c = gamma / (1 - gamma) * float(np.sum(P * world.covariance)) if gamma < 1 else 0.0  # 4
    return LinearSolution(world, gamma, K, P, c, residual, of_P, cost_error(world, gamma, P, of_P))


def _world_of(env: Any) -> LinearSystem:
    """Return the system of an environment."""
    base = getattr(env, "unwrapped", env)
    world: Any = getattr(base, "world", None)
    if not all(hasattr(world, name) for name in ("A", "B", "Q", "R", "covariance")):
        raise TypeError(f"env must be a linear system such as LinearQuadratic-v0, got {type(base).__name__}")
    system: LinearSystem = world
    return system


def _noise_allows(world: LinearSystem, gamma: float) -> None:
    if gamma == 1 and world.covariance.any():
        raise ValueError("at gamma 1 noise costs for ever: set noise=0, lower gamma, or evaluate a gain over a horizon")


def _unit(Q: FloatArray, R: FloatArray) -> float:
    """Return the power of two by which costs are divided to lie near 1, where tolerances hold: the gain is the same."""
    return float(np.exp2(np.floor(np.log2(max(np.abs(Q).max(), np.abs(R).max())))))


def _solvable(A: FloatArray, B: FloatArray, Q: FloatArray, gamma: float) -> None:
    """Refuse a system, scaled, with a part of modulus >= 1 that B does not reach, or that Q, near 1, does not see.

    The test of Popov, Belevitch and Hautus: [l I - A, B] has full rank for every such eigenvalue l.
    """
    n = len(A)
    for eigenvalue in np.linalg.eigvals(A):
        if abs(eigenvalue) < 1 - RANK_TOLERANCE:
            continue
        shifted = eigenvalue * np.eye(n) - A
        size = f"sqrt(gamma) A has the eigenvalue {eigenvalue:.4g} of modulus >= 1 at gamma {gamma:g}"
        if _rank(np.hstack([shifted, B])) < n:
            raise ValueError(f"no gain holds this system: {size}, and no action reaches that part of it; lower gamma")
        if _rank(np.vstack([shifted, Q])) < n:
            raise ValueError(
                f"a part of the state costs nothing and does not die away: {size}, and Q is 0 there; let Q see it, or "
                "lower gamma"
            )


def _rank(rows: FloatArray) -> int:
    return int(np.linalg.matrix_rank(rows, tol=RANK_TOLERANCE * max(1.0, float(np.abs(rows).max()))))
