"""TorchRL opens every environment by its id, in every kind of observation; skipped where it is not installed."""

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

pytest.importorskip("torchrl")
pytestmark = pytest.mark.filterwarnings("ignore")  # TorchRL's own; none of them is about environments

from torchrl.envs import GymEnv, GymWrapper  # noqa: E402 - after the skip
from torchrl.envs.utils import check_env_specs  # noqa: E402

FAST = {"GridWorld-v0", "LinearQuadratic-v0"}
IDS = [pytest.param(one.id, marks=[] if one.id in FAST else pytest.mark.slow) for one in (*TABLE, *MODELS, *CONTINUOUS)]
SMALL = {"GridWorld/Random-v0": {"num_layouts": 3}}
VIEWS = [{"observation": kind} for kind in ("state", "position", "image")]  # it has no MultiBinary of several axes
VIEWS += [{"observation": kind, "dtype": "float32"} for kind in ("position", "grid", "local")]


def opened(id_, **arguments):
    return GymEnv(id_, **SMALL.get(id_, {}), **arguments)


@pytest.mark.parametrize("id_", IDS)
def test_every_id_is_opened_and_its_specs_are_true(id_):
    env = opened(id_)
    check_env_specs(env, seed=0)
    steps = env.rollout(30, break_when_any_done=False)
    assert steps.batch_size == (30,)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: " ".join(view.values()))
@pytest.mark.parametrize("id_", IDS[: len(TABLE)])
def test_every_kind_of_observation(id_, view):
    check_env_specs(opened(id_, **view), seed=0)


@pytest.mark.parametrize("id_", IDS)
def test_pixels(id_):
    env = opened(id_, from_pixels=True, pixels_only=False, render_size=64)
    check_env_specs(env, seed=0)
    pixels = env.rollout(3)["pixels"]
    assert pixels.shape[0] <= 3
    assert pixels.shape[-1] == 3


def test_a_rollout_is_what_the_environment_does():
    env, plain = opened("GridWorld-v0", slip=0.3, categorical_action_encoding=True), gym.make("GridWorld-v0", slip=0.3)
    env.set_seed(5)
    steps = env.rollout(20)
    state = steps["observation"][0].item()
    plain.reset(options={"start": state})
    assert set(np.unique(steps["next", "reward"].numpy())) <= {-1.0, 0.0, 1.0}
    for s, a, s_next in zip(
        steps["observation"].flatten().tolist(),
        steps["action"].flatten().tolist(),
        steps["next", "observation"].flatten().tolist(),
        strict=True,
    ):
        assert any(s_next == outcome[1] for outcome in plain.unwrapped.P[s][a])


def test_masks_keep_actions_from_walls():
    env = GymWrapper(
        gym.make("GridWorld-v0", layout=["S#", ".T"], max_episode_steps=20), categorical_action_encoding=True
    )
    env.auto_register_info_dict()
    assert "action_mask" in env.reset().keys()  # noqa: SIM118 - a TensorDict is no dict
