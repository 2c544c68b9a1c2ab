"""What the columns of a comparison's tables are called."""

from __future__ import annotations

FRACTIONS = (0.1, 0.01)
"""Shares of the optimum, to which the steps are counted."""


def time_to(of: str, fraction: float) -> str:
    """Return the column of when runs came within a share of the optimum: `steps_to_10pct`.

    Args:
        of: "steps" or "seconds".
        fraction: The share.
    """
    return f"{of}_to_{100 * fraction:g}pct"
