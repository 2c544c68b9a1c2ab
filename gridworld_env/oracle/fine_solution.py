"""`FineGrid`: what the oracle knows of a continuous grid world."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.displayed import Displayed
from gridworld_env.common.parallel import run_blocks
from gridworld_env.common.public import export
from gridworld_env.oracle.fine_nodes import states_of

if TYPE_CHECKING:
    from typing import Self

    from gridworld_env.common.arrays import FloatArray

AT_A_TIME = 256
"""States whose actions are weighed at a time."""


@export("gridworld_env.oracle.FineGrid")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class FineGrid(Displayed):
    """Values on a fine grid, and the policy that is greedy in them."""

    world: Any
    gamma: float
    resolution: int
    """Intervals a side of a cell."""
    mesh: Any
    """Where the nodes are."""
    v: FloatArray
    """(N,) float64, the values of the nodes."""
    residual: float
    """max |T v - v| on the nodes, T the Bellman operator of the grid."""
    iterations: int
    """How often the actions were improved, at this resolution."""
    actions: FloatArray
    """(M, 2), the actions tried."""
    noises: FloatArray
    """(K, 2), the points that stand for the noise, and their `weights` (K,)."""
    weights: FloatArray
    error: float = np.nan
    """The greatest change of a node's value since half the resolution and half the actions: the error estimate."""
    mean_error: float = np.nan
    """The mean of these changes."""
    start_error: float = np.nan
    """The change of `start_value`."""

    @property
    def states(self) -> FloatArray:
        """The nodes: (N, 4) x, y, vx, vy."""
        return states_of(self.mesh)

    def values(self, states: Any) -> FloatArray:
        """Return the values of states (n, 4), x, y, vx, vy in cells: (n,) float64.

        On a target they are 0; at gamma 1, where no target can be reached, -inf; in a wall NaN.
        """
        states = np.ascontiguousarray(states, np.float64)
        values = sampled(self.mesh, self.v, states)
        cell = states[:, 1].astype(np.int64), states[:, 0].astype(np.int64)
        layout = self.world.layout
        unmeshed = self.mesh.cell[cell] < 0
        values[unmeshed & ~layout.targets.reshape(layout.shape)[cell]] = -np.inf
        values[layout.walls.reshape(layout.shape)[cell]] = np.nan
        return values

    def value(self, observation: Any) -> Any:
        """Return the value of an observation (D,) as a float, of observations (n, D) as (n,) float64."""
        values = self.values(self.world.states_of(observation))
        return values if np.ndim(observation) > 1 else float(values[0])

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[Any, Any]:
        """Return the action that is greedy in the values, as an agent's `predict` does.

        Args:
            observation: (D,), or (n, D) for several environments.
            state: Returned as it is.
            episode_start: Not used.
            deterministic: Not used: the policy is.

        Returns:
            The action, (2,) or (n, 2) float32, and `state`.
        """
        del episode_start, deterministic
        found = self.greedy(self.world.states_of(observation)).astype(np.float32)
        return (found if np.ndim(observation) > 1 else found[0]), state

    def greedy(self, states: FloatArray) -> FloatArray:
        """Return the greedy actions in states (n, 4): (n, 2)."""
        from gridworld_env.oracle import fine_grid_kernels as kernels

        n, shape = len(states), (len(self.actions), len(self.noises))
        best, value = np.zeros(n, np.int64), np.empty(n)
        for first in range(0, n, AT_A_TIME):
            last = min(first + AT_A_TIME, n)
            s_next, r = np.empty((last - first, *shape, 4)), np.empty((last - first, *shape))
            ends = np.empty((last - first, *shape), np.bool_)
            self.world.outcomes(first, last, states, self.actions, self.noises, s_next, r, ends)
            kernels.choose(first, self.mesh, self.gamma, self.v, self.weights, s_next, r, ends, best, value)
        return self.actions[best]

    @property
    def start_value(self) -> float:
        """The mean value of the starts: at rest, anywhere in a starting cell."""
        return float(self.values(self._starts()).mean())

    def _starts(self) -> FloatArray:
        """Return states that stand for the starts: the midpoints of small squares that fill the starting cells."""
        layout = self.world.layout
        rows, columns = np.divmod(np.flatnonzero(layout.starts), layout.width)
        n = 4 * self.resolution
        inside = (np.arange(n) + 0.5) / n
        states = np.zeros((rows.size, n, n, 4))
        states[..., 0] = columns[:, None, None] + inside
        states[..., 1] = rows[:, None, None] + inside[:, None]
        return states.reshape(-1, 4)

    def compared_with(self, coarse: FineGrid) -> Self:
        """Return the same solution with the changes since a coarser one as its errors.

        Args:
            coarse: Of the same world.
        """
        changes = np.abs(self.v - coarse.values(self.states))
        return dataclasses.replace(
            self,
            error=float(changes.max()),
            mean_error=float(changes.mean()),
            start_error=abs(self.start_value - coarse.start_value),
        )

    def _shown(self) -> Any:
        scene = getattr(self.world, "scene", None)  # a world need not have a picture
        items = {"values": self.value, "policy": self, "caption": f"optimum, discount {self.gamma:g}"}
        return None if scene is None else scene(items)

    def __repr__(self) -> str:
        """Return what it is, in a line."""
        return (
            f"<FineGrid of {self.v.size:,} nodes, resolution {self.resolution}, gamma {self.gamma:g}: start value "
            f"{self.start_value:.4f} +- {self.start_error:.4f}, error {self.error:.4f}, residual {self.residual:.1e}>"
        )


def sampled(mesh: Any, v: FloatArray, states: FloatArray) -> FloatArray:
    """Return the values of states (n, 4) between the nodes of a mesh: (n,), 0 where it has none."""
    from gridworld_env.oracle import fine_grid_kernels as kernels

    values = np.empty(len(states))
    run_blocks(kernels.sample, len(states), mesh, v, states, values)
    return values
