"""`gridworld train`: train an agent, in a folder from which the run can be gone on with."""

from __future__ import annotations

import pathlib
import secrets
import shlex
import textwrap
from typing import Any

import click

from gridworld_agents.command_line import agent_flags
from gridworld_agents.command_line.configuration import read_configuration
from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import env_args, imports, make_env
from gridworld_agents.command_line.live import LiveProgress
from gridworld_agents.command_line.mistakes import is_near
from gridworld_agents.command_line.own_callbacks import callback_option
from gridworld_agents.command_line.shared_runs import tell_versions
from gridworld_agents.core import registry
from gridworld_agents.core.env_arguments import with_files
from gridworld_env.authoring import printable

STEPS = 100_000
CHECKPOINTS, ROWS = 20, 100
"""How many checkpoints and rows of metrics a run has, unless told otherwise."""
WHOLE_WORDS: Any = {"break_on_hyphens": False, "break_long_words": False}
LISTED = "`gridworld list agents` lists them"


class _Agents(click.Group):
    """A group with a command for each agent that is installed, whose flags are the agent's own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [spec.id for spec in registry.specs()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse flags that stand before any agent too: a configuration file may name it."""
        try:
            return super().parse_args(ctx, list(args))
        except click.NoSuchOption as error:
            path = _value_of("--config", args)
            if path is None and is_near(error):
                raise
            if path is None:
                way = f"gridworld train AGENT {shlex.join(args)}"
                raise click.UsageError(f"which agent? It comes first: {way}; {LISTED}", ctx) from None
            return super().parse_args(ctx, [_agent_in(path), *args])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        factory = registry.find(cmd_name).load()
        return click.Command(
            cmd_name,
            params=[*_COMMON, *agent_flags.options(factory)],
            callback=lambda **values: _train(cmd_name, factory, values),
            help=f"Train {cmd_name} and leave all of the run in a folder.",
        )

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Agents (`gridworld train AGENT --help` lists an agent's flags)"):
            indent = " " * formatter.current_indent
            text = printable(", ".join(self.list_commands(ctx)), None)
            wrapped = textwrap.fill(
                text, formatter.width, initial_indent=indent, subsequent_indent=indent, **WHOLE_WORDS
            )
            formatter.write(f"{wrapped}\n")


def _value_of(flag: str, args: list[str]) -> str | None:
    """Return what follows a flag among arguments that have not been parsed; None where it is not there."""
    for word, after in zip(args, [*args[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name == flag:
            return value if equals else after
    return None


def _agent_in(path: str) -> str:
    """Return the agent that a configuration file names.

    Raises:
        click.UsageError: If it names none.
    """
    agent_id = read_configuration(path).get("agent")
    if not isinstance(agent_id, str):
        raise click.UsageError(f"{path} does not say which agent to train: agent = '...'")
    return agent_id


_COMMON: list[click.Parameter] = [
    click.Option(["--env", "env_id"], metavar="ID", help="Environment to train on."),
    click.Option(["--steps"], type=click.IntRange(min=1), help=f"Steps of the environment.  [default: {STEPS}]"),
    click.Option(["--seed"], type=click.IntRange(min=0), help="Fixes the run; drawn where it is left out."),
    click.Option(["--out"], type=click.Path(file_okay=False), help="Folder of the run.  [default: runs/AGENT-SEED]"),
    click.Option(["--config"], type=click.Path(dir_okay=False), help="TOML or YAML file; flags have precedence."),
    click.Option(["--checkpoint-every"], type=click.IntRange(min=1), help="Steps between checkpoints."),
    click.Option(["--metrics-every"], type=click.IntRange(min=1), help="Steps between rows of metrics.csv."),
    click.Option(["--tensorboard"], is_flag=True, help="Write TensorBoard events into the folder too."),
    *callback_option(click.Command("")).params,
    *env_args(click.Command("")).params,
]


@click.group(name="train", cls=_Agents, invoke_without_command=True, subcommand_metavar="[AGENT [FLAGS]...]")
@click.option("--resume", type=click.Path(file_okay=False), help="Go on with the run in this folder.")
@click.option(
    "--steps", type=click.IntRange(min=1), help="Of the run in all: with --resume, one that is finished goes on."
)
@click.option("--config", type=click.Path(dir_okay=False), help="Train what a TOML or YAML file says.")
@click.option("--trust", is_flag=True, help="Load files that can carry code, such as Stable-Baselines3's.")
@imports
@click.option("--tensorboard", is_flag=True, help="Write TensorBoard events into the folder too.")
@callback_option
@click.pass_context
def command(
    ctx: click.Context,
    resume: str | None,
    steps: int | None,
    config: str | None,
    trust: bool,
    tensorboard: bool,
    callback: Any,
) -> Any:
    """Train an agent: `gridworld train q-learning --env GridWorld-v0 --steps 1000000`.

    Progress shows steps a second, the mean return of the last episodes and, where the environment's model is known, the
    exact gap to the optimum. Ctrl-C saves the agent; `--resume DIR` goes on from the last checkpoint, and with
    `--steps N` to N steps in all. Tabular agents on environments of this project then end exactly as if they had never
    stopped; others begin their episodes anew.
    """
    if ctx.invoked_subcommand is not None:
        if steps is not None or callback is not None or resume is not None:
            raise click.UsageError(f"what is said of a run comes after its agent: train {ctx.invoked_subcommand} ...")
        return None
    if resume is not None:
        return _resume(resume, steps, trust=trust, tensorboard=tensorboard, callback=callback)
    if config is not None:
        agent_id = _agent_in(config)
        values: dict[str, Any] = {"config": config, "tensorboard": tensorboard, "steps": steps, "callback": callback}
        return _train(agent_id, registry.find(agent_id).load(), values)
    if steps is not None:
        raise click.UsageError(f"which agent? It comes first: gridworld train AGENT --steps {steps}; {LISTED}")
    raise click.UsageError(f"which agent? gridworld train AGENT --env ID, or --resume DIR; {LISTED}")


def _train(agent_id: str, factory: Any, values: dict[str, Any]) -> int:
    """Begin a run."""
    from gridworld_agents.runs.folder import RunFolder, RunSettings
    from gridworld_agents.runs.running import Run

    config = read_configuration(values["config"]) if values.get("config") else {}
    if config.get("agent", agent_id) != agent_id:
        raise click.UsageError(f"{values['config']} is for the agent {config['agent']!r}, not {agent_id!r}")

    def chosen(name: str, default: Any) -> Any:
        flag = values.get(name)
        return config.get(name, default) if flag is None else flag

    env_id = values.get("env_id") or config.get("env")
    if not env_id:
        raise click.UsageError("which environment? --env ID; `gridworld list envs` lists ours")
    steps, seed = chosen("steps", STEPS), chosen("seed", None)
    settings = RunSettings(
        agent=agent_id,
        env=env_id,
        total_timesteps=steps,
        seed=secrets.randbelow(1 << 31) if seed is None else seed,
        env_arguments={**_env_args(config, values.get("config")), **values.get("arguments", {})},
        hyper_parameters={**config.get("hyper_parameters", {}), **agent_flags.given(factory, values)},
        checkpoint_every=chosen("checkpoint_every", max(1, steps // CHECKPOINTS)),
        metrics_every=chosen("metrics_every", max(1, steps // ROWS)),
    )
    if values.get("tensorboard"):
        from gridworld_agents.runs.tensorboard import writer

        writer()  # what is missing shows before a folder is made
    make_env(env_id, settings.env_arguments).close()  # its errors are clearer than those of a run
    out = chosen("out", f"runs/{agent_id.replace('/', '-')}-{settings.seed}")
    tensorboard = bool(values.get("tensorboard"))
    return _learn(Run(RunFolder(out), settings), tensorboard=tensorboard, callback=values.get("callback"))


def _env_args(config: dict[str, Any], path: str | None) -> dict[str, Any]:
    """Return the arguments of the environment that a configuration has; files of maps lie in its folder."""
    try:
        return with_files(config.get("env_args", {}), pathlib.Path(path or "").parent)
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from None


def _resume(path: str, steps: int | None, *, trust: bool, tensorboard: bool, callback: Any) -> int:
    """Go on with a run, to so many steps in all where they are given."""
    from gridworld_agents.runs.folder import RunFolder
    from gridworld_agents.runs.running import Run

    folder = RunFolder(path)
    run = Run(folder, trust=trust)
    tell_versions(folder)
    if steps is not None:
        run.extend(steps)
    if run.finished:
        run.settle()
        console().print(
            f"{path} is finished: {run.settings.total_timesteps:,} steps; with --steps N it goes on to N in all",
            soft_wrap=True,
        )
        return 0
    return _learn(run, tensorboard=tensorboard, callback=callback)


def _learn(run: Any, *, tensorboard: bool, callback: Any) -> int:
    """Learn with a live display, and say how it went."""
    from gridworld_agents.core.interrupts import told_of_signals
    from gridworld_agents.runs.own_callbacks import callback_in
    from gridworld_agents.runs.running import StopAfterSignal

    out, stop = console(), StopAfterSignal()
    extra = [callback_in(callback, run.folder.path)]
    if tensorboard:
        from gridworld_agents.runs.tensorboard import TensorBoard

        extra.append(TensorBoard(run.folder.path, run.settings.metrics_every, run.judge))
    with told_of_signals(stop.tell):
        status = run.learn([LiveProgress(run.judge), stop, *extra])
    gap = "" if run.judge is None else f", value {run.judge.value(run.agent):.6g}, gap {run.judge.gap(run.agent):.3g}"
    cut = run.agent.num_timesteps - run.steps_learned
    unlearned = f", {cut:,} of them in roll-outs cut off before they were learned from" if cut else ""
    out.print(f"{run.settings.agent} on {run.settings.env}: {run.agent.num_timesteps:,} steps{unlearned}{gap}")
    out.print(f"{status}: {pathlib.Path(run.folder.path)}", soft_wrap=True)
    return 130 if stop.told and status != "finished" else 0  # what a callback has ended went as it should
