"""What each of several processes does that train one network: it meets the others, learns, and keeps checkpoints."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click
from torch import distributed

from gridworld_agents.core.callbacks import MetricsToCSV
from gridworld_agents.core.checkpoint import leaves
from gridworld_agents.deep.distributed import averaging, share
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    import datetime as dt

    from gridworld_agents.runs.folder import RunFolder, RunSettings
    from gridworld_agents.runs.ranks import Ranks


class Task(NamedTuple):
    """What this process is to do."""

    agent: Any
    settings: RunSettings
    ranks: Ranks
    folder: RunFolder
    patience: dt.timedelta


def train(task: Task) -> None:
    """Train in this process, beside the others that `torchrun` started."""
    rank, world, out = task.ranks.rank, task.ranks.world, task.folder.path
    way_out = f"the same command with --resume goes on from the last checkpoint in {out}"
    try:
        distributed.init_process_group("nccl" if task.agent.device.type == "cuda" else "gloo", timeout=task.patience)
        told = f"rank {rank} of {world} was told to end, as when another died; {way_out}\n"
        signal.signal(signal.SIGTERM, lambda *_: _end(told, 1))
        try:
            _train(task)
        finally:
            task.folder.unlock()
    except (RuntimeError, ValueError) as error:  # torch raises the former when another process is gone, or silent
        reason = printable([*str(error).strip().splitlines(), type(error).__name__][0])
        _end(f"rank {rank} of {world} lost the others, or failed: {reason}; {way_out}\n", 1)
    distributed.destroy_process_group()
    _end("", 0)


def _end(text: str, status: int) -> NoReturn:
    """End this process at once: torch's threads may wait for others that are gone, and abort an orderly exit."""
    sys.stderr.write(text)
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(status)


def _train(task: Task) -> None:
    agent, settings, ranks, folder, _ = task
    if ranks.rank == 0:
        _enter(task)
    share([leaf for _, leaf in leaves(agent.learner, "learner")])
    metrics = MetricsToCSV(folder.metrics, settings.metrics_every) if ranks.rank == 0 else None
    record = dataclasses.asdict(settings)
    while agent.num_timesteps < settings.total_timesteps:
        done = agent.num_timesteps
        block = min(settings.checkpoint_every - done % settings.checkpoint_every, settings.total_timesteps - done)
        with averaging():
            agent.learn(block, metrics, reset_num_timesteps=False)
        if ranks.rank == 0:
            folder.sync_rows()
        ranks.save(agent, record)
        if ranks.rank == 0:
            _note(task)


def _enter(task: Task) -> None:
    """Begin the run in its folder, or take it up there."""
    done, total = task.agent.num_timesteps, task.settings.total_timesteps
    if done == 0:
        task.folder.enter()
        task.ranks.begin()  # first, so that a folder with a record shows at once as that of several processes
        task.folder.begin(task.settings)
        return
    task.folder.lock()
    task.folder.drop_metrics_after(done)
    if done >= total:
        if task.folder.status() != "finished":  # killed between its last checkpoint and this
            _note(task)
        click.echo(f"{task.folder.path} is finished: {done:,} steps", err=True)


def _note(task: Task) -> None:
    """Write how far the run has come, and tell it."""
    agent, settings, folder = task.agent, task.settings, task.folder
    agent.save(folder.agent)
    done = agent.num_timesteps
    folder.note(settings, "finished" if done >= settings.total_timesteps else "running", done)
    episodes, returns, _ = agent.recent_episodes()
    mean = sum(returns) / len(returns) if returns else float("nan")
    click.echo(
        f"{done:,} of {settings.total_timesteps:,} steps, {episodes} episodes of rank 0, mean return {mean:.4g}",
        err=True,
    )
