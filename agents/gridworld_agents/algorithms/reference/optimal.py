"""The optimum as an agent: what every other one is measured against. It reads the model and asks the oracle.

1  q <- the optimal action values of the environment's exact model
2  in s take an a of largest q(s, a); undiscounted, one that ends soonest among those
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.algorithms.reference.fixed import FixedAgent
from gridworld_agents.core.config import Config, real
from gridworld_agents.core.finite_spaces import spaces_and_model, table_bytes
from gridworld_agents.tabular.soonest import soonest
from gridworld_env import oracle

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations


class OptimalConfig(Config):
    """Hyper-parameters of the optimal agent."""

    gamma: float = real("discount", default=0.99, least=0, most=1)


class Optimum(NamedTuple):
    """What the oracle said."""

    v: Any  # (S,) float64; undiscounted it may be -inf
    q: Any  # (S, A) float64
    policy: Any  # (S, A) float64, uniform over tied actions
    choice: Any  # (S,) int64


class Optimal(FixedAgent):
    """The exact optimum, from the oracle. Needs an environment that knows its model, and shows its state.

    Args:
        env: The environment.
        seed: Of no use: the agent draws nothing.
        gamma: Discount, in [0, 1].

    Raises:
        ValueError: If the environment has no exact model or an observation does not tell the state.
    """

    id = "optimal"
    observation_spaces, action_spaces = "finite", "Discrete"
    needs_model = True
    Config = OptimalConfig

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Observations, Actions]:
        """Return the spaces of an environment with a model."""
        states, actions, self._mdp = spaces_and_model(self.id, env)
        return states, actions

    def build(self) -> None:
        """Ask the oracle, where there is a model: otherwise a file has its answer."""
        S, A = self.observations.size, self.actions.size
        mdp = getattr(self, "_mdp", None)
        if mdp is None:
            self.best = Optimum(np.zeros(S), np.zeros((S, A)), np.zeros((S, A)), np.zeros(S, np.int64))
            return
        best = oracle.optimal(mdp, gamma=self.config.gamma)  # 1
        policy = soonest(mdp, best.policy) if self.config.gamma == 1 else best.policy
        self.best = Optimum(best.v, best.q, best.policy, policy.argmax(axis=1))  # 2

    def smallest_file(self) -> int:
        """Return the bytes of one table."""
        return table_bytes(self.observations, self.actions)

    def trees(self) -> dict[str, Any]:
        """Return what the oracle said, and the log."""
        return {"log": self.log, "best": self.best}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on with what the oracle said."""
        super().take(trees)
        self.best = trees["best"]
        if (self.best.choice >= self.actions.size).any():
            raise ValueError("it chooses actions that do not exist")

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """The optimal value of each action in each state: (S, A) float64, a copy."""
        q: npt.NDArray[np.float64] = self.best.q.copy()
        return q

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The optimal value of each state: (S,) float64, a copy."""
        v: npt.NDArray[np.float64] = self.best.v.copy()
        return v

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The optimal policy, uniform over tied actions: (S, A) float64, a copy."""
        pi: npt.NDArray[np.float64] = self.best.policy.copy()
        return pi

    def choose(self, observation: Any, deterministic: bool) -> Any:  # noqa: ARG002 - it always is
        """Return the best actions."""
        return self.actions.choose(self.best.choice[self.observations.numbers(observation)])
