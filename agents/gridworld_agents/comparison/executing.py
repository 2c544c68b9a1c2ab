"""Doing what is left of a comparison: lost workers cost their runs' time, and nothing else."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison import written
from gridworld_agents.comparison.one_run import FINISHED, run_one
from gridworld_agents.comparison.owner import take_over
from gridworld_agents.comparison.results import status_of
from gridworld_agents.core.interrupts import told_of_signals
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from gridworld_agents.comparison.backends import Workers
    from gridworld_agents.comparison.folder import ComparisonFolder
    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.suite import Suite

ATTEMPTS = 5
"""How often runs are begun that a lost worker left unfinished."""


@export("gridworld_agents.comparison.Interrupted")
class Interrupted(Exception):  # noqa: N818 - what was asked for, not a fault
    """The comparison was told to stop; what was done is kept."""


@export("gridworld_agents.comparison.AllRunsFailedError")
class AllRunsFailedError(RuntimeError):
    """Every run of a comparison failed: there is nothing to compare.

    Attributes:
        comparison: What came out, with the traceback of each run.
    """

    def __init__(self, comparison: Comparison) -> None:
        first = comparison.failures[0]
        super().__init__(
            f"all {len(comparison.runs)} runs failed, {first.agent} on {first.env} with seed {first.seed} by "
            f"{first.reason or 'an unknown error'}: error.txt in the folder of each run, in {comparison.folder}, says "
            "where"
        )
        self.comparison = comparison


def jobs_left(folder: ComparisonFolder, suite: Suite, *, failed_too: bool) -> list[tuple[str, str, int]]:
    """Return labels and seed of each run that has not finished: all agents with the first seed, then the second, ..."""
    again = {"missing", "failed"} if failed_too else {"missing"}
    return [
        (env.label, agent.label, seed)
        for seed in suite.seeds
        for env in suite.envs
        for agent in suite.agents
        if status_of(folder, env, agent, seed) in again
    ]


def execute(
    folder: ComparisonFolder,
    suite: Suite,
    workers: Workers,
    *,
    environments: bytes = b"",
    callback: Any = None,
    failed_too: bool,
) -> None:
    """Do every run that has not finished.

    Args:
        folder: Of the comparison, locked by this process.
        suite: What it compares.
        workers: Who does it.
        environments: As `handing_over.packed` returned them, for workers elsewhere.
        callback: Of the user's, for every run: as `handing_over.packed_callback` returned it, for workers elsewhere.
        failed_too: Whether runs that failed are done again.

    Raises:
        Interrupted: After Ctrl-C, SIGTERM or SIGHUP, when every run under way has been saved.
        RuntimeError: If workers keep getting lost.
    """
    folder.stop.unlink(missing_ok=True)
    token = take_over(folder.path)
    left = jobs_left(folder, suite, failed_too=failed_too)
    lost: BaseException | None = None
    with _stopping(folder), workers.ready() as do:
        for _ in range(ATTEMPTS):
            if not left or folder.stop.exists():
                break
            try:
                ended = do(run_one, [(str(folder.path), token, environments, *job, callback) for job in left])
            except _lost_workers() as error:
                lost = error
            else:
                _note(folder, suite, [job for job, status in zip(left, ended, strict=True) if status == FINISHED])
            left = jobs_left(folder, suite, failed_too=False)
    if folder.stop.exists():
        folder.stop.unlink()
        raise Interrupted
    if left:
        raise RuntimeError(
            f"{len(left)} runs were begun {ATTEMPTS} times and their workers were lost each time ({lost}): "
            "is there enough memory? Fewer --jobs need less; --resume goes on"
        ) from lost


def _note(folder: ComparisonFolder, suite: Suite, finished: list[tuple[str, str, int]]) -> None:
    """Note the agents' files of runs that workers finished; of those beside a lost one nothing is known for sure."""
    envs = {choice.label: choice for choice in suite.envs}
    agents = {choice.label: choice for choice in suite.agents}
    for env, agent, seed in finished:
        written.note(folder.run(envs[env], agents[agent], seed).agent)


@contextlib.contextmanager
def _stopping(folder: ComparisonFolder) -> Any:
    """Let Ctrl-C, SIGTERM and SIGHUP stop the workers by a file that they look at."""
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with told_of_signals(lambda *_: folder.stop.touch()):
        yield


def _lost_workers() -> tuple[type[BaseException], ...]:
    """Return what is raised when a worker dies."""
    import concurrent.futures.process as pool
    import importlib

    kinds: list[type[BaseException]] = [pool.BrokenProcessPool]
    for module, name in (
        ("joblib.externals.loky.process_executor", "TerminatedWorkerError"),
        ("joblib.externals.loky.process_executor", "BrokenProcessPool"),
        ("distributed.scheduler", "KilledWorker"),
    ):
        with contextlib.suppress(ImportError, AttributeError):
            kinds.append(getattr(importlib.import_module(module), name))
    return tuple(kinds)
