"""Who runs a comparison: so that workers stop when whoever started them is gone, or another has taken over."""

from __future__ import annotations

import json
import secrets
import socket
import time
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.callbacks import Callback
from gridworld_agents.core.files import atomic
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.locks import abandoned

if TYPE_CHECKING:
    import pathlib

LOOK_EVERY = 0.5
"""Seconds between two looks at the disk."""


def take_over(path: pathlib.Path) -> str:
    """Become the owner of a comparison's folder, and return the token that its workers show."""
    token = secrets.token_hex(8)
    with atomic(path / ".owner") as file:
        file.write(json.dumps({"token": token, "host": socket.gethostname()}).encode())
    return token


class StopWhenDisowned(Callback):
    """Ends the learning when it is told to, when a file says so, or when nobody waits for the result any more.

    Args:
        path: Of the comparison's folder.
        token: Of whoever started this.
    """

    def __init__(self, path: pathlib.Path, token: str) -> None:
        self.path, self.token = path, token
        self.told = False
        self._looked = -LOOK_EVERY

    def tell(self, *_: Any) -> None:
        """End the learning at the next chunk."""
        self.told = True

    def __call__(self, agent: Any, progress: Any) -> bool:  # noqa: ARG002 - a callback's signature
        """Say whether to go on."""
        return not self.over()

    def over(self) -> bool:
        """Return whether it is time to stop."""
        if not self.told and time.monotonic() - self._looked >= LOOK_EVERY:
            self._looked = time.monotonic()
            self.told = (self.path / ".stop").exists() or self._disowned()
        return self.told

    def _disowned(self) -> bool:
        try:
            owner = parsed((self.path / ".owner").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return True  # the folder is gone
        if not isinstance(owner, dict) or owner.get("token") != self.token:
            return True
        return owner.get("host") == socket.gethostname() and abandoned(self.path)
