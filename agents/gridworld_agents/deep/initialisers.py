"""How a layer's first weights are drawn, and its biases."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

FINAL = 3e-3
"""Bound of the last layer's first params: first outputs near 0 (Lillicrap et al. 2016, section 7)."""


class Initialiser(Protocol):
    """Draws a layer."""

    def __call__(
        self, rng: np.random.Generator, inputs: int, outputs: int, *, last: bool
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return weights (inputs, outputs) and biases (outputs,).

        Args:
            rng: What they are drawn by.
            inputs: Numbers that go into the layer.
            outputs: Numbers that come out.
            last: Whether it is the network's last layer.
        """


@dataclasses.dataclass(frozen=True, kw_only=True)
class FanIn:
    """Uniform in +-1/sqrt(inputs), biases too, as torch draws a linear layer.

    Args:
        final: Bound of the last layer; None, the same as of the others.
    """

    final: float | None = FINAL

    def __call__(
        self, rng: np.random.Generator, inputs: int, outputs: int, *, last: bool
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return weights (inputs, outputs) and biases (outputs,)."""
        bound = self.final if last and self.final is not None else 1 / math.sqrt(inputs)
        return rng.uniform(-bound, bound, (inputs, outputs)), rng.uniform(-bound, bound, outputs)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Orthogonal:
    """Orthogonal weights times a gain, biases 0 (Saxe et al. 2014; for PPO, Andrychowicz et al. 2021, section 3.2).

    Args:
        gain: Of the hidden layers.
        final: Gain of the last layer; 0.01 for a policy makes its first actions nearly independent of what is seen.
    """

    gain: float = math.sqrt(2)
    final: float = 1.0

    def __call__(
        self, rng: np.random.Generator, inputs: int, outputs: int, *, last: bool
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return weights (inputs, outputs) and biases (outputs,)."""
        tall = rng.standard_normal((max(inputs, outputs), min(inputs, outputs)))
        basis, triangle = np.linalg.qr(tall)
        basis *= np.where(np.diag(triangle) < 0, -1, 1)  # so that all orthogonal matrices are as likely (Mezzadri 2007)
        weights = basis if inputs >= outputs else basis.T
        return weights * (self.final if last else self.gain), np.zeros(outputs)
