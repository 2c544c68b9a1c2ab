"""`PredictionAgent`: what agents share that value a given policy instead of improving one.

They act by that policy and keep a value for every state. A method need give no more than its `id` and `observe`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core.checks import choose, finite_number, probability
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import Schedule, parse, value
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.policies import GIVEN, UNIFORM, is_policy, policy_table, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy.typing as npt


@export("gridworld_agents.authoring.PredictionConfig")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PredictionConfig:
    """The hyper-parameters that all of them have."""

    alpha: float | str = 0.1  # step size, in (0, 1], or a schedule; its visits are those of the state
    gamma: float = 0.99  # discount, in [0, 1]
    initial_value: float = 0.0  # of every state, finite
    policy: str = UNIFORM  # what is valued: "uniform", the path of an .npy file, (S, A) or (S,), an array, a callable

    def __post_init__(self) -> None:
        """Check the ranges."""
        parse("alpha", self.alpha, zero=False)
        probability("gamma", self.gamma)
        finite_number("initial_value", self.initial_value)
        choose("policy", self.policy, (UNIFORM, GIVEN))


class Values(NamedTuple):
    """The memory of a one-step method."""

    v: Any  # (S,) float64
    visits: Any  # (S,) int64, how often each state was learned from
    steps: Any  # (1,) int64, steps in the agent's life
    pi: Any  # (S, A) float64, the policy

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
        return cls(parse("alpha", config.alpha, zero=False), float(config.gamma))


@kernel
def follow(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Return an action of the policy that is valued."""
    a: int = sample(memory.pi, s, rng)
    return a


@kernel
def move_towards(memory: Any, s: int, target: float, params: Any) -> None:
    """v(s) <- v(s) + alpha [target - v(s)], and count the visit."""
    memory.visits[s] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[s])
    memory.v[s] += alpha * (target - memory.v[s])


@export("gridworld_agents.authoring.PredictionAgent")
class PredictionAgent(TabularAgent):
    """An agent that values a policy.

    Args:
        env: With finite observations and actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`; `policy` in any of the forms of `policies.policy_table`.

    Raises:
        ValueError: If the environment or a hyper-parameter does not fit.
    """

    predicts = True  # `check_agent` asks it for the values of its policy, not for the best actions
    stochastic = True  # `judging` values its `policy`, not its most probable actions
    Config = PredictionConfig
    act: ClassVar[Callable[..., Any]] = follow

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        policy = hyper_parameters.pop("policy", UNIFORM)
        if isinstance(policy, str) and policy == UNIFORM:
            super().__init__(env, seed=seed, **hyper_parameters)
            return
        super().__init__(env, seed=seed, **hyper_parameters, policy=GIVEN)
        self.memory.pi[:] = policy_table("policy", policy, self.states.size, self.actions.size)

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """What is known of the value of each state under the policy: (S,) float64, a copy."""
        v: npt.NDArray[np.float64] = self.memory.v.copy()
        return v

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The policy that is valued: (S, A) float64, a copy."""
        pi: npt.NDArray[np.float64] = self.memory.pi.copy()
        return pi

    def greedy(self, s: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the most probable action in states (...), the first of those tied: (...) int64."""
        a: npt.NDArray[np.int64] = self.memory.pi[s].argmax(axis=-1)
        return a

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return values that are all the initial one."""
        return Values.new(S, A, config)

    @staticmethod
    def scalars(config: Any) -> Any:
        """Return the hyper-parameters as compiled code reads them."""
        return PredictionParams.of(config)

    @staticmethod
    def check_memory(memory: Any, S: int, A: int) -> None:
        """Refuse a policy that is none."""
        if not is_policy(memory.pi, S, A):
            raise ValueError("the policy in its memory is none")
