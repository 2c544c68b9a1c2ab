"""The table of ids, its thresholds, and environments that other packages add."""

import ast
import importlib.metadata
import textwrap

import gymnasium as gym
import pytest

from gridworld_env import TabularMDP, env_plugins, oracle
from gridworld_env.registration import MODELS, TABLE, register_all


def best_return(mdp, horizon):
    """Return what the best possible agent gains in an episode of at most `horizon` steps, on average, exactly."""
    return mdp.initial @ oracle.finite_horizon(mdp, gamma=1, horizon=horizon).v[horizon]


@pytest.mark.parametrize("entry", [*TABLE, *MODELS], ids=lambda entry: entry.id)
def test_thresholds_are_computed_not_guessed(entry):
    env = gym.make(entry.id)
    best = best_return(TabularMDP.from_env(env), entry.max_episode_steps)
    assert env.spec.reward_threshold == pytest.approx(best - 0.05 * abs(best), abs=5e-5)


@pytest.mark.parametrize(
    ("id_", "best"),
    [
        ("GridWorld-v0", 1.0),
        ("GridWorld/Cliff-v0", -13.0),
        ("GridWorld/Windy-v0", -15.0),
        ("GridWorld/DynaMaze-v0", 1.0),
        ("GridWorld/DeepSea-v0", 0.99),
        ("GridWorld/RandomWalk-v0", 1.0),
    ],
)
def test_best_returns(id_, best):
    assert best_return(TabularMDP.from_env(gym.make(id_)), 1000) == pytest.approx(best, abs=1e-12)


def test_published_path_lengths():
    """Sutton and Barto: windy grid world 15 steps, 7 with king's moves; Dyna maze 14; cliff 13."""
    for id_, arguments, steps in [
        ("GridWorld/Windy-v0", {}, 15),
        ("GridWorld/Windy-v0", {"actions": "king"}, 7),
        ("GridWorld/Windy-v0", {"actions": "king+stay"}, 7),
        ("GridWorld/DynaMaze-v0", {"reward_step": -1, "reward_boundary": -1, "reward_target": -1}, 14),
        ("GridWorld/Cliff-v0", {}, 13),
    ]:
        mdp = TabularMDP.from_env(gym.make(id_, **arguments))
        assert -mdp.initial @ oracle.optimal(mdp, gamma=1).v == pytest.approx(steps, abs=1e-9)


def test_values_of_the_random_walk():
    """Sutton and Barto, Example 6.2: 1/6 ... 5/6 under the uniform policy; Example 7.1: 19 states."""
    for arguments, expected in [
        ({}, [i / 6 for i in range(1, 6)]),
        ({"num_states": 19, "reward_left": -1}, [i / 10 - 1 for i in range(1, 20)]),
    ]:
        mdp = TabularMDP.from_env(gym.make("GridWorld/RandomWalk-v0", **arguments))
        uniform = [[0.5, 0.5]] * mdp.num_states
        assert oracle.evaluate(mdp, uniform, gamma=1)[1:-1] == pytest.approx(expected, abs=1e-12)


def test_a_registered_id_is_registered_once():
    before = dict(gym.registry)
    register_all()
    assert {id_: spec for id_, spec in gym.registry.items() if id_.startswith("GridWorld")} == {
        id_: spec for id_, spec in before.items() if id_.startswith("GridWorld")
    }


@pytest.fixture
def plugins(tmp_path, run_python):
    """Return a function that runs code beside an installed package with these environment entry points."""
    (tmp_path / "acme.py").write_text(
        textwrap.dedent("""
        import gymnasium as gym

        class Corridor(gym.Env):
            observation_space = gym.spaces.Discrete(2)
            action_space = gym.spaces.Discrete(2)
            def __init__(self, length=3):
                self.length = length
        """)
    )
    (tmp_path / "raises.py").write_text("raise RuntimeError('no licence')")
    (tmp_path / "leaves.py").write_text("import sys; sys.exit(3)")
    (tmp_path / "misspelt.py").write_text("def f(:")

    def run(entry_points, code):
        info = tmp_path / "acme-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n")
        lines = [f"{name} = {value}" for name, value in entry_points]
        (info / "entry_points.txt").write_text("[gridworld.envs]\n" + "\n".join(lines))
        return run_python(code, PYTHONPATH=str(tmp_path))

    return run


