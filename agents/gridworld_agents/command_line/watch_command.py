"""`gridworld watch`: see what the agent of a run does and believes, and how it came to that."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

import click

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import imports, make_env
from gridworld_agents.command_line.shared_runs import open_run
from gridworld_agents.evaluation.beliefs import SHOWN
from gridworld_env import protocol, rendering

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

STILLS = (".png", ".svg", ".pdf")
"""Endings of files that hold one picture."""
FRAMES, COLUMNS = 40, 6
"""Moments of a training that are shown, in an animation and in a strip."""


@click.command(name="watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), metavar="DIR")
@click.option(
    "--show",
    type=click.Choice(SHOWN),
    default="exact",
    show_default=True,
    help="What the map shows beside the policy: the values that the agent learned, the exact ones of its policy, what "
    "those that it learned miss, or how often it learned from each state.",
)
@click.option("--training", is_flag=True, help="Show how values, policy and error grow: it learns once more.")
@click.option("--moments", type=click.IntRange(2, 1000), help="Of a training.  [default: 40, in a picture 6]")
@click.option(
    "--record",
    "path",
    metavar="FILE",
    help="Write a .gif, .mp4 or .webp, or one picture as .png, .svg or .pdf, instead of opening a window.",
)
@click.option("--episodes", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Fixes the episodes.")
@click.option("--fps", default=8.0, show_default=True, type=click.FloatRange(min=0.1, max=50), help="Frames a second.")
@click.option("--size", type=click.IntRange(16, 8192), help="Pixels of the longer side of a map.")
@click.option(
    "--max-steps", default=1_000, show_default=True, type=click.IntRange(min=1), help="Where to leave an episode."
)
@click.option("--trust", is_flag=True, help="Load files that can carry code, such as Stable-Baselines3's.")
@imports
def command(
    folder: str,
    show: str,
    training: bool,
    moments: int | None,
    path: str | None,
    episodes: int,
    seed: int,
    fps: float,
    size: int | None,
    max_steps: int,
    trust: bool,
) -> None:
    """Watch the greedy policy of the agent in DIR, in a window or, with --record, in a file.

    On grid worlds the map shows the policy, and what --show asks for. With --training a fresh agent learns once more
    from the same seed and is shown on the way: on the left its values and policy, on the right their error. A .png,
    .svg or .pdf holds that as a strip for a page, and without --training one map.
    """
    from gridworld_agents.evaluation.judge import usual_gamma
    from gridworld_agents.evaluation.watching import episodes_of, show_beliefs, value_range_of
    from gridworld_agents.runs.running import load_agent

    if moments is not None and not training:
        raise click.UsageError("--moments are those of --training")
    run, settings = open_run(folder, trust=trust)
    still = _still(path)
    recorder = None if path is None or still is not None else rendering.Recorder(path, fps=fps)
    arguments = {**settings.env_arguments, "render_mode": "rgb_array"}
    if size is not None:
        arguments["render_size"] = size
    env = make_env(settings.env, arguments)
    agent = load_agent(run, env, settings.agent, trust=trust)
    if training:
        shown = _training(run, agent, env, moments or (COLUMNS if still else FRAMES), still, size)
    else:
        span = value_range_of([agent], env, usual_gamma(agent), learned=True) if show in ("learned", "exact") else None
        show_beliefs(agent, env, settings.agent, value_range=span, show=show)
        if still is not None:
            picture = env.unwrapped
            if not isinstance(picture, protocol.Drawable):
                raise click.UsageError(f"{settings.env} has no map: --record FILE.gif shows an episode")
            rendering.save(picture.scene_of(0), still, size)
        shown = episodes_of(agent, env, episodes, seed=seed, max_steps=max_steps)
    if still is not None:
        console().print(f"wrote {still}", soft_wrap=True)
    else:
        _present(shown, recorder, f"{settings.agent} on {settings.env}", fps)


def _still(path: str | None) -> pathlib.Path | None:
    """Return the path of a file that holds one picture, checked; None for any other."""
    if path is None or pathlib.Path(path).suffix.lower() not in STILLS:
        return None
    return rendering.checked_path(path)


def _training(
    run: Any, saved: Any, env: Any, count: int, still: pathlib.Path | None, size: int | None
) -> Iterable[npt.NDArray[Any]]:
    """Return the frames of a run's training; or write its strip into a file, and return none."""
    from gridworld_agents.core import registry
    from gridworld_agents.evaluation.judge import judge_or_reason, usual_gamma
    from gridworld_agents.evaluation.training import check_same, moments_at, training_moments
    from gridworld_agents.evaluation.training_pictures import training_frames

    settings = run.settings()
    judge, why = judge_or_reason(env, usual_gamma(saved))
    if judge is None:
        raise click.UsageError(f"the training of {settings.agent} cannot be shown, for {why}")
    if not saved.num_timesteps:
        raise click.UsageError(f"{run.path} holds an agent that has not learned yet: go on with it by --resume")
    fresh: Any = registry.make(settings.agent, env, seed=settings.seed, **settings.hyper_parameters)
    moments = training_moments(fresh, judge, moments_at(saved.num_timesteps, count))
    check_same(fresh, saved, judge)
    if still is None:
        return training_frames(env, moments, judge, settings.agent, size)
    from gridworld_agents.plotting.strips import strip

    strip(env, moments, judge).savefig(still, bbox_inches="tight")
    return ()


def _present(frames: Iterable[npt.NDArray[Any]], recorder: rendering.Recorder | None, title: str, fps: float) -> None:
    """Show frames in a window, or write them into a file."""
    if recorder is None:
        window = rendering.Window(title, fps)
        try:
            for frame in frames:
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
        for frame in frames:
            recorder.add(frame)
    console().print(f"wrote {pathlib.Path(recorder.path)}", soft_wrap=True)
