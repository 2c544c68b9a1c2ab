"""How good an agent is by playing: mean return and an interval for it."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core import stepping
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.judge import why_not_exact
from gridworld_env.authoring import frame

if TYPE_CHECKING:
    import gymnasium as gym

CONFIDENCE = 0.95
MAX_STEPS = 100_000


@export("gridworld_agents.evaluation.Evaluation")
@dataclasses.dataclass(frozen=True, repr=False)
class Evaluation:
    """Episodes that an agent has played."""

    returns: tuple[float, ...]
    """The undiscounted return of each."""
    lengths: tuple[int, ...]
    """The steps of each."""
    unfinished: int = 0
    """How many of them were left unfinished after `max_steps`."""
    reason: str = ""
    """Why the agent's value here is known by playing only; empty where `Judge` tells it exactly."""

    @property
    def mean(self) -> float:
        """Mean return."""
        return float(np.mean(self.returns))

    def to_pandas(self) -> Any:
        """Return a pandas frame, a row an episode: episode, return, steps.

        Raises:
            ImportError: If pandas is missing.
        """
        return frame({"episode": np.arange(len(self.returns)), "return": self.returns, "steps": self.lengths})

    def __repr__(self) -> str:
        """Say what came out; a list of all returns would fill the screen."""
        low, high = self.interval
        between = f", 95% interval {low:.6g} to {high:.6g}" if len(self.returns) > 1 else ""
        left = f", {self.unfinished} unfinished" if self.unfinished else ""
        n = len(self.returns)
        return f"<Evaluation: {n} episode{'s' if n > 1 else ''}, mean return {self.mean:.6g}{between}{left}>"

    @property
    def interval(self) -> tuple[float, float]:
        """A 95% confidence interval of the mean return by Student's t; infinite after a single episode."""
        n = len(self.returns)
        if n < 2:
            return -math.inf, math.inf
        from scipy.stats import t

        half = float(t.ppf((1 + CONFIDENCE) / 2, n - 1) * np.std(self.returns, ddof=1) / math.sqrt(n))
        return self.mean - half, self.mean + half


@export("gridworld_agents.evaluate")
def evaluate(
    agent: Any,
    env: gym.Env[Any, Any],
    episodes: int,
    *,
    seed: int | None = None,
    deterministic: bool = True,
    max_steps: int = MAX_STEPS,
) -> Evaluation:
    """Play episodes with an agent.

    Args:
        agent: Anything with `predict`.
        env: Where; it is reset for each episode, the first time with the seed.
        episodes: How many, >= 1.
        seed: Fixes the episodes.
        deterministic: Whether the agent acts greedily; one that says by `stochastic` that it means to act at random,
            and is judged so, does not.
        max_steps: Where an episode that has neither ended nor been truncated is left, >= 1.

    Raises:
        ValueError: If a number is out of range, or the environment returns what it should not.
    """
    whole_number("episodes", episodes, 1)
    whole_number("max_steps", max_steps, 1)
    shown = stepping.observations_of(env)
    returns, lengths, unfinished = [], [], 0
    for episode in range(episodes):
        observation, _ = stepping.reset(env, seed if episode == 0 else None)
        state, over, total, steps = None, False, 0.0, 0
        while not over and steps < max_steps:
            stepping.check_observation(env, shown, observation)
            action, state = agent.predict(
                observation,
                state=state,
                episode_start=np.array([steps == 0]),
                deterministic=deterministic and not getattr(agent, "stochastic", False),
            )
            observation, r, terminated, truncated, _ = stepping.step(env, action)
            total, steps, over = total + r, steps + 1, terminated or truncated
        returns.append(total)
        lengths.append(steps)
        unfinished += not over
    return Evaluation(tuple(returns), tuple(lengths), unfinished, why_not_exact(env))
