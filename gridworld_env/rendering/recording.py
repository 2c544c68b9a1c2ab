"""Frames to a GIF, an MP4 or an animated WebP, as the path's ending says.

Frames stream through ffmpeg, so memory stays flat. The path holds the older file or the whole new one, never a part.
"""

from __future__ import annotations

import collections
import contextlib
import pathlib
import sys
import tempfile
import threading
import weakref
from subprocess import DEVNULL, PIPE, Popen
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.checks import choose, finite_number, flag, whole_number
from gridworld_env.common.public import export
from gridworld_env.rendering.recorded import Recording

if TYPE_CHECKING:
    from collections.abc import Iterable

    _Path = str | pathlib.Path
    _Frames = Iterable[Any]  # np.ndarray, checked one by one

_MOST_FPS = {".gif": 50, ".mp4": 240, ".webp": 240}  # browsers slow a faster GIF down to 10
_RAW = "-f rawvideo -pixel_format rgb24 -video_size {width}x{height} -framerate {fps} -i - "
# A GIF's frames wait in a lossless file for their palette; some players shift the colours of an MP4 without a tag.
_ENCODER = {
    ".gif": "-c:v libx264rgb -qp 0 -preset veryfast -f matroska raw",
    ".mp4": "-vf tpad=stop_mode=clone:stop={held},scale=out_color_matrix=bt709:out_range=tv -colorspace bt709 "
    "-color_primaries bt709 -color_trc bt709 -c:v libx264 -crf 18 -pix_fmt yuv420p -movflags +faststart -f mp4 done",
    ".webp": "-vf tpad=stop_mode=clone:stop={held} -c:v libwebp_anim -lossless 1 -loop 0 -f webp done",
}
_PALETTE = "-r {fps} -i raw -vf palettegen -c:v png -f image2 -update 1 palette"
_GIF = "-r {fps} -i raw -i palette -lavfi paletteuse=dither=none:diff_mode=rectangle -final_delay {delay} -f gif done"


