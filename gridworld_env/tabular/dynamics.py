"""A layout and rules -> the exact model. The one place where the dynamics of grid worlds are written down.

For every action there is a list of candidates, each a probability and a way to move:

1  slip decides which move is made (GridRules.slip, slip_mode)
2  the move is made; a step off the grid or into a wall is a bump and leaves the agent where it is
3  the wind of the column the agent left pushes it up, cell by cell, until an edge or a wall stops it; a step
   straight down against the bottom edge holds against it (there the moves add up before the edge is applied, as
   all of them do in Sutton and Barto, Example 6.5, which differs for the king's diagonals at an edge only)
4  the cell reached decides the reward and whether the episode ends

Equal candidates are then merged into the outcomes of a :class:`TabularMDP`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridworld_env.tabular import TabularMDP
from gridworld_env.tabular.outcomes import merge_action, stack
from gridworld_env.tabular.rules import STAY, GridRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray, MaskArray
    from gridworld_env.layouts import Layout
    from gridworld_env.tabular.outcomes import Outcomes


class Landing(NamedTuple):
    """Where one move under one strength of wind leads from every state: (S,) each."""

    state: IntArray
    bump: BoolArray  # the move hit an edge or a wall
    stuck: BoolArray  # and did nothing else: the agent is where it was, and would be without any wind


def grid_model(layout: Layout, rules: GridRules) -> tuple[TabularMDP, MaskArray]:
    """Build the exact model of a grid world.

    Args:
        layout: The map.
        rules: Everything else.

    Returns:
        The model, and the action masks: (S, A) int8, 0 for actions that can do nothing but bump, however the agent
        slips. Where no action can do anything else, all are 1.

    Raises:
        ValueError: If the layout and the rules do not make an environment: no start, no target in an episodic world,
            a wind of the wrong length, a restart without exactly one start.
    """
    _check(layout, rules)
    winds = _winds(layout, rules)
    landings = [[_land(layout, move, strength) for strength, _ in winds] for move in rules.moves]
    actions = _actions(layout, rules, landings, [chance for _, chance in winds])
    initial = layout.starts / layout.starts.sum()
    return TabularMDP(*stack(actions, layout.num_states, len(rules.moves)), initial), _masks(
        landings, _slip_matrix(rules)
    )


def _actions(
    layout: Layout, rules: GridRules, landings: list[list[Landing]], chances: list[float]
) -> Iterator[Outcomes]:
    """Make the outcomes of one action after another: step 1, and the merging."""
    replaced = _slip_matrix(rules)
    tables = [[_outcome(layout, rules, landing) for landing in row] for row in landings]
    for a in range(len(rules.moves)):
        slips = [int(b) for b in np.flatnonzero(replaced[a]) if b != a]
        made = [a, *slips]  # the intended move comes first
        columns = [(replaced[a, b] * chance, *tables[b][j]) for b in made for j, chance in enumerate(chances)]
        p = np.repeat(np.array([[column[0] for column in columns]]), layout.num_states, axis=0)
        s_next, r, end = (np.stack([column[i] for column in columns], axis=1) for i in (1, 2, 3))
        yield merge_action(s_next, p, r, end)


def _check(layout: Layout, rules: GridRules) -> None:
    if not layout.starts.any():
        raise ValueError("the layout has nowhere to start: it needs an 'S', or a free cell '.'")
    if not layout.targets.any() and not rules.continuing:
        raise ValueError("the layout has no target 'T', so no episode could end; add one, or pass continuing=True")
    if rules.wind is not None and len(rules.wind) != layout.width:
        raise ValueError(f"wind must have one number a column, {layout.width}, got {len(rules.wind)}")
    if rules.forbidden_mode == "restart" and layout.forbidden.any() and layout.starts.sum() != 1:
        raise ValueError(
            "forbidden_mode='restart' needs exactly one start to go back to: mark one cell 'S', "
            f"the layout has {int(layout.starts.sum())} starts"
        )


def _winds(layout: Layout, rules: GridRules) -> list[tuple[IntArray, float]]:
    """Return the possible winds: the push in every state, (S,) integers, and its probability."""
    H, W = layout.shape
    strengths = [0] * W if rules.wind is None else [min(strength, H + 1) for strength in rules.wind]
    push = np.tile(np.array(strengths, np.int64), H)  # more than H + 1 makes no difference, even one weaker
    if not rules.stochastic_wind:
        return [(push, 1.0)]
    return [(push, 1 / 3), (push - (push > 0), 1 / 3), (push + (push > 0), 1 / 3)]


def _slip_matrix(rules: GridRules) -> FloatArray:
    """Return the probability that move b is made when action a is taken: (A, A), rows sum to 1."""
    moves, slip = rules.moves, float(rules.slip)
    A = len(moves)
    if rules.slip_mode == "uniform":
        return (1 - slip) * np.eye(A) + slip / A
    matrix = np.eye(A)
    for a, (down, right) in enumerate(moves):
        if (down, right) != STAY:
            matrix[a, a] -= slip
            matrix[a, moves.index((right, -down))] += slip / 2
            matrix[a, moves.index((-right, down))] += slip / 2
    return matrix


def _land(layout: Layout, move: tuple[int, int], push: IntArray) -> Landing:
    """Make a move from every state, then let the wind push: steps 2 and 3."""
    H, W = layout.shape
    wall = layout.walls.reshape(H, W)
    row, column = np.divmod(np.arange(H * W), W)
    to_row, to_column = row + move[0], column + move[1]
    inside = (to_row >= 0) & (to_row < H) & (to_column >= 0) & (to_column < W)
    bump = ~inside | wall[to_row.clip(0, H - 1), to_column.clip(0, W - 1)]
    held = (to_row == H) & (to_column == column) & (push > 0)
    to_row, to_column = np.where(bump & ~held, row, to_row), np.where(bump, column, to_column)
    for blown in range(int(push.max(initial=0))):
        above = to_row - 1
        free = (blown < push) & (above >= 0) & ~wall[above.clip(0, H - 1), to_column]
        to_row = np.where(free, above, to_row)
    state = (to_row.clip(0, H - 1) * W + to_column).astype(np.int32)
    return Landing(state, bump, bump & ~held & (state == row * W + column))


def _outcome(layout: Layout, rules: GridRules, landing: Landing) -> tuple[IntArray, FloatArray, BoolArray]:
    """Return next state, reward and termination of a landing in every state: step 4."""
    states = np.arange(layout.num_states, dtype=np.int32)
    s_next, bump, _ = landing
    only_bump = bump & (s_next == states)
    on_target = layout.targets[s_next] & ~only_bump
    on_forbidden = layout.forbidden[s_next] & ~only_bump

    r = np.where(bump, rules.reward_boundary, rules.reward_step)
    r[on_target] = rules.reward_target
    r[on_forbidden] = rules.reward_forbidden
    if rules.bump_reward == "additive":
        r[only_bump & layout.forbidden] += rules.reward_forbidden

    end = on_target & (not rules.continuing)
    over = layout.walls | (layout.targets & (not rules.continuing))
    if rules.forbidden_mode == "end":
        end |= on_forbidden
        over = over | layout.forbidden
    elif rules.forbidden_mode == "restart" and layout.forbidden.any():
        s_next = np.where(on_forbidden, np.flatnonzero(layout.starts)[0], s_next)
    # Nothing happens any more where the episode is over, nor in walls, which are never entered.
    return np.where(over, states, s_next).astype(np.int32), np.where(over, 0.0, r), end | over


def _masks(landings: list[list[Landing]], replaced: FloatArray) -> MaskArray:
    by_move = np.array([np.all([landing.stuck for landing in row], axis=0) for row in landings])
    stuck = np.stack([by_move[made > 0].all(axis=0) for made in replaced], axis=1)
    stuck[stuck.all(axis=1)] = False
    return (~stuck).astype(np.int8)