def test_a_plugin_is_made_by_its_id_and_imported_only_then(plugins):
    out = plugins(
        [("acme/Corridor-v0", "acme:Corridor")],
        """
import sys, gymnasium as gym, gridworld_env
assert "acme" not in sys.modules
env = gym.make("acme/Corridor-v0", length=7, disable_env_checker=True)
print(env.unwrapped.length, gridworld_env.env_plugins()[0], gym.spec("acme/Corridor-v0").to_json()[:30])
""",
    )
    assert out.startswith("7 EnvPlugin(id='acme/Corridor-v0', distribution='acme', version='1.2'")
    assert "error=None" in out


def test_a_broken_plugin_fails_alone(plugins):
    out = plugins(
        [
            ("acme/Raises-v0", "raises:Env"),
            ("acme/Leaves-v0", "leaves:Env"),
            ("acme/Misspelt-v0", "misspelt:Env"),
            ("acme/Absent-v0", "nowhere:Env"),
            ("acme/Nameless-v0", "acme:Nothing"),
            ("acme/Corridor-v0", "acme:Corridor"),
            ("GridWorld-v0", "acme:Corridor"),
            ("not an id", "acme:Corridor"),
        ],
        """
import gymnasium as gym, gridworld_env
for name in ("Raises", "Leaves", "Misspelt", "Absent", "Nameless"):
    try:
        gym.make(f"acme/{name}-v0")
    except gym.error.Error as error:
        print(error)
gym.make("acme/Corridor-v0", disable_env_checker=True)
print(gym.make("GridWorld-v0").reset(seed=0)[1]["action_mask"].size)
gridworld_env.registration.register_all()
print([plugin.id for plugin in gridworld_env.env_plugins() if plugin.error])
print({plugin.id: plugin.problem() for plugin in gridworld_env.env_plugins()})
""",
    ).splitlines()
    problems = ast.literal_eval(out.pop())
    assert problems["acme/Corridor-v0"] is None
    assert problems["acme/Absent-v0"] == "ModuleNotFoundError: No module named 'nowhere'; 'nowhere' is not installed"
    assert problems["acme/Nameless-v0"] == "AttributeError: module 'acme' has no attribute 'Nothing'"
    assert problems["GridWorld-v0"] == "the id 'GridWorld-v0' is taken already"
    reasons = ["RuntimeError: no licence", "SystemExit: 3", "SyntaxError", "No module named 'nowhere'", "Nothing"]
    for name, line, reason in zip(("Raises", "Leaves", "Misspelt", "Absent", "Nameless"), out, reasons, strict=False):
        assert f"acme/{name}-v0" in line
        assert "of acme 1.2 cannot be loaded" in line
        assert reason in line
    assert out[-2] == "5"
    assert out[-1] == "['GridWorld-v0', 'not an id']"


def test_a_plugin_that_is_not_installed_is_named():
    spec = gym.envs.registration.EnvSpec(
        "acme/Gone-v0",
        entry_point="gridworld_env.registration:make_plugin",
        kwargs={"plugin_id": "acme/Gone-v0", "plugin_distribution": "acme"},
    )
    with pytest.raises(gym.error.Error, match="package acme, which is not installed"):
        gym.make(spec)


def test_no_plugin_is_listed_that_is_not_installed():
    assert {plugin.id for plugin in env_plugins()} == {
        entry_point.name for entry_point in importlib.metadata.entry_points(group="gridworld.envs")
    }
