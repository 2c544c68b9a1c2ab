"""Training runs: begun from settings or gone on with from a folder, with checkpoints, so that none is ever lost."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

import gymnasium as gym

from gridworld_agents.core import registry
from gridworld_agents.core.callbacks import Callback, CallbackList, Checkpoints, MetricsToCSV
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.errors import AgentFileError
from gridworld_agents.core.files import read_header
from gridworld_agents.evaluation.judge import Judge, judge_for
from gridworld_agents.runs.provenance import check_sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_agents.core.agent import Agent
    from gridworld_agents.core.callbacks import CallbackLike, Progress
    from gridworld_agents.runs.folder import RunFolder, RunSettings

FINISHED, STOPPED = "finished", "stopped"


class Run:
    """A training run in a folder.

    Args:
        folder: Where it is kept.
        settings: What to run, for a new run; None goes on with the one in the folder.
        trust: Load agents whose files can carry code, as Stable-Baselines3's do, and let an environment's id that the
            folder has, `module:Name-v0`, import its module.

    Raises:
        AgentFileError: If the run would write elsewhere than into its folder, and is not trusted.
        ValueError: If the folder holds a run already, or none to go on with, or another process is running
            it; if the agent refuses the environment, or one of them is not here.
        AgentFileError: If the agent's file is damaged, or not trusted.
        OSError: If the folder cannot be written to.
    """

    def __init__(self, folder: RunFolder, settings: RunSettings | None = None, *, trust: bool = False) -> None:
        self.folder = folder
        self.settings = folder.settings() if settings is None else settings
        if settings is None:
            check_sources(folder, self.settings, trust=trust)
            _check_places(self.settings, folder.record, trust=trust)
            folder.lock()
        self.env = gym.make(self.settings.env, **self.settings.env_arguments)
        if settings is None and folder.agent.is_file():
            self.agent: Agent = load_agent(folder, self.env, self.settings.agent, trust=trust)
            forget = getattr(self.agent, "forget_unlearned", None)
            if forget is not None:  # the steps of a roll-out that is not in the file are taken again
                forget()
        else:
            # A run that was killed before its first checkpoint begins again: the seed makes it the same run.
            self.agent = registry.make(
                self.settings.agent, self.env, seed=self.settings.seed, **self.settings.hyper_parameters
            )
        self.judge: Judge | None = judge_for(self.env, self.agent)
        if settings is not None:
            folder.begin(settings)

    def learn(self, callback: CallbackLike = None, last: CallbackLike = None, *, unlock: bool = True) -> str:
        """Learn what is left to learn and return how it ended: "finished" or "stopped".

        The agent is saved at every checkpoint and at the end, after Ctrl-C too, and always after the rows of its steps.

        Args:
            callback: What is called at each step before the agent is saved: whatever writes into the folder.
            last: What is called after that.
            unlock: Let others run what is in the folder afterwards.

        Raises:
            KeyboardInterrupt: After Ctrl-C, when the agent has been saved.
        """
        settings, agent = self.settings, self.agent
        self.folder.drop_metrics_after(agent.num_timesteps)
        self.folder.note(settings, "running", agent.num_timesteps)
        callbacks = CallbackList(
            [
                MetricsToCSV(self.folder.metrics, settings.metrics_every, measures_of(self.judge, agent)),
                callback,
                _CheckpointsAfterRows(self.folder, settings.checkpoint_every),
                last,
            ]
        )
        try:
            if not self.finished:
                left = settings.total_timesteps - self.steps_learned
                agent.learn(left, callback=callbacks, reset_num_timesteps=agent.num_timesteps == 0)
        except BaseException:
            with contextlib.suppress(ValueError):  # why learning ended says more than why nothing can be saved
                self._save()
            raise
        else:
            return self._save()
        finally:
            if unlock:
                self.folder.unlock()

    def extend(self, total_timesteps: int) -> None:
        """Let the run have another number of steps, one that is finished included.

        Args:
            total_timesteps: In all, those that were learned before counted.

        Raises:
            ValueError: If it has learned from more; its folder is unlocked then.
        """
        total = whole_number("total_timesteps", total_timesteps, 1)
        if total < self.steps_learned:
            self.folder.unlock()
            raise ValueError(
                f"the run in {self.folder.path} has learned for {self.steps_learned:,} steps: it cannot have {total:,} "
                "in all; name more"
            )
        self.settings = dataclasses.replace(self.settings, total_timesteps=total)

    def settle(self) -> None:
        """Write that a run is finished whose agent is, where it was killed between the two, and unlock its folder."""
        if self.finished and self.folder.status() != FINISHED:
            self.folder.drop_metrics_after(self.agent.num_timesteps)
            self.folder.note(self.settings, FINISHED, self.agent.num_timesteps)
        self.folder.unlock()

    @property
    def steps_learned(self) -> int:
        """The steps that the agent has learned from: all that it took, but for those of roll-outs that were cut off."""
        return self.agent.num_timesteps - int(getattr(self.agent, "steps_unlearned", 0))

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to learn."""
        return self.steps_learned >= self.settings.total_timesteps

    def _save(self) -> str:
        """Save the agent, and write and return how the learning ended."""
        self.folder.sync_rows()
        self.agent.save(self.folder.agent)
        status = FINISHED if self.finished else STOPPED
        self.folder.note(self.settings, status, self.agent.num_timesteps)
        return status


