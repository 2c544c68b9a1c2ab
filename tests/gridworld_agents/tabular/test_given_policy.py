"""A policy is handed over in the same forms to every agent that takes one, whatever the hyper-parameter's name."""

import functools

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.core import registry
from gridworld_env import TabularMDP, oracle


@functools.cache
def nearly_the_best():
    """An environment, and a policy that is soft, as off-policy learning requires: (S, A)."""
    env = gym.make("GridWorld-v0")
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    return env, 0.1 / 5 + 0.9 * np.eye(5)[best.policy.argmax(axis=1)]


def field_of(agent_id):
    return registry.find(agent_id).load().given


@pytest.mark.parametrize("form", ["array", "list", "callable", "path", "text"])
def test_forms_of_a_policy(given_policy_id, form, tmp_path):
    env, pi = nearly_the_best()
    np.save(tmp_path / "pi.npy", pi)
    forms = {
        "array": pi,
        "list": pi.tolist(),
        "callable": lambda s: pi[s],
        "path": tmp_path / "pi.npy",
        "text": str(tmp_path / "pi.npy"),
    }
    field = field_of(given_policy_id)
    agent = ga.make(given_policy_id, env, seed=0, **{field: forms[form]})
    agent.save(tmp_path / "agent")
    for one in (agent, ga.load(tmp_path / "agent", env)):
        assert np.abs(getattr(one.memory, field) - pi).max() < 1e-15
        assert getattr(one.config, field) == "given"


@pytest.mark.parametrize("wrong", ["given", "unifrom", "no-such-file.npy", 3, None])
def test_what_is_no_policy_is_refused_by_the_name_of_its_field(given_policy_id, wrong):
    env, _ = nearly_the_best()
    field = field_of(given_policy_id)
    with pytest.raises(ValueError, match=rf"^{field} (must be|cannot be read from)"):
        ga.make(given_policy_id, env, **{field: wrong})
