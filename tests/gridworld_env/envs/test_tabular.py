"""Worlds without a map: a model, and names of its states and actions."""

import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle
from gridworld_env.authoring import TabularEnv, TabularVectorEnv

MACHINE = {
    "new": {"run": [(0.9, "new", 1.0), (0.1, "worn", 1.0)], "repair": ("new", -2.0)},
    "worn": {"run": [(0.6, "worn", 0.5), (0.4, "broken", 0.0)], "repair": ("new", -2.0)},
}


def machine(start="new"):
    return TabularMDP.from_names(MACHINE, start)


class MachineEnv(TabularEnv, world=machine):
    """A function that returns a bare model is enough."""


class MachineVectorEnv(TabularVectorEnv, world=machine):
    """N machines."""


def test_ten_lines_make_a_whole_environment():
    """What the docstring of `Tabular-v0` shows."""
    env = gym.make("Tabular-v0", mdp=machine(), max_episode_steps=50, render_mode="ansi")
    check_env(env.unwrapped, skip_render_check=True)
    assert env.observation_space == gym.spaces.Discrete(3)
    assert env.unwrapped.state_names == ("new", "worn", "broken")
    assert env.unwrapped.action_names == ("run", "repair")
    agent = ga.make("q-learning", env, seed=0, gamma=0.9, alpha=0.05, epsilon=0.3).learn(200_000)
    assert agent.compiled
    assert ga.Judge(env, 0.9).gap(agent) == pytest.approx(0, abs=1e-12)


def test_stable_baselines3s_checker_passes():
    check_stable_baselines3 = pytest.importorskip("stable_baselines3.common.env_checker").check_env
    check_stable_baselines3(gym.make("Tabular-v0", mdp=machine()))


def test_the_default_survives_json():
    spec = gym.make("Tabular-v0").spec
    again = gym.make(gym.envs.registration.EnvSpec.from_json(spec.to_json()))
    assert again.unwrapped.state_names == ("high", "low")


def test_the_tables_are_what_was_written():
    mdp = machine({"new": 0.25, "worn": 0.75})
    assert mdp.initial.tolist() == [0.25, 0.75, 0]
    tables = mdp.probability, mdp.next_state, mdp.reward, mdp.terminated
    rows = {
        (s, a): sorted(row for row in zip(*(table[s, a].tolist() for table in tables), strict=True) if row[0] > 0)
        for s in range(3)
        for a in range(2)
    }
    assert rows == {
        (0, 0): [(0.1, 1, 1.0, False), (0.9, 0, 1.0, False)],
        (0, 1): [(1.0, 0, -2.0, False)],
        (1, 0): [(0.4, 2, 0.0, True), (0.6, 1, 0.5, False)],
        (1, 1): [(1.0, 0, -2.0, False)],
        (2, 0): [(1.0, 2, 0.0, True)],
        (2, 1): [(1.0, 2, 0.0, True)],
    }
    again = pickle.loads(pickle.dumps(mdp))  # noqa: S301 - what was just written
    assert (again.state_names, again.action_names) == (mdp.state_names, mdp.action_names)


def test_the_robot_obeys_its_equations():
    """Sutton and Barto, Example 3.3 and the equations after it, for v*(h) and v*(l)."""
    alpha, beta, search, wait, gamma = 0.8, 0.6, 2.0, 1.0, 0.9
    high, low = oracle.optimal(TabularMDP.from_env(gym.make("Tabular-v0")), gamma=gamma).v
    assert high == pytest.approx(
        max(search + gamma * (alpha * high + (1 - alpha) * low), wait + gamma * high, gamma * high), abs=1e-10
    )
    assert low == pytest.approx(
        max(
            beta * search - 3 * (1 - beta) + gamma * ((1 - beta) * high + beta * low), wait + gamma * low, gamma * high
        ),
        abs=1e-10,
    )


