"""Where the commands print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from rich.text import Text


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to `main`, which ends quietly when its reader has gone."""
        raise BrokenPipeError

    def render_str(self, text: str, **how: Any) -> Text:
        """Render a text, also that of a table's cell: whatever it comes from, it commands no terminal."""
        return super().render_str(printable(text, None), **how)


def console() -> Console:
    """Return a console for standard output; nothing in what is printed is taken for markup."""
    return _Console(markup=False, highlight=False, emoji=False)
