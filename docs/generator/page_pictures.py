"""The pictures of a page whose code draws some: the code is run, and each picture stands below what has made it.

`python page_pictures.py PAGE` runs the blocks of Python of a page in the working folder, and prints for each the PNG
files that it has written there, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("plotting.md",)
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n^```text\n.*?^```\n)?", re.DOTALL | re.MULTILINE)


def insert(page: Path, folder: Path) -> str:
    """Return a page with the pictures that its code has drawn; they are put into a folder beside it.

    The text of a picture for those who cannot see it is the comment with which its block begins.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(Path(__file__).resolve()), str(page)]
    surroundings = {**os.environ, "MPLBACKEND": "agg", "SDL_VIDEODRIVER": "dummy"}
    with tempfile.TemporaryDirectory() as here:
        done = subprocess.run(  # noqa: S603 - a page of this repository
            command, cwd=here, env=surroundings, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the code of {page.name} fails:\n{done.stderr}")
        for picture in Path(here).glob("*.png"):
            shutil.copy(picture, folder)
    drawn = iter(json.loads(done.stdout.splitlines()[-1]))

    def shown(block: re.Match[str]) -> str:
        names = next(drawn)
        if names and not block[1].startswith("# "):
            raise ValueError(f"a block of {page.name} that draws {names} must begin with a comment that says what")
        text = block[1].partition("\n")[0].removeprefix("# ")
        return block[0] + "".join(f"\n![{text}]({folder.name}/{name})\n" for name in names)

    return BLOCK.sub(shown, page.read_text())


def run(text: str) -> list[list[str]]:
    """Run the blocks of a page and return the pictures that each has written."""
    names: dict[str, object] = {"__name__": "page"}
    made = []
    for block in BLOCK.finditer(text):
        before = set(Path().glob("*.png"))
        with contextlib.redirect_stdout(None):
            exec(compile(block[1], "page", "exec"), names)  # noqa: S102 - a page of this repository
        made.append(sorted(path.name for path in set(Path().glob("*.png")) - before))
    return made


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]).read_text())))
