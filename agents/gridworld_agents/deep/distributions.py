"""Distributions of actions, as pure functions of what a policy network puts out and of noise that is handed in.

A policy network gives `out` (..., num_outputs), such as (M, B, num_outputs); everything here acts on its last axis and
draws nothing itself. Actions are indices (...) int64 of a `Categorical`, otherwise vectors (..., num_actions), where
1 and -1 stand for the bounds of an action.

Where not all actions are available, `ops.masked` is applied to the logits first; `check_available` belongs before work
starts, as a compiled graph cannot raise.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gridworld_agents.core.public import export
from gridworld_agents.deep.inverting import invert_gradient

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

export("gridworld_agents.authoring.distributions").module()

Noise: TypeAlias = Literal["uniform", "normal"]
"""What noise a distribution takes: uniform in [0, 1), or standard normal."""

LOG_STD = -20.0, 2.0
"""Between which a squashed Gaussian's logarithm of the standard deviation is kept."""

_NODES, _WEIGHTS = (tuple(part.tolist()) for part in np.polynomial.hermite_e.hermegauss(32))


class Head(Protocol):
    """How the outputs of a policy network become actions."""

    @property
    def num_outputs(self) -> int:
        """How many numbers the network puts out for an action."""

    @property
    def num_constants(self) -> int:
        """How many of these, the last, are the same whatever is observed: `constants` of an `MLP`."""

    @property
    def noise(self) -> Noise:
        """What noise `sample` takes."""

    @property
    def noise_size(self) -> int:
        """How many numbers of it for an action."""

    def sample(self, out: Tensor, noise: Tensor) -> Tensor:
        """Return actions for outputs (..., num_outputs) and noise (..., noise_size)."""

    def mode(self, out: Tensor) -> Tensor:
        """Return the actions to take without exploring, for outputs (..., num_outputs)."""


class Distribution(Head, Protocol):
    """A head whose actions have probabilities, or densities."""

    def log_prob(self, out: Tensor, a: Tensor) -> Tensor:
        """Return the logarithm of the actions' probability or density: (...)."""

    def entropy(self, out: Tensor) -> Tensor:
        """Return the entropy in nats: (...)."""


@dataclasses.dataclass(frozen=True)
class Categorical:
    """One of `num_actions` actions; the outputs are logits.

    Of an action that is masked the probability is exactly 0: it is never drawn, adds nothing to the entropy, and its
    logit has the gradient 0. Its `log_prob` is finite, some -1e38.

    Args:
        num_actions: How many.
    """

    num_actions: int
    num_constants: ClassVar[int] = 0
    noise: ClassVar[Noise] = "uniform"

    @property
    def num_outputs(self) -> int:
        """A logit of each action."""
        return self.num_actions

    @property
    def noise_size(self) -> int:
        """One number of each action."""
        return self.num_actions

    def sample(self, out: Tensor, noise: Tensor) -> Tensor:
        """Return argmax(out + g), g = -log(-log(noise)) Gumbel noise: (...) int64 (Maddison et al. 2014, section 2)."""
        finite = noise.clamp(min=torch.finfo(noise.dtype).tiny)  # of 0, g would be below what is masked
        return (out - (-finite.log()).log()).argmax(-1)

    def mode(self, out: Tensor) -> Tensor:
        """Return the likeliest actions, the first of several: (...) int64."""
        return out.argmax(-1)

    def log_prob(self, out: Tensor, a: Tensor) -> Tensor:
        """Return log pi(a): (...), for actions (...) int64."""
        return functional.log_softmax(out, -1).gather(-1, a[..., None]).squeeze(-1)

    def probabilities(self, out: Tensor) -> Tensor:
        """Return pi of every action: (..., A)."""
        return functional.softmax(out, -1)

    def entropy(self, out: Tensor) -> Tensor:
        """Return -sum_a pi(a) log pi(a): (...)."""
        log_prob = functional.log_softmax(out, -1)
        return -(log_prob.exp() * log_prob).sum(-1)


