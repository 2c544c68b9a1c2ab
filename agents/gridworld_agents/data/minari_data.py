"""Logged episodes as local data sets of Minari (Younis et al. 2024), and back. Nothing is downloaded.

Minari keeps one observation more than there are steps in an episode, so that `next_observations` must be the next row's
observations. The probability of the action at step t is kept among the infos, under `PROBABILITY` at t + 1, where the
infos of that step stand.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.data.rows import logged_spaces

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations
    from gridworld_agents.data.episodes import Episodes

PROBABILITY = "behaviour_probability"


def to_minari(episodes: Episodes, dataset_id: str, **metadata: Any) -> Any:
    """Write a local data set.

    Args:
        episodes: That know their spaces.
        dataset_id: Such as "grid/uniform-v0".
        **metadata: Minari's, see `minari.create_dataset_from_buffers`: author, description, algorithm_name, ... With
            `env`, the environment can be recovered from the data set; the log alone does not know its arguments.

    Returns:
        The `minari.MinariDataset`.

    Raises:
        ImportError: If Minari is missing, with the line that installs it.
        ValueError: If the spaces are not known, an observation is not the one that the step before led to, or the data
            set exists.
    """
    minari = _minari()
    if episodes.observation_space is None or episodes.action_space is None:
        raise ValueError("Minari needs to know the spaces: pass observation_space and action_space to Episodes")
    inside = ~(episodes.terminated | episodes.truncated)[:-1]
    moved = episodes.next_observations[:-1] != episodes.observations[1:]
    if (moved.reshape(len(inside), -1).any(axis=1) & inside).any():
        raise ValueError("Minari keeps no next_observations of their own: each must be the next step's observation")
    buffers = [_buffer(i, episode) for i, episode in enumerate(episodes)]
    spaces = {name: getattr(episodes, name).space for name in ("observation_space", "action_space")}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`?[a-z_]+`? is (set to )?None")
        return minari.create_dataset_from_buffers(dataset_id, buffers, **spaces, jpeg_encoding=False, **metadata)


def columns(dataset: Any) -> dict[str, Any]:
    """Return what `Episodes` are made of, from a Minari data set, or the id of one that is on this machine.

    An episode whose last step has neither flag is truncated there, but for the last: that is cut off.

    Raises:
        ImportError: If Minari is missing, with the line that installs it.
        ValueError: If it is empty, or its spaces have no arrays.
    """
    minari = _minari()
    if isinstance(dataset, str):
        dataset = minari.load_dataset(dataset, download=False)
    spaces = logged_spaces(dataset)
    parts = [_part(episode, **spaces) for episode in dataset.iterate_episodes()]
    if not parts:
        raise ValueError(f"the data set {dataset.id!r} has no episodes")
    for part in parts[:-1]:
        part["truncated"][-1] |= not part["terminated"][-1]
    known = all("probabilities" in part for part in parts)
    names = [name for name in parts[0] if name != "probabilities" or known]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in names}
    return {**joined, **spaces, "env": None if dataset.env_spec is None else dataset.env_spec.id}


def _buffer(number: int, episode: Episodes) -> Any:
    """Return an episode as Minari takes it."""
    from minari.data_collector import EpisodeBuffer

    observations = np.concatenate([episode.observations, episode.next_observations[-1:]])
    p = episode.probabilities
    return EpisodeBuffer(
        id=number,
        observations=_split(observations, episode.observation_space),
        actions=_split(episode.actions, episode.action_space),
        rewards=episode.rewards.tolist(),
        terminations=episode.terminated.tolist(),
        truncations=episode.truncated.tolist(),
        infos=None if p is None else {PROBABILITY: np.concatenate([np.ones(1), p])},
    )


def _part(episode: Any, observation_space: Observations, action_space: Actions) -> dict[str, Any]:
    """Return the columns of one of Minari's episodes."""
    observations = _join(episode.observations, observation_space)
    part = {
        "observations": observations[:-1],
        "actions": _join(episode.actions, action_space),
        "rewards": np.asarray(episode.rewards, np.float64),
        "next_observations": observations[1:],
        "terminated": np.asarray(episode.terminations, np.bool_),
        "truncated": np.array(episode.truncations, np.bool_),
    }
    if PROBABILITY in (episode.infos or {}):
        part["probabilities"] = np.asarray(episode.infos[PROBABILITY], np.float64)[1:]
    return part


def _split(rows: npt.NDArray[Any], space: Observations | Actions) -> Any:
    """Return rows as Minari keeps them: those of a Tuple as a tuple of columns."""
    return tuple(rows.T.copy()) if space.kind == "Tuple" else rows


def _join(given: Any, space: Observations | Actions) -> npt.NDArray[Any]:
    rows = np.stack(given, axis=1) if isinstance(given, tuple) else np.asarray(given)
    return rows.astype(space.dtype, copy=False).reshape(len(rows), *space.shape)


def _minari() -> Any:
    try:
        import h5py  # noqa: F401 - Minari asks for it later, in words of its own
        import minari
    except ImportError as error:
        raise ImportError('Minari data sets need more: pip install "gridworld-env[minari]"') from error
    return minari
