"""What scores are measured against: the best that can be done on an environment, and what acting at random is worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.judging import Judge
from gridworld_env import oracle

if TYPE_CHECKING:
    import gymnasium as gym


class Reference(NamedTuple):
    """Exact values of an episode's start, discounted; None where they are not known or not finite."""

    optimum: float | None
    uniform: float | None  # of the policy that chooses uniformly

    def normalised(self, gap: Any) -> Any:
        """Return gaps to the optimum as scores: 1 is the optimum, 0 what acting at random is worth.

        Raises:
            ValueError: If there is no such scale.
        """
        if self.optimum is None or self.uniform is None or self.optimum <= self.uniform:
            raise ValueError("there is no scale between acting at random and the optimum here")
        return 1 - np.asarray(gap) / (self.optimum - self.uniform)


def judge_at(env: gym.Env[Any, Any], gamma: float) -> Judge | None:
    """Return the judge of an environment, None where its model is not known."""
    try:
        return Judge(env, gamma)
    except (ValueError, RuntimeError):  # no model, or one so large that the oracle misses its tolerance
        return None


def reference(env: gym.Env[Any, Any], gamma: float) -> Reference:
    """Return the values that scores on an environment are measured against."""
    judge = judge_at(env, gamma)
    if judge is None:
        return Reference(None, None)
    mdp = judge.mdp
    try:
        v = oracle.evaluate(mdp, np.full((mdp.num_states, mdp.num_actions), 1 / mdp.num_actions), gamma=gamma)
        uniform = float(mdp.initial @ np.where(mdp.initial > 0, v, 0))
    except (ValueError, RuntimeError):  # at gamma 1 it may never come to an end
        uniform = math.inf
    return Reference(judge.optimum, uniform if math.isfinite(uniform) else None)
