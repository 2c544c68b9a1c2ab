"""What is seen of an environment: in every mode and of every id, and never at the cost of the episode."""

import copy
import json
import pickle

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env.registration import TABLE
from gridworld_env.rendering import Painter, Scene

IDS = [entry.id for entry in TABLE]
MODES = ["rgb_array", "ansi"]


def make(env_id, **arguments):
    return gym.make(env_id, **arguments).unwrapped


def make_vector(env_id, **arguments):
    return gym.make_vec(env_id, vectorization_mode="vector_entry_point", **arguments)


def small(**arguments):
    env = make("GridWorld-v0", layout=["SF", "#T"], **arguments)
    env.reset(seed=0)
    return env


@pytest.mark.parametrize("env_id", IDS)
def test_every_environment_gives_frames_and_texts(env_id):
    env = make(env_id, render_mode="rgb_array", render_size=120)
    env.reset(seed=3)
    first = env.render()
    assert first.dtype == np.uint8
    assert max(first.shape) <= 120
    start = env.state
    for action in np.random.default_rng(0).integers(0, env.action_space.n, 30):
        if env.step(action)[2]:
            break
    frame = env.render()
    assert frame.shape == first.shape
    assert frame is not first
    assert env.state == start or (frame != first).any()
    text = make(env_id, render_mode="ansi")
    text.reset(seed=3)
    layout = text.world.layouts[text.state // text.world.layouts[0].num_states]
    lines = text.render().split("\n")
    assert [len(line) for line in lines] == [layout.width] * layout.height
    assert "".join(lines).index("@") == text.state % layout.num_states
    assert "".join(lines).replace("@", "") == "".join(
        symbol for s, symbol in enumerate(layout.to_text().replace("\n", "")) if s != text.state % layout.num_states
    )


@pytest.mark.parametrize("env_id", IDS)
def test_every_vector_environment_gives_frames_and_texts(env_id):
    N = 3
    shown = {
        mode: make_vector(env_id, num_envs=N, render_mode=mode, render_size=64)
        for mode in ("rgb_array", "rgb_array_tiled", "ansi")
    }
    for envs in shown.values():
        envs.reset(seed=5)
        envs.step(np.zeros(N, np.int64))
    frames, mosaic, texts = (envs.render() for envs in shown.values())
    assert isinstance(frames, tuple)
    assert isinstance(texts, tuple)
    assert len(frames) == len(texts) == N
    single = make(env_id, render_mode="ansi", render_size=64)
    for i, (frame, text) in enumerate(zip(frames, texts, strict=True)):
        single.reset(seed=5 + i)
        single.step(0)
        assert single.render() == text
        scene = single.scene().at(single.scene().agents)  # vector environments follow no trail
        np.testing.assert_array_equal(Painter(64).frame(scene), frame)
    height, width, _ = frames[0].shape
    np.testing.assert_array_equal(mosaic[:height, :width], frames[0])
    assert mosaic.ndim == 3
    assert mosaic.size > N * frames[0].size
    assert frames[0] is not frames[1]
    frames[0][:] = 0
    assert (frames[1] > 0).any()


def test_many_copies_are_tiled_up_to_a_screenful():
    envs = make_vector("GridWorld-v0", num_envs=1000, render_mode="rgb_array_tiled")
    envs.reset(seed=0)
    assert max(envs.render().shape) <= 1100


ROLLOUT = """
import gymnasium as gym
import numpy as np

import gridworld_env


def rollout(env_id, mode, **arguments):
    env = gym.make(env_id, render_mode=mode, **arguments)
    env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 10_000}
    log = [int(env.reset(seed=7)[0])]
    for action in np.random.default_rng(1).integers(0, env.action_space.n, 60).tolist():
        if mode is not None:
            env.render()
        obs, r, terminated, truncated, _ = env.step(action)
        log.append([int(obs), float(r), bool(terminated)])
        if terminated or truncated:
            log.append(int(env.reset()[0]))
    log.append(env.unwrapped.np_random.bit_generator.state["state"]["state"])
    env.close()
    return log


def vector_rollout(env_id, mode, **arguments):
    envs = gym.make_vec(env_id, num_envs=3, vectorization_mode="vector_entry_point", render_mode=mode, **arguments)
    envs.metadata = {**envs.metadata, "render_fps": 10_000}
    log = [envs.reset(seed=7)[0].tolist()]
    rng = np.random.default_rng(1)
    for _ in range(60):
        if mode is not None:
            envs.render()
        obs, r, terminated, truncated, _ = envs.step(rng.integers(0, envs.single_action_space.n, 3))
        log.append([obs.tolist(), r.tolist(), terminated.tolist(), truncated.tolist()])
    log.append([generator.bit_generator.state["state"]["state"] for generator in envs.np_random])
    envs.close()
    return log


def rollouts(mode, env_ids):
    random = {"slip": 0.4}
    return [
        run(env_id, mode, render_size=64, **({} if env_id.endswith(("RandomWalk-v0", "DeepSea-v0")) else random))
        for env_id in env_ids
        for run in (rollout, vector_rollout)
    ]
"""


@pytest.fixture(scope="module")
def rollouts():
    names = {}
    exec(compile(ROLLOUT, "rollouts", "exec"), names)  # noqa: S102 - the code that a fresh interpreter runs too
    return names["rollouts"]


@pytest.fixture(scope="module")
def unwatched(rollouts):
    return rollouts(None, IDS)


@pytest.mark.parametrize("mode", MODES)
def test_watching_changes_no_episode(rollouts, unwatched, mode):
    assert rollouts(mode, IDS) == unwatched


@pytest.mark.shown
def test_watching_in_a_window_changes_no_episode(run_python, unwatched):
    code = f"{ROLLOUT}\nimport json\nprint(json.dumps(rollouts('human', {IDS!r})))"
    assert json.loads(run_python(code, SDL_VIDEODRIVER="dummy")) == json.loads(json.dumps(unwatched))


def test_text_tells_the_map_the_policy_and_the_values():
    env = small(render_mode="ansi")
    assert env.render() == "@F\n#T"
    env.overlay(values=[0.5, -1, 3, 7])
    assert env.render() == "@  0.50  F -1.00\n#        T"
    env.overlay(policy=[1, 2, 0, 4])
    assert env.render() == "@→  0.50  F↓ -1.00\n#         T"
    policy = np.full((4, 5), 0.2)
    policy[0] = [0, 0.5, 0.5, 0, 0]
    env.overlay(policy=policy, caption="sweep 1", heads_up=True, optimum=1)
    before = "sweep 1\n@→↓     0.50  F↑→↓←○ -1.00\n#             T\nstep 0   return 0.00   optimum 1.00"
    assert env.render() == before
    env.step(1)
    after = "sweep 1\nS→↓     0.50  @↑→↓←○ -1.00\n#             T\nstep 1   return -1.00   optimum 1.00"
    assert env.render() == after
    env.overlay(values=None, action_values=[[0, 1, 2, 3, np.nan], [5, 6, 7, 8, 9], [0] * 5, [0] * 5], caption=None)
    assert env.render() == "S→↓    3.00  @↑→↓←○ 9.00\n#            T\nstep 1   return -1.00   optimum 1.00"
    env.overlay(action_values=None, policy=None, heads_up=False)
    assert env.render() == "S@\n#T"


def test_the_line_below_counts_steps_and_rewards_of_the_episode():
    env = small(render_mode="ansi")
    env.overlay(heads_up=True)

    def line():
        return env.render().split("\n")[-1]

    assert line() == "step 0   return 0.00"
    env.step(0)
    env.step(1)
    assert line() == "step 2   return -2.00"
    env.step(2)
    assert line() == "step 3   return -1.00"
    env.overlay(optimum=0)
    assert line() == "step 3   return -1.00   optimum 0.00"
    env.reset()
    assert line() == "step 0   return 0.00   optimum 0.00"
    env.overlay(optimum=None)
    assert line() == "step 0   return 0.00"


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (
            {"vales": [1]},
            "overlay has no 'vales'; did you mean 'values'?; it may hold values, action_values, value_range",
        ),
        ({"values": [1]}, "values must be numbers of shape (4,), got shape (1,)"),
        ({"values": [1, 2, np.inf, 4]}, "values must be finite, or NaN where unknown"),
        ({"action_values": np.zeros((4, 4))}, "action_values must be numbers of shape (4, 5), got shape (4, 4)"),
        ({"policy": [0, 1, 2, 5]}, "a policy of actions must hold integers in [0, 5), got 0 to 5"),
        ({"policy": np.ones((4, 5))}, "the rows of a policy must be probabilities that sum to 1"),
        ({"visits": [-1, 0, 0, 0]}, "visits must be whole numbers >= 0"),
        ({"heads_up": 1}, "heads_up must be True or False, got 1"),
        ({"optimum": "high"}, "optimum must be a finite number, got 'high'"),
        ({"optimum": np.nan}, "optimum must be a finite number, got nan"),
        ({"trail": -1}, "trail must be an integer >= 0, got -1"),
        ({"trail": 1.5}, "trail must be an integer >= 0, got 1.5"),
    ],
)
def test_a_wrong_overlay_is_refused_and_changes_nothing(items, message):
    env = small(render_mode="rgb_array", render_size=200)
    env.overlay(values=[0, 1, 2, 3], caption="before", trail=3)
    env.step(1)
    text, frame = env.scene(), env.render()
    fine = {"caption": "after", "policy": [0, 0, 0, 0], "visits": [1, 2, 3, 4]}
    with pytest.raises(ValueError) as caught:
        env.overlay(**{**fine, **items})
    assert str(caught.value).startswith(message)
    np.testing.assert_array_equal(env.render(), frame)
    assert env.scene().policy is None
    assert env.scene().caption == text.caption == "before"


