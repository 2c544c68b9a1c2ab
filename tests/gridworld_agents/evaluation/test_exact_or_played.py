"""Exact is said only of what is stepped: under every wrapper of Gymnasium, of subclasses, and of replaced methods.

Where it is said, playing must not contradict it; where it is not, the reason names the wrapper, class or method.
"""

import contextlib
import io
import math

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces, wrappers
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from gymnasium.wrappers import vector

import gridworld_agents as ga
from gridworld_agents.comparison import read, table
from gridworld_agents.evaluation.judge import Judge, judge_for, judge_or_reason
from gridworld_agents.evaluation.playing import evaluate
from gridworld_agents.stochastic.convergence import convergence_rate
from gridworld_env import oracle, protocol
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.envs.grid_world import GridWorldEnv

GAMMA = 0.9
BOX = spaces.Box(-1, 1, (1,), np.float32)


def lake(**arguments):
    return gym.make("FrozenLake-v1", **arguments)


def pictures():
    return lake(render_mode="rgb_array")


def as_box(env):
    return wrappers.TransformObservation(env, lambda s: np.float32([s / 16]), spaces.Box(0, 1, (1,), np.float32))


def as_image(env):
    return wrappers.TransformObservation(
        env, lambda s: np.full((8, 8, 3), s, np.uint8), spaces.Box(0, 255, (8, 8, 3), np.uint8)
    )


def as_dict(env):
    return wrappers.TransformObservation(env, lambda s: {"s": s}, spaces.Dict(s=env.observation_space))


def with_box_actions(env):
    return wrappers.TransformAction(env, lambda a: int(a[0] > 0), BOX)


EXACT = {
    "TimeLimit": lambda: wrappers.TimeLimit(lake(), 90),
    "OrderEnforcing": lambda: wrappers.OrderEnforcing(lake()),
    "PassiveEnvChecker": lambda: wrappers.PassiveEnvChecker(lake()),
    "RecordEpisodeStatistics": lambda: wrappers.RecordEpisodeStatistics(lake()),
    "RenderCollection": lambda: wrappers.RenderCollection(lake(render_mode="ansi")),
    "HumanRendering": None,  # opens a window; known to be harmless by its class alone
    "RecordVideo": None,  # writes videos; likewise
}
PLAYED = {
    "Autoreset": lambda: wrappers.Autoreset(lake()),
    "AddRenderObservation": lambda: wrappers.AddRenderObservation(pictures()),
    "AddWhiteNoise": lambda: wrappers.AddWhiteNoise(pictures(), 0.1),
    "ObstructView": lambda: wrappers.ObstructView(pictures(), 0.1, 2),
    "ClipAction": lambda: wrappers.ClipAction(with_box_actions(lake())),
    "ClipReward": lambda: wrappers.ClipReward(lake(), 0, 0.5),
    "DelayObservation": lambda: wrappers.DelayObservation(lake(), 1),
    "DiscretizeAction": lambda: wrappers.DiscretizeAction(with_box_actions(lake()), 4),
    "DiscretizeObservation": lambda: wrappers.DiscretizeObservation(as_box(lake()), 16),
    "DtypeObservation": lambda: wrappers.DtypeObservation(lake(), np.int32),
    "FilterObservation": lambda: wrappers.FilterObservation(as_dict(lake()), ["s"]),
    "FlattenObservation": lambda: wrappers.FlattenObservation(lake()),
    "FrameStackObservation": lambda: wrappers.FrameStackObservation(lake(), 2),
    "GrayscaleObservation": lambda: wrappers.GrayscaleObservation(as_image(lake())),
    "MaxAndSkipObservation": lambda: wrappers.MaxAndSkipObservation(as_image(lake()), 2),
    "NormalizeObservation": lambda: wrappers.NormalizeObservation(as_box(lake())),
    "NormalizeReward": lambda: wrappers.NormalizeReward(lake()),
    "RepeatAction": lambda: wrappers.RepeatAction(lake(), 2),
    "RescaleAction": lambda: wrappers.RescaleAction(with_box_actions(lake()), np.float32(0), np.float32(1)),
    "RescaleObservation": lambda: wrappers.RescaleObservation(as_box(lake()), np.float32(0), np.float32(1)),
    "ReshapeObservation": lambda: wrappers.ReshapeObservation(as_box(lake()), (1, 1)),
    "StickyAction": lambda: wrappers.StickyAction(lake(), 0.5),
    "TimeAwareObservation": lambda: wrappers.TimeAwareObservation(lake()),
    "TransformAction": lambda: wrappers.TransformAction(lake(), lambda a: 3 - a, spaces.Discrete(4)),
    "TransformObservation": lambda: wrappers.TransformObservation(lake(), lambda s: 15 - s, spaces.Discrete(16)),
    "TransformReward": lambda: wrappers.TransformReward(lake(), lambda r: r - 1),
    "JaxToNumpy": None,  # other arrays: these need jax or torch, and are as unknown as any class
    "JaxToTorch": None,
    "NumpyToTorch": None,
    "ArrayConversion": None,
    "AtariPreprocessing": None,  # needs an Atari environment
    "ResizeObservation": None,  # needs OpenCV
}


