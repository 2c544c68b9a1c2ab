"""Every id is a well-behaved Gymnasium environment, in every kind of observation."""

import copy
import inspect
import itertools
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AsyncVectorEnv

import gridworld_env
from gridworld_env import oracle
from gridworld_env.envs.windy import WindyEnv, WindyVectorEnv
from gridworld_env.registration import TABLE

IDS = [entry.id for entry in TABLE]
OBSERVATIONS = ["state", "position", "grid", "local"]
SMALL = {"GridWorld/Random-v0": {"num_layouts": 3}}
"""Checkers make an environment many times, and a bank of a hundred maps takes a while."""
FEW = [
    pytest.param(id_, marks=[] if id_ in {"GridWorld-v0", "GridWorld/Random-v0"} else pytest.mark.slow) for id_ in IDS
]
"""For what does not ask which map it is: fast are one map, and a bank of them."""
IDS_AND_OBSERVATIONS = pytest.mark.axes(  # observations are made of maps, of one or of a bank
    {"id_": ["GridWorld-v0", "GridWorld/Random-v0"], "observation": ["state"]}
)


@IDS_AND_OBSERVATIONS
@pytest.mark.parametrize("observation", OBSERVATIONS)
@pytest.mark.parametrize("id_", IDS)
def test_gymnasiums_checker_passes_without_a_warning(id_, observation):
    arguments = {"observation": observation, **SMALL.get(id_, {})}
    check_env(gym.make(id_, **arguments).unwrapped)
    gym.make(id_, **arguments, disable_env_checker=False).reset(seed=0)


@IDS_AND_OBSERVATIONS
@pytest.mark.parametrize("observation", OBSERVATIONS)
@pytest.mark.parametrize("id_", IDS)
def test_stable_baselines3s_checker_passes_without_a_warning(id_, observation):
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    arguments = {"observation": observation, **SMALL.get(id_, {})}
    for mode in (None, "ansi", "rgb_array"):
        checker.check_env(gym.make(id_, **arguments, render_mode=mode), skip_render_check=False)


@pytest.mark.parametrize("id_", IDS)
def test_spec_survives_json(id_):
    spec = gym.spec(id_)
    assert type(spec).from_json(spec.to_json()) == spec
    assert spec.max_episode_steps > 0
    env = gym.make(id_, observation="position")
    again = gym.make(type(spec).from_json(env.spec.to_json()))
    assert again.observation_space == env.observation_space


@pytest.mark.parametrize("id_", FEW)
def test_asynchronous_copies_equal_the_vector_environment(id_):
    theirs = AsyncVectorEnv([lambda: gym.make(id_)] * 2)
    ours = gym.make_vec(id_, num_envs=2, vectorization_mode="vector_entry_point")
    assert ours.reset(seed=3)[0].tolist() == theirs.reset(seed=3)[0].tolist()
    for action in ([0, 1], [1, 1], [1, 0]):
        assert ours.step(np.array(action))[0].tolist() == theirs.step(np.array(action))[0].tolist()
    theirs.close()


def test_ids_are_found_without_an_import(run_python):
    out = run_python(
        "import gymnasium as gym; print(gym.make('gridworld_env:GridWorld-v0').reset(seed=0)[0] in range(25))"
    )
    assert out == "True"


def rollout(env, seed, steps=200):
    """Return the observations, rewards and ends of an episode after another, under fixed actions."""
    actions = np.random.default_rng(9).integers(0, env.action_space.n, steps)
    log = [env.reset(seed=seed)[0]]
    for action in actions:
        obs, r, terminated, truncated, info = env.step(action)
        log.append((np.asarray(obs).tolist(), r, terminated, truncated, info["action_mask"].tolist()))
        if terminated or truncated:
            log.append(np.asarray(env.reset()[0]).tolist())
    return log


WINDY = {"layout": "windy", "wind": [1] * 10, "stochastic_wind": True}


@pytest.mark.parametrize("arguments", [{}, {"slip": 0.5}, WINDY])
def test_a_seed_alone_fixes_everything(arguments):
    env, other = (gym.make("GridWorld-v0", **arguments) for _ in range(2))
    other.reset(seed=77)
    other.action_space.seed(5)
    assert rollout(env, 3) == rollout(other, 3) == rollout(env, 3)
    assert rollout(env, 3) != rollout(env, 4)


