"""The loop around an update: members, files, errors, devices, threads."""

import dataclasses

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

import gridworld_agents as ga
from gridworld_agents.core.checkpoint import flatten
from gridworld_agents.core.errors import AgentFileError
from gridworld_agents.core.spaces import Observations
from gridworld_agents.deep.processor import flushes

SMALL = {"hidden": (16, 16), "batch_size": 32, "learning_starts": 50}
IDS = ["ddpg", "td3"]


def pendulum():
    return gym.make("Pendulum-v1")


class Line(gym.Env):
    """A point on a line is to be near 0: an action moves it, the distance costs. Faults can be told to happen."""

    def __init__(self, fault=None, at=30, limit=10, terminates=False):
        self.observation_space, self.action_space = spaces.Box(-9, 9, (1,)), spaces.Box(-2, 1, (1,))
        self.fault, self.at, self.limit, self.terminates, self.k = fault, at, limit, terminates, 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.x, self.t = self.np_random.uniform(-1, 1), 0
        return np.array([self.x], np.float32), {}

    def step(self, action):
        assert self.action_space.contains(action)
        self.x = float(np.clip(self.x + 0.3 * action.item(), -9, 9))
        self.k, self.t = self.k + 1, self.t + 1
        s, r, over = self.x, -abs(self.x), self.t >= self.limit
        if self.k == self.at and self.fault:
            s, r = (self.fault, r) if isinstance(self.fault, float) else (s, float(self.fault))
        return np.array([s], np.float32), r, over and self.terminates, over and not self.terminates, {}


def same(one, other):
    pairs = zip(flatten({"": one.learner}).items(), flatten({"": other.learner}).items(), strict=True)
    return all(a == b and np.array_equal(x, y) for (a, x), (b, y) in pairs)


@pytest.mark.parametrize("agent_id", IDS)
def test_members_are_agents_of_their_own(agent_id):
    """Rounding differs between one network and several at once, and learning lets it grow: 100 updates do not."""
    many = ga.make(agent_id, pendulum(), seed=5, num_seeds=3, **SMALL).learn(150)
    for m in range(3):
        one = ga.make(agent_id, pendulum(), seed=5 + m, **SMALL).learn(150)
        assert torch.allclose(one.learner.actor.params[0], many.learner.actor.params[m], atol=2e-5)
        assert np.allclose(one.replay.kept()[0], many.replay.kept()[m], atol=1e-3)
        s = pendulum().observation_space.sample()
        action, _ = one.predict(s, deterministic=True)
        assert np.allclose(many.member(m).predict(s, deterministic=True)[0], action, atol=1e-3)
    assert many.num_timesteps == 150
    assert not np.allclose(many.learner.actor.params[0], many.learner.actor.params[1])


@pytest.mark.parametrize("agent_id", ["ddpg", pytest.param("td3", marks=pytest.mark.slow)])
def test_a_simple_task_is_learned(agent_id):
    """Actions in [-2, 1] move by 0.3 of themselves: -1/0.3 x is best where it can be done."""
    gym.register("tests/Line-v0", Line)
    agent = ga.make(agent_id, gym.make("tests/Line-v0"), seed=0, hidden=(32, 32), batch_size=64, gamma=0.9).learn(1500)
    x = np.array([[-0.3], [-0.1], [0.1], [0.3]], np.float32)
    a, _ = agent.predict(x, deterministic=True)
    after = np.abs(x + 0.3 * a)
    del gym.registry["tests/Line-v0"]
    assert after.max() < 0.12
    explored = np.concatenate([agent.predict(x)[0] for _ in range(50)])
    assert explored.min() >= -2
    assert explored.max() <= 1
    assert explored.std() > a.std()


@pytest.mark.parametrize("terminates", [True, False])
def test_only_termination_ends_the_value(terminates):
    agent = ga.make("ddpg", Line(terminates=terminates), seed=0, **SMALL).learn(40)
    terminated = agent.replay.kept()[0, :, -1]
    assert terminated.sum() == (4 if terminates else 0)
    s, s_next = agent.replay.kept()[0, :, 0], agent.replay.kept()[0, :, -2]
    joined = s[1:] == s_next[:-1]
    assert joined.tolist() == [(k + 1) % 10 != 0 for k in range(39)]  # the step that ends an episode keeps its own end


