"""The strip of a training: a column a moment, a scale a row."""

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents import plotting

pytest.importorskip("matplotlib")


@pytest.mark.parametrize(("agent_id", "truth"), [("sarsa", "optimal"), ("td0", "exact")])
def test_a_training_is_a_strip_of_its_moments(agent_id, truth, tmp_path):
    env = gym.make("GridWorld-v0")
    agent = ga.make(agent_id, env, seed=0, gamma=0.9)
    figure = plotting.training(env, agent, 1_000, moments=4)
    assert agent.num_timesteps == 1_000
    maps, scales = figure.axes[:8], figure.axes[8:]
    titles = [ax.get_title() for ax in maps]
    assert [title.split("\n")[0] for title in titles[:4]] == ["step 0", "step 37", "step 296", "step 1,000"]
    judge = ga.Judge(env, 0.9)
    gap = "" if agent_id == "td0" else f"\ngap {judge.gap(agent):.2g}"
    assert titles[3] == f"step 1,000{gap}"
    assert titles[7] == f"RMS error {judge.value_error(agent):.2g}"
    assert [scale.get_ylabel() for scale in scales] == ["learned\nvalues", f"minus the\n{truth} ones"]
    low, high = scales[1].get_ylim()
    assert low == -high  # 0 in the middle
    for ending in ("png", "pdf", "svg"):
        figure.savefig(tmp_path / f"training.{ending}")
        assert (tmp_path / f"training.{ending}").stat().st_size > 5_000


def test_what_has_no_training_is_refused():
    env = gym.make("GridWorld-v0")
    with pytest.raises(ValueError, match="must not have learned yet"):
        plotting.training(env, ga.make("sarsa", env, seed=0).learn(5), 10)
    with pytest.raises(ValueError, match="moments"):
        plotting.training(env, ga.make("sarsa", env, seed=0), 10, moments=1)
    with pytest.raises(ValueError, match="model"):
        plotting.training(gym.make("CartPole-v1"), ga.make("sarsa", env, seed=0), 10)
