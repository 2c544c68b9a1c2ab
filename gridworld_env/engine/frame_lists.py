"""`FrameLists`: the frames of each copy's episode, as `gymnasium.wrappers.RenderCollection` collects those of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Frames = list[npt.NDArray[np.uint8]]


class FrameLists:
    """Lists of frames, one for each copy.

    Args:
        count: Copies.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._lists: list[Frames] = [[] for _ in range(count)]

    def add(self, i: int, frame: npt.NDArray[np.uint8], *, started: bool) -> None:
        """Add a frame of copy i, whose earlier ones are dropped where its episode has just started."""
        if started:
            self._lists[i] = []
        self._lists[i].append(frame)

    def handed_over(self) -> tuple[Frames, ...]:
        """Return the lists, and begin new ones."""
        lists, self._lists = self._lists, [[] for _ in range(self._count)]
        return tuple(lists)
