"""Pages of the Python interface: every public name, from its docstring."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

from docstrings import docstring, paragraphs

if TYPE_CHECKING:
    import pathlib

PAGES = {
    "environments": (
        "Environments and models",
        ["gridworld_env", "gridworld_env.layouts", "gridworld_env.registration"],
    ),
    "oracle": ("The oracle: exact answers", ["gridworld_env.oracle"]),
    "rendering": ("Pictures and recordings", ["gridworld_env.rendering"]),
    "agents": ("Agents and experience", ["gridworld_agents"]),
    "judging": (
        "Judging, callbacks and schedules",
        [
            "gridworld_agents.judging",
            "gridworld_agents.evaluation",
            "gridworld_agents.callbacks",
            "gridworld_agents.tensorboard",
            "gridworld_agents.schedules",
        ],
    ),
    "estimation": (
        "Off-policy evaluation and stochastic approximation",
        ["gridworld_agents.monte_carlo.off_policy_evaluation", "gridworld_agents.stochastic_approximation"],
    ),
    "writing": (
        "For those who write agents and environments",
        [
            "gridworld_agents.agent",
            "gridworld_agents.tabular.agent",
            "gridworld_agents.tabular.control",
            "gridworld_agents.tabular.compiling",
            "gridworld_agents.tabular.table",
            "gridworld_agents.checks",
            "gridworld_agents.checking",
            "gridworld_env.envs.world",
            "gridworld_env.envs.tabular_env",
            "gridworld_env.envs.tabular_vector_env",
        ],
    ),
}
"""Pages, their titles, and the public modules on them."""


def public(name: str) -> list[str]:
    """Return the public names of a module: `__all__`, or what it defines itself; modules among them are left out."""
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [each for each in listed if not inspect.ismodule(getattr(module, each))]
    return [each for each, thing in vars(module).items() if not each.startswith("_") and own(thing, name)]


def own(thing: Any, module: str) -> bool:
    """Return whether a class or function was defined in a module."""
    return (inspect.isclass(thing) or inspect.isroutine(thing)) and thing.__module__ == module


def write(folder: pathlib.Path) -> list[str]:
    """Write the pages into a folder and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[int] = set()
    for name, (title, modules) in PAGES.items():
        text = [f"# {title}"]
        for module in modules:
            text += section(module, seen)
        (folder / f"{name}.md").write_text("\n\n".join(text) + "\n")
    return list(PAGES)


def section(name: str, seen: set[int]) -> list[str]:
    """Return what stands on a page about one module; a name that stood before is not described again."""
    module = importlib.import_module(name)
    text = [f"## {name}", *(fenced(block) for block in paragraphs(docstring(module)))]
    for each in public(name):
        thing = getattr(module, each)
        again = ["   :no-index:"] if id(thing) in seen else []
        seen.add(id(thing))
        if inspect.isclass(thing):
            members = [] if issubclass(thing, BaseException) else ["   :members:"]
            lines = [f".. autoclass:: {name}.{each}", *members, *again]
        else:
            lines = [f".. autofunction:: {name}.{each}", *again]
        text.append("```{eval-rst}\n" + "\n".join(lines) + "\n```")
    return text


def fenced(block: str) -> str:
    """Return a paragraph as Markdown; one of examples is code."""
    return f"```pycon\n{block}\n```" if block.startswith(">>>") else block
