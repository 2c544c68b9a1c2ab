"""How different two pictures look: CIELAB distances of what is left after a slight blur.

A colour difference of about 2 is the least that an eye sees side by side; of 10, what it sees at a glance. The blur
takes away what differs between versions of a painting library: the smoothing of edges and the hinting of letters.
"""

import itertools
from typing import NamedTuple

import numpy as np

BLUR = np.array([1, 4, 6, 4, 1]) / 16
"""One pass of the blur, in pixels; a standard deviation of 1."""

SPOT = 8
"""Pixels of a spot's side: smaller than the smallest thing that may not be missing, larger than an edge is wide."""

SEEN = 10.0
"""Colour differences above this are counted."""

MOST_MEAN, MOST_SHARE, MOST_SPOT = 1.8, 0.02, 14.0
"""Pictures that differ by no more than this in each respect look alike."""

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)


class Difference(NamedTuple):
    """How much two pictures differ, in CIELAB's units."""

    mean: float  # over all pixels
    share: float  # of pixels that differ by more than SEEN
    spot: float  # the mean over the spot where it is greatest

    @property
    def alike(self):
        """Whether an eye would take one picture for the other."""
        return self.mean <= MOST_MEAN and self.share <= MOST_SHARE and self.spot <= MOST_SPOT


def difference(a, b):
    """Compare two (height, width, 3) uint8 pictures of one shape.

    Each pixel of either is compared with the nearest in colour of those up to half a pixel away in the other.
    """
    assert a.shape == b.shape, f"pictures of shapes {a.shape} and {b.shape}"
    first, second = (lab(blurred(picture)).astype(np.float32) for picture in (a, b))
    apart = np.maximum(_nearest(first, second), _nearest(second, first))
    return Difference(float(apart.mean()), float((apart > SEEN).mean()), float(_box_means(apart, SPOT).max()))


def shifted(numbers, down, right):
    """Return a picture, in any numbers, moved by half pixels: -1, 0 or 1 of them."""
    for axis, halves in enumerate((down, right)):
        if halves:
            places = np.clip(np.arange(numbers.shape[axis]) - halves, 0, numbers.shape[axis] - 1)
            numbers = (numbers + numbers.take(places, axis=axis)) / 2
    return numbers


def _nearest(colours, others):
    """Return how far the colour of each pixel is from the nearest around its place in another picture."""
    nearest = np.inf
    for shift in itertools.product((-1, 0, 1), repeat=2):
        apart = colours - shifted(others, *shift)
        nearest = np.minimum(nearest, np.einsum("ijk,ijk->ij", apart, apart))
    return np.sqrt(nearest)


def blurred(picture):
    """Return a picture's blurred light intensities: (height, width, 3) float64 in [0, 1]."""
    light = linear(picture)
    for axis in (0, 1):
        edges = [(2, 2) if each == axis else (0, 0) for each in range(3)]
        padded = np.pad(light, edges, mode="edge")
        light = sum(weight * padded.take(range(k, k + light.shape[axis]), axis=axis) for k, weight in enumerate(BLUR))
    return light


def linear(picture):
    """Return the light intensities of sRGB colours (IEC 61966-2-1)."""
    share = np.arange(256) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)[picture]


def lab(light):
    """Return the CIELAB colours of light intensities, under their own white."""
    xyz = light @ _TO_XYZ.T / _WHITE
    cube = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(cube, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _box_means(numbers, side):
    """Return the means over all squares of a side that lie within an array."""
    sums = np.pad(numbers, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return total / side**2
