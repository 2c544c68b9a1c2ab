"""From a comparison to what its report says."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison.printing import typical
from gridworld_agents.comparison.results import FRACTIONS
from gridworld_agents.comparison.verdicts import best, pairs
from gridworld_agents.report.aggregating import estimates, profiles
from gridworld_agents.report.content import Cell, Content, EnvironmentPart, Failure, SortableTable
from gridworld_agents.report.curves import BAND_IN_WORDS, curve, measured
from gridworld_agents.statistics.bootstrap import aggregate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.suite import EnvChoice
    from gridworld_agents.report.content import Picture

AXES = {
    "gap": "gap to the optimum",
    "mean_return": "mean return of the last episodes",
    "evaluated_return": "mean return, played greedily",
}


def content(
    comparison: Comparison,
    *,
    confidence: float,
    sentences: Sequence[str],
    pictures: Mapping[str, Sequence[Picture]],
) -> Content:
    """Return what a report says.

    Args:
        comparison: With its runs.
        confidence: Of intervals and verdicts.
        sentences: The verdicts.
        pictures: By the environment's label.
    """
    suite = comparison.suite
    agents, envs = [agent.label for agent in suite.agents], [env.label for env in suite.envs]
    return Content(
        title=f"{_listed(agents)} on {_listed(envs)}",
        summary=f"{_count(len(agents), 'agent')}, {_count(len(envs), 'environment')}, "
        f"{_count(len(suite.seeds), 'seed')}: {_count(len(comparison.runs), 'run')}, "
        f"{sum(run.finished for run in comparison.runs)} of them finished.",
        verdicts=list(sentences),
        agents=agents,
        environments=[_part(comparison, env, confidence, list(pictures.get(env.label, ()))) for env in suite.envs],
        aggregates=estimates(comparison, confidence),
        profiles=profiles(comparison, confidence),
        failures=[_failure(run) for run in comparison.failures],
        hyper_parameters=_hyper_parameters(comparison),
        settings=_settings(comparison),
        versions=[*sorted(comparison.versions.items()), ("platform", comparison.platform)],
        command=comparison.command or "ga.compare(...), from Python",
        methods=_methods(comparison, confidence),
    )


def _part(comparison: Comparison, env: EnvChoice, confidence: float, pictures: list[Picture]) -> EnvironmentPart:
    suite, reference = comparison.suite, comparison.references[env.label]
    given = ", ".join(f"{name}={value!r}" for name, value in env.arguments.items())
    optimum = (
        "its optimum is not known, so that scores are mean returns"
        if reference.optimum is None
        else f"the best that can be done is worth {reference.optimum:.6g} from the start"
        + ("" if reference.uniform is None else f", acting at random {reference.uniform:.6g}")
    )
    leading = best(comparison, env.label)
    return EnvironmentPart(
        label=env.label,
        description=f"{env.id}{f' with {given}' if given else ''}; {suite.steps_on(env):,} steps, discount "
        f"{suite.gamma_on(env):g}; {optimum}.",
        measure=AXES[measured(comparison, env.label)],
        verdicts=[f"By the median of the final scores: {', '.join(leading)}."],
        band=BAND_IN_WORDS,
        curves=[curve(comparison, env.label, agent.label) for agent in suite.agents],
        table=_scores(comparison, env.label, confidence),
        comparisons=_pairs(comparison, env.label, confidence),
        pictures=pictures,
    )


def _scores(comparison: Comparison, env: str, confidence: float) -> SortableTable:
    exact, optimum = comparison.exact(env), comparison.references[env].optimum
    name = "final gap" if exact else "final return"
    headings = ["agent", "seeds", f"{name}: interquartile mean", "median", "worst"]
    headings += [f"steps to {fraction:.0%}" for fraction in FRACTIONS] if optimum else []
    rows = []
    for agent in comparison.suite.agents:
        finished = [run for run in comparison.of(env, agent.label) if run.finished]
        row = [Cell(text=agent.label), _cell(len(finished), "{:.0f}")]
        if finished:
            scores = np.array([run.score for run in finished])
            rng = np.random.default_rng(0)
            middle = aggregate(scores[:, None], rng=rng, confidence=confidence)
            text = f"{_short(middle.value)} ({_short(middle.low)} to {_short(middle.high)})"
            row += [Cell(text=text, order=float(middle.value)), _cell(float(np.median(scores)))]
            row.append(_cell(float(scores.max() if exact else scores.min())))
            for fraction in FRACTIONS if optimum else ():
                times = comparison.times_to(env, agent.label, fraction)
                row.append(_cell(float(np.median(times)), text=typical(times, "{:,.0f}")))
        else:
            row += [Cell(text="-", order="Infinity") for _ in headings[2:]]
        seconds = [float(run.seconds[-1]) for run in finished if len(run.seconds)]
        row.append(_cell(float(np.median(seconds)) if seconds else math.inf, "{:.3g}"))
        rows.append(row)
    caption = f"Final scores on {env}, with {confidence:.0%} intervals; seconds of learning are medians"
    return SortableTable(caption=caption, headings=[*headings, "seconds"], rows=rows)


def _pairs(comparison: Comparison, env: str, confidence: float) -> SortableTable | None:
    found = pairs(comparison, env, confidence)
    if not found:
        return None
    rows = [
        [
            Cell(text=f"{pair.x} beside {pair.y}"),
            Cell(text=pair.verdict),
            _cell(pair.effect),
            Cell(text=f"{_short(pair.low)} to {_short(pair.high)}", order=_order(pair.low)),
            _cell(pair.p, "{:.3g}"),
            _cell(pair.more_seeds, "{:.0f}"),
        ]
        for pair in found
    ]
    sign = "below 0 the first is better" if comparison.exact(env) else "above 0 the first is better"
    return SortableTable(
        caption=f"Every two agents on the same seeds; the difference is first minus second: {sign}",
        headings=["agents", "verdict", "difference", f"{confidence:.0%} interval", "p", "seeds missing"],
        rows=rows,
    )


def _failure(run: Any) -> Failure:
    text = (run.error or "").strip()
    reason = text.splitlines()[-1] if text else "no reason was written down"
    return Failure(run=f"{run.agent} on {run.env}, seed {run.seed}", reason=reason, traceback=text)


def _hyper_parameters(comparison: Comparison) -> SortableTable:
    rows = [
        [Cell(text=agent.label), Cell(text=agent.id), Cell(text=json.dumps(agent.hyper_parameters) or "defaults")]
        for agent in comparison.suite.agents
    ]
    caption = "Agents; what is not named has the default of the versions below"
    return SortableTable(caption=caption, headings=["agent", "id", "hyper-parameters"], rows=rows)


def _settings(comparison: Comparison) -> list[tuple[str, str]]:
    suite = comparison.suite
    return [
        ("seeds", ", ".join(map(str, suite.seeds))),
        ("steps", f"{suite.steps:,}"),
        ("discount", f"{suite.gamma:g}"),
        ("episodes played where no exact value is known", str(suite.episodes)),
        ("folder", comparison.folder.name),
    ]


def _methods(comparison: Comparison, confidence: float) -> list[str]:
    exact = [env.label for env in comparison.suite.envs if comparison.exact(env.label)]
    said = []
    if exact:
        said.append(
            "Gaps are exact: the agent's deterministic policy is read off in every state and valued by the model of "
            "the environment; nothing is played, so that there is no noise but that of learning. "
            f"This holds for {_listed(exact)}."
        )
    if len(exact) < len(comparison.suite.envs):
        said.append(
            f"Elsewhere a score is the mean return of {comparison.suite.episodes} episodes, played greedily and the "
            "same for every agent and seed."
        )
    said.append(
        f"Verdicts compare agents on the same seeds, at {confidence:.0%} confidence for all pairs on an environment "
        "together (Holm). They assume that differences between agents scatter symmetrically, and that they are about "
        "normal where they are not tied; fewer than 5 seeds decide nothing. How many seeds are missing is estimated "
        "from the effect that was seen, for a power of 80%."
    )
    said.append(
        "Intervals of interquartile means are stratified percentile bootstrap intervals, as rliable's are. With few "
        "runs they are too narrow: of intervals that should hold the true value in 95%, about 90% do with 5 runs on "
        "one environment, about 93% with 10."
    )
    return said


def _cell(value: float, form: str = "{:.4g}", *, text: str | None = None) -> Cell:
    if text is None:
        text = "-" if math.isnan(value) else "never" if math.isinf(value) else form.format(value)
    return Cell(text=text, order=_order(value))


def _order(value: float) -> float | str:
    """Return what a cell is sorted by, in JavaScript's words."""
    if math.isnan(value):
        return "Infinity"
    return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def _short(value: float) -> str:
    return f"{value:.3g}"


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
