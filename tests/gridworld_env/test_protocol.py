"""What an environment says of itself, and what agents make of it: strangers' environments, subclasses and wrappers."""

import abc
import json

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces, wrappers
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from gymnasium.utils.env_checker import check_env

import gridworld_agents as ga
from gridworld_agents.core.checkpoint import flatten
from gridworld_agents.evaluation.judge import Judge
from gridworld_env import TabularMDP, oracle, protocol
from gridworld_env.envs.grid_world import GridWorldEnv

SLIPPERY = [
    [[(0.8, 0, 0.0, False), (0.2, 1, 0.0, False)], [(0.7, 1, 0.0, False), (0.3, 0, 0.0, False)]],
    [[(1.0, 0, -0.1, False)], [(0.6, 2, 1.0, True), (0.4, 1, 0.0, False)]],
    [[(1.0, 2, 0.0, True)], [(1.0, 2, 0.0, True)]],
]


class Stranger(gym.Env):
    """Inherits nothing of ours: a corridor of three cells, walked through by its tables."""

    samples_tables = True

    def __init__(self, P=SLIPPERY, initial=(0.5, 0.5, 0), shown=None):
        self.mdp = TabularMDP.from_transitions(P, initial)
        self.observation_space = spaces.Discrete(self.mdp.num_states)
        self.action_space = spaces.Discrete(self.mdp.num_actions)
        self.cell = None
        self.shown = np.arange(self.mdp.num_states) if shown is None else shown  # (S, ...)

    def observe_states(self, states):
        return self.shown[states]

    def reset(self, *, seed=None, options=None):
        gym.Env.reset(self, seed=seed, options=options)
        self.cell = self.mdp.sample_start(self.np_random)
        return self.shown[self.cell], {}

    def step(self, action):
        self.cell, r, terminated = self.mdp.sample(self.cell, action, self.np_random)
        return self.shown[self.cell], r, terminated, False, {}

    def get_state(self):
        return self.cell

    def set_state(self, state):
        if state not in range(2):
            raise ValueError(f"no episode can be in {state!r}")
        self.cell = state


class Noted(gym.Wrapper):
    """A wrapper that nobody knows: it might do anything."""


class Declared(Noted):
    preserves_mdp = True


class DoesMore(Declared):
    """What a parent says is no word about a class."""


class Costly(Stranger):
    """Pays other rewards than its tables say."""

    def step(self, action):
        s_next, r, *rest = super().step(action)
        return s_next, r - 1, *rest


class ElsewhereFirst(Stranger):
    def reset(self, **arguments):
        super().reset(**arguments)
        self.cell = 0
        return 0, {}


class CostlyGrid(GridWorldEnv):
    def step(self, action):
        s_next, r, *rest = super().step(action)
        return s_next, r - 1, *rest


class CostlyLake(FrozenLakeEnv):
    def step(self, a):
        s_next, r, *rest = super().step(a)
        return s_next, r - 1, *rest


class OtherModel(GridWorldEnv):
    @property
    def mdp(self):
        return TabularMDP.from_transitions(SLIPPERY, (1, 0, 0))


class ModelOfItsOwn(GridWorldEnv):
    """Pays less, and says so: the model, which steps read, is its own."""

    @property
    def mdp(self):
        old = self.world.mdp
        return TabularMDP(old.next_state, old.probability, old.reward - 1, old.terminated, old.initial)

    def step(self, action):
        return super().step(action)

    def reset(self, **arguments):
        return super().reset(**arguments)


def limited(env, steps=20):
    return wrappers.TimeLimit(wrappers.OrderEnforcing(env), steps)


def trained_state(agent):
    arrays = {name: array.tolist() for name, array in flatten(agent.trees()).items()}
    return arrays, agent.env_state, agent.rng.bit_generator.state


