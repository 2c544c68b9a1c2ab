"""Text from outside, as it may be printed."""

import pytest

from gridworld_env.authoring import printable
from gridworld_env.common.printing import LONGEST


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("naïve 漢字 👩‍🚀", "naïve 漢字 👩‍🚀"),
        ("\x1b[2Jgone\x07", r"\x1b[2Jgone\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("over\rwritten", r"over\x0dwritten"),
        ("\u202eturned", r"\u202eturned"),
        ("\u2028line", r"\u2028line"),
        ("\udc80", r"\udc80"),
        ("\U000e0041tag", r"\U000e0041tag"),
    ],
)
def test_what_commands_a_terminal_is_escaped(text, shown):
    assert printable(text) == shown


def test_it_is_short():
    assert printable("x" * LONGEST) == "x" * LONGEST
    assert printable("x" * 1_000_000) == "x" * LONGEST + "... (1,000,000 characters)"
    assert printable("\x1b" * 3, 2) == r"\x1b\x1b... (3 characters)"
    assert printable("x" * 2000, None) == "x" * 2000