def test_several_environments_take_turns():
    one = ga.make("ddpg", pendulum(), seed=0, num_envs=4, **SMALL).learn(103)
    parts = ga.make("ddpg", pendulum(), seed=0, num_envs=4, **SMALL).learn(42)
    parts.learn(61, reset_num_timesteps=False)
    assert same(one, parts)
    assert one.num_timesteps == 103
    assert one.log.elapsed.tolist() == [[26, 26, 26, 26]]  # all step together; the last one's step is not counted yet


@pytest.mark.parametrize(
    ("settings", "updates"),
    [({}, 50), ({"update_every": 10}, 5), ({"update_every": 10, "updates": 3}, 15), ({"learning_starts": 100}, 0)],
)
def test_updates_come_when_they_should(settings, updates):
    agent = ga.make("ddpg", Line(), seed=0, **{**SMALL, **settings}).learn(100)
    assert int(agent.learner.critic.moments.steps) == updates


@pytest.mark.parametrize(
    "more", [{}, {"normalise_observations": True}, {"noise": "ornstein-uhlenbeck"}, {"num_envs": 2}]
)
@pytest.mark.parametrize("agent_id", IDS)
def test_all_of_a_learner_is_in_its_file(agent_id, more, tmp_path):
    """That a run goes on exactly is checked by `check_agent`, on an environment that draws nothing."""
    gym.register("tests/Line-v0", Line)
    try:
        agent = ga.make(agent_id, gym.make("tests/Line-v0"), seed=3, **SMALL, **more).learn(80)
        agent.save(tmp_path / "half")
        again = ga.load(tmp_path / "half.zip", gym.make("tests/Line-v0"))
    finally:
        del gym.registry["tests/Line-v0"]
    assert same(again, agent)
    assert (again.replay.kept() == agent.replay.kept()).all()
    for name, rngs in agent.generators.items():
        states = [rng.bit_generator.state for rng in rngs]
        assert [rng.bit_generator.state for rng in again.generators[name]] == states
    assert again.recent_episodes() == agent.recent_episodes()
    assert (again.normaliser.deviation() == agent.normaliser.deviation()).all()
    assert again.config == agent.config
    x = np.array([0.4], np.float32)
    assert [again.predict(x)[0] for _ in range(3)] == [agent.predict(x)[0] for _ in range(3)]
    again.learn(30, reset_num_timesteps=False)
    assert again.num_timesteps == 110


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "agent.zip"
    ga.make("ddpg", Line(), seed=0, **SMALL).learn(60).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        i = int(rng.integers(len(damaged)))
        damaged[i] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            agent = ga.load(path)
        except AgentFileError:
            refused += 1
        else:
            assert np.isfinite(agent.predict(np.zeros(1, np.float32), deterministic=True)[0]).all()
    assert refused > 100
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AgentFileError):
        ga.load(path)


def test_a_file_of_other_spaces_or_another_device_is_refused(tmp_path):
    path = tmp_path / "agent.zip"
    ga.make("ddpg", Line(), seed=0, **SMALL).save(path)
    with pytest.raises(ValueError, match="env must have the spaces that the agent"):
        ga.load(path, pendulum())
    with pytest.raises(ValueError, match="device must be one that torch finds here"):
        ga.load(path, device="cuda:99")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            float("nan"),
            r"returned an invalid observation at step 29: .* finite numbers .* got .*nan.*; mend the environment",
        ),
        (float("inf"), r"at step 29: .*inf"),
        ("nan", "returned the reward nan at step 29: it must be a number"),
        ("-inf", "returned the reward -inf at step 29"),
        ("1e39", "returned the reward 1e.39 at step 29: .* finite in single precision"),
    ],
)
def test_what_is_not_finite_is_refused_with_its_step(fault, error):
    agent = ga.make("ddpg", Line(fault), seed=0, **SMALL)
    with pytest.raises(ValueError, match=error):
        agent.learn(100)
    assert len(agent.replay) == 29  # nothing of it is remembered
    agent.learn(20, reset_num_timesteps=False)
    assert agent.num_timesteps == 49


