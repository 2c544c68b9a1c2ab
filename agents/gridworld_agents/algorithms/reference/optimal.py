"""The optimum as an agent: what every other one is measured against. It reads the model and asks the oracle.

1  q <- the optimal action values of the environment's exact model
2  in s take an a of largest q(s, a); undiscounted, one that ends soonest among those
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.algorithms.reference.fixed import FixedAgent
from gridworld_agents.core import files
from gridworld_agents.core.checks import probability, whole_number
from gridworld_agents.core.finite_spaces import Actions, finite_spaces, spaces_and_model
from gridworld_agents.core.numbering import Numbering
from gridworld_agents.tabular.soonest import soonest
from gridworld_env import oracle

if TYPE_CHECKING:
    import os
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt


@dataclasses.dataclass(frozen=True, kw_only=True)
class OptimalConfig:
    """Hyper-parameters of the optimal agent."""

    gamma: float = 0.99  # discount, in [0, 1]

    def __post_init__(self) -> None:
        """Check the range."""
        probability("gamma", self.gamma)


class Optimal(FixedAgent):
    """Acts by the oracle's optimum. Needs an environment that knows its model, and shows its state.

    Args:
        env: The environment.
        seed: Of no use: the agent draws nothing.
        gamma: Discount, in [0, 1].

    Raises:
        ValueError: If the environment has no exact model or an observation does not tell the state.
    """

    id = "optimal"
    Config = OptimalConfig

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, gamma: float = 0.99) -> None:
        if seed is not None:
            whole_number("seed", seed)
        self.config = OptimalConfig(gamma=gamma)
        self.states, self.actions, mdp = spaces_and_model(self.id, env)
        best = oracle.optimal(mdp, gamma=float(gamma))  # 1
        self._values, self._q, self._policy = best.v, best.q, best.policy
        self._choice = (soonest(mdp, best.policy) if gamma == 1 else best.policy).argmax(axis=1)  # 2

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """The optimal value of each action in each state: (S, A) float64, a copy."""
        return self._q.copy()

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The optimal value of each state: (S,) float64, a copy."""
        return self._values.copy()

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The optimal policy, uniform over tied actions: (S, A) float64, a copy."""
        return self._policy.copy()

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,  # noqa: ARG002 - it always is
    ) -> tuple[Any, Any]:
        """Return the best action, or actions (N,) for N observations, and `state` as it is."""
        actions = self.actions.choose(self._choice[self.states.numbers(observation)])
        return actions, state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file."""
        header = {
            "id": self.id,
            "num_timesteps": self.num_timesteps,
            "config": dataclasses.asdict(self.config),
            "observations": self.states.to_json(),
            "actions": self.actions.to_json(),
        }
        arrays = {"values": self._values, "q": self._q, "policy": self._policy, "choice": self._choice}
        files.write(path, header, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None) -> Self:
        """Read an agent from a file.

        Raises:
            AgentFileError: If the file does not hold one.
            ValueError: If an environment is given and has other spaces.
        """
        agent = cls.__new__(cls)
        with files.reading(path) as saved:
            files.check_id(saved, cls.id)
            agent._read(saved)  # noqa: SLF001 - one of its own class
        if env is not None and finite_spaces(cls.id, env) != (agent.states, agent.actions):
            raise ValueError(f"the agent in {path} is for other spaces than those of {env}")
        return agent

    def _read(self, saved: files.Saved) -> None:
        self.num_timesteps = whole_number("num_timesteps", saved.field("num_timesteps", int))
        self.config = OptimalConfig(**saved.field("config", dict))
        self.states = Numbering.from_json(saved.field("observations", dict))
        self.actions = Actions.from_json(saved.field("actions", dict))
        S, A = self.states.size, self.actions.size
        number = np.dtype(np.float64)
        self._values = saved.array("values", number, (S,), finite=False)  # undiscounted, it may be -inf
        self._q = saved.array("q", number, (S, A), finite=False)
        self._policy = saved.array("policy", number, (S, A))
        self._choice = saved.array("choice", np.dtype(np.int64), (S,))
        if ((self._choice < 0) | (self._choice >= A)).any():
            raise ValueError("it chooses actions that do not exist")