@dataclasses.dataclass(frozen=True)
class DiagonalGaussian:
    """Normal actions, independent of each other; the outputs are means, then logarithms of standard deviations.

    The latter are constants, as usual for PPO (Schulman et al. 2015, appendix D). Actions are not bounded: whoever
    takes them cuts them off, and keeps what was drawn to learn from.

    Args:
        num_actions: Numbers of an action.
    """

    num_actions: int
    noise: ClassVar[Noise] = "normal"

    @property
    def num_outputs(self) -> int:
        """A mean and a logarithm of a standard deviation of each number."""
        return 2 * self.num_actions

    @property
    def num_constants(self) -> int:
        """The logarithms."""
        return self.num_actions

    @property
    def noise_size(self) -> int:
        """One of each number."""
        return self.num_actions

    def sample(self, out: Tensor, noise: Tensor) -> Tensor:
        """Return mean + std noise: (..., num_actions)."""
        mean, log_std = out.chunk(2, -1)
        return mean + log_std.exp() * noise

    def mode(self, out: Tensor) -> Tensor:
        """Return the means: (..., num_actions)."""
        return out.chunk(2, -1)[0]

    def log_prob(self, out: Tensor, a: Tensor) -> Tensor:
        """Return the logarithm of the density: (...), for actions (..., num_actions)."""
        mean, log_std = out.chunk(2, -1)
        return _normal_log_prob((a - mean) * (-log_std).exp(), log_std).sum(-1)

    def entropy(self, out: Tensor) -> Tensor:
        """Return sum_i log(std_i sqrt(2 pi e)): (...)."""
        return _normal_entropy(out.chunk(2, -1)[1]).sum(-1)


