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
    "agents": ("Agents and experience", ["gridworld_agents", "gridworld_agents.core.registry"]),
    "judging": (
        "Judging, callbacks and schedules",
        [
            "gridworld_agents.evaluation.judge",
            "gridworld_agents.evaluation.continuous_judge",
            "gridworld_agents.evaluation.playing",
            "gridworld_agents.core.callbacks",
            "gridworld_agents.runs.tensorboard",
            "gridworld_agents.core.schedules",
        ],
    ),
    "estimation": (
        "Off-policy evaluation and stochastic approximation",
        [
            "gridworld_agents.algorithms.monte_carlo.off_policy_evaluation",
            "gridworld_agents.algorithms.stochastic_approximation",
        ],
    ),
    "comparing": (
        "Comparisons and their reports",
        [
            "gridworld_agents.comparison.comparing",
            "gridworld_agents.comparison.suite",
            "gridworld_agents.comparison.suite_files",
            "gridworld_agents.comparison.results",
            "gridworld_agents.comparison.reference",
            "gridworld_agents.comparison.verdicts",
            "gridworld_agents.comparison.deciding",
            "gridworld_agents.comparison.executing",
            "gridworld_agents.comparison.folder",
            "gridworld_agents.comparison.tables",
            "gridworld_agents.comparison.printing",
            "gridworld_agents.comparison.live",
            "gridworld_agents.report.writing",
            "gridworld_agents.report.content",
            "gridworld_agents.report.page",
            "gridworld_agents.report.figures",
        ],
    ),
    "statistics": (
        "Statistics",
        [
            "gridworld_agents.statistics.paired",
            "gridworld_agents.statistics.paired_test",
            "gridworld_agents.statistics.holm",
            "gridworld_agents.statistics.power",
            "gridworld_agents.statistics.sequential",
            "gridworld_agents.statistics.aggregates",
            "gridworld_agents.statistics.bootstrap",
            "gridworld_agents.statistics.improvement",
            "gridworld_agents.statistics.profiles",
            "gridworld_agents.statistics.reaching",
            "gridworld_agents.statistics.scores",
        ],
    ),
    "running": (
        "Runs and their folders",
        [
            "gridworld_agents.runs.folder",
            "gridworld_agents.runs.running",
            "gridworld_agents.core.loop",
            "gridworld_agents.core.files",
            "gridworld_agents.evaluation.watching",
            "gridworld_agents.train_distributed",
            "gridworld_agents.runs.rank_training",
        ],
    ),
    "deep": (
        "Deep agents from the inside",
        [
            "gridworld_agents.deep.agent",
            "gridworld_agents.deep.config",
            "gridworld_agents.deep.member",
            "gridworld_agents.deep.networks",
            "gridworld_agents.deep.initialisers",
            "gridworld_agents.deep.ops",
            "gridworld_agents.deep.distributions",
            "gridworld_agents.deep.losses",
            "gridworld_agents.deep.optimiser",
            "gridworld_agents.deep.rates",
            "gridworld_agents.deep.noise",
            "gridworld_agents.deep.normalising",
            "gridworld_agents.deep.inverting",
            "gridworld_agents.deep.replay",
            "gridworld_agents.deep.environments",
            "gridworld_agents.deep.spaces",
            "gridworld_agents.deep.reading",
            "gridworld_agents.deep.compiling",
            "gridworld_agents.deep.distributed",
            "gridworld_agents.runs.ranks",
        ],
    ),
    "writing": (
        "For those who write agents and environments",
        [
            "gridworld_agents.core.agent",
            "gridworld_agents.tabular.agent",
            "gridworld_agents.tabular.control",
            "gridworld_agents.core.compiling",
            "gridworld_agents.tabular.parts.table",
            "gridworld_agents.tabular.parts.policies",
            "gridworld_agents.core.checks",
            "gridworld_agents.checking",
            "gridworld_env.engine.tabular.world",
            "gridworld_env.engine.tabular.env",
            "gridworld_env.engine.tabular.vector_env",
            "gridworld_env.engine.continuous.env",
            "gridworld_env.engine.continuous.vector_env",
            "gridworld_env.engine.continuous.world",
        ],
    ),
}
"""Pages, their titles, and the public modules on them."""

INSIDE = (
    # Agents and environments: each has a page of its own, made from its docstring and its arguments.
    "gridworld_agents.algorithms.actor_critic",
    "gridworld_agents.baselines",
    "gridworld_agents.algorithms.monte_carlo",
    "gridworld_agents.algorithms.planning",
    "gridworld_agents.algorithms.reference",
    "gridworld_agents.algorithms.stochastic_approximation",
    "gridworld_agents.algorithms.temporal_difference",
    "gridworld_env.envs",
    # The command: `gridworld --help` and the pages by hand tell of it.
    "gridworld_agents.command_line",
    # What public modules are made of: none of it is for use from outside.
    "gridworld_agents.stochastic",
    "gridworld_agents.checking",
    "gridworld_agents.comparison",
    "gridworld_agents.deep",
    "gridworld_agents.data",
    "gridworld_agents.core.interrupts",
    "gridworld_agents.data",
    "gridworld_agents.report",
    "gridworld_agents.tabular",
    "gridworld_env.common.arrays",
    "gridworld_env.common.checks",
    "gridworld_env.tabular.dynamics",
    "gridworld_env.tabular.exploration",
    "gridworld_env.layouts.map_text",
    "gridworld_env.common.matrices",
    "gridworld_env.oracle",
    "gridworld_env.tabular.outcomes",
    "gridworld_env.common.parallel",
    "gridworld_env.layouts.random_layouts",
    "gridworld_env.rendering",
    "gridworld_env.tabular.rules",
    "gridworld_env.tabular.snapshots",
)
"""Modules, and those within them, that may hold names which are on no page; any other module is on one."""


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
