"""Solve e = right + M e roughly, by Gauss-Seidel sweeps up and down with Anderson's mixing.

M is substochastic, as a policy's discounted transitions are. One cycle:

1  e_0 <- e;  sweep up, sweep down:  e <- G(e_0);  change f <- e - e_0
2  w <- <f - f', f> / <f - f', f - f'>, f' the last cycle's change
3  e <- e - w (e - e'), e' where the last cycle's sweeps led

Sources: Young 1971 for the sweeps; Anderson 1965 for the mixing, here of depth one: of the slow modes, which are many
and local on a large grid, it speeds up the slowest, and greater depth hardly more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.common.parallel import blocks, run_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_env.common.arrays import FloatArray, IntArray

MAX_WIDTH = 8
"""The widest rows that get a kernel of their own."""

FARTHEST = 10.0
"""The most last steps an extrapolation goes; in a chain that is never left there is no end to go to."""

SETBACK = 10.0
"""A change this many times the smallest so far takes the last extrapolation back, and the mixing starts afresh."""


class Relaxation:
    """The equations of N unknowns, and room to solve them in.

    Args:
        sizes: (N,), how many entries each row of M has, or one number for all of N rows.
        size: N, the number of unknowns.
    """

    def __init__(self, sizes: IntArray | int, size: int) -> None:
        indptr = np.zeros(size + 1, np.int64)
        np.cumsum(np.broadcast_to(sizes, size), out=indptr[1:])
        narrow = np.int32 if indptr[-1] < np.iinfo(np.int32).max else np.int64
        self._indptr: IntArray = indptr.astype(narrow)
        self._indices = np.empty(indptr[-1], np.int32)
        self._data = np.empty(indptr[-1], np.float32)
        self._constant = np.empty(size, np.float32)
        self._e = np.zeros(2 * (size + 1), np.float32)
        self._start, self._last_e, self._last_change = np.zeros((3, size), np.float32)
        self._size = size
        self._width = sizes if isinstance(sizes, int) and sizes <= MAX_WIDTH else 0

    def correct(
        self,
        x: FloatArray,
        right: FloatArray,
        scale: float,
        cycles: int,
        change: float,
        fold: Callable[..., None],
        *args: object,
    ) -> None:
        """Add the approximate solution of e = right + M e to x.

        Args:
            x: (N or more,), changed in place.
            right: (N,).
            scale: Largest |right|, > 0.
            cycles: The most cycles to do.
            change: Stop when a cycle changes no unknown by more than this times `scale`.
            fold: The kernel that writes the equations of M.
            *args: What it needs to know of M.
        """
        from gridworld_env.oracle import relaxation_kernels as kernels

        N = self._size
        run_blocks(fold, N, *args, right, 1 / scale, self._indptr, self._indices, self._data, self._constant)
        self._run(cycles, change)
        run_blocks(kernels.add, N, x, scale, self._e)

    def _run(self, cycles: int, tolerance: float) -> None:
        from gridworld_env.oracle import relaxation_kernels as kernels

        N, e, start = self._size, self._e, self._start
        for array in (e, start, self._last_e, self._last_change):
            array[:] = 0
        seen, least = 0, np.inf
        for cycle in range(cycles):
            self._sweep(rising=True)
            self._sweep(rising=False)
            parts = np.array(run_blocks(kernels.compare, N, e, start, self._last_change))
            largest, (along, square) = float(parts[:, 0].max()), parts[:, 1:].sum(axis=0)
            if largest <= tolerance or not np.isfinite(largest):
                break
            if largest > SETBACK * least:
                e[:N] = start[:] = self._last_e
                seen = 0
                continue
            seen, least = seen + 1, min(least, largest)
            weight = (
                float(np.clip(along / square, -FARTHEST, FARTHEST))
                if seen > 1 and square > 0 and cycle < cycles - 1
                else 0.0
            )
            run_blocks(kernels.extrapolate, N, e, start, self._last_e, weight)

    def _sweep(self, *, rising: bool) -> None:
        from gridworld_env.oracle import relaxation_kernels as kernels

        N, e = self._size, self._e
        if len(blocks(N)) > 1:
            e[N + 1 :] = e[: N + 1]
        sweep = kernels.sweep_of(self._width) if self._width else kernels.sweep_any
        run_blocks(sweep, N, rising, self._indptr, self._indices, self._data, self._constant, e)