def test_a_strangers_environment_is_whole():
    env = Stranger()
    check_env(env, skip_render_check=True)
    assert isinstance(env, protocol.ExactModel)
    assert isinstance(env, protocol.RestorableState)
    assert not isinstance(env, protocol.Drawable)
    assert not isinstance(gym.make("FrozenLake-v1").unwrapped, protocol.ExactModel)


@pytest.mark.parametrize("agent_id", ["q-learning", "sarsa", "mc-epsilon-greedy", "dyna-q"])
def test_a_strangers_environment_is_learned_compiled_to_the_bits_of_stepping(agent_id):
    compiled = ga.make(agent_id, limited(Stranger()), seed=3)
    stepped = ga.make(agent_id, wrappers.RecordEpisodeStatistics(limited(Stranger())), seed=3)
    assert (compiled.compiled, stepped.compiled) == (True, False)
    for agent in (compiled, stepped):
        agent.learn(700).learn(305, reset_num_timesteps=False)
    assert trained_state(compiled) == trained_state(stepped)
    for env in (compiled.env, stepped.env):  # both are where the learning left them
        assert (env.unwrapped.cell, protocol.elapsed_steps(env)) == (compiled.env_state["state"], compiled.run.elapsed)
        env.step(0)


@pytest.mark.parametrize("wrap", [limited, lambda env: wrappers.RecordEpisodeStatistics(limited(env))])
def test_a_run_on_a_strangers_environment_is_resumed_exactly(wrap, tmp_path):
    whole = ga.make("sarsa", wrap(Stranger()), seed=5).learn(1000)
    agent = ga.make("sarsa", wrap(Stranger()), seed=5)
    for steps in (1, 333, 666):
        agent.learn(steps, reset_num_timesteps=False).save(tmp_path / "a.zip")
        agent = ga.load(tmp_path / "a.zip", wrap(Stranger()))
    assert trained_state(agent) == trained_state(whole)


@pytest.mark.parametrize("env_id", ["LinearQuadratic-v0", "ContinuousGridWorld-v0", "GridWorld-v0"])
def test_a_policy_search_is_resumed_within_an_episode(env_id, tmp_path):
    whole = ga.make("spsa", gym.make(env_id), seed=5).learn(600)
    agent = ga.make("spsa", gym.make(env_id), seed=5).learn(237)
    agent.save(tmp_path / "a.zip")
    agent = ga.load(tmp_path / "a.zip", gym.make(env_id)).learn(363, reset_num_timesteps=False)
    assert agent.recent_episodes() == whole.recent_episodes()
    one, other = (flatten(each.trees()) for each in (agent, whole))
    assert {name: array.tolist() for name, array in one.items()} == {name: x.tolist() for name, x in other.items()}


def test_a_strangers_environment_is_judged_and_planned_exactly():
    env = limited(Stranger())
    mdp = protocol.exact_model(env)
    assert mdp is env.unwrapped.mdp
    judge = Judge(env, 0.9)
    assert judge.gap(ga.make("optimal", env, gamma=0.9)) == pytest.approx(0, abs=1e-12)
    assert judge.gap(ga.make("value-iteration", env, gamma=0.9).learn(300)) == pytest.approx(0, abs=1e-12)
    uniform = oracle.evaluate(mdp, np.full((3, 2), 0.5), gamma=0.9)
    assert judge.value(ga.make("random", env)) == pytest.approx(mdp.initial @ uniform, abs=1e-12)


def test_what_a_stranger_shows_in_each_state_reaches_the_agent():
    class Coded(Stranger):
        """Shows each state as two bits."""

        def __init__(self):
            super().__init__(shown=np.array([[0, 0], [0, 1], [1, 0]], np.int8))
            self.observation_space = spaces.MultiBinary(2)

        def mask_states(self, states):
            return np.stack([np.asarray(states) != 0, np.ones(len(states), bool)], axis=1)

    env, seen = Coded(), {}

    class Asked:
        def predict(self, observations, deterministic, action_masks):  # noqa: ARG002 - an agent's signature
            seen["observations"], seen["masks"] = observations.tolist(), action_masks.tolist()
            return np.ones(len(observations), int), None

    assert not protocol.is_plain(env)
    Judge(env, 0.9).value(Asked())
    assert seen == {"observations": [[0, 0], [0, 1], [1, 0]], "masks": [[False, True], [True, True], [True, True]]}


