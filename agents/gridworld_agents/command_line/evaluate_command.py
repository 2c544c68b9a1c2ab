"""`gridworld evaluate`: how good the agent of a run is, by playing and, where the optimum is known, against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click
import numpy as np

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import imports, make_env
from gridworld_agents.command_line.shared_runs import open_run

if TYPE_CHECKING:
    from rich.console import Console

    from gridworld_agents.evaluation.continuous_judge import ContinuousJudge, Judged
    from gridworld_agents.evaluation.judge import Judge


@click.command(name="evaluate")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar="DIR")
@click.option("--episodes", default=100, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Fixes the episodes.")
@click.option("--stochastic", is_flag=True, help="Let the agent explore as it does while it learns.")
@click.option(
    "--max-steps", default=100_000, show_default=True, type=click.IntRange(min=1), help="Where to leave an episode."
)
@click.option("--gamma", type=click.FloatRange(0, 1), help="Discount of value and gap.  [default: the agent's own]")
@click.option("--trust", is_flag=True, help="Load files that can carry code, such as Stable-Baselines3's.")
@imports
def command(
    folder: str, episodes: int, seed: int, stochastic: bool, max_steps: int, gamma: float | None, trust: bool
) -> None:
    """Say how good the agent in DIR is: its mean return with a 95% interval, and its value and gap to the optimum.

    Value and gap are exact where the environment has a model of states that can be counted. In LinearQuadratic-v0 and
    ContinuousGridWorld-v0 they are found by playing, and stand with their standard errors. Of an agent that explores
    with a constant epsilon the gap to the best epsilon-soft policy is told too: what it can come to while it explores.
    Of one that values a policy which is given, such as td0, it is the error of its values in place of a gap.
    """
    from gridworld_agents.evaluation.continuous_judge import continuous_judge_for
    from gridworld_agents.evaluation.judge import judge_or_reason, usual_gamma
    from gridworld_agents.evaluation.playing import evaluate
    from gridworld_agents.runs.running import load_agent

    run, settings = open_run(folder, trust=trust)
    env = make_env(settings.env, settings.env_arguments)
    agent = cast("Any", load_agent(run, env, settings.agent, trust=trust))
    how: Any = {"seed": seed, "deterministic": not stochastic, "max_steps": max_steps}
    try:
        continuous, reason = continuous_judge_for(env, agent, gamma), ""
    except (ValueError, RuntimeError) as error:
        continuous, reason = None, str(error)
    judged = None if continuous is None else continuous.judge(agent, episodes, **how)
    played = evaluate(agent, env, episodes, **how) if judged is None else judged.played
    low, high = played.interval
    out = console()
    out.print(f"{settings.agent} on {settings.env}, {agent.num_timesteps:,} steps")
    out.print(f"mean return of {episodes} episodes: {played.mean:.6g} (not discounted)", soft_wrap=True)
    out.print(f"95% interval of that mean: {low:.6g} to {high:.6g}", soft_wrap=True)
    if played.unfinished:
        out.print(f"{played.unfinished} of them had not ended after {max_steps:,} steps and were left there")
    if continuous is not None and judged is not None:
        _print_judged(out, continuous, judged, agent)
        return
    judge, why = judge_or_reason(env, usual_gamma(agent) if gamma is None else gamma)
    if judge is None:
        out.print(f"exact value: not known, for {reason or why}", soft_wrap=True, markup=False)
        return
    if getattr(agent, "predicts", False):
        _print_predicted(out, judge, agent)
    else:
        _print_exact(out, judge, agent)


def _print_exact(out: Console, judge: Judge, agent: Any) -> None:
    """Print value and gap, and those of the agent while it explores."""
    from gridworld_agents.evaluation.exploring import exploring

    value, discount = judge.value(agent), f"discount {judge.gamma:g}"
    out.print(f"exact value at {discount}: {value:.9g}   optimum {judge.optimum:.9g}", soft_wrap=True)
    out.print(f"gap to the optimum: {judge.gap(agent):.3g} ({discount})")
    found = exploring(agent, judge)
    if found is None:
        return
    best = found.best
    out.print(
        f"exploring by epsilon {best.epsilon:g}: {found.value:.6g}   best epsilon-soft {best.value:.6g} ({discount})\n"
        f"gap to the best epsilon-soft policy: {max(found.gap, 0.0):.3g} ({discount})\n"
        f"value of that policy once it explores no more: {best.greedy:.6g} ({discount})",
        soft_wrap=True,
    )


def _print_predicted(out: Console, judge: Judge, agent: Any) -> None:
    """Print what an agent that values a given policy says of it, and the error."""
    from gridworld_agents.core.asking import by_state
    from gridworld_agents.evaluation.beliefs import beliefs_of

    held, discount = beliefs_of(agent, judge), f"discount {judge.gamma:g}"
    counted = "" if held.error is None else f" over {int((~np.isnan(held.error)).sum())} states it gets to"
    out.print(f"exact value of the policy that it values, at {discount}: {judge.value(agent):.9g}", soft_wrap=True)
    if held.error is None:
        out.print("value error: not known, for the agent shows no values")
        return
    learned = by_state(agent, judge.env, agent.values, judge.mdp.num_states)
    out.print(
        f"value that it learned of the start, at {discount}: {judge.mean_from_starts(learned):.9g}", soft_wrap=True
    )
    out.print(f"value error: {held.root_mean_square:.3g} ({discount}; root mean square{counted})", soft_wrap=True)


def _print_judged(out: Console, judge: ContinuousJudge, judged: Judged, agent: Any) -> None:
    """Print value and gap beside the optimum's, and in a linear system the agent's gain."""
    from gridworld_agents.evaluation.continuous_judge import linearised_gain

    within = f" +- {judge.error:.1g} (fine grid)" if judge.error else " (Riccati)"
    out.print(
        f"value at discount {judge.gamma:g}: {judged.value:.6g} +- {judged.value_error:.2g}   "
        f"optimum {judge.optimum:.6g}{within}",
        soft_wrap=True,
    )
    gap, error = judged.gap, judged.gap_error
    out.print(f"gap to the optimum: {gap:.3g} +- {error:.2g} (discount {judge.gamma:g}; +- is a standard error)")
    if judge.linear:
        near = linearised_gain(agent, judge.env, gamma=judge.gamma)
        out.print(
            f"gain at 0: {as_text(near.gain)}   exact {as_text(near.exact)}   distance {near.distance:.2%}",
            soft_wrap=True,
        )


def as_text(matrix: Any) -> str:
    """Return a matrix in a line."""
    return "[" + ", ".join("[" + ", ".join(f"{entry:.4g}" for entry in row) + "]" for row in matrix) + "]"
