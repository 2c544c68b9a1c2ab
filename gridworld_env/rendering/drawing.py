"""`draw`: a picture of a map and of what is believed about it, as an array and as a file."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.rendering.appearing import appearing
from gridworld_env.rendering.painter import Painter
from gridworld_env.rendering.picture import Picture, png
from gridworld_env.rendering.plan import checked_size
from gridworld_env.rendering.point_scene import PointScene
from gridworld_env.rendering.scene import Scene

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gridworld_env.layouts import Layout

ENDINGS = (".png", ".svg", ".pdf")


@overload
def draw(
    layout: Layout | str | Sequence[str] | os.PathLike[str],
    *,
    size: int | None = None,
    path: str | os.PathLike[str] | None = None,
    ax: None = None,
    **items: Any,
) -> Picture: ...


@overload
def draw(
    layout: Layout | str | Sequence[str] | os.PathLike[str],
    *,
    size: int | None = None,
    path: str | os.PathLike[str] | None = None,
    ax: Axes,
    **items: Any,
) -> Axes: ...


@export("gridworld_env.rendering.draw")
def draw(
    layout: Layout | str | Sequence[str] | os.PathLike[str],
    *,
    size: int | None = None,
    path: str | os.PathLike[str] | None = None,
    ax: Axes | None = None,
    **items: Any,
) -> Picture | Axes:
    """Draw a map, and on it values, policies and the like.

    Args:
        layout: The map, its name, its rows, or the `Path` of a file with them.
        size: Pixels of the picture's longer side, in [16, 8192]; None for a readable size that depends on the map, or
            on the Axes.
        path: A file to write as well: PNG, or SVG or PDF, which stay sharp in print and need matplotlib.
        ax: Axes of matplotlib to draw on. Their units are cells: the middle of row 0 and column 0 is (0.5, 0.5).
        **items: The fields of :class:`Scene`: ``values`` (S,), ``action_values`` (S, A), ``policy`` (S, A) or (S,),
            ``visits``, ``agents``, ``trail``, ``caption``, ``font``, ``moves`` and the rest. A target whose value is
            exactly 0 is left blank: where an episode ends there is nothing to expect, and nothing to do.

    Returns:
        (height, width, 3) uint8, an array that a notebook shows as a picture; the Axes, if there are any.

    Raises:
        ValueError: If an item does not fit the map, or the file's ending is none of the three.
        ImportError: If an SVG or PDF is asked for without matplotlib.
        OSError: If the file cannot be written.
    """
    file = None if path is None else checked_path(path)
    scene = without_ends(Scene(layout=layout, **items))  # type: ignore[arg-type] # Scene reads names and rows itself
    if file is not None:
        save(scene, file, size)
    if ax is not None:
        return draw_on(ax, scene, size)
    return Painter(size).frame(scene).view(Picture)


@export("gridworld_env.rendering.draw_on")
def draw_on(ax: Axes, scene: Scene, size: int | None = None) -> Axes:
    """Draw a scene on Axes of matplotlib and return these; all of it grows with them, and stays sharp in print.

    Args:
        ax: The Axes. Their units are cells, from the upper left corner of the map, y downwards.
        scene: What to draw.
        size: Pixels of the longer side of what is laid out; more of them make smaller letters. None: by the size of
            the Axes.

    Raises:
        ValueError: If the size is out of range, or the scene is that of a continuous environment.
    """
    if not isinstance(scene, Scene):
        raise ValueError(f"scene must be a Scene, that of a tabular environment, got {type(scene).__name__}")
    from gridworld_env.rendering.paper import paint_on

    paint_on(ax, scene, checked_size(size))
    return ax


def without_ends(scene: Scene) -> Scene:
    """Return a scene with nothing shown on targets that are worth exactly 0: episodes end there."""
    worth = scene.values if scene.values is not None else scene.action_values
    if worth is None:
        return scene
    ends = scene.layout.targets & (worth == 0 if worth.ndim == 1 else (worth == 0).all(axis=1))
    if not ends.any():
        return scene
    values = None if scene.values is None else np.where(ends, np.nan, scene.values)
    q = None if scene.action_values is None else np.where(ends[:, None], np.nan, scene.action_values)
    policy = None if scene.policy is None else np.where(ends[:, None], 0.0, scene.policy)
    return dataclasses.replace(scene, values=values, action_values=q, policy=policy)


@export("gridworld_env.rendering.painter_for")
def painter_for(scene: Scene | PointScene, size: int | None = None) -> Any:
    """Return what paints scenes like this one: a :class:`Painter`, or that of continuous environments.

    Args:
        scene: As an environment's `scene` returns it.
        size: Pixels of a frame's longer side, in [16, 8192]; None for a readable size that depends on the map.

    Raises:
        ValueError: If the size is out of range.
    """
    if isinstance(scene, PointScene):
        from gridworld_env.rendering.point_painter import PointPainter

        return PointPainter(size)
    return Painter(size)


@export("gridworld_env.rendering.save")
def save(scene: Scene | PointScene, path: str | os.PathLike[str], size: int | None = None) -> pathlib.Path:
    """Write a scene to a PNG, SVG or PDF file and return its path.

    Args:
        scene: What to draw.
        path: The file.
        size: Pixels of the picture's longer side, in [16, 8192]; None for a readable size that depends on the map.

    Raises:
        ValueError, ImportError, OSError: As for :func:`draw`; a continuous environment is drawn as PNG only.
    """
    file = checked_path(path)
    if file.suffix.lower() == ".png":
        with appearing(file) as draft:
            draft.write_bytes(png(painter_for(scene, size).frame(scene)))
    elif isinstance(scene, PointScene):
        raise ValueError(f"the picture of a continuous environment must end in .png, got {file.name!r}")
    else:
        from gridworld_env.rendering.paper import save_vector

        with appearing(file) as draft:
            save_vector(draft, scene, size)
    return file


@export("gridworld_env.rendering.checked_path")
def checked_path(path: str | os.PathLike[str]) -> pathlib.Path:
    """Return a path that a picture can be written to.

    Raises:
        ValueError: If its ending is none of PNG, SVG and PDF, or its folder does not exist.
    """
    file = pathlib.Path(path)
    if file.suffix.lower() not in ENDINGS:
        raise ValueError(f"a picture's file must end in {', '.join(ENDINGS)}, got {file.name!r}")
    if not file.parent.is_dir():
        raise ValueError(f"there is no folder {str(file.parent)!r} to write {file.name!r} to")
    return file
