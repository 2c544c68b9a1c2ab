"""The best of several settings of one agent, chosen on other seeds than those that it is reported on.

The best of n settings looks better than it is on the seeds that made it the best: by luck one of them had easy seeds.
So every other seed chooses, by the median of the final scores, the mean where medians are tied, and the mean over the
learning curve where means are tied too; the remaining seeds say what the chosen setting is worth.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison.sweep import label_of
from gridworld_agents.comparison.verdicts import sentences
from gridworld_agents.core.public import export
from gridworld_agents.statistics.paired import compare_all

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.suite import AgentChoice

    FloatArray = npt.NDArray[np.float64]


@export("gridworld_agents.comparison.Tuned")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Tuned:
    """An agent in several settings on one environment, and the best of them."""

    agent: str  # id and what all settings share
    names: tuple[str, ...]  # the hyper-parameters that differ
    settings: tuple[dict[str, Any], ...]  # their values, one for each setting
    labels: tuple[str, ...]  # of the settings
    best: int  # which setting was chosen
    chosen_on: tuple[int, ...]  # seeds
    reported_on: tuple[int, ...]  # seeds: others, unless there is one alone
    scores: tuple[float, ...]  # (R,) of the chosen setting on the latter, final gaps or returns

    @property
    def label(self) -> str:
        """Of the setting that was chosen."""
        return self.labels[self.best]

    @property
    def held_out(self) -> bool:
        """Whether it is reported on other seeds than those that chose it."""
        return not set(self.chosen_on) & set(self.reported_on)

    @property
    def at_the_edge(self) -> dict[str, str]:
        """Which numbers are the least or the largest that were tried, of the setting that was chosen."""
        found = {}
        for name in self.names:
            values = sorted({setting[name] for setting in self.settings if _is_number(setting[name])})
            chosen = self.settings[self.best][name]
            if len(values) > 1 and _is_number(chosen) and chosen in {values[0], values[-1]}:
                found[name] = "least" if chosen == values[0] else "largest"
        return found


@export("gridworld_agents.comparison.tuned")
def tuned(comparison: Comparison, env: str) -> list[Tuned]:
    """Return the agents whose hyper-parameters were swept over, with the best setting of each.

    Args:
        comparison: With its runs.
        env: Label of the environment.
    """
    groups: dict[str, list[AgentChoice]] = {}
    sweep = comparison.suite.sweep
    for agent in comparison.suite.agents:
        if any(name in agent.hyper_parameters for name in sweep):
            shared = {name: value for name, value in agent.hyper_parameters.items() if name not in sweep}
            key = json.dumps([agent.id, shared, sorted(set(sweep) & set(agent.hyper_parameters))], sort_keys=True)
            groups.setdefault(key, []).append(agent)
    found = [_best_of(comparison, env, agents) for agents in groups.values() if len(agents) > 1]
    return [one for one in found if one is not None]


def _best_of(comparison: Comparison, env: str, agents: list[AgentChoice]) -> Tuned | None:
    """Return the best of an agent's settings, None where no seed has finished with all of them."""
    seeds, scores = comparison.seeds(env), comparison.scores(env)
    if not seeds:
        return None
    chooses = np.arange(len(seeds)) % 2 == 0
    reports = ~chooses if len(seeds) > 1 else chooses
    sign = 1 if comparison.exact(env) else -1
    curves = {agent.label: _curve_means(comparison, env, agent.label, seeds) for agent in agents}

    def rank(i: int) -> tuple[float, float, float]:
        own = sign * scores[agents[i].label][chooses]
        return float(np.median(own)), float(np.mean(own)), float(sign * np.mean(curves[agents[i].label][chooses]))

    best = min(range(len(agents)), key=rank)
    names = tuple(name for name in comparison.suite.sweep if name in agents[0].hyper_parameters)
    shared = {name: value for name, value in agents[0].hyper_parameters.items() if name not in names}
    return Tuned(
        agent=label_of(agents[0].id, shared),
        names=names,
        settings=tuple({name: agent.hyper_parameters[name] for name in names} for agent in agents),
        labels=tuple(agent.label for agent in agents),
        best=best,
        chosen_on=tuple(seed for seed, own in zip(seeds, chooses, strict=True) if own),
        reported_on=tuple(seed for seed, own in zip(seeds, reports, strict=True) if own),
        scores=tuple(scores[agents[best].label][reports].tolist()),
    )


