"""Text from outside, files and other people's code, as it may be printed: it commands no terminal, and is short."""

from __future__ import annotations

import unicodedata

from gridworld_env.common.public import export

LONGEST = 1000
"""Characters of a text that are shown, unless asked otherwise."""

_UNPRINTABLE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Unicode's categories: controls, invisible formats such as those that turn the direction, surrogates, separators."""
_KEPT = frozenset("\n\t\u200c\u200d")
"""Of these, what is text nevertheless: the joiners that scripts and emoji need among them."""


@export("gridworld_env.authoring.printable")
def printable(text: str, most: int | None = LONGEST) -> str:
    r"""Return a text with escapes for what is not to be printed, such as `\x1b`, cut to a length.

    Lines are kept; of what is longer than `most` the beginning is shown and how long it is.

    Args:
        text: Any.
        most: Characters that are shown; None shows all.
    """
    shown = text[:most]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(map(_escaped, shown))
    return shown if len(text[:most]) == len(text) else f"{shown}... ({len(text):,} characters)"


def _escaped(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _UNPRINTABLE:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
