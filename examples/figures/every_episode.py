"""Every episode of a run, for figures over episodes: an agent itself keeps the last 100. No figure of its own."""

from typing import NamedTuple

import numpy as np

from gridworld_agents.callbacks import RECENT, Callback

FOR_EVER = 10**12


class EveryEpisode(Callback):
    """Keeps returns and lengths of all episodes, and ends the learning after some number of them.

    Args:
        limit: Episodes after which to end; a few more may be played. None leaves the end to the number of steps.
    """

    def __init__(self, limit=None):
        self.limit = limit
        self.returns, self.lengths = [], []

    def steps_left(self, num_timesteps):  # noqa: ARG002 - wherever it is
        """Return so few steps that all episodes which end in them are among the recent ones."""
        return RECENT

    def __call__(self, agent, progress):  # noqa: ARG002
        """Take over the new ones; say False when there are enough."""
        new = progress.episodes - len(self.returns)
        self.returns += progress.returns[len(progress.returns) - new :]
        self.lengths += progress.lengths[len(progress.lengths) - new :]
        return self.limit is None or progress.episodes < self.limit


class Played(NamedTuple):
    """The first n episodes of N agents."""

    returns: np.ndarray  # (N, n) float64
    lengths: np.ndarray  # (N, n) int64


def first_episodes(agents, n):
    """Let agents that have not learned play n episodes each, and return these."""
    records = []
    for agent in agents:
        records.append(EveryEpisode(n))
        agent.learn(FOR_EVER, records[-1])
    return Played(*(np.array([getattr(record, name)[:n] for record in records]) for name in Played._fields))
