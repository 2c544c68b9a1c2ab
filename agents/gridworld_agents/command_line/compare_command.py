"""`gridworld compare`: agents on environments over many seeds, on all cores or a cluster; a verdict, a report."""

from __future__ import annotations

import pathlib
import shlex
from typing import TYPE_CHECKING, Any

import click

from gridworld_agents.command_line import environments, own_callbacks
from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import env_args, literal
from gridworld_agents.command_line.mistakes import Failed
from gridworld_agents.command_line.own_callbacks import callback_option
from gridworld_agents.command_line.sweep_options import SWEEP, SweepCommand, sweep_of

if TYPE_CHECKING:
    from gridworld_agents.comparison.suite import Suite

SEEDS, STEPS = 10, 100_000
MOST_SEEDS = 40
"""How many seeds `--until-significant` adds up to, unless told otherwise."""


class _Several(click.Option):
    """An option that takes all the words up to the next option: `--agents a b c`."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser take more than one word."""
        super().add_to_parser(parser, ctx)
        own = parser._long_opt[self.opts[0]]  # noqa: SLF001 - click has no public way
        process = own.process

        def greedy(value: Any, state: Any) -> None:
            process(value, state)
            while state.rargs and not state.rargs[0].startswith("-"):
                process(state.rargs.pop(0), state)

        own.process = greedy


def _there(_ctx: click.Context, _param: click.Parameter, path: str | None) -> str | None:
    """Validate that a suite is a file; it may be an agent's name."""
    if path is not None and (not pathlib.Path(path).exists() or pathlib.Path(path).is_dir()):
        way_out = "" if path.endswith(".toml") else f"; agents are named by --agents: --agents {path} ... --env ID ..."
        raise click.UsageError(f"there is no suite file {path!r}{way_out}")
    return path


@click.command(name="compare", cls=SweepCommand)
@click.argument("suite_file", required=False, callback=_there, metavar="[SUITE.toml]")
@click.option("--agents", cls=_Several, multiple=True, metavar="ID ...", help="What is compared; q-learning:alpha=0.5.")
@click.option("--env", "envs", cls=_Several, multiple=True, metavar="ID ...", help="Where; several may be named.")
@env_args
@click.option(
    "--seeds", type=click.IntRange(min=1), help=f"Runs of each agent on each environment.  [default: {SEEDS}]"
)
@click.option("--steps", type=click.IntRange(min=1), help=f"Training steps per run.  [default: {STEPS}]")
@click.option("--gamma", type=click.FloatRange(0, 1), help="Discount at which all are judged.  [default: 0.99]")
@click.option("--out", type=click.Path(file_okay=False), help="Folder.  [default: runs/compared]")
@click.option("--resume", is_flag=True, help="Go on with the comparison in --out; failed runs are done again.")
@click.option("--jobs", type=click.IntRange(min=1), help="Runs at a time.  [default: one for each core]")
@click.option("--backend", default="joblib", show_default=True, metavar="joblib|dask", help="Execution backend.")
@click.option("--address", metavar="ADDRESS", help="Address of the cluster: tcp://HOST:PORT.")
@click.option("--confidence", default=0.95, show_default=True, type=click.FloatRange(0, 1, True, True))
@click.option("--until-significant", is_flag=True, help="Add seeds until every two agents are told apart.")
@click.option("--max-seeds", type=click.IntRange(min=1), help=f"With --until-significant.  [default: {MOST_SEEDS}]")
@click.option("--trust", is_flag=True, help="For the report, load files that can carry code, whoever wrote them.")
@callback_option
@click.option("--report/--no-report", default=True, show_default=True, help="Write report.html.")
@click.pass_context
def command(ctx: click.Context, /, suite_file: str | None, **values: Any) -> int:
    """Compare agents over many seeds: exact gaps to the optimum where it is known, returns elsewhere.

    What is compared comes from flags or from a TOML file; see examples/suites. Every run is kept in a folder of its
    own, so that a comparison which was interrupted goes on by --resume and ends as if it had not been.

    An agent may have settings, as in q-learning:alpha=0.5,epsilon=0.2, and a label, as in bold=q-learning:alpha=0.5.
    Any hyper-parameter of the agents is an option too: `--alpha 0.1 0.2 0.5` tries each of these values, and the best
    is chosen on every other seed and reported on the rest.
    """
    from gridworld_agents.comparison.comparing import run_suite
    from gridworld_agents.comparison.executing import AllRunsFailedError, Interrupted
    from gridworld_agents.comparison.live import Live
    from gridworld_agents.comparison.printing import failures, table
    from gridworld_agents.comparison.tuning import all_sentences

    out, folder = console(), values["out"] or "runs/compared"
    suite = _suite(ctx, suite_file, values)
    most = (values["max_seeds"] or MOST_SEEDS) if values["until_significant"] else None
    if values["max_seeds"] and most is None:
        raise click.UsageError("--max-seeds needs --until-significant")
    try:
        found = run_suite(
            suite,
            folder,
            resume=values["resume"],
            jobs=values["jobs"],
            backend=values["backend"],
            address=values["address"],
            max_seeds=None if most is None else max(most, len(suite.seeds)),
            confidence=values["confidence"],
            command=_command(ctx, suite_file, suite, values),
            watch=Live(out),
            callback=values["callback"],
        )
    except Interrupted:
        out.print(f"stopped, everything is kept: the same command with --resume goes on in {folder}", soft_wrap=True)
        return 130
    except AllRunsFailedError as error:
        raise Failed(str(error)) from error
    out.print(table(found))
    for sentence in all_sentences(found, confidence=values["confidence"]):
        out.print(sentence, soft_wrap=not out.is_terminal)  # one a line for programs, whole words for people
    for line in failures(found):
        out.print(line, soft_wrap=not out.is_terminal)
    _finish(found, values)
    return 1 if found.failures else 0


