"""Where copies came to before they were reset in the same step: as Gymnasium hands it over, and as one array.

Gymnasium's `final_obs` is an array of objects: an observation where an episode ended, None elsewhere. Making it costs
more than stepping 64 copies, and a learner must take it apart again. "dense" is what the vector environments of the
Arcade Learning Environment give under the same name: one array of observations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, IntArray

KINDS = ("object", "dense")


def as_objects(done: BoolArray, final: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """Return what Gymnasium's own vector environments give.

    Args:
        done: (N,), where an episode ended.
        final: (n, ...), the last observations of these n copies, in order.

    Returns:
        (N,) objects, None where no episode ended.
    """
    objects = np.full(done.size, None, dtype=object)
    for i, observation in zip(done.nonzero()[0].tolist(), final, strict=True):
        objects[i] = observation
    return objects


def dense(
    observations: npt.NDArray[Any], done: BoolArray, observe: Callable[[IntArray], npt.NDArray[Any]]
) -> npt.NDArray[Any]:
    """Return every copy's true next observation: fresh (N, ...).

    Args:
        observations: (N, ...) after the resets.
        done: (N,), where an episode ended.
        observe: Returns the last observations of the copies with the numbers that it is given.
    """
    final = observations.copy()
    ended = done.nonzero()[0]
    if ended.size:
        final[ended] = observe(ended)
    return final
