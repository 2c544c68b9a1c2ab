"""Who works in a folder: one process at a time, by a lock of the operating system on a file in it.

The system gives a lock back when the process that holds it ends, even if it is killed. On a file system without such
locks filelock warns and keeps a marker instead.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from gridworld_agents.core.links import refuse_link

if TYPE_CHECKING:
    import pathlib

    from filelock import BaseFileLock

NAME = ".lock"
"""The file in the folder; its content means nothing, and it stays when the lock is released."""
NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP)
"""How a file system says that it has no locks, or none left."""


class FolderLock:
    """The lock of a folder. It is held until it is released or collected, or the process ends.

    Args:
        folder: That exists when the lock is acquired.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self._held: BaseFileLock | None = None

    def acquire(self) -> None:
        """Take the lock, without waiting for it; nothing happens if this object holds it already.

        Raises:
            ValueError: If another holds it, or the file is a symbolic link.
            OSError: If there is no such folder, or it cannot be written to, or its file system has no locks.
        """
        import filelock  # here: it takes longer than all else that listing agents needs

        if self._held is not None:
            return
        if not self.folder.is_dir():  # filelock would make it
            raise FileNotFoundError(f"there is no folder {self.folder}")
        refuse_link(self.folder / NAME)
        lock = filelock.FileLock(self.folder / NAME, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except OSError as error:  # filelock's Timeout is one
            number = error.errno
            if isinstance(error, filelock.Timeout):
                number = _refusal(self.folder / NAME)  # older versions take every refusal for a holder
            if number in NO_LOCKS:
                raise OSError(
                    number,
                    f"the file system of {self.folder} gives no locks ({os.strerror(number)}), without which two "
                    "processes could run one folder: choose a folder on another file system",
                ) from None
            if not isinstance(error, filelock.Timeout):
                raise
            raise ValueError(f"{self.folder} is being run by another process: wait for it to end, or stop it") from None
        self._held = lock

    def release(self) -> None:
        """Let others have it; nothing happens if this object does not hold it."""
        if self._held is not None:
            self._held.release()
            self._held = None


def _refusal(path: pathlib.Path) -> int | None:
    """Return the number of the error by which the system refuses a lock on a file; None if it does not."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno
    return None


def abandoned(folder: pathlib.Path) -> bool:
    """Return whether no process holds the lock of a folder; False where that cannot be known.

    To find out it takes the lock for a moment: who looks at the same time is told False, and looks again.
    """
    if not folder.is_dir():
        return False
    lock = FolderLock(folder)
    try:
        lock.acquire()
    except (ValueError, OSError):
        return False
    lock.release()
    return True
