"""Every control agent ends at the exact optimum of every world, by the settings from which the page in docs is made."""

import itertools
import runpy
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.evaluation.judge import Judge
from gridworld_env import TabularMDP, oracle

ROOT = Path(__file__).resolve().parents[3]
NAMES = runpy.run_path(str(ROOT / "benchmarks" / "optimum_settings.py"))
SETTINGS, TASKS, MISSING, Yardstick = (NAMES[name] for name in ("SETTINGS", "TASKS", "MISSING", "Yardstick"))
FAST = 3_000_000
"""Steps above which a test counts as slow."""

CASES = [
    pytest.param(agent_id, task, marks=[pytest.mark.slow] if setting.steps > FAST else [])
    for agent_id, settings in SETTINGS.items()
    for task, setting in settings.items()
]


@pytest.mark.parametrize(("agent_id", "task"), CASES)
def test_the_exact_optimum(agent_id, task):
    setting, gamma = SETTINGS[agent_id][task], TASKS[task].gamma
    agent = ga.make(agent_id, TASKS[task].make(), seed=0, gamma=gamma, **setting.given).learn(setting.steps)
    assert Yardstick(TASKS[task], setting).gap(agent) < 1e-6


def test_every_control_agent_is_held_to_it(control_id):
    assert set(SETTINGS[control_id]) == set(TASKS)


def test_every_simulated_agent_is_held_to_it(simulated_id):
    assert set(SETTINGS[simulated_id]) == set(TASKS)


def test_what_is_missing_has_its_reason():
    missing = {(agent_id, task) for agent_id, given in SETTINGS.items() for task in TASKS if task not in given}
    assert missing == set(MISSING)


def test_the_gap_at_the_cliff_of_those_who_explore():
    """By hand: who explores one step in ten keeps away from the edge; along the edge he falls again and again."""
    task, setting = TASKS["cliff"], SETTINGS["sarsa"]["cliff"]
    assert setting.soft
    yardstick = Yardstick(task, setting)
    mdp = TabularMDP.from_env(task.make())
    soft = oracle.epsilon_optimal(mdp, gamma=1.0, epsilon=setting.given["epsilon"])
    assert yardstick.optimum == soft.v[36]
    assert yardstick.gap(ga.make("optimal", task.make(), gamma=1.0)) > 10
    assert Yardstick(task, SETTINGS["q-learning"]["cliff"]).gap(ga.make("optimal", task.make(), gamma=1.0)) == 0


def test_the_lake_is_gymnasiums():
    """The tables that agents learn from, compiled, are those of FrozenLake-v1 itself."""
    lake, theirs = TASKS["lake"].make().unwrapped.mdp, TabularMDP.from_env(gym.make("FrozenLake-v1"))
    for name in ("next_state", "probability", "reward", "terminated", "initial"):
        np.testing.assert_array_equal(getattr(lake, name), getattr(theirs, name))
    assert oracle.optimal(lake, gamma=1.0).v[0] == pytest.approx(14 / 17)


@pytest.mark.parametrize(
    ("agent_id", "slippery"), [("q-learning", False), ("dyna-q", False), ("prioritized-sweeping", True)]
)
def test_the_lake_step_by_step(agent_id, slippery):
    """In the environment itself, whose model is not asked for."""
    env = gym.make("FrozenLake-v1", is_slippery=slippery)
    given = {} if agent_id == "prioritized-sweeping" else {"alpha": 1}
    agent = ga.make(agent_id, env, seed=0, gamma=0.99, initial_value=1, **given).learn(40_000)
    assert not agent.compiled
    assert Judge(env, 0.99).gap(agent) < 1e-6


def test_the_page_is_of_these_settings(monkeypatch):
    """Other settings need another page: `make optimum`."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    script = runpy.run_path(str(ROOT / "benchmarks" / "steps_to_optimum.py"))
    page = (ROOT / "docs" / "steps-to-optimum.md").read_text(encoding="utf-8")
    assert script["settings_table"]() in page
    assert script["tasks_table"]() in page
    assert all(f"\n| `{agent_id}` | " in page for agent_id in SETTINGS)


def test_how_steps_are_counted(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    script = runpy.run_path(str(ROOT / "benchmarks" / "steps_to_optimum.py"))
    Run, cell = script["Run"], script["cell"]
    assert cell([Run(100, 0), Run(2_000, 0), Run(30_000, 0)]) == "2k (100 to 30k)"
    assert cell([Run(5, 0), Run(5, 0)]) == "5"
    assert cell([Run(5, 0), Run(float("inf"), 1), Run(float("inf"), 1)]) == "never (5 to never)"
    looks = list(script["looks"](1_000_000))
    assert looks[:25] == list(range(1, 26))
    assert looks[-1] == 1_000_000
    assert all(after <= max(before + 1, 1.05 * before) for before, after in itertools.pairwise(looks))
    run = script["measure"]("value-iteration", "maze", 0)
    assert run == (14, 0)  # the start is 14 steps from the target, and values travel one cell a sweep