@dataclasses.dataclass(frozen=True)
class SquashedGaussian:
    """tanh(u), u normal with independent parts (Haarnoja et al. 2018, appendix C); outputs: means, logarithms of stds.

    Both depend on what is observed. The logarithms are cut off at -20 and 2.

    Args:
        num_actions: Numbers of an action, each in (-1, 1).
    """

    num_actions: int
    num_constants: ClassVar[int] = 0
    noise: ClassVar[Noise] = "normal"

    @property
    def num_outputs(self) -> int:
        """A mean and a logarithm of a standard deviation of each number."""
        return 2 * self.num_actions

    @property
    def noise_size(self) -> int:
        """One of each number."""
        return self.num_actions

    def sample(self, out: Tensor, noise: Tensor) -> Tensor:
        """Return tanh(mean + std noise): (..., num_actions). Gradients reach the outputs through it."""
        mean, log_std = self._parts(out)
        return torch.tanh(mean + log_std.exp() * noise)

    def sample_with_log_prob(self, out: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Return actions (..., num_actions) and the logarithm of their density (...), exact near the bounds as well."""
        mean, log_std = self._parts(out)
        u = mean + log_std.exp() * noise
        return torch.tanh(u), (_normal_log_prob(noise, log_std) - _log_slope(u)).sum(-1)

    def mode(self, out: Tensor) -> Tensor:
        """Return tanh(mean), the median: (..., num_actions)."""
        return torch.tanh(self._parts(out)[0])

    def log_prob(self, out: Tensor, a: Tensor) -> Tensor:
        """Return the logarithm of the density: (...), for actions (..., num_actions).

        An action so near a bound that it was rounded to it is taken for the nearest number inside.
        """
        mean, log_std = self._parts(out)
        inside = 1 - torch.finfo(a.dtype).eps / 2
        u = torch.atanh(a.clamp(-inside, inside))
        return (_normal_log_prob((u - mean) * (-log_std).exp(), log_std) - _log_slope(u)).sum(-1)

    def entropy(self, out: Tensor) -> Tensor:
        """Return the entropy: (...), a normal's and the mean of log(1 - tanh(u)^2), by quadrature at 32 points.

        For each number of an action within 0.002 while the standard deviation is below e, within 0.1 up to e^2.
        """
        mean, log_std = self._parts(out)
        nodes, weights = (torch.tensor(part, dtype=out.dtype, device=out.device) for part in (_NODES, _WEIGHTS))
        slopes = _log_slope(mean[..., None] + log_std.exp()[..., None] * nodes)
        return (_normal_entropy(log_std) + (slopes * (weights / weights.sum())).sum(-1)).sum(-1)

    def _parts(self, out: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_std = out.chunk(2, -1)
        return mean, log_std.clamp(*LOG_STD)


@dataclasses.dataclass(frozen=True)
class Deterministic:
    """The action that the outputs say, in [-1, 1]: no distribution, but a head.

    Args:
        num_actions: Numbers of an action.
        squash: By tanh; otherwise outputs are cut off at the bounds, and gradients are inverted there.
    """

    num_actions: int
    squash: bool = True
    num_constants: ClassVar[int] = 0
    noise: ClassVar[Noise] = "normal"

    @property
    def num_outputs(self) -> int:
        """One of each number."""
        return self.num_actions

    @property
    def noise_size(self) -> int:
        """One of each number."""
        return self.num_actions

    def sample(self, out: Tensor, noise: Tensor) -> Tensor:
        """Return the action plus noise, which may have been scaled or correlated before, cut off at the bounds."""
        return (self.mode(out) + noise).clamp(-1, 1)

    def mode(self, out: Tensor) -> Tensor:
        """Return the actions (..., num_actions)."""
        return torch.tanh(out) if self.squash else out.clamp(-1, 1)

    def differentiable(self, out: Tensor) -> Tensor:
        """Return the actions (..., num_actions) that a loss is to be taken of, for its gradient to reach the outputs.

        Without squashing they are not cut off, which would end the gradient: it is inverted so that they stay near the
        bounds (Hausknecht and Stone 2016, equation 11).
        """
        return torch.tanh(out) if self.squash else invert_gradient(out)


def draw_noise(head: Head, rngs: Sequence[np.random.Generator], *shape: int) -> npt.NDArray[np.float32]:
    """Draw the noise of a sample: (M, *shape, noise_size), of each member by its own generator.

    Args:
        head: What it is for.
        rngs: (M,) generators.
        *shape: Of the actions of a member.
    """
    size = *shape, head.noise_size
    if head.noise == "uniform":
        return np.stack([rng.random(size, np.float32) for rng in rngs])
    return np.stack([rng.standard_normal(size, np.float32) for rng in rngs])


def check_available(available: npt.ArrayLike) -> None:
    """Check action masks (..., A) before they are used.

    Raises:
        ValueError: If a mask holds anything but 0 and 1, or has no action available.
    """
    array = np.asarray(available)
    if not np.isin(array, (0, 1)).all():
        raise ValueError(f"an action mask must hold 0 and 1, or booleans, got {array[~np.isin(array, (0, 1))][0]!r}")
    rows = np.argwhere(~array.astype(bool).any(-1))
    if len(rows):
        where = f" (row {', '.join(map(str, rows[0]))})" if array.ndim > 1 else ""
        raise ValueError(
            f"an action mask must have at least one available action, got {array.shape[-1]} zeros{where}: where "
            "nothing can be done the episode should have terminated"
        )


def _normal_log_prob(z: Tensor, log_std: Tensor) -> Tensor:
    """Return the logarithm of a normal density at `mean + std z`."""
    return -0.5 * z.square() - log_std - 0.5 * math.log(2 * math.pi)


def _normal_entropy(log_std: Tensor) -> Tensor:
    return log_std + 0.5 * math.log(2 * math.pi * math.e)


def _log_slope(u: Tensor) -> Tensor:
    """Return log(1 - tanh(u)^2), which loses no digits where tanh is near its bounds."""
    return 2 * (math.log(2) - u - functional.softplus(-2 * u))
