"""`values`, `q_values`, `policy`, `visits`: what is known of a map's states, drawn on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core import asking
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.policies import policy_of
from gridworld_agents.plotting.styles import axes_of
from gridworld_env import TabularMDP, protocol, rendering

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE = 5.0
"""Inches of the longer side of a figure of one map."""


@export("gridworld_agents.plotting.values")
def values(
    env: Any,
    v: Any,
    *,
    policy: Any = None,
    ax: Axes | None = None,
    value_range: tuple[float, float] | None = None,
    number: int = 0,
) -> Axes:
    """Draw the values of states, as colours and, where there is room, as numbers.

    Args:
        env: The environment, or its `TabularMDP`.
        v: (S,), or of the map's shape; or what has them: an agent, or what `oracle.optimal` returns. What is not finite
            is left blank, and so are states that an agent has not
            learned from.
        policy: Arrows too: whatever `Judge` can judge, an agent or (S, A) for instance. None draws none.
        ax: The Axes; None makes a figure.
        value_range: What the ends of the colours stand for, to compare figures by: see `value_range`.
        number: Which map, from 0, where the model has several.

    Returns:
        The Axes. Their units are cells, from the upper left corner of the map, y downwards.

    Raises:
        ValueError: If the environment has no model, or a shape does not fit it.
        ImportError: If matplotlib is missing.
    """
    mdp = model_of(env)
    arrows = {} if policy is None else {"policy": arrows_of(policy, env, mdp)}
    return _draw(env, mdp, ax, number, value_range, values=table_of(v, env, mdp, ("v", "values")), **arrows)


@export("gridworld_agents.plotting.q_values")
def q_values(
    env: Any,
    q: Any,
    *,
    policy: Any = None,
    ax: Axes | None = None,
    value_range: tuple[float, float] | None = None,
    number: int = 0,
) -> Axes:
    """Draw the values of actions: each cell is divided by the directions of its actions.

    Args:
        env: As for `values`.
        q: (S, A), or (H, W, A); or an agent, or what `oracle.optimal` returns.
        policy: As for `values`.
        ax: As for `values`.
        value_range: As for `values`.
        number: As for `values`.

    Returns:
        The Axes.

    Raises:
        ValueError, ImportError: As for `values`.
    """
    mdp = model_of(env)
    arrows = {} if policy is None else {"policy": arrows_of(policy, env, mdp)}
    return _draw(env, mdp, ax, number, value_range, action_values=table_of(q, env, mdp, ("q", "q_values")), **arrows)


@export("gridworld_agents.plotting.policy")
def policy(env: Any, pi: Any, *, ax: Axes | None = None, number: int = 0) -> Axes:
    """Draw a policy as arrows, each as long as its action is probable, and a disc for staying.

    Args:
        env: As for `values`.
        pi: Whatever `Judge` can judge: an agent, (S, A) probabilities, (S,) actions, action values, of which the greedy
            policy is drawn, a function of the state, or what `oracle.optimal` returns.
        ax: As for `values`.
        number: As for `values`.

    Returns:
        The Axes.

    Raises:
        ValueError, ImportError: As for `values`.
    """
    mdp = model_of(env)
    return _draw(env, mdp, ax, number, None, policy=arrows_of(pi, env, mdp))


@export("gridworld_agents.plotting.visits")
def visits(env: Any, counts: Any, *, ax: Axes | None = None, number: int = 0) -> Axes:
    """Draw how often each state was seen, on a logarithmic scale of colours.

    Args:
        env: As for `values`.
        counts: (S,) or (S, A) whole numbers, or of the map's shape; or an agent that counts its visits.
        ax: As for `values`.
        number: As for `values`.

    Returns:
        The Axes.

    Raises:
        ValueError, ImportError: As for `values`.
    """
    mdp = model_of(env)
    return _draw(env, mdp, ax, number, None, visits=table_of(counts, env, mdp, ("visits",)))


@export("gridworld_agents.plotting.value_range")
def value_range(env: Any, *tables: Any) -> tuple[float, float]:
    """Return the lowest and the highest of values in states where an episode can be: one scale for several figures.

    Args:
        env: As for `values`.
        *tables: Values or action values, in any of the forms that `values` and `q_values` take.

    Raises:
        ValueError: If there is no value that is finite, or a shape does not fit.
    """
    mdp = model_of(env)
    shown = [table_of(table, env, mdp, ("v", "values", "q", "q_values")) for table in tables]
    found = [np.zeros(0)]
    for table in shown:
        name = "values" if np.ndim(table) == 1 else "action_values"
        for number in range(max(1, len(mdp.layouts))):
            scene = rendering.scene_of(mdp, number=number, **{name: table})
            found.append(getattr(scene, name)[~scene.layout.walls].reshape(-1))
    known = np.concatenate(found)
    known = known[~np.isnan(known)]
    if known.size == 0:
        raise ValueError("tables must hold at least one finite value of a state in which an episode can be, got none")
    return float(known.min()), float(known.max())


def model_of(env: Any) -> TabularMDP:
    """Return the model of an environment, or a model as it is.

    Raises:
        ValueError: If there is none.
    """
    return env if isinstance(env, TabularMDP) else TabularMDP.from_env(env)


def table_of(given: Any, env: Any, mdp: TabularMDP, names: tuple[str, ...]) -> Any:
    """Return a table with a row for each state: an array, or what an agent or a solution has under one of the names.

    Of an agent, values are nan in states that it has not learned from.
    """
    if isinstance(given, np.ndarray):
        return mdp.by_state(given)
    for name in names:
        table = getattr(given, name, None)
        if isinstance(table, np.ndarray):
            if not hasattr(given, "predict"):
                return table
            rows = asking.by_state(given, _env_of(given, env), table, mdp.num_states)
            return rows if name == "visits" else _where_seen(rows, given, env, np.nan)
    return mdp.by_state(given)


def arrows_of(given: Any, env: Any, mdp: TabularMDP) -> Any:
    """Return a policy (S, A), of an agent only in states that it has learned from; there is none elsewhere."""
    if not hasattr(given, "predict"):
        return policy_of(given, env, mdp)
    return _where_seen(policy_of(given, _env_of(given, env), mdp), given, env, 0.0)


def _env_of(agent: Any, env: Any) -> Any:
    """Return an environment, which shows an agent its states: the agent's own where only a model was given.

    Raises:
        ValueError: If it has none.
    """
    if not isinstance(env, TabularMDP):
        return env
    own = getattr(agent, "env", None)
    if own is None:
        raise ValueError("a model alone does not show an agent its states: pass the environment in its place")
    return own


def _where_seen(rows: Any, agent: Any, env: Any, blank: float) -> Any:
    known = asking.seen(agent, _env_of(agent, env), len(rows))
    return rows if known is None else np.where(known.reshape(-1, *[1] * (np.ndim(rows) - 1)), rows, blank)


def _draw(
    env: Any,
    mdp: TabularMDP,
    ax: Axes | None,
    number: int,
    ends: tuple[float, float] | None,
    **tables: Any,
) -> Axes:
    base = getattr(env, "unwrapped", env)
    wind = base.scene_of(number).wind if isinstance(base, protocol.Drawable) else None
    scene = rendering.scene_of(mdp, number=number, value_range=ends, wind=wind, **tables)
    height, width = scene.layout.shape
    side = SIDE / max(height, width)
    drawn: Axes = rendering.draw_on(axes_of(ax, (side * width + 0.8, side * height)), scene)
    return drawn
