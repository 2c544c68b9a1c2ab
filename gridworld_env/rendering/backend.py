"""pygame, imported when a picture is first painted."""

from __future__ import annotations

import functools
import os
from typing import Any


@functools.cache
def pygame_module() -> Any:
    """Import pygame without its greeting."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    return pygame
