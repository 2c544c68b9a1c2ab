"""`ContinuousJudge`: what an agent is worth beside the known optimum of a continuous environment, by playing.

1  v <- the optimum's values: `oracle.linear_quadratic` for LinearQuadratic-v0, `oracle.fine_grid` for
   ContinuousGridWorld-v0
2  play an episode from x_0;  G <- sum_t gamma^t r_t, and where it was cut off in x_T, + gamma^T v(x_T)
3  loss <- v(x_0) - G;  gap <- the mean loss over episodes, its standard error by their spread

So the gap is what the agent loses within the time limit, and that of the optimum itself is 0 but for noise. To take
v(x_0) away episode by episode removes the chance of the start, which is most of the noise.

4  in LinearQuadratic-v0 the best policy is u = -K x: an agent's gain is minus its Jacobian at 0, by central differences
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.evaluation.judge import USUAL_GAMMA
from gridworld_agents.evaluation.playing import MAX_STEPS, Evaluation, evaluate
from gridworld_env import oracle, protocol
from gridworld_env.authoring import Displayed

if TYPE_CHECKING:
    import numpy.typing as npt

STEP = 1e-2
"""How far from 0 the policy is asked for its Jacobian: networks compute in single precision."""


@export("gridworld_agents.evaluation.Judged")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Judged:
    """What an agent was found to be worth."""

    played: Evaluation
    value: float
    """Mean of G: discounted, from where episodes start."""
    value_error: float
    """Standard error of `value`; nan after a single episode."""
    gap: float
    """Mean loss; below 0 only by chance, or by the error of the optimum."""
    gap_error: float
    """Standard error of `gap`; nan after a single episode."""


@export("gridworld_agents.ContinuousJudge")
class ContinuousJudge(Displayed):
    """Values agents on a continuous environment whose optimum is known.

    Args:
        env: A `LinearQuadratic-v0` or a `ContinuousGridWorld-v0`, as `gymnasium.make` makes it.
        gamma: Discount of the returns that are compared, in [0, 1].

    Attributes:
        best: What the oracle knows: a `LinearSolution` or a `FineGrid`, which act as agents do.
        optimum: Its mean value of the starts.
        error: How far off that may be: 0 for the former, an estimate for the latter.

    Raises:
        TypeError: If the environment has no such optimum.
        ValueError: If a wrapper or subclass may change what is seen, done or paid, or there is no optimum at this
            discount.
    """

    def __init__(self, env: gym.Env[Any, Any], gamma: float) -> None:
        solve = oracle.continuous_oracle(env)
        if solve is None:
            raise TypeError(
                f"{protocol.name_of(env)} has no known optimum: it is neither LinearQuadratic-v0 nor "
                "ContinuousGridWorld-v0"
            )
        reason = protocol.alteration(env, "world")
        if reason is not None:
            raise ValueError(
                f"the optimum beneath {protocol.name_of(env)} may be that of another environment: {reason}"
            )
        self.env, self.gamma = env, gamma
        self.linear = solve is oracle.linear_quadratic
        self.best: Any = solve(env, gamma)
        self.optimum: float = self.best.start_value
        self.error: float = getattr(self.best, "start_error", 0.0)

    def judge(
        self,
        agent: Any,
        episodes: int,
        *,
        seed: int | None = None,
        deterministic: bool = True,
        max_steps: int = MAX_STEPS,
    ) -> Judged:
        """Play episodes with an agent, and compare them with the optimum.

        Args:
            agent: Anything with `predict`.
            episodes: How many, >= 1.
            seed: Of the episodes, as in `evaluate`.
            deterministic: Whether it plays without exploring.
            max_steps: After which an episode is cut off.

        Raises:
            ValueError: If a number is out of range.
        """
        seen = _Discounted(self.env, self.gamma)
        played = evaluate(agent, seen, episodes, seed=seed, deterministic=deterministic, max_steps=max_steps)
        G = np.array([total + share * self._value(x) for _, total, share, x in seen.episodes])
        losses = np.array([self._value(x) for x, _, _, _ in seen.episodes]) - G
        return Judged(played=played, value=_mean(G), value_error=_error(G), gap=_mean(losses), gap_error=_error(losses))

    def __repr__(self) -> str:
        """Return what is judged, in a line."""
        off = f" +- {self.error:.2g}" if self.error else ""
        return (
            f"<ContinuousJudge of {protocol.name_of(self.env)}, gamma {self.gamma:g}: optimum {self.optimum:.6g}{off}>"
        )

    def _shown(self) -> Any:
        return self.best._shown()  # noqa: SLF001 - it is shown as its optimum is

    def _value(self, x: Any) -> float:
        return 0.0 if x is None else float(self.best.value(x))


def continuous_judge_for(env: gym.Env[Any, Any], agent: Any, gamma: float | None = None) -> ContinuousJudge | None:
    """Return the judge of an agent on its environment, by default at its own discount; None where no optimum is known.

    Raises:
        ValueError: If there is one, but not at this discount.
    """
    own = getattr(getattr(agent, "config", None), "gamma", USUAL_GAMMA)
    try:
        return ContinuousJudge(env, own if gamma is None else gamma)
    except TypeError:
        return None


@export("gridworld_agents.evaluation.LinearisedGain")
@dataclasses.dataclass(frozen=True, kw_only=True)
class LinearisedGain:
    """What an agent does near 0, as a gain."""

    gain: npt.NDArray[np.float64]
    """(m, n): the action near 0 is that at 0, less gain x."""
    at_zero: npt.NDArray[np.float64]
    """(m,), the action at 0, where the optimum does nothing."""
    exact: npt.NDArray[np.float64]
    """(m, n), the optimum's gain K."""

    @property
    def distance(self) -> float:
        """The Frobenius norm of the gain less the exact one, as a share of that one's."""
        return float(np.linalg.norm(self.gain - self.exact) / (np.linalg.norm(self.exact) or 1.0))


