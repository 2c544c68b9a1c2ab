"""Agents of three families and the optimum on one environment, in one table, all judged by the exact optimum.

`python examples/demo.py [FOLDER]` also writes an animation of what each has learned.
"""

from __future__ import annotations

import pathlib
import sys
import time

import gymnasium as gym
from rich.console import Console
from rich.table import Table

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the environments
from gridworld_agents.judging import Judge
from gridworld_agents.watching import episodes_of, show_beliefs
from gridworld_env import rendering

ENV, GAMMA, SEED = "GridWorld-v0", 0.9, 0
AGENTS = {
    "optimal": (0, {}),
    "q-learning": (1_000_000, {"alpha": 0.1, "epsilon": 0.3}),
    "mc-epsilon-greedy": (1_000_000, {"alpha": "harmonic:5000:50000", "epsilon": 0.1}),
    "sb3/ppo": (30_000, {"learning_rate": 0.002, "n_steps": 512, "batch_size": 128, "ent_coef": 0.01}),
}
"""Steps to learn for, and hyper-parameters, of each agent."""


def train(agent_id, steps, hyper_parameters):
    """Return a trained agent and its steps a second, compiling not counted."""
    env = gym.make(ENV)
    if steps and not agent_id.startswith("sb3/"):
        ga.make(agent_id, env, seed=SEED, gamma=GAMMA, **hyper_parameters).learn(1)  # compiles, or loads what was
    agent = ga.make(agent_id, env, seed=SEED, gamma=GAMMA, **hyper_parameters)
    begin = time.perf_counter()
    agent.learn(steps)
    return agent, steps / (time.perf_counter() - begin)


def main(folder):
    """Train, judge, print and draw."""
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    judge = Judge(gym.make(ENV), GAMMA)
    table = Table("agent", "steps", "steps/s", "exact value", "gap", title=f"{ENV}, gamma {GAMMA}")
    for agent_id, (steps, hyper_parameters) in AGENTS.items():
        console.print(f"training {agent_id} ...", style="dim")
        agent, speed = train(agent_id, steps, hyper_parameters)
        numbers = (f"{steps:,}", f"{speed:,.0f}" if steps else "-")
        table.add_row(agent_id, *numbers, f"{judge.value(agent):.6f}", f"{judge.gap(agent):.2g}")
        env = gym.make(ENV, render_mode="rgb_array", render_size=360)
        show_beliefs(agent, env, agent_id)
        name = agent_id.replace("/", "-")
        rendering.record(folder / f"{name}.gif", episodes_of(agent, env, 3, seed=SEED), fps=4, progress=False)
    console.print(table)
    console.print(f"{folder}/ has an animation of each learned policy")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
