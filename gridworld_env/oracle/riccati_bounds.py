"""What is proven of P: a bound of its spectral distance from the exact solution, whatever has computed it.

With a stable closed loop H = sqrt(gamma) (A - B K) let X = sum_k (H')^k H^k, so that X = I + H' X H.

1  a Y near X, positive definite, with |Y - H' Y H - I| <= d < 1 has (1 - d) X <= Y, and H is stable (Lyapunov)
2  the value of a gain: the residual D of its equation, E = P - P_K, has E = D + H' E H, so |E| <= |D| |X|
3  the optimum: S = R + gamma B' P B, F = S K - gamma B' P A. The K of 2 misses the best gain of P by S^-1 F, and the
   residual of the Riccati equation is D with F' S^-1 F more. E = P* - P solves
   E = -D + H' E H - H' E G E (I + G E)^-1 H with G = gamma B S^-1 B'. Where |E| <= e = 2 |X| |D| with |G| e <= 1/2 and
   8 |X| |H|^2 |G| e <= 1 the right side, solved for the first two E, maps that ball into itself: it holds a solution
   (Brouwer), whose closed loop (I + G E)^-1 H is stable by X, and the stable solution is the only one: P*
4  of T steps, P is off by the sum of (H')^k D H^k of the steps' residuals D, at most max |D| times that of T terms of X

Residuals are computed in long double, each with the most that rounding can have done to it. Norms are Frobenius's,
which are no less than the spectral ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.oracle.linear_solution import LinearSystem

Wide = np.longdouble
UNIT = float(np.finfo(Wide).eps)
"""Twice the most that one operation rounds, relative to its result."""

MARGIN = 1 + 1e-9
"""What a bound is multiplied with, for the rounding of its own computation in float64."""


class GainBounds:
    """Bounds for one gain of a system.

    Args:
        world: The system, n numbers of state and m of action.
        gamma: Discount.
        K: (m, n), the gain, taken for exact.
    """

    def __init__(self, world: LinearSystem, gamma: float, K: FloatArray) -> None:
        self.gamma = Wide(gamma)
        self.A, self.B, self.Q, self.R = (np.asarray(x, Wide) for x in (world.A, world.B, world.Q, world.R))
        self.K = K.astype(Wide)
        self.closed = self.A - self.B @ self.K
        self.closed_size = np.abs(self.A) + np.abs(self.B) @ np.abs(self.K)
        m, n = K.shape
        self.rounds = UNIT * (4 * n + 4 * m + 16)

    def of_value(self, P: FloatArray) -> float:
        """Return the bound of step 2; inf where none is found."""
        return _bound(self.residual(P, P) * self._spread(0.0))

    def of_optimum(self, P: FloatArray) -> float:
        """Return the bound of step 3; inf where none is found."""
        p, root = P.astype(Wide), float(np.sqrt(self.gamma))
        b, loop = _norm(self.B), _norm(self.closed) + self.rounds * _norm(self.closed_size)
        S = self.R + self.gamma * self.B.T @ p @ self.B
        size = np.abs(self.R) + self.gamma * np.abs(self.B.T) @ np.abs(p) @ np.abs(self.B)
        try:
            near = np.linalg.inv(S.astype(np.float64))
        except np.linalg.LinAlgError:
            return np.inf
        missing = _norm(np.eye(len(S)) - near @ S) + self.rounds * (1 + _norm(np.abs(near) @ size))
        if not missing < 0.5:
            return np.inf
        inverse = _norm(near) / (1 - missing)
        F = S @ self.K - self.gamma * self.B.T @ p @ self.A
        F_size = size @ np.abs(self.K) + self.gamma * np.abs(self.B.T) @ np.abs(p) @ np.abs(self.A)
        f = _norm(F) + self.rounds * _norm(F_size)
        shift = b * inverse * f  # of B K
        X = self._spread(float(self.gamma) * (2 * loop * shift + shift**2))
        e = 2 * X * (self.residual(P, P) + inverse * f**2) * MARGIN
        H, G = root * (loop + shift), float(self.gamma) * b**2 * inverse
        return _bound(e) if G * e <= 0.5 and 8 * X * H**2 * G * e <= 0.5 else np.inf  # half of it is for rounding

    def residual(self, P: FloatArray, before: FloatArray) -> float:
        """Return a bound of |P - (Q + K' R K + gamma (A - B K)' before (A - B K))|."""
        old = before.astype(Wide)
        behind = P - self.Q - self.K.T @ self.R @ self.K - self.gamma * self.closed.T @ old @ self.closed
        size = np.abs(P) + np.abs(self.Q) + np.abs(self.K.T) @ np.abs(self.R) @ np.abs(self.K)
        size = size + self.gamma * self.closed_size.T @ np.abs(old) @ self.closed_size
        found: float = _norm(behind) + self.rounds * _norm(size)
        return found

    def after(self, X: Any) -> tuple[Any, float]:
        """Return I + H' X H (n, n) in long double, and a bound of its rounding."""
        size = 1 + float(self.gamma) * _norm(self.closed_size) ** 2 * _norm(X)
        return np.eye(len(X)) + self.gamma * self.closed.T @ X @ self.closed, self.rounds * size * len(X)

    def _spread(self, more: float) -> float:
        """Return a bound of |X|, by step 1; inf where none is found.

        Args:
            more: By how much |H' Y H| / |Y| may be off.
        """
        from scipy import linalg

        root = float(np.sqrt(self.gamma))
        try:
            Y = linalg.solve_discrete_lyapunov((root * self.closed.T).astype(np.float64), np.eye(len(self.A)))
        except (np.linalg.LinAlgError, ValueError):
            return np.inf
        Y = (Y + Y.T) / 2
        size = _norm(Y)
        if not (np.isfinite(size) and size < 1e10 and np.linalg.eigvalsh(Y).min() > 0.5):
            return np.inf  # beyond 1e10 rounding might make an eigenvalue positive
        next_Y, rounding = self.after(Y.astype(Wide))
        d = _norm(Y - next_Y) + rounding + more * size
        return size / (1 - d) if d < 0.5 else np.inf


def cost_error(world: LinearSystem, gamma: float, P: FloatArray, of_P: float) -> float:
    """Return a bound of the error of c = gamma / (1 - gamma) tr(P W), of a P that is off by `of_P`."""
    if gamma in {0, 1}:
        return 0.0
    W = world.covariance
    unit, n = float(np.finfo(np.float64).eps), len(P)
    return _bound(gamma / (1 - gamma) * (of_P * float(np.trace(W)) + (n * n + 8) * unit * float(np.abs(P * W).sum())))


def summed(X: Any, rounding: float) -> float:
    """Return a bound of |X| for X = sum_k (H')^k H^k that was summed up with so much rounding in each step at most.

    Each step's rounding is carried on as D is in step 2: X misses the exact one by at most `rounding` times that.
    """
    return _norm(X) / (1 - rounding) if rounding < 0.5 else np.inf


def _norm(x: Any) -> float:
    return float(np.sqrt((np.asarray(x, Wide) ** 2).sum())) * MARGIN


def _bound(x: float) -> float:
    return x * MARGIN if np.isfinite(x) else np.inf