def test_rendering_draws_no_random_numbers():
    seen = gym.make("GridWorld-v0", slip=0.5, render_mode="ansi")
    unseen = gym.make("GridWorld-v0", slip=0.5)
    seen.reset(seed=1)
    unseen.reset(seed=1)
    for action in [0, 1, 2, 3, 4] * 10:
        seen.render()
        assert seen.step(action)[0] == unseen.step(action)[0]


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])  # noqa: S301
@pytest.mark.parametrize("observation", OBSERVATIONS)
def test_a_copy_goes_on_alike(clone, observation):
    env = gym.make("GridWorld/Random-v0", slip=0.5, num_layouts=3, observation=observation)
    env.reset(seed=0)
    for action in [0, 1, 2, 3] * 5:
        env.step(action)
    other = clone(env)
    for action in [3, 2, 1, 0] * 5:
        ours, theirs = env.step(action), other.step(action)
        np.testing.assert_array_equal(ours[0], theirs[0])
        assert ours[1:4] == theirs[1:4]


def test_a_copy_of_a_long_corridor_does_not_exhaust_the_stack():
    env = gym.make("GridWorld-v0", layout="S" + "." * 5000 + "T", actions="cardinal", max_episode_steps=6000)
    env.reset()
    for _ in range(3000):
        env.step(1)
    assert copy.deepcopy(env).step(1)[0] == 3001


@pytest.mark.parametrize("observation", OBSERVATIONS)
def test_every_step_returns_fresh_data(observation):
    env = gym.make("GridWorld-v0", observation=observation)
    results = [env.reset(seed=0, options={"start": 0}), *(env.step(4) for _ in range(3))]
    for earlier, later in itertools.pairwise(results):
        assert earlier[-1] is not later[-1]
        assert not np.shares_memory(earlier[-1]["action_mask"], later[-1]["action_mask"])
        if observation != "state":
            assert not np.shares_memory(earlier[0], later[0])


def test_observations_show_what_they_say():
    arguments = {"layout": ["S#F", "..T"], "view_size": 3}
    place = {"start": (1, 1)}
    state, position, grid, local = (
        gym.make("GridWorld-v0", observation=kind, **arguments).reset(options=place)[0] for kind in OBSERVATIONS
    )
    assert state == 4
    assert position.tolist() == [1, 1]
    agent, wall, forbidden, target = np.moveaxis(grid, -1, 0)
    assert agent.tolist() == [[0, 0, 0], [0, 1, 0]]
    assert wall.tolist() == [[0, 1, 0], [0, 0, 0]]
    assert forbidden.tolist() == [[0, 0, 1], [0, 0, 0]]
    assert target.tolist() == [[0, 0, 0], [0, 0, 1]]
    wall, forbidden, target = np.moveaxis(local, -1, 0)
    assert wall.tolist() == [[0, 1, 0], [0, 0, 0], [1, 1, 1]]
    assert forbidden.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert target.tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize("action", [5, -1, -5, -6, 10, 1.0, 1.5, "up", None, np.array([1, 2]), np.float64(2)])
def test_refused_actions_change_nothing(action):
    env = gym.make("GridWorld-v0")
    env.reset(options={"start": 0})
    for _ in range(2):  # where a state is seen for the first time, and where its outcomes are known
        with pytest.raises(ValueError, match=r"action must be an integer in \[0, 5\), got .* 0 up, 1 right"):
            env.step(action)
        assert env.step(4)[0] == 0
    assert env.step(1)[0] == 1


@pytest.mark.parametrize("action", [1, np.int64(1), np.int8(1), np.array(1), np.array([1]), True])
def test_accepted_actions(action):
    env = gym.make("GridWorld-v0")
    for _ in range(2):
        env.reset(options={"start": 0})
        assert env.step(action)[0] == 1


@pytest.mark.parametrize("observation", OBSERVATIONS[1:])
def test_observations_too_large_to_keep_are_made_anew(observation, monkeypatch):
    kept = gym.make("GridWorld-v0", observation=observation)
    monkeypatch.setattr("gridworld_env.engine.tabular.env.CACHED_OBSERVATIONS", 0)
    anew = gym.make("GridWorld-v0", observation=observation)
    for env in (kept, anew):
        env.reset(options={"start": 0})
    for action in (1, 1, 2, 4):
        np.testing.assert_array_equal(kept.step(action)[0], anew.step(action)[0])


def test_nothing_works_before_reset():
    env = gym.make("GridWorld-v0", render_mode="ansi")
    for call in (lambda: env.step(0), env.render, env.unwrapped.action_masks):
        with pytest.raises(gym.error.ResetNeeded):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 25}, r"state in \[0, 25\)"),
        ({"start": -1}, r"state in \[0, 25\)"),
        ({"start": (5, 0)}, r"\(row, column\) within \(5, 5\), got \(5, 0\)"),
        ({"start": (1, 2, 3)}, "position"),
        ({"start": "S"}, "position"),
        ({"start": [[1], [2, 3]]}, "position"),
        ({"start": 1.0}, "position"),
        ({"start": (3, 2)}, "a wall or an end"),
        (["start"], "options must be a dict"),
    ],
)
def test_refused_options(options, message):
    with pytest.raises(ValueError, match=message):
        gym.make("GridWorld-v0").reset(options=options)


