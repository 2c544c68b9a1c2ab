"""SPSA policy search: simultaneous perturbation of the weights of a linear policy (Spall 1992; 1998 for the gains).

1  theta <- 0; a_k = a / (k + 1 + A)^0.602, c_k = c / (k + 1)^0.101
2  for k = 0, 1, ...: every delta_i is -1 or 1 with equal chance
3      y+ <- mean return of episodes with theta + c_k delta; y- <- with theta - c_k delta, and the same random numbers
4      difference <- (y+ - y-), divided by the root of its mean square so far
5      theta <- theta + a_k difference / (2 c_k) / delta, coordinate by coordinate

Deviations from the paper: returns are maximised; line 4 divides, unless `normalise` is False, so that the same gains do
for returns of any size. The random numbers that choose the actions are the same on both sides of a pair; those of the
environment are only if `common_random_numbers` is True, which seeds every reset.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.config import boolean, real
from gridworld_agents.stochastic.perturbation import Gains, gradient, signs
from gridworld_agents.stochastic.policy_search import PolicySearchAgent, PolicySearchConfig

if TYPE_CHECKING:
    import numpy.typing as npt


class SPSAConfig(PolicySearchConfig):
    """Hyper-parameters of SPSA, beside :class:`PolicySearchConfig`."""

    a: float = real("of the steps", default=1.0, above=0)
    c: float = real("of the perturbations", default=0.7, above=0)
    A: float = real("keeps the first steps small", default=10.0, least=0)
    normalise: bool = boolean("whether differences are divided by the root of their mean square", default=True)


class Memory(NamedTuple):
    """The weights, and how they are being changed."""

    theta: Any  # (d,) float64
    delta: Any  # (d,) float64, signs
    k: Any  # (1,) int64, iterations finished
    squares: Any  # (1,) float64, the sum of squared differences


class SPSA(PolicySearchAgent):
    """Policy search by simultaneous perturbation. Hyper-parameters: :class:`SPSAConfig`.

    Args:
        env: With finite or Box observations, and Discrete or Box actions; see `stochastic.linear_policy`.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.
    """

    id = "spsa"
    Config = SPSAConfig
    candidates = 2

    @staticmethod
    def new_memory(size: int, config: SPSAConfig) -> Memory:  # noqa: ARG004 - as its kind has it
        """Return weights of 0."""
        return Memory(np.zeros(size), np.ones(size), np.zeros(1, np.int64), np.zeros(1))  # 1

    @staticmethod
    def begin(memory: Memory, config: SPSAConfig, rng: np.random.Generator) -> None:  # noqa: ARG004
        """Draw the direction."""
        memory.delta[:] = signs(rng, memory.delta.shape)  # 2

    @staticmethod
    def candidate(memory: Memory, i: int, config: SPSAConfig) -> npt.NDArray[np.float64]:
        """Return the weights on one side or the other."""
        c = gains(config).c(int(memory.k[0]))
        weights: npt.NDArray[np.float64] = memory.theta + (c if i == 0 else -c) * memory.delta  # 3
        return weights

    @staticmethod
    def update(memory: Memory, scores: npt.NDArray[np.float64], config: SPSAConfig) -> None:
        """Take a step uphill."""
        k, (above, below) = int(memory.k[0]), scores.tolist()
        memory.k[0] = k + 1
        if config.normalise:  # 4
            memory.squares[0] += (above - below) ** 2
            size = math.sqrt(memory.squares[0] / (k + 1)) or 1.0
            above, below = above / size, below / size
        a, c = gains(config).a(k), gains(config).c(k)
        memory.theta[:] += a * gradient(above, below, c, memory.delta)  # 5

    @staticmethod
    def check_memory(memory: Memory) -> None:
        """Refuse a direction that is none, and negative counts."""
        if not ((np.abs(memory.delta) == 1).all() and memory.k[0] >= 0 and memory.squares[0] >= 0):
            raise ValueError("its direction or its counts are out of range")


def gains(config: SPSAConfig) -> Gains:
    """Return the gain sequences of hyper-parameters."""
    return Gains(config.a, config.c, config.A)
