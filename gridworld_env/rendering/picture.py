"""`png`: a frame as a PNG file; `Picture`: a frame that notebooks show."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.rendering.backend import pygame_module


@export("gridworld_env.rendering.png")
def png(frame: Any) -> bytes:
    """Return a `frame`, (height, width, 3) uint8, as a PNG file."""
    pg = pygame_module()
    file = io.BytesIO()
    pg.image.save(pg.image.frombuffer(np.ascontiguousarray(frame), frame.shape[1::-1], "RGB"), file, "picture.png")
    return file.getvalue()


@export("gridworld_env.rendering.Picture")
class Picture(np.ndarray[Any, np.dtype[np.uint8]]):
    """A frame, (height, width, 3) uint8, that a notebook shows as a picture; otherwise an array like any other.

    `frame.view(Picture)` makes one of any frame, such as what `env.render()` returns.
    """

    def _is_frame(self) -> bool:
        return self.ndim == 3 and self.shape[2] == 3 and self.size > 0 and self.dtype == np.uint8

    def _repr_png_(self) -> bytes | None:
        """Return it as a PNG file, None for a part that is no frame: IPython's protocol."""
        return png(np.asarray(self)) if self._is_frame() else None

    def __repr__(self) -> str:
        """Return its sizes; a part that is no frame shows its numbers."""
        if not self._is_frame():
            return repr(np.asarray(self))
        return f"<Picture: {self.shape[1]} x {self.shape[0]} pixels>"