@pytest.mark.parametrize("item", ["heads_up", "trail", "optimum"])
def test_copies_in_a_vector_have_no_overlay_of_one_episode(item):
    envs = make_vector("GridWorld-v0", num_envs=2, render_mode="ansi")
    with pytest.raises(ValueError, match=f"overlay has no '{item}'"):
        envs.overlay(**{item: 1})


def test_a_vectors_overlay_is_on_every_copy():
    envs = make_vector("GridWorld-v0", num_envs=2, render_mode="ansi", layout=["SF", "#T"])
    envs.reset(seed=0)
    envs.overlay(values=[0.5, -1, 3, 7], caption="both")
    assert envs.render() == ("both\n@  0.50  F -1.00\n#        T",) * 2


def test_an_overlay_shows_from_the_next_frame_on_and_stays():
    env = make("GridWorld-v0", render_mode="rgb_array", render_size=200)
    env.reset(seed=0)
    plain = env.render()
    env.overlay(values=np.arange(25))
    valued = env.render()
    assert valued.shape != plain.shape  # there is a legend now
    env.overlay(policy=np.zeros(25, int))
    assert (env.render() != valued).any()
    env.overlay(policy=None)
    np.testing.assert_array_equal(env.render(), valued)
    env.overlay(values=None)
    np.testing.assert_array_equal(env.render(), plain)


