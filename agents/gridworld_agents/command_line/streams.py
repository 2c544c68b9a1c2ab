"""Standard input and output as they come: in any encoding, a terminal or none, or closed."""

from __future__ import annotations

import codecs
import sys
from typing import Any

PLAIN = {
    **dict(zip("↑→↓←○", "^>v<o", strict=True)),
    **dict(zip("↖↗↙↘", "qezc", strict=True)),  # the keys that play them
    **dict(zip("─━│┃", "--||", strict=True)),
}
"""What stands for characters that an encoding lacks, one for one, so that tables stay straight."""
ERRORS = "gridworld.plain"
"""The name of `_plain` among the ways in which Python treats such characters."""


def in_any_encoding() -> None:
    """Let arrows and lines be printed in encodings that lack them, as plain characters."""
    codecs.register_error(ERRORS, _plain)
    for stream in (sys.stdout, sys.stderr):
        again: Any = getattr(stream, "reconfigure", None)  # a closed one is None, one of a notebook has none
        if again is not None and not stream.encoding.lower().startswith("utf"):
            again(errors=ERRORS)


def can_type() -> bool:
    """Return whether standard input is a terminal; it may be closed."""
    given: Any = sys.stdin
    return given is not None and given.isatty()


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(character, "?") for character in error.object[error.start : error.end]), error.end
