"""Solve the linear equations of a policy, x = right + M x, directly where that is cheap and by sweeping elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.oracle.relaxation import Relaxation

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_env.common.arrays import FloatArray

ALWAYS_DIRECT = 2_000
"""Systems up to this size are factorised whatever their shape."""

DIRECT_LIMIT = 100_000
"""Systems beyond this size are never factorised."""

FILL_LIMIT = 1e8
"""Systems are factorised if size times bandwidth, which is far more than the factors' entries, is at most this."""

HUB = 500
"""Nodes with more neighbours than this are hubs."""

ROUNDING = 64 * np.finfo(np.float64).eps
"""A residual of this, relative to the values, is as good as rounding allows."""

CYCLES = 100
"""Cycles of sweeps between two looks at the residual."""

REDUCTION = 1e-3
"""How far the changes are to shrink between two looks."""

FEW_ROUNDS, MAX_ROUNDS = 20, 1_000
"""Looks at the residual before an estimate is good enough, or a solution is given up."""


def is_direct(matrix: Any) -> bool:
    """Say whether a matrix (N, N) can be factorised quickly and in little memory.

    A node with many neighbours, a hub, is eliminated last, and costs a row of its own; without hubs, the factors lie
    within the band of a good order.
    """
    from scipy.sparse import csgraph

    N = matrix.shape[0]
    if N <= ALWAYS_DIRECT or N > DIRECT_LIMIT:
        return bool(N <= ALWAYS_DIRECT)
    both = (matrix + matrix.T).tocsr()
    plain = np.flatnonzero(np.diff(both.indptr) <= HUB)
    both = both[plain][:, plain]
    rank = np.empty(len(plain), np.int64)
    rank[csgraph.reverse_cuthill_mckee(both, symmetric_mode=True)] = np.arange(len(plain))
    entries = both.tocoo()
    bandwidth = np.abs(rank[entries.row] - rank[entries.col]).max(initial=0)
    return bool(N * (bandwidth + N - len(plain)) <= FILL_LIMIT)


def solve(matrix: Any, right: FloatArray, *, tolerance: float = 1e-12) -> FloatArray:
    """Return the x with x = right + matrix x.

    Args:
        matrix: (N, N) SciPy CSR array with entries >= 0 whose powers go to 0.
        right: (N,).
        tolerance: How large max |right + matrix x - x| may be, relative to max |right|, or to max |x| times the
            rounding error where that is more. A direct solution is as exact as rounding allows.

    Raises:
        RuntimeError: If sweeping does not get there.
    """
    return solver(matrix, tolerance=tolerance)(right)


def solver(matrix: Any, *, tolerance: float = 1e-12) -> Callable[[FloatArray], FloatArray]:
    """Return the function from `right` to what `solve` returns: a matrix is factorised once for many right-hand sides.

    Raises:
        RuntimeError: If the matrix is singular; and so does the function, if sweeping does not get there.
    """
    return _factorised(matrix) if is_direct(matrix) else lambda right: _swept(matrix, right, tolerance)


def _swept(matrix: Any, right: FloatArray, tolerance: float) -> FloatArray:
    x, residual, aim = _sweep(matrix, right, tolerance, MAX_ROUNDS)
    if not residual <= aim:
        raise RuntimeError(
            f"a system of {len(right)} states was swept {MAX_ROUNDS * CYCLES} times to a residual of {residual:.3g}, "
            f"not to {aim:.3g}; use a larger tolerance or a smaller gamma"
        )
    return x


def estimate(matrix: Any, right: FloatArray) -> FloatArray:
    """Return about the x with x = right + matrix x, and that soon: a start for better methods."""
    return _factorised(matrix)(right) if is_direct(matrix) else _sweep(matrix, right, REDUCTION, FEW_ROUNDS)[0]


def _factorised(matrix: Any) -> Callable[[FloatArray], FloatArray]:
    """Factorise I - matrix. No pivoting: it is an M-matrix, whose elimination is stable in any symmetric order."""
    from scipy import sparse
    from scipy.sparse import linalg

    system = (sparse.eye_array(matrix.shape[0], format="csr") - matrix).tocsc()
    factors = linalg.splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})

    def solve_for(right: FloatArray) -> FloatArray:
        x = factors.solve(right)
        x += factors.solve(right - system @ x)
        return np.asarray(x)

    return solve_for


def _sweep(matrix: Any, right: FloatArray, tolerance: float, rounds: int) -> tuple[FloatArray, float, float]:
    """Sweep until the residual is small enough, or so many rounds; return x, its residual, and what was aimed at."""
    from gridworld_env.oracle import relaxation_kernels

    columns = matrix.indices.astype(np.int32, copy=False)
    relaxation = Relaxation(np.diff(matrix.indptr), len(right))
    x = np.zeros(len(right))
    for looks in range(rounds + 1):
        missing = right + matrix @ x - x
        residual = float(np.abs(missing).max(initial=0.0))
        aim = max(tolerance * float(np.abs(right).max(initial=0.0)), ROUNDING * float(np.abs(x).max(initial=0.0)))
        if not residual > aim or looks == rounds:
            break
        enough = max(aim / residual, REDUCTION) / 8
        relaxation.correct(x, missing, residual, CYCLES, enough, relaxation_kernels.fold_matrix, columns, matrix.data)
    return x, residual, aim
