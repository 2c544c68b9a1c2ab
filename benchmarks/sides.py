"""The sides of a comparison: whatever can do one timed repeat after another, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import peer_environments
from peer_environments import last_line
from worker import Sample, timed

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
PATIENCE = 1800.0
"""Seconds after which a silent worker is given up."""


class WorkerError(Exception):
    """A worker ended or fell silent; the text is the last line of what it wrote on its standard error."""


class Repeating(Protocol):
    """Something that can do one timed repeat after another."""

    versions: dict[str, str]
    facts: dict[str, Any]
    idle: float

    def repeat(self, seconds: float) -> Sample:
        """Work for about `seconds`."""


class Local:
    """A side that runs in this process."""

    def __init__(self, block: Callable[[], int]) -> None:
        self.block, self.versions, self.facts, self.idle = block, {}, {}, 0.0

    def repeat(self, seconds: float) -> Sample:
        """Work for about `seconds`."""
        return timed(self.block, seconds)


class Worker:
    """A side that runs in a process of its own; see `worker.py` for what is said between the two.

    Args:
        python: Its interpreter.
        script: Relative to this folder, or absolute.
        **arguments: What `worker.arguments()` returns there.

    Raises:
        WorkerError: If it does not become ready.
    """

    def __init__(self, python: str | Path, script: str | Path, **arguments: Any) -> None:
        self.idle = 0.0
        with ExitStack() as undo:
            self._errors = undo.enter_context(tempfile.TemporaryFile("w+"))
            self._process = subprocess.Popen(
                [str(python), str(HERE / script), json.dumps(arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                env={**os.environ, "PYTHONPATH": str(HERE)},
            )
            undo.callback(self.close)
            ready = self._hear()
            undo.pop_all()
        self.versions, self.facts = ready["versions"], ready["facts"]

    def repeat(self, seconds: float) -> Sample:
        """Work for about `seconds`."""
        with contextlib.suppress(BrokenPipeError):  # a dead worker is reported where its answer is missing
            self._process.stdin.write(f"{seconds}\n")
            self._process.stdin.flush()
        answer = self._hear()
        self.facts, self.idle = answer["facts"], max(self.idle, answer["idle"])
        return Sample(answer["work"], answer["seconds"])

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def _hear(self) -> dict[str, Any]:
        """Return the next line of JSON."""
        late = threading.Event()
        watchdog = threading.Timer(PATIENCE, lambda: (late.set(), self._process.kill()))
        watchdog.start()
        try:
            for line in self._process.stdout:
                with contextlib.suppress(json.JSONDecodeError):
                    heard = json.loads(line)
                    if isinstance(heard, dict):
                        return heard
        finally:
            watchdog.cancel()
        if late.is_set():
            raise WorkerError(f"given up after {PATIENCE:g} s without an answer")
        status = self._process.wait()
        self._errors.seek(0)
        raise WorkerError(f"exit status {status}: {last_line(self._errors.read())}")


def our_worker(script: str, **arguments: Any) -> Worker:
    """Start one of our own sides, with this interpreter."""
    return Worker(sys.executable, Path("ours", script), **arguments)


def peer_worker(peer: str, script: str, **arguments: Any) -> Worker:
    """Start a peer's side, in the environment of that peer."""
    return Worker(peer_environments.interpreter(peer), Path("peers", script), **arguments)
