"""The log of episodes says what a list of them says."""

import collections

import numpy as np
import pytest

from gridworld_agents.core.episode_log import FEW, RECENT, EpisodeLog

M, E = 3, 40


@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_episodes_are_noted_member_by_member_in_the_order_of_their_ends(share):
    """A share of 0.01 ends few at a time, 0.3 more than FEW, 1 all: 40 of a member, more than RECENT in three steps."""
    rng, log = np.random.default_rng(0), EpisodeLog.new(M, E)
    under_way, ended, most = np.zeros((M, E, 2)), collections.defaultdict(list), 0
    for _ in range(60):
        rewards, over = rng.normal(size=(M, E)), rng.random((M, E)) < share
        log.step(rewards, over)
        most = max(most, over.sum())
        for m in range(M):
            for e in range(E):
                under_way[m, e] += rewards[m, e], 1
                if over[m, e]:
                    ended[m].append(tuple(under_way[m, e]))
                    under_way[m, e] = 0
    assert (most > FEW) == (share > 0.01)
    np.testing.assert_array_equal(log.collected, under_way[..., 0])
    np.testing.assert_array_equal(log.elapsed, under_way[..., 1])
    for m in range(M):
        count, returns, lengths = log.recent(m)
        assert count == len(ended[m])
        assert list(zip(returns, lengths, strict=True)) == ended[m][-RECENT:]


def test_more_episodes_than_are_kept_may_end_in_one_step():
    log = EpisodeLog.new(2, RECENT + 30)
    rewards = np.stack([np.arange(RECENT + 30.0), -np.arange(RECENT + 30.0)])
    over = np.ones_like(rewards, bool)
    over[1, ::2] = False
    log.step(rewards, over)
    assert log.recent(0) == (RECENT + 30, tuple(rewards[0, 30:]), (1,) * RECENT)
    assert log.recent(1) == (65, tuple(rewards[1, 1::2]), (1,) * 65)
