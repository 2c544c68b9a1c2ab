"""What is listed of our agents is what they declare, and what they declare is true."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

import gridworld_agents as ga
from gridworld_agents.core.about import FAMILIES, about, about_ours, family, first_sentence

OURS = [spec.id for spec in ga.specs() if spec.ours]
SPACES = {
    "Discrete": spaces.Discrete(3),
    "MultiDiscrete": spaces.MultiDiscrete([2, 3]),
    "Box": spaces.Box(-1, 1, (2,), np.float32),
}
OBSERVATIONS = {"finite": {"Discrete", "MultiDiscrete"}, "any": set(SPACES)}
ACTIONS = {
    "Discrete": {"Discrete"},
    "Box": {"Box"},
    "Discrete or Box": {"Discrete", "Box"},
    "finite": {"Discrete", "MultiDiscrete"},
    "any": set(SPACES),
}


class Still(gym.Env):
    """Shows the same for ever, in any pair of spaces, and gives no model."""

    def __init__(self, observations, actions):
        self.observation_space, self.action_space = observations, actions

    def reset(self, *, seed=None, options=None):  # noqa: ARG002
        super().reset(seed=seed)
        return self.seen(), {}

    def step(self, action):  # noqa: ARG002
        return self.seen(), 0.0, False, False, {}

    def seen(self):
        zero = np.zeros(self.observation_space.shape, self.observation_space.dtype)
        return int(zero) if isinstance(self.observation_space, spaces.Discrete) else zero

    def action_masks(self):
        return np.ones(int(getattr(self.action_space, "n", 5)), bool)


@pytest.mark.parametrize("agent_id", OURS)
def test_what_is_kept_is_what_the_agent_declares(agent_id):
    """If this fails, `make api` writes the file anew."""
    kept = about_ours()
    spec = ga.spec(agent_id)
    assert set(kept) == set(OURS)
    assert family(spec) in FAMILIES
    if spec.problem() is None:
        assert kept[agent_id] == about(spec.load())
    assert 10 < len(kept[agent_id].summary) <= 75
    assert kept[agent_id].observations in OBSERVATIONS
    assert kept[agent_id].actions in ACTIONS


def takes(agent_id, env):
    try:
        ga.make(agent_id, env, seed=0)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("agent_id", OURS)
def test_agents_take_the_spaces_that_they_declare_and_no_others(agent_id):
    spec = ga.spec(agent_id)
    if spec.problem() is not None:
        pytest.skip(spec.problem())
    said = about_ours()[agent_id]
    if said.needs_model:
        assert takes(agent_id, gym.make("GridWorld-v0"))
        assert not takes(agent_id, Still(SPACES["Discrete"], SPACES["Discrete"]))
        return
    taken = {(seen, done) for seen, o in SPACES.items() for done, a in SPACES.items() if takes(agent_id, Still(o, a))}
    expected = {(seen, done) for seen in OBSERVATIONS[said.observations] for done in ACTIONS[said.actions]}
    assert taken == expected


def test_the_first_sentence():
    def documented(text):
        return type("Thing", (), {"__doc__": text})

    assert first_sentence(documented("PPO (Schulman et al. 2017). More.")) == "PPO (Schulman et al. 2017)"
    assert first_sentence(documented("Two\n    lines of :class:`a.B`.\n\n    More.")) == "Two lines of a.B"
    assert first_sentence(documented(None)) == ""
    assert first_sentence(type("Heir", (documented("Not its own."),), {})) == ""
