"""Four agents on one environment, 8 seeds each, compared with the exact optimum: a table and a report.

`python examples/demo.py [FOLDER]` runs what is left of examples/suites/demo.toml and writes FOLDER/report.html.
"""

from __future__ import annotations

import pathlib
import sys
import time

import numpy as np

SUITE = pathlib.Path(__file__).with_name("suites") / "demo.toml"

FIRST = """\
Four agents learn the book's grid world for 6,000 steps, 8 seeds each, and are
compared with the exact optimum: 32 runs, about a minute on two idle cores, most
of it for the network of sb3/ppo; the first time a little more, for the agents
are compiled. It leaves about 8 MB in {folder}. Ctrl-C keeps what is done.
"""
SARSA = """\
Sarsa and Monte Carlo control are not among them: with a constant epsilon they
end at the best policy that explores, which may be another one than the optimal.
`gridworld evaluate` tells by how much they differ, docs/theory.md why."""
EXACT = 1e-9
"""A gap below this is that of an optimal policy, and rounding."""


def main(folder):
    """Compare, print and report; return the exit status."""
    begin = time.perf_counter()
    print(FIRST.format(folder=folder), flush=True)  # before what takes seconds to import
    from rich.console import Console

    from gridworld_agents.comparison import Interrupted, Live, failures, read_suite, run_suite, sentences, table
    from gridworld_agents.report import write

    console = Console()
    print(optimum(), flush=True)
    command = f"gridworld compare examples/suites/{SUITE.name} --out {folder}"
    try:
        found = run_suite(read_suite(SUITE), folder, resume=True, command=command, watch=Live(console))
    except (Interrupted, KeyboardInterrupt):
        console.print(f"stopped, everything is kept: the same command goes on in {folder}", soft_wrap=True)
        return 130
    console.print(table(found))
    for line in [*seen(found), *decided(sentences(found, confidence=0.95)), SARSA]:
        console.print(line, highlight=False, markup=False)
    for reason in failures(found)[:1]:
        console.print(reason, highlight=False, markup=False, soft_wrap=True)
    page = write(found)
    console.print(f"{page} has the curves, and what each agent learned ({time.perf_counter() - begin:.0f} s)")
    return 1 if found.failures else 0


def optimum():
    """Return the map, with an arrow for every optimal action and what a state is worth."""
    import gymnasium as gym

    import gridworld_env  # noqa: F401 - registers the ids
    from gridworld_env import oracle, rendering

    world = gym.make("GridWorld-v0").unwrapped
    best = oracle.optimal(world.mdp, gamma=0.9)
    value = float(world.mdp.initial @ best.v)
    world.overlay(values=best.v, policy=best.policy, caption=f"The optimum, worth {value:.4f} from the start:")
    return rendering.draw_text(world.scene_of(0))


def seen(found):
    """Return what there is to see, in words: a line an agent."""
    lines = []
    for env in found.suite.envs:
        for agent in found.suite.agents:
            gaps = np.array([run.score for run in found.of(env.label, agent.label) if run.finished])
            if not gaps.size or not found.exact(env.label):
                continue
            optimal = int((gaps < EXACT).sum())
            lines.append(f"{agent.label}: optimal in {optimal} of {gaps.size} seeds")
            if optimal < gaps.size:
                lines[-1] += f", else at most {gaps.max():.2g} short of the optimum"
    return lines


def decided(verdicts):
    """Return the verdicts that decide, and of all others how many there are: between optimal agents none is due."""
    left = [one for one in verdicts if "not distinguishable" in one]
    told = f"{len(left)} pairs of agents are not told apart by 8 seeds, as the report has it in detail."
    return [*(one for one in verdicts if one not in left), *([told] if left else [])]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "runs/demo"))
