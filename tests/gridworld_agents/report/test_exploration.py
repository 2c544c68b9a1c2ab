"""A report tells where agents end that value their own exploring, in numbers that the oracle has."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.report.exploration import exploration_notes
from gridworld_env import TabularMDP, oracle

GAMMA = 0.9


def compared(folder, *agents, env="GridWorld-v0"):
    choices = [
        {"id": agent_id, "label": f"{agent_id} {i}", "hyper_parameters": given}
        for i, (agent_id, given) in enumerate(agents)
    ]
    return ga.compare(choices, [env], out=folder, seeds=2, steps=200, gamma=GAMMA, jobs=1)


@pytest.mark.parametrize("epsilon", [0.1, 0.3])
def test_the_price_of_exploring_is_told(tmp_path, epsilon):
    found = compared(
        tmp_path / "c", ("sarsa", {"epsilon": epsilon}), ("sarsa", {"epsilon": epsilon, "alpha": "visits"})
    )
    constant, falling = exploration_notes(found, found.suite.envs[0], trust=False)
    mdp = TabularMDP.from_env(gym.make("GridWorld-v0"))
    soft = oracle.epsilon_optimal(mdp, gamma=GAMMA, epsilon=epsilon)
    greedy = oracle.evaluate(mdp, np.eye(5)[soft.policy.argmax(axis=1)], gamma=GAMMA)
    gap = mdp.initial @ (oracle.optimal(mdp, gamma=GAMMA).v - greedy)
    for said, label in ((constant, "sarsa 0"), (falling, "sarsa 1")):
        assert said.startswith(f"{label} values the policy by which it acts")
        assert f"epsilon {epsilon:g}" in said
        assert f"worth {mdp.initial @ soft.v:.4g} from the start while it explores" in said
        assert (f"still {gap:.4g} short of the optimum" in said) == (epsilon == 0.3)
        assert ("and optimal when it explores no more" in said) == (epsilon == 0.1)
    assert "Its step size, 0.1, does not fall" in constant
    assert falling.endswith("Its step sizes, visits, settle there.")


def test_nothing_is_said_of_agents_that_end_at_the_optimum_or_of_others(tmp_path):
    fading = {"epsilon": "linear:1:0:100"}
    found = compared(tmp_path / "c", ("q-learning", {"epsilon": 0.3}), ("sarsa", fading), ("value-iteration", {}))
    assert exploration_notes(found, found.suite.envs[0], trust=False) == []


def test_it_stands_in_the_page(tmp_path):
    pytest.importorskip("plotly")
    from gridworld_agents.report import write

    found = compared(tmp_path / "c", ("mc-epsilon-greedy", {"epsilon": 0.3}))
    assert "0.09969 short of the optimum when it explores no more" in write(found).read_text()
