"""A scene of a continuous grid world as plain text: a character a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_env.common.public import export
from gridworld_env.rendering.scene import Scene
from gridworld_env.rendering.text import draw_text

if TYPE_CHECKING:
    from gridworld_env.rendering.point_scene import PointScene


@export("gridworld_env.rendering.draw_point_text")
def draw_point_text(scene: PointScene) -> str:
    """Return the map's rows with the point's cell as `@`, the caption above and the heads-up line below.

    Args:
        scene: Of a continuous environment.
    """
    layout, at = scene.layout, scene.point
    cells = () if at is None else (int(at[1]) * layout.width + int(at[0]),)
    return draw_text(Scene(layout=layout, agents=cells, caption=scene.caption, heads_up=scene.heads_up))
