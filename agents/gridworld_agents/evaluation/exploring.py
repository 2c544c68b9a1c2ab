"""What an agent is worth while it explores with a constant epsilon, beside the best that can be worth.

An on-policy method such as Sarsa or Monte Carlo control values the policy that it acts by, exploration included. With
a constant epsilon it can end no better than the best epsilon-soft policy: the best among those that take every action
with a probability of epsilon / A at least (Zhao 2025, section 5.4; Sutton and Barto, section 5.4).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core import schedules
from gridworld_env import oracle

if TYPE_CHECKING:
    from gridworld_agents.evaluation.judge import Judge


EPSILON_GREEDY = "epsilon-greedy"
"""What agents that may behave otherwise call it, in a hyper-parameter `behaviour`."""


class Soft(NamedTuple):
    """The best epsilon-soft policy of an environment, exactly; values are those of the start, discounted."""

    epsilon: float
    value: float  # of the best epsilon-soft policy
    greedy: float  # of its greedy policy, which explores no more; -inf where that never ends


class Exploring(NamedTuple):
    """An agent's policy when it explores."""

    value: float  # of the start, discounted
    best: Soft

    @property
    def gap(self) -> float:
        """By how much the agent falls short of the best epsilon-soft policy, >= 0 but for rounding."""
        return self.best.value - self.value


def constant_epsilon(epsilon: Any) -> float | None:
    """Return a constant probability of exploring, in (0, 1]; None for any other schedule, and where there is none."""
    try:
        parsed = schedules.parse("epsilon", epsilon, zero=True)
    except ValueError:
        return None
    return parsed.a if parsed.kind == schedules.CONSTANT and parsed.a > 0 else None


def soft_optimum(judge: Judge, epsilon: float) -> Soft:
    """Return the best epsilon-soft policy's value, and that of its greedy policy.

    Args:
        judge: Of the environment.
        epsilon: Probability of a uniform action, in (0, 1].

    Raises:
        ValueError: At gamma 1, if no such policy has a finite value.
        RuntimeError: If the model is so large that the oracle misses its tolerance.
    """
    soft = oracle.epsilon_optimal(judge.mdp, gamma=judge.gamma, epsilon=epsilon)
    greedy = np.eye(judge.mdp.num_actions)[soft.policy.argmax(axis=1)]
    return Soft(epsilon, judge.mean_from_starts(soft.v), judge.value(greedy))


def exploring(agent: Any, judge: Judge) -> Exploring | None:
    """Return what an agent is worth when it explores with the constant epsilon that it learned with.

    Args:
        agent: Anything with `predict`.
        judge: Of the environment.

    Returns:
        None where it explores in no such way, or values a policy that is given, or no value is finite.
    """
    config = getattr(agent, "config", None)
    epsilon = constant_epsilon(getattr(config, "epsilon", None))
    otherwise = getattr(config, "behaviour", EPSILON_GREEDY) != EPSILON_GREEDY
    if epsilon is None or otherwise or getattr(agent, "predicts", False) or getattr(agent, "stochastic", False):
        return None
    policy = (1 - epsilon) * judge.policy(agent) + epsilon / judge.mdp.num_actions
    try:
        best, value = soft_optimum(judge, epsilon), judge.value(policy)
    except (ValueError, RuntimeError):
        return None
    return Exploring(value, best) if math.isfinite(value) and math.isfinite(best.value) else None
