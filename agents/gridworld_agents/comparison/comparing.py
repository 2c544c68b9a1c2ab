"""`compare`: agents x environments x seeds, from Python; `gridworld compare` is the same from a command line."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

import gymnasium as gym

from gridworld_agents.comparison import results, tables
from gridworld_agents.comparison.backends import Workers
from gridworld_agents.comparison.deciding import undecided
from gridworld_agents.comparison.executing import AllRunsFailedError, execute
from gridworld_agents.comparison.folder import ComparisonFolder
from gridworld_agents.comparison.handing_over import packed, packed_callback
from gridworld_agents.comparison.live import on_stderr
from gridworld_agents.comparison.one_run import settings_of
from gridworld_agents.comparison.reference import Reference, reference
from gridworld_agents.comparison.results import Stopping
from gridworld_agents.comparison.suite import EPISODES, ROWS, AgentChoice, EnvChoice, Suite, check_number_of_seeds
from gridworld_agents.comparison.suite_files import choices, seeds_of
from gridworld_agents.comparison.sweep import swept
from gridworld_agents.core import registry
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.judge import USUAL_GAMMA

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from gridworld_agents.comparison.results import Comparison

BATCH = 2
"""Seeds that are added at a time until a comparison is decided."""


@export("gridworld_agents.compare")
def compare(
    agents: Sequence[str | dict[str, Any] | AgentChoice],
    envs: Sequence[str | dict[str, Any] | EnvChoice],
    *,
    out: str | os.PathLike[str],
    seeds: int | Sequence[int] = 10,
    steps: int = 100_000,
    gamma: float = USUAL_GAMMA,
    sweep: dict[str, Sequence[Any]] | None = None,
    episodes: int = EPISODES,
    evaluations: int = 0,
    rows: int = ROWS,
    resume: bool = False,
    jobs: int | None = None,
    backend: str = "joblib",
    address: str | None = None,
    max_seeds: int | None = None,
    confidence: float = 0.95,
    command: str = "",
    watch: Callable[[ComparisonFolder, Suite], contextlib.AbstractContextManager[Any]] | None = None,
    callback: Callable[..., Any] | None = None,
    progress_bar: bool = False,
) -> Comparison:
    """Compare agents and return what came out; all of it is in the folder too.

    >>> comparison = ga.compare(["q-learning", "sarsa"], ["GridWorld-v0"], seeds=10, steps=20_000, out="runs/compared")

    Args:
        agents: Ids, or tables with `id`, `label` and `hyper_parameters`.
        envs: Ids, or tables with `id`, `label`, `arguments`, `steps` and `gamma`.
        out: Folder.
        seeds: How many, 0, 1, ..., or which.
        steps: For how many each learns.
        gamma: Discount at which all are judged, and learn unless they have one of their own.
        sweep: Lists of values of hyper-parameters by name, of which every one is tried.
        episodes: Played in the end where the exact gap is not known.
        evaluations: How often they are played on the way there.
        rows: Points of a learning curve, about.
        resume: Go on with the comparison in the folder; runs that failed are done again.
        jobs: Runs at a time on this machine; None, one for each core; 1, in this very process.
        backend: `"joblib"` or `"dask"`.
        address: Of the cluster, for the latter.
        max_seeds: Add paired seeds until every pair of agents is decided on every environment, to so many at most;
            None adds none.
        confidence: Of these decisions.
        command: What repeats the comparison on a command line.
        watch: Shows how it comes along while it is entered; not beside `progress_bar`.
        callback: A class of callbacks, of which one is made for each run, or a function of agent and progress: see
            `run_suite`.
        progress_bar: Show on stderr how far it is, and what is under way.

    Raises:
        ValueError: If anything is wrong with what is asked for: before any work starts.
        AllRunsFailedError: If every run failed.
    """
    if progress_bar:
        if watch is not None:
            raise ValueError("progress_bar and watch both show how it comes along: pass one of them")
        watch = on_stderr()
    sweep = {} if sweep is None else sweep
    if not isinstance(sweep, dict):
        raise ValueError(f"sweep must be values of hyper-parameters by name, got {sweep!r}")
    suite = Suite(
        agents=swept(choices(AgentChoice, list(agents)), sweep),
        sweep=tuple(sweep),
        envs=choices(EnvChoice, list(envs)),
        seeds=seeds_of(seeds),
        steps=steps,
        gamma=gamma,
        episodes=episodes,
        evaluations=evaluations,
        rows=rows,
    )
    return run_suite(
        suite,
        out,
        resume=resume,
        jobs=jobs,
        backend=backend,
        address=address,
        max_seeds=max_seeds,
        confidence=confidence,
        command=command,
        watch=watch,
        callback=callback,
    )


@export("gridworld_agents.comparison.run_suite")
def run_suite(
    suite: Suite,
    out: str | os.PathLike[str],
    *,
    resume: bool = False,
    jobs: int | None = None,
    backend: str = "joblib",
    address: str | None = None,
    max_seeds: int | None = None,
    confidence: float = 0.95,
    command: str = "",
    watch: Callable[[ComparisonFolder, Suite], contextlib.AbstractContextManager[Any]] | None = None,
    callback: Callable[..., Any] | None = None,
) -> Comparison:
    """Run a suite, or what is left of it.

    Args:
        suite: What is compared.
        out: Folder.
        resume: Go on with the comparison in the folder; runs that failed are done again.
        jobs: Runs at a time on this machine; None, one for each core.
        backend: `"joblib"` or `"dask"`.
        address: Of the cluster, for the latter.
        max_seeds: Add paired seeds until every pair of agents is decided on every environment, to so many at most;
            None adds none.
        confidence: Of these decisions.
        command: What repeats the comparison on a command line.
        watch: Shows how it comes along while it is entered.
        callback: A class of callbacks, see `callbacks.Callback`, of which one is made for each run, with the argument
            `folder`, the run's, if it takes that; or a function of agent and progress, called in all runs. It is handed
            to the workers. One that ends the learning makes its run fail: agents are compared after the same steps.

    Raises:
        ValueError: If anything is wrong with what is asked for: before any work starts.
        ImportError: If the backend's library is missing.
        Interrupted: After Ctrl-C; what was done is kept.
        AllRunsFailedError: If every run failed, each by an error of its own, which is kept too.
    """
    folder, workers = ComparisonFolder(out), Workers(backend, address, jobs)
    check_number_of_seeds(max_seeds or 0)
    if max_seeds is not None and whole_number("max_seeds", max_seeds, 1) < len(suite.seeds):
        raise ValueError(
            f"max_seeds must be at least the {len(suite.seeds)} seeds that it begins with, got {max_seeds}"
        )
    folder.check(suite, resume=resume)  # before there is any work to wait for
    references = references_of(suite)
    if callback is not None and not callable(callback):
        raise ValueError(f"callback must be a class, or a function of agent and progress, got {callback!r}")
    environments = packed(suite) if workers.elsewhere else b""
    handed = packed_callback(callback) if workers.elsewhere and callback is not None else callback
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.lock()
    try:
        folder.refuse_links(suite)
        folder.check(suite, resume=resume)  # again: another may have been at work there until now
        if resume and folder.record.exists():  # seeds that were added are not begun again from the first ones
            suite = dataclasses.replace(suite, seeds=tuple(dict.fromkeys((*folder.suite().seeds, *suite.seeds))))
        stopping = Stopping(max_seeds, confidence) if max_seeds is not None else _stopping_of(folder)
        more = {"references": references, "command": command, "stopping": stopping}
        failed_too = resume
        while True:
            folder.write(suite, more)
            with contextlib.nullcontext() if watch is None else watch(folder, suite):
                execute(folder, suite, workers, environments=environments, callback=handed, failed_too=failed_too)
            found, failed_too = results.read(folder.path), False
            if len(found.failures) == len(found.runs):
                break
            if max_seeds is None or len(suite.seeds) >= max_seeds or not undecided(found, max_seeds, confidence):
                break
            new = _next_seeds(suite.seeds, min(BATCH, max_seeds - len(suite.seeds)))
            suite = dataclasses.replace(suite, seeds=(*suite.seeds, *new))
        tables.write(found)
    finally:
        folder.unlock()
    if len(found.failures) == len(found.runs):
        raise AllRunsFailedError(found)
    return found


def _stopping_of(folder: ComparisonFolder) -> Stopping | None:
    """Return the rule by which seeds were added before, if any were: it goes on to be the one that decides."""
    if not folder.record.exists():
        return None
    with folder.reading_record() as content:
        return results.stopping_of(content)


def _next_seeds(seeds: Sequence[int], count: int) -> range:
    return range(max(seeds) + 1, max(seeds) + 1 + count)


def references_of(suite: Suite) -> dict[str, Reference]:
    """Make every environment and every agent on it once, so that mistakes show before the work starts.

    Returns:
        The references of each environment.

    Raises:
        ValueError: If one cannot be made.
    """
    for agent in suite.agents:
        registry.find(agent.id).load()
    references: dict[str, Reference] = {}
    for choice in suite.envs:
        try:
            env = gym.make(choice.id, **choice.arguments)
        except (ValueError, TypeError, ImportError, gym.error.Error) as error:
            raise ValueError(f"the environment {choice.label} cannot be made: {error}") from error
        with env:
            for agent in suite.agents:
                settings = settings_of(suite, choice, agent, suite.seeds[0])
                try:
                    registry.make(agent.id, env, seed=settings.seed, **settings.hyper_parameters)
                except ValueError as error:
                    raise ValueError(f"{agent.label} cannot learn on {choice.label}: {error}") from error
            references[choice.label] = reference(env, suite.gamma_on(choice), suite.episodes)
    return references
