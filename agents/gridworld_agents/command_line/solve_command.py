"""`gridworld solve`: exact optimal values, as a table in the terminal and as a picture in a file."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, cast

import click
import numpy as np
from rich.table import Table

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.continuous_optimum import print_continuous
from gridworld_agents.command_line.environments import env_args, make_env
from gridworld_env import oracle, protocol, rendering

if TYPE_CHECKING:
    import gymnasium as gym
    from rich.console import Console

    from gridworld_env import TabularMDP

MOST_ROWS = 40
"""Rows of a table of states, unless all are asked for."""


@click.command(name="solve")
@click.argument("env_id", metavar="ENV")
@click.option("--gamma", default=0.9, show_default=True, type=click.FloatRange(0, 1), help="Discount.")
@click.option("--render", "path", metavar="FILE", help="Write a picture: PNG, or SVG or PDF for print.")
@click.option("--size", type=int, help="Pixels of the picture's longer side.")
@click.option("--map", "number", default=0, show_default=True, help="Which map, where an environment has several.")
@click.option("--all", "everything", is_flag=True, help="Show every state, however many there are.")
@env_args
def command(
    env_id: str, gamma: float, path: str | None, size: int | None, number: int, everything: bool, arguments: Any
) -> None:
    """Compute the exact optimal values and policy of ENV.

    Any environment with a model will do: ours, and Gymnasium's FrozenLake-v1, CliffWalking-v1 or Taxi-v4. Grid worlds
    are shown as their map; each cell has an arrow for every optimal action, and its value. Of LinearQuadratic-v0 the
    optimal gain and value are printed, of ContinuousGridWorld-v0 the values on a fine grid with an estimate of their
    error.
    """
    if path is not None:
        rendering.checked_path(path)
    env = make_env(env_id, arguments)
    solve = oracle.continuous_oracle(env)
    if solve is not None:
        print_continuous(console(), env, solve, env_id, gamma, path, size)
        return
    mdp = protocol.known_model(env)
    maps = _maps(env)
    if path is not None and not maps:
        raise click.UsageError(f"{env_id} has no map to draw: leave out --render")
    if number and not 0 <= number < maps:
        raise click.UsageError(f"--map must be in [0, {maps}), got {number}: {env_id} has {maps} maps")
    best = oracle.optimal(mdp, gamma=gamma)
    out = console()
    out.print(f"{env_id}: {mdp.num_states} states, {mdp.num_actions} actions, discount {gamma:g}")
    start = f"value of the start{_over(mdp)}: {float(mdp.initial @ best.v):.6g}"
    out.print(f"{start}   error at most {best.error:.1e}", soft_wrap=True)
    if not maps:
        _print_states(out, best, env, everything=everything)
        return
    which = f", map {number}" if maps > 1 else ""
    scene = _scene(env, best, number, f"{env_id}{which}: optimal values and policy, discount {gamma:g}")
    _print_map(out, scene, everything=everything)
    if path is not None:
        rendering.save(scene, path, size)
        out.print(f"wrote {pathlib.Path(path)}")


def _over(mdp: TabularMDP) -> str:
    """Return over what the value of the start is a mean, where episodes begin in several states."""
    chances = mdp.initial[mdp.initial > 0]
    if len(chances) == 1:
        return ""
    uniform = np.allclose(chances, chances[0])
    return f" (mean over {len(chances):,} start states{'' if uniform else ', by their probabilities'})"


def _maps(env: gym.Env[Any, Any]) -> int:
    """Return how many maps an environment has."""
    return len(getattr(env.unwrapped, "layouts", ()))


def _scene(env: gym.Env[Any, Any], best: oracle.Solution, number: int, caption: str) -> rendering.Scene:
    """Return the scene of a map without an agent on it."""
    picture = cast("protocol.Drawable", env.unwrapped)
    picture.overlay(values=best.v, policy=best.policy, caption=caption)
    scene: rendering.Scene = picture.scene_of(number)
    return scene


def _print_map(out: Console, scene: rendering.Scene, *, everything: bool) -> None:
    """Print a map with all that fits into the terminal: arrows and values, or arrows alone, or the map."""
    scenes = [scene, scene.without("values")]
    for one in scenes:
        text = rendering.draw_text(one)
        rows = text.split("\n")[1:]
        fits = max(map(len, rows)) <= out.width and len(rows) <= 2 * MOST_ROWS
        if fits or everything:
            out.print("\n".join(rows), soft_wrap=True)
            out.print(f"each cell: {rendering.text_legend(one)}")
            if one is not scene:
                out.print("(the values need a wider terminal: --all prints them all the same, --render draws them)")
            return
    out.print(f"(a map of {scene.layout.height} x {scene.layout.width} cells: --render draws it, --all prints it)")


def _print_states(out: Console, best: oracle.Solution, env: gym.Env[Any, Any], *, everything: bool) -> None:
    """Print a table of states."""
    S, A = best.q.shape
    actions = getattr(env.unwrapped, "action_names", None) or list(map(str, range(A)))
    states = getattr(env.unwrapped, "state_names", None) or list(map(str, range(S)))
    table = Table("state", "optimal value", "optimal actions")
    shown = len(best.v) if everything else min(len(best.v), MOST_ROWS)
    for s in range(shown):
        table.add_row(states[s], f"{best.v[s]:.6g}", ", ".join(actions[a] for a in np.flatnonzero(best.policy[s])))
    out.print(table)
    if shown < len(best.v):
        out.print(f"({len(best.v) - shown} more states: --all prints them)")
