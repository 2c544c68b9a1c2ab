"""Playing in the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gridworld_agents.command_line.play.session import Session

CSI, SS3 = "\x1b[", "\x1bO"
"""How the arrow keys begin, in the two modes that terminals have for them."""

KEYS = {
    **{
        lead + end: move
        for lead in (CSI, SS3)
        for end, move in zip("ACBD", ("up", "right", "down", "left"), strict=True)
    },
    "w": "up",
    "d": "right",
    "s": "down",
    "a": "left",
    " ": "stay",
    "q": "up-left",
    "e": "up-right",
    "z": "down-left",
    "c": "down-right",
    "-": "weaker",
    "+": "stronger",
    "=": "stronger",
    "r": "restart",
    "h": "hint",
    "v": "overlays",
    "\x1b": "quit",
}


def play(session: Session) -> None:
    """Play until the player leaves; at the end of the input too."""
    playing = True
    while playing:
        click.clear()
        click.echo(session.text())
        try:
            typed = click.getchar()
        except (EOFError, KeyboardInterrupt):
            break
        for command in commands_in(typed):
            playing = playing and session.do(command)
    click.echo()


def commands_in(typed: str) -> list[str]:
    """Return the commands that typed characters stand for: keys pressed quickly arrive together."""
    keys = re.findall(r"\x1b[\[O].|.", typed, re.DOTALL)
    return [KEYS[key] for key in (key if key in KEYS else key.lower() for key in keys) if key in KEYS]
