"""`GenerativeAgent`: a tabular agent that samples the environment's exact model, any pair it likes, and never steps it.

Such a sampler is called a generative model (Kearns and Singh 1999). One timestep is one sampled transition. The random
numbers are the agent's own; the environment stays where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.compiling import compiled
from gridworld_agents.core.episode_log import LIFETIME, STEPS
from gridworld_agents.core.finite_spaces import spaces_and_model
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.transition import UNCHOSEN, Transition
from gridworld_env.protocol import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym

    from gridworld_agents.tabular.run import Run
    from gridworld_env import TabularMDP


class Sampler(NamedTuple):
    """A model as the loop samples it."""

    next_state: Any  # (S, A, K) int32
    reward: Any  # (S, A, K) float64
    terminated: Any  # (S, A, K) bool
    thresholds: Any  # (S, A, K) float64; outcome k is drawn by the first number below threshold k


class GenerativeDriver:
    """Learns from transitions that are sampled from a model, the pairs in turn or at random.

    Args:
        mdp: The model.
        observe: Compiled, see `TabularAgent`. The `params` that it gets say by `in_turn` which pairs come; the memory's
            `steps`, which it counts up, says where the turn is.
    """

    limit = NO_LIMIT

    def __init__(self, mdp: TabularMDP, observe: Callable[..., Any]) -> None:
        drawn = mdp.thresholds if mdp.num_outcomes > 1 else mdp.probability
        self._model = Sampler(mdp.next_state, mdp.reward, mdp.terminated, drawn)
        self._loop = compiled(_loop, observe=observe)

    def begin(self, run: Run, seed: int | None) -> None:
        """Do nothing: there are no episodes."""

    def resume(self, run: Run, saved: dict[str, Any]) -> bool:  # noqa: ARG002 - as drivers have it
        """Return that learning can go on, wherever it is."""
        return True

    def state(self, run: Run) -> dict[str, Any]:  # noqa: ARG002
        """Return that no environment was moved."""
        return {}

    def advance(self, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
        """Learn from n transitions."""
        self._loop(self._model, memory, params, run, rng, n)

    def leave(self, run: Run) -> None:
        """Do nothing."""


class GenerativeAgent(TabularAgent):
    """A tabular agent that learns from samples of the model. It gives the same parts as any `TabularAgent`.

    Its `scalars` have a field `in_turn`, its memory `steps`, (1,) int64, which `observe` counts up.

    Raises:
        ValueError: If the environment has no exact model, or an observation does not tell the state.
    """

    needs_model = True

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take the exact model of an environment."""
        BaseAgent.attach(self, env)
        self._driver = GenerativeDriver(spaces_and_model(self.id, env)[2], type(self).observe)


observe: Any = None  # filled in by `GenerativeDriver`


def _loop(model: Sampler, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
    S, A, K = model.reward.shape
    s, a = divmod(memory.steps[0] % (S * A), A)
    for _ in range(n):
        if not params.in_turn:
            s, a = divmod(int(rng.random() * (S * A)), A)
        k = 0
        if K > 1:
            drawn = rng.random()
            while drawn >= model.thresholds[s, a, k]:  # the last threshold is 1
                k += 1
        s_next = np.int64(model.next_state[s, a, k])
        r, terminated = model.reward[s, a, k], model.terminated[s, a, k]
        observe(memory, Transition(s, a, r, s_next, UNCHOSEN, terminated, False), params, rng)
        a += 1
        if a == A:
            a = 0
            s += 1
            if s == S:
                s = 0
    run.log.counts[STEPS] += n
    run.log.counts[LIFETIME] += n
