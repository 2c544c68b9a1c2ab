"""The native VecEnv is, step by step, what Stable-Baselines3 makes of single environments; its tools take it."""

import functools

import gymnasium as gym
import numpy as np
import pytest
import stable_baselines3 as sb3
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from stable_baselines3.common import vec_env as theirs
from stable_baselines3.common.evaluation import evaluate_policy

import gridworld_agents as ga
from gridworld_agents.baselines import NativeVecEnv, make_vec_env
from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

N = 3
LIMIT = 5
KINDS = {"GridWorld-v0", "Tabular-v0", "ContinuousGridWorld-v0"}
IDS = [
    pytest.param(one.id, marks=[] if one.id in KINDS else pytest.mark.slow) for one in (*TABLE, *MODELS, *CONTINUOUS)
]
SMALL = {"GridWorld/Random-v0": {"num_layouts": 3}}
VIEWS = [{"observation": kind} for kind in ("position", "grid", "local", "image")]
VIEWS += [{"observation": kind, "dtype": "float32"} for kind in ("position", "grid", "local")]
SHALLOW = {"policy_kwargs": {"net_arch": [8]}, "device": "cpu"}


def pair(id_, count=N, limit=LIMIT, **arguments):
    """Return a native VecEnv and a DummyVecEnv of the same environment."""
    arguments = {"max_episode_steps": limit, **SMALL.get(id_, {}), **arguments}
    native = make_vec_env(id_, count, env_kwargs=arguments).venv
    return native, theirs.DummyVecEnv([functools.partial(gym.make, id_, **arguments)] * count)


def same(ours, other):
    """Compare what a VecEnv returns: keys, dtypes, values; numbers that Python and NumPy hold may be either's."""
    if isinstance(other, dict):
        assert ours.keys() == other.keys()
        for name in other:
            same(ours[name], other[name])
    elif isinstance(other, list):
        assert len(ours) == len(other)
        for mine, his in zip(ours, other, strict=True):
            same(mine, his)
    else:
        if isinstance(other, np.ndarray):
            assert (ours.dtype, ours.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(ours, other)


def same_walk(native, dummy, steps=12):
    """Take the same actions in both, and compare everything; return how many episodes ended."""
    assert (native.observation_space, native.action_space) == (dummy.observation_space, dummy.action_space)
    native.action_space.seed(0)
    same(native.reset(), dummy.reset())
    same(native.reset_infos, dummy.reset_infos)
    ends = 0
    for _ in range(steps):
        actions = np.array([native.action_space.sample() for _ in range(native.num_envs)])
        ours, other = native.step(actions), dummy.step(actions)
        for mine, his in zip(ours, other, strict=True):
            same(mine, his)
        same(native.reset_infos, dummy.reset_infos)
        ends += int(other[2].sum())
    return ends


@pytest.mark.parametrize("id_", IDS)
def test_it_is_what_single_environments_are(id_):
    native, dummy = pair(id_)
    for each in (native, dummy):
        each.seed(4)
    assert same_walk(native, dummy) >= N
    assert same_walk(native, dummy) >= N  # without a seed the generators go on


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: " ".join(view.values()))
def test_in_every_kind_of_observation(view):
    native, dummy = pair("GridWorld-v0", slip=0.3, **view)
    for each in (native, dummy):
        each.seed(0)
    assert same_walk(native, dummy, steps=7) >= N


def test_an_episode_that_ends_when_its_time_does_is_not_cut():
    native, dummy = pair("GridWorld-v0", count=2, limit=2, layout=["S.T"], actions="cardinal")
    for each in (native, dummy):
        each.reset()
        each.step(np.array([1, 3]))
    for each in (native, dummy):
        _, rewards, dones, infos = each.step(np.array([1, 3]))
        assert rewards.tolist() == [1, -1]
        assert dones.tolist() == [True, True]
        assert [info["TimeLimit.truncated"] for info in infos] == [False, True]
        assert [info["terminal_observation"] for info in infos] == [2, 0]


@pytest.mark.parametrize("id_", ["GridWorld-v0", "ContinuousGridWorld-v0"])
@pytest.mark.parametrize("first", [True, False])
def test_options_of_each_copy(id_, first):
    native, dummy = pair(id_)
    start = 7 if id_ == "GridWorld-v0" else (1.5, 2.5)
    options = [{"start": start}, {}, {"start": start}]
    for each in (native, dummy):
        if not first:
            each.reset()
        each.seed(3)
        each.set_options(options)
    same_walk(native, dummy, steps=6)
    for each in (native, dummy):
        each.set_options({"start": start})
    same_walk(native, dummy, steps=6)


