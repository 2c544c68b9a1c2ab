"""Which of Gymnasium's wrappers change nothing that an agent meets."""

from __future__ import annotations

from gymnasium import wrappers

ADDED_BY_MAKE = (wrappers.TimeLimit, wrappers.OrderEnforcing, wrappers.PassiveEnvChecker)
"""What `gymnasium.make` may put around an environment by itself."""

HARMLESS = (
    *ADDED_BY_MAKE,
    wrappers.RecordEpisodeStatistics,
    wrappers.RecordVideo,
    wrappers.RenderCollection,
    wrappers.HumanRendering,
)
"""They count, check, record or draw: observations, actions, rewards and ends stay what they are, time limits aside."""
