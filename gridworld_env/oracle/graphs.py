"""Questions about where one can get to, with positive probability or for certain.

Graphs are SciPy CSR arrays (N, N) with an entry i, j where a step from node i may lead to node j.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, IntArray


def edges(source: IntArray, target: IntArray, size: int) -> Any:
    """Return the graph with edges from source (C,) to each of target (C, K) that is less than `size`."""
    from scipy import sparse

    row = np.repeat(source, target.shape[1])
    column = target.reshape(-1)
    inside = column < size
    row, column = row[inside], column[inside]
    return sparse.coo_array((np.ones(len(row), np.bool_), (row, column)), shape=(size, size)).tocsr()


def can_reach(graph: Any, goal: BoolArray) -> BoolArray:
    """Return the nodes from which some path leads into `goal` (N,), those in it included: (N,)."""
    return np.isfinite(distance(graph, goal))


def distance(graph: Any, goal: BoolArray) -> IntArray:
    """Return the number of steps of the shortest path into `goal` (N,): (N,) float64, inf where there is none."""
    steps = np.full(len(goal), np.inf)
    steps[goal] = 0
    backwards = graph.T.tocsr()
    front, level = np.flatnonzero(goal), 0
    while front.size:
        level += 1
        begin, end = backwards.indptr[front], backwards.indptr[front + 1]
        count = end - begin
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        reached = backwards.indices[np.repeat(begin, count) + within]
        front = np.unique(reached[np.isinf(steps[reached])])
        steps[front] = level
    return steps


def components(graph: Any) -> IntArray:
    """Return the number of each node's strongly connected component: (N,) int."""
    from scipy.sparse import csgraph

    once = graph.astype(np.float64)  # a copy: SciPy's search does not end on matrices that list an entry twice
    once.sum_duplicates()
    labels: IntArray = csgraph.connected_components(once, directed=True, connection="strong")[1]
    return labels


def closed_components(graph: Any, leaves: BoolArray) -> tuple[IntArray, BoolArray]:
    """Find the components that are never left.

    Args:
        graph: (N, N).
        leaves: (N,), whether a step from a node may lead out of the graph.

    Returns:
        Each node's component (N,), and whether each component (n,) is closed.
    """
    labels = components(graph)
    closed = np.ones(labels.max(initial=-1) + 1, np.bool_)
    closed[labels[leaves]] = False
    step = graph.tocoo()
    closed[labels[step.row[labels[step.row] != labels[step.col]]]] = False
    return labels, closed


def end_components(source: IntArray, target: IntArray, size: int, usable: BoolArray) -> tuple[IntArray, BoolArray]:
    """Find the maximal end components: sets of nodes within which one can stay for ever, going anywhere in them.

    (de Alfaro 1997, section 3.3.) Repeat: split into strongly connected components; drop every choice that may lead out
    of its own; until nothing is dropped.

    Args:
        source: (C,) the node of each choice.
        target: (C, K) where it may lead; nodes >= `size` are outside.
        size: N, the number of nodes.
        usable: (C,), the choices allowed.

    Returns:
        The component of each node (N,), -1 in none; and the choices that stay in their component (C,).
    """
    stays = usable & (target < size).all(axis=1)
    while True:
        labels = components(edges(source[stays], target[stays], size))
        kept = stays.copy()
        kept[stays] = (labels[target[stays]] == labels[source[stays], None]).all(axis=1)
        if kept.sum() == stays.sum():
            break
        stays = kept
    inside = np.zeros(size, np.bool_)
    inside[source[stays]] = True
    return np.where(inside, labels, -1), stays


def surely_reaches(source: IntArray, target: IntArray, goal: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Find the nodes from which some policy gets into `goal`, or out of the graph, with probability 1.

    Args:
        source: (C,) the node of each choice.
        target: (C, K) where it may lead; N is outside.
        goal: (N,).

    Returns:
        Those nodes (N,), and the choices that stay among them (C,).
    """
    size = len(goal)
    safe, allowed = np.ones(size, np.bool_), np.ones(len(source), np.bool_)
    while True:
        leaving = goal.copy()
        leaving[source[allowed & (target == size).any(axis=1)]] = True
        reaching = can_reach(edges(source[allowed], target[allowed], size), leaving & safe) & safe
        if reaching.sum() == safe.sum():
            return safe, allowed
        safe = reaching
        allowed &= safe[source] & np.append(safe, True)[target].all(axis=1)
