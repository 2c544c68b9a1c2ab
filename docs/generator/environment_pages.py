"""A page for each environment, from its docstring, its registered spec and its exact optimum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gallery
import gymnasium as gym
from docstrings import docstring, first_line, slug, table

from gridworld_env import TabularMDP, oracle, rendering
from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

if TYPE_CHECKING:
    import pathlib

ALL = (*TABLE, *MODELS, *CONTINUOUS)
GAMMA = 0.99
PICTURE = 560


def write(folder: pathlib.Path) -> list[str]:
    """Write the pages and the pictures on them into a folder, and return the names of the pages, the overview first."""
    pictures = folder / "pictures"
    moving = folder / "moving"
    for made in (pictures, moving):
        made.mkdir(parents=True, exist_ok=True)
    rows = []
    for entry in ALL:
        env = gym.make(entry.id, render_mode="rgb_array")
        name = slug(entry.id)
        draw(env, pictures / f"{name}.png")
        gallery.record(entry.id, moving)
        (folder / f"{name}.md").write_text(page(env))
        rows.append([f"[`{entry.id}`]({name}.md)", first_line(type(env.unwrapped)), best_return(model(env))])
        env.close()
    shown = [gallery.cards((entry.id for entry in ALL), ""), gallery.SHOWN]
    text = ["# Environments", *shown, OVERVIEW, table(["id", "what it is", "best return"], rows)]
    (folder / "index.md").write_text("\n\n".join(text) + "\n")
    return ["index", *(slug(entry.id) for entry in ALL)]


OVERVIEW = """\
Each page is made from the environment's own docstring, from what is registered with Gymnasium, and from the oracle. The
best return is the exact mean return of the best policy, undiscounted, from the environment's own start; a dash marks
environments whose states cannot be listed in a table. The best discounted value of those is on their pages."""


EXAMPLE = """\
```python
import gymnasium as gym

env = gym.make("gridworld_env:{id}")
observation, info = env.reset(seed=0)
```"""


def page(env: gym.Env[Any, Any]) -> str:
    """Return the page of an environment."""
    spec = env.spec
    name = slug(spec.id)
    mdp = model(env)
    facts = [
        ["id", f"`{spec.id}`"],
        ["observations", f"`{env.observation_space}`"],
        ["actions", f"`{env.action_space}`"],
        ["time limit", f"{spec.max_episode_steps} steps" if spec.max_episode_steps else "none"],
        ["reward threshold", f"{spec.reward_threshold:g}" if spec.reward_threshold is not None else "none"],
        *optimum(mdp),
        *continuous_optimum(env),
    ]
    summary, _, body = docstring(type(env.unwrapped)).partition("\n")
    shows = "its optimal values and actions" if shows_values(env) else "at the start of an episode"
    return "\n\n".join(
        [
            f"# {spec.id}",
            summary,
            f"![{spec.id}: {shows}](pictures/{name}.png)",
            table(["", "by default"], facts),
            EXAMPLE.format(id=spec.id),
            body.strip(),
            "",
        ]
    )


def model(env: gym.Env[Any, Any]) -> TabularMDP | None:
    """Return the exact model of an environment, or None if it has none."""
    try:
        return TabularMDP.from_env(env)
    except ValueError:
        return None


def best_return(mdp: TabularMDP | None) -> str:
    """Return the exact best undiscounted return, a dash where there is no model or no finite answer."""
    if mdp is None:
        return "-"
    try:
        return f"{start_value(mdp, gamma=1):.6g}"
    except ValueError:
        return "-"


def start_value(mdp: TabularMDP, gamma: float) -> float:
    """Return the best mean value of the first state."""
    starts = mdp.initial > 0  # elsewhere the value may be infinite
    return float(mdp.initial[starts] @ oracle.optimal(mdp, gamma=gamma).v[starts])


def optimum(mdp: TabularMDP | None) -> list[list[str]]:
    """Return the lines about the optimum, none where there is no model."""
    if mdp is None:
        return []
    K = mdp.num_outcomes
    chance = "nothing is random" if K == 1 else f"an action has up to {K} outcomes"
    return [
        ["model", f"{mdp.num_states} states, {mdp.num_actions} actions; {chance}"],
        ["best return", best_return(mdp)],
        [f"best value, gamma {GAMMA}", f"{start_value(mdp, GAMMA):.6g}"],
    ]


def continuous_best(env: gym.Env[Any, Any]) -> Any:
    """Return what the oracle of continuous environments knows of one, None where it knows nothing."""
    solve = oracle.continuous_oracle(env)
    return None if solve is None else solve(env, GAMMA)


def continuous_optimum(env: gym.Env[Any, Any]) -> list[list[str]]:
    """Return the lines about the optimum of a continuous environment, none of another one."""
    best = continuous_best(env)
    if best is None:
        return []
    error = getattr(best, "start_error", 0.0)
    told = f"{best.start_value:.4f} +- {error:.4f}, on a fine grid" if error else f"{best.start_value:.6g}, by Riccati"
    gain = [] if error else [[f"best gain, gamma {GAMMA}", f"`{best.gain.round(6).tolist()}`"]]
    return [[f"best value, gamma {GAMMA}", told], *gain]


def shows_values(env: gym.Env[Any, Any]) -> bool:
    """Return whether the picture can show values: an optimum is known, and there is a map to draw it on."""
    return hasattr(env.unwrapped, "scene_of") and (model(env) is not None or oracle.continuous_oracle(env) is not None)


def draw(env: gym.Env[Any, Any], path: pathlib.Path) -> None:
    """Draw an environment: with its optimum where that can be shown, else as it stands after a reset."""
    if not shows_values(env):
        env.reset(seed=0)
        save_frame(env.render(), path)
        return
    world: Any = env.unwrapped
    best = continuous_best(env)
    if best is not None:
        world.overlay(values=best.value, policy=best)
        rendering.save(world.scene_of(), path, PICTURE)
        return
    best = oracle.optimal(world.mdp, gamma=GAMMA)
    world.overlay(values=best.v, policy=best.policy)
    rendering.save(world.scene_of(0), path, PICTURE)


def save_frame(frame: Any, path: pathlib.Path) -> None:
    """Write a frame (height, width, 3) uint8 to a PNG file."""
    import pygame

    pygame.image.save(pygame.image.frombuffer(frame.tobytes(), frame.shape[1::-1], "RGB"), str(path))
