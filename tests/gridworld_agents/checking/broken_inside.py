"""Agents that are wrong in one way each: in their random numbers, their files, what they learn."""

import contextlib
import random

import gymnasium as gym
import numpy as np

from gridworld_agents.algorithms.monte_carlo.mc_epsilon_greedy import MCEpsilonGreedy
from gridworld_agents.algorithms.temporal_difference import q_learning
from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning
from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.transition import Transition


class SeedsNumPy(QLearning):
    def __init__(self, env, *, seed=None):
        super().__init__(env, seed=seed)
        np.random.seed(seed)  # noqa: NPY002, TID251


class DrawsFromNumPy(QLearning):
    """Decides by numpy's module, so it could be caught by the checks of the seed or of resuming too."""

    def learn(self, *args, **options):
        self.rng = np.random.default_rng(np.random.randint(1 << 30))  # noqa: NPY002
        return super().learn(*args, **options)


class DrawsFromRandom(QLearning):
    def predict(self, *args, **options):
        random.random()
        return super().predict(*args, **options)


class IgnoresTheSeed(QLearning):
    def __init__(self, env, *, seed=None):  # noqa: ARG002
        super().__init__(env)


class SeedsTheEnvironmentOnly(QLearning):
    def __init__(self, env, *, seed=None):
        super().__init__(env, seed=seed)
        self.rng = np.random.default_rng()


class PredictsByTheEnvironmentsGenerator(QLearning):
    def predict(self, *args, **options):
        if self.env is not None:
            self.env.unwrapped.np_random.random()
        return super().predict(*args, **options)


class LearnsByTheEnvironmentsGenerator(QLearning):
    def learn(self, *args, **options):
        self.env.unwrapped.np_random.random()
        return super().learn(*args, **options)


class ResetsToPredict(QLearning):
    def predict(self, *args, **options):
        if self.env is not None:
            self.env.reset()
            self._driver._under_way = False
        return super().predict(*args, **options)


class DoesNotSeedTheEnvironment(QLearning):
    @contextlib.contextmanager
    def learning(self, *, anew):
        self.seed, kept = None, self.seed
        with super().learning(anew=anew):
            self.seed = kept
            yield


class SeedsEveryEpisode(QLearning):
    def attach(self, env):
        super().attach(Resetting(env, lambda wrapper, _: env.reset(seed=7 + wrapper.n)))


class StepsOnAfterTheEnd(QLearning):
    """Once only: otherwise it would learn too little."""

    exact_resume = False

    def attach(self, env):
        super().attach(Resetting(env, self._reset))

    @staticmethod
    def _reset(wrapper, seed):
        if wrapper.n != 1:
            wrapper.last = wrapper.env.reset(seed=seed)
        return wrapper.last


class Resetting(gym.Wrapper):
    """Resets as it is told."""

    def __init__(self, env, reset):
        super().__init__(env)
        self._reset, self.n = reset, -1

    def reset(self, *, seed=None, options=None):  # noqa: ARG002
        self.n += 1
        return self._reset(self, seed)


class LosesTheTable(QLearning):
    def save(self, path):
        kept, self.memory = self.memory, self.memory._replace(q=np.zeros_like(self.memory.q))
        super().save(path)
        self.memory = kept


class SavesElsewhere(QLearning):
    def save(self, path):
        super().save(str(path) + ".saved")


class ForgetsTheCount(QLearning):
    @classmethod
    def load(cls, path, env=None, **options):
        agent = super().load(path, env, **options)
        agent.log.count_anew()
        return agent


class ForgetsTheGenerator(QLearning):
    @classmethod
    def load(cls, path, env=None, **options):
        agent = super().load(path, env, **options)
        agent.rng = np.random.default_rng(agent.seed)
        return agent


class DoesNotLearn(QLearning):
    """It learns to do the opposite."""

    def predict(self, observation, state=None, episode_start=None, deterministic=False):  # noqa: ARG002
        return self.actions.choose(self.memory.q[self.observations.numbers(observation)].argmin(axis=-1)), state


@kernel
def through_termination(memory, t, params, rng):
    """Learn as if no episode ever ended."""
    q_learning.observe(memory, Transition(t.s, t.a, t.r, t.s_next, t.a_next, False, t.truncated), params, rng)


@kernel
def not_through_truncation(memory, t, params, rng):
    """Learn as if every episode that ends ended for good."""
    over = t.terminated or t.truncated
    q_learning.observe(memory, Transition(t.s, t.a, t.r, t.s_next, t.a_next, over, t.truncated), params, rng)


class BootstrapsThroughTermination(QLearning):
    observe = through_termination


class DoesNotBootstrapThroughTruncation(QLearning):
    observe = not_through_truncation


class MonteCarlo(MCEpsilonGreedy):
    """Takes truncated episodes for finished ones, and says so or not."""

    def __init__(self, env, *, seed=None):
        super().__init__(env, seed=seed, bootstrap=False)


class HonestMonteCarlo(MonteCarlo):
    bootstraps = False


class HonestlyForgetful(ForgetsTheGenerator):
    exact_resume = False
