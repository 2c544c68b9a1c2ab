"""A process that is killed at its n-th write, in this process: whatever it does to the disk afterwards does not happen.

Making and removing files and folders, renaming, syncing and every write to a file count as one write each, but that a
write to a file counts twice: it may be killed before, and when half of the content is on the disk. Locks are let go.
"""

import contextlib
import gc
import io
import os
from unittest import mock

CHANGES = ("replace", "rename", "fsync", "unlink", "remove", "mkdir", "rmdir")


class Killed(BaseException):
    """What stands for the end of the process."""


class Disk:
    """Counts the writes, and stops at one of them.

    Args:
        last: How many happen; None does not stop.
    """

    def __init__(self, last=None):
        self.last, self.count = last, 0

    @property
    def dead(self):
        return self.last is not None and self.count > self.last

    def tick(self):
        self.count += 1
        if self.dead:
            raise Killed


class _File(io.FileIO):
    """A file whose writes count."""

    disk = None

    def write(self, content):
        if self.disk.dead:  # what buffers hand over when they are closed
            return len(content)
        self.disk.tick()
        half = bytes(content)[: len(content) // 2]
        super().write(half)
        self.disk.tick()
        return len(half) + super().write(bytes(content)[len(half) :])

    def truncate(self, size=None):
        self.disk.tick()
        return super().truncate(size)


@contextlib.contextmanager
def killed_after(last):
    """Let `last` writes happen in the block, then raise `Killed` there; yields the `Disk`. None counts alone."""
    disk, opened = Disk(last), io.open

    def counted(change):
        def run(*args, **kwargs):
            disk.tick()
            return change(*args, **kwargs)

        return run

    def opening(path, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *args):
        if not set(mode) & set("wxa") or isinstance(path, int):
            return opened(path, mode, buffering, encoding, errors, newline, *args)
        disk.tick()
        raw = _File(path, mode.replace("t", "").replace("b", ""))
        raw.disk = disk
        buffer = io.BufferedWriter(raw)
        return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding, errors, newline)

    with contextlib.ExitStack() as stack:
        for name in CHANGES:
            stack.enter_context(mock.patch.object(os, name, counted(getattr(os, name))))
        stack.enter_context(mock.patch.object(io, "open", opening))
        yield disk


def every_kill(work, check, every=1, first=0, before=None):
    """Kill `work(n)` at every write, or every so many, call `check(n)` after each, and return how many there are.

    Args:
        work: What writes; n tells apart the places that it writes to.
        check: Goes on with what `work(n)` has left, and compares the end.
        every: Which writes: one of so many.
        first: The first of them.
        before: `before(n)` makes what `work(n)` begins from; its own writes do not count.
    """
    n = first
    while True:
        if before is not None:
            before(n)
        if not killed(work, n):
            return n
        gc.collect()  # locks go with what held them, as they go with a process
        check(n)
        n += every


def killed(work, n):
    """Return whether a piece of work was killed; nothing of it stays alive in a traceback."""
    try:
        with killed_after(n):
            work(n)
    except Killed:
        return True
    return False
