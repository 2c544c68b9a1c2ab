"""Train one network with several processes, on one machine or several.

    torchrun --nproc-per-node 2 -m gridworld_agents.train_distributed ddpg --env Pendulum-v1 --steps 20000 --out runs/2

Every process has environments, a replay and random numbers of its own; gradients are averaged, so that an update is
that of a batch as many times as large as there are processes. On CPUs they talk by gloo, with `--device cuda` by nccl.
A process that dies ends the others; `--resume` goes on from the last checkpoint of all of them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import pathlib
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click
import torch
from torch import distributed

from gridworld_agents import registry
from gridworld_agents.callbacks import MetricsToCSV
from gridworld_agents.command_line import agent_flags
from gridworld_agents.command_line.environments import env_args, make_env
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.distributed import averaged, share
from gridworld_agents.deep.persistence import tensors
from gridworld_agents.deep.ranks import Ranks
from gridworld_agents.runs import RunFolder, RunSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 45
"""Seconds after which a process that says nothing counts as dead; see `--patience`."""
STEPS, CHECKPOINTS, ROWS = 20_000, 20, 100

_OPTIONS: list[click.Parameter] = [
    click.Option(["--env", "env_id"], required=True, metavar="ID", help="Environment to train on."),
    click.Option(["--steps"], default=STEPS, show_default=True, type=click.IntRange(min=1), help="Of each process."),
    click.Option(["--seed"], default=0, show_default=True, type=click.IntRange(min=0), help="Of rank 0; r is added."),
    click.Option(["--out"], required=True, type=click.Path(file_okay=False), help="Folder of the run."),
    click.Option(["--resume"], is_flag=True, help="Go on with the run in --out, as it was begun."),
    click.Option(["--checkpoint-every"], type=click.IntRange(min=1), help="Steps between checkpoints."),
    click.Option(["--patience"], default=PATIENCE, show_default=True, type=click.IntRange(min=1), help="Seconds."),
    *env_args(click.Command("")).params,
]


def main(arguments: Sequence[str]) -> None:
    """Train as the command line says."""
    if not arguments or arguments[0].startswith("-"):
        raise SystemExit("usage: torchrun --nproc-per-node N -m gridworld_agents.train_distributed AGENT [OPTIONS]")
    agent_id = arguments[0]
    factory: Any = registry.find(agent_id).load()
    if not (isinstance(factory, type) and issubclass(factory, DeepAgent)):
        raise SystemExit(f"{agent_id} cannot be trained by several processes: ddpg and td3 can")
    click.Command(
        agent_id,
        params=[*_OPTIONS, *agent_flags.options(factory)],
        callback=lambda **values: train(agent_id, values, agent_flags.given(factory, values)),
        help=__doc__,
    ).main(list(arguments[1:]), prog_name=f"train_distributed {agent_id}")


def train(agent_id: str, values: dict[str, Any], hyper_parameters: dict[str, Any]) -> None:
    """Train in this process, beside the others that `torchrun` started."""
    if "RANK" not in os.environ:
        raise click.UsageError("start it by torchrun --nproc-per-node N -m gridworld_agents.train_distributed ...")
    rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    cuda = str(hyper_parameters.get("device", "cpu")).startswith("cuda")
    if hyper_parameters.get("compile"):
        raise click.UsageError("--compile cannot be used by several processes: their gradients meet outside of it")
    if cuda:
        hyper_parameters = {**hyper_parameters, "device": f"cuda:{os.environ['LOCAL_RANK']}"}
    steps = values["steps"]
    settings = RunSettings(
        agent=agent_id,
        env=values["env_id"],
        total_timesteps=steps,
        seed=values["seed"],
        env_arguments=values["arguments"],
        hyper_parameters=hyper_parameters,
        checkpoint_every=values["checkpoint_every"] or max(1, steps // CHECKPOINTS),
        metrics_every=max(1, steps // ROWS),
    )
    way_out = f"the same command with --resume goes on from the last checkpoint in {values['out']}"
    told = f"rank {rank} of {world} was told to end, as when another died; {way_out}\n"
    signal.signal(signal.SIGTERM, lambda *_: _end(told, 1))
    patience = dt.timedelta(seconds=values["patience"])
    distributed.init_process_group("nccl" if cuda else "gloo", timeout=patience)
    try:
        _train(settings, pathlib.Path(values["out"]), rank, world, resume=values["resume"])
    except RuntimeError as error:  # what torch raises when another process is gone, or silent for too long
        _end(f"rank {rank} of {world} lost the others, or failed: {str(error).strip().splitlines()[0]}; {way_out}\n", 1)
    distributed.destroy_process_group()
    _end("", 0)


def _end(text: str, status: int) -> NoReturn:
    """End this process at once: torch's threads may wait for others that are gone, and abort an orderly exit."""
    sys.stderr.write(text)
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(status)


def _train(settings: RunSettings, out: pathlib.Path, rank: int, world: int, *, resume: bool) -> None:
    ranks, folder = Ranks(out, rank, world), RunFolder(out)
    env = make_env(settings.env, settings.env_arguments)
    if resume:
        latest = ranks.latest()
        agent: Any = registry.load(ranks.path(latest["steps"]), env)
        settings = RunSettings(**{**latest["settings"], "total_timesteps": settings.total_timesteps})
        folder.drop_metrics_after(agent.num_timesteps)
    else:
        agent = registry.make(settings.agent, env, seed=settings.seed + rank, **settings.hyper_parameters)
        if rank == 0:
            folder.begin(settings)
    agent.use_gradient(averaged)
    share(list(tensors(agent.learner).values()))
    metrics = MetricsToCSV(folder.metrics, settings.metrics_every) if rank == 0 else None
    record = dataclasses.asdict(settings)
    while agent.num_timesteps < settings.total_timesteps:
        done = agent.num_timesteps
        block = min(settings.checkpoint_every - done % settings.checkpoint_every, settings.total_timesteps - done)
        agent.learn(block, metrics, reset_num_timesteps=False)
        ranks.save(agent, record)
        if rank == 0:
            agent.save(folder.agent)
            done = agent.num_timesteps
            folder.note(settings, "finished" if done >= settings.total_timesteps else "running", done)
            episodes, returns, _ = agent.recent_episodes()
            mean = sum(returns) / len(returns) if returns else float("nan")
            click.echo(
                f"{agent.num_timesteps:,} of {settings.total_timesteps:,} steps, {episodes} episodes of rank 0, "
                f"mean return {mean:.4g}",
                err=True,
            )


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
