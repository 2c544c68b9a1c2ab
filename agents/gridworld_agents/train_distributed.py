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
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

import click
import gymnasium as gym
import torch

from gridworld_agents.command_line import agent_flags
from gridworld_agents.command_line.environments import env_args, make_env
from gridworld_agents.core import registry
from gridworld_agents.core.env_arguments import with_texts
from gridworld_agents.core.env_ids import check_env_module
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.runs.folder import RunFolder, RunSettings
from gridworld_agents.runs.rank_training import Task, train
from gridworld_agents.runs.ranks import Ranks, check_same
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 45
"""Seconds after which a process that says nothing counts as dead; see `--patience`."""
FIRST_WORD = 10
"""Seconds that rank 0 has to tell of an error before another does: `torchrun` ends the others once one has ended."""
STEPS, CHECKPOINTS, ROWS = 20_000, 20, 100

_OPTIONS: list[click.Parameter] = [
    click.Option(["--env", "env_id"], metavar="ID", help="Environment to train on."),
    click.Option(["--steps"], type=click.IntRange(min=1), help=f"Of each process.  [default: {STEPS}]"),
    click.Option(["--seed"], type=click.IntRange(min=0), help="Of rank 0; r is added.  [default: 0]"),
    click.Option(["--out"], required=True, type=click.Path(file_okay=False), help="Folder of the run."),
    click.Option(["--resume"], is_flag=True, help="Go on with the run in --out, as it was begun; --steps may be more."),
    click.Option(["--checkpoint-every"], type=click.IntRange(min=1), help="Steps between checkpoints."),
    click.Option(["--patience"], default=PATIENCE, show_default=True, type=click.IntRange(min=1), help="Seconds."),
    *env_args(click.Command("")).params,
]


def main(arguments: Sequence[str]) -> None:
    """Train as the command line says, and exit: 0 if all went well, 2 after an error of usage, else 1."""
    try:
        task = _command(arguments)
    except click.ClickException as error:
        _refuse(error.format_message())
    except (ValueError, OSError, ImportError, RuntimeError, gym.error.Error) as error:
        _refuse(str(error))
    if isinstance(task, Task):  # it is none after --help
        train(task)


def _refuse(text: str) -> NoReturn:
    """Exit after an error of usage. All ranks find the same: rank 0 tells it."""
    if int(os.environ.get("RANK", "0")):
        time.sleep(FIRST_WORD)
    sys.stderr.write(f"train_distributed: {printable(' '.join(text.split()))}\n")
    sys.exit(2)


def _command(arguments: Sequence[str]) -> Any:
    if not arguments or arguments[0].startswith("-"):
        raise click.UsageError(
            "usage: torchrun --nproc-per-node N -m gridworld_agents.train_distributed AGENT [OPTIONS]"
        )
    agent_id = arguments[0]
    factory: Any = registry.find(agent_id).load()
    if not (isinstance(factory, type) and issubclass(factory, DeepAgent)):
        raise click.UsageError(f"{agent_id} cannot be trained by several processes: agents with networks can")
    return click.Command(
        agent_id,
        params=[*_OPTIONS, *agent_flags.options(factory)],
        callback=lambda **values: prepared(agent_id, factory, values),
        help=__doc__,
    ).main(list(arguments[1:]), prog_name=f"train_distributed {agent_id}", standalone_mode=False)


def prepared(agent_id: str, factory: Any, values: dict[str, Any]) -> Task:
    """Make all that this process needs before it meets the others, so that what cannot be done is told at once."""
    if "RANK" not in os.environ:
        raise click.UsageError("start it by torchrun --nproc-per-node N -m gridworld_agents.train_distributed ...")
    rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    given = {
        "agent": agent_id,
        "env": values["env_id"],
        "seed": values["seed"],
        "checkpoint_every": values["checkpoint_every"],
        "env_arguments": with_texts(values["arguments"]),
        "hyper_parameters": agent_flags.given(factory, values),
    }
    if given["hyper_parameters"].get("compile"):
        raise click.UsageError("--compile cannot be used by several processes: their gradients meet outside of it")
    ranks, folder = Ranks(pathlib.Path(values["out"]), rank, world), RunFolder(values["out"])
    if values["resume"]:
        done, settings = ranks.latest()
        check_same(settings, given, _defaults(factory))
        check_env_module(settings.env, folder.path, trust=given["env"] is not None)  # the same one, then
        settings = dataclasses.replace(settings, total_timesteps=values["steps"] or settings.total_timesteps)
        env = make_env(settings.env, settings.env_arguments)
        own = _own(settings.hyper_parameters)
        agent: Any = factory.load(ranks.path(done), env, **{name: own[name] for name in ("device",) if name in own})
    else:
        if rank == 0:
            folder.check_free()
        settings = _new(given, values["steps"] or STEPS)
        env = make_env(settings.env, settings.env_arguments)
        agent = factory(env, seed=settings.seed + rank, **_own(settings.hyper_parameters))
    return Task(agent, settings, ranks, folder, dt.timedelta(seconds=values["patience"]))


def _defaults(factory: Any) -> dict[str, Any]:
    fields = dataclasses.fields(factory.Config)
    return {field.name: field.default for field in fields if field.default is not dataclasses.MISSING}


def _new(given: dict[str, Any], steps: int) -> RunSettings:
    if not given["env"]:
        raise click.UsageError("which environment? --env ID; `gridworld list envs` lists ours")
    chosen = {
        "seed": given["seed"] or 0,
        "checkpoint_every": given["checkpoint_every"] or max(1, steps // CHECKPOINTS),
        "metrics_every": max(1, steps // ROWS),
    }
    return RunSettings(**{**given, **chosen}, total_timesteps=steps)


def _own(hyper_parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the hyper-parameters with the accelerator that is this process's own."""
    if str(hyper_parameters.get("device")).startswith("cuda"):
        return {**hyper_parameters, "device": f"cuda:{os.environ['LOCAL_RANK']}"}
    return hyper_parameters


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
