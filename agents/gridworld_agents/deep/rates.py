"""`Rates`: the hyper-parameters of agents with networks that may change while they learn, by schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from gridworld_agents.core.schedules import CONSTANT, Schedule, at, parse

if TYPE_CHECKING:
    from gridworld_agents.deep.config import DeepConfig


class StepSizes(NamedTuple):
    """Step sizes of an update: tensors, so that a compiled update need not be compiled anew when they change."""

    actor: torch.Tensor  # (1,) float32
    critic: torch.Tensor  # (1,) float32


class Rates:
    """Step sizes and the scale of the noise at step k = 0, 1, ... of an agent's life; schedules take visit k + 1.

    Args:
        config: Which have been checked.
        device: Where the step sizes are to be.
    """

    def __init__(self, config: DeepConfig, device: torch.device) -> None:
        p = config
        self._schedules = [schedule(name, getattr(p, name)) for name in ("actor_step_size", "critic_step_size")]
        self._constant = all(one.kind == CONSTANT for one in self._schedules)
        self._noise_scale = schedule("noise_scale", p.noise_scale)
        self._device = device
        self._step_sizes = self._sizes(0)

    def step_sizes(self, k: int) -> StepSizes:
        """Return the step sizes."""
        return self._step_sizes if self._constant else self._sizes(k)

    def noise_scale(self, k: int) -> float:
        """Return the scale of the noise."""
        return at(self._noise_scale, k, k + 1)

    def _sizes(self, k: int) -> StepSizes:
        values = np.array([[at(one, k, k + 1)] for one in self._schedules], np.float32)
        return StepSizes(*torch.from_numpy(values).to(self._device))


def schedule(argument: str, given: float | str) -> Schedule:
    """Return the schedule that a rate asks for: of step sizes a number must be above 0, a schedule may reach 0.

    Raises:
        ValueError: If it is none, or out of range.
    """
    zero = isinstance(given, str) or argument == "noise_scale"
    return parse(argument, given, zero=zero, largest=np.inf)
