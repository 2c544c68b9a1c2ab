"""Where an agent that values its own exploring ends: a section of its page, measured when that is built."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from docstrings import table

import gridworld_agents as ga
from gridworld_agents.evaluation.exploring import Soft, exploring, soft_optimum

ENV, GAMMA, STEPS, SEEDS = "GridWorld-v0", 0.9, 300_000, 8
FADING = "exponential:0.3:0.01:60000"
SETTINGS = (
    (0.1, 0.3),
    ("visits", 0.3),
    ("visits:10:9", 0.3),
    (0.1, 0.1),
    ("visits:10:9", 0.1),
    (0.1, FADING),
    ("visits:10:9", FADING),
)
"""Step size and exploration of each row."""
AGENTS = ("sarsa", "mc-epsilon-greedy")


class Row(NamedTuple):
    """What runs with one setting came to."""

    alpha: float | str
    epsilon: float | str
    gaps: list[float]  # of each seed, of the greedy policy, to the optimum
    soft_gaps: list[float]  # of each seed, while exploring, to the best epsilon-soft policy; none where that fades


@functools.cache
def judge() -> ga.Judge:
    """Return the judge of the world in which they learn."""
    return ga.Judge(gym.make(ENV), GAMMA)


@functools.cache
def soft(epsilon: float) -> Soft:
    """Return the best epsilon-soft policy there."""
    return soft_optimum(judge(), epsilon)


@functools.cache
def rows(agent_id: str) -> tuple[Row, ...]:
    """Let an agent learn with each of the settings, once a seed."""
    return tuple(_row(agent_id, alpha, epsilon) for alpha, epsilon in SETTINGS)


def _row(agent_id: str, alpha: float | str, epsilon: float | str) -> Row:
    gaps, soft_gaps = [], []
    for seed in range(SEEDS):
        agent: Any = ga.make(agent_id, judge().env, seed=seed, gamma=GAMMA, alpha=alpha, epsilon=epsilon)
        agent.learn(STEPS)
        gaps.append(judge().gap(agent))
        found = exploring(agent, judge())
        soft_gaps += [] if found is None else [max(found.gap, 0.0)]
    return Row(alpha, epsilon, gaps, soft_gaps)


def section(agent_id: str) -> str:
    """Return the section of an agent's page; empty for agents that it says nothing of."""
    if agent_id not in AGENTS:
        return ""
    best, often, seldom = judge().optimum, soft(0.3), soft(0.1)
    text = INTRODUCTION.format(
        env=ENV,
        gamma=GAMMA,
        optimum=best,
        often=often.value,
        often_greedy=often.greedy,
        often_gap=best - often.greedy,
        seldom=seldom.value,
        seldom_gap=best - seldom.greedy,
        steps=STEPS,
        seeds=SEEDS,
    )
    headings = ["`alpha`", "`epsilon`", "gap to the optimum", "gap to the best epsilon-soft policy"]
    body = [[f"`{row.alpha}`", f"`{row.epsilon}`", _spread(row.gaps), _spread(row.soft_gaps)] for row in rows(agent_id)]
    reading = READING.format(gap=best - often.greedy)
    return "\n\n".join(["## Where it ends, and why", text, table(headings, body), reading])


def _spread(numbers: list[float]) -> str:
    """Return the median and the ends of numbers."""
    if not numbers:
        return "epsilon fades"
    return f"{_short(np.median(numbers))} ({_short(min(numbers))} to {_short(max(numbers))})"


def _short(number: float) -> str:
    return f"{abs(round(number, 4)):.3g}"


INTRODUCTION = """\
It learns the values of the policy by which it acts, exploration included. So with a constant `epsilon` it does not
tend to the optimal policy, but to the best of those that explore as much: the best epsilon-soft policy. `oracle` knows
both. In {env} at discount {gamma:g} an optimal policy is worth {optimum:.4f} from the start. The best that explores
with `epsilon` 0.3 is worth {often:.4f}, and when it explores no more {often_greedy:.4f}: a gap of {often_gap:.4f},
which no learning takes away. With `epsilon` 0.1 the best is worth {seldom:.4f} while it explores, and its gap then is
{seldom_gap:.4g}.

Around that limit a constant `alpha` keeps the values moving for ever, the more the noisier their targets are: where two
actions are worth nearly the same, the greedy one changes. Step sizes that fall by the visits settle. Measured when this
page was built, after {steps:,} steps; median of {seeds} seeds, and the least and the largest:"""

READING = """\
With `epsilon` 0.3 and step sizes that fall, the gap is that of the best epsilon-soft policy, {gap:.4f}: it has learned
what there is to learn. `visits`, 1 / n, is slower than `visits:10:9`, for the first and poorest targets count as much
as the last. To get to the optimum, `epsilon` must be small, or fade; and with `alpha` falling as well it
must fade slowly, for what was learned while it explored more takes ever longer to unlearn. An agent that is off-policy,
such as [q-learning](q-learning.md), values the greedy policy whatever it does itself. `gridworld evaluate` tells both
gaps. [Theory notes](../theory.md#why-sarsa-does-not-end-at-the-optimum) derive them."""
