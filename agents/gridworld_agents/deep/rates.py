"""`Rates`: the hyper-parameters that may change while an agent learns, by schedules."""

from __future__ import annotations

import collections
import dataclasses
from typing import Any

import numpy as np
import torch

from gridworld_agents.core.config import is_scheduled, schedule_of
from gridworld_agents.core.schedules import CONSTANT, at


class Rates:
    """Every field of a configuration that takes a schedule, at step k = 0, 1, ... of an agent's lifetime.

    Schedules by visits take visit k + 1.

    Args:
        config: Whose fields have been checked.
        device: Where the rates are to be.
    """

    def __init__(self, config: Any, device: torch.device) -> None:
        names = [field.name for field in dataclasses.fields(config) if is_scheduled(field)]
        self._schedules = {name: schedule_of(config, name) for name in names}
        self._constant = all(schedule.kind == CONSTANT for schedule in self._schedules.values())
        self._device = device
        self._type = collections.namedtuple("Rates", names)  # type: ignore[misc]  # noqa: PYI024 - made from the fields
        self._first = self._tensors(0)

    def tensors(self, k: int) -> Any:
        """Return all of them as a named tuple of tensors (1,) float32.

        Tensors, so that a compiled update need not be compiled anew when they change.
        """
        return self._first if self._constant else self._tensors(k)

    def at(self, name: str, k: int) -> float:
        """Return one of them as a number."""
        return at(self._schedules[name], k, k + 1)

    def _tensors(self, k: int) -> Any:
        values = np.array([[at(schedule, k, k + 1)] for schedule in self._schedules.values()], np.float32)
        return self._type(*torch.from_numpy(values.reshape(-1, 1)).to(self._device))
