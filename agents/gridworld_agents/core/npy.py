"""Arrays in NumPy's format, from files that may come from anywhere: numbers only, and no larger than the file."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pathlib
    from typing import IO

    import numpy.typing as npt

KINDS = "biuf"
"""Of numbers: bool, int, unsigned int, float."""


class Header(NamedTuple):
    """What an array's header says."""

    shape: tuple[int, ...]
    fortran: bool  # whether the first axis is the one that lies together
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes]) -> Header:
    """Read an array's header; the file then stands where the array begins.

    Raises:
        ValueError: If it is not of version 1.0, which is NumPy's for all arrays of numbers, or its header is invalid.
    """
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("it is not a version 1.0 npy array")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # of a header as Python 2 wrote it
            header = Header(*np.lib.format.read_array_header_1_0(file))
    except Exception:  # noqa: BLE001 - of a text that is no header NumPy raises all sorts of things
        raise ValueError("its header cannot be read") from None
    if not all(type(n) is int and n >= 0 for n in header.shape):
        raise ValueError("its header has an invalid shape")
    return header


def read_content(file: IO[bytes], header: Header) -> npt.NDArray[Any]:
    """Read the array behind a header, which has been held against the file's size.

    Raises:
        ValueError: If there is more or less than its header says.
    """
    content = file.read(header.size + 1)
    if len(content) != header.size:
        raise ValueError(f"it must have {header.size} bytes, got {len(content)}")
    flat = np.frombuffer(content, header.dtype)
    return flat.reshape(header.shape, order="F" if header.fortran else "C").copy()


def read_file(path: pathlib.Path) -> npt.NDArray[Any]:
    """Read an `.npy` file of numbers.

    Raises:
        ValueError: If it is not an array of numbers; pickles are never opened.
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        header = read_header(file)
        if header.dtype.kind not in KINDS:
            raise ValueError(f"it must hold numbers, got {header.dtype}")
        if header.size > path.stat().st_size:
            raise ValueError("its header says more than the file holds")
        return read_content(file, header)
