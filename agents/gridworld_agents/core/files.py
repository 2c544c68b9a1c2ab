"""Files that hold an agent, or other data: one zip with a JSON header and a `.npy` member for every array, no code.

A file may come from anywhere. Members are stored, not compressed, so that nothing read is larger than the file itself;
their sizes, dtypes and shapes are checked before memory is taken; a pickle is never opened. Whatever is wrong with a
file is an `AgentFileError`.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import secrets
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.errors import AgentFileError, EpisodesFileError, reason
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.outdated import other_version

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping

    import numpy as np
    import numpy.typing as npt


class Format(NamedTuple):
    """A kind of file."""

    name: str
    version: int
    header: str  # the member that holds it
    texts: tuple[str, ...]  # what the header must say, as text
    suffix: str  # of a path that has none
    holds: str  # in words, for messages
    error: type[ValueError]  # raised where a file is not of this kind
    way_out: str  # where a file was written by an earlier version


TRAIN_AGAIN = "train again or use gridworld-env 0.1.0"
"""The way out of what version 0.1 wrote."""

AGENT = Format("gridworld-agent", 2, "agent.json", ("id",), ".zip", "an agent", AgentFileError, TRAIN_AGAIN)
EPISODES = Format(
    "gridworld-episodes", 1, "episodes.json", (), ".npz", "logged episodes", EpisodesFileError, "collect them again"
)
LARGEST_HEADER = 1 << 20
"""Bytes of JSON that are read at most, and so written."""
LARGEST_CONFIGURATION = 1 << 20
"""Bytes of TOML or YAML that are read at most."""
LARGEST_RECORD = 1 << 26
"""Bytes of JSON that are read at most of a run or a comparison."""
LONGEST_STEM = 40
"""Characters of a file's name that its draft shows: with the rest of the draft's name, fewer than a name may have."""
_DRAFT = re.compile(r"\..+\.[0-9a-f]{16}\.tmp")


def write(
    path: str | os.PathLike[str],
    header: Mapping[str, Any],
    arrays: Mapping[str, npt.NDArray[Any]],
    kind: Format = AGENT,
) -> None:
    """Write a file, atomically; the folder is made where there is none.

    Args:
        path: Where to; the kind's suffix is added where there is none.
        header: What JSON can hold; `id` is the agent's.
        arrays: By name, of numbers.
        kind: Of file.

    Raises:
        ValueError: If the header is larger than what is read again.
    """
    import numpy as np

    content = header_content(header, kind)
    target = place_for(path, kind)
    with atomic(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(kind.header, content)
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)


def header_content(header: Mapping[str, Any], kind: Format = AGENT) -> bytes:
    """Return a header as a file holds it.

    Raises:
        ValueError: If it is larger than what is read again.
    """
    content = json.dumps({"format": kind.name, "version": kind.version, **header}, allow_nan=False).encode()
    if len(content) > LARGEST_HEADER:
        raise ValueError(
            f"{kind.holds} cannot be saved: {kind.header} would have {len(content)} bytes, of which at most "
            f"{LARGEST_HEADER} are read again; large hyper-parameters belong into files that these name"
        )
    return content


def place_for(path: str | os.PathLike[str], kind: Format) -> pathlib.Path:
    """Return the path of a file to be written, with its kind's suffix, in a folder that is made if need be.

    Raises:
        OSError: If the folder cannot be made.
    """
    target = with_suffix(path, kind)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


@contextlib.contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[io.BufferedWriter]:
    """Open a file that takes the place of `path` when all of it is on the disk, and vanishes if anything fails.

    Whoever writes has a draft of their own, threads and containers whose process ids agree too; the last one counts.
    """
    target = pathlib.Path(path)
    draft = target.with_name(f".{target.name[:LONGEST_STEM]}.{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        _sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def read_text(path: pathlib.Path, most: int) -> str:
    """Return the text of a file, of at most so many bytes; a mark before it, as Windows' editors put there, is dropped.

    Raises:
        ValueError: If it is longer, or not UTF-8.
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it is larger than the {most:,} bytes that are read")
    return content.decode("utf-8-sig")


def sync(path: pathlib.Path) -> None:
    """Wait until all that was written to a file is on the disk; nothing happens if there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop_drafts(folder: pathlib.Path) -> None:
    """Remove what writers that were killed have left of files in a folder, in which nobody else may be writing."""
    for path in folder.iterdir():
        if _DRAFT.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _sync_folder(folder: pathlib.Path) -> None:
    """Wait until the names in a folder are on the disk, so that a new file is not lost to a power failure."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows, which has no way to
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some network file systems have no such thing
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def resolve(path: str | os.PathLike[str], kind: Format = AGENT) -> pathlib.Path:
    """Return the path of a file, with the kind's suffix added where only that exists.

    Raises:
        FileNotFoundError: If there is neither.
    """
    for candidate in (pathlib.Path(path), with_suffix(path, kind)):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"there is no file {os.fspath(path)!r}")