def test_single_and_vector_walk_alike():
    envs = MachineVectorEnv(num_envs=3, start={"new": 0.5, "worn": 0.5}, max_episode_steps=9)
    singles = [gym.wrappers.TimeLimit(MachineEnv(start={"new": 0.5, "worn": 0.5}), 9) for _ in range(3)]
    states, _ = envs.reset(seed=4)
    assert states.tolist() == [env.reset(seed=4 + i)[0] for i, env in enumerate(singles)]
    rng, over = np.random.default_rng(0), np.zeros(3, bool)
    for _ in range(60):
        actions = rng.integers(2, size=3)
        states, rewards, terminated, truncated, infos = envs.step(actions)
        for i, env in enumerate(singles):
            one = (*env.reset(), None) if over[i] else env.step(actions[i])
            assert states[i] == one[0]
            if not over[i]:
                assert (rewards[i], terminated[i], truncated[i]) == one[1:4]
        assert infos["action_mask"].all()
        over = terminated | truncated


def test_text_is_a_table_of_names():
    env = gym.make("Tabular-v0", mdp=machine(), render_mode="ansi")
    env.reset(seed=0, options={"start": "worn"})
    assert env.render() == "   new\n@  worn\n   broken"
    best = oracle.optimal(env.unwrapped.mdp, gamma=0.9)
    env.unwrapped.overlay(values=best.v, policy=best.policy, caption="a machine", heads_up=True)
    assert env.render().splitlines() == [
        "a machine",
        f"   new     {best.v[0]:.2f}  run",
        f"@  worn    {best.v[1]:.2f}  repair",
        "   broken  0.00  run or repair",
        "step 0   return 0.00",
    ]
    env.unwrapped.overlay(values=None, policy=None, action_values=[[1, 2], [np.nan, 3], [np.nan, np.nan]], caption=None)
    assert env.render().splitlines()[:3] == ["   new     2.00", "@  worn    3.00", "   broken"]


def test_of_many_states_those_around_are_listed():
    n = 500
    chain = TabularMDP.from_names({f"s{i}": {"on": (f"s{(i + 1) % n}", 0.0)} for i in range(n)}, "s0")
    env = gym.make("Tabular-v0", mdp=chain, render_mode="ansi")
    for start, first, last in (("s0", "s0", "s39"), ("s250", "s230", "s269"), ("s499", "s460", "s499")):
        env.reset(options={"start": start})
        *lines, more = env.render().splitlines()
        assert more == "(460 more states)"
        assert [lines[0].split()[-1], lines[-1].split()[-1]] == [first, last]
        assert [line for line in lines if line.startswith("@")] == [f"@  {start}"]


@pytest.mark.parametrize(("states", "shape"), [(2, (1, 2)), (12, (1, 12)), (13, (4, 4)), (25, (5, 5)), (26, (5, 6))])
def test_a_picture_has_a_cell_for_each_state(states, shape):
    chain = TabularMDP.from_names({f"s{i}": {"on": (f"s{i + 1}", 0.0)} for i in range(states - 1)}, "s0")
    env = gym.make("Tabular-v0", mdp=chain, render_mode="rgb_array")
    env.reset(seed=0)
    scene = env.unwrapped.scene()
    assert (scene.layout.height, scene.layout.width) == shape
    assert scene.layout.to_text().replace("\n", "") == "S" + "." * (states - 2) + "T" + "#" * (np.prod(shape) - states)
    assert (scene.agents, scene.trail, scene.heads_up) == ((0,), (), "s0")
    env.unwrapped.overlay(values=np.arange(states), policy=np.ones((states, 1)), visits=np.arange(states))
    before = env.render()
    env.step(0)
    scene = env.unwrapped.scene()
    assert scene.heads_up == "s1"
    assert (env.render() != before).any()
    assert scene.values[: states - 1].tolist() == list(range(states - 1))
    assert env.unwrapped.scene_of(0).agents == ()