REFUSED = [
    (lambda: Noted(Stranger()), "Noted"),
    (lambda: DoesMore(Stranger()), "DoesMore"),
    (lambda: Noted(gym.make("GridWorld-v0")), "Noted"),
    (lambda: wrappers.TransformReward(gym.make("FrozenLake-v1"), abs), "TransformReward"),
    (lambda: wrappers.Autoreset(Stranger()), "Autoreset"),
    (lambda: wrappers.StickyAction(Stranger(), 0.1), "StickyAction"),
    (Costly, "Costly overrides step of Stranger"),
    (ElsewhereFirst, "ElsewhereFirst overrides reset of Stranger"),
    (CostlyGrid, "TabularEnv, and step in CostlyGrid"),
    (lambda: limited(CostlyLake()), "CostlyLake overrides step of FrozenLakeEnv"),
    (OtherModel, "OtherModel, and step in TabularEnv"),
]


@pytest.mark.parametrize(("make_env", "named"), REFUSED, ids=[named.replace(" ", "_") for _, named in REFUSED])
def test_exact_is_not_said_of_what_may_be_another_environment(make_env, named):
    env = make_env()
    assert not protocol.is_plain(env)
    with pytest.raises(ValueError, match=f"may be that of another environment: .*{named}"):
        protocol.exact_model(env)
    with pytest.raises(ValueError, match=named):
        Judge(env, 0.9)
    with pytest.raises(ValueError, match=named):
        ga.make("value-iteration", env)
    agent = ga.make("q-learning", env, seed=0)
    assert not agent.compiled
    if "Autoreset" not in named:  # which resets by steps of its own
        agent.learn(50)


def test_a_step_that_was_replaced_on_the_instance_is_seen():
    env = gym.make("GridWorld-v0")
    assert protocol.is_plain(env)
    walk = env.unwrapped.step
    env.unwrapped.step = lambda action: walk(4 - action)
    assert not protocol.is_plain(env)
    assert not protocol.can_restore(env)
    with pytest.raises(ValueError, match="step of this GridWorldEnv has been replaced"):
        protocol.exact_model(env)


HARMLESS = [
    lambda env: wrappers.TimeLimit(env, 9),
    wrappers.OrderEnforcing,
    wrappers.PassiveEnvChecker,
    wrappers.RecordEpisodeStatistics,
    Declared,
]


@pytest.mark.parametrize("make_env", [Stranger, GridWorldEnv, lambda: FrozenLakeEnv(is_slippery=True), ModelOfItsOwn])
@pytest.mark.parametrize("wrap", HARMLESS)
def test_harmless_wrappers_leave_the_model_exact(make_env, wrap):
    env = wrap(make_env())
    assert protocol.unknown_wrapper(env) is None
    assert protocol.exact_model(env).num_states == env.observation_space.n


def test_harmless_wrappers_that_render_leave_the_model_exact(tmp_path):
    videos = str(tmp_path / "videos")
    env = wrappers.RecordVideo(GridWorldEnv(render_mode="rgb_array"), videos, episode_trigger=lambda _: False)
    for around in (env, wrappers.RenderCollection(GridWorldEnv(render_mode="rgb_array"))):
        assert protocol.exact_model(around).num_states == 25
        assert not protocol.is_plain(around)  # each step is to be recorded
    env.close()


def test_the_monitor_of_stable_baselines3_is_harmless():
    monitor = pytest.importorskip("stable_baselines3.common.monitor")
    assert protocol.unknown_wrapper(monitor.Monitor(Stranger())) is None
    assert protocol.unknown_wrapper(type("Monitor", (monitor.Monitor,), {})(Stranger())) is not None


