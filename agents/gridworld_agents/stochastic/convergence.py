"""How fast an agent's values come to the exact ones: errors at growing numbers of samples, and their rate."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_env import oracle, protocol

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


@export("gridworld_agents.stochastic_approximation.Convergence")
@dataclasses.dataclass(frozen=True)
class Convergence:
    """What :func:`convergence_rate` returns."""

    samples: npt.NDArray[np.int64]
    """Timesteps at which the errors were measured: (n,) int64."""
    errors: FloatArray
    """max |q - q*| over states and actions: (n,) float64."""
    averaged_errors: FloatArray | None
    """Of `averaged_q_values`; None where the agent has none."""

    @property
    def rate(self) -> float:
        """The slope of log error over log samples: errors fall like samples^rate."""
        return slope(self.samples, self.errors)

    @property
    def averaged_rate(self) -> float:
        """The same of the averaged values; not a number where there are none."""
        return np.nan if self.averaged_errors is None else slope(self.samples, self.averaged_errors)


@export("gridworld_agents.stochastic_approximation.convergence_rate")
def convergence_rate(agent: Any, total_timesteps: int, *, first: int | None = None, points: int = 12) -> Convergence:
    """Let an agent learn, and measure the rate at which its values converge to the oracle's.

    In theory the error of stochastic approximation with steps n^-p falls like n^(-p/2) for 1/2 < p < 1, and that of the
    averaged iterates like n^(-1/2) (Polyak and Juditsky 1992), once the start is forgotten.

    Args:
        agent: With `q_values`, `env` and `config.gamma`; it goes on learning from where it is.
        total_timesteps: How long it learns, >= 2.
        first: Timesteps after which the error is measured first; None is a hundredth of the whole.
        points: How often it is measured, at equal distances of the logarithm, >= 2.

    Raises:
        ValueError: If an argument is out of range, or the environment has no model.
    """
    total = whole_number("total_timesteps", total_timesteps, 2)
    first = max(1, total // 100) if first is None else whole_number("first", first, 1)
    if first >= total:
        raise ValueError(f"first must be less than total_timesteps, {total}, got {first}")
    whole_number("points", points, 2)
    if agent.env is None:
        raise ValueError("this agent has no environment to learn on: pass one to load")
    best = oracle.optimal(protocol.exact_model(agent.env), gamma=agent.config.gamma).q
    samples = np.unique(np.geomspace(first, total, points).round().astype(np.int64))
    errors, averaged = [], []
    for n in np.diff(samples, prepend=0).tolist():
        agent.learn(n, reset_num_timesteps=False)
        errors.append(float(np.abs(agent.q_values - best).max()))
        if hasattr(agent, "averaged_q_values"):
            averaged.append(float(np.abs(agent.averaged_q_values - best).max()))
    return Convergence(samples, np.array(errors), np.array(averaged) if averaged else None)


def slope(samples: Any, errors: Any) -> float:
    """Return the slope of log error over log samples, by least squares; errors of 0 are left out.

    Returns:
        The slope; not a number where fewer than two errors are above 0.
    """
    known = np.asarray(errors) > 0
    if known.sum() < 2:
        return np.nan
    return float(np.polyfit(np.log(np.asarray(samples)[known]), np.log(np.asarray(errors)[known]), 1)[0])
