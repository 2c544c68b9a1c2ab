"""Q-learning with linear features of Box observations, in plain NumPy: an agent that inherits nothing.

Actions in a Box are taken from a grid.
"""

import numpy as np
from gymnasium import spaces

from gridworld_agents.core import files
from gridworld_agents.core.loop import run_chunks


class LinearQ:
    """Takes Box observations of one axis, and the actions that `Actions` names."""

    Actions = spaces.Discrete | spaces.Box
    alpha, gamma, epsilon = 0.1, 0.9, 0.3

    def __init__(self, env, *, seed=None):
        if not isinstance(env.observation_space, spaces.Box) or len(env.observation_space.shape) != 1:
            raise ValueError(f"needs Box observations of one axis, got {env.observation_space}")
        self.env, self.seed, self.space = env, seed, env.action_space
        if not isinstance(self.space, self.Actions) or self.space.shape not in {(), (1,)}:
            raise ValueError(f"needs a single action, got {self.space}")
        discrete = isinstance(self.space, spaces.Discrete)
        self.choices = np.arange(self.space.n) + self.space.start if discrete else np.linspace(-1, 1, 9)[:, None]
        self.w = np.zeros((len(self.choices), env.observation_space.shape[0] + 1))
        self.rng = np.random.default_rng(seed)
        self.num_timesteps, self.x = 0, None

    def recent_episodes(self):
        return 0, (), ()

    def learn(self, total_timesteps, callback=None, log_interval=4, reset_num_timesteps=True, progress_bar=False):  # noqa: ARG002
        if reset_num_timesteps or self.x is None:
            self.x = features(self.env.reset(seed=self.seed)[0])
            self.seed = None
        if reset_num_timesteps:
            self.num_timesteps = 0
        run_chunks(self, self._advance, self.num_timesteps + total_timesteps, callback)
        return self

    def _advance(self, n):
        for _ in range(n):
            q = self.w @ self.x
            a = int(self.rng.integers(len(q))) if self.rng.random() < self.epsilon else int(q.argmax())
            observation, r, terminated, truncated, _ = self.env.step(self._action(a))
            x_next = features(observation)
            target = r + (0 if terminated else self.gamma * (self.w @ x_next).max())
            self.w[a] += self.alpha * (target - q[a]) * self.x
            self.x = features(self.env.reset()[0]) if terminated or truncated else x_next
            self.num_timesteps += 1

    def predict(self, observation, state=None, episode_start=None, deterministic=False):  # noqa: ARG002
        return self._action(self._greedy(features(observation) @ self.w.T)), state

    def _greedy(self, q):
        return q.argmax(axis=-1)

    def _action(self, a):
        return self.choices[a].astype(self.space.dtype)

    def save(self, path):
        header = {"id": "example/linear-q", "steps": self.num_timesteps, "rng": self.rng.bit_generator.state}
        files.write(path, header, {"w": self.w})

    @classmethod
    def load(cls, path, env=None):
        agent = cls(env)
        with files.reading(path) as saved:
            agent.num_timesteps, agent.w = saved.header["steps"], saved.array("w", np.dtype(float), agent.w.shape)
            agent.rng.bit_generator.state = saved.header["rng"]
        return agent


class ContinuousLinearQ(LinearQ):
    """Takes actions in a Box only."""

    Actions = spaces.Box


class WrongLinearQ(LinearQ):
    """Learns, and does the opposite."""

    def _greedy(self, q):
        return q.argmin(axis=-1)


def features(observations):
    """Return observations with a constant feature added: (..., n + 1)."""
    observations = np.asarray(observations, float)
    return np.concatenate([observations, np.ones((*observations.shape[:-1], 1))], axis=-1)