def test_every_wrapper_of_gymnasium_has_a_case():
    public = {name for name in wrappers.__all__ if name != "vector"}
    assert public == set(EXACT) | set(PLAYED)


def best_of(env):
    """Return the optimal actions of the world beneath, which none of the wrappers asks for."""
    return oracle.optimal(protocol.known_model(env.unwrapped), GAMMA).policy.argmax(axis=1)


class Acts:
    """Takes an action in each state."""

    def __init__(self, actions):
        self.actions = np.asarray(actions)

    def predict(self, observation, state=None, episode_start=None, deterministic=True):  # noqa: ARG002
        return self.actions[observation], state


def played(env, agent, episodes=200):
    """Return the mean discounted return of episodes, and its standard error."""
    returns = []
    for episode in range(episodes):
        observation, _ = env.reset(seed=episode)
        total, share, over = 0.0, 1.0, False
        while not over:
            observation, r, terminated, truncated, _ = env.step(agent.predict(observation)[0])
            total, share, over = total + share * float(r), share * GAMMA, terminated or truncated
        returns.append(total)
    return np.mean(returns), np.std(returns, ddof=1) / math.sqrt(episodes)


def contradicts(env, agent):
    """Return whether playing contradicts the exact value: by 5 standard errors, so by chance once in 1.7 million."""
    mean, error = played(env, agent)
    return abs(mean - Judge(env, GAMMA).value(agent)) > 5 * error + 1e-9


@pytest.mark.parametrize("name", [name for name, make in EXACT.items() if make is not None])
def test_under_a_harmless_wrapper_the_exact_value_is_what_playing_shows(name):
    env = EXACT[name]()
    assert not contradicts(env, Acts(best_of(env)))
    assert evaluate(ga.make("random", env, seed=0), env, 2).reason == ""


@pytest.mark.parametrize("name", [name for name, make in PLAYED.items() if make is not None])
def test_under_any_other_wrapper_the_judge_plays_and_says_why(name):
    env = PLAYED[name]()
    judge, reason = judge_or_reason(env, GAMMA)
    assert judge is None
    assert f"the wrapper {name} may change" in reason or "the wrapper Transform" in reason
    assert "preserves_mdp = True" in reason
    for planner in ("value-iteration", "optimal", "mc-basic"):
        with pytest.raises(ValueError, match=r"preserves_mdp|needs Discrete"):
            ga.make(planner, env)


def test_the_world_is_another_one_indeed():
    """What the wrappers change is seen by playing, where the values have a meaning: else a refusal would be idle."""
    for name in ("TransformAction", "TransformReward", "StickyAction", "ClipReward", "TransformObservation"):
        env = PLAYED[name]()
        mean, error = played(env, Acts(best_of(env)))
        exact = Judge(lake(), GAMMA).value(Acts(best_of(env)))
        assert abs(mean - exact) > 5 * error, name


@pytest.mark.parametrize("name", sorted(set(vector.__all__) & {"RecordEpisodeStatistics", "TransformReward"}))
def test_of_vector_environments_nothing_exact_is_said(name):
    envs = gym.make_vec("GridWorld-v0", num_envs=2, vectorization_mode="vector_entry_point")
    more = {"TransformReward": {"func": lambda r: r - 1}}.get(name, {})
    for one in (envs, getattr(vector, name)(envs, **more)):
        assert judge_or_reason(one, GAMMA)[0] is None
        assert "is a vector environment: ask a single one" in judge_or_reason(one, GAMMA)[1]


# Plain wrappers, which inherit no more than gymnasium.Wrapper.


class Turned(gym.Wrapper):
    def step(self, action):
        return self.env.step(3 - action)


class Opaque(gym.Wrapper):
    """Hides what it wraps, and hands on its attributes."""

    @property
    def unwrapped(self):
        return self

    def __getattr__(self, name):
        return getattr(self.env.unwrapped, name)


class Foreign(gym.Env):
    """Wraps without being a gymnasium.Wrapper, under a name of its own."""

    def __init__(self, inner):
        self.inner = inner
        self.observation_space, self.action_space = inner.observation_space, inner.action_space

    @property
    def unwrapped(self):
        return self.inner.unwrapped

    def reset(self, **arguments):
        return self.inner.reset(**arguments)

    def step(self, action):
        return self.inner.step(3 - action)


