"""What an agent believes at moments of its training: of a fresh one that learns once more.

Same seed, same result: where chunks of learning end has no influence on it, so the last moment is the agent that the
run has saved. `check_same` holds it to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.callbacks import Callback
from gridworld_agents.evaluation.beliefs import beliefs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_agents.core.callbacks import Progress
    from gridworld_agents.evaluation.beliefs import Beliefs
    from gridworld_agents.evaluation.judge import Judge

POWER = 3
"""Moments lie at total * (i / n)^3: close together at first, when most changes."""


class Moment(NamedTuple):
    """What an agent believed after some steps."""

    steps: int
    held: Beliefs
    gap: float  # exact, to the optimum; inf where its policy is worth -inf


def moments_at(total: int, count: int) -> list[int]:
    """Return after how many steps an agent is looked at: at most `count` numbers that grow, 0 and `total` among them.

    Args:
        total: Steps of the training, >= 1.
        count: >= 2.
    """
    shares = np.linspace(0, 1, count) ** POWER
    steps: list[int] = np.unique(np.round(total * shares).astype(np.int64)).tolist()
    return steps


def training_moments(agent: Any, judge: Judge, at: Sequence[int]) -> list[Moment]:
    """Let an agent learn, and return what it believed on the way.

    Args:
        agent: One of ours that has not learned, with `values`.
        judge: Of its environment.
        at: Numbers of steps that grow, the first 0; the last is where the learning ends.

    Raises:
        ValueError: If it has learned before, or keeps no values of states.
    """
    if agent.num_timesteps:
        raise ValueError(f"the agent must not have learned yet, it has for {agent.num_timesteps} steps: make a new one")
    watched = _Watched(judge, at)
    watched.look(agent, 0)
    agent.learn(at[-1], callback=watched)
    return watched.moments


def check_same(agent: Any, saved: Any, judge: Judge) -> None:
    """Check that an agent that learned once more is the one that a run has saved.

    Raises:
        ValueError: If a value or the policy differs.
    """
    now, then = beliefs_of(agent, judge), beliefs_of(saved, judge)
    same = all(
        a is b is None or (a is not None and b is not None and np.array_equal(a, b, equal_nan=True))
        for a, b in ((now.policy, then.policy), (now.learned, then.learned), (now.error, then.error))
    )
    if not same:
        raise ValueError(
            "learning once more from the same seed led to another agent than the run's, so that its training cannot be "
            "shown: the run was made by other versions, or from another environment; train it again"
        )


class _Watched(Callback):
    """Looks at an agent after given numbers of steps."""

    def __init__(self, judge: Judge, at: Sequence[int]) -> None:
        self.judge, self.at = judge, at
        self.moments: list[Moment] = []

    def look(self, agent: Any, steps: int) -> None:
        """Note what the agent believes.

        Raises:
            ValueError: If it keeps no values of states.
        """
        held = beliefs_of(agent, self.judge)
        if held.error is None:
            name = getattr(agent, "id", type(agent).__name__)
            raise ValueError(f"{name} keeps no values of states, and nothing else is shown of a training")
        self.moments.append(Moment(steps, held, self.judge.gap(agent)))

    def __call__(self, agent: Any, progress: Progress) -> None:
        """Look, where it is time."""
        if len(self.moments) < len(self.at) and progress.num_timesteps == self.at[len(self.moments)]:
            self.look(agent, progress.num_timesteps)

    def steps_left(self, num_timesteps: int) -> int | None:
        """Return the steps to the next look."""
        left = [step - num_timesteps for step in self.at if step > num_timesteps]
        return left[0] if left else None
