"""How many steps each agent needs to come within 1% of the exact optimum: writes `docs/steps-to-optimum.md`."""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import report
from optimum_settings import MISSING, SETTINGS, TASKS, Setting, Yardstick

import gridworld_agents as ga

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PAGE = Path(__file__).resolve().parent.parent / "docs" / "steps-to-optimum.md"
NEAR = 0.01
EXACT = 1e-6
NEVER = float("inf")

TEXT = """# Steps to the optimum

How many steps each agent learns until it is within 1% of the exact optimum for good. Written by `make optimum`
(`benchmarks/steps_to_optimum.py`); the settings are those of `benchmarks/optimum_settings.py`. With them and seed 0,
tests hold every agent to the exact optimum, a gap under 1e-6; which other seeds miss it is said below the table.

**What is measured.** The agent's greedy policy is read off by asking `predict(deterministic=True)` in every state, and
the oracle values it from where episodes start: no episode is played for it. The gap is the optimum less that value. It
is looked at after 1, 2, 3, ... steps, from 20 on at numbers of steps that grow by 5%. The number is the first after
which the gap is, then and at every later look until the learning ends, at most 1% of the optimum's absolute value.
Given are the median over {seeds} seeds (0 to {last}), and the least and the most; k is a thousand, M a million.

**What a step is.** For agents that learn by acting, a step of the environment. For `mc-basic`, `mc-exploring-starts`
and `robbins-monro`, a transition sampled from the exact model, from wherever they like. For the planning agents, one
sweep over the exact model. So rows compare within these three groups only. Settings were chosen so that the optimum is
reached in every world, not so that it is reached soon.

{table}

{notes}

{exact}

## Environments

{tasks}

## Settings

Hyper-parameters that differ from the defaults, other than gamma; and the total number of training steps. A schedule
`visits:a:b:p` is a / (n + b)^p at the n-th visit.

{settings}
"""


class Run(NamedTuple):
    """What came of one seed."""

    steps: float  # to the gap of 1%; inf where it was not reached
    gap: float  # in the end


def looks(steps: int) -> Iterator[int]:
    """Yield the numbers of steps after which the gap is looked at."""
    k = 1
    while k < steps:
        yield k
        k = max(k + 1, int(1.05 * k))
    yield steps


def measure(agent_id: str, task_name: str, seed: int) -> Run:
    """Learn with one seed, by the settings."""
    task, setting = TASKS[task_name], SETTINGS[agent_id][task_name]
    yardstick = Yardstick(task, setting)
    agent = ga.make(agent_id, task.make(), seed=seed, gamma=task.gamma, **setting.given)
    since, gap = NEVER, NEVER
    for k in looks(setting.steps):
        agent.learn(k - agent.num_timesteps, reset_num_timesteps=False)
        gap = yardstick.gap(agent)
        if gap > NEAR * abs(yardstick.optimum):
            since = NEVER
        elif since == NEVER:
            since = k
    return Run(since, gap)


def cell(runs: Sequence[Run]) -> str:
    """Return median, least and most: `1.2k (800 to 3.4k)`; the last two where they differ."""
    steps = [run.steps for run in runs]
    least, most = min(steps), max(steps)
    return _short(median(steps)) + ("" if least == most else f" ({_short(least)} to {_short(most)})")


def _short(steps: float) -> str:
    return "never" if steps == NEVER else report.short(steps)


def page(found: dict[tuple[str, str], list[Run]], seeds: int) -> str:
    """Return the page for what was found."""
    rows, notes = [("agent", *(task.env_id for task in TASKS.values()))], {}
    for agent_id, settings in SETTINGS.items():
        cells = []
        for name in TASKS:
            reason = MISSING.get((agent_id, name), "")
            if name in settings and settings[name].soft:
                epsilon = settings[name].given["epsilon"]
                optimum = Yardstick(TASKS[name], settings[name]).optimum
                reason = (
                    "these agents learn what is best while exploring. The optimum is that of all policies which take a "
                    f"random action with probability {epsilon}, {optimum:.6g}; and the agent's value is that of its "
                    "greedy policy with as much of it"
                )
            mark = f"[{notes.setdefault(reason, len(notes) + 1)}]" if reason else ""
            cells.append((cell(found[agent_id, name]) if name in settings else "-") + (f" {mark}" if mark else ""))
        rows.append((f"`{agent_id}`", *cells))
    inexact = [
        f"`{agent_id}` on {TASKS[name].env_id}: {missed} of {seeds}"
        for (agent_id, name), runs in found.items()
        if (missed := sum(run.gap >= EXACT for run in runs))
    ]
    total = sum(len(runs) for runs in found.values())
    exact = f"In the end the gap was below 1e-6 in all {total} runs" + (
        f" but these, which missed it: {'; '.join(inexact)}." if inexact else "."
    )
    return TEXT.format(
        seeds=seeds,
        last=seeds - 1,
        table=_table(rows),
        notes="\n\n".join(f"[{i}] {reason[0].upper()}{reason[1:]}." for reason, i in notes.items()),
        exact=exact,
        tasks=tasks_table(),
        settings=settings_table(),
    )


def tasks_table() -> str:
    """Return the environments, their discounts and optima."""
    plain = Setting(0, {})
    rows = [("environment", "gamma", "optimum")]
    rows += [(t.env_id, f"{t.gamma:g}", f"{Yardstick(t, plain).optimum:.6g}") for t in TASKS.values()]
    return _table(rows)


def settings_table() -> str:
    """Return the settings, environments with the same ones together."""
    rows = [("agent", "environments", "steps", "hyper-parameters")]
    for agent_id, settings in SETTINGS.items():
        alike: dict[tuple[str, str], list[str]] = {}
        for name, setting in settings.items():
            alike.setdefault((report.short(setting.steps), str(setting)), []).append(TASKS[name].env_id)
        rows += [(f"`{agent_id}`", ", ".join(names), *key) for key, names in alike.items()]
    return _table(rows)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    lines = [rows[0], ("---",) * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure all, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="runs of each agent on each environment (default: 10)")
    parser.add_argument("--workers", type=int, default=2, help="runs at a time (default: 2)")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="a JSON file of runs: those with the same setting are not made again")
    options = parser.parse_args()
    kept = json.loads(options.keep.read_text()) if options.keep and options.keep.exists() else {}
    found = {}
    with ThreadPoolExecutor(options.workers) as pool:
        for agent_id, settings in SETTINGS.items():
            for name in settings:
                key = f"{agent_id} {name} {options.seeds} {settings[name]!r}"
                if key not in kept:
                    first = measure(agent_id, name, 0)  # alone, so that one of them compiles
                    rest = pool.map(lambda seed, a=agent_id, n=name: measure(a, n, seed), range(1, options.seeds))
                    kept[key] = [first, *rest]
                    if options.keep:
                        options.keep.write_text(json.dumps(kept))
                found[agent_id, name] = [Run(*run) for run in kept[key]]
                print(f"{agent_id} {name}: {cell(found[agent_id, name])}", flush=True)
    options.out.write_text(page(found, options.seeds), encoding="utf-8")


if __name__ == "__main__":
    main()
