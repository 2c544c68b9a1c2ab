"""Tabular agents: ours, compiled, beside the same algorithm in plain Python; many seeds at once beside one by one."""

from __future__ import annotations

import functools
import sys
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium as gym
import harness
from plain_python import monte_carlo, one_step, traces
from plain_python.episodes import ALPHA, DECAY, EPSILON, GAMMA
from report import Comparison, Fact, Goal, short
from sides import Local
from single_env import LAKE

import gridworld_agents as ga

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

BLOCK = 200_000
BOOK, FROZEN = "GridWorld-v0", "FrozenLake-v1"
ONE_STEP, EPISODES, SEEDS = Goal(least=200), Goal(least=50), Goal(least=1.7)
UPDATES = Goal(least=10e6)
"""A second, of every one-step learner, on one core."""


class Pair(NamedTuple):
    """A row: an agent of ours, and the same in plain Python."""

    agent: str
    reference: Callable[[str], Local]
    hyper_parameters: dict[str, Any]
    peer_env: str = BOOK
    goal: Goal | None = None
    arguments: dict[str, Any] = {}  # of our environment  # noqa: RUF012
    note: str = ""

    def compare(self, options: argparse.Namespace) -> Comparison:
        """Measure it."""
        return harness.compare(
            f"{self.agent} on {self.note or BOOK}",
            functools.partial(compiled, self),
            (f"plain Python on {self.peer_env}", functools.partial(self.reference, self.peer_env)),
            options,
            unit="updates/s",
            goal=self.goal,
        )


STEP = {"alpha": ALPHA, "epsilon": EPSILON}
TRACES = {**STEP, "trace_decay": DECAY}
PAIRS = (
    Pair("q-learning", one_step.q_learning, STEP, FROZEN, ONE_STEP),
    Pair("q-learning", one_step.q_learning, STEP, FROZEN, None, LAKE, "the slippery lake as GridWorld-v0"),
    Pair("sarsa", one_step.sarsa, STEP, FROZEN, ONE_STEP),
    Pair("expected-sarsa", one_step.expected_sarsa, STEP, FROZEN, ONE_STEP),
    Pair("double-q-learning", one_step.double_q_learning, STEP, FROZEN, ONE_STEP),
    Pair("td0", one_step.td0, {"alpha": ALPHA}, FROZEN, ONE_STEP),
    Pair("q-learning", one_step.q_learning, STEP),
    Pair("sarsa", one_step.sarsa, STEP),
    Pair("expected-sarsa", one_step.expected_sarsa, STEP),
    Pair("double-q-learning", one_step.double_q_learning, STEP),
    Pair("td0", one_step.td0, {"alpha": ALPHA}),
    Pair("n-step-sarsa", one_step.n_step_sarsa, {**STEP, "n": one_step.N}),
    Pair("dyna-q", one_step.dyna_q, {**STEP, "planning_steps": one_step.PLANNING, "outcomes": 1}),
    Pair("mc-epsilon-greedy", monte_carlo.epsilon_greedy_control, {"epsilon": EPSILON}, goal=EPISODES),
    Pair("mc-exploring-starts", monte_carlo.exploring_starts, {}, goal=EPISODES),
    Pair("mc-off-policy", monte_carlo.off_policy, {"epsilon": EPSILON}, goal=EPISODES),
    Pair("mc-basic", monte_carlo.basic, {}, goal=EPISODES),
    Pair("mc-prediction", monte_carlo.prediction, {}, goal=EPISODES),
    Pair("sarsa-lambda", traces.sarsa_lambda, {**TRACES, "traces": "accumulating"}, goal=EPISODES),
    Pair("q-lambda", traces.q_lambda, {**TRACES, "traces": "replacing"}, goal=EPISODES),
    Pair(
        "td-lambda",
        traces.td_lambda,
        {"alpha": ALPHA, "trace_decay": DECAY, "traces": "accumulating"},
        goal=EPISODES,
    ),
)


def compiled(pair: Pair) -> Local:
    """Return our side."""
    env = gym.make(BOOK, **pair.arguments)
    agent = ga.make(pair.agent, env, seed=0, gamma=GAMMA, **pair.hyper_parameters)
    agent.learn(1000)

    def block() -> int:
        agent.learn(BLOCK, reset_num_timesteps=False)
        return BLOCK

    return Local(block)


def seeds(workers: int) -> Local:
    """Return 100 seeds of Q-learning, so many at a time; agents and environments are made within the time."""
    number, steps = 100, 1_000_000

    def block() -> int:
        ga.learn_seeds("q-learning", lambda: gym.make(BOOK), range(number), steps, workers=workers, gamma=GAMMA, **STEP)
        return number * steps

    return Local(block)


def side_by_side(options: argparse.Namespace) -> Comparison:
    """Measure many seeds on all the cores beside one seed after the other."""
    return harness.compare(
        f"100 seeds of q-learning on {BOOK}, {harness.THREADS} at a time",
        functools.partial(seeds, harness.THREADS),
        ("one after the other", functools.partial(seeds, 1)),
        options,
        unit="updates/s",
        goal=SEEDS,
    )


def slowest(rows: list[Comparison]) -> Fact:
    """Return the speed of the slowest learner of the rows that have the goal of one-step learners."""
    speeds = {row.title: median(row.ours.speeds) for row in rows if row.goal is ONE_STEP and row.ours.speeds}
    if not speeds:
        return Fact("the slowest one-step learner, updates/s", None, "not measured", UPDATES)
    title = min(speeds, key=speeds.__getitem__)
    return Fact("the slowest one-step learner, updates/s", speeds[title], f"{short(speeds[title])}, {title}", UPDATES)


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure every pair."""
    rows = [pair.compare(options) for pair in PAIRS]
    return [*rows, slowest(rows), side_by_side(options)]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
