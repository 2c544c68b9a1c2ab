"""Callbacks of both kinds, in Stable-Baselines3's learning."""

import csv

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3.common.callbacks import BaseCallback, EvalCallback, StopTrainingOnMaxEpisodes

import gridworld_agents as ga
from gridworld_agents.core.callbacks import Callback, Checkpoints, MetricsToCSV, StopOnReturn


class Every(Callback):
    """Takes down what it is told every so many steps."""

    def __init__(self, every=None):
        self.every, self.told = every, []

    def start(self, agent, progress):
        self.told.append(("start", agent, progress))

    def __call__(self, agent, progress):
        self.told.append(("chunk", agent, progress))

    def stop(self, agent, progress):
        self.told.append(("stop", agent, progress))

    def steps_left(self, num_timesteps):
        return None if self.every is None else self.every - num_timesteps % self.every


def test_ours_sees_the_progress(id_, tiny):
    agent, callback = tiny(id_), Every(10)
    agent.learn(64, callback=callback)
    kinds, agents, progress = zip(*callback.told, strict=True)
    assert set(agents) == {agent}
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("start", "stop", {"chunk"})
    chunks = [record.num_timesteps for record in progress[1:-1]]
    assert chunks == sorted(set(chunks))
    assert {10, 20, 30, 40, 50, 60, 64} <= set(chunks)
    assert {record.total_timesteps for record in progress} == {64}
    last = progress[-1]
    assert (last.episodes, last.returns, last.lengths) == agent.recent_episodes()
    assert 2 <= last.episodes == len(last.returns)
    assert sum(last.lengths) <= 64
    assert last.seconds > 0


def test_episodes_are_those_that_were_played(tiny, make_env):
    class Played(gym.Wrapper):
        returns: list

        def reset(self, **kwargs):
            self.returns.append(0.0)
            return super().reset(**kwargs)

        def step(self, action):
            outcome = super().step(action)
            self.returns[-1] += outcome[1]
            return outcome

    env = Played(make_env("sb3/a2c"))
    env.returns = []
    agent = tiny("sb3/a2c", env).learn(400)
    count, returns, lengths = agent.recent_episodes()
    assert list(returns) == pytest.approx(env.returns[:-1])
    assert count == len(lengths) == len(env.returns) - 1


def test_steps_to_the_end_of_a_rollout_are_announced(tiny):
    callback = Every()
    assert tiny("sb3/ppo").learn(40, callback=callback).num_timesteps == 64  # rollouts are 32 steps
    assert {progress.total_timesteps for _, _, progress in callback.told} == {64}


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/dqn"])
def test_ours_ends_the_learning_and_it_can_go_on(id_, tiny):
    agent = tiny(id_)
    agent.learn(10_000, callback=[Every(50), [None, lambda _, progress: progress.num_timesteps < 50]])
    assert agent.num_timesteps == 50
    agent.learn(64, reset_num_timesteps=False)
    assert agent.num_timesteps == 114


def test_after_a_stop_an_episode_begins_and_otherwise_it_goes_on(tiny):
    resets = []

    class Counting(gym.Wrapper):
        def reset(self, **kwargs):
            resets.append(kwargs.get("seed"))
            return super().reset(**kwargs)

        def step(self, action):
            observation, _, _, _, info = super().step(action)
            return observation, 0.0, False, False, info

    agent = tiny("sb3/ppo", Counting(gym.make("GridWorld-v0", continuing=True, max_episode_steps=1000)))
    agent.learn(1000, callback=[Every(5), lambda _, progress: progress.num_timesteps < 5])
    assert (agent.num_timesteps, resets) == (5, [0])
    agent.learn(32, reset_num_timesteps=False)
    assert resets == [0, None]
    agent.learn(32, reset_num_timesteps=False)
    assert resets == [0, None]


def test_stop_is_told_even_if_something_raises(tiny):
    class Fails(BaseCallback):
        def _on_step(self):
            raise RuntimeError("boom")

    callback = Every()
    agent = tiny("sb3/ppo")
    with pytest.raises(RuntimeError, match="boom"):
        agent.learn(64, callback=[callback, Fails()])
    assert [kind for kind, *_ in callback.told] == ["start", "stop"]
    assert agent.learn(32).num_timesteps == 32


def test_their_own_are_called_too(tiny, make_env, tmp_path):
    ours = Every(16)
    evaluation = EvalCallback(
        gym.wrappers.RecordEpisodeStatistics(make_env("sb3/dqn")),
        eval_freq=32,
        n_eval_episodes=2,
        best_model_save_path=tmp_path,
        verbose=0,
        warn=False,
    )
    agent = tiny("sb3/dqn").learn(64, callback=[evaluation, ours])
    assert len(evaluation.evaluations_timesteps) == 0  # nothing is logged without a path for it
    assert np.isfinite(evaluation.best_mean_reward)
    assert len(ours.told) >= 5
    best = type(agent).load(tmp_path / "best_model.zip", trust=True)  # a file of theirs
    assert best.num_timesteps in (32, 64)
    few = tiny("sb3/a2c").learn(10_000, callback=StopTrainingOnMaxEpisodes(max_episodes=3))
    assert few.num_timesteps <= 60
    assert few.recent_episodes()[0] == 3


def test_metrics_and_checkpoints_at_every_multiple(tiny, tmp_path):
    agent = tiny("sb3/ppo")
    callbacks = [MetricsToCSV(tmp_path / "metrics.csv", every=16), Checkpoints(tmp_path / "{steps}.zip", every=32)]
    agent.learn(96, callback=callbacks)
    rows = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))
    assert [int(row["num_timesteps"]) for row in rows] == [16, 32, 48, 64, 80, 96]
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["32.zip", "64.zip", "96.zip"]
    assert ga.load(tmp_path / "64.zip", trust=True).num_timesteps == 64
    last = ga.load(tmp_path / "96.zip", trust=True)
    states = np.arange(25)
    assert np.array_equal(last.predict(states, deterministic=True)[0], agent.predict(states, deterministic=True)[0])


def test_learning_stops_at_a_return(tiny):
    agent = tiny("sb3/a2c").learn(100_000, callback=StopOnReturn(-1000, episodes=1))
    assert agent.num_timesteps < 100_000
    assert agent.recent_episodes()[0] >= 1


def test_the_progress_bar_shows_the_steps(tiny, capsys):
    tiny("sb3/dqn").learn(64, progress_bar=True)
    shown = capsys.readouterr().out
    assert "64 steps" in shown
    assert "100%" in shown


def test_what_is_no_callback_is_refused(tiny):
    with pytest.raises(ValueError, match=r"a callback of Stable-Baselines3, a list of such, or None, got 3"):
        tiny("sb3/dqn").learn(64, callback=[None, 3])
