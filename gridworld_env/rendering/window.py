"""`Window`: frames on the screen. Windows live side by side; closing one leaves all others as they are."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export
from gridworld_env.rendering.backend import pygame_module

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pygame


INVISIBLE = ("dummy", "offscreen", "evdev")
"""Video drivers of SDL that show nothing; it falls back on them where there is no display."""


@export("gridworld_env.rendering.NoDisplayError")
class NoDisplayError(RuntimeError):
    """No window can be opened here."""


@export("gridworld_env.rendering.Window")
class Window:
    """A window on the screen that shows frames at a steady rate.

    Only pygame's video is started, never its sound, and it is never shut down: other windows may be using it.

    Args:
        title: What stands above it.
        fps: Frames a second: `show` waits until it is time for the next.
        seen: Refuse to draw where nobody can see it. SDL does that on machines without a display.

    Raises:
        NoDisplayError: At the first frame, if no window can be opened, or none that is seen.
    """

    def __init__(self, title: str, fps: float, *, seen: bool = True) -> None:
        self.title, self.fps, self.seen = title, fps, seen
        self.closed = False
        self._window: Any = None
        self._clock: Any = None
        self._fitting: tuple[int, int] | None = None
        self._keys: list[str] = []
        self._clicks: list[tuple[float, float]] = []
        self._placed = 0.0, 0.0, 1.0  # of the frame in the window: left, top, and how much it is enlarged

    def show(self, frame: npt.NDArray[np.uint8], *, wait: bool = True) -> None:
        """Show a frame, the window being opened for the first; nothing happens once it is closed.

        A window that its user has made larger or smaller shows the frame as large as it fits in.

        Args:
            frame: (height, width, 3) uint8.
            wait: Whether to wait until the frame before has been shown long enough.
        """
        if self.closed:
            return
        pg = pygame_module()
        picture = pg.image.frombuffer(frame, frame.shape[1::-1], "RGB")
        surface = self._surface()
        if surface is None:
            surface = self._open(picture.get_size())
        elif surface.get_size() == self._fitting != picture.get_size():
            self._window.size = picture.get_size()  # the user has not chosen a size, so it goes with the picture
            surface = self._window.get_surface()
        self._fitting = picture.get_size()
        pump()
        if self._window is None:
            return  # its user has closed it just now
        surface.fill((0, 0, 0))
        fitted = _fitted(picture, surface.get_size())
        left, top = ((a - b) // 2 for a, b in zip(surface.get_size(), fitted.get_size(), strict=True))
        surface.blit(fitted, (left, top))
        self._placed = left, top, fitted.get_width() / picture.get_width()
        self._window.flip()
        if wait:
            self._clock.tick(self.fps)

    def pressed(self) -> list[str]:
        """Return the keys pressed in this window since it was last asked, by pygame's names: "a", "up", "space"."""
        pump()
        keys, self._keys = self._keys, []
        return keys

    def clicked(self) -> list[tuple[float, float]]:
        """Return where the left button was pressed since it was last asked: x and y in pixels of the frame shown."""
        pump()
        clicks, self._clicks = self._clicks, []
        return clicks

    def close(self) -> None:
        """Close the window for good."""
        self.closed = True
        if self._window is not None:
            window, there = self._window, self._surface() is not None
            self._window = None
            if there:
                _open_windows.pop(window.id, None)
                window.destroy()

    def _surface(self) -> pygame.Surface | None:
        """Return what is to be painted on, or None where there is no window, or none any more.

        Another library may have shut pygame down, and all windows with it: Gymnasium's own environments do as they
        close.
        """
        pg = pygame_module()
        if self._window is None or not pg.display.get_init():
            return None
        try:
            surface: pygame.Surface = self._window.get_surface()
        except pg.error:
            return None
        return surface

    def _open(self, size: tuple[int, int]) -> pygame.Surface:
        pg = pygame_module()
        for number in [number for number, window in _open_windows.items() if window is self]:
            del _open_windows[number]  # of a window that is gone; its number may be another's by now
        os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")  # or SDL takes SIGTERM, and no longer does it end anything
        try:
            pg.display.init()
            if not _open_windows and pg.display.get_surface() is None:
                pg.event.clear(pg.QUIT)  # of a window before
            if self.seen and pg.display.get_driver() in INVISIBLE and "SDL_VIDEODRIVER" not in os.environ:
                raise pg.error("there is no display")  # noqa: TRY301 - SDL would draw where nobody can see it
            self._window = pg.Window(self.title, size, resizable=True)
        except pg.error as error:
            raise NoDisplayError(
                f"no window can be opened here ({error}): use render_mode='rgb_array' or 'ansi', or start a display"
            ) from None
        self._clock = pg.time.Clock()
        _open_windows[self._window.id] = self
        surface: pygame.Surface = self._window.get_surface()
        return surface

    def _take(self, event: Any) -> None:
        pg = pygame_module()
        if event.type == pg.KEYDOWN:
            self._keys.append(pg.key.name(event.key))
        elif event.type == pg.MOUSEBUTTONDOWN and event.button == pg.BUTTON_LEFT:
            left, top, factor = self._placed
            self._clicks.append(((event.pos[0] - left) / factor, (event.pos[1] - top) / factor))
        elif event.type == pg.WINDOWCLOSE:
            self.close()


_open_windows: weakref.WeakValueDictionary[int, Window] = weakref.WeakValueDictionary()


def pump() -> None:
    """Hand key presses, clicks and requests to close to the windows that they are meant for.

    Events of windows that are not ours go back into the queue.
    """
    pg = pygame_module()
    if not pg.display.get_init():
        return
    foreign = pg.display.get_surface() is not None
    # Where all windows are ours nobody else empties the queue, and a full one, of mouse movements say, takes no key.
    for event in pg.event.get((pg.KEYDOWN, pg.MOUSEBUTTONDOWN, pg.WINDOWCLOSE, pg.QUIT) if foreign else None):
        if event.type == pg.QUIT:
            # It follows the closing of the last window, or is meant for all: the desktop ends the program, or a signal
            # does where somebody else has let SDL take signals.
            if foreign:
                pg.event.post(event)
            else:
                for ours in list(_open_windows.values()):
                    ours.close()
            continue
        window = _open_windows.get(getattr(getattr(event, "window", None), "id", -1))
        if window is not None:
            window._take(event)  # noqa: SLF001 - the other half of this class
        elif foreign:
            pg.event.post(event)


def _fitted(picture: pygame.Surface, size: tuple[int, int]) -> pygame.Surface:
    """Return a picture as large as it fits into a size with its own proportions."""
    if picture.get_size() == size:
        return picture
    factor = min(room / side for room, side in zip(size, picture.get_size(), strict=True))
    width, height = (max(1, round(side * factor)) for side in picture.get_size())
    scaled: pygame.Surface = pygame_module().transform.smoothscale(picture, (width, height))
    return scaled
