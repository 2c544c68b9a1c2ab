"""Checks of the matrices of a linear system. Each error states the value, the rule and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.arrays import frozen

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray

ROUNDING = 1e-9
"""How far a matrix may be from symmetric, or an eigenvalue below 0, relative to the greatest entry."""

WIDEST = float(np.finfo(np.float32).max)
"""What an observation can hold. Products of a few numbers up to this are finite in float64."""


def matrix(name: str, value: Any, shape: tuple[int | None, int | None] = (None, None)) -> FloatArray:
    """Return a value as a frozen float64 matrix, checked against a shape; None: any number, at least 1.

    Raises:
        ValueError: If it is no matrix of finite numbers that float32 holds too, or of another shape.
    """
    try:
        found = np.array(value, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a matrix of numbers, got {value!r}") from None
    fits = found.ndim == 2 and found.size > 0
    if not fits or any(rule not in (None, size) for rule, size in zip(shape, found.shape, strict=True)):
        asked = ", ".join(letter if rule is None else str(rule) for letter, rule in zip("nm", shape, strict=True))
        raise ValueError(f"{name} must be a matrix of shape ({asked}), got shape {found.shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name} must hold finite numbers, got {found.tolist()}")
    _held(name, found)
    return frozen(found)


def square(name: str, value: Any) -> FloatArray:
    """Return a value as a square matrix.

    Raises:
        ValueError: If it is none.
    """
    found = matrix(name, value)
    if found.shape[0] != found.shape[1]:
        raise ValueError(f"{name} must be square, got shape {found.shape}")
    return found


def weight(name: str, value: Any, size: int, *, definite: bool) -> FloatArray:
    """Return a value as a symmetric matrix (size, size) without negative, or, if definite, with positive eigenvalues.

    Raises:
        ValueError: If it is none; the message gives the least eigenvalue.
    """
    found = matrix(name, value, (size, size))
    largest = float(np.abs(found).max())
    if np.abs(found - found.T).max() > ROUNDING * largest:
        raise ValueError(f"{name} must be symmetric, got {found.tolist()}; (M + M') / 2 costs the same and is")
    found = (found + found.T) / 2
    least = float(np.linalg.eigvalsh(found)[0])
    if least < -ROUNDING * largest or (definite and least <= ROUNDING * largest):
        rule = "positive definite" if definite else "positive semidefinite"
        raise ValueError(f"{name} must be {rule}, got one whose least eigenvalue is {least:g}")
    return frozen(found)


def vector(name: str, value: Any, size: int) -> FloatArray:
    """Return a number, for all, or (size,) numbers as (size,) float64.

    Raises:
        ValueError: If they are not finite, too large for float32, or not as many.
    """
    try:
        found = np.array(value, np.float64)
    except (TypeError, ValueError):
        found = np.array(np.nan)
    if found.shape not in {(), (size,)} or not np.isfinite(found).all():
        raise ValueError(f"{name} must be a finite number or {size} of them, got {value!r}")
    _held(name, found)
    return np.broadcast_to(found, (size,)).copy()


def covariance(value: Any, size: int) -> FloatArray:
    """Return the covariance (size, size) of noise given as a standard deviation, or as the covariance itself.

    Raises:
        ValueError: If the one is negative, or the other no covariance.
    """
    if np.ndim(value) == 2:
        return weight("noise", value, size, definite=False)
    spread = vector("noise", value, size)
    if (spread < 0).any():
        raise ValueError(f"noise must be >= 0, a standard deviation, or a covariance matrix, got {value!r}")
    return frozen(np.diag(spread**2))


def _held(name: str, numbers: FloatArray) -> None:
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest > WIDEST:
        raise ValueError(
            f"{name} must be within the greatest float32, {WIDEST:.4g}, got {largest:.4g}: choose other units"
        )
