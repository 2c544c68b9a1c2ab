"""Environments drawn at random, most of them faulty, go through all that is done with one.

Three things must hold. The process lives. What is raised is a ValueError that names the environment, unless the
environment raised it. And a gap that is called exact is not contradicted by playing at 99.9%: a first sample that
contradicts it is followed by a larger one that must agree, so that of 10,000 gaps all of which are right one fails by
chance in about one run of a hundred.
"""

import collections
import os
import tempfile
import traceback
import warnings

import gymnasium as gym
import numpy as np
import odd_environments as odd
import pytest
from gymnasium import spaces, wrappers
from hypothesis import given, settings
from hypothesis import strategies as st

import gridworld_agents as ga
from gridworld_agents.core import stepping
from gridworld_agents.core.spaces import Observations

GAMMA = 0.8
STEPS = 30
HORIZON = 80  # after which what is left of a return of at most 3 a step is below 1e-6
QUANTILE = 3.29  # of the normal distribution, at 99.9%, two-sided
ROUNDING = 1e-5

LEARNERS = ("q-learning", "sarsa", "expected-sarsa", "double-q-learning", "td0", "td-lambda", "mc-epsilon-greedy")
PLANNERS = ("value-iteration", "policy-iteration", "mc-basic", "mc-exploring-starts", "optimal")
OTHERS = ("random", "spsa", "dyna-q", "n-step-sarsa")

seen = collections.Counter()


class World(gym.Env):
    """Plays by tables, and says of itself whatever it was told to.

    Args:
        outcomes: [s][a], lists of (probability, next_state, reward, terminated).
        space: Of observations.
        shown: From a state to the observation.
        first_action: Of a Discrete space.
        faults: What `step` returns instead, by name, once `after` steps were taken.
        first: What `reset` returns instead of an observation, in a list.
        interface: "five" values, "four" as before Gym 0.26, or "bare" resets.
        said: Attributes to set, such as P.
    """

    def __init__(self, outcomes, space, shown, first_action, faults, after, first, interface, said):
        self.outcomes, self.shown, self.first_action = outcomes, shown, first_action
        self.faults, self.after, self.first, self.interface = faults, after, first, interface
        self.observation_space = space
        self.action_space = spaces.Discrete(len(outcomes[0]), start=first_action)
        self.taken = 0
        for name, value in said.items():
            setattr(self, name, value)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.state = 0
        observation = self.first[0] if self.first else self.shown(0)
        return observation if self.interface == "bare" else (observation, {})

    def step(self, action):
        outcomes = self.outcomes[self.state][int(action) - self.first_action]
        k = self.np_random.choice(len(outcomes), p=[outcome[0] for outcome in outcomes])
        _, self.state, r, terminated = outcomes[k]
        self.taken += 1
        parts = {"observation": self.shown(self.state), "reward": r, "terminated": terminated, "truncated": False}
        parts |= {"info": {}} | (self.faults if self.taken > self.after else {})
        if self.interface == "four":
            del parts["truncated"]
        return tuple(parts.values())


class Turned(gym.ActionWrapper):
    def action(self, action):
        start, n = int(self.action_space.start), int(self.action_space.n)
        return start + (action - start + 1) % n


class Doubled(gym.RewardWrapper):
    def reward(self, reward):
        return 2 * reward


class Costly(gym.Wrapper):
    def step(self, action):
        observation, reward, *rest = self.env.step(action)
        return observation, reward - 1, *rest


class Harmless(gym.Wrapper):
    preserves_mdp = True


WRAPPERS = {
    "time limit": lambda env: wrappers.TimeLimit(env, HORIZON),
    "order": wrappers.OrderEnforcing,
    "checker": wrappers.PassiveEnvChecker,
    "statistics": wrappers.RecordEpisodeStatistics,
    "harmless": Harmless,
    "turned": Turned,
    "doubled": Doubled,
    "costly": Costly,
    "absolute": lambda env: wrappers.TransformReward(env, abs),
    "clipped": lambda env: wrappers.ClipReward(env, -1, 1),
}


