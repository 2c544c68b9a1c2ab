"""`Recording`: the path of a recording, which a notebook plays."""

from __future__ import annotations

import base64
import pathlib
from typing import TYPE_CHECKING

from gridworld_env.common.public import export

if TYPE_CHECKING:
    Base = pathlib.Path
else:
    Base = type(pathlib.Path())  # that of this system: until Python 3.12 no other can be inherited from

LARGEST = 1 << 25
"""Bytes of a recording that a notebook takes in; of a larger one it shows the path."""
KINDS = {".gif": "image/gif", ".webp": "image/webp", ".mp4": "video/mp4"}


@export("gridworld_env.rendering.Recording")
class Recording(Base):
    """The path of a GIF, MP4 or WebP file; a notebook plays what is in it."""

    def _repr_html_(self) -> str | None:
        """Return what plays it, with the file itself in it; None where it is not there, or too large: IPython's."""
        kind = KINDS.get(self.suffix.lower())
        if kind is None or not self.is_file() or self.stat().st_size > LARGEST:
            return None
        data = f"data:{kind};base64,{base64.b64encode(self.read_bytes()).decode()}"
        if kind.startswith("video"):
            return f'<video src="{data}" controls loop muted style="max-width: 100%"></video>'
        return f'<img src="{data}" alt="a recording" style="max-width: 100%">'
