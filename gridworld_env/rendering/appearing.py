"""Files that appear when they are complete: until then they are written in a folder of their own beside the target."""

from __future__ import annotations

import contextlib
import pathlib
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def appearing(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield where to write a file of the same name; it takes the place of `path` at the end of the block.

    If anything fails an older file stays. Of a process that is killed the hidden folder is left, and no half file.

    Raises:
        OSError: If the folder of `path` is missing or cannot be written to.
    """
    target = path.resolve()  # a link stays: the file that it names is replaced
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=target.parent, ignore_cleanup_errors=True) as folder:
        draft = pathlib.Path(folder, path.name)
        yield draft
        draft.replace(target)