def harmless_but_replaced():
    env = wrappers.RecordEpisodeStatistics(lake())
    walk = env.step
    env.step = lambda action: walk(3 - action)
    return env


# Subclasses.


class StepCost(FrozenLakeEnv):
    def step(self, a):
        s, r, *rest = super().step(a)
        return s, r - 0.1, *rest


class OtherStart(FrozenLakeEnv):
    def reset(self, **arguments):
        super().reset(**arguments)
        self.s = 14
        return 14, {}


class Parts(FrozenLakeEnv):
    """Computes its rewards by a method of its own, as many do."""

    def step(self, a):
        s, _, terminated, truncated, info = FrozenLakeEnv.step(self, a)
        return s, self._reward(s), terminated, truncated, info

    def reset(self, **arguments):
        return FrozenLakeEnv.reset(self, **arguments)

    @property
    def P(self):  # noqa: N802 - Gymnasium's name
        return self.table

    @P.setter
    def P(self, table):  # noqa: N802
        self.table = table

    def _reward(self, s):
        return float(s == 15)


class RewardsOverridden(Parts):
    def _reward(self, s):
        return 0.5 * (s == 15)


class Mixin:
    def step(self, a):
        s, r, *rest = super().step(a)
        return s, r - 0.1, *rest


class Mixed(Mixin, FrozenLakeEnv):
    pass


class OwnOutcomes(GridWorldEnv):
    def _outcomes(self, s, a):  # noqa: ARG002
        return super()._outcomes(s, 0)


class OwnRandomness(FrozenLakeEnv):
    np_random = property(lambda _: np.random.default_rng(0))


def step_replaced():
    env = FrozenLakeEnv()
    walk = env.step
    env.step = lambda a: walk(3 - a)
    return env


def helper_replaced():
    env = Parts()
    env._reward = lambda s: 2.0 * (s == 15)
    return env


def rewards_in_an_attribute():
    env = GridWorldEnv()
    env._outcomes = lambda s, _: (-5.0, False, env._visit(s), s, None, env.world.masks[s].copy)
    return env


