"""`gridworld evaluate`: how good the agent of a run is, by playing and, where the model is known, exactly."""

from __future__ import annotations

from typing import Any, cast

import click

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import make_env


@click.command(name="evaluate")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar="DIR")
@click.option("--episodes", default=100, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Fixes the episodes.")
@click.option("--stochastic", is_flag=True, help="Let the agent explore as it does while it learns.")
@click.option(
    "--max-steps", default=100_000, show_default=True, type=click.IntRange(min=1), help="Where to leave an episode."
)
@click.option("--trust", is_flag=True, help="Load files that can carry code, such as Stable-Baselines3's.")
def command(folder: str, episodes: int, seed: int, stochastic: bool, max_steps: int, trust: bool) -> None:
    """Say how good the agent in DIR is: its mean return with a 95% interval, and its exact value and gap."""
    from gridworld_agents.evaluation import evaluate
    from gridworld_agents.judging import judge_for
    from gridworld_agents.running import load_agent
    from gridworld_agents.runs import RunFolder

    run = RunFolder(folder)
    settings = run.settings()
    env = make_env(settings.env, settings.env_arguments)
    agent = cast("Any", load_agent(run, env, trust=trust))
    played = evaluate(agent, env, episodes, seed=seed, deterministic=not stochastic, max_steps=max_steps)
    low, high = played.interval
    out = console()
    out.print(f"{settings.agent} on {settings.env}, {agent.num_timesteps:,} steps")
    out.print(f"mean return of {episodes} episodes: {played.mean:.6g}   95% interval {low:.6g} to {high:.6g}")
    if played.unfinished:
        out.print(f"{played.unfinished} of them had not ended after {max_steps:,} steps and were left there")
    judge = judge_for(env, agent)
    if judge is None:
        out.print("exact value: not known, for this environment has no exact model")
        return
    value = judge.value(agent)
    out.print(f"exact value at discount {judge.gamma:g}: {value:.9g}   optimum {judge.optimum:.9g}")
    out.print(f"gap to the optimum: {judge.gap(agent):.3g}")
