"""Where the commands print."""

from __future__ import annotations

from rich.console import Console


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to `main`, which ends quietly when its reader has gone."""
        raise BrokenPipeError


def console() -> Console:
    """Return a console for standard output; nothing in what is printed is taken for markup."""
    return _Console(markup=False, highlight=False, emoji=False)
