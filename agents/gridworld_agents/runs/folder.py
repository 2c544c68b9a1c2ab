"""`RunFolder`: all that a training run leaves behind, and what it takes to go on with it.

| file | holds |
|---|---|
| `run.json` | ids, arguments, seed, versions, what is another package's, platform, and how far it came |
| `agent.zip` | the agent as of the last checkpoint, in the end as it ended |
| `metrics.csv` | a row every so many steps |
| `ranks/` | of a run of several processes: the checkpoints of all |

Every file is written atomically, but for `metrics.csv` and other tables, to which rows are added. There is one order:
the rows of a step are on the disk before the agent of that step is. So whenever a run is killed, rows may be newer than
the agent; these are dropped when the run goes on, and written again. None is ever missing.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import importlib.metadata
import io
import json
import pathlib
import platform
import shutil
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.callbacks import MetricsToCSV
from gridworld_agents.core.checks import check_names, plain, whole_number
from gridworld_agents.core.env_arguments import with_texts
from gridworld_agents.core.errors import reason
from gridworld_agents.core.files import LARGEST_RECORD, TRAIN_AGAIN, atomic, drop_drafts, read_text, sync
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.links import refuse_links
from gridworld_agents.core.locks import NAME, FolderLock
from gridworld_agents.core.outdated import other_version
from gridworld_agents.runs.provenance import MadeWith, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT, VERSION = "gridworld-run", 2
STATUSES = ("running", "stopped", "finished")
TABLES = ("metrics.csv", "progress.csv")
"""What rows are added to while a run learns, the latter in comparisons."""
RANKS = "ranks"
"""The folder, within that of a run, in which several processes keep their checkpoints."""
PACKAGES = ("gridworld-env", "gymnasium", "numba", "numpy", "scipy", "stable-baselines3", "sb3-contrib", "torch")


@dataclasses.dataclass(frozen=True)
class RunSettings:
    """What defines a run; the same settings give the same run."""

    agent: str
    env: str
    total_timesteps: int
    seed: int
    env_arguments: dict[str, Any]
    hyper_parameters: dict[str, Any]
    checkpoint_every: int
    metrics_every: int

    def __post_init__(self) -> None:
        """Check the values, and take NumPy's scalars as Python's own."""
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, plain(getattr(self, field.name), field.name))
        for name in ("total_timesteps", "checkpoint_every", "metrics_every"):
            whole_number(name, getattr(self, name), 1)
        whole_number("seed", self.seed, 0)
        for name in ("env_arguments", "hyper_parameters"):
            check_names(name, getattr(self, name))
        object.__setattr__(self, "env_arguments", with_texts(self.env_arguments))
        for name in ("agent", "env"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"{name} must be an id, got {getattr(self, name)!r}")
        for name in ("env", "seed", "agent_id"):
            if name in self.hyper_parameters:
                raise ValueError(f"{name!r} is no hyper-parameter: it has a place of its own")


class RunFolder:
    """A folder that holds one run."""

    def __init__(self, path: str | pathlib.Path) -> None:
        self.path = pathlib.Path(path)
        self.agent = self.path / "agent.zip"
        self.metrics = self.path / "metrics.csv"
        self.record = self.path / "run.json"
        self._lock = FolderLock(self.path)

    def lock(self) -> None:
        """Keep other processes from running what is in the folder, until `unlock` or the end of this one.

        What others have left who were killed while they wrote a file is removed.

        Raises:
            ValueError: If another process runs it, or there are symbolic links in it.
            OSError: If there is no such folder, or it cannot be locked.
        """
        refuse_links(self.path)
        self._lock.acquire()
        drop_drafts(self.path)

    def unlock(self) -> None:
        """Let others run it."""
        self._lock.release()

    def begin(self, settings: RunSettings) -> None:
        """Make the folder, lock it, and write what the run is.

        Raises:
            ValueError: If it holds a run already, or another process begins one; nothing has been written then.
            OSError: If it cannot be written to.
        """
        self.enter()
        self._write(settings, "running", 0)

    def enter(self) -> None:
        """Make the folder and lock it, to begin a run in it.

        Raises:
            ValueError: If it holds a run already, or another process begins one; nothing has been written then.
            OSError: If it cannot be written to.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self.lock()
        try:
            self.check_free()  # here: whoever had the lock before may have begun one
        except ValueError:
            self.unlock()
            raise

    def clear(self) -> None:
        """Remove all that a run has left in the folder, which this process has locked, but for the lock.

        The record goes last: a folder that is half cleared still shows as that of a run.
        """
        for held in sorted(self.path.iterdir(), key=lambda held: held == self.record):
            if held.is_dir() and not held.is_symlink():
                shutil.rmtree(held)
            elif held.name != NAME:
                held.unlink()

    def check_free(self) -> None:
        """Refuse a folder in which a run was begun.

        Raises:
            ValueError: With the command that goes on with it.
        """
        if self.record.exists():
            way = f"gridworld train --resume {self.path}"
            if (self.path / RANKS).is_dir():
                way = f"torchrun ... -m gridworld_agents.train_distributed AGENT --out {self.path} --resume"
            raise ValueError(f"{self.path} holds a run already: go on with it by `{way}`, or choose another --out")

    def settings(self) -> RunSettings:
        """Read what the run is.

        Raises:
            ValueError: If the folder holds no run, or its record cannot be read.
        """
        content = self._read()
        names = [field.name for field in dataclasses.fields(RunSettings)]
        missing = [name for name in names if name not in content]
        if missing:
            raise ValueError(f"{self.record} lacks {', '.join(missing)}")
        try:
            return RunSettings(**{name: content[name] for name in names})
        except ValueError as error:
            raise ValueError(f"{self.record} cannot be used: {reason(error)}") from None

    def status(self) -> str:
        """Return one of `STATUSES`; a run that was killed is still "running"."""
        return str(self._read()["status"])

    def made_with(self) -> MadeWith:
        """Read with what the run was made."""
        return MadeWith.of(self._read())

    def note(self, settings: RunSettings, status: str, num_timesteps: int) -> None:
        """Write how far the run has come."""
        self._write(settings, status, num_timesteps)

    def sync_rows(self) -> None:
        """Wait until the rows of all tables are on the disk: before an agent is saved that has made them."""
        for name in TABLES:
            sync(self.path / name)

    def drop_metrics_after(self, num_timesteps: int) -> None:
        """Drop the rows that are newer than the agent, which a killed run had written: they will be written again."""
        drop_rows_after(self.metrics, MetricsToCSV.COLUMNS, num_timesteps)

    def _read(self) -> dict[str, Any]:
        if not self.record.is_file():
            raise ValueError(f"{self.path} holds no run: there is no run.json in it")
        try:
            content = parsed(read_text(self.record, LARGEST_RECORD))
        except (ValueError, OSError) as error:
            raise ValueError(f"{self.record} cannot be read: {reason(error)}") from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(f"{self.record} is not the record of a run")
        if content.get("version") != VERSION:
            raise ValueError(f"{self.record}: {other_version(content.get('version'), VERSION, TRAIN_AGAIN)}")
        if content.get("status") not in STATUSES:
            known = ", ".join(STATUSES)
            raise ValueError(f"{self.record} cannot be used: its status must be one of {known}")
        return content

    def _write(self, settings: RunSettings, status: str, num_timesteps: int) -> None:
        content = {
            "format": FORMAT,
            "version": VERSION,
            "status": status,
            "num_timesteps": num_timesteps,
            **dataclasses.asdict(settings),
            "versions": {"python": platform.python_version(), **versions()},
            "sources": sources(settings),
            "platform": platform.platform(),
        }
        with atomic(self.record) as file:
            file.write(json.dumps(content, indent=2).encode())


def drop_rows_after(path: pathlib.Path, columns: Sequence[str], num_timesteps: int) -> None:
    """Drop the rows of a CSV file that are newer than some number of steps, which its first column counts.

    Args:
        path: Of the file; there may be none.
        columns: With which its header begins; a file with another is removed.
        num_timesteps: The newest that is kept.
    """
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        header, *rows = list(csv.reader(file)) or [[]]
    if header[: len(columns)] != list(columns):
        path.unlink()  # cut off in its first line
        return
    # The last row may have been cut off in the middle. It is newer than the agent, unless its first number was cut.
    kept = [row for row in rows if len(row) == len(header) and row[0].isdigit() and int(row[0]) <= num_timesteps]
    if not kept:
        path.unlink()  # its header may be cut off too
        return
    text = io.StringIO()
    csv.writer(text).writerows([header, *kept])
    with atomic(path) as binary:
        binary.write(text.getvalue().encode())


def versions() -> dict[str, str]:
    """Return the versions of the packages that a result can depend on, by name."""
    return dict(_versions())


@functools.cache  # a run writes them several times, and reading the metadata takes longer than a short run
def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
