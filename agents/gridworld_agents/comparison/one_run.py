"""One run of a comparison, as a worker does it: begun or gone on with, scored, and written down whatever happens."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison.folder import ComparisonFolder
from gridworld_agents.comparison.handing_over import unpack, unpacked_callback
from gridworld_agents.comparison.owner import StopWhenDisowned
from gridworld_agents.comparison.progress import ProgressFile
from gridworld_agents.comparison.reference import EVALUATION_SEED
from gridworld_agents.core import registry
from gridworld_agents.core.errors import AgentFileError
from gridworld_agents.core.files import atomic
from gridworld_agents.core.interrupts import told_of_signals
from gridworld_agents.core.links import refuse_links
from gridworld_agents.evaluation.judge import judge_at
from gridworld_agents.evaluation.playing import evaluate
from gridworld_agents.runs.folder import RunSettings
from gridworld_agents.runs.own_callbacks import ToTheEnd, callback_in

if TYPE_CHECKING:
    from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite
    from gridworld_agents.runs.folder import RunFolder
    from gridworld_agents.runs.running import Run

FINISHED, FAILED, STOPPED = "finished", "failed", "stopped"
CHECKPOINTS = 5
"""How many checkpoints a run has on its way."""
PATIENCE = 30.0
"""Seconds that a run waits for another process to leave its folder, as that does when it is disowned."""


def run_one(
    path: str, token: str, environments: bytes, env_label: str, agent_label: str, seed: int, callback: Any = None
) -> str:
    """Do a run, or what is left of it, and return how it ended: "finished", "failed" or "stopped".

    Args:
        path: Of the comparison's folder.
        token: Of whoever started this; see `owner`.
        environments: As `handing_over.packed` returned them; empty in the process that registered them.
        env_label: Which environment.
        agent_label: Which agent.
        seed: Of the run.
        callback: Of the user's; as `handing_over.packed_callback` returned it, elsewhere than in its process.

    Raises:
        ValueError: If the run's folder is, or holds, a symbolic link.
    """
    folder = ComparisonFolder(path)
    suite = folder.suite()
    env = next(choice for choice in suite.envs if choice.label == env_label)
    agent = next(choice for choice in suite.agents if choice.label == agent_label)
    place, stop = folder.run(env, agent, seed), StopWhenDisowned(folder.path, token)
    if stop.over():
        return STOPPED
    refuse_links(place.path, below=folder.path)  # outside of what is written down: nothing is written there
    error = place.path / "error.txt"
    in_main = threading.current_thread() is threading.main_thread()
    try:
        with told_of_signals(stop.tell) if in_main else contextlib.nullcontext():
            error.unlink(missing_ok=True)
            if environments:
                unpack(environments)
            own = unpacked_callback(callback)
            return _run(suite, env, agent, settings_of(suite, env, agent, seed), place, stop, own)
    except (Exception, SystemExit):  # noqa: BLE001 - whatever an agent or an environment raises
        place.path.mkdir(parents=True, exist_ok=True)
        with atomic(error) as file:
            file.write(traceback.format_exc().encode())
        return FAILED


def settings_of(suite: Suite, env: EnvChoice, agent: AgentChoice, seed: int) -> RunSettings:
    """Return what defines a run; an agent without a discount of its own learns at the suite's."""
    config = getattr(registry.find(agent.id).load(), "Config", None)
    takes_gamma = "gamma" in getattr(config, "__dataclass_fields__", {})
    steps = suite.steps_on(env)
    return RunSettings(
        agent=agent.id,
        env=env.id,
        total_timesteps=steps,
        seed=seed,
        env_arguments=dict(env.arguments),
        hyper_parameters={**({"gamma": suite.gamma_on(env)} if takes_gamma else {}), **agent.hyper_parameters},
        checkpoint_every=max(1, steps // CHECKPOINTS),
        metrics_every=max(1, steps // suite.rows),
    )


def _run(
    suite: Suite,
    env: EnvChoice,
    agent: AgentChoice,
    settings: RunSettings,
    place: RunFolder,
    stop: StopWhenDisowned,
    callback: Any,
) -> str:
    run = _begin(place, settings)
    try:
        gamma = suite.gamma_on(env)
        run.judge = judge_at(run.env, gamma)
        value = None
        if run.judge is None and suite.evaluations:
            value = _Return(settings, suite.episodes)
        every = max(1, settings.total_timesteps // max(1, suite.evaluations))
        curve = ProgressFile(place.path / "progress.csv", settings.metrics_every, value, every)
        own = ToTheEnd(callback_in(callback, place.path))
        status = run.learn([own, stop, curve], curve.clock, unlock=False)  # what follows is written into its folder too
        if status != FINISHED:
            return STOPPED
        if run.judge is None:
            played = evaluate(run.agent, _made(settings), suite.episodes, seed=EVALUATION_SEED)
            score = {"measure": "return", "score": played.mean, "returns": played.returns}
        else:
            score = {"measure": "gap", "score": run.judge.gap(run.agent)}
        with atomic(place.path / "score.json") as file:
            file.write(json.dumps({**score, "agent": agent.label, "env": env.label}).encode())
        return FINISHED
    finally:
        place.unlock()
        run.env.close()


class _Return:
    """The mean return of an agent over episodes that are the same for all."""

    def __init__(self, settings: RunSettings, episodes: int) -> None:
        self.env, self.episodes = _made(settings), episodes

    def __call__(self, agent: Any) -> float:
        return evaluate(agent, self.env, self.episodes, seed=EVALUATION_SEED).mean


def _made(settings: RunSettings) -> Any:
    import gymnasium as gym

    return gym.make(settings.env, **settings.env_arguments)


def _begin(place: RunFolder, settings: RunSettings) -> Run:
    """Go on with a run where that gives exactly what an undisturbed one gives; else begin it, or begin it again.

    Which of them is decided before any agent is loaded: a file that can carry code is never opened. A run whose record
    or agent cannot be read is begun again.
    """
    from gridworld_agents.runs.running import Run

    if place.path.is_dir():
        _wait_for(place)
    if place.record.is_file():
        if _is_of(place, settings) and _goes_on_exactly(place, settings):
            # What the suite names is imported by making it: the run's own word is not taken for it.
            with contextlib.suppress(AgentFileError), _made(settings):
                return Run(place)
        place.clear()
    return Run(place, settings)


def _is_of(place: RunFolder, settings: RunSettings) -> bool:
    """Return whether a folder holds the run of some settings; one that cannot be read does not."""
    with contextlib.suppress(ValueError):
        return place.settings() == settings
    return False


def _wait_for(place: RunFolder) -> None:
    """Lock a run's folder, which another process may be about to leave."""
    waited = time.monotonic() + PATIENCE
    while True:
        try:
            return place.lock()
        except ValueError:
            if time.monotonic() > waited:
                raise
            time.sleep(0.2)


def _goes_on_exactly(place: RunFolder, settings: RunSettings) -> bool:
    """Return whether nothing of a run is lost in its file: a table's agent where the environment can be restored."""
    if not place.agent.is_file():
        return True
    factory = registry.find(settings.agent).load()
    if not hasattr(factory, "resumes_exactly"):
        return False
    with _made(settings) as env:
        return bool(factory.resumes_exactly(env))
