"""How the processor is used while networks learn."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def learning(threads: int) -> Iterator[None]:
    """Give torch so many threads, take the smallest numbers for 0, and leave both as they were found.

    Gradients of units that have fallen silent decay in Adam's moments until they are below the smallest normal number,
    1.2e-38. Processors are many times slower with such numbers: an eighth of an update of eight seeds went into them.

    Args:
        threads: How many; 0 leaves them alone.
    """
    before, flushed = torch.get_num_threads(), flushes()
    if threads:
        torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.set_flush_denormal(flushed)


def flushes() -> bool:
    """Return whether this thread takes numbers below the smallest normal one for 0."""
    return bool(np.array([1e-39], np.float32) * np.float32(1) == 0)