def shown_as(S):
    """Return spaces that hold S states, and what is shown in each."""
    return {
        "state": (spaces.Discrete(S), int),
        "int64": (spaces.Discrete(S), np.int64),
        "one more": (spaces.Discrete(S + 1), int),
        "late": (spaces.Discrete(S, start=3), lambda s: s + 3),
        "digits": (spaces.MultiDiscrete([3, 2]), lambda s: np.array([s // 2, s % 2])),
        "bits": (spaces.MultiBinary(3), lambda s: np.array([s >> 2 & 1, s >> 1 & 1, s & 1], np.int8)),
        "tuple": (spaces.Tuple((spaces.Discrete(S), spaces.Discrete(2))), lambda s: (s, 1)),
        "dict": (spaces.Dict(s=spaces.Discrete(S), z=spaces.Discrete(1)), lambda s: {"s": s, "z": 0}),
        "box": (spaces.Box(0, S, (2,)), lambda s: np.array([s, 0], np.float32)),
        "too small": (spaces.Discrete(max(1, S - 1)), int),
        "from 1": (spaces.Discrete(S), lambda s: s + 1),
        "negative": (spaces.Discrete(S), lambda s: -s),
        "float": (spaces.Discrete(S), float),
        "text": (spaces.Discrete(S), str),
        "array": (spaces.Discrete(S), lambda s: np.array([s])),
        "short": (spaces.MultiDiscrete([3, 2]), lambda s: np.array([s // 2])),
        "aliased": (spaces.Discrete(S), lambda s: s // 2),
    }


def listed_as(outcomes):
    """Return P in right and in odd forms."""
    S, A = len(outcomes), len(outcomes[0])
    P = {s: dict(enumerate(row)) for s, row in enumerate(outcomes)}

    def changed(change):
        return {s: {a: [change(*outcome) for outcome in row[a]] for a in row} for s, row in P.items()}

    return {
        "dict": P,
        "lists": outcomes,
        "rows": changed(lambda *outcome: np.array(outcome, float)),
        "from 1": {s + 1: row for s, row in P.items()},
        "texts": {str(s): row for s, row in P.items()},
        "array": np.full((S, A, S), 1 / S),
        "3-tuples": changed(lambda p, s, r, _: (p, s, r)),
        "between": changed(lambda p, s, r, end: (p, s + 0.5, r, end)),
        "text states": changed(lambda p, s, r, end: (p, str(s), r, end)),
        "text ends": changed(lambda p, s, r, end: (p, s, r, str(end))),
        "nan": changed(lambda _, s, r, end: (float("nan"), s, r, end)),
        "half": changed(lambda p, s, r, end: (p / 2, s, r, end)),
        "beyond": changed(lambda p, s, r, end: (p, s + S, r, end)),
        "missing": P | {S - 1: {}},
        "text": "P",
        "number": 3,
    }


FAULTS = st.one_of(
    st.sampled_from([("reward", r) for r in odd.REWARDS]),
    st.sampled_from([(name, flag) for name in ("terminated", "truncated") for flag in odd.FLAGS]),
    st.sampled_from([("info", info) for info in odd.INFOS]),
    st.sampled_from([("observation", value) for _, value in odd.OUTSIDE]),
)


@st.composite
def tables(draw):
    S, A = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    rewards = st.sampled_from((-1.0, 0.0, 0.5, 1.0, 2.0))

    def outcomes():
        weights = draw(st.sampled_from(((1.0,), (0.5, 0.5), (0.75, 0.25), (0.5, 0.25, 0.25))))
        return [(p, draw(st.integers(0, S - 1)), draw(rewards), draw(st.integers(0, 3)) == 0) for p in weights]

    return [[outcomes() for _ in range(A)] for _ in range(S)]


def is_in(space, observation):
    try:
        Observations.of(space).check(observation)
    except ValueError:
        return False
    return True


@st.composite
def worlds(draw):
    """Draw a function that makes an environment, and what it has."""
    outcomes = draw(tables())
    S = len(outcomes)
    often = st.integers(0, 3).map(bool)
    kinds = shown_as(S)
    shown = "state" if draw(often) else draw(st.sampled_from(sorted(kinds)))
    space, show = kinds[shown]
    faults = {} if draw(often) else dict([draw(FAULTS)])
    if "observation" in faults and is_in(space, faults["observation"]):
        faults = {}  # which is no fault
    first = [] if draw(often) or draw(often) else [draw(st.sampled_from(odd.OUTSIDE))[1]]
    first = [one for one in first if not is_in(space, one)]
    interface = "five" if draw(often) or draw(often) else draw(st.sampled_from(("four", "bare")))
    forms = listed_as(outcomes)
    form = "dict" if draw(st.booleans()) else draw(st.sampled_from(("none", *sorted(forms))))
    said = {} if form == "none" else {"P": forms[form], "initial_state_distrib": np.eye(S)[0]}
    around = draw(st.lists(st.sampled_from(sorted(WRAPPERS)), max_size=2, unique=True))
    after, first_action, registered = draw(st.integers(0, 10)), draw(st.sampled_from((0, 0, 0, 2))), draw(st.booleans())

    def make():
        made = World(outcomes, space, show, first_action, faults, after, first, interface, said)
        if registered:
            gym.register("World-v0", lambda: made, max_episode_steps=HORIZON)
            try:
                made = gym.make("World-v0")
            finally:
                del gym.registry["World-v0"]
        for wrapper in around:
            made = WRAPPERS[wrapper](made)
        return made

    return make, (shown, form, interface, tuple(faults), bool(first), tuple(around))


def played(env, agent, episodes, seed):
    """Return the discounted returns of episodes played by an agent's deterministic policy: (episodes,)."""
    known = stepping.observations_of(env)
    returns = np.zeros(episodes)
    by_chance = getattr(agent, "stochastic", False)
    for i in range(episodes):
        observation, _ = stepping.reset(env, seed if i == 0 else None)
        for t in range(HORIZON):
            stepping.check_observation(env, known, observation)
            action, _ = agent.predict(observation, deterministic=not by_chance)
            observation, r, terminated, truncated, _ = stepping.step(env, action)
            returns[i] += GAMMA**t * r
            if terminated or truncated:
                break
    return returns


def contradicts(value, returns):
    error = QUANTILE * returns.std(ddof=1) / np.sqrt(len(returns)) + ROUNDING
    return abs(returns.mean() - value) > error


def judged(env, agent):
    judge = ga.Judge(env, GAMMA)
    value = judge.value(agent)
    assert judge.gap(agent) > -ROUNDING
    seen["gaps called exact"] += 1
    for episodes, seed in ((40, 1), (3000, 2)):
        if not contradicts(value, played(env, agent, episodes, seed)):
            return
        seen["gaps played again"] += 1
    raise AssertionError(f"the value {value} of {agent.id} is called exact, and playing contradicts it")


def all_that_is_done(make, agent_id, path):
    """Go through make, learn, save, load, predict, evaluate and Judge."""
    env = make()
    agent = ga.make(agent_id, env, seed=0, **({"gamma": GAMMA} if agent_id != "random" else {}))
    agent.learn(STEPS)
    agent.save(path)
    agent = ga.load(path, env).learn(STEPS, reset_num_timesteps=False)
    ga.evaluate(agent, env, 2, seed=0, max_steps=HORIZON)
    seen["whole"] += 1
    judged(env, agent)


def is_own(error):
    """Return whether it was raised by an environment or wrapper of this file, in whatever was called last."""
    last = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
    return last.f_code.co_filename == __file__ and isinstance(last.f_locals.get("self"), gym.Env)


def check(world, agent_id):
    make, what = world
    seen["environments"] += 1
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.filterwarnings("ignore", message=r".*(WARN|DEPRECATION): ", append=False)  # of Gymnasium's checker
        try:
            all_that_is_done(make, agent_id, f"{folder}/agent.zip")
        except AssertionError:
            raise
        except Exception as error:
            if is_own(error):
                seen["raised by the environment"] += 1
                return
            seen["refused"] += 1
            if not isinstance(error, ValueError) or "World" not in str(error) or len(str(error)) > 2000:
                raise AssertionError(f"{type(error).__name__} is no error of ours that names World: {what}") from error


@pytest.mark.parametrize("agent_id", ["q-learning", "value-iteration"])
def test_a_few_environments_at_random(agent_id):
    settings(max_examples=25, deadline=None, database=None, derandomize=True)(given(worlds())(check_with(agent_id)))()


def check_with(agent_id):
    def run(world):
        check(world, agent_id)

    return run


@pytest.mark.slow
def test_10_000_environments_at_random():
    """`FUZZ_EXAMPLES` takes fewer."""
    examples = int(os.environ.get("FUZZ_EXAMPLES", "10000"))
    agents = st.sampled_from((*LEARNERS, *PLANNERS, *OTHERS))
    seen.clear()
    settings(max_examples=examples, deadline=None, database=None)(given(worlds(), agents)(check))()
    print(dict(seen))  # noqa: T201 - what `pytest -s` shows
    assert seen["environments"] >= examples * 0.9
