"""Logged episodes as a pandas frame of their steps, and as a table for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.authoring import MOST_ROWS, Sheet, frame

if TYPE_CHECKING:
    from gridworld_agents.data.episodes import Episodes


def step_frame(episodes: Episodes) -> Any:
    """Return a row a step: see `Episodes.to_pandas`."""
    begins, lengths = episodes.bounds[:-1], episodes.lengths
    columns: dict[str, Any] = {
        "episode": np.repeat(np.arange(len(lengths)), lengths),
        "t": np.arange(len(episodes)) - np.repeat(begins, lengths),
    }
    names = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated", "probabilities")
    for name in names:
        array = getattr(episodes, name)
        if array is None:
            continue
        rows = array.reshape(len(episodes), -1)
        columns |= {name: rows[:, 0]} if array.ndim == 1 else {f"{name}_{i}": rows[:, i] for i in range(rows.shape[1])}
    return frame(columns)


def episode_sheet(episodes: Episodes) -> Sheet:
    """Return a row an episode: its steps, its return and how it ended."""
    returns, lengths, last = episodes.returns(1.0), episodes.lengths, episodes.bounds[1:] - 1
    rows = []
    for i in range(min(episodes.num_episodes, MOST_ROWS)):
        ended = "terminated" if episodes.terminated[last[i]] else "truncated"
        ended = ended if episodes.terminated[last[i]] or episodes.truncated[last[i]] else "log ends"
        rows.append([str(i), f"{lengths[i]:,}", f"{returns[i]:.6g}", ended])
    where = f"{episodes.env}: " if episodes.env else ""
    caption = f"{where}{episodes.num_episodes:,} episodes, {len(episodes):,} steps, mean return {returns.mean():.6g}"
    headings = ("episode", "steps", "return, undiscounted", "end")
    return Sheet(caption, headings, rows, episodes.num_episodes, "episodes")
