"""Solve the linear equations of a policy, x = right + M x, directly where that is cheap and by sweeping elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.parallel import run_blocks

if TYPE_CHECKING:
    from gridworld_env.arrays import FloatArray

ALWAYS_DIRECT = 2_000
"""Systems up to this size are factorised whatever their shape."""

DIRECT_LIMIT = 100_000
"""Systems beyond this size are never factorised."""

FILL_LIMIT = 4e7
"""Systems are factorised if size times bandwidth, which bounds the factors' entries, is at most this."""

ROUNDING = 64 * np.finfo(np.float64).eps
"""A residual of this, relative to the values, is as good as rounding allows."""

CYCLES = 100
"""Cycles of sweeps between two looks at the residual."""

REDUCTION = 1e-3
"""How far the changes are to shrink between two looks."""

MAX_ROUNDS = 1_000
"""Looks at the residual before giving up."""


def is_direct(matrix: Any) -> bool:  # noqa: ANN401 - a SciPy sparse array
    """Say whether a matrix (N, N) can be factorised quickly and in little memory."""
    from scipy.sparse import csgraph  # noqa: PLC0415 - heavy, and needed here only

    N = matrix.shape[0]
    if N <= ALWAYS_DIRECT or N > DIRECT_LIMIT:
        return bool(N <= ALWAYS_DIRECT)
    order = csgraph.reverse_cuthill_mckee((matrix + matrix.T).tocsr(), symmetric_mode=True)
    rank = np.empty(N, np.int64)
    rank[order] = np.arange(N)
    entries = matrix.tocoo()
    bandwidth = np.abs(rank[entries.row] - rank[entries.col]).max(initial=0)
    return bool(N * bandwidth <= FILL_LIMIT)


def solve(matrix: Any, right: FloatArray, *, tolerance: float = 1e-12) -> FloatArray:  # noqa: ANN401 - sparse
    """Return the x with x = right + matrix x.

    Args:
        matrix: (N, N) SciPy CSR array with entries >= 0 whose powers go to 0.
        right: (N,).
        tolerance: How large max |right + matrix x - x| may be, relative to max |right|, or to max |x| times the
            rounding error where that is more. A direct solution is as exact as rounding allows.

    Raises:
        RuntimeError: If sweeping does not get there.
    """
    if not right.any():
        return np.zeros(len(right))
    return _solve_directly(matrix, right) if is_direct(matrix) else _solve_by_sweeps(matrix, right, tolerance)


def _solve_directly(matrix: Any, right: FloatArray) -> FloatArray:  # noqa: ANN401 - sparse
    """Factorise I - matrix. No pivoting: it is an M-matrix, whose elimination is stable in any symmetric order."""
    from scipy import sparse  # noqa: PLC0415 - heavy, and needed here only
    from scipy.sparse import linalg  # noqa: PLC0415

    system = (sparse.eye_array(len(right), format="csr") - matrix).tocsc()
    factors = linalg.splu(
        system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    x = factors.solve(right)
    x += factors.solve(right - system @ x)
    return np.asarray(x)


def _solve_by_sweeps(matrix: Any, right: FloatArray, tolerance: float) -> FloatArray:  # noqa: ANN401 - sparse
    from gridworld_env.oracle import relaxation_kernels  # noqa: PLC0415 - imports numba
    from gridworld_env.oracle.relaxation import Relaxation  # noqa: PLC0415 - so that linear stays light

    columns = matrix.indices.astype(np.int32, copy=False)
    relaxation = Relaxation(np.diff(matrix.indptr), len(right))
    x, residual, aim = np.zeros(len(right)), np.inf, np.inf
    for _ in range(MAX_ROUNDS):
        missing = right + matrix @ x - x
        residual = float(np.abs(missing).max())
        aim = max(tolerance * float(np.abs(right).max()), ROUNDING * float(np.abs(x).max()))
        if residual <= aim:
            return x
        enough = max(aim / residual, REDUCTION) / 8
        relaxation.correct(
            x, missing, residual, CYCLES, enough, relaxation_kernels.fold_matrix, columns, matrix.data
        )
    raise RuntimeError(
        f"a system of {len(right)} states was swept {MAX_ROUNDS * CYCLES} times to a residual of {residual:.3g}, not to "
        f"{aim:.3g}; use a larger tolerance or a smaller gamma"
    )
