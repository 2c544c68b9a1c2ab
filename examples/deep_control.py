"""What `dqn` and `ppo` learn of grid worlds and of CartPole-v1: `examples/deep_control.py [NAME ...]`.

Every task is learned by five seeds at once, as one batched network. Of a grid world each seed's exact gap to the
optimum is told, V*(start) - V_pi(start); of CartPole-v1 its mean return, of which 500 is the most there is. All seeds
get there but for those of `dqn` on CartPole-v1, of which two of five do, and the median is 457.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from typing import Any

import gymnasium as gym
import numpy as np
from rich.console import Console
from rich.table import Table

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the environments

FIRST_SEED, SEEDS = 100, 5
"""The settings were found with the seeds 0 to 4: these are others."""
EPISODES, PLAYING_SEED = 20, 1000
"""Of CartPole-v1, that each seed plays greedily."""


@dataclasses.dataclass(frozen=True)
class Task:
    """An agent, an environment, and how it is learned."""

    agent_id: str
    env_id: str
    steps: int  # of each seed
    settings: dict[str, Any]

    @property
    def exact(self) -> bool:
        """Whether the gap to the optimum can be known exactly."""
        return self.env_id.startswith("GridWorld")


TASKS = {
    "dqn-book": Task("dqn", "GridWorld-v0", 20_000, {"gamma": 0.9}),
    # Nothing is paid on the way to the target: it is found by actions that are random at first.
    "dqn-four-rooms": Task("dqn", "GridWorld/FourRooms-v0", 50_000, {"gamma": 0.95, "epsilon": "linear:1:0.05:20000"}),
    # The best of six settings that were tried, and not good enough: some seeds end far from what others find.
    "dqn-cart-pole": Task(
        "dqn",
        "CartPole-v1",
        50_000,
        {
            "hidden": (128, 128),
            "step_size": "linear:0.001:0:50000",
            "update_every": 2,
            "epsilon": "linear:1:0.05:10000",
        },
    ),
    # Without a weight on the entropy a policy settles on the first way that it finds, across a forbidden cell.
    "ppo-book": Task(
        "ppo",
        "GridWorld-v0",
        40_960,
        {"gamma": 0.9, "num_envs": 8, "num_steps": 128, "batch_size": 256, "step_size": 1e-3},
    ),
    "ppo-four-rooms": Task(
        "ppo",
        "GridWorld/FourRooms-v0",
        131_072,
        {
            "gamma": 0.95,
            "num_envs": 8,
            "num_steps": 128,
            "batch_size": 256,
            "step_size": "linear:0.001:0:131072",
            "entropy_coefficient": "linear:0.01:0:100000",
        },
    ),
    # RL Zoo's.
    "ppo-cart-pole": Task(
        "ppo",
        "CartPole-v1",
        100_000,
        {
            "gamma": 0.98,
            "num_envs": 8,
            "num_steps": 32,
            "batch_size": 256,
            "epochs": 20,
            "trace_decay": 0.8,
            "step_size": "linear:0.001:0:100000",
            "clip": "linear:0.2:0:100000",
            "entropy_coefficient": 0.0,
        },
    ),
}


@dataclasses.dataclass(frozen=True)
class Learned:
    """What came of a task."""

    scores: np.ndarray  # (seeds,): the exact gap, or the mean return
    seconds: float


def learn(task: Task, *, seed: int = FIRST_SEED, seeds: int = SEEDS) -> Learned:
    """Learn a task and judge every seed."""
    began = time.perf_counter()
    env = gym.make(task.env_id)
    agent = ga.make(task.agent_id, env, seed=seed, num_seeds=seeds, **task.settings).learn(task.steps)
    seconds = time.perf_counter() - began
    members = [agent.member(m) for m in range(seeds)]
    if task.exact:
        judge = ga.Judge(env, gamma=agent.config.gamma)
        return Learned(np.array([judge.gap(one) for one in members]), seconds)
    played = [ga.evaluate(one, gym.make(task.env_id), EPISODES, seed=PLAYING_SEED) for one in members]
    return Learned(np.array([one.mean for one in played]), seconds)


def main(names: list[str]) -> int:
    """Learn the tasks that are named, or all, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(TASKS)} (default: all)")
    names = parser.parse_args(names).names
    unknown = [name for name in names if name not in TASKS]
    if unknown:
        print(f"there is no task {unknown[0]!r}: choose among {', '.join(TASKS)}", file=sys.stderr)
        return 2
    seeds = f"seeds {FIRST_SEED} to {FIRST_SEED + SEEDS - 1}"
    table = Table("task", "steps", "median", f"gap, or mean return, of {seeds}", "learned in")
    for name in names or TASKS:
        task, learned = TASKS[name], learn(TASKS[name])
        form = "{:.4f}".format if task.exact else "{:.1f}".format
        table.add_row(
            name,
            f"{task.steps:,}",
            form(np.median(learned.scores)),
            " ".join(map(form, learned.scores)),
            f"{learned.seconds:.0f} s",
        )
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
