"""Ctrl-C between chunks, not within one."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def deferred_interrupt() -> Iterator[None]:
    """Let Ctrl-C wait until the block is over, and raise KeyboardInterrupt then; a second Ctrl-C does not wait.

    Only in the main thread, and where Ctrl-C means Python's KeyboardInterrupt: elsewhere nothing is changed.
    """
    default = signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not default:
        yield
        return
    interrupted = False

    def remember(number: int, frame: object) -> None:  # noqa: ARG001
        nonlocal interrupted
        interrupted = True
        signal.signal(signal.SIGINT, default)

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, default)
    if interrupted:
        raise KeyboardInterrupt


@contextlib.contextmanager
def told_of_signals(tell: Callable[..., None]) -> Iterator[None]:
    """Call `tell` at Ctrl-C and at a polite request to end, rather than be interrupted by them.

    Such requests are SIGTERM and, when the terminal is closed, SIGHUP, unless that is ignored, as `nohup` has it.
    """
    kinds = [signal.SIGINT, signal.SIGTERM]
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        kinds.append(hang_up)
    before = {kind: signal.signal(kind, tell) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
