"""Q-learning that is curious: a bonus of beta / sqrt(n) for what was tried n times.

1  in s take an a of largest u(s, a); u began at beta / (1 - gamma), as if everything new stayed new
2  observe r, s_next
3  n(s, a) <- n(s, a) + 1
4  u(s, a) <- u(s, a) + alpha [r + beta / sqrt(n(s, a)) + gamma max_b u(s_next, b) - u(s, a)]
5  q(s, a) <- q(s, a) + alpha [r + gamma max_b q(s_next, b) - q(s, a)]; nothing follows a terminated step

The bonus is that of MBIE-EB (A. L. Strehl and M. L. Littman, An analysis of model-based interval estimation for Markov
decision processes, Journal of Computer and System Sciences 74, 2008), which adds it to the values of a learned model.
Deviations: here it is added to the reward of Q-learning, which needs no model; and beside u, which explores, a second
table q learns from the same steps without the bonus, so that what is left of it does not lead the greedy action astray.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridworld_agents.authoring import Config, TabularAgent, greedy, kernel, largest, real

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.authoring import Transition


class CountBonusConfig(Config):
    """Hyper-parameters: their checks, the flags of the command line and its help are made from these declarations."""

    alpha: float = real("step size", default=0.2, above=0, most=1)
    gamma: float = real("discount", default=0.99, least=0, below=1)
    beta: float = real("how curious it is, in units of reward", default=0.1, above=0)


class Memory(NamedTuple):
    """What the agent learns in."""

    q: npt.NDArray[np.float64]  # (S, A), values without the bonus
    visits: npt.NDArray[np.int64]  # (S, A), n
    u: npt.NDArray[np.float64]  # (S, A), values with the bonus


class Params(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    alpha: float
    gamma: float
    beta: float


@kernel
def act(memory: Memory, s: int, params: Params, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Choose an action."""
    a: int = greedy(memory.u, s, True, rng)  # 1
    return a


@kernel
def observe(memory: Memory, t: Transition, params: Params, rng: np.random.Generator) -> None:  # noqa: ARG001
    """Learn from a step."""
    memory.visits[t.s, t.a] += 1  # 3
    u_target, q_target = t.r + params.beta / np.sqrt(memory.visits[t.s, t.a]), t.r
    if not t.terminated:
        u_target += params.gamma * largest(memory.u, t.s_next)
        q_target += params.gamma * largest(memory.q, t.s_next)
    memory.u[t.s, t.a] += params.alpha * (u_target - memory.u[t.s, t.a])  # 4
    memory.q[t.s, t.a] += params.alpha * (q_target - memory.q[t.s, t.a])  # 5


class CountBonus(TabularAgent):
    """Q-learning with a bonus for the new. Hyper-parameters: :class:`CountBonusConfig`."""

    id = "example/count-bonus"
    Config = CountBonusConfig
    act = act
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: CountBonusConfig) -> Memory:
        """Return the memory of an agent to which everything is new."""
        hoped = config.beta / (1 - config.gamma)
        return Memory(np.zeros((S, A)), np.zeros((S, A), np.int64), np.full((S, A), hoped))

    @staticmethod
    def scalars(config: CountBonusConfig) -> Params:
        """Return the hyper-parameters as compiled code reads them."""
        return Params(config.alpha, config.gamma, config.beta)


__all__ = ["CountBonus", "CountBonusConfig"]