def test_only_what_make_adds_itself_is_learned_compiled():
    assert protocol.is_plain(gym.make("GridWorld-v0", disable_env_checker=False))
    assert protocol.is_plain(limited(Stranger()))
    assert not protocol.is_plain(wrappers.RecordEpisodeStatistics(Stranger()))
    assert not protocol.is_plain(Declared(Stranger()))
    assert not protocol.is_plain(gym.make("GridWorld-v0", observation="position"))
    assert not protocol.is_plain(gym.make("FrozenLake-v1"))
    assert not protocol.is_plain(gym.make("CartPole-v1"))


@pytest.mark.parametrize("missing", ["samples_tables", "get_state", "set_state", "observe_states"])
def test_compiled_learning_needs_every_part(missing):
    left_out = {missing, "__dict__", "__weakref__"}
    Partial = type("Partial", (gym.Env,), {name: x for name, x in vars(Stranger).items() if name not in left_out})
    env = Partial()
    env.reset(seed=0)
    assert protocol.exact_model(env) is env.mdp
    assert protocol.can_restore(env) == (missing not in {"get_state", "set_state"})
    assert protocol.is_plain(env) == (missing == "observe_states")  # without it, what is shown is the state


def test_a_method_that_was_abstract_is_defined_and_one_that_was_not_is_overridden():
    class Turning(gym.Env):
        observation_space, action_space = spaces.Discrete(2), spaces.Discrete(1)
        initial_state_distrib = np.array([1.0, 0.0])

        @property
        @abc.abstractmethod
        def pay(self):
            raise NotImplementedError

        @property
        def P(self):  # noqa: N802 - Gymnasium's name
            return {s: {0: [(1.0, 1 - s, self.pay, False)]} for s in range(2)}

        def reset(self, *, seed=None, options=None):
            gym.Env.reset(self, seed=seed, options=options)
            self.cell = 0
            return 0, {}

        def step(self, action):
            self.cell = 1 - self.cell + action
            return self.cell, self.pay, False, False, {}

    class Paid(Turning):
        pay = property(lambda _env: 2.0)

    class PaidOtherwise(Paid):
        pay = property(lambda _env: 3.0)

    assert oracle.evaluate(protocol.exact_model(Paid()), np.ones((2, 1)), gamma=0.5).tolist() == [4, 4]
    with pytest.raises(ValueError, match="PaidOtherwise overrides pay of Paid, which steps may use"):
        protocol.exact_model(PaidOtherwise())


def test_a_model_without_what_is_shown_is_exact_only_where_the_state_is_shown():
    class Shifted(FrozenLakeEnv):
        def __init__(self):
            super().__init__()
            self.observation_space = spaces.Discrete(16, start=1)

    class Bounded(FrozenLakeEnv):
        def __init__(self):
            super().__init__()
            self.observation_space = spaces.Box(0, 1, (2,))

    for env in (Shifted(), Bounded()):
        with pytest.raises(ValueError, match=r"FrozenLakeEnv|Shifted|Bounded.*observe_states"):
            protocol.exact_model(env)


@pytest.mark.parametrize(
    "env_id", ["GridWorld-v0", "GridWorld/Random-v0", "ContinuousGridWorld-v0", "LinearQuadratic-v0"]
)
def test_a_saved_state_goes_on_to_the_same_bits(env_id):
    env, other = gym.make(env_id), gym.make(env_id)
    env.action_space.seed(1)
    env.reset(seed=7)
    actions = [env.action_space.sample() for _ in range(12)]
    for action in actions[:3]:
        env.step(action)
    saved = json.loads(json.dumps(protocol.save_state(env)))
    clock = protocol.elapsed_steps(env)
    assert clock == 3
    assert protocol.set_state(other, saved["state"], clock)
    protocol.set_rng_state(other.unwrapped.np_random, saved["rng_state"])
    assert protocol.is_in_state(other, saved, clock)
    assert not protocol.is_in_state(other, saved, clock + 1)
    for action in actions[3:]:
        one, two = env.step(action), other.step(action)
        np.testing.assert_array_equal(one[0], two[0])
        assert one[1:4] == two[1:4]
    assert protocol.save_state(env) == protocol.save_state(other)


