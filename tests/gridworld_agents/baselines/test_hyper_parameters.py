"""Hyper-parameters: all that Stable-Baselines3 takes, described and checked."""

import copy
import dataclasses
import inspect
import pickle

import numpy as np
import pytest
import torch
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise

import gridworld_agents as ga


def test_every_argument_of_the_constructor_is_one(id_, tiny):
    agent = tiny(id_)
    fields = {field.name: field for field in dataclasses.fields(type(agent).Config)}
    arguments = inspect.signature(agent.algorithm).parameters
    assert set(fields) == set(arguments) - {"env", "seed", "_init_setup_model"} | {"num_envs"}
    own = {"policy", "device"}
    assert fields.pop("num_envs").default == 1  # ours: how many copies the constructor is given
    assert all(fields[name].default == arguments[name].default for name in set(fields) - own)
    assert [fields[name].default for name in sorted(own)] == [None, None]
    assert all(field.kw_only for field in fields.values())
    assert "discount factor" in fields["gamma"].metadata["help"].lower()
    assert not [name for name, field in fields.items() if "`" in field.metadata["help"]]


def test_they_are_frozen_and_can_be_copied_and_pickled(tiny):
    parameters = tiny("sb3/ppo", gamma=0.5).config
    assert parameters.gamma == 0.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.gamma = 0.9
    assert copy.deepcopy(parameters) == parameters == pickle.loads(pickle.dumps(parameters))  # noqa: S301


@pytest.mark.parametrize(
    ("id_", "given", "message"),
    [
        ("sb3/ppo", {"learning_rat": 1}, "sb3/ppo has no hyper-parameter 'learning_rat'; did you mean 'learning_rate'"),
        ("sb3/dqn", {"clip_range": 1}, r"no hyper-parameter 'clip_range'.*\(it has policy, learning_rate, buffer_size"),
        ("sb3/ppo", {"_init_setup_model": False}, "no hyper-parameter '_init_setup_model'"),
        ("sb3/ppo", {"gamma": 1.5}, r"gamma must be in \[0, 1\], got 1.5"),
        ("sb3/ppo", {"gamma": "high"}, "gamma must be a finite number, got 'high'"),
        ("sb3/ppo", {"gamma": float("nan")}, "gamma must be a finite number, got nan"),
        ("sb3/ppo", {"n_steps": 2.0}, "n_steps must be an integer, got 2.0"),
        ("sb3/ppo", {"n_steps": 0}, "n_steps must be >= 1, got 0"),
        ("sb3/ppo", {"n_steps": True}, "n_steps must be an integer, got True"),
        ("sb3/ppo", {"normalize_advantage": 1}, "normalize_advantage must be True or False, got 1"),
        ("sb3/ppo", {"target_kl": "x"}, "target_kl must be a finite number or None, got 'x'"),
        ("sb3/ppo", {"learning_rate": -1}, "learning_rate must be >= 0, got -1"),
        (
            "sb3/ppo",
            {"learning_rate": "linear:1"},
            "learning_rate must be a number, .* got 'linear:1'",
        ),
        ("sb3/ppo", {"learning_rate": "linear:1:0:7"}, r"the fraction of the learning in \(0, 1\], got 'linear:1:0:7'"),
        ("sb3/ppo", {"learning_rate": "cosine:1:0"}, "got 'cosine:1:0'"),
        ("sb3/ppo", {"clip_range": "linear:a:b"}, "clip_range must be a number"),
        ("sb3/ppo", {"policy_kwargs": [8]}, r"policy_kwargs must be dict\[str, .*\] or None, got \[8\]"),
        ("sb3/ppo", {"policy_kwargs": {"net": [8]}}, "refuses the environment or a hyper-parameter: .* 'net'"),
        (
            "sb3/ppo",
            {"policy_kwargs": {"activation_fn": "LeakyRelu"}},
            r"in torch\.nn, got 'LeakyRelu'; did you mean 'LeakyReLU'",
        ),
        ("sb3/ppo", {"batch_size": 1}, "refuses the environment or a hyper-parameter: `batch_size` must be greater"),
        ("sb3/dqn", {"train_freq": (1, "hour")}, "refuses .*The unit of the `train_freq` must be either"),
        ("sb3/td3", {"action_noise": "loud"}, "action_noise must be 'normal:SIGMA' or .*, got 'loud'"),
        ("sb3/td3", {"action_noise": 3}, "action_noise must be ActionNoise or None, got 3"),
    ],
)
def test_what_is_wrong_is_said(id_, given, message, tiny):
    with pytest.raises(ValueError, match=message):
        tiny(id_, **given)


def test_numpys_scalars_are_taken(tiny):
    parameters = tiny("sb3/ppo", normalize_advantage=np.bool_(True), gamma=np.float32(0.5)).config
    assert parameters.normalize_advantage is True
    assert type(parameters.gamma) is float


def test_schedules_reach_the_optimiser(tiny):
    agent = tiny("sb3/ppo", learning_rate="linear:0.01:0.002", clip_range="linear:0.4:0.1:0.5").learn(64)
    assert agent.config.learning_rate == "linear:0.01:0.002"
    assert [agent.model.lr_schedule(left) for left in (1, 0.5, 0)] == pytest.approx([0.01, 0.006, 0.002])
    assert [agent.model.clip_range(left) for left in (1, 0.75, 0.5, 0)] == pytest.approx([0.4, 0.25, 0.1, 0.1])
    assert agent.model.policy.optimizer.param_groups[0]["lr"] == pytest.approx(0.002)  # the last update's


def test_a_callable_may_be_a_schedule(tiny):
    agent = tiny("sb3/a2c", learning_rate=lambda left: 0.001 * left)
    assert agent.model.lr_schedule(0.5) == 0.0005


@pytest.mark.parametrize(
    ("text", "kind"), [("normal:0.1", NormalActionNoise), ("ornstein-uhlenbeck:0.2", OrnsteinUhlenbeckActionNoise)]
)
def test_noise_may_be_written_as_text(text, kind, tiny):
    agent = tiny("sb3/td3", action_noise=text).learn(32)
    assert type(agent.model.action_noise) is kind
    assert agent.model.action_noise().shape == (1,)


def test_lists_and_names_as_configuration_files_have_them(tiny):
    agent = tiny("sb3/dqn", train_freq=[2, "episode"], policy_kwargs={"net_arch": [4], "activation_fn": "Tanh"})
    assert (agent.model.train_freq.frequency, agent.model.train_freq.unit.value) == (2, "episode")
    assert agent.model.policy_kwargs["activation_fn"] is torch.nn.Tanh
    agent.learn(40)
    assert agent.recent_episodes()[0] >= 2


def test_the_dict_that_is_given_is_left_alone(tiny):
    given = {"net_arch": [4]}
    tiny("sb3/sac", policy_kwargs=given)
    assert given == {"net_arch": [4]}


def test_networks_are_on_the_cpu_and_silent_unless_told_otherwise(tiny, capsys):
    agent = tiny("sb3/ppo").learn(64)
    assert agent.model.device.type == "cpu"
    assert capsys.readouterr().out == ""
    tiny("sb3/ppo", verbose=1).learn(64, log_interval=1)
    assert "total_timesteps" in capsys.readouterr().out


def test_ids_of_others_are_suggested(make_env):
    with pytest.raises(ValueError, match="there is no agent 'sb3/pp0'; did you mean 'sb3/ppo'"):
        ga.make("sb3/pp0", make_env("sb3/ppo"))