@pytest.mark.parametrize("indices", [None, 1, [2, 0]])
def test_attributes_and_methods_are_those_of_single_environments(indices):
    native, dummy = pair("GridWorld-v0", slip=0.2)
    for each in (native, dummy):
        each.seed(0)
        each.reset()
        each.step(np.array([1, 2, 3]))
    for name in ("state", "action_names", "render_mode", "np_random_seed"):
        same(list(native.get_attr(name, indices)), list(dummy.get_attr(name, indices)))
    same(native.env_method("action_masks", indices=indices), dummy.env_method("action_masks", indices=indices))
    same([get() for get in native.get_attr("action_masks", indices)], dummy.env_method("action_masks", indices=indices))
    same([get() for get in native.get_attr("get_state", indices)], dummy.env_method("get_state", indices=indices))
    for each in (native, dummy):
        each.env_method("set_state", 3, indices=indices)
        each.set_attr("task", "left", indices)
    assert native.get_attr("state") == dummy.get_attr("state")
    assert native.get_attr("task", indices) == dummy.get_attr("task", indices)
    assert native.has_attr("action_masks")
    assert not native.has_attr("nothing")
    assert native.env_is_wrapped(gym.Wrapper, indices) == [False] * len(list(native._get_indices(indices)))
    with pytest.raises(AttributeError, match="cannot be set"):
        native.set_attr("world", None)


def test_masks_as_sb3_contrib_asks_for_them():
    native, dummy = pair("GridWorld-v0")
    for each in (native, dummy):
        each.seed(0)
        each.reset()
        assert is_masking_supported(each)
    same(get_action_masks(native), get_action_masks(dummy))
    continuous = make_vec_env("LinearQuadratic-v0", 2)
    assert not is_masking_supported(continuous)


def test_pictures_are_tiled():
    native, dummy = pair("GridWorld-v0", render_mode="rgb_array", render_size=40)
    for each in (native, dummy):
        each.seed(0)
        each.reset()
    assert native.render().shape == dummy.render().shape
    assert len(native.get_images()) == N
    assert native.render_mode == "rgb_array"


@pytest.mark.parametrize(
    "wrap",
    [
        theirs.VecMonitor,
        theirs.VecNormalize,
        theirs.VecCheckNan,
        functools.partial(theirs.VecFrameStack, n_stack=3),
    ],
    ids=["VecMonitor", "VecNormalize", "VecCheckNan", "VecFrameStack"],
)
@pytest.mark.parametrize("view", [{"observation": "image"}, {"observation": "position", "dtype": "float32"}])
def test_stable_baselines3s_wrappers_make_of_it_what_they_make_of_others(wrap, view):
    native, dummy = map(wrap, pair("GridWorld-v0", **view))
    for each in (native, dummy):
        each.seed(0)
        same_start = each.reset()
        assert each.observation_space.shape == same_start.shape[1:]
    for _ in range(LIMIT + 2):
        ours, other = native.step(np.zeros(N, int)), dummy.step(np.zeros(N, int))
        for mine, his in zip(ours[:3], other[:3], strict=True):
            np.testing.assert_allclose(mine, his, rtol=1e-6)
        for mine, his in zip(ours[3], other[3], strict=True):
            assert mine.keys() == his.keys()
            same(mine.get("terminal_observation", 0), his.get("terminal_observation", 0))


@pytest.mark.slow
def test_images_train_a_convolutional_policy_on_stacked_frames():
    env = theirs.VecFrameStack(make_vec_env("GridWorld-v0", 2, seed=0, env_kwargs={"observation": "image"}), 2)
    model = sb3.PPO("CnnPolicy", env, n_steps=8, batch_size=8, n_epochs=1, device="cpu").learn(16)
    assert type(model.policy.features_extractor).__name__ == "NatureCNN"
    assert model.predict(env.reset())[0].shape == (2,)