@pytest.mark.parametrize(
    ("env_id", "state"),
    [
        ("GridWorld-v0", 17),  # the target, where every episode has ended
        ("GridWorld-v0", 25),
        ("GridWorld-v0", "here"),
        ("ContinuousGridWorld-v0", [1e9, 0.0, 0.0, 0.0]),
        ("ContinuousGridWorld-v0", [float("nan")] * 4),
        ("ContinuousGridWorld-v0", [0.5, 0.5, 1e3, 0.0]),
        ("ContinuousGridWorld-v0", [0.5, 0.5]),
        ("LinearQuadratic-v0", [0.0]),
        ("LinearQuadratic-v0", [float("inf"), 0.0]),
    ],
)
def test_a_state_that_no_episode_can_be_in_is_refused_and_an_episode_begins(env_id, state):
    env = gym.make(env_id)
    env.reset(seed=0)
    before = protocol.rng_state(env.unwrapped.np_random)
    with pytest.raises(ValueError, match=r"start|state"):
        env.unwrapped.set_state(state)
    assert not protocol.set_state(env, state, 5)
    assert protocol.rng_state(env.unwrapped.np_random) == before
    assert protocol.elapsed_steps(env) == 0
    env.step(env.action_space.sample())


def test_of_what_cannot_be_restored_only_the_generator_is_saved():
    env = gym.make("FrozenLake-v1")
    env.reset(seed=0)
    assert not protocol.can_restore(env)
    assert protocol.save_state(env) == {"state": None, "rng_state": env.unwrapped.np_random.bit_generator.state}
    env.unwrapped.np_random = np.random.Generator(np.random.MT19937(0))
    assert protocol.save_state(env)["rng_state"] == {}


def test_layers_and_clocks():
    env = wrappers.TimeLimit(Noted(wrappers.TimeLimit(GridWorldEnv(), 30)), 20)
    assert [type(layer).__name__ for layer in protocol.layers(env)] == [
        "TimeLimit",
        "Noted",
        "TimeLimit",
        "GridWorldEnv",
    ]
    assert protocol.unknown_wrapper(env) is env.env
    assert (protocol.time_limit(env), protocol.time_limit(GridWorldEnv())) == (20, protocol.NO_LIMIT)
    assert protocol.elapsed_steps(env) is None
    env.reset(seed=0)
    assert protocol.elapsed_steps(env) == 0
    assert protocol.set_state(env, 0, 19)
    assert env.step(4)[3]  # the 20th step


@pytest.mark.parametrize("initial", [(1, 0, 0), (0.25, 0.75, 0)])
def test_samples_of_a_model_come_as_often_as_they_should(initial):
    mdp = TabularMDP.from_transitions(SLIPPERY, initial)
    rng = np.random.default_rng(0)
    n = 4000
    starts = np.bincount([mdp.sample_start(rng) for _ in range(n)], minlength=3) / n
    np.testing.assert_allclose(starts, initial, atol=0.04)  # 5 standard errors
    s_next, r, terminated = zip(*(mdp.sample(1, 1, rng) for _ in range(n)), strict=True)
    assert np.mean(np.array(s_next) == 2) == pytest.approx(0.6, abs=0.04)
    assert set(zip(s_next, r, terminated, strict=True)) == {(2, 1.0, True), (1, 0.0, False)}
    for s, a in ((-1, 0), (3, 0), (0, 2), (0, -1)):
        with pytest.raises(ValueError, match="got state"):
            mdp.sample(s, a, rng)


def test_a_deterministic_model_draws_nothing():
    mdp = TabularMDP.from_transitions([[[(1.0, 0, 2.0, False)]]], [1.0])
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    assert (mdp.sample_start(rng), mdp.sample(0, 0, rng)) == (0, (0, 2.0, False))
    assert rng.bit_generator.state == before
