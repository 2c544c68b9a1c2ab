"""Code that reads FrozenLake's attributes reads ours."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import TabularMDP
from gridworld_env.registration import MODELS, TABLE

IDS = [entry.id for entry in (*TABLE, *MODELS)]
ONE_MAP = [entry.id for entry in TABLE if entry.id != "GridWorld/Random-v0"]
SMALL = {"GridWorld/Random-v0": {"num_layouts": 2}}


def make(id_, **arguments):
    return gym.make(id_, **SMALL.get(id_, {}), **arguments)


def value_iteration(env, gamma, sweeps):
    """Do what courses do with FrozenLake: back up over `P`."""
    V = np.zeros(len(env.P))
    for _ in range(sweeps):
        V = np.array(
            [
                max(sum(p * (r + gamma * V[s] * (not done)) for p, s, r, done in env.P[state][a]) for a in env.P[state])
                for state in env.P
            ]
        )
    return V


def same_model(mdp, other):
    """Compare two models outcome by outcome, in whichever order these are."""
    ours, theirs = mdp.to_transitions(), other.to_transitions()
    assert ours.keys() == theirs.keys()
    for s in ours:
        assert {a: sorted(outcomes) for a, outcomes in ours[s].items()} == {
            a: sorted(outcomes) for a, outcomes in theirs[s].items()
        }


@pytest.mark.parametrize("id_", IDS)
def test_transitions_are_the_model(id_):
    env = make(id_).unwrapped
    again = TabularMDP.from_transitions(env.P, env.initial_state_distrib)
    same_model(again, env.mdp)
    np.testing.assert_array_equal(again.initial, env.mdp.initial)
    for outcomes in env.P[0].values():
        assert [tuple(map(type, outcome)) for outcome in outcomes] == [(float, int, float, bool)] * len(outcomes)
        assert sum(p for p, *_ in outcomes) == pytest.approx(1)


@pytest.mark.parametrize("id_", ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4"])
def test_a_model_that_was_read_is_written_back(id_):
    mdp = TabularMDP.from_env(gym.make(id_))
    same_model(TabularMDP.from_transitions(mdp.to_transitions(), mdp.initial), mdp)


def test_value_iteration_as_courses_write_it_is_that_of_the_tables():
    env = gym.make("GridWorld-v0", slip=0.2).unwrapped
    V, mdp = np.zeros(25), env.mdp
    for _ in range(30):
        V = (mdp.probability * (mdp.reward + 0.9 * V[mdp.next_state] * ~mdp.terminated)).sum(axis=2).max(axis=1)
    np.testing.assert_allclose(value_iteration(env, gamma=0.9, sweeps=30), V, rtol=1e-12)
    assert V.max() > 0


@pytest.mark.parametrize("id_", IDS)
def test_transitions_are_made_once_and_not_copied_with_the_environment(id_):
    env = make(id_).unwrapped
    before = len(pickle.dumps(env))
    assert env.P is env.P
    assert len(pickle.dumps(env)) == before
    assert copy.deepcopy(env).P == env.P


@pytest.mark.parametrize(
    "change",
    [
        lambda P: P.update({0: {}}),
        lambda P: P.__setitem__(0, {}),
        lambda P: P[0].__setitem__(0, []),
        lambda P: P[0].pop(0),
        lambda P: P[0].clear(),
        lambda P: P.__delitem__(0),
        lambda P: P.setdefault(-1, {}),
        lambda P: P.__ior__({}),
        lambda P: P.popitem(),
    ],
)
def test_a_change_of_transitions_is_refused_for_it_would_change_nothing(change):
    env = gym.make("GridWorld-v0").unwrapped
    before = copy.deepcopy(env.P)
    with pytest.raises(TypeError, match=r"P shows the model and cannot be changed; .*from_transitions"):
        change(env.P)
    assert env.P[0][0] == tuple(before[0][0])
    before[0][0] = []  # a copy may be changed
    before[0][1].append((0.0, 0, 0.0, False))
    assert pickle.loads(pickle.dumps(env.P))[0][0] == list(env.P[0][0])  # noqa: S301


@pytest.mark.parametrize("name", ["P", "nrow", "ncol", "desc", "initial_state_distrib"])
def test_what_shows_the_model_cannot_be_assigned(name):
    env = gym.make("GridWorld-v0").unwrapped
    with pytest.raises(AttributeError):
        setattr(env, name, getattr(env, name))


@pytest.mark.parametrize("id_", ONE_MAP)
def test_the_map_is_that_of_the_layout(id_):
    env = make(id_).unwrapped
    (layout,) = env.layouts
    assert (env.nrow, env.ncol) == layout.shape == env.desc.shape
    assert [row.tobytes().decode() for row in env.desc] == layout.to_text().split("\n")
    assert env.nrow * env.ncol == len(env.P) == env.observation_space.n
    assert not env.desc.flags.writeable
    assert not env.initial_state_distrib.flags.writeable


@pytest.mark.parametrize(
    ("id_", "message"), [("GridWorld/Random-v0", "2 maps: env.unwrapped.layouts"), ("Tabular-v0", "lie on no map")]
)
@pytest.mark.parametrize("name", ["nrow", "ncol", "desc"])
def test_there_is_no_map_where_states_do_not_number_one(id_, message, name):
    env = make(id_).unwrapped
    assert not hasattr(env, name)
    with pytest.raises(AttributeError, match=f"no attribute '{name}': it.* {message}"):
        getattr(env, name)


@pytest.mark.parametrize("id_", IDS)
def test_setting_s_moves_the_agent_and_what_it_shows(id_):
    env = make(id_, render_mode="ansi")
    base = env.unwrapped
    base.reset(seed=0)
    assert base.s == base.state
    for s in np.flatnonzero(~base.world.over).tolist()[:40]:
        base.s = s
        assert base.s == base.state == s
        other = make(id_, render_mode="ansi")
        other.reset(seed=0, options={"start": s})
        assert base.render() == other.render()
        for a in range(base.action_space.n):
            base.s = s
            s_next, r, terminated, _, _ = base.step(a)
            assert any((s_next, r, terminated) == outcome[1:] for outcome in base.P[s][a])


@pytest.mark.parametrize("observation", ["position", "grid", "local"])
def test_setting_s_moves_whatever_is_observed(observation):
    env = gym.make("GridWorld-v0", observation=observation, actions="cardinal+stay").unwrapped
    env.reset(seed=0)
    env.s = 0
    np.testing.assert_array_equal(env.step(4)[0], env.observe_states(np.array([0]))[0])


@pytest.mark.parametrize("wrong", [-1, 25, 17, 2.5, None, "up"])
def test_a_state_in_which_no_episode_can_be_is_refused(wrong):
    env = gym.make("GridWorld-v0").unwrapped
    assert not hasattr(env, "s")
    with pytest.raises(gym.error.ResetNeeded):
        env.s = 3
    env.reset(seed=0, options={"start": 3})
    with pytest.raises(ValueError, match="start must be"):
        env.s = wrong
    assert env.s == 3
