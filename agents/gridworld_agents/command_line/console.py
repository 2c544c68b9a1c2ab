"""Where the commands print."""

from __future__ import annotations

from rich.console import Console


def console() -> Console:
    """Return a console for standard output; nothing in what is printed is taken for markup."""
    return Console(markup=False, highlight=False, emoji=False)
