"""What there is to say of an agent in a line, for those who choose one: `gridworld list agents`.

An agent says it itself: by the first sentence of its docstring, and by what `Capabilities` lists. To list ours nothing
is imported: what they say is kept in `about_ours.json`, which `make api` writes, and a test compares.
"""

from __future__ import annotations

import functools
import inspect
import json
import pathlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from gridworld_agents.core.registry import AgentSpec

FAMILIES = {
    "planning": "Planning",
    "monte_carlo": "Monte Carlo",
    "temporal_difference": "Temporal differences",
    "stochastic_approximation": "Stochastic approximation",
    "value_function": "Value functions",
    "policy_gradient": "Policy gradient",
    "actor_critic": "Actor-critic",
    "reference": "Reference",
    "baselines": "Stable-Baselines3",
}
"""The folders that agents of ours are in, in the order of the book; others come after them."""
LONGEST = 200
"""Characters that are kept of what an agent says."""
KEPT = pathlib.Path(__file__).with_name("about_ours.json")

_SENTENCE = re.compile(r"\.\s+(?=[A-Z`])")
_ROLE = re.compile(r":\w+:`~?([^`]+)`")


class About(NamedTuple):
    """What an agent says of itself; empty texts where it does not."""

    summary: str
    observations: str = ""
    actions: str = ""
    needs_model: bool = False

    @property
    def spaces(self) -> str:
        """Observations and actions that it takes; empty where it does not say."""
        return f"{self.observations or '?'} → {self.actions or '?'}" if self.observations or self.actions else ""


def about(factory: Any) -> About:
    """Return what an agent's factory says.

    Args:
        factory: That was imported. Whatever it has in place of texts is read as one.
    """
    return About(
        first_sentence(factory),
        printable(str(getattr(factory, "observation_spaces", "")), LONGEST),
        printable(str(getattr(factory, "action_spaces", "")), LONGEST),
        bool(getattr(factory, "needs_model", False)),
    )


def first_sentence(thing: Any) -> str:
    """Return the first sentence of a docstring, empty where there is none: one that is inherited says nothing."""
    written = vars(thing).get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)
    if not isinstance(written, str):
        return ""
    paragraph = inspect.cleandoc(written).partition("\n\n")[0]
    sentence = _SENTENCE.split(" ".join(paragraph.split()), maxsplit=1)[0].removesuffix(".")
    return printable(_ROLE.sub(r"\1", sentence), LONGEST)


def family(spec: AgentSpec) -> str:
    """Return the folder that an agent of ours is in; of another package's, empty."""
    parts = spec.value.split(".")
    if not spec.ours or len(parts) < 3:
        return ""
    return parts[2] if parts[1] == "algorithms" else parts[1]


@functools.cache
def about_ours() -> dict[str, About]:
    """Return what our agents say, by id, without importing any."""
    return {name: About(*said) for name, said in json.loads(KEPT.read_text(encoding="utf-8")).items()}
