"""Values that overflow while an agent learns end the learning by one error; the last good file stays."""

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents.runs.folder import RunFolder, RunSettings
from gridworld_agents.runs.running import Run

HUGE = {"reward_target": 1e308, "reward_forbidden": -1e308, "reward_boundary": -1e308}


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("agent_id", ["q-learning", "sarsa", "td0", "mc-epsilon-greedy", "spsa"])
def test_learning_ends_where_values_are_no_longer_finite(tmp_path, agent_id):
    path = tmp_path / "agent.zip"
    with gym.make("GridWorld-v0", **HUGE, max_episode_steps=50) as env:
        agent = ga.make(agent_id, env, seed=0)
        agent.save(path)
        before = path.read_bytes()
        with pytest.raises(ValueError, match=f"not finite, at step .* of {agent_id}: .* scale rewards"):
            agent.learn(5_000)
        with pytest.raises(ValueError, match="not finite, at step"):
            agent.save(path)
    assert path.read_bytes() == before


def test_a_run_keeps_its_last_good_agent(tmp_path):
    """Every step costs 1e307, for ever: checkpoints are written until values come near -1e309, and then no more."""
    folder = RunFolder(tmp_path / "run")
    costs = dict.fromkeys(("reward_target", "reward_forbidden", "reward_boundary", "reward_step"), -1e307)
    settings = RunSettings(
        agent="sarsa",
        env="GridWorld-v0",
        total_timesteps=100_000,
        seed=0,
        env_arguments={**costs, "continuing": True, "max_episode_steps": 10},
        hyper_parameters={"gamma": 0.99, "alpha": 0.5},
        checkpoint_every=500,
        metrics_every=500,
    )
    with pytest.raises(ValueError, match=r"not finite, at step .* of sarsa"):
        Run(folder, settings).learn()
    assert 0 < ga.load(folder.agent).num_timesteps < 100_000


@pytest.mark.parametrize(
    ("agent_id", "name"),
    [("value-iteration", "keep"), ("n-step-sarsa", "n"), ("dyna-q", "planning_steps"), ("spsa", "episodes")],
)
def test_integers_beyond_64_bits_are_refused(agent_id, name):
    with (
        gym.make("GridWorld-v0") as env,
        pytest.raises(ValueError, match=f"{name} must be an integer in .*, got 1000000"),
    ):
        ga.make(agent_id, env, **{name: 10**30})
