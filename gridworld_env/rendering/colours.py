"""Colours: what each thing is painted with, and the scale that values are shown on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import FloatArray

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

PAPER: Colour = (252, 252, 250)
FLOOR: Colour = (244, 244, 240)
GRID: Colour = (205, 205, 198)
INK: Colour = (34, 38, 45)
FAINT: Colour = (128, 132, 138)
WHITE: Colour = (255, 255, 255)
WALL: Colour = (66, 73, 84)
MORTAR: Colour = (104, 113, 126)
FORBIDDEN: Colour = (250, 222, 200)
HATCH: Colour = (196, 98, 38)
START: Colour = (0, 114, 178)
TARGET: Colour = (240, 196, 25)
AGENT: Colour = (213, 94, 0)

_VIRIDIS = (
    "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21908c "
    "1f9f88 27ad81 3ebc74 5cc863 82d34d aadc32 d5e21a fde725"
)
_ANCHORS = np.array([list(bytes.fromhex(colour)) for colour in _VIRIDIS.split()], np.float64)


def scale(share: FloatArray) -> npt.NDArray[np.uint8]:
    """Return the colours of numbers in [0, 1]: (..., 3) uint8.

    The scale is viridis (Smith and van der Walt, 2015), even in perceived lightness and read alike by colour-blind
    eyes; here it runs straight between 17 of its colours and is never off by more than 6 of 255.
    """
    places = np.linspace(0, 1, len(_ANCHORS))
    channels = [np.interp(share, places, _ANCHORS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def mix(colour: Colour, ground: Colour, share: float) -> Colour:
    """Return a colour laid over a ground, covering a share of it."""
    r, g, b = (round(share * c + (1 - share) * under) for c, under in zip(colour, ground, strict=True))
    return r, g, b


def lightness(colour: Colour) -> float:
    """Return how light a colour looks, 0 to 1 (the luma of ITU-R BT.601)."""
    r, g, b = colour
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255


def legible_on(ground: Colour) -> Colour:
    """Return the colour of text and arrows that reads best on a ground: dark ink or white."""
    return INK if lightness(ground) > 0.52 else WHITE
