"""Moving pictures: the optimal policy at work on an environment, with its exact values where there is a map.

Each has a still beside it, which stands for it where the reader's system asks for less motion.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

import gymnasium as gym
from docstrings import slug
from PIL import Image

import gridworld_agents as ga
from gridworld_agents.evaluation.watching import episodes_of, show_beliefs
from gridworld_env import oracle, rendering

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable

GAMMA = 0.99
SIZE = 300
"""Pixels of a picture's longer side."""
MOST_STEPS = 40
"""A moving picture is a taste, and is loaded before any text is read."""
SEED = 4
FPS = 5

FRONT = (
    "GridWorld-v0",
    "GridWorld/FourRooms-v0",
    "GridWorld/Maze-v0",
    "ContinuousGridWorld-v0",
    "GridWorld/Cliff-v0",
    "GridWorld/Windy-v0",
    "GridWorld/Random-v0",
    "GridWorld/DeepSea-v0",
)
"""What the front page shows."""
SHOWN = "Each is the optimal policy at work: colours are its exact values, arrows its actions."


def record(env_id: str, folder: pathlib.Path) -> None:
    """Write ID.webp, the optimum playing an episode, and ID.png, a frame from the middle of it, into a folder."""
    with contextlib.closing(gym.make(env_id, render_mode="rgb_array", render_size=SIZE)) as env:
        agent = optimum(env)
        world: Any = env.unwrapped
        world.overlay(caption=None, heads_up=False)  # the page says what it is
        frames = list(itertools.islice(episodes_of(agent, env, 1, seed=SEED), MOST_STEPS))
    name = slug(env_id)
    rendering.record(folder / f"{name}.webp", frames, fps=FPS, hold=1.5, progress=False)
    Image.fromarray(frames[len(frames) // 2]).save(folder / f"{name}.png", optimize=True)


def optimum(env: gym.Env[Any, Any]) -> Any:
    """Return what acts optimally on an environment, after its values and policy are drawn there."""
    world: Any = env.unwrapped
    solve = oracle.continuous_oracle(env)
    if solve is not None:
        best = solve(env, GAMMA)
        world.overlay(values=best.value, policy=best)
        return best
    agent = ga.make("optimal", env, seed=0, gamma=GAMMA)
    show_beliefs(agent, env, agent.id, GAMMA)
    return agent


def cards(ids: Iterable[str], pages: str) -> str:
    """Return a gallery as Markdown: pictures that move, their stills, and links to the pages in a folder."""
    return "`````{container} gallery\n" + "\n".join(card(env_id, pages) for env_id in ids) + "\n`````"


def card(env_id: str, pages: str) -> str:
    """Return one picture of a gallery."""
    name = slug(env_id)
    shown = "\n".join(
        f"```{{image}} {pages}moving/{name}.{kind}\n:class: {role}\n:alt: {env_id}: its optimal policy acts\n"
        f":target: {pages}{name}.html\n:loading: lazy\n```"
        for kind, role in (("webp", "moving"), ("png", "still"))
    )
    return f"````{{container}} card\n{shown}\n\n[{env_id}]({pages}{name}.md)\n````"


def front() -> str:
    """Return the gallery of the front page, and what it shows."""
    return f"{cards(FRONT, 'environments/')}\n\n{SHOWN}\n\n"