@pytest.mark.parametrize(
    ("shown", "paid", "error"),
    [
        (np.zeros(3), None, "returned the reward None at step 0"),
        (np.zeros(3), np.zeros(2), r"returned the reward \[0. 0.\] at step 0"),
        (np.zeros(1), 0.0, r"at step 0: .* finite numbers of shape \(3,\).* got \[0\.?\]|at step 0: .*shape \(3,\)"),
    ],
)
def test_what_the_spaces_do_not_tell_is_refused(shown, paid, error, monkeypatch):
    env = pendulum()
    monkeypatch.setattr(env.unwrapped, "step", lambda _: (shown, paid, False, False, {}))
    with pytest.raises(ValueError, match=error):
        ga.make("ddpg", gym.Wrapper(env.unwrapped), seed=0, **SMALL).learn(10)


def test_large_numbers_are_finite():
    row = Observations.of(spaces.Box(-9, 9, (2,))).encode([3e38, 3e38])
    assert row.dtype == np.float32
    assert (row == np.float32(3e38)).all()


@pytest.mark.parametrize("steps", [11, 100])
def test_learning_that_diverges_is_told(steps):
    """At the next choice, or where none follows at the end of learning."""
    settings = {**SMALL, "learning_starts": 10, "actor_step_size": 1e30, "critic_step_size": 1e30}
    agent = ga.make("ddpg", pendulum(), seed=0, **settings)
    with pytest.raises(
        ValueError, match=r"networks of ddpg are no longer finite at step \d+: learning diverged; lower"
    ):
        agent.learn(steps)


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (spaces.Discrete(2), r"got Discrete\(2\); dqn and ppo take them"),
        (spaces.Box(-np.inf, 1), r"got Box\(-inf, .*; ppo takes them, .*TransformAction"),
        (spaces.MultiBinary(2), r"got MultiBinary\(2\); sb3/ppo takes them"),
    ],
)
@pytest.mark.parametrize("agent_id", IDS)
def test_actions_that_do_not_fit_are_refused(agent_id, chosen, error):
    env = Line()
    env.action_space = chosen
    with pytest.raises(ValueError, match=f"^{agent_id} needs actions in a Box with finite bounds, {error}"):
        ga.make(agent_id, env)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("gamma", 1.5, r"gamma must be in \[0, 1\], got 1.5"),
        ("tau", 0, r"tau must be in \(0, 1\], got 0"),
        ("actor_step_size", -1e-3, "actor_step_size must be at least 0, got -0.001"),
        ("critic_step_size", "linear:0.1:-0.1:9", "must be at least 0, got .*, which takes the value -0.1"),
        ("critic_step_size", "lin:0.1:0:9", "schedule of critic_step_size must be one of .*, got 'lin'"),
        ("hidden", (), r"hidden must be integers >= 1 such as \(256, 256\), got \(\)"),
        ("hidden", (8, 0), "each of hidden must be an integer >= 1, got 0"),
        ("noise", "pink", "noise must be one of 'gaussian', 'ornstein-uhlenbeck', got 'pink'"),
        ("noise_scale", -1, "noise_scale must be at least 0, got -1"),
        ("num_seeds", 0, "num_seeds must be an integer >= 1, got 0"),
        ("device", "abacus", "device must be one that torch finds here"),
        ("batchsize", 8, "has no hyper-parameter 'batchsize'; did you mean 'batch_size'"),
    ],
)
def test_bad_hyper_parameters_are_refused(name, value, error):
    with pytest.raises(ValueError, match=error):
        ga.make("ddpg", Line(), **{name: value})


@pytest.mark.parametrize("name", ["policy_delay", "target_noise", "target_noise_clip"])
def test_bad_hyper_parameters_of_td3_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be .*, got -1"):
        ga.make("td3", Line(), **{name: -1})


