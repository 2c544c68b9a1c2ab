"""Callbacks: what they are told, and what they can do."""

import csv

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents.core.callbacks import (
    Callback,
    CallbackList,
    Checkpoints,
    MetricsToCSV,
    Progress,
    ProgressBar,
    StopOnReturn,
)


@pytest.fixture
def agent():
    return ga.make("q-learning", gym.make("GridWorld-v0", max_episode_steps=5), seed=0)


def test_progress_is_what_happened(agent):
    seen = []
    agent.learn(5000, callback=lambda who, progress: seen.append((who, progress)))
    last = seen[-1][1]
    assert seen[-1][0] is agent
    assert (last.num_timesteps, last.total_timesteps) == (5000, 5000)
    assert last.episodes >= 1000  # of at most 5 steps each
    assert len(last.returns) == len(last.lengths) == 100
    assert all(1 <= length <= 5 for length in last.lengths)
    assert last.mean_length == sum(last.lengths) / 100
    assert last.mean_return == pytest.approx(sum(last.returns) / 100)
    steps = [progress.num_timesteps for _, progress in seen]
    assert steps == sorted(set(steps))
    assert last.seconds > 0


def test_recent_episodes_are_in_order():
    agent = ga.make("sarsa", gym.make("GridWorld/RandomWalk-v0"), seed=0)
    lengths = []
    agent.learn(3000, callback=Every(1, lambda progress: lengths.append((progress.episodes, progress.lengths))))
    ends = [lengths[i] for i in range(1, len(lengths)) if lengths[i][0] > lengths[i - 1][0]]
    finished = [recent[-1] for _, recent in ends]
    assert len(finished) > 150
    assert list(ends[-1][1]) == finished[-100:]


class Every(Callback):
    """Calls a function every so many steps."""

    def __init__(self, every, function):
        self.every, self.function = every, function

    def steps_left(self, num_timesteps):
        return self.every - num_timesteps % self.every

    def __call__(self, agent, progress):  # noqa: ARG002
        self.function(progress)


def test_false_ends_the_learning_and_none_does_not(agent):
    agent.learn(10_000, callback=lambda _, progress: progress.num_timesteps < 100)
    assert 100 <= agent.num_timesteps < 10_000
    agent.learn(10_000, callback=lambda *_: None)
    assert agent.num_timesteps == 10_000


def test_all_in_a_list_are_called_and_any_can_stop(agent):
    calls = []
    agent.learn(10_000, callback=[lambda *_: False, [lambda *_: calls.append(1)], None])
    assert calls == [1]


def test_callbacks_are_told_of_start_and_stop_even_if_one_raises(agent):
    told = []

    class Told(Callback):
        def start(self, agent, progress):  # noqa: ARG002
            told.append(("start", progress.num_timesteps))

        def stop(self, agent, progress):  # noqa: ARG002
            told.append(("stop", progress.num_timesteps))

    def fails(_, progress):
        if progress.num_timesteps >= 10:
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        agent.learn(1000, callback=[Told(), fails])
    assert told == [("start", 0), ("stop", agent.num_timesteps)]


def test_what_is_no_callback_is_refused(agent):
    with pytest.raises(ValueError, match=r"callable as callback\(agent, progress\), a list of such, or None, got 3"):
        agent.learn(10, callback=3)


def test_metrics_have_a_row_at_every_multiple(agent, tmp_path):
    path = tmp_path / "metrics.csv"
    agent.learn(2500, callback=MetricsToCSV(path, every=500))
    agent.learn(500, callback=MetricsToCSV(path, every=500), reset_num_timesteps=False)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [int(row["num_timesteps"]) for row in rows] == [500, 1000, 1500, 2000, 2500, 3000]
    assert set(rows[0]) == set(MetricsToCSV.COLUMNS)
    assert -5 <= float(rows[-1]["mean_return"]) <= 1


def test_checkpoints_are_whole_agents_at_every_multiple(agent, tmp_path):
    agent.learn(2500, callback=Checkpoints(tmp_path / "at-{steps}.zip", every=1000))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["at-1000.zip", "at-2000.zip"]
    assert ga.load(tmp_path / "at-1000.zip").num_timesteps == 1000


def test_learning_stops_at_a_return():
    agent = ga.make("q-learning", gym.make("GridWorld/Cliff-v0"), seed=0, alpha=0.5, gamma=1.0, epsilon=0.01)
    agent.learn(10_000_000, callback=StopOnReturn(-20, episodes=50))
    assert agent.num_timesteps < 10_000_000
    assert sum(agent.recent_episodes()[1][-50:]) / 50 >= -20


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StopOnReturn("a"), "threshold must be a finite number, got 'a'"),
        (lambda: StopOnReturn(1, episodes=101), r"episodes must be in \[1, 100\], got 101"),
        (lambda: Checkpoints("x", every=0), "every must be an integer >= 1, got 0"),
    ],
)
def test_arguments_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_progress_bar_shows_the_steps(agent, capsys):
    agent.learn(1000, progress_bar=True)
    shown = capsys.readouterr().out
    assert "1,000 steps" in shown
    assert "100%" in shown


def test_chunks_have_no_influence(agent):
    chopped = ga.make("q-learning", gym.make("GridWorld-v0", max_episode_steps=5), seed=0)
    chopped.learn(3000, callback=Every(7, lambda _: None))
    assert (agent.learn(3000).q_values == chopped.q_values).all()


def test_an_empty_progress_has_no_mean():
    progress = Progress(0, 10, 0, (), (), 0.0)
    assert str(progress.mean_return) == str(progress.mean_length) == "nan"
    assert CallbackList([ProgressBar(), None]).steps_left(0) is None