def test_an_overlay_copies_what_it_is_given():
    env = small(render_mode="rgb_array", render_size=200)
    values = np.array([0.0, 1, 2, 3])
    env.overlay(values=values)
    frame = env.render()
    values[:] = [3, 2, 1, 0]
    np.testing.assert_array_equal(env.render(), frame)
    env.overlay(caption="")
    np.testing.assert_array_equal(env.render(), frame)
    env.overlay(values=values)
    assert (env.render() != frame).any()


def test_values_of_ends_and_walls_are_not_shown():
    env = small(render_mode="ansi")
    env.overlay(values=[0, 1, 2, 3], policy=[0, 0, 0, 0], visits=[1, 2, 3, 4])
    scene = env.scene()
    np.testing.assert_array_equal(scene.values, [0, 1, np.nan, np.nan])
    np.testing.assert_array_equal(scene.policy.sum(axis=1), [1, 1, 0, 0])
    np.testing.assert_array_equal(scene.visits, [1, 2, 3, 4])


def test_a_bank_of_maps_shows_the_values_of_the_map_it_is_on():
    env = make("GridWorld/Random-v0", num_layouts=5, height=4, width=4, render_mode="rgb_array", render_size=200)
    values = np.arange(80.0)
    policy = np.arange(80) % 5
    env.overlay(values=values, policy=policy)
    seen = set()
    for seed in range(40):
        env.reset(seed=seed)
        number = env.state // 16
        seen.add(number)
        scene, layout = env.scene(), env.world.layouts[number]
        assert scene.layout is layout
        shown = ~np.isnan(scene.values)
        np.testing.assert_array_equal(scene.values[shown], values[16 * number : 16 * number + 16][shown])
        np.testing.assert_array_equal(shown, ~layout.walls & ~layout.targets)
        assert scene.agents == (env.state % 16,)
        frame = env.render()
        same = Scene(
            layout=layout,
            values=scene.values,
            policy=scene.policy,
            agents=scene.agents,
            slippery=np.zeros(16, np.bool_),
        )
        np.testing.assert_array_equal(frame, Painter(200).frame(same))
        assert env.scene_of(number).agents == ()
        assert env.scene_of(number).layout is layout
    assert seen == {0, 1, 2, 3, 4}


