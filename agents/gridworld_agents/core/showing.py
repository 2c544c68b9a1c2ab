"""`ShownAgent`: how an agent looks: in a line, and in a notebook.

On an environment that knows its model a notebook shows what the agent believes on the map, or as a table of states:
the values that it has learned, and its policy. Elsewhere it shows how far the agent has come, and its hyper-parameters.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.asking import by_state, policy_of, seen
from gridworld_env import protocol
from gridworld_env.authoring import Displayed, Sheet, Shown
from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    from gridworld_env import TabularMDP

MOST_STATES = 100_000
"""An agent without a table of its policy is not asked about more states than this to be shown."""


class ShownAgent(Displayed):
    """An agent that can be looked at."""

    def __repr__(self) -> str:
        """Return what it is, in a line: `<q-learning on GridWorld-v0, 20,000 steps, alpha=0.5>`."""
        agent: Any = self
        steps = getattr(agent, "num_timesteps", 0)
        parts = [f"{steps:,} step{'' if steps == 1 else 's'}", *changed(getattr(agent, "config", None))]
        return f"<{called(agent)}{where(agent)}, {', '.join(parts)}>"

    def _shown(self) -> Shown | Sheet:
        return beliefs(self) or facts(self)


def called(agent: Any) -> str:
    """Return the id of an agent, or else the name of its class."""
    return str(getattr(agent, "id", None) or type(agent).__name__)


def where(agent: Any) -> str:
    """Return on which environment an agent learns: " on GridWorld-v0"; empty where it has none."""
    env = getattr(agent, "env", None)
    return "" if env is None else f" on {name_of(env)}"


def changed(config: Any) -> list[str]:
    """Return the hyper-parameters that are not as they are by default: "alpha=0.5"."""
    if not dataclasses.is_dataclass(config):
        return []
    found = []
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.default is dataclasses.MISSING or not _same(value, field.default):
            found.append(f"{field.name}={value!r}")
    return found


def _same(value: Any, default: Any) -> bool:
    return bool(np.array_equal(value, default)) if isinstance(value, np.ndarray) else bool(value == default)


def beliefs(agent: Any) -> Shown | None:
    """Return what an agent believes of the states of its environment's model; None where there is no such model.

    In states that it has never learned from it believes nothing: there, values are NaN and the policy is 0.
    """
    env = getattr(agent, "env", None)
    if env is None:
        return None
    try:
        mdp = protocol.known_model(env)
    except ValueError:
        return None
    tables = learned(agent, mdp)
    if not tables:
        return None
    name, steps = called(agent), getattr(agent, "num_timesteps", 0)
    what = "its values and policy" if len(tables) > 1 else "its values" if "values" in tables else "its policy"
    return Shown(mdp, tables, f"{name}, {steps:,} steps: {what}")


def learned(agent: Any, mdp: TabularMDP) -> dict[str, Any]:
    """Return an agent's `values` (S,) and `policy` (S, A) by the states of a model, as far as it has them."""
    S, A = mdp.num_states, mdp.num_actions
    tables: dict[str, Any] = {}
    for name, shape in (("values", (S,)), ("policy", (S, A))):
        try:
            table = by_state(agent, agent.env, getattr(agent, name), S)
        except (AttributeError, IndexError, NotImplementedError, TypeError, ValueError):
            continue  # it has none, or not of these states
        if np.shape(table) == shape:
            tables[name] = np.array(table, np.float64)
    if not tables:
        return _asked(agent, S, A)
    known = seen(agent, agent.env, S)
    if known is not None:
        for name, blank in (("values", np.nan), ("policy", 0.0)):
            if name in tables:
                tables[name][~known] = blank
    return tables


def _asked(agent: Any, S: int, A: int) -> dict[str, Any]:
    """Return the policy of an agent that has no table of it, as it answers for each state."""
    if S > MOST_STATES:
        return {}
    try:
        return {"policy": policy_of(agent, agent.env, S, A)}
    except (AttributeError, TypeError, ValueError):  # what it sees is not known, or it does otherwise
        return {}


def facts(agent: Any) -> Sheet:
    """Return how far an agent has come, and its hyper-parameters, as a table."""
    rows = [["steps", f"{getattr(agent, 'num_timesteps', 0):,}"]]
    if hasattr(agent, "recent_episodes"):
        episodes, returns, _ = agent.recent_episodes()
        rows.append(["episodes", f"{episodes:,}"])
        if returns:
            rows.append([f"mean return of the last {len(returns)}", f"{float(np.mean(returns)):.6g}"])
    config = getattr(agent, "config", None)
    if dataclasses.is_dataclass(config):
        rows += [[field.name, _short(getattr(config, field.name))] for field in dataclasses.fields(config)]
    return Sheet(called(agent) + where(agent), ("", ""), rows, len(rows))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
