"""The pictures of the page of reproduced figures: those that `make figures` left, or drawn anew."""

from __future__ import annotations

import importlib
import re
import shutil
import sys
from pathlib import Path

PAGE = "reproduced.md"
ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "examples" / "figures"
DRAWN = ROOT / "runs" / "figures"

SCRIPT = re.compile(r"^.*\[script\]\(\.\./examples/figures/(\w+)\.py\)$", re.MULTILINE)
"""The line of the page that names a figure's script."""


def insert(text: str, folder: Path) -> str:
    """Return a page with a picture under each line that names a script; the pictures are put into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return SCRIPT.sub(lambda line: f"{line[0]}\n\n{picture(line[1], folder)}", text)


def picture(name: str, folder: Path) -> str:
    """Put one figure's picture into a folder, and return what shows it."""
    drawn, script = DRAWN / f"{name}.png", SCRIPTS / f"{name}.py"
    if drawn.exists() and drawn.stat().st_mtime > script.stat().st_mtime:
        shutil.copy(drawn, folder)
    else:
        module = imported(name)
        if getattr(module, "SLOW", False):
            return "Its picture takes a while: `make figures` draws it, and the next `make docs` shows it here."
        imported("figure").save(module, module.experiment(), folder / drawn.name)
    return f"![What is published beside what is found: {name.replace('_', ' ')}](figures/{drawn.name})"


def imported(name: str) -> object:
    """Return a module of the figures' folder."""
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    return importlib.import_module(name)
