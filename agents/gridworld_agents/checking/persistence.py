"""Checks of files: an agent comes back from one, and goes on as if it had never stopped."""

from __future__ import annotations

import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

from gridworld_agents.checking.comparing import Arrays, difference, learned, saved
from gridworld_agents.checking.environments import Scramble
from gridworld_agents.checking.report import Failed, Skipped
from gridworld_agents.checking.spying import same_global_state
from gridworld_agents.checking.subject import SEED, SHORT, observations_of
from gridworld_agents.core import files

if TYPE_CHECKING:
    from gridworld_agents.checking.subject import Subject


def save_and_load(subject: Subject) -> str:
    """What `load` returns predicts as what was saved."""
    trial = subject.trial
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "agent.zip"
        _ = trial.returned
        trial.agent.save(path)
        if not path.is_file():
            raise Failed(f"save to write {path.name}", f"{[p.name for p in path.parent.iterdir()]}", "write that file")
        loaded = subject.load(path, subject.new_env())
        _check_id(subject, path)
    found = difference(learned(trial.agent, trial.observations), learned(loaded, trial.observations))
    if found:
        raise Failed(
            "the agent that is loaded to predict as the one that was saved",
            found,
            "save all that predict reads, tables, weights and scales, and set it in load",
        )
    if loaded.num_timesteps != trial.agent.num_timesteps:
        raise Failed(
            f"num_timesteps {trial.agent.num_timesteps} to come back", f"{loaded.num_timesteps}", "save it too"
        )
    return f"{len(trial.observations)} predictions are the same after save and load"


def _check_id(subject: Subject, path: pathlib.Path) -> None:
    """Refuse a file from which `gridworld_agents.load` does not find the agent; one without an id cannot be asked."""
    if subject.agent_id is None:
        return
    try:
        seen = repr(files.read_header(path)["id"])
    except ValueError as error:
        seen = str(error)
    if seen != repr(subject.agent_id):
        raise Failed(
            f"a file that says the agent's id, {subject.agent_id!r}",
            seen,
            "write it with gridworld_agents.core.files.write(path, {'id': ..., ...}, arrays): ga.load looks there",
        )


def exact_resume(subject: Subject) -> str:
    """A run that was saved, loaded and gone on with ends as one that never stopped.

    The environment makes it no harder than it has to be: see `Scramble`.
    """
    if not subject.exact_resume:
        raise Skipped("the agent says that it does not promise it: exact_resume = False")
    whole, parts = _run(subject, interrupted=False), _run(subject, interrupted=True)
    found = difference(whole, parts)
    if found:
        raise Failed(
            f"learn({SHORT}), save, load and learn({SHORT}, reset_num_timesteps=False) to end as learn({2 * SHORT})",
            found,
            "save all that learning reads: the generator's state, rng.bit_generator.state, counters that schedules go "
            "by, traces, a replay buffer, the optimiser's moments; or declare `exact_resume = False` on the factory",
        )
    return f"interrupted after {SHORT} steps it ended as if it had not been, in {len(whole)} arrays"


def _run(subject: Subject, *, interrupted: bool) -> Arrays:
    variant = subject.own_variant()
    with same_global_state(), tempfile.TemporaryDirectory() as folder:
        env = Scramble(variant)
        agent: Any = subject.make(env, SEED)
        if interrupted:
            path = pathlib.Path(folder) / "half.zip"
            agent.learn(SHORT)
            agent.save(path)
            agent = subject.load(path, Scramble(variant))
            agent.learn(SHORT, reset_num_timesteps=False)
        else:
            agent.learn(2 * SHORT)
        return learned(agent, observations_of(env)) | saved(agent, pathlib.Path(folder), "end")
