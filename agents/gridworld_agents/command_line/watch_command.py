"""`gridworld watch`: see what the agent of a run does, with what it is worth drawn on the map."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, cast

import click
import numpy as np

from gridworld_agents.command_line.console import console
from gridworld_env import rendering

if TYPE_CHECKING:
    from collections.abc import Iterator

    import gymnasium as gym


@click.command(name="watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar="DIR")
@click.option("--record", "path", metavar="FILE", help="Write a .gif, .mp4 or .webp instead of opening a window.")
@click.option("--episodes", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Fixes the episodes.")
@click.option("--fps", default=8.0, show_default=True, type=click.FloatRange(min=0.1, max=50), help="Steps a second.")
@click.option("--size", type=click.IntRange(16, 8192), help="Pixels of the picture's longer side.")
@click.option("--trust", is_flag=True, help="Load files that can carry code, such as Stable-Baselines3's.")
def command(folder: str, path: str | None, episodes: int, seed: int, fps: float, size: int | None, trust: bool) -> None:
    """Watch the greedy policy of the agent in DIR, in a window or, with --record, in a file.

    On grid worlds the map shows the policy, and the exact value that it has in every state.
    """
    import gymnasium as gym

    from gridworld_agents.running import load_agent
    from gridworld_agents.runs import RunFolder

    run = RunFolder(folder)
    settings = run.settings()
    recorder = None if path is None else rendering.Recorder(path, fps=fps)
    arguments = {**settings.env_arguments, "render_mode": "rgb_array"}
    if size is not None:
        arguments["render_size"] = size
    env = gym.make(settings.env, **arguments)
    agent = load_agent(run, env, trust=trust)
    show_beliefs(env, agent, settings.agent)
    shown = frames(env, agent, episodes, seed)
    if recorder is None:
        window = rendering.Window(f"{settings.agent} on {settings.env}", fps)
        for frame in shown:
            window.show(frame)
            if window.closed:
                break
        window.close()
        return
    with recorder:
        for frame in shown:
            recorder.add(frame)
    console().print(f"wrote {pathlib.Path(recorder.path)}", soft_wrap=True)


def show_beliefs(env: gym.Env[Any, Any], agent: Any, name: str) -> None:
    """Draw an agent's policy on the map, and the exact value of it, where there are a map and a model."""
    from gridworld_agents.judging import judge_for

    world = cast("Any", env.unwrapped)
    if not hasattr(world, "overlay"):
        return
    judge = judge_for(env, agent)
    if judge is None:
        world.overlay(caption=name, heads_up=True)
        return
    policy = judge.policy(agent)
    try:
        values = judge.values(agent)
    except ValueError:
        values = None  # not finite
    caption = f"{name}: its policy, its exact value, discount {judge.gamma:g}"
    world.overlay(policy=policy, values=values, caption=caption, heads_up=True)


def frames(env: gym.Env[Any, Any], agent: Any, episodes: int, seed: int) -> Iterator[Any]:
    """Yield the frames of episodes that an agent plays greedily."""
    for episode in range(episodes):
        observation, _ = env.reset(seed=seed if episode == 0 else None)
        state, start, over = None, True, False
        yield env.render()
        while not over:
            action, state = agent.predict(observation, state, np.array([start]), deterministic=True)
            observation, _, terminated, truncated, _ = env.step(action)
            start, over = False, terminated or truncated
            yield env.render()