def _curve_means(comparison: Comparison, env: str, agent: str, seeds: list[int]) -> FloatArray:
    """Return the mean over the learning curve of each seed, 0 where there is none: (R,)."""
    runs = {run.seed: run for run in comparison.of(env, agent)}
    curves = [runs[seed].gap if comparison.exact(env) else runs[seed].mean_return for seed in seeds]
    return np.array([float(np.nanmean(curve)) if not np.isnan(curve).all() else 0.0 for curve in curves])


@export("gridworld_agents.comparison.tuned_sentences")
def tuned_sentences(comparison: Comparison, *, confidence: float) -> list[str]:
    """Return the best settings in words, and which agents are better in theirs, the environments in turn.

    Args:
        comparison: With its runs; of one without a sweep nothing is said.
        confidence: Of the decisions on each environment together.
    """
    said = []
    for env in comparison.suite.envs:
        found = tuned(comparison, env.label)
        said += [f"{env.label}: {_words(one, exact=comparison.exact(env.label))}" for one in found]
        said += [f"{env.label}: {words}" for words in _decisions(comparison, env.label, found, confidence)]
    return said


@export("gridworld_agents.comparison.all_sentences")
def all_sentences(comparison: Comparison, *, confidence: float) -> list[str]:
    """Return all verdicts in words: of a sweep the best settings, and every two agents where seeds decide that.

    Args:
        comparison: With its runs.
        confidence: Of the decisions on each environment together; by the stopping rule, on all of them together.
    """
    said = tuned_sentences(comparison, confidence=confidence)
    return said if said and comparison.stopping is None else [*said, *sentences(comparison, confidence=confidence)]


def _words(one: Tuned, *, exact: bool) -> str:
    chosen = one.settings[one.best]
    setting = ", ".join(f"{name} = {value}" for name, value in chosen.items())
    number = len(one.settings)
    median, measure = float(np.median(one.scores)), "gap" if exact else "return"
    worst = max(one.scores) if exact else min(one.scores)
    text = f"the best of {number} settings of {one.agent} is {setting}, chosen on the seeds {_listed(one.chosen_on)}; "
    if one.held_out:
        text += f"on the others, {_listed(one.reported_on)}, its median {measure} is {median:.4g}, worst {worst:.4g}."
    else:
        text += f"its {measure} there is {median:.4g}, which is too good: no other seed was left to report it on."
    for name, end in one.at_the_edge.items():
        text += f" It is the {end} {name} that was tried: try {'smaller' if end == 'least' else 'larger'} ones."
    return text


def _listed(seeds: tuple[int, ...]) -> str:
    most = 6
    return ", ".join(map(str, seeds)) if len(seeds) <= most else f"{', '.join(map(str, seeds[:most]))}, ..."


def _decisions(comparison: Comparison, env: str, found: list[Tuned], confidence: float) -> list[str]:
    """Return which agents are better than which, each in the setting that was chosen, on seeds that chose none."""
    if not found or comparison.stopping is not None:
        return []
    settings = {label for one in found for label in one.labels}
    labels = [agent.label for agent in comparison.suite.agents if agent.label not in settings]
    labels += [one.label for one in found]
    held = [seed in set(found[0].reported_on) for seed in comparison.seeds(env)]
    if len(labels) == 1 or not all(one.held_out for one in found):
        return []
    scores = {label: comparison.scores(env)[label][held] for label in labels}
    pairs = compare_all(scores, confidence=confidence, larger_is_better=not comparison.exact(env))
    return [f"on the seeds that chose no setting, {pair.words}" for pair in pairs]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