def test_a_state_is_named_to_start_in():
    env = gym.make("Tabular-v0", mdp=machine())
    assert env.reset(options={"start": "worn"})[0] == env.reset(options={"start": 1})[0] == 1
    for start, message in (
        ("wron", "did you mean 'worn'"),
        ("broken", "must be a state in which the episode goes on"),
        (3, r"must be a state in \[0, 3\), got 3"),
        ((0, 1), r"must be a state in \[0, 3\), got \(0, 1\)"),
    ):
        with pytest.raises(ValueError, match=message):
            env.reset(options={"start": start})
    nameless = TabularMDP.from_transitions([[[(1.0, 0, 0.0, False)]]], [1.0])
    env = gym.make("Tabular-v0", mdp=nameless)
    assert (env.unwrapped.state_names, env.unwrapped.action_names, env.unwrapped.layouts) == (("0",), ("0",), ())
    with pytest.raises(ValueError, match=r"must be a state in \[0, 1\), got '0'"):
        env.reset(options={"start": "0"})


def test_actions_are_named_in_errors():
    env = gym.make("Tabular-v0", mdp=machine())
    env.reset(seed=0)
    with pytest.raises(ValueError, match="actions are 0 run, 1 repair"):
        env.step(2)


@pytest.mark.parametrize("mdp", [MACHINE, [[[(1.0, 0, 0.0, False)]]], "machine"])
def test_what_is_no_model_is_refused(mdp):
    with pytest.raises(ValueError, match=r"mdp must be a TabularMDP, got .*from_names"):
        gym.make("Tabular-v0", mdp=mdp)


def test_a_world_without_a_map_shows_its_state_only():
    with pytest.raises(ValueError, match="unexpected keyword argument 'observation'"):
        gym.make("Tabular-v0", mdp=machine(), observation="position")


@pytest.mark.parametrize(
    ("transitions", "start", "message"),
    [
        ({}, "a", "at least one state"),
        ({"a": {}}, "a", "an action in each"),
        ({"a": {"x": ("a", 0)}, "b": {"y": ("a", 0)}}, "a", "'a' has x, 'b' has y"),
        ({"a": {"x": ("a", 0)}}, "b", "start must be a state, got 'b'; states are a"),
        ({"a": {"x": ("a", 0)}}, {"a": 0.5}, "initial must sum to 1, got 0.5"),
        ({"a": {"x": ("a", 0)}, "b": {"x": ("a", 0)}}, {"a": 2, "b": -1}, "probabilities >= 0, got -1.0 in state 'b'"),
        ({"a": {"x": [(0.5, "a", 0)]}}, "a", "must sum to 1, got 0.5 in state 'a', action 'x'"),
        ({"a": {"x": [(1.5, "a", 0), (-0.5, "b", 0)]}}, "a", r"must be in \[0, 1\], got 1.5 in state 'a', action 'x'"),
        ({"a": {"x": ("a", float("inf"))}}, "a", "reward must be finite, got inf in state 'a', action 'x'"),
        ({"a": {"x": [("a", 0)]}}, "a", r"got \('a', 0\) for 'x' in 'a'"),
        ({"a": {"x": [(1.0, 0, 0)]}}, "a", r"got \(1.0, 0, 0\) for 'x' in 'a'"),
        ({"a": {"x": [(1.0, "a", "much")]}}, "a", r"got \(1.0, 'a', 'much'\) for 'x' in 'a'"),
    ],
)
def test_models_that_are_refused(transitions, start, message):
    with pytest.raises(ValueError, match=message):
        TabularMDP.from_names(transitions, start)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"state_names": ["a"]}, r"state_names must be 2 different names, one for each state, got \['a'\]"),
        ({"state_names": "ab"}, "state_names must be 2 different names, one for each state, got 'ab'"),
        ({"action_names": ["x", "x"]}, "action_names must be 1 different names"),
        ({"action_names": [1]}, r"action_names must be 1 different names, one for each action, got \[1\]"),
    ],
)
def test_names_that_do_not_fit_are_refused(names, message):
    P = [[[(1.0, 1, 0.0, False)]], [[(1.0, 0, 0.0, False)]]]
    with pytest.raises(ValueError, match=message):
        TabularMDP.from_transitions(P, [1, 0], **names)
    named = TabularMDP.from_transitions(P, [1, 0], state_names=["a", "b"], action_names=("x",))
    assert (named.state_names, named.action_names) == (("a", "b"), ("x",))
