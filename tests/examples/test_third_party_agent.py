"""The plugin of the examples: it learns what it promises, and is found once it is installed."""

import pathlib
import re

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.authoring import Transition
from gridworld_env import TabularMDP, oracle

pytestmark = pytest.mark.shown
ROOT = pathlib.Path(__file__).parents[2] / "examples" / "third_party_agent"
GAMMA = 0.99


@pytest.fixture
def count_bonus(monkeypatch):
    """Return the class without installing its package."""
    monkeypatch.syspath_prepend(ROOT / "src")
    from count_bonus_agent import CountBonus

    return CountBonus


@pytest.fixture
def sea():
    return gym.make("GridWorld/DeepSea-v0", size=10)


def value_of_start(agent, env):
    """Return the exact value of the greedy policy."""
    mdp = TabularMDP.from_env(env)
    policy = np.eye(mdp.num_actions)[agent.q_values.argmax(axis=1)]
    return mdp.initial @ oracle.evaluate(mdp, policy, gamma=GAMMA)


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_the_treasure(count_bonus, sea, seed):
    mdp = TabularMDP.from_env(sea)
    best = mdp.initial @ oracle.optimal(mdp, gamma=GAMMA).v
    # Seeds 0 to 29 took 3,000 steps at most, in stretches of 1,000: no false alarm within three times that.
    assert value_of_start(count_bonus(sea, seed=seed).learn(10_000), sea) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_q_learning_does_not(sea, seed):
    # Ten dives to the right in a row happen by chance once in 2^10 episodes, while nothing is known yet; as soon as
    # their cost is, they take ten explorations in a row, of chance 0.05^10. None of the seeds 0 to 29 found it in
    # 40,000 steps, and a fixed seed does not change its mind.
    assert value_of_start(ga.make("q-learning", sea, seed=seed).learn(10_000), sea) == pytest.approx(0, abs=1e-12)


def test_one_update_by_hand(count_bonus, sea):
    agent = count_bonus(sea, seed=0, alpha=0.5, gamma=0.5, beta=0.2)
    assert np.all(agent.memory.u == 0.4)  # 0.2 / (1 - 0.5)
    for terminated in (False, True):
        step = Transition(3, 1, -1.0, 4, -1, terminated, False)
        count_bonus.observe(agent.memory, step, agent.params, np.random.default_rng(0))
    u = 0.4 + 0.5 * (-1 + 0.2 + 0.5 * 0.4 - 0.4)
    assert agent.memory.u[3, 1] == pytest.approx(u + 0.5 * (-1 + 0.2 / np.sqrt(2) - u))
    assert agent.q_values[3, 1] == pytest.approx(-0.5 + 0.5 * (-1 + 0.5))
    assert agent.visits[3, 1] == 2
    assert agent.visits.sum() == 2


def test_same_seed_same_table(count_bonus, sea):
    one, other, another = (count_bonus(sea, seed=seed).learn(500).memory.u for seed in (1, 1, 2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, another)


def test_it_keeps_to_the_contract(count_bonus):
    ga.check_agent(count_bonus)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"alpha": 0}, r"alpha must be in \(0, 1\]"), ({"gamma": 1}, r"gamma must be in \[0, 1\)"), ({"beta": 0}, "beta")],
)
def test_hyper_parameters_are_checked(count_bonus, sea, arguments, message):
    with pytest.raises(ValueError, match=message):
        count_bonus(sea, **arguments)


@pytest.fixture(scope="module")
def installed(install):
    """Return a function that runs Python where the plugin is installed."""
    run = install(ROOT)
    found = run("-c", "import count_bonus_agent; print(count_bonus_agent.__file__)")
    assert found.stdout.strip().endswith("count_bonus_agent/__init__.py"), found.stderr
    return run


def test_once_installed_it_is_found_checked_and_trained(installed):
    found = "import gridworld_agents as ga; print([s.id for s in ga.specs() if s.error is None])"
    command = "from gridworld_agents.command_line import main; main()"
    listed = installed("-c", f"{found}; {command}", "list", "agents")
    assert "'example/count-bonus'" in listed.stdout.splitlines()[0], listed.stderr
    assert re.search(r"count-bonus-agent 0\.1\.0\s+example/count-bonus\s", listed.stdout), listed.stdout
    checked = installed("-c", command, "check", "example/count-bonus")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert re.search(r"\n20 passed, 0 failed, 2 skipped\n$", checked.stdout)


def test_once_installed_it_is_made_by_its_id(installed, tmp_path):
    readme = re.search(r"```python\n(import gymnasium.*?)```", (ROOT / "README.md").read_text(), re.DOTALL).group(1)
    save = f"agent = ga.make('example/count-bonus', env, seed=3).learn(500); agent.save({str(tmp_path / 'a.zip')!r})\n"
    load = f"print(type(ga.load({str(tmp_path / 'a.zip')!r}, env)).__name__)"
    ran = installed("-W", "error", "-c", readme + save + load)
    assert ran.stdout == "example/count-bonus expects 0.9\nq-learning expects 0.0\nCountBonus\n", ran.stderr
