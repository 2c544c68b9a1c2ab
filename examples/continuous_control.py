"""What `ddpg` learns of continuous control beside the best there is: `examples/continuous_control.py [NAME ...]`.

Every task is learned by several seeds at once, as one batched network, which takes minutes on one core. Then each seed
plays greedily. Where the optimum is known, what it loses to it in the same episodes is told as a share of the optimum;
elsewhere its mean return.
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
from gridworld_agents import ContinuousJudge, evaluate
from gridworld_agents.evaluation import linearised_gain

PLAYING_SEED = 1000
"""Of the episodes that are judged. Beside an optimum every seed plays the same ones; elsewhere each its own."""


@dataclasses.dataclass(frozen=True)
class Task:
    """An environment, and how it is learned."""

    env_id: str
    steps: int  # of each seed
    episodes: int  # that each seed plays
    settings: dict[str, Any]
    learned_on: dict[str, Any] = dataclasses.field(default_factory=dict)  # arguments of gymnasium.make while learning
    seeds: int = 10


TASKS = {
    "pendulum": Task(
        "Pendulum-v1",
        20_000,
        100,
        {"hidden": (64, 64), "batch_size": 64, "gamma": 0.98, "tau": 0.01, "learning_starts": 1000},
    ),
    # The reward is far away: only noise that pushes the same way for a while gets there. The best actions are at their
    # bounds, where a policy that tanh squashes can be stuck, pushing the wrong way: gradients are inverted instead.
    "mountain-car": Task(
        "MountainCarContinuous-v0",
        150_000,
        100,
        {
            "hidden": (64, 64),
            "batch_size": 64,
            "noise": "ornstein-uhlenbeck",
            "noise_scale": 1.0,
            "actor_step_size": "linear:0.001:0:150000",
            "critic_step_size": "linear:0.001:0:150000",
            "learning_starts": 1000,
            "invert_gradients": True,
        },
    ),
    # Without friction a bad policy drives the mass far away, where costs are thousands of times what matters: short
    # episodes stay near the starts. Cut off, not ended, they are bootstrapped through, so that the optimum is the same.
    "linear-quadratic": Task(
        "LinearQuadratic-v0",
        18_000,
        50,
        {
            "hidden": (128, 128),
            "batch_size": 128,
            "gamma": 0.9,
            "noise_scale": 0.2,
            "actor_step_size": 3e-4,
            "learning_starts": 1000,
        },
        learned_on={"max_episode_steps": 20},
    ),
    # Here too the best actions are at their bounds. Many random actions first, or a seed may never find the gap in the
    # wall; steps that fall to 0 settle the last per cents. A point that stays at a wall is worth -4, where the best is
    # -1.04; at a discount of 0.99 it would be -20, beside -1.5, and hide what matters.
    "continuous-grid": Task(
        "ContinuousGridWorld-v0",
        160_000,
        50,
        {
            "hidden": (64, 64),
            "batch_size": 256,
            "gamma": 0.95,
            "tau": 0.01,
            "noise_scale": 0.5,
            "actor_step_size": "linear:0.0003:0:160000",
            "critic_step_size": "linear:0.001:0:160000",
            "learning_starts": 40_000,
            "invert_gradients": True,
        },
        seeds=5,
    ),
}


@dataclasses.dataclass(frozen=True)
class Learned:
    """What came of a task."""

    scores: np.ndarray  # (seeds,): mean return, or where the optimum is known the share of it that is lost
    gains: np.ndarray | None  # (seeds,): distance of the linearised gain from the exact one, as a share of that one
    seconds: float


def learn(task: Task, *, compiled: bool = True) -> Learned:
    """Learn a task and judge every seed."""
    began = time.perf_counter()
    env = gym.make(task.env_id, **task.learned_on)
    agent = ga.make("ddpg", env, seed=0, num_seeds=task.seeds, compile=compiled, **task.settings)
    agent.learn(task.steps)
    seconds = time.perf_counter() - began
    members = [agent.member(m) for m in range(task.seeds)]
    env = gym.make(task.env_id)
    try:
        judge = ContinuousJudge(env, agent.config.gamma)
    except TypeError:
        played = [evaluate(one, env, task.episodes, seed=PLAYING_SEED + m) for m, one in enumerate(members)]
        return Learned(np.array([one.mean for one in played]), None, seconds)
    lost = [judge.judge(one, task.episodes, seed=PLAYING_SEED).gap for one in (judge.best, *members)]
    gains = None
    if judge.linear:
        gains = np.array([linearised_gain(one, env, gamma=agent.config.gamma).distance for one in members])
    return Learned((np.array(lost[1:]) - lost[0]) / abs(judge.optimum), gains, seconds)


def main(names: list[str]) -> int:
    """Learn the tasks that are named, or all, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(TASKS)} (default: all)")
    names = parser.parse_args(names).names
    unknown = [name for name in names if name not in TASKS]
    if unknown:
        print(f"there is no task {unknown[0]!r}: choose among {', '.join(TASKS)}", file=sys.stderr)
        return 2
    table = Table("task", "steps", "seeds", "metric", "median", "worst to best", "gain off by", "learned in")
    for name in names or TASKS:
        task, learned = TASKS[name], learn(TASKS[name])
        scores, known = np.sort(learned.scores), task.env_id.startswith(("Linear", "ContinuousGrid"))
        form = "{:.2%}".format if known else "{:.1f}".format
        worst, best = (scores[-1], scores[0]) if known else (scores[0], scores[-1])
        table.add_row(
            name,
            f"{task.steps:,}",
            str(task.seeds),
            "lost to the optimum" if known else "mean return",
            form(np.median(scores)),
            f"{form(worst)} to {form(best)}",
            "" if learned.gains is None else f"{np.median(learned.gains):.1%}",
            f"{learned.seconds:.0f} s",
        )
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
