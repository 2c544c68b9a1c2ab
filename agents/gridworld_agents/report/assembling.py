"""From a comparison to what its report says."""

from __future__ import annotations

import collections
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison.columns import FRACTIONS
from gridworld_agents.comparison.curves import BAND_IN_WORDS, MEASURES, curve, measured, metric_curves
from gridworld_agents.comparison.printing import typical
from gridworld_agents.comparison.verdicts import best, pairs, sequential
from gridworld_agents.report.aggregating import estimates, profiles
from gridworld_agents.report.content import Cell, Content, EnvironmentPart, Failure, SortableTable
from gridworld_agents.report.methods import listed, methods
from gridworld_agents.report.sweeps import sweep_charts
from gridworld_agents.statistics.bootstrap import aggregate
from gridworld_agents.statistics.paired import UNDECIDED
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridworld_agents.comparison.reference import Reference
    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.suite import EnvChoice
    from gridworld_agents.report.content import Picture

DECIDED = {"better", "worse"}
LONGEST_TRACEBACK = 20_000
"""Characters of an error that a page shows; the whole of it stands in `error.txt`."""


def content(
    comparison: Comparison,
    *,
    confidence: float,
    sentences: Sequence[str],
    pictures: Mapping[str, Sequence[Picture]],
    notes: Mapping[str, Sequence[str]],
) -> Content:
    """Return what a report says.

    Args:
        comparison: With its runs.
        confidence: Of intervals and verdicts.
        sentences: The verdicts.
        pictures: By the environment's label.
        notes: Sentences on an environment, by its label.
    """
    suite = comparison.suite
    agents, envs = [agent.label for agent in suite.agents], [env.label for env in suite.envs]
    return Content(
        title=f"{listed(_in_title(comparison))} on {listed(envs)}",
        summary=f"{_count(len(agents), 'agent')}, {_count(len(envs), 'environment')}, "
        f"{_count(len(suite.seeds), 'seed')}: {_count(len(comparison.runs), 'run')}, "
        f"{sum(run.finished for run in comparison.runs)} of them finished.",
        verdicts=sorted(sentences, key=lambda said: UNDECIDED in said),
        agents=agents,
        environments=[
            _part(comparison, env, confidence, list(pictures.get(env.label, ())), list(notes.get(env.label, ())))
            for env in suite.envs
        ],
        aggregates=estimates(comparison, confidence),
        profiles=profiles(comparison, confidence),
        failures=[_failure(run) for run in comparison.failures],
        hyper_parameters=_hyper_parameters(comparison),
        settings=_settings(comparison),
        versions=[*sorted(comparison.versions.items()), ("platform", comparison.platform)],
        command=comparison.command or "ga.compare(...), from Python",
        methods=methods(comparison, confidence),
    )


def _in_title(comparison: Comparison) -> list[str]:
    """Return the agents as a title has them: many settings of one by their number."""
    agents, sweep = comparison.suite.agents, comparison.suite.sweep
    counts = collections.Counter(one.id for one in agents if any(name in one.hyper_parameters for name in sweep))
    named = {one.label: f"{one.id} ({counts[one.id]} settings)" if counts[one.id] > 1 else one.label for one in agents}
    return list(dict.fromkeys(named.values()))


def _part(
    comparison: Comparison, env: EnvChoice, confidence: float, pictures: list[Picture], notes: list[str]
) -> EnvironmentPart:
    suite, reference = comparison.suite, comparison.references[env.label]
    given = ", ".join(f"{name}={value!r}" for name, value in env.arguments.items())
    leading = best(comparison, env.label)
    return EnvironmentPart(
        label=env.label,
        description=f"{env.id}{f' with {given}' if given else ''}; {suite.steps_on(env):,} steps, discount "
        f"{suite.gamma_on(env):g}; {_known(reference)}.",
        measure=MEASURES[measured(comparison, env.label)],
        verdicts=[f"By the median of the final scores: {', '.join(leading)}.", *notes],
        band=BAND_IN_WORDS,
        curves=[curve(comparison, env.label, agent.label) for agent in suite.agents],
        table=_scores(comparison, env.label, confidence),
        comparisons=_decisions(comparison, env.label, confidence) or _pairs(comparison, env.label, confidence),
        pictures=pictures,
        metrics=metric_curves(comparison, env.label),
        sweeps=sweep_charts(comparison, env.label),
        optimum=reference.played,
    )