@pytest.mark.parametrize("agent_id", IDS)
def test_step_sizes_and_noise_follow_their_schedules(agent_id, tmp_path):
    """With random actions up to step 50, the 30 updates before step 80 are the first whose step size matters."""
    steady = ga.make(agent_id, pendulum(), seed=0, noise_scale=0.1, actor_step_size=0.001, **SMALL).learn(80)
    settings = {"noise_scale": "linear:0.1:0.1:9", "actor_step_size": "exponential:0.001:0.001:5"}
    assert same(steady, ga.make(agent_id, pendulum(), seed=0, **settings, **SMALL).learn(80))
    settings = {"noise_scale": "linear:1:0:70", "actor_step_size": "linear:0.001:0:70"}
    agent = ga.make(agent_id, pendulum(), seed=0, **settings, **SMALL).learn(71)
    assert not same(agent, ga.make(agent_id, pendulum(), seed=0, **SMALL).learn(71))
    agent.save(tmp_path / "agent")
    gone_on = type(agent).load(tmp_path / "agent", pendulum())
    for one in (agent, gone_on):
        actor, critic = one.learner.actor.params, one.learner[1].params
        one.learn(9, reset_num_timesteps=False)
        assert torch.equal(one.learner.actor.params, actor)
        assert not torch.equal(one.learner[1].params, critic)
        s = pendulum().observation_space.sample()
        assert np.allclose(one.predict(s)[0], one.predict(s, deterministic=True)[0], atol=1e-6)


def test_a_schedule_counts_the_steps_of_a_life():
    """Step k of three members is one for each; what follows the first step has step size 1 / (0 + 10)."""
    settings = {"actor_step_size": "harmonic:1:10", "critic_step_size": "visits:1:9", "noise_scale": "linear:1:0:4"}
    agent = ga.make("ddpg", pendulum(), seed=0, num_seeds=3, hidden=(4, 4), **settings)
    for k in (0, 1, 30):
        rates = agent.rates.tensors(k)
        assert rates.actor_step_size.tolist() == rates.critic_step_size.tolist() == [pytest.approx(1 / (k + 10))]
        assert agent.rates.at("noise_scale", k) == rates.noise_scale.item() == max(0, 1 - k / 4)
    given, update = [], agent._update
    agent._update = lambda *arguments: given.append(float(arguments[2].actor_step_size)) or update(*arguments)
    agent.config = dataclasses.replace(agent.config, learning_starts=5)
    agent.learn(8)
    assert given == [pytest.approx(1 / (k + 10)) for k in (5, 6, 7)]


def test_an_environment_that_cannot_be_made_again_is_refused():
    with pytest.raises(
        ValueError, match=r"cannot be made again, which num_seeds and num_envs above 1 need: gymnasium.make did not"
    ):
        ga.make("ddpg", Line(), num_seeds=2)
    with pytest.raises(ValueError, match="i must be below num_seeds, 1, got 1"):
        ga.make("ddpg", Line()).member(1)


def test_several_environments_in_one_are_refused():
    with pytest.raises(
        ValueError, match=r"env must be a gymnasium.Env, got SyncVectorEnv.*: pass a single one with num_envs=2"
    ):
        ga.make("ddpg", gym.make_vec("Pendulum-v1", 2, vectorization_mode="sync"))


def test_an_action_may_be_a_number():
    env = Line()
    env.action_space = spaces.Box(-2, 1, ())
    agent = ga.make("ddpg", env, seed=0, **SMALL).learn(60)
    assert agent.predict(np.zeros(1, np.float32))[0].shape == ()
    assert agent.predict(np.zeros((5, 1), np.float32))[0].shape == (5,)


def test_the_processor_is_left_as_it_was():
    def found():
        return torch.get_num_threads(), flushes(), float(torch.tensor([1e-39]) * 1) == 0

    before, seen = found(), []
    agent = ga.make("ddpg", Line(), seed=0, threads=1, **SMALL)
    agent.learn(20, callback=lambda *_: seen.append(found()))
    assert set(seen) == {(1, True, True)}
    assert found() == before
    assert not before[1]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
@pytest.mark.parametrize("agent_id", IDS)
def test_a_gpu_learns_the_same(agent_id, tmp_path):
    here = ga.make(agent_id, pendulum(), seed=0, num_seeds=2, **SMALL).learn(100)
    there = ga.make(agent_id, pendulum(), seed=0, num_seeds=2, device="cuda", **SMALL).learn(100)
    assert there.learner.actor.params.is_cuda
    assert torch.allclose(here.learner.actor.params, there.learner.actor.params.cpu(), atol=1e-3)
    there.save(tmp_path / "there")
    back = ga.load(tmp_path / "there.zip", device="cpu")
    assert torch.equal(back.learner.actor.params, there.learner.actor.params.cpu())