def test_start_on_a_map_of_a_bank():
    env = gym.make("GridWorld/Random-v0", num_layouts=3, height=4, width=4, wall_density=0, forbidden_density=0)
    layout = env.unwrapped.world.layouts[2]
    row, column = next(layout.position(s) for s in range(16) if not layout.targets[s])
    assert env.reset(options={"start": (2, row, column)})[0] == 32 + layout.state(row, column)


def test_masks_mark_the_actions_that_only_bump():
    env = gym.make("GridWorld-v0", layout=["S#", ".T"])
    _, info = env.reset()
    assert info["action_mask"].tolist() == [0, 0, 1, 0, 1]
    assert info["action_mask"].dtype == np.int8
    assert env.unwrapped.action_masks().tolist() == [False, False, True, False, True]
    assert env.step(2)[4]["action_mask"].tolist() == [1, 1, 0, 0, 1]


def test_masks_leave_what_a_slip_or_the_wind_makes_more_than_a_bump():
    slippery = gym.make("GridWorld-v0", layout=["S.", ".T"], slip=0.1)
    assert slippery.reset()[1]["action_mask"].all()
    sideways = gym.make("GridWorld-v0", layout=["S#T", "#.."], slip=0.1, slip_mode="perpendicular")
    assert sideways.reset()[1]["action_mask"].tolist() == [0, 0, 0, 0, 1]
    windy = gym.make("GridWorld-v0", layout=["...", "...", "S.T"], wind=[1, 0, 0])
    assert windy.reset()[1]["action_mask"].all()  # down holds against the wind, left is blown up
    assert windy.reset(options={"start": (0, 2)})[1]["action_mask"].tolist() == [0, 0, 1, 1, 1]


CAN_SLIP = [id_ for id_ in IDS if "slip" in inspect.signature(type(gym.make(id_).unwrapped)).parameters]


@pytest.mark.parametrize(("id_", "arguments"), [(id_, {}) for id_ in IDS] + [(id_, {"slip": 0.3}) for id_ in CAN_SLIP])
def test_masks_cost_nothing_where_episodes_end(id_, arguments):
    """The best value without the masked actions is the best value: bumping never helps on the way to an end."""
    env = gym.make(id_, **arguments).unwrapped
    mdp, masks = env.mdp, env.world.masks
    v = oracle.optimal(mdp, gamma=0.9).v
    P, r = mdp.to_sparse()
    q = r + 0.9 * (P @ v).reshape(r.shape)
    np.testing.assert_allclose(np.where(masks, q, -np.inf).max(axis=1), v, atol=1e-9)


@pytest.mark.parametrize("id_", FEW)
def test_stable_baselines3_makes_and_trains_by_id(id_):
    pytest.importorskip("stable_baselines3")
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env

    model = PPO("MlpPolicy", make_vec_env(id_, n_envs=2), n_steps=8, batch_size=8, n_epochs=1)
    assert model.learn(16).num_timesteps >= 16


def test_a_cell_in_which_every_action_bumps_allows_all():
    env = gym.make("GridWorld-v0", layout="S#T", actions="cardinal")
    assert env.reset()[1]["action_mask"].all()


def test_render_shows_the_agent_on_its_map():
    env = gym.make("GridWorld-v0", render_mode="ansi")
    env.reset(options={"start": (1, 0)})
    assert env.render() == ".....\n@FF..\n..F..\n.FTF.\n.F..."


def test_render_without_a_mode_warns():
    env = gym.make("GridWorld-v0")
    env.reset()
    with pytest.warns(UserWarning, match="render_mode='rgb_array'"):
        assert env.render() is None


def test_unknown_ids_suggest_the_nearest():
    with pytest.raises(gym.error.NameNotFound, match="Windy"):
        gym.make("GridWorld/Wind-v0")


def test_signatures_show_every_argument():
    single, vector = (inspect.signature(cls).parameters for cls in (WindyEnv, WindyVectorEnv))
    assert single["actions"].default == "cardinal"
    assert single["slip"].default == 0.0
    assert single["observation"].default == "state"
    assert set(vector) - set(single) == {"num_envs", "max_episode_steps", "autoreset_mode", "final_obs"}
    assert gridworld_env.__version__
