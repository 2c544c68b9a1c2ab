"""Numbers as people read them."""

from __future__ import annotations


def short(number: float) -> str:
    """Return three digits of a number, and a letter for a power of a thousand."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"
