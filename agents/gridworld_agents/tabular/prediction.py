"""`PredictionAgent`: what agents share that value a given policy instead of improving one.

They act by that policy and keep a value for every state. A method need give no more than its `id` and `observe`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import Config, real, schedule_of
from gridworld_agents.core.config import schedule as scheduled
from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular.given_policy import GivenPolicyAgent, policy
from gridworld_agents.tabular.parts.policies import UNIFORM, policy_table, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt


@export("gridworld_agents.authoring.PredictionConfig")
class PredictionConfig(Config):
    """The hyper-parameters that all of them have."""

    alpha: float | str = scheduled("step size; its visits are those of the state", default=0.1, above=0, most=1)
    gamma: float = real("discount", default=0.99, least=0, most=1)
    initial_value: float = real("of every state", default=0.0)
    policy: str = policy("what is valued", (UNIFORM,), default=UNIFORM)


class Values(NamedTuple):
    """The memory of a one-step method."""

    v: Any  # (S,) float64
    visits: Any  # (S,) int64, how often each state was learned from
    steps: Any  # (1,) int64, steps in the agent's life
    policy: Any  # (S, A) float64, the policy that is valued

    @classmethod
    def new(cls, S: int, A: int, config: PredictionConfig) -> Values:
        """Return values that are all the same, of the uniform policy; one that is given takes its place later."""
        v = np.full(S, float(config.initial_value))
        return cls(v, np.zeros(S, np.int64), np.zeros(1, np.int64), policy_table("policy", UNIFORM, S, A))


class PredictionParams(NamedTuple):
    """The hyper-parameters of a one-step method as compiled code reads them."""

    alpha: Schedule
    gamma: float

    @classmethod
    def of(cls, config: PredictionConfig) -> PredictionParams:
        """Return them of a dataclass."""
        return cls(schedule_of(config, "alpha"), float(config.gamma))


@kernel
def follow(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Return an action of the policy that is valued."""
    a: int = sample(memory.policy, s, rng)
    return a


@kernel
def move_towards(memory: Any, s: int, target: float, params: Any) -> None:
    """v(s) <- v(s) + alpha [target - v(s)], and count the visit."""
    memory.visits[s] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[s])
    memory.v[s] += alpha * (target - memory.v[s])


@export("gridworld_agents.authoring.PredictionAgent")
class PredictionAgent(GivenPolicyAgent):
    """An agent that values a policy, which it acts by."""

    predicts = True
    stochastic = True
    Config: ClassVar[type[Any]] = PredictionConfig
    given = "policy"
    names = (UNIFORM,)
    act: ClassVar[Callable[..., Any]] = follow

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """What is known of the value of each state under the policy: (S,) float64, a copy."""
        v: npt.NDArray[np.float64] = self.memory.v.copy()
        return v

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The policy that is valued: (S, A) float64, a copy."""
        pi: npt.NDArray[np.float64] = self.memory.policy.copy()
        return pi

    def greedy(self, s: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the most probable action in states (...), the first of those tied: (...) int64."""
        a: npt.NDArray[np.int64] = self.memory.policy[s].argmax(axis=-1)
        return a

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return values that are all the initial one."""
        return Values.new(S, A, config)

    @staticmethod
    def scalars(config: Any) -> Any:
        """Return the hyper-parameters as compiled code reads them."""
        return PredictionParams.of(config)
