"""Which comparison, and which of its environments, a figure is of."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison import results
from gridworld_agents.core.checks import suggest

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison


def comparison_of(given: Any) -> Comparison:
    """Return a comparison, or the one in a folder.

    Raises:
        ValueError: If it is neither.
    """
    if isinstance(given, str | pathlib.Path):
        return results.read(given)
    if not isinstance(given, results.Comparison):
        raise ValueError(f"comparison must be a Comparison, or the folder of one, got {type(given).__name__}")
    return given


def env_of(comparison: Comparison, env: str | None) -> str:
    """Return the label of the environment that is meant: the only one, where none is named.

    Raises:
        ValueError: If there are several and none is named, or none has that label.
    """
    labels = [choice.label for choice in comparison.suite.envs]
    if env is None and len(labels) == 1:
        return labels[0]
    if env not in labels:
        got = "none was named" if env is None else f"got {env!r}{suggest(env, labels)}"
        raise ValueError(f"env must be one of the comparison's, {', '.join(labels)}; {got}")
    return env