def _finish(found: Any, values: dict[str, Any]) -> None:
    out = console()
    if values["report"]:
        from gridworld_agents.report.writing import write

        try:
            page = write(found, confidence=values["confidence"], trust=values["trust"])
        except ImportError as error:
            out.print(f"no report: {error}", soft_wrap=True)
        else:
            out.print(f"report: {page}", soft_wrap=True)
    out.print(f"results: {found.folder}", soft_wrap=True)


def _suite(ctx: click.Context, path: str | None, values: dict[str, Any]) -> Suite:
    """Return what is to be compared; flags have precedence over a file."""
    import dataclasses

    from gridworld_agents.comparison.suite import EnvChoice, Suite
    from gridworld_agents.comparison.suite_files import read_suite, seeds_of
    from gridworld_agents.comparison.sweep import agent_of, hyper_parameters_of, swept

    chosen: dict[str, Any] = {name: values[name] for name in ("steps", "gamma") if values[name] is not None}
    if values["seeds"] is not None:
        chosen["seeds"] = seeds_of(values["seeds"])
    if values["agents"]:
        chosen["agents"] = tuple(agent_of(word, literal) for word in values["agents"])
    if values["envs"]:
        chosen["envs"] = tuple(EnvChoice(name, arguments=values["arguments"]) for name in values["envs"])
    elif values["arguments"]:
        raise click.UsageError("--env-arg needs --env; environments of a suite file have `arguments`")
    held = None if path is None else read_suite(path)
    for name, flag in (("agents", "--agents ID ..."), ("envs", "--env ID")):
        if name not in chosen and held is None:
            raise click.UsageError(f"what is to be compared? {flag}, or a suite file")
    agents = chosen["agents"] if held is None or "agents" in chosen else held.agents
    if ctx.meta[SWEEP]:
        sweep = sweep_of(ctx, [name for agent in agents for name in hyper_parameters_of(agent.id)])
        chosen |= {"agents": swept(agents, sweep), "sweep": tuple(sweep)}
    if held is not None:
        return dataclasses.replace(held, **chosen)
    return Suite(**{"seeds": seeds_of(SEEDS), "steps": STEPS, **chosen})


def _command(ctx: click.Context, path: str | None, suite: Suite, values: dict[str, Any]) -> str:
    """Return the command that repeats the comparison."""
    words = ["gridworld", "compare"]
    if path is not None:
        words.append(path)
    for flag, name in (("--agents", "agents"), ("--env", "envs")):
        words += [flag, *values[name]] if values[name] else []
    for flag, given in ctx.meta[SWEEP].items():
        words += [flag, *given]
    for text in ctx.meta[environments.GIVEN]:
        words += ["--env-arg", text]
    words += ["--callback", ctx.meta[own_callbacks.GIVEN]] if values["callback"] is not None else []
    for name in ("steps", "gamma", "max_seeds"):
        words += [f"--{name.replace('_', '-')}", str(values[name])] if values[name] is not None else []
    if values["seeds"] is not None or path is None:
        words += ["--seeds", str(len(suite.seeds))]
    words += ["--until-significant"] if values["until_significant"] else []
    return shlex.join([*words, "--out", values["out"] or "runs/compared"])
