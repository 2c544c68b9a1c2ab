"""`ComparisonFolder`: where a comparison is kept.

| file | holds |
|---|---|
| `comparison.json` | the suite, versions, platform, and the command that repeats it |
| `ENV/AGENT/seed-K/` | a run, see `RunFolder`; with `progress.csv`, `score.json`, or `error.txt` if it failed |
| `results.csv`, `curves.csv`, `timing.csv`, `results.parquet` | all runs as tables |
"""

from __future__ import annotations

import contextlib
import csv
import json
import pathlib
import platform
import time
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite, slug
from gridworld_agents.core.errors import reason
from gridworld_agents.core.files import LARGEST_RECORD, TRAIN_AGAIN, atomic, read_text
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.links import refuse_links
from gridworld_agents.core.outdated import other_version
from gridworld_agents.runs.folder import RunFolder, versions

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

FORMAT, VERSION = "gridworld-comparison", 2
LOCK_SECONDS = 3.0
"""How long is waited for the lock, which a worker that looks whether its main process lives holds for a moment."""


class ComparisonFolder:
    """A folder that holds one comparison."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path).resolve()
        self.record = self.path / "comparison.json"
        self.stop = self.path / ".stop"
        self._run = RunFolder(self.path)

    def run(self, env: EnvChoice, agent: AgentChoice, seed: int) -> RunFolder:
        """Return the folder of a run."""
        return RunFolder(self.path / slug(env.label) / slug(agent.label) / f"seed-{seed}")

    def lock(self) -> None:
        """Keep other processes out, until `unlock` or the end of this one, however it ends.

        Raises:
            ValueError: If another process runs the comparison, or there are symbolic links in the folder.
        """
        refuse_links(self.path)
        patience = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                self._run.lock()
            except ValueError:
                if time.monotonic() > patience:
                    raise
                time.sleep(0.1)
            else:
                return

    def unlock(self) -> None:
        """Let others run it."""
        self._run.unlock()

    def refuse_links(self, suite: Suite) -> None:
        """Refuse symbolic links in the folder, where a suite's runs are or are to be.

        Raises:
            ValueError: With the first one.
        """
        refuse_links(self.path)
        for env in suite.envs:
            for agent in suite.agents:
                for seed in suite.seeds:
                    refuse_links(self.run(env, agent, seed).path, below=self.path)

    def check(self, suite: Suite, *, resume: bool) -> None:
        """Refuse a folder that holds something else, or that is to be gone on with and was not said to be.

        Raises:
            ValueError: If it does; nothing has been written then.
        """
        if self.record.exists():
            if not resume:
                raise ValueError(
                    f"{self.path} holds a comparison already: go on with it by --resume, or choose another --out"
                )
            held, asked = self.suite().as_plain(), json.loads(json.dumps(suite.as_plain()))
            differing = [name for name, value in asked.items() if name != "seeds" and held[name] != value]
            if differing or not set(held["seeds"]) <= set(suite.seeds):
                names = ", ".join(differing or ["seeds"])
                raise ValueError(f"{self.path} holds another comparison ({names} differ): choose another --out")
        elif self.path.exists() and (
            not self.path.is_dir() or any(not held.name.startswith(".") for held in self.path.iterdir())
        ):
            raise ValueError(f"{self.path} holds something else than a comparison: choose another --out")

    def write(self, suite: Suite, more: dict[str, Any]) -> None:
        """Write what the comparison is."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            "suite": suite.as_plain(),
            **more,
            "versions": {"python": platform.python_version(), **versions()},
            "platform": platform.platform(),
        }
        with atomic(self.record) as file:
            file.write(json.dumps(content, indent=2).encode())

    def read(self) -> dict[str, Any]:
        """Read what the comparison is.

        Raises:
            ValueError: If the folder holds none, or its record cannot be read.
        """
        if not self.record.is_file():
            raise ValueError(f"{self.path} holds no comparison: there is no comparison.json in it")
        try:
            content = parsed(read_text(self.record, LARGEST_RECORD))
        except (ValueError, OSError) as error:
            raise ValueError(f"{self.record} cannot be read: {reason(error)}") from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(f"{self.record} is not the record of a comparison")
        if content.get("version") != VERSION:
            raise ValueError(f"{self.record}: {other_version(content.get('version'), VERSION, TRAIN_AGAIN)}")
        return content

    def suite(self) -> Suite:
        """Read what is compared.

        Raises:
            ValueError: If the folder holds no comparison, or its record cannot be read.
        """
        with self.reading_record() as content:
            return Suite.from_plain(content["suite"])

    @contextlib.contextmanager
    def reading_record(self) -> Iterator[dict[str, Any]]:
        """Yield what the record holds; whatever goes wrong in the block is the record's fault.

        Raises:
            ValueError: With the file's name, the reason, and what to do.
        """
        content = self.read()
        with blaming(self.record, "it was edited, or is another version's: compare again, into another --out"):
            yield content


@contextlib.contextmanager
def blaming(path: pathlib.Path, way_out: str) -> Iterator[None]:
    """Turn whatever goes wrong with what a file holds into one error.

    Args:
        path: Of the file.
        way_out: What to do.

    Raises:
        ValueError: With the file's name, the reason and the way out.
    """
    try:
        yield
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OSError,
        OverflowError,
        RecursionError,
        csv.Error,
    ) as error:
        why = f"it lacks {reason(error)}" if isinstance(error, KeyError) else reason(error)
        raise ValueError(f"{path} cannot be used: {why}; {way_out}") from error
