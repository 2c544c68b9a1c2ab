"""What this process weighs."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def peak() -> int:
    """Return the most bytes that were ever in memory."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def resident() -> int:
    """Return the bytes in memory now; where the system does not tell, the most so far."""
    path = Path("/proc/self/statm")
    return int(path.read_text().split()[1]) * resource.getpagesize() if path.is_file() else peak()
