"""Workers on other machines run the code that this process runs: else their scores would be of something else.

Compared are Python, the libraries whose numbers a result depends on, and every source file of the two packages. What a
version has after a `+` names a build, such as one for another accelerator, and is not compared.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import pathlib
import platform
import socket
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.outdated import PACKAGES
from gridworld_agents.runs.folder import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class OtherCodeError(ValueError):
    """A worker has other code than the process that started the comparison."""


@functools.cache  # once in each process: some hundred small files
def code() -> dict[str, str]:
    """Return versions by name, and of each package the SHA-256 of its sources."""
    libraries = {name: version.partition("+")[0] for name, version in versions().items()}
    return {"python": platform.python_version(), **libraries, **{name: _sources(name) for name in PACKAGES}}


def with_code(expected: Mapping[str, str], job: Callable[..., str], *arguments: Any) -> str:
    """Do a job in a worker that has the code expected.

    Args:
        expected: As `code` returned it where the comparison was started.
        job: What to do.
        *arguments: Of the job.

    Raises:
        OtherCodeError: If the worker has other code, before the job is begun.
    """
    if expected != code():
        raise OtherCodeError(_told(expected, code()))
    return job(*arguments)


def _told(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    differing = [name for name in {**expected, **found} if expected.get(name) != found.get(name)]
    told = [
        f"other sources of {name}"
        if name in PACKAGES
        else f"{name} {found.get(name, 'missing')} in place of {expected.get(name, 'none')}"
        for name in differing
    ]
    return (
        f"the worker on {socket.gethostname()} has {', '.join(told)}: its scores would be those of other code; install "
        "the same versions there, restart the workers, and go on by --resume"
    )


def _sources(package: str) -> str:
    spec = importlib.util.find_spec(package)
    folders = [] if spec is None else sorted(spec.submodule_search_locations or ())
    digest = hashlib.sha256()
    for folder in map(pathlib.Path, folders):
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()