@export("gridworld_agents.evaluation.linearised_gain")
def linearised_gain(
    agent: Any, env: gym.Env[Any, Any] | None = None, *, gamma: float | None = None, step: float = STEP
) -> LinearisedGain:
    """Return the gain of an agent's deterministic policy at 0 in `LinearQuadratic-v0`, beside the exact one.

    Args:
        agent: Anything with `predict`.
        env: The environment; None for the agent's own, `agent.env`.
        gamma: Discount of the exact gain; None for the agent's own, 0.99 where it has none.
        step: Of the central differences, > 0, in the state's unit.

    Raises:
        TypeError: If the environment is no linear system.
        ValueError: If there is none, or an argument is out of range.
    """
    env = getattr(agent, "env", None) if env is None else env
    if env is None:
        raise ValueError("the agent has no environment of its own: pass env")
    if not step > 0:
        raise ValueError(f"step must be > 0, got {step!r}")
    own = getattr(getattr(agent, "config", None), "gamma", USUAL_GAMMA)
    best = oracle.linear_quadratic(env, own if gamma is None else gamma)
    n = best.world.state_size
    places = np.concatenate([np.zeros((1, n)), step * np.eye(n), -step * np.eye(n)]).astype(np.float32)
    u = np.array([np.asarray(agent.predict(x, deterministic=True)[0], np.float64).reshape(-1) for x in places])
    slope = (u[1 : n + 1] - u[n + 1 :]).T / (2 * step)  # 4
    return LinearisedGain(gain=-slope, at_zero=u[0], exact=best.gain)


class _Discounted(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps of each episode its first observation, its discounted rewards, gamma^T, and where it was cut off."""

    def __init__(self, env: gym.Env[Any, Any], gamma: float) -> None:
        super().__init__(env)
        self.gamma = gamma
        self.episodes: list[tuple[Any, float, float, Any]] = []

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self.episodes.append((np.array(observation), 0.0, 1.0, None))
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        observation, r, terminated, truncated, info = self.env.step(action)
        first, total, share, _ = self.episodes[-1]
        stands = None if terminated else np.array(observation)
        self.episodes[-1] = (first, total + share * float(r), share * self.gamma, stands)
        return observation, r, terminated, truncated, info


def _mean(numbers: npt.NDArray[np.float64]) -> float:
    return float(numbers.mean())


def _error(numbers: npt.NDArray[np.float64]) -> float:
    return float(numbers.std(ddof=1) / math.sqrt(len(numbers))) if len(numbers) > 1 else math.nan
