"""`Copies`, all that a collector asks of whatever steps copies of an environment, and the `Outcome` of a step.

A batch of observations is a list of them, or has them stacked along a first axis: what encoders take.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from gymnasium import spaces

from gridworld_agents.core.spaces import nesting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_agents.core.spaces.nesting import Node

NOBODY: npt.NDArray[np.intp] = np.empty(0, np.intp)


class Outcome(NamedTuple):
    """What one step of N copies came to."""

    observations: Any  # batch of N: what the next actions are for
    rewards: Any  # N numbers, as the environments pay them
    terminated: npt.NDArray[np.bool_]  # (N,)
    truncated: npt.NDArray[np.bool_]  # (N,)
    ended: npt.NDArray[np.intp]  # (n,), the copies that were reset in this step, ascending
    final: Any  # batch of n: the last observations of their episodes, in this order
    masks: npt.NDArray[Any] | None = None  # (N, A), not 0 where an action is available now; None where all are
    final_masks: npt.NDArray[Any] | None = None  # (n, A), the same for `final`
    valid: npt.NDArray[np.bool_] | None = None  # (N,), False where the step did nothing but reset; None where none did


class Copies(Protocol):
    """N copies of an environment."""

    count: int

    def reset(self, seeds: Sequence[int] | None = None) -> tuple[Any, npt.NDArray[Any] | None]:
        """Begin an episode in every copy, with a seed each; return a batch of observations and masks as `Outcome`'s."""

    def step(self, actions: Any) -> Outcome:
        """Take a batch of actions, and reset the copies whose episodes ended, now or in the next step."""

    def generators(self) -> list[dict[str, Any]]:
        """Return where the copies' random generators stand, as JSON can hold it."""

    def resume(self, generators: Sequence[dict[str, Any]]) -> tuple[Any, npt.NDArray[Any] | None]:
        """Set the generators, and begin an episode in every copy."""

    def named(self, i: int) -> Any:
        """Return what messages call copy i."""


def together(tree: Node, given: list[Any]) -> Any:
    """Return a batch of observations: the list itself, or for Tuple and Dict one list for each leaf.

    What is not nested as it should be is returned as it is, for the encoder to refuse.
    """
    if not isinstance(tree, nesting.Nested):
        return given
    try:
        columns = zip(*(nesting.values(tree, one) for one in given), strict=True)
        return nesting.nest(tree, (list(column) for column in columns))
    except ValueError:
        return given


def chosen(tree: Node, batch: Any, i: Any) -> Any:
    """Return some elements of a stacked batch, or the only one with a number."""
    if not isinstance(tree, nesting.Nested):
        return _chosen(tree, batch, i)
    leaves = (leaf for _, leaf in nesting.leaves(tree))
    return nesting.nest(tree, map(_chosen, leaves, nesting.values(tree, batch), itertools.repeat(i)))


def _chosen(leaf: Any, array: Any, i: Any) -> Any:
    """Return elements of a batch; in a Box of one number without axes they are arrays too, as Gymnasium asks."""
    return array[i, ...] if leaf.type == "Box" and isinstance(array, np.ndarray) else array[i]


def num_actions(space: spaces.Space[Any]) -> int | None:
    """Return how many actions a mask tells of; None where the space is not Discrete: masks are not read there."""
    return int(space.n) if isinstance(space, spaces.Discrete) else None
