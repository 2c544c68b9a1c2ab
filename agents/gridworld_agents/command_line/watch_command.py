"""`gridworld watch`: see what the agent of a run does, with what it is worth drawn on the map."""

from __future__ import annotations

import pathlib

import click

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import imports, make_env
from gridworld_agents.core.env_ids import check_env_module
from gridworld_env import rendering


@click.command(name="watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar="DIR")
@click.option("--record", "path", metavar="FILE", help="Write a .gif, .mp4 or .webp instead of opening a window.")
@click.option("--episodes", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Fixes the episodes.")
@click.option("--fps", default=8.0, show_default=True, type=click.FloatRange(min=0.1, max=50), help="Steps a second.")
@click.option("--size", type=click.IntRange(16, 8192), help="Pixels of the picture's longer side.")
@click.option(
    "--max-steps", default=1_000, show_default=True, type=click.IntRange(min=1), help="Where to leave an episode."
)
@click.option("--trust", is_flag=True, help="Load files that can carry code, such as Stable-Baselines3's.")
@imports
def command(
    folder: str,
    path: str | None,
    episodes: int,
    seed: int,
    fps: float,
    size: int | None,
    max_steps: int,
    trust: bool,
) -> None:
    """Watch the greedy policy of the agent in DIR, in a window or, with --record, in a file.

    On grid worlds the map shows the policy, and the exact value that it has in every state.
    """
    from gridworld_agents.evaluation.watching import episodes_of, show_beliefs
    from gridworld_agents.runs.folder import RunFolder
    from gridworld_agents.runs.running import load_agent

    run = RunFolder(folder)
    settings = run.settings()
    check_env_module(settings.env, run.record, trust=trust)
    recorder = None if path is None else rendering.Recorder(path, fps=fps)
    arguments = {**settings.env_arguments, "render_mode": "rgb_array"}
    if size is not None:
        arguments["render_size"] = size
    env = make_env(settings.env, arguments)
    agent = load_agent(run, env, settings.agent, trust=trust)
    show_beliefs(agent, env, settings.agent)
    shown = episodes_of(agent, env, episodes, seed=seed, max_steps=max_steps)
    if recorder is None:
        window = rendering.Window(f"{settings.agent} on {settings.env}", fps)
        try:
            for frame in shown:
                window.show(frame)
                if window.closed:
                    break
        except rendering.NoDisplayError as error:
            raise click.UsageError(
                "no window can be opened here: --record FILE.gif writes what it would show"
            ) from error
        window.close()
        return
    with recorder:
        for frame in shown:
            recorder.add(frame)
    console().print(f"wrote {pathlib.Path(recorder.path)}", soft_wrap=True)
