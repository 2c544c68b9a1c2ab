"""`MLP`: a fully connected network as a pure function of its params, for several members at once."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gridworld_agents.core.checks import choose
from gridworld_agents.core.public import export
from gridworld_agents.deep.initialisers import FanIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from gridworld_agents.deep.initialisers import Initialiser

ACTIVATIONS: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], Callable[[Any], Any]]] = {
    "relu": (torch.relu, lambda x: np.maximum(x, 0, out=x)),
    "tanh": (torch.tanh, lambda x: np.tanh(x, out=x)),
}
"""What can stand between layers: as torch has it, and NumPy, in place."""


@export("gridworld_agents.authoring.MLP")
class MLP:
    """A network with an activation between its layers and nothing after the last.

    It holds no params. Those of M members are one tensor (M, size); `split` cuts it into weights (M, inputs, outputs)
    and biases (M, 1, outputs), and calling the network with either is a pure function of them.

    Args:
        inputs: Numbers that go in.
        hidden: Units of each hidden layer.
        outputs: Numbers that come out of the last layer.
        activation: Between the layers: "relu" or "tanh".
        initialiser: What draws the first weights and biases.
        constants: First values of further outputs that are learned and depend on no input, such as the logarithms of
            PPO's standard deviations. They come after the others.

    Raises:
        ValueError: If there is no such activation.
    """

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[int],
        outputs: int,
        *,
        activation: str = "relu",
        initialiser: Initialiser = FanIn(),  # noqa: B008 - it is frozen
        constants: Sequence[float] = (),
    ) -> None:
        choose("activation", activation, ACTIVATIONS)
        self.num_outputs = outputs + len(constants)
        self._layers = list(itertools.pairwise([inputs, *hidden, outputs]))
        self._activate, self._activate_on_cpu = ACTIVATIONS[activation]
        self._initialiser, self._constants = initialiser, tuple(constants)
        self.shapes = [shape for i, o in self._layers for shape in ((i, o), (1, o))]
        if constants:
            self.shapes.append((1, len(constants)))
        self.sizes = [math.prod(shape) for shape in self.shapes]
        self.size = sum(self.sizes)
        self._cuts = cuts(self.sizes)

    def new(self, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Draw the params of one member: (size,)."""
        drawn: list[npt.NDArray[np.float64]] = []
        for i, (inputs, outputs) in enumerate(self._layers, 1):
            drawn += self._initialiser(rng, inputs, outputs, last=i == len(self._layers))
        return np.concatenate([*(part.ravel() for part in drawn), self._constants]).astype(np.float32)

    def split(self, params: torch.Tensor) -> list[torch.Tensor]:
        """Cut params (M, size) into weights, biases and constants, views of it."""
        M, parts = params.shape[0], torch.split(params, self.sizes, 1)
        return [part.view(M, *shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def __call__(self, params: torch.Tensor | Sequence[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        """Return outputs (M, B, num_outputs) for inputs (M, B, inputs).

        Args:
            params: (M, size), or what `split` made of them.
            x: Inputs.
        """
        parts = self.split(params) if isinstance(params, torch.Tensor) else params
        last = len(self._layers) - 1
        for i in range(last + 1):
            x = torch.bmm(x, parts[2 * i]).add_(parts[2 * i + 1])  # baddbmm copies the bias into every row first
            if i < last:
                x = self._activate(x)
        if self._constants:
            x = torch.cat([x, parts[-1].expand(-1, x.shape[1], -1)], 2)
        return x

    def views(self, params: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        """Cut params (M, size) into weights, biases and constants as `split` does, views of it."""
        M = len(params)
        return [params[:, cut].reshape(M, *shape) for cut, shape in zip(self._cuts, self.shapes, strict=True)]

    def on_cpu(self, parts: Sequence[npt.NDArray[np.float32]], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return outputs (..., B, num_outputs) for inputs `x` by NumPy, of one member or of all, as the parts have it.

        For a few inputs this is several times quicker than torch.
        """
        last = len(self._layers) - 1
        for i in range(last + 1):
            x = x @ parts[2 * i]
            x += parts[2 * i + 1]
            if i < last:
                self._activate_on_cpu(x)
        if self._constants:
            x = np.concatenate([x, np.broadcast_to(parts[-1], (*x.shape[:-1], len(self._constants)))], -1)
        return x


@export("gridworld_agents.authoring.Networks")
class Networks:
    """Several networks whose params are one tensor (M, size): one gradient, one norm to clip, one optimiser.

    `split` cuts it into those of each, by name; an actor and a critic that learn together are

        networks = Networks(actor=MLP(4, (64, 64), 2), critic=MLP(4, (64, 64), 1))
        v = networks["critic"](networks.split(params)["critic"], s)

    Args:
        **networks: By name.
    """

    def __init__(self, **networks: MLP) -> None:
        self._networks: Mapping[str, MLP] = networks
        self._sizes = [network.size for network in networks.values()]
        self.size = sum(self._sizes)
        self._cuts = cuts(self._sizes)

    def __getitem__(self, name: str) -> MLP:
        """Return a network."""
        return self._networks[name]

    def new(self, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """Draw the params of one member: (size,), those of each network in their order."""
        return np.concatenate([network.new(rng) for network in self._networks.values()])

    def split(self, params: torch.Tensor) -> dict[str, torch.Tensor]:
        """Cut params (M, size) into those of each network, (M, its size), views of it."""
        return dict(zip(self._networks, torch.split(params, self._sizes, 1), strict=True))

    def views(self, params: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
        """Cut params (M, size) as `split` does, views of it."""
        return {name: params[:, cut] for name, cut in zip(self._networks, self._cuts, strict=True)}


def cuts(sizes: Sequence[int]) -> list[slice]:
    """Return the slices of parts that lie one after the other."""
    return [slice(end - size, end) for end, size in zip(itertools.accumulate(sizes), sizes, strict=True)]
