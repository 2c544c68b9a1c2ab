"""What scores are measured against: the best that can be done on an environment, and what acting at random is worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.evaluation.continuous_judge import ContinuousJudge
from gridworld_agents.evaluation.judge import judge_or_reason
from gridworld_agents.evaluation.playing import evaluate
from gridworld_env import oracle

if TYPE_CHECKING:
    import gymnasium as gym


EPISODES = 20
EVALUATION_SEED = 1_000_003
"""Fixes the episodes that agents are valued by where their exact value is not known: the same for all."""


@export("gridworld_agents.comparison.Reference")
class Reference(NamedTuple):
    """Exact values of an episode's start, discounted; None where they are not known or not finite."""

    optimum: float | None
    uniform: float | None  # of the policy that chooses uniformly
    played: float | None = None  # mean return, undiscounted, of a continuous environment's known optimum, by playing
    reason: str = ""  # why the values are not known

    def normalised(self, gap: Any) -> Any:
        """Return gaps to the optimum as scores: 1 is the optimum, 0 what acting at random is worth.

        Args:
            gap: A gap, or an array of them.

        Raises:
            ValueError: If there is no such scale.
        """
        if self.optimum is None or self.uniform is None or self.optimum <= self.uniform:
            raise ValueError("there is no scale between acting at random and the optimum here")
        return 1 - np.asarray(gap) / (self.optimum - self.uniform)


def reference(env: gym.Env[Any, Any], gamma: float, episodes: int = EPISODES) -> Reference:
    """Return the values that scores on an environment are measured against.

    Args:
        env: The environment; where its optimum can only be played, it is reset.
        gamma: Discount.
        episodes: How many are played then: those that agents are scored by.
    """
    judge, reason = judge_or_reason(env, gamma)
    if judge is None:
        return Reference(None, None, _played(env, gamma, episodes), reason)
    mdp = judge.mdp
    try:
        v = oracle.evaluate(mdp, np.full((mdp.num_states, mdp.num_actions), 1 / mdp.num_actions), gamma=gamma)
        uniform = float(mdp.initial @ np.where(mdp.initial > 0, v, 0))
    except (ValueError, RuntimeError):  # at gamma 1 it may never come to an end
        uniform = math.inf
    return Reference(judge.optimum, uniform if math.isfinite(uniform) else None)


def _played(env: gym.Env[Any, Any], gamma: float, episodes: int) -> float | None:
    """Return the mean return of the known optimum's policy over the episodes that agents are scored by."""
    try:
        best = ContinuousJudge(env, gamma).best
    except (TypeError, ValueError, RuntimeError):  # there is none, or not at this discount
        return None
    return evaluate(best, env, episodes, seed=EVALUATION_SEED).mean
