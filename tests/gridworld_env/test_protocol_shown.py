"""What an environment says that it shows in its states is checked wherever it is read."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

import gridworld_agents as ga
from gridworld_agents.evaluation.judge import Judge, judge_or_reason, why_not_exact
from gridworld_env import TabularMDP, protocol
from gridworld_env.registration import TABLE

PAIR = spaces.Dict(row=spaces.Discrete(3), view=spaces.Box(0, 1, (2,)))
BOTH = spaces.Tuple((spaces.Discrete(3, start=1), spaces.MultiBinary(2)))


class Telling(gym.Env):
    """Three cells in a ring, a space, and a function that tells what is shown in states (N,)."""

    action_space = spaces.Discrete(2)

    def __init__(self, space, tell):
        self.observation_space, self.tell = space, tell
        self.mdp = TabularMDP.from_transitions(
            [[[(1.0, (s + a) % 3, 1.0, False)] for a in range(2)] for s in range(3)], (1, 0, 0)
        )

    def observe_states(self, states):
        return self.tell(np.asarray(states))

    def _now(self):
        shown = self.tell(np.array([self.cell]))
        if isinstance(shown, dict):
            return {name: part[0] for name, part in shown.items()}
        return tuple(part[0] for part in shown) if isinstance(shown, tuple) else shown[0]

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.cell = 0
        return self._now(), {}

    def step(self, action):
        self.cell = int(self.mdp.next_state[self.cell, action, 0])
        return self._now(), 1.0, False, False, {}


def raising(states):
    raise KeyError(int(states[0]))


RIGHT = {
    "numbers": (spaces.Discrete(3), lambda s: s),
    "numbers from 1": (spaces.Discrete(3, start=1), lambda s: s + 1),
    "integers": (spaces.MultiDiscrete([3, 2]), lambda s: np.stack([s, s % 2], axis=1)),
    "bits": (spaces.MultiBinary(2), lambda s: np.stack([s > 0, s > 1], axis=1)),
    "a box": (spaces.Box(0, 1, (2,)), lambda s: np.stack([s, -s], axis=1).astype(np.float32)),
    "a dict": (PAIR, lambda s: {"row": s, "view": np.zeros((len(s), 2), np.float32)}),
    "a tuple": (BOTH, lambda s: (s + 1, np.zeros((len(s), 2), np.int8))),
}
WRONG = {
    "numbers beyond": (spaces.Discrete(3), lambda s: s + 1, "got .*3.* in row"),
    "numbers below": (spaces.Discrete(3, start=1), lambda s: s, "got .*0.* in row"),
    "floats": (spaces.Discrete(3), lambda s: s + 0.0, "float64 where an integer"),
    "texts": (spaces.Discrete(3), lambda s: s.astype(str), "where an integer"),
    "one too few": (spaces.Discrete(3), lambda s: s[1:], "not of shape"),
    "a number": (spaces.Discrete(3), lambda _s: 1, "not of shape"),
    "nothing": (spaces.Discrete(3), lambda _s: None, "not of shape"),
    "rows of many lengths": (spaces.Discrete(3), lambda _s: [[1], [1, 2]], r"got \[\[1\]"),
    "one axis too many": (spaces.Discrete(3), lambda s: s[:, None], "not of shape"),
    "an axis too few": (spaces.MultiDiscrete([3, 2]), lambda s: s, "not of shape"),
    "another integer": (spaces.MultiDiscrete([3, 2]), lambda s: np.stack([s, s], axis=1), r"got array\(\[2, 2\]"),
    "no bits": (spaces.MultiBinary(2), lambda s: np.stack([s, s], axis=1), r"got array\(\[2, 2\]"),
    "nan": (spaces.Box(0, 1, (1,)), lambda s: np.where(s[:, None] == 2, np.nan, 0.0), "got .*nan"),
    "texts in a box": (spaces.Box(0, 1, (1,)), lambda s: s[:, None].astype(str), "where float32"),
    "no dict": (PAIR, lambda s: s, r"dict of \['row', 'view'\]"),
    "a key too few": (PAIR, lambda s: {"row": s}, r"dict of \['row', 'view'\]"),
    "a part of a dict": (PAIR, lambda s: {"row": s + 7, "view": np.zeros((len(s), 2))}, "got .*7"),
    "no tuple": (BOTH, lambda s: [s, s], "tuple of 2"),
    "a part of a tuple": (BOTH, lambda s: (s + 1, np.full((len(s), 2), 2)), r"got array\(\[2, 2\]\)"),
    "an error": (spaces.Discrete(3), raising, "raised KeyError"),
}


@pytest.mark.parametrize(("space", "tell"), RIGHT.values(), ids=RIGHT)
def test_what_is_in_the_space_passes_as_it_is(space, tell):
    env = Telling(space, tell)
    shown, expected = protocol.observe_states(env, np.arange(3)), tell(np.arange(3))
    assert str(shown) == str(expected)
    assert Judge(env, 0.9).optimum == pytest.approx(10)


@pytest.mark.parametrize(("space", "tell", "told"), WRONG.values(), ids=WRONG)
def test_what_is_not_is_refused_with_the_environment_and_the_reason(space, tell, told):
    env = Telling(space, tell)
    with pytest.raises(ValueError, match=f"observe_states of .*Telling.*{told}"):
        protocol.observe_states(env, np.arange(3))
    judge, reason = judge_or_reason(env, 0.9)
    assert judge is None
    assert "Telling" in reason
    assert "Telling" in why_not_exact(env) or space == spaces.Discrete(3)


def test_training_goes_on_without_a_gap_where_a_state_that_is_never_met_shows_what_is_not_there():
    env = Telling(spaces.Discrete(3), lambda s: np.where(s == 2, 9, s))
    there, back = [(1.0, 1, 1.0, False)], [(1.0, 0, 1.0, False)]
    env.mdp = TabularMDP.from_transitions([[back, there], [back, back], [back, back]], (1, 0, 0))
    assert ga.make("q-learning", env, seed=0).learn(50).num_timesteps == 50
    judge, reason = judge_or_reason(env, 0.9)
    assert judge is None
    assert "observe_states of" in reason


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.id)
@pytest.mark.parametrize("kind", ["state", "position", "grid", "local"])
def test_what_ours_show_is_in_their_spaces(one, kind):
    env = gym.make(one.id, observation=kind, **({"num_layouts": 2} if one.id == "GridWorld/Random-v0" else {}))
    states = np.arange(env.unwrapped.mdp.num_states)[:500]
    protocol.observe_states(env, states)
    assert protocol.mask_states(env, states).shape == (len(states), env.action_space.n)


def test_masks_are_bools_of_every_action():
    env = Telling(spaces.Discrete(3), lambda s: s)
    assert protocol.mask_states(env, np.arange(3)) is None
    for masks in (np.ones((3, 2)), np.ones((3, 3), bool), np.ones(3, bool), None):
        env.mask_states = lambda _states, masks=masks: masks
        with pytest.raises(ValueError, match=r"mask_states of .*Telling"):
            protocol.mask_states(env, np.arange(3))
