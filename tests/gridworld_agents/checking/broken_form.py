"""Agents that are wrong in one way each: in form, in what they tell callbacks, in the spaces they take."""

import numpy as np

from gridworld_agents.algorithms.reference.uniform import RandomAgent
from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning
from gridworld_agents.core.episode_log import STEPS


class CannotBeMade(QLearning):
    def __init__(self, env, *, seed=None):
        super().__init__(env, seed=seed)
        raise RuntimeError("boom")


class TakesNoSeed(QLearning):
    def __init__(self, env):
        super().__init__(env)


class HasNoLoad(QLearning):
    load = None


class PredictsWithoutDeterministic(QLearning):
    def predict(self, observation, state=None, episode_start=None, **more):
        return super().predict(observation, state, episode_start, **more)


class LearnsUnderAnotherName(QLearning):
    def learn(self, n, callback=None, log_interval=4, reset_num_timesteps=True, progress_bar=False):
        return super().learn(n, callback, log_interval, reset_num_timesteps, progress_bar)


class CrashesInLearn(QLearning):
    def learn(self, *_args, **_options):
        raise KeyError("no such thing")


class ReturnsNone(QLearning):
    def learn(self, *args, **options):
        super().learn(*args, **options)


class CountsTooFew(QLearning):
    def learn(self, *args, **options):
        super().learn(*args, **options)
        self.log.counts[STEPS] //= 2
        return self


class NeverCountsAnew(QLearning):
    def learn(self, total_timesteps, callback=None, log_interval=4, reset_num_timesteps=True, progress_bar=False):
        return super().learn(
            total_timesteps, callback, log_interval, reset_num_timesteps and self.num_timesteps == 0, progress_bar
        )


class AlwaysCountsAnew(QLearning):
    exact_resume = False  # it would be found there too, by its count

    def learn(self, total_timesteps, callback=None, log_interval=4, reset_num_timesteps=True, progress_bar=False):  # noqa: ARG002
        return super().learn(total_timesteps, callback, log_interval, progress_bar=progress_bar)


class ReturnsActionAlone(QLearning):
    def predict(self, *args, **options):
        return super().predict(*args, **options)[0]


class ActsInFloats(QLearning):
    def predict(self, *args, **options):
        actions, state = super().predict(*args, **options)
        return np.float64(actions) if np.ndim(actions) == 0 else actions.astype(float), state


class ActsOutOfRange(QLearning):
    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        actions, state = super().predict(observation, state, episode_start, deterministic)
        return actions + np.int64(0 if deterministic else 100), state


class FlattensBatches(QLearning):
    def predict(self, *args, **options):
        actions, state = super().predict(*args, **options)
        return actions[0] if np.shape(actions) == (1,) else actions, state


class RepeatsTheFirstOfABatch(QLearning):
    def predict(self, *args, **options):
        actions, state = super().predict(*args, **options)
        return np.full_like(actions, actions[0]) if np.ndim(actions) else actions, state


class NeverCallsBack(QLearning):
    def learn(self, total_timesteps, callback=None, *args, **options):  # noqa: ARG002
        return super().learn(total_timesteps, None, *args, **options)


class CallsBackWithNothing(QLearning):
    def learn(self, total_timesteps, callback=None, *args, **options):
        called = None if callback is None else lambda _agent, _progress: callback()
        return super().learn(total_timesteps, called, *args, **options)


class StopsAtNone(QLearning):
    def learn(self, total_timesteps, callback=None, *args, **options):
        called = None if callback is None else lambda agent, progress: bool(callback(agent, progress))
        return super().learn(total_timesteps, called, *args, **options)


class IgnoresFalse(QLearning):
    def learn(self, total_timesteps, callback=None, *args, **options):
        called = None if callback is None else lambda agent, progress: callback(agent, progress) is None or None
        return super().learn(total_timesteps, called, *args, **options)


class CrashesOnBox(QLearning):
    def __init__(self, env, *, seed=None):
        if env.observation_space.shape:
            raise IndexError("only integers are valid indices")
        super().__init__(env, seed=seed)


class RefusesWithoutASpace(QLearning):
    def __init__(self, env, *, seed=None):
        try:
            super().__init__(env, seed=seed)
        except ValueError:
            raise ValueError("this will not do") from None


class CrashesLate(RandomAgent):
    learns = False

    def learn(self, *args, **options):
        if self.observations.shape:
            raise IndexError("only integers are valid indices")
        return super().learn(*args, **options)