REFUSED = {
    "Turned": (lambda: Turned(lake()), "the wrapper Turned may change"),
    "Turned beneath": (lambda: wrappers.TimeLimit(Turned(lake()), 9), "the wrapper Turned may change"),
    "Opaque": (lambda: Opaque(Turned(lake())), "Opaque hides what it wraps"),
    "Foreign": (lambda: Foreign(lake()), "the wrapper Foreign may change"),
    "replaced in a wrapper": (harmless_but_replaced, "step of the wrapper RecordEpisodeStatistics has been replaced"),
    "StepCost": (StepCost, "StepCost overrides step of FrozenLakeEnv"),
    "OtherStart": (OtherStart, "OtherStart overrides reset of FrozenLakeEnv"),
    "RewardsOverridden": (RewardsOverridden, "RewardsOverridden overrides _reward of Parts"),
    "Mixed": (Mixed, "Mixin overrides step of FrozenLakeEnv"),
    "OwnOutcomes": (OwnOutcomes, "OwnOutcomes overrides _outcomes of TabularEnv"),
    "OwnRandomness": (OwnRandomness, "OwnRandomness overrides np_random of Env"),
    "step replaced": (step_replaced, "step of this FrozenLakeEnv has been replaced"),
    "helper replaced": (helper_replaced, "_reward of this Parts has been replaced"),
    "outcomes replaced": (rewards_in_an_attribute, "_outcomes of this GridWorldEnv has been replaced"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_exact_is_not_said_of_another_world_and_the_reason_names_it(kind):
    make, named = REFUSED[kind]
    env = make()
    judge, reason = judge_or_reason(env, GAMMA)
    assert judge is None
    assert named in reason
    assert judge_for(env, ga.make("random", env)) is None
    assert named in evaluate(ga.make("random", env, seed=0), env, 1, max_steps=50).reason
    with pytest.raises(ValueError, match=r"may be that of another environment|is not what it does"):
        ga.make("value-iteration", env)
    assert not ga.make("q-learning", env, seed=0).compiled


@pytest.mark.parametrize("env_class", [TabularEnv, FrozenLakeEnv])
def test_a_step_replaced_in_its_class_is_found_by_trying(env_class, monkeypatch):
    walk = env_class.step

    def costly(self, action):
        s, r, *rest = walk(self, action)
        return s, r - 0.1, *rest

    env = gym.make("GridWorld-v0" if env_class is TabularEnv else "FrozenLake-v1")
    assert judge_or_reason(env, GAMMA)[1] == ""
    monkeypatch.setattr(env_class, "step", costly)
    assert "was tried, and" in judge_or_reason(env, GAMMA)[1]
    assert not protocol.is_plain(env)  # or compiled learning would walk through tables that steps do not follow


class Named(FrozenLakeEnv):
    """Looks and is made otherwise, and steps the same."""

    metadata = {**FrozenLakeEnv.metadata, "name": "named"}  # noqa: RUF012

    def __init__(self, size=4):
        super().__init__(map_name=f"{size}x{size}")

    def render(self):
        return "a lake"

    def close(self):
        """Close nothing."""

    def hint(self):
        return "go south"


class Logged(FrozenLakeEnv):
    """Overrides `step`, and says that it changes nothing."""

    preserves_mdp = True

    def step(self, a):
        self.steps = getattr(self, "steps", 0) + 1
        return super().step(a)


class LoggedWrapper(gym.Wrapper):
    preserves_mdp = True

    def step(self, action):
        self.steps = getattr(self, "steps", 0) + 1
        return super().step(action)


@pytest.mark.parametrize("make", [Named, Logged, lambda: LoggedWrapper(FrozenLakeEnv()), Parts])
def test_what_changes_nothing_stays_exact(make):
    env = wrappers.TimeLimit(make(), 100)
    assert not contradicts(env, Acts(best_of(env)))


def test_what_says_wrongly_that_it_changes_nothing_is_found_by_trying():
    class Liar(StepCost):
        preserves_mdp = True

    assert "overrides step of FrozenLakeEnv" in judge_or_reason(Liar(), GAMMA)[1]  # its parent says nothing

    class Worse(FrozenLakeEnv):
        preserves_mdp = True

        def step(self, a):
            s, r, *rest = super().step(a)
            return s, r - 0.1, *rest

    assert "which the model rules out" in judge_or_reason(Worse(), GAMMA)[1]


class Guarded(FrozenLakeEnv):
    def __deepcopy__(self, memo):
        raise TypeError("holds a socket")


def test_what_cannot_be_tried_is_played():
    assert "cannot be copied to try some steps (TypeError: holds a socket)" in judge_or_reason(Guarded(), GAMMA)[1]


@pytest.mark.parametrize("make", [lake, lambda: gym.make("GridWorld-v0", slip=0.2), pictures])
def test_trying_leaves_an_environment_as_it_is(make):
    env, other = make(), make()
    for one in (env, other):
        one.reset(seed=3)
        one.step(1)
    protocol.exact_model(env)
    for a in (0, 1, 2, 3, 1, 2):
        assert env.step(a)[:3] == other.step(a)[:3]


@pytest.mark.parametrize("observation", ["state", "position", "grid", "local"])
@pytest.mark.parametrize("env_id", ["GridWorld-v0", "GridWorld/Random-v0", "GridWorld/Windy-v0"])
def test_environments_of_ours_agree_with_their_models(env_id, observation):
    env = gym.make(env_id, observation=observation)
    assert protocol.exact_model(env) is env.unwrapped.mdp


@pytest.mark.parametrize(
    "env_id", ["FrozenLake-v1", "FrozenLake8x8-v1", "CliffWalking-v1", "CliffWalkingSlippery-v1", "Taxi-v3"]
)
def test_environments_of_gymnasium_agree_with_their_models(env_id):
    if env_id not in gym.registry:
        env_id = env_id.replace("v3", "v4")
    assert protocol.exact_model(gym.make(env_id)).num_states > 1


def turned_lake():
    return Turned(lake())


def test_comparisons_and_commands_show_the_reason(tmp_path):
    gym.register("TurnedLake-v0", entry_point=turned_lake)
    try:
        found = ga.compare(["random"], ["TurnedLake-v0"], seeds=1, steps=50, episodes=2, jobs=1, out=tmp_path / "c")
        assert "the wrapper Turned may change" in found.references["TurnedLake-v0"].reason
        assert read(tmp_path / "c").references == found.references
        rich = pytest.importorskip("rich.console")
        out = io.StringIO()
        rich.Console(file=out, width=400).print(table(found))
        shown = " ".join(out.getvalue().split())
        assert "played, not exact: the model beneath" in shown
        assert "the wrapper Turned may change" in shown
        with contextlib.suppress(ImportError):
            from gridworld_agents.report.writing import write

            assert "scores are mean returns: the model beneath" in write(found).read_text()
    finally:
        del gym.registry["TurnedLake-v0"]


def test_convergence_is_measured_on_the_world_that_is_stepped():
    agent = ga.make("q-learning", Turned(lake()), seed=0)
    with pytest.raises(ValueError, match="the wrapper Turned may change"):
        convergence_rate(agent, 100)
