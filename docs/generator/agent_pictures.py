"""What an agent learned and how soon, drawn for its page: trained on the book's world, a minute for all of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

import gridworld_agents as ga
from gridworld_agents.evaluation.watching import show_beliefs
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.planning import PlanningAgent
from gridworld_agents.tabular.prediction import PredictionAgent
from gridworld_env import TabularMDP, oracle, rendering

if TYPE_CHECKING:
    import pathlib

ENV = "GridWorld-v0"
GAMMA = 0.9
SEEDS, POINTS = 5, 40
STEPS, SWEEPS, UPDATES = 8_000, 20, 2_000
"""How long agents with a table learn, those that plan, and those with networks, whose steps take far longer."""
SIZE = 400
COLOUR = "#3b82f6"
"""Of lines: seen on white and on black."""


def shown(agent_id: str) -> bool:
    """Return whether an agent learns, and can learn on the world that is drawn."""
    return agent_id not in {"optimal", "random"} and made(agent_id, 0) is not None


def made(agent_id: str, seed: int) -> Any:
    """Return an agent that has not learned anything, None if it does not take the world."""
    try:
        return ga.make(agent_id, gym.make(ENV), seed=seed, gamma=GAMMA)
    except ValueError:
        return None


def predicts(factory: Any) -> bool:
    """Return whether what an agent's class makes learns the values of a given policy, and chooses no actions."""
    return isinstance(factory, type) and issubclass(factory, PredictionAgent)


def steps_of(agent: Any) -> int:
    """Return how many steps an agent is shown learning."""
    if isinstance(agent, PlanningAgent):
        return SWEEPS
    return STEPS if isinstance(agent, TabularAgent) else UPDATES


def draw(agent_id: str, folder: pathlib.Path) -> str:
    """Draw both pictures into a folder and return the Markdown that shows them."""
    env = gym.make(ENV, render_mode="rgb_array")
    first = made(agent_id, 0)
    steps = steps_of(first)
    seeds = 1 if isinstance(first, PlanningAgent) else (SEEDS if steps == STEPS else 2)
    agents = [first, *(made(agent_id, seed) for seed in range(1, seeds))]
    at = np.unique(np.linspace(0, steps, min(POINTS, steps) + 1).astype(int))
    errors = np.array([curve(agent, env, at) for agent in agents])
    what = "sweeps" if isinstance(first, PlanningAgent) else "steps"
    plot(at, errors, what, label(first), folder / f"{agent_id}-curve.svg")
    believe(first, env)
    world: Any = env.unwrapped
    rendering.save(world.scene_of(0), folder / f"{agent_id}-learned.png", SIZE)
    env.close()
    lines = "one line" if seeds == 1 else f"{seeds} seeds and their median"
    return (
        f"On `{ENV}`, discount {GAMMA}, default hyper-parameters: {lines}, {steps:,} {what}; then what the first"
        f" one believes.\n\n"
        f"![{agent_id}: {label(first)} while it learns](pictures/{agent_id}-curve.svg)\n\n"
        f"![{agent_id}: what it learned, on the map](pictures/{agent_id}-learned.png)"
    )


def label(agent: Any) -> str:
    """Return what a curve shows."""
    return "value error (RMS)" if isinstance(agent, PredictionAgent) else "gap to the optimum"


def curve(agent: Any, env: gym.Env[Any, Any], at: np.ndarray) -> list[float]:
    """Return an agent's error after so many steps, learning on between them."""
    found = [error(agent, env)]
    for steps in np.diff(at):
        agent.learn(int(steps), reset_num_timesteps=False)
        found.append(error(agent, env))
    return found


def error(agent: Any, env: gym.Env[Any, Any]) -> float:
    """Return the gap of an agent, or the root mean square of its values' errors where values are all that it learns."""
    if not isinstance(agent, PredictionAgent):
        return float(judge(env).gap(agent))
    mdp = TabularMDP.from_env(env)
    return float(np.sqrt(np.mean((agent.values - oracle.evaluate(mdp, agent.policy, gamma=GAMMA)) ** 2)))


@functools.cache
def judge(env: gym.Env[Any, Any]) -> ga.Judge:
    """Return the judge of an environment."""
    return ga.Judge(env, gamma=GAMMA)


def believe(agent: Any, env: gym.Env[Any, Any]) -> None:
    """Draw what an agent believes on the map: the values that it learned, else the exact ones of its policy."""
    if isinstance(agent, PredictionAgent):
        world: Any = env.unwrapped
        world.overlay(values=agent.values, policy=agent.policy, caption=f"{agent.id}: the values it learned")
    else:
        show_beliefs(agent, env, agent.id, GAMMA)


def plot(at: np.ndarray, errors: np.ndarray, xlabel: str, ylabel: str, path: pathlib.Path) -> None:
    """Plot errors, (seeds, points), as an SVG that is read on a light and on a dark page."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    grey = "#8a8f98"
    style: Any = {"svg.fonttype": "none", "svg.hashsalt": path.name, "text.color": grey, "axes.labelcolor": grey}
    alone = len(errors) == 1
    with mpl.rc_context(style):
        figure = Figure(figsize=(5, 2.6), layout="constrained", facecolor="none")
        axes = figure.subplots()
        axes.set_facecolor("none")
        axes.plot(at, errors.T, color=COLOUR, alpha=1 if alone else 0.3, linewidth=2 if alone else 1)
        if not alone:
            axes.plot(at, np.median(errors, axis=0), color=COLOUR, linewidth=2)
        axes.tick_params(colors=grey)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(grey)
        axes.grid(color=grey, alpha=0.25)
        axes.set(xlabel=xlabel, ylabel=ylabel)
        axes.set_ylim(bottom=min(0, float(np.nanmin(errors))))
        figure.savefig(path, metadata={"Date": None})