def read_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what `agent.json` in a zip says; of the arrays nothing is read. Stable-Baselines3's zips may have one.

    Raises:
        AgentFileError: If there is none, or it is not an agent's.
        FileNotFoundError: If there is no such file.
    """
    with reading(path, stored=False) as saved:
        return saved.header


class Saved(NamedTuple):
    """A file that is open."""

    header: dict[str, Any]
    size: int  # of the file, in bytes
    archive: zipfile.ZipFile
    kind: Format = AGENT

    def field(self, name: str, *kinds: type | None) -> Any:
        """Return what the header says, refusing what is not of these types; a bool is no int.

        Raises:
            ValueError: If it is missing or of another type.
        """
        if name not in self.header:
            raise ValueError(f"{self.kind.header} has no {name!r}")
        value = self.header[name]
        if not any(value is None if kind is None else type(value) is kind for kind in kinds):
            raise ValueError(f"{name!r} in {self.kind.header} has the wrong type, {type(value).__name__}")
        return value

    def array(
        self, name: str, dtype: np.dtype[Any], shape: tuple[int | None, ...], *, finite: bool = True
    ) -> npt.NDArray[Any]:
        """Return an array, refusing another dtype or shape before memory is taken.

        Args:
            name: As it was written under.
            dtype: What it must have.
            shape: What it must have; a length None may be any.
            finite: Refuse infinities too; not-a-number is always refused.

        Raises:
            ValueError: If the array is not what it should be.
        """
        import numpy as np

        from gridworld_agents.core import npy

        with self.archive.open(f"{name}.npy") as member:
            with _naming(name):
                header = npy.read_header(member)
            got, axes = header.shape, len(shape)
            fits = len(got) == axes and all(n in (None, m) for m, n in zip(got, shape, strict=True))
            if header.fortran or header.dtype != dtype or not fits:
                raise ValueError(f"{name} must be {dtype} of shape {shape}, got {header.dtype} of shape {got}")
            if header.size > self.size:
                raise ValueError(f"{name} is larger than the file")
            with _naming(name):
                array = npy.read_content(member, header)
        if dtype.kind == "f" and (np.isnan(array).any() or (finite and not np.isfinite(array).all())):
            raise ValueError(f"{name} holds numbers that are not finite")
        return array


@contextlib.contextmanager
def _naming(name: str) -> Iterator[None]:
    """Say of which array it is that a check complains."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"the array {name} cannot be used: {error}") from error


def check_id(saved: Saved, agent_id: str) -> None:
    """Refuse a file that holds another agent.

    Raises:
        ValueError: With both ids.
    """
    if saved.header["id"] != agent_id:
        raise ValueError(f"it holds the agent {saved.header['id']!r}, not {agent_id!r}")


@contextlib.contextmanager
def reading(path: str | os.PathLike[str], kind: Format = AGENT, *, stored: bool = True) -> Iterator[Saved]:
    """Open a file; whatever goes wrong in the block is the file's fault.

    Args:
        path: Of the file.
        kind: What it should be.
        stored: Refuse members that are compressed.

    Raises:
        AgentFileError: With the path and the reason; of another kind of file, its own error.
        FileNotFoundError: If there is no such file.
    """
    path = resolve(path, kind)
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            size = os.fstat(file.fileno()).st_size
            if stored:
                _check_members(archive, size)
            yield Saved(_header(archive, kind), size, archive, kind)
    except Exception as error:
        raise kind.error(f"{path} cannot be read as {kind.holds}: {reason(error)}") from error


def _header(archive: zipfile.ZipFile, kind: Format) -> dict[str, Any]:
    with archive.open(kind.header) as member:
        content = member.read(LARGEST_HEADER + 1)
    if len(content) > LARGEST_HEADER:
        raise ValueError(f"{kind.header} is larger than {LARGEST_HEADER} bytes")
    header = parsed(content, constants=False)
    texts = isinstance(header, dict) and all(isinstance(header.get(name), str) for name in kind.texts)
    if not isinstance(header, dict) or header.get("format") != kind.name or not texts:
        raise ValueError(f"{kind.header} is not that of {kind.holds}")
    if header.get("version") != kind.version:
        raise ValueError(other_version(header.get("version"), kind.version, kind.way_out))
    return header


def _check_members(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise ValueError("it has two members of one name")
    if any(member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 for member in members):
        raise ValueError("its members must be stored, neither compressed nor encrypted")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members are larger than the file")


def with_suffix(path: str | os.PathLike[str], kind: Format) -> pathlib.Path:
    """Return the path with the suffix of its kind added where there is none."""
    target = pathlib.Path(path)
    return target if target.suffix else target.with_name(f"{target.name}{kind.suffix}")
