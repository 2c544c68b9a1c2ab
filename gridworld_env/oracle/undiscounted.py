"""Optimal total rewards, gamma 1: what is infinite is told apart, the rest becomes a stochastic shortest path problem.

For the best policy (Bertsekas and Tsitsiklis 1991; end components after de Alfaro 1997, chapter 3):

1  where one can wander for ever for free, all places are one: collapse them into a node with an exit worth 0
2  where one can go on for ever otherwise, the best mean reward decides: above 0 the value is +inf, at 0 it is not
   defined, below 0 nobody will
3  where no policy gets surely to the end, or into 2, the value is -inf; choices that risk going there are dropped
4  what can get into 2 has its value; what is left has a finite one, and a policy that surely ends

For epsilon-soft policies, which take every action now and then, the sets that are never left are those of the chain
that takes them all; free ones are worth 0, others are infinite, and so is whatever can get there.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.oracle.graphs import can_reach, closed_components, distance, edges, end_components, surely_reaches
from gridworld_env.oracle.moves import Moves, numbering
from gridworld_env.oracle.stakes import best_gain_sign, extremes

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray
    from gridworld_env.oracle.problem import Problem
    from gridworld_env.tabular import TabularMDP


@dataclasses.dataclass(frozen=True, eq=False)
class Reduced:
    """The finite part of a problem, and the values of the rest."""

    problem: Problem
    """Of M nodes, all of finite value."""
    proper: IntArray
    """(M,) choices that end almost surely from every node."""
    node: IntArray
    """(S,) the node that stands for each state, M for worth 0."""
    infinite: FloatArray
    """(S,) inf, -inf or nan where the value is that, 0 where it is finite."""

    def expand(self, nodes: FloatArray) -> FloatArray:
        """Return the states' values (S + 1,) for nodes' values (M + 1,)."""
        return np.append(np.where(self.infinite == 0, nodes[self.node], self.infinite), 0.0)


def reduce_problem(problem: Problem, mdp: TabularMDP) -> Reduced:
    """Split off what is infinite.

    Args:
        problem: Of the model, at gamma 1.
        mdp: The model.

    Raises:
        ValueError: If a state in which the model can start has no finite value. Names it.
    """
    moves = Moves.of(problem, mdp)
    reduced = _for_soft_policies(moves, problem.epsilon) if problem.epsilon > 0 else _for_any_policy(moves)
    refuse_infinite(mdp, reduced.infinite, "the best policy")
    return reduced


def _for_any_policy(moves: Moves) -> Reduced:
    node, merged = _collapse(moves)
    above, undefined = _endless(merged)
    safe, allowed = surely_reaches(merged.owner, merged.target, above | undefined)
    graph = edges(merged.owner[allowed], merged.target[allowed], merged.size)
    infinite = np.where(safe, 0.0, -np.inf)
    infinite[safe & can_reach(graph, undefined)] = np.nan
    infinite[safe & can_reach(graph, above)] = np.inf
    finite = infinite == 0
    kept = merged.within(allowed & finite[merged.owner], finite)
    reduced = kept.problem()
    return Reduced(reduced, _proper(reduced), numbering(finite)[node], infinite[node])


def _collapse(moves: Moves) -> tuple[IntArray, Moves]:
    """Do step 1: return the node of each state, and the moves between nodes, exits included."""
    component, stays = end_components(moves.owner, moves.target, moves.size, moves.free)
    name = np.where(component >= 0, moves.size + component, np.arange(moves.size))
    names, node = np.unique(name, return_inverse=True)
    merged = moves.select(~stays, node, len(names))
    rest = np.flatnonzero(names >= moves.size)
    K = moves.target.shape[1]
    certain = np.zeros((len(rest), K))
    certain[:, 0] = 1
    return node, Moves(
        np.concatenate([merged.owner, rest]),
        np.concatenate([merged.target, np.full((len(rest), K), len(names))]),
        np.concatenate([merged.probability, certain]),
        np.concatenate([merged.mean, np.zeros(len(rest))]),
        np.concatenate([merged.free, np.ones(len(rest), np.bool_)]),
        len(names),
    )


def _endless(moves: Moves) -> tuple[BoolArray, BoolArray]:
    """Do step 2: return the nodes where one can earn for ever, and those where gains and losses cancel for ever."""
    component, stays = end_components(moves.owner, moves.target, moves.size, np.ones(len(moves.owner), np.bool_))
    group = component[moves.owner[stays]]
    count = int(component.max(initial=-1)) + 1
    least, greatest = extremes(group, count, moves.mean[stays])
    wavering, _ = extremes(group, count, np.where((moves.mean < 0) | moves.free, 1.0, 0.0)[stays])
    sign = np.where(least >= 0, np.sign(greatest), -1.0)
    unclear = np.flatnonzero((wavering == 0) & (least <= 0) & (least < np.inf) & ~((least == 0) & (greatest > 0)))
    for number in unclear:
        members = component == number
        inside = stays & members[moves.owner]
        sign[number] = best_gain_sign(moves.within(inside, members).problem())
    of_node = np.where(component >= 0, np.append(sign, -1.0)[component], -1.0)
    return of_node > 0, of_node == 0


def _proper(problem: Problem) -> IntArray:
    """Return choices that end almost surely from everywhere: (N,).

    Of the choices that may lead a step nearer to the end, each is the one that leads nearest on average.
    """
    owner, target, N = problem.owner, problem.choices.successor, problem.num_nodes
    ending = np.zeros(N, np.bool_)
    ending[owner[(target == N).any(axis=1)]] = True
    steps = np.append(distance(edges(owner, target, N), ending), -1.0)
    nearer = steps[target].min(axis=1) < steps[owner]
    mean = (problem.choices.probability * steps[target]).sum(axis=1)
    return np.lexsort((np.where(nearer, mean, np.inf), owner))[problem.choices.first[:-1]]


def _for_soft_policies(moves: Moves, epsilon: float) -> Reduced:
    leaves = np.zeros(moves.size, np.bool_)
    leaves[moves.owner[(moves.target == moves.size).any(axis=1)]] = True
    graph = edges(moves.owner, moves.target, moves.size)
    label, closed = closed_components(graph, leaves)
    least, greatest = extremes(label[moves.owner], len(closed), moves.mean)
    pays = np.zeros(len(closed), np.bool_)
    pays[label[moves.owner[~moves.free]]] = True
    sign = np.where(least >= 0, np.sign(greatest), -1.0)
    for number in np.flatnonzero(closed & (least < 0) & (greatest > 0)):
        members = label == number
        sign[number] = best_gain_sign(moves.within(members[moves.owner], members).problem(epsilon))
    endless = np.where(closed & pays, sign, np.nan)[label]
    infinite = spread(graph, endless)
    finite = (infinite == 0) & ~(closed & ~pays)[label]
    kept = moves.within(finite[moves.owner], finite).problem(epsilon)
    return Reduced(kept, _proper(kept), numbering(finite), infinite)


def spread(graph: object, sign: FloatArray) -> FloatArray:
    """Return the infinite values of all nodes that can get to where rewards never end.

    Args:
        graph: (N, N), where one may get in a step.
        sign: (N,), the sign of the mean reward where that never ends, nan elsewhere.

    Returns:
        (N,) inf or -inf where only gains or only losses are in reach; nan where both are, or some that cancel; else 0.
    """
    above, below, level = (can_reach(graph, sign == value) for value in (1.0, -1.0, 0.0))
    infinite = np.where(above, np.inf, np.where(below, -np.inf, 0.0))
    infinite[level | (above & below)] = np.nan
    return infinite


def refuse_infinite(mdp: TabularMDP, infinite: FloatArray, whose: str) -> None:
    """Raise ValueError if the model can start in a state whose value is not finite."""
    wrong = np.flatnonzero((mdp.initial > 0) & (infinite != 0))
    if wrong.size == 0:
        return
    s = int(wrong[0])
    reason = {
        np.inf: "can earn for ever, so that the value is +inf",
        -np.inf: "may lose for ever without reaching an end, so that the value is -inf",
    }.get(float(infinite[s]), "may go on for ever with gains and losses in turn, so that the value is not defined")
    raise ValueError(
        f"gamma must be below 1 here: from state {s}, where the model can start, {whose} {reason}; let the model end, "
        "or start elsewhere, or use gamma < 1"
    )
