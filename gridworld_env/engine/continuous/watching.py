"""`ContinuousWatcher`: a `Watcher` of environments whose states are points."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from gridworld_env.common.checks import finite_number, flag, whole_number
from gridworld_env.common.suggesting import suggest
from gridworld_env.engine.watching import EPISODE_ITEMS, LONGEST_TRAIL, Watcher
from gridworld_env.rendering.point_text import draw_point_text

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.engine.continuous.world import ContinuousWorld

BOARD_ITEMS = ("values", "policy", "caption", "font")
TRAIL = 60
"""Steps of a trail that are shown unless another number is asked for: they are shorter than those between cells."""


class ContinuousWatcher(Watcher):
    """Makes scenes of states and shows them; arguments as for :class:`Watcher`."""

    def __init__(self, world: ContinuousWorld, render_mode: str | None, size: int | None, *, follows: bool) -> None:
        super().__init__(world, render_mode, size, follows=follows)  # type: ignore[arg-type] # only the scenes read it
        self.points = world
        self._items = (*BOARD_ITEMS, *EPISODE_ITEMS) if follows else BOARD_ITEMS  # type: ignore[assignment]
        self._trail = deque(maxlen=TRAIL + 1)
        self._shown: dict[str, Any] = {}

    def begun(self, state: FloatArray) -> None:
        """Take note of a state in which an episode starts."""
        self.started(self.points.place_of(state))  # type: ignore[arg-type] # a place for a cell

    def went(self, state: FloatArray, r: float) -> None:
        """Take note of a step."""
        self.moved(self.points.place_of(state), r)  # type: ignore[arg-type]

    def overlay(self, items: dict[str, Any]) -> None:
        """Take what is to be shown; items that are not named stay as they are.

        Raises:
            ValueError: If an item is unknown or does not fit the environment. Nothing has changed then.
        """
        for name in items:
            if name not in self._items:
                listed = ", ".join(self._items)
                raise ValueError(f"overlay has no {name!r}{suggest(name, self._items)}; it may hold {listed}")
        shown = {**self._shown, **{name: items[name] for name in BOARD_ITEMS if name in items}}
        shown = {name: item for name, item in shown.items() if item is not None}
        base = self.points.scene(shown)
        heads_up = flag("heads_up", items.get("heads_up", self._heads_up))
        optimum = items.get("optimum", self._optimum)
        self._optimum = None if optimum is None else finite_number("optimum", optimum)
        trail = whole_number("trail", items.get("trail", (self._trail.maxlen or 1) - 1), 0)
        self._trail = deque(self._trail, maxlen=min(trail, LONGEST_TRAIL) + 1)
        self._heads_up, self._shown = heads_up, shown
        self._scenes[0] = base

    def map_scene(self, b: int) -> Any:
        """Return the scene without a point on it."""
        if b not in self._scenes:
            self._scenes[b] = self.points.scene(self._shown)
        return self._scenes[b]

    def scene_at(self, state: FloatArray) -> Any:
        """Return the scene of a state, (D,)."""
        return self.scene(self.points.place_of(state))

    def show_at(self, state: FloatArray, title: str, fps: float) -> Any:
        """Do what the render mode asks for; see :meth:`Watcher.show`."""
        return self.show(self.points.place_of(state), title, fps)  # type: ignore[arg-type]

    def scene(self, s: Any) -> Any:
        """Return the scene of a place."""
        trail = tuple(self._trail) if self._trail and self._trail[-1] == s else ()
        return self.map_scene(0).at(s, trail, self._line())

    def text(self, s: Any) -> str:
        """Return a place as text."""
        return draw_point_text(self.scene(s))

    @property
    def painter(self) -> Any:
        """What paints, made when it is first needed."""
        if self._painter is None:
            from gridworld_env.rendering.point_painter import PointPainter

            self._painter = PointPainter(self.size)  # type: ignore[assignment]
        return self._painter