def measures_of(judge: Judge | None, agent: Any) -> dict[str, Callable[[Any], float]]:
    """Return what is logged of an agent beside its episodes, as far as it can be known.

    `gap` is the exact gap to the optimum, `value_error` the root mean square error of its values, see `Judge`, and
    `visited` the share of states, or pairs of state and action, that it has learned from.
    """
    measures: dict[str, Callable[[Any], float]] = {}
    if judge is not None:
        measures["gap"] = judge.gap
        with contextlib.suppress(AttributeError, ValueError, IndexError):  # it shows no values, or of something else
            judge.value_error(agent)
            measures["value_error"] = judge.value_error
    if hasattr(agent, "visits"):
        measures["visited"] = lambda agent: float((agent.visits > 0).mean())
    return measures


WRITES_TO = "tensorboard_log"
"""The hyper-parameter, of Stable-Baselines3's agents, that names a folder to write to."""


def _check_places(settings: RunSettings, record: object, *, trust: bool) -> None:
    """Refuse to go on with a run whose record, and not its user, has it write elsewhere than into its folder."""
    place = settings.hyper_parameters.get(WRITES_TO)
    if place is not None and not trust:
        raise AgentFileError(
            f"{record} has the agent write to {place!r} ({WRITES_TO}): if you trust where the run comes from, pass "
            "trust=True, or --trust on the command line"
        )


class _CheckpointsAfterRows(Checkpoints):
    """Saves the agent of a run when the rows of its steps are on the disk."""

    def __init__(self, folder: RunFolder, every: int) -> None:
        super().__init__(folder.agent, every)
        self.folder = folder

    def __call__(self, agent: Agent, progress: Progress) -> None:
        """Save, where it is time."""
        if progress.num_timesteps % self.every == 0:
            self.folder.sync_rows()
        super().__call__(agent, progress)


class StopAfterSignal(Callback):
    """Ends the learning at the next chunk once it is told to, as a signal handler may do."""

    def __init__(self) -> None:
        self.told = False

    def tell(self, *_: Any) -> None:
        """End the learning at the next chunk."""
        self.told = True

    def __call__(self, agent: Any, progress: Any) -> bool:  # noqa: ARG002 - a callback's signature
        """Say False when told to."""
        return not self.told


def load_agent(folder: RunFolder, env: gym.Env[Any, Any], agent_id: str, *, trust: bool) -> Agent:
    """Read the agent of a run; `trust` goes to those that ask for it.

    Args:
        folder: Of the run.
        env: To go on learning on.
        agent_id: Which agent the run is of: a file does not choose what reads it.
        trust: Read it although it can carry code.

    Raises:
        ValueError: If the run has no agent yet.
        AgentFileError: If the file is damaged, of another agent, or must be trusted and is not.
    """
    if not folder.agent.is_file():
        raise ValueError(f"{folder.path} holds no agent yet: go on with the run by --resume {folder.path}")
    held = read_header(folder.agent)["id"]
    if held != agent_id:
        raise AgentFileError(f"{folder.agent} holds the agent {held!r}, and not that of its run, {agent_id!r}")
    factory: Any = registry.find(agent_id).load()
    asks = "trust" in inspect.signature(factory.load).parameters
    return registry.load(folder.agent, env, **({"trust": trust} if asks else {}))