def _known(reference: Reference) -> str:
    """Return what is known of the optimum, in words."""
    if reference.optimum is not None:
        random = "" if reference.uniform is None else f", acting at random {reference.uniform:.6g}"
        return f"the best that can be done is worth {reference.optimum:.6g} from the start{random}"
    if reference.played is not None:
        return f"scores are mean returns; the known optimum returns {reference.played:.6g} in the same episodes"
    why = f": {reference.reason}" if reference.reason else ""
    return f"its optimum is not known, so that scores are mean returns{why}"


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
            Cell(text=f"{pair.verdict}: {pair.limit}" if pair.limit else pair.verdict),
            _cell(pair.effect),
            Cell(text=f"{_short(pair.low)} to {_short(pair.high)}", order=_order(pair.low)),
            _cell(pair.p, "{:.3g}"),
            _cell(pair.more_seeds, "{:.0f}"),
        ]
        for pair in found
    ]
    return SortableTable(
        caption=f"Every two agents on the same seeds; {_sign(comparison, env)}",
        headings=[
            "agents",
            "verdict",
            "difference",
            f"{confidence:.0%} interval (Holm)",
            "p (Holm)",
            "extra seeds needed (estimate)",
        ],
        rows=rows,
    )


def _decisions(comparison: Comparison, env: str, confidence: float) -> SortableTable | None:
    """Return what the stopping rule decided and when; None where the number of seeds was fixed beforehand."""
    found, scores = sequential(comparison, env, confidence), comparison.scores(env)
    if not found or comparison.stopping is None:
        return None
    rows = [
        [
            Cell(text=f"{x} beside {y}"),
            Cell(text=one.verdict if one.verdict in DECIDED else UNDECIDED),
            _cell(one.seeds if one.verdict in DECIDED else math.nan, "{:.0f}"),
            _cell(float(np.mean(scores[x] - scores[y]))),
            _cell(max(one.wealth), "{:.3g}"),
        ]
        for x, y, one in found
    ]
    caption = (
        f"Every two agents by the stopping rule: seeds were added, to {comparison.stopping.budget} at most, until in "
        f"every pair a bet on the better one had made {found[0][2].threshold:.4g} of a stake of 1; "
        f"{_sign(comparison, env)}"
    )
    return SortableTable(
        caption=caption, headings=["agents", "verdict", "decided after", "difference", "stake grew to"], rows=rows
    )


def _sign(comparison: Comparison, env: str) -> str:
    side = "below" if comparison.exact(env) else "above"
    return f"the difference is first minus second: {side} 0 the first is better"


def _failure(run: Any) -> Failure:
    text = printable((run.error or "").strip(), LONGEST_TRACEBACK)
    reason = run.reason or "no reason was written down"
    return Failure(run=f"{run.agent} on {run.env}, seed {run.seed}", reason=reason, traceback=text)


def _hyper_parameters(comparison: Comparison) -> SortableTable:
    rows = [
        [Cell(text=agent.label), Cell(text=agent.id), Cell(text=_given(agent.hyper_parameters))]
        for agent in comparison.suite.agents
    ]
    caption = "Agents; what is not named has the default of the versions below"
    return SortableTable(caption=caption, headings=["agent", "id", "hyper-parameters"], rows=rows)


def _given(hyper_parameters: Mapping[str, Any]) -> str:
    """Return hyper-parameters in words."""
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in hyper_parameters.items()) or "defaults"


def _settings(comparison: Comparison) -> list[tuple[str, str]]:
    suite = comparison.suite
    rule = comparison.stopping
    return [
        ("seeds", ", ".join(map(str, suite.seeds))),
        ("seeds were", "fixed beforehand" if rule is None else f"added until decided, to {rule.budget} at most"),
        ("steps", f"{suite.steps:,}"),
        ("discount", f"{suite.gamma:g}"),
        ("episodes played where no exact value is known", str(suite.episodes)),
        ("folder", comparison.folder.name),
    ]


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
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
