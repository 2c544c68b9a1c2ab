"""`Watcher`: what a person sees of an environment, and where the frames go.

It follows an episode from outside: it is told every step and never asks the environment for a random number.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.checks import finite_number, flag, whole_number
from gridworld_env.common.suggesting import suggest
from gridworld_env.rendering.fonts import font_named
from gridworld_env.rendering.mosaic import tiled
from gridworld_env.rendering.placing import scene_on
from gridworld_env.rendering.state_text import draw_states
from gridworld_env.rendering.tables import by_state, one_line, policy_table, span, table, visit_counts
from gridworld_env.rendering.text import draw_text

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.engine.tabular.world import World
    from gridworld_env.rendering.painter import Painter
    from gridworld_env.rendering.scene import Scene
    from gridworld_env.rendering.window import Window

TRAIL = 8
"""Steps of a trail that are shown unless another number is asked for."""

LONGEST_TRAIL = 10_000

BOARD_ITEMS = ("values", "action_values", "value_range", "policy", "visits", "caption", "font")
TABLES = ("values", "action_values", "policy", "visits")
EPISODE_ITEMS = ("heads_up", "optimum", "trail")


class Watcher:
    """Makes scenes of an environment's states and shows them.

    Args:
        world: The environment's.
        render_mode: "human", "rgb_array", "ansi" or None.
        size: Pixels of a frame's longer side; None for a readable one.
        follows: Whether it is told of every step, and so knows what belongs to an episode.
    """

    def __init__(self, world: World, render_mode: str | None, size: int | None, *, follows: bool) -> None:
        self.world, self.render_mode, self.size = world, render_mode, size
        self.window: Window | None = None
        self._painter: Painter | None = None
        self._tables: dict[str, Any] = {}
        self._caption = ""
        self._font: str | None = None
        self._value_range: tuple[float, float] | None = None
        self._items = BOARD_ITEMS + EPISODE_ITEMS if follows else BOARD_ITEMS
        self._heads_up = follows and render_mode == "human"
        self._optimum: float | None = None
        self._trail: deque[int] = deque(maxlen=TRAIL + 1)
        self._steps, self._return = 0, 0.0
        self._scenes: dict[int, Scene] = {}

    def started(self, s: int) -> None:
        """Take note of a state in which an episode starts."""
        self._trail.clear()
        self._trail.append(s)
        self._steps, self._return = 0, 0.0

    def moved(self, s_next: int, r: float) -> None:
        """Take note of a step."""
        if not self._trail or self._trail[-1] != s_next:
            self._trail.append(s_next)
        self._steps += 1
        self._return += r

    def overlay(self, items: dict[str, Any]) -> None:
        """Take what is to be shown beside the map; items that are not named stay as they are.

        Raises:
            ValueError: If an item is unknown or does not fit the environment. Nothing has changed then.
        """
        for name in items:
            if name not in self._items:
                listed = ", ".join(self._items)
                raise ValueError(f"overlay has no {name!r}{suggest(name, self._items)}; it may hold {listed}")
        maps = self.world.mdp.map_shape
        items = {name: by_state(item, maps) if name in TABLES else item for name, item in items.items()}
        S, A = self.world.mdp.num_states, self.world.mdp.num_actions
        tables: dict[str, Any] = {}
        if "values" in items:
            tables["values"] = table("values", items["values"], (S,))
        if "action_values" in items:
            tables["action_values"] = table("action_values", items["action_values"], (S, A))
        if "policy" in items:
            tables["policy"] = policy_table(items["policy"], S, A)
        if "visits" in items:
            tables["visits"] = visit_counts(items["visits"], S, A)
        font = font_named(items.get("font", self._font))
        value_range = span("value_range", items.get("value_range", self._value_range))
        heads_up = flag("heads_up", items.get("heads_up", self._heads_up))
        optimum = items.get("optimum", self._optimum)
        optimum = None if optimum is None else finite_number("optimum", optimum)
        trail = whole_number("trail", items.get("trail", (self._trail.maxlen or 1) - 1), 0)
        kept = deque(self._trail, maxlen=min(trail, LONGEST_TRAIL) + 1)
        self._heads_up, self._optimum, self._value_range = heads_up, optimum, value_range
        self._trail, self._font = kept, font
        self._caption = one_line(items.get("caption", self._caption) or "")
        self._tables |= tables
        self._scenes.clear()

    def map_scene(self, b: int) -> Scene:
        """Return the scene of a map without anybody on it."""
        base = self._scenes.get(b)
        if base is None:
            base = self._scenes[b] = self._base(b)
        return base

    def scene(self, s: int) -> Scene:
        """Return the scene of a state."""
        cells = self.world.boards[0].num_states
        b, cell = divmod(s, cells)
        base = self.map_scene(b)
        if not self.world.layouts:  # cells of a state's number have no places, and so no trail
            line = "   ".join(part for part in (self.world.state_names[s], self._line()) if part)
            return base.at((cell,), (), line)
        # The first element of a trail lies on another map where an episode was followed on from elsewhere.
        trail = tuple([t - b * cells for t in self._trail]) if self._trail else ()
        return base.at((cell,), trail if self._trail and trail[-1] == cell else (), self._line())

    def frame(self, s: int) -> npt.NDArray[np.uint8]:
        """Return a picture of a state: (height, width, 3) uint8."""
        return self.painter.frame(self.scene(s))

    def text(self, s: int) -> str:
        """Return a state as text."""
        if self.world.layouts:
            return draw_text(self.scene(s))
        values, q = self._tables.get("values"), self._tables.get("action_values")
        return draw_states(
            self.world.state_names,
            self.world.action_names,
            s,
            values=np.fmax.reduce(q, axis=1) if values is None and q is not None else values,
            policy=self._tables.get("policy"),
            caption=self._caption,
            heads_up=self._line(),
        )

    @property
    def painter(self) -> Painter:
        """What paints, made when it is first needed."""
        if self._painter is None:
            from gridworld_env.rendering.painter import Painter

            self._painter = Painter(self.size)
        return self._painter

    def show(self, s: int, title: str, fps: float) -> npt.NDArray[np.uint8] | str | None:
        """Do what the render mode asks for: return a frame or a text, or show a frame in the window."""
        if self.render_mode == "rgb_array":
            return self.frame(s)
        if self.render_mode == "ansi":
            return self.text(s)
        window = self._opened(title, fps)
        if not window.closed:
            window.show(self.frame(s))
        return None

    def show_tiled(self, states: list[int], title: str, fps: float) -> npt.NDArray[np.uint8] | None:
        """Return the pictures of several states as one, or show that in the window."""
        window = self._opened(title, fps) if self.render_mode == "human" else None
        if window is not None and window.closed:
            return None
        picture = tiled([self.frame(s) for s in states])
        if window is None:
            return picture
        window.show(picture)
        return None

    def _opened(self, title: str, fps: float) -> Window:
        if self.window is None:
            from gridworld_env.rendering.window import Window

            self.window = Window(title, fps, seen=False)  # as Gymnasium does: checks run without a display
        return self.window

    def close(self) -> None:
        """Close the window and let go of what was painted."""
        if self.window is not None:
            self.window.close()
        self._painter = None

    def _line(self) -> str:
        if not self._heads_up:
            return ""
        parts = [f"step {self._steps}", f"return {self._return:.2f}"]
        if self._optimum is not None:
            parts.append(f"optimum {self._optimum:.2f}")
        return "   ".join(parts)

    def _base(self, b: int) -> Scene:
        known = {name: kept for name, kept in self._tables.items() if kept is not None}
        told: dict[str, Any] = {"caption": self._caption, "value_range": self._value_range, "font": self._font}
        return scene_on(self.world.places, b, known, **told)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the window and what was painted: a copy opens and paints its own."""
        return {**self.__dict__, "window": None, "_painter": None, "_scenes": {}}
