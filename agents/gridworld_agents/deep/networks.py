"""`MLP`: a fully connected network as a pure function of its parameters, for several members at once."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

FINAL = 3e-3
"""Bound of the last layer's initial parameters: first outputs near 0 (Lillicrap et al. 2016, section 7)."""


class MLP:
    """A network with ReLU between its layers and nothing after the last.

    It holds no parameters. Those of M members are one tensor (M, size); `split` cuts it into weights (M, inputs,
    outputs) and biases (M, 1, outputs), and calling the network with these is a pure function of them.

    Args:
        inputs: Numbers that go in.
        hidden: Units of each hidden layer.
        outputs: Numbers that come out.
    """

    def __init__(self, inputs: int, hidden: Sequence[int], outputs: int) -> None:
        pairs = list(itertools.pairwise([inputs, *hidden, outputs]))
        self.shapes = [shape for i, o in pairs for shape in ((i, o), (1, o))]
        self.sizes = [math.prod(shape) for shape in self.shapes]
        self.size = sum(self.sizes)
        ends = itertools.accumulate(self.sizes)
        self._cuts = [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]

    def new(self, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Draw the parameters of one member: (size,), uniform in +-1/sqrt(inputs of the layer), the last in +-FINAL."""
        drawn = []
        for i, size in enumerate(self.sizes):
            inputs = self.shapes[i - i % 2][0]
            bound = FINAL if i >= len(self.shapes) - 2 else 1 / math.sqrt(inputs)
            drawn.append(rng.uniform(-bound, bound, size))
        return np.concatenate(drawn).astype(np.float32)

    def split(self, flat: torch.Tensor) -> list[torch.Tensor]:
        """Cut parameters (M, size) into weights and biases, views of it."""
        M = flat.shape[0]
        return [part.view(M, *shape) for part, shape in zip(torch.split(flat, self.sizes, 1), self.shapes, strict=True)]

    def __call__(self, params: Sequence[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        """Return outputs (M, B, outputs) for inputs (M, B, inputs)."""
        last = len(params) - 2
        for i in range(0, len(params), 2):
            x = torch.bmm(x, params[i]).add_(params[i + 1])  # baddbmm copies the bias into every row first
            if i < last:
                x = torch.relu(x)
        return x

    def views(self, flat: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """Cut the parameters (M, size) into weights and biases as `split` does, views of it."""
        M = len(flat)
        return [flat[:, cut].reshape(M, *shape) for cut, shape in zip(self._cuts, self.shapes, strict=True)]

    @staticmethod
    def on_cpu(parts: Sequence[npt.NDArray[np.float32]], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return outputs (..., B, outputs) by NumPy, of one member or of all, as the parts have it.

        For a few inputs this is several times quicker than torch.
        """
        last = len(parts) - 2
        for i in range(0, len(parts), 2):
            x = x @ parts[i]
            x += parts[i + 1]
            if i < last:
                np.maximum(x, 0, out=x)
        return x


def joined(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    """Undo `split`: (M, size)."""
    return torch.cat([part.reshape(part.shape[0], -1) for part in parts], 1)
