"""Playing in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_env import rendering

if TYPE_CHECKING:
    from gridworld_agents.command_line.play.session import Session

FPS = 30
"""Looks at the keys a second; the picture changes only with the player's moves."""

LEAST_SIZE = 480
"""Pixels: the line with the keys needs room even on small maps."""

KEYS = {
    "up": "up",
    "w": "up",
    "right": "right",
    "d": "right",
    "down": "down",
    "s": "down",
    "left": "left",
    "a": "left",
    "space": "stay",
    "q": "up-left",
    "e": "up-right",
    "z": "down-left",
    "c": "down-right",
    "-": "weaker",
    "[-]": "weaker",
    "+": "stronger",
    "=": "stronger",
    "[+]": "stronger",
    "r": "restart",
    "h": "hint",
    "v": "overlays",
    "escape": "quit",
}
"""Commands by the names that pygame gives the keys."""


def play(session: Session, title: str, size: int | None) -> None:
    """Play until the player leaves.

    Args:
        session: What is played.
        title: What stands above the window.
        size: Pixels of its longer side; None for a readable one.

    Raises:
        NoDisplayError: If no window can be opened.
    """
    height, width = session.scene().layout.shape
    painter = rendering.painter_for(session.scene(), size or max(LEAST_SIZE, min(720, 96 * max(height, width))))
    window = rendering.Window(title, FPS)
    frame = painter.frame(session.scene())
    playing = True
    try:
        while playing and not window.closed:
            window.show(frame)
            commands = [KEYS[name] for name in window.pressed() if name in KEYS]
            for command in commands:
                playing = playing and session.do(command)
            clicks = window.clicked() if hasattr(painter, "place_at") else []
            for place in (painter.place_at(*click) for click in clicks):
                if place is not None:
                    session.click(place)
            if commands or clicks:
                frame = painter.frame(session.scene())
    finally:
        window.close()