def test_a_trail_follows_the_episode_and_no_further():
    env = make("GridWorld-v0", layout="S....T", render_mode="rgb_array")
    env.reset(seed=0)
    assert env.scene().trail == (0,)
    for action in (1, 1, 0, 1):
        env.step(action)
    assert env.scene().trail == (0, 1, 2, 3)  # a bump is no step of it
    env.overlay(trail=2)
    assert env.scene().trail == (1, 2, 3)
    env.step(1)
    assert env.scene().trail == (2, 3, 4)
    env.overlay(trail=0)
    assert env.scene().trail == (4,)
    env.reset(seed=0)
    assert env.scene().trail == (0,)


def test_without_a_trail_a_frame_depends_on_the_state_alone():
    env = make("GridWorld-v0", layout=["S...", "...T"], render_mode="rgb_array", render_size=100)
    env.overlay(trail=0)
    frames = []
    for way in ((1, 2), (2, 1)):
        env.reset(seed=0)
        for action in way:
            env.step(action)
        frames.append(env.render())
    np.testing.assert_array_equal(*frames)


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])  # noqa: S301
@pytest.mark.parametrize("mode", MODES)
def test_a_copy_of_a_watched_environment_shows_the_same_and_goes_its_own_way(clone, mode):
    env = make("GridWorld/FourRooms-v0", render_mode=mode, slip=0.2, render_size=200)
    env.reset(seed=0)
    env.overlay(values=np.arange(169), caption="copied")
    for action in (1, 1, 0, 1):
        env.step(action)
    before = env.render()
    other = clone(env)
    np.testing.assert_array_equal(other.render(), before)
    other.overlay(caption="another")
    other.step(0)
    np.testing.assert_array_equal(env.render(), before)
    assert np.any(np.asarray(other.render()) != np.asarray(before))


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda envs: pickle.loads(pickle.dumps(envs))])  # noqa: S301
def test_a_copy_of_a_watched_vector_environment_shows_the_same(clone):
    envs = make_vector("GridWorld-v0", num_envs=2, render_mode="rgb_array_tiled")
    envs.reset(seed=0)
    envs.overlay(values=np.arange(25))
    before = envs.render()
    np.testing.assert_array_equal(clone(envs).render(), before)


def test_frames_can_be_had_after_closing():
    env = make("GridWorld-v0", render_mode="rgb_array", render_size=100)
    env.reset(seed=0)
    before = env.render()
    env.close()
    env.close()
    np.testing.assert_array_equal(env.render(), before)


@pytest.mark.parametrize("maker", [make, make_vector])
@pytest.mark.parametrize("size", [15, 8193, "200"])
def test_a_render_size_out_of_range_is_refused(maker, size):
    with pytest.raises(ValueError, match="size"):
        maker("GridWorld-v0", render_mode="rgb_array", render_size=size)


@pytest.mark.parametrize("size", [16, 50, 333, 1000])
def test_a_frame_is_as_large_as_was_asked_for(size):
    env = make("GridWorld-v0", render_mode="rgb_array", render_size=size)
    env.reset(seed=0)
    assert env.render().shape == (size // 5 * 5, size // 5 * 5, 3)


def test_unknown_actions_do_not_hide_the_greatest_known_value():
    env = small(render_mode="ansi")
    env.overlay(action_values=[[np.nan, 1, 2, -3, 0], [np.nan] * 5, [0] * 5, [0] * 5])
    assert env.render() == "@ 2.00  F\n#       T"