@pytest.mark.parametrize("algorithm", [sb3.PPO, sb3.DQN])
def test_an_algorithm_learns_the_same_on_it(algorithm):
    sizes = {"n_steps": 8, "batch_size": 8} if algorithm is sb3.PPO else {"learning_starts": 8, "buffer_size": 200}
    learned = []
    for env in pair("GridWorld-v0", slip=0.1, observation="position", dtype="float32"):
        model = algorithm("MlpPolicy", env, seed=3, **SHALLOW, **sizes).learn(48)
        learned.append([tensor.detach().numpy() for tensor in model.policy.parameters()])
    for ours, other in zip(*learned, strict=True):
        np.testing.assert_array_equal(ours, other)


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/maskable-ppo", "sb3/dqn"])
def test_agents_step_many_native_copies(id_, tiny, tmp_path):
    agent = tiny(id_, num_envs=4).learn(128)
    assert isinstance(agent.model.env.unwrapped, NativeVecEnv)
    assert (agent.model.n_envs, agent.config.num_envs) == (4, 4)
    assert agent.num_timesteps >= 128
    assert agent.recent_episodes()[0] >= 4
    assert max(agent.recent_episodes()[2]) <= 20  # the environment's time limit
    again = tiny(id_, num_envs=4).learn(128)
    assert again.recent_episodes() == agent.recent_episodes()
    agent.save(tmp_path / "agent.zip")
    loaded = ga.load(tmp_path / "agent.zip", agent.env, trust=True).learn(16, reset_num_timesteps=False)
    assert (loaded.model.n_envs, loaded.config.num_envs) == (4, 4)


def test_agents_step_copies_of_other_environments_one_by_one(tiny):
    agent = tiny("sb3/ppo", gym.make("CartPole-v1"), num_envs=2).learn(64)
    assert type(agent.model.env) is theirs.DummyVecEnv
    assert agent.model.n_envs == 2
    assert agent.recent_episodes()[0] >= 1
    wrapped = gym.wrappers.TimeAwareObservation(gym.make("GridWorld-v0", observation="position", dtype="float32"))
    assert type(tiny("sb3/ppo", wrapped, num_envs=2).model.env) is theirs.DummyVecEnv


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped:UserWarning")
def test_evaluate_policy_plays_our_agents_on_it():
    env = make_vec_env("GridWorld/Cliff-v0", 4, seed=0)
    agent = ga.make("optimal", gym.make("GridWorld/Cliff-v0"))
    assert evaluate_policy(agent, env, n_eval_episodes=8) == (-13, 0)


def test_episodes_are_written_to_a_folder(tmp_path):
    env = make_vec_env("GridWorld-v0", 2, seed=0, monitor_dir=str(tmp_path), env_kwargs={"max_episode_steps": 3})
    env.reset()
    for _ in range(6):
        env.step(np.zeros(2, int))
    env.close()
    (path,) = tmp_path.glob("*monitor.csv")
    assert len(path.read_text().splitlines()) == 2 + 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NativeVecEnv(gym.make_vec("GridWorld-v0", 2)), "pass autoreset_mode='SameStep'"),
        (lambda: NativeVecEnv(gym.make_vec("CartPole-v1", 2)), "must be a vector environment of gridworld_env's"),
        (lambda: NativeVecEnv(gym.make("GridWorld-v0")), "must be a vector environment of gridworld_env's"),
        (lambda: make_vec_env("CartPole-v1", 2), "CartPole-v1 has no vector environment whose copies"),
        (lambda: make_vec_env(gym.wrappers.TransformReward(gym.make("GridWorld-v0"), float), 2), "within no wrappers"),
        (lambda: make_vec_env("GridWorld-v0", 0), "num_envs must be an integer >= 1, got 0"),
        (lambda: ga.make("sb3/ppo", gym.make_vec("GridWorld-v0", 4)), "pass a single one with num_envs=4"),
        (lambda: ga.make("sb3/ppo", make_vec_env("GridWorld-v0", 4), num_envs=2), "got one of 4 copies: leave it out"),
        (lambda: ga.make("sb3/ppo", gym.make("GridWorld-v0"), num_envs=0), "num_envs must be >= 1"),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_environment_that_cannot_be_made_again_is_refused(tiny):
    env = gym.make("CartPole-v1").unwrapped
    env.spec = None
    with pytest.raises(ValueError, match="cannot be made again, which num_envs=2 needs"):
        tiny("sb3/ppo", env, num_envs=2)


def test_an_environments_arguments_and_limit_are_those_of_the_copies():
    env = gym.make("GridWorld-v0", layout="cliff", slip=0.25, max_episode_steps=7)
    venv = make_vec_env(env, 2)
    np.testing.assert_array_equal(venv.get_attr("mdp")[1].probability, env.unwrapped.mdp.probability)
    venv.reset()
    lengths = [venv.step(np.zeros(2, int))[2].any() for _ in range(7)]
    assert lengths[-1]


def test_what_is_missing_is_named_with_the_extra_that_brings_it(run_python):
    code = """
import sys
sys.modules["stable_baselines3"] = None
import gridworld_agents.baselines as baselines
try:
    baselines.make_vec_env
except ImportError as error:
    print(error)
"""
    assert 'pip install "gridworld-env[sb3]" brings it' in run_python(code)
