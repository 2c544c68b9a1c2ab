"""Pictures of what happens: a scene goes in, a frame comes out.

``draw(layout, values=..., policy=...)`` makes one picture; a :class:`Scene` is what one shows and a :class:`Painter`
paints many; :class:`Window` shows frames on the screen and :class:`Recorder` writes them to GIF, MP4 and WebP files.
pygame is imported when something is painted.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridworld_env.rendering.drawing import checked_path, draw, painter_for, save
    from gridworld_env.rendering.mosaic import tiled
    from gridworld_env.rendering.painter import Painter
    from gridworld_env.rendering.point_text import draw_point_text
    from gridworld_env.rendering.recording import Recorder, record
    from gridworld_env.rendering.scene import Scene
    from gridworld_env.rendering.text import draw_text
    from gridworld_env.rendering.window import NoDisplayError, Window

_HOMES = {
    "NoDisplayError": "window",
    "Painter": "painter",
    "Recorder": "recording",
    "Scene": "scene",
    "Window": "window",
    "checked_path": "drawing",
    "draw": "drawing",
    "draw_point_text": "point_text",
    "draw_text": "text",
    "painter_for": "drawing",
    "record": "recording",
    "save": "drawing",
    "tiled": "mosaic",
}

__all__ = [
    "NoDisplayError",
    "Painter",
    "Recorder",
    "Scene",
    "Window",
    "checked_path",
    "draw",
    "draw_point_text",
    "draw_text",
    "painter_for",
    "record",
    "save",
    "tiled",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: environments that nobody watches need none of it."""
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