@export("gridworld_env.rendering.Recorder")
class Recorder(contextlib.AbstractContextManager["Recorder"]):
    """Streams frames, (H, W, 3) uint8 of one size, to a file.

    In a `with` statement the file appears at the end, or after an exception not at all. One never closed leaves none.
    A `.gif` loops; up to 255 colours are kept within 1 of 255; delays are hundredths of a second, 0.12 and 0.13 s in
    turn at 8 frames a second. An `.mp4` is H.264 for browsers; an odd height or width grows by one, the edge repeated.
    A `.webp` loops and is lossless; equal neighbours become one longer frame; ffmpeg holds it, compressed, to the end.

    Args:
        path: The file, in a folder that exists; an older one is replaced when the new one is complete.
        fps: Frames a second, in [0.1, 240], for a GIF in [0.1, 50].
        hold: Seconds that the last frame stays longer, in [0, 60]; whole frames, except in a GIF.

    Raises:
        ValueError: If the ending, `fps` or `hold` is none of those above.
        OSError: If there is no such folder, it cannot be written to, or path is itself a folder.
    """

    def __init__(self, path: _Path, *, fps: float = 8, hold: float = 1.0) -> None:
        self.path = pathlib.Path(path)
        self._ending = self.path.suffix.lower()
        choose("the ending of path", self._ending, _MOST_FPS)
        for name, value, least, most in (("fps", fps, 0.1, _MOST_FPS[self._ending]), ("hold", hold, 0, 60)):
            if not least <= finite_number(name, value) <= most:
                raise ValueError(f"{name} of a {self._ending} file must be in [{least}, {most}], got {value!r}")
        self._numbers = {"fps": fps, "held": round(hold * fps), "delay": round(100 * (hold + 1 / fps))}
        self._target = self.path.resolve()  # a link stays: the file that it names is replaced
        if not self._target.parent.is_dir() or self._target.is_dir():
            raise OSError(f"path must be a file in a folder that exists, got {str(path)!r}; make the folder first")
        import imageio_ffmpeg

        self._executable = imageio_ffmpeg.get_ffmpeg_exe()
        self._shape: tuple[int, ...] | None = None
        self._failed = False
        self._run: _Ffmpeg | None = None
        folder = tempfile.TemporaryDirectory(prefix=".recording-", dir=self._target.parent, ignore_cleanup_errors=True)
        self._cleanup = contextlib.ExitStack()
        self._folder = self._cleanup.enter_context(folder)
        self._discard = weakref.finalize(self, self._cleanup.close)

    def add(self, frame: Any) -> None:
        """Add a copy of a frame, (H, W, 3) uint8 of the first one's size.

        Raises:
            ValueError: If it is anything else, or the recorder is closed.
            OSError: With ffmpeg's words, if it fails.
        """
        if not self._discard.alive:
            raise ValueError(f"the recorder of {self.path} is closed; make another one")
        array = isinstance(frame, np.ndarray)
        fits = array and frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[2] == 3 and frame.size > 0
        if not fits or self._shape not in {None, frame.shape}:
            got = f"{frame.shape} {frame.dtype}" if array else type(frame).__name__
            raise ValueError(f"frame must be a uint8 array of one shape {self._shape or '(H, W, 3)'}, got {got}")
        self._shape = frame.shape
        if self._ending == ".mp4":  # yuv420p keeps one colour for 2 by 2 pixels
            frame = np.pad(frame, ((0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)), mode="edge")
        try:
            if self._run is None:
                self._run = self._start(_RAW + _ENCODER[self._ending], height=frame.shape[0], width=frame.shape[1])
            self._run.write(frame.tobytes())
        except BaseException:  # after an interrupt too: half a frame would shift all that follow
            self._failed = True
            self._discard()
            raise

    def close(self) -> None:
        """Finish the file and move it to its path. A second call does nothing.

        Raises:
            ValueError: If no frame was added.
            OSError: With ffmpeg's words, if it fails; or if adding a frame has failed.
        """
        if self._failed:
            raise OSError(f"{self.path} is not written: adding a frame has failed")
        if self._discard.alive:
            try:
                self._finish()
            finally:
                self._discard()

    def _finish(self) -> None:
        if self._run is None:
            raise ValueError(f"{self.path} is not written: a recording needs at least one frame, got none")
        self._run.finish()
        if self._ending == ".gif":
            self._start(_PALETTE).finish()
            self._start(_GIF).finish()
        pathlib.Path(self._folder, "done").replace(self._target)

    def _start(self, arguments: str, **sizes: int) -> _Ffmpeg:
        command = [self._executable, "-loglevel", "error", *arguments.format(**self._numbers, **sizes).split()]
        run = _Ffmpeg(command, self._folder, self.path)
        self._cleanup.callback(run.finish, kill=True)
        return run

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close, or after an exception discard what there is."""
        if kind is None:
            self.close()
        self._discard()


@export("gridworld_env.rendering.record")
def record(
    path: _Path, frames: _Frames, *, fps: float = 8, hold: float = 1.0, total: int | None = None, progress: bool = True
) -> Recording:
    """Write frames to a file and return its path, which a notebook plays; errors as for :class:`Recorder`.

    Args:
        path: The file, as for :class:`Recorder`.
        frames: (height, width, 3) uint8 each, taken one at a time.
        fps: Frames a second.
        hold: Seconds that the last frame stays.
        total: How many frames the bar expects; None for as many as `len` says.
        progress: Draw a bar on stderr, if that is a terminal.
    """
    total = None if total is None else whole_number("total", total, 0)
    shown = flag("progress", progress) and sys.stderr is not None and sys.stderr.isatty()
    with Recorder(path, fps=fps, hold=hold) as recorder, contextlib.ExitStack() as stack:
        if shown:
            from rich.console import Console
            from rich.progress import Progress

            bar = stack.enter_context(Progress(console=Console(stderr=True)))
            frames = bar.track(frames, total=total, description="recording")
        for frame in frames:
            recorder.add(frame)
    return Recording(recorder.path)


class _Ffmpeg:
    """One run of ffmpeg, its names relative to a folder: it reads `%` and `:` in others as patterns and protocols."""

    def __init__(self, command: list[str], folder: str, path: pathlib.Path) -> None:
        # A session of its own keeps Ctrl-C from it: the caller may catch that and close the file.
        self._process: Any = Popen(command, cwd=folder, stdin=PIPE, stdout=DEVNULL, stderr=PIPE, start_new_session=True)  # noqa: S603
        self._path = path
        self._said: collections.deque[bytes] = collections.deque(maxlen=3)
        # Read as it comes: ffmpeg would wait forever on a full pipe.
        self._listener = threading.Thread(target=self._said.extend, args=(self._process.stderr,), daemon=True)
        self._listener.start()

    def write(self, data: bytes) -> None:
        try:
            self._process.stdin.write(data)
        except OSError:
            self.finish()  # raises what ffmpeg says
            raise

    def finish(self, *, kill: bool = False) -> None:
        """Wait for the end, or kill; raise what ffmpeg says if it failed by itself."""
        if kill:
            self._process.kill()
        with contextlib.suppress(OSError):  # of a pipe that ffmpeg has left: its status tells
            self._process.stdin.close()
        status = self._process.wait()
        self._listener.join()
        self._process.stderr.close()
        if status and not kill:
            said = b" | ".join(line.strip() for line in self._said).decode(errors="replace")
            raise OSError(f"ffmpeg could not write {self._path}: {said or f'it ended with status {status}'}")
