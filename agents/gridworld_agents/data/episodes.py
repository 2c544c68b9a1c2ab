"""`Episodes`: logged experience as flat arrays, one row a step."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core import files
from gridworld_agents.core.checks import probability
from gridworld_agents.core.public import export
from gridworld_agents.core.spaces import DTYPES, Actions, Observations
from gridworld_agents.data import frames
from gridworld_agents.data.rows import checked_rows, logged_space
from gridworld_env.authoring import Displayed, frozen

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Self

    import numpy.typing as npt

ROUNDING = 1e-9
"""By how much a probability may exceed 1."""
COLUMNS = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated", "probabilities")


@export("gridworld_agents.Episodes")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Episodes(Displayed):
    """Episodes that were logged, one after the other; T steps in all. A notebook shows a table of them.

    An episode ends where `terminated | truncated`. The last may be cut off: neither. The arrays are checked once, here,
    and never change: what somebody can write to, itself or what it is a view of, is copied.

    Args:
        observations: (T, ...) numbers. An observation that is a tuple of integers is a row of them.
        actions: (T, ...) numbers, as the environment takes them.
        rewards: (T,) float64, finite.
        next_observations: (T, ...), of the shape and dtype of the observations.
        terminated: (T,) bool, where the episode ended for good.
        truncated: (T,) bool, where it was cut off.
        probabilities: (T,) float64 in (0, 1], of each action under the policy that acted; None where not known.
        observation_space: A `gymnasium.Space`, kept as `core.spaces.Observations`; None where not known.
        action_space: Likewise, kept as `core.spaces.Actions`.
        env: The environment's id, where known.

    Raises:
        ValueError: If there is no step, lengths differ, or a number is out of range.
    """

    observations: npt.NDArray[Any]
    actions: npt.NDArray[Any]
    rewards: npt.NDArray[np.float64]
    next_observations: npt.NDArray[Any]
    terminated: npt.NDArray[np.bool_]
    truncated: npt.NDArray[np.bool_]
    probabilities: npt.NDArray[np.float64] | None = None
    observation_space: Any = None
    action_space: Any = None
    env: str | None = None

    def __post_init__(self) -> None:
        """Check and freeze."""
        arrays = {name: _numbers(name, getattr(self, name)) for name in COLUMNS if getattr(self, name) is not None}
        T = len(arrays["rewards"])
        lengths = {name: len(array) for name, array in arrays.items()}
        if T == 0 or len(set(lengths.values())) != 1:
            told = ", ".join(f"{n} {name}" for name, n in lengths.items())
            raise ValueError(f"episodes need at least one step, and as many of each as there are steps, got {told}")
        for name in ("rewards", "terminated", "truncated", "probabilities"):
            if name in arrays:
                arrays[name] = _column(name, arrays[name])
        if not np.isfinite(arrays["rewards"]).all():
            raise ValueError("rewards must be finite numbers")
        given = arrays.get("probabilities")
        if given is not None and not ((given > 0) & (given <= 1 + ROUNDING)).all():
            wrong = given[~((given > 0) & (given <= 1 + ROUNDING))][0]
            raise ValueError(f"probabilities must be in (0, 1], got {wrong}: an action that was taken can be taken")
        kinds: tuple[tuple[str, Any], ...] = (("observation_space", Observations), ("action_space", Actions))
        for name, kind in kinds:
            space = getattr(self, name)
            object.__setattr__(self, name, None if space is None else logged_space(name, space, kind))
        self._fit_spaces(arrays)
        if not (self.env is None or isinstance(self.env, str)):
            raise ValueError(f"env must be the environment's id, got {self.env!r}")
        for name, array in arrays.items():
            object.__setattr__(self, name, frozen(array))

    def _fit_spaces(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        before, after = arrays["observations"], arrays["next_observations"]
        if before.shape != after.shape or before.dtype != after.dtype:
            raise ValueError(
                "next_observations must have the shape and dtype of observations, got "
                f"{after.shape} {after.dtype} and {before.shape} {before.dtype}"
            )
        for name in ("observations", "actions", "next_observations"):
            space = self.action_space if name == "actions" else self.observation_space
            if space is not None:
                arrays[name] = checked_rows(name, arrays[name], space)

    def __len__(self) -> int:
        """Return T, the number of steps."""
        return len(self.rewards)

    def __repr__(self) -> str:
        """Return the sizes: `Episodes(GridWorld-v0: 20 episodes, 312 steps)`."""
        where = f"{self.env}: " if self.env else ""
        return f"Episodes({where}{self.num_episodes} episodes, {len(self)} steps)"

    def to_pandas(self) -> Any:
        """Return a pandas frame, a row a step: episode, t, observation, action, reward, next_observation, ends.

        Columns are named as the arrays are; an observation or an action of several numbers is that many columns,
        `observations_0`, `observations_1`, ...

        Raises:
            ImportError: If pandas is missing.
        """
        return frames.step_frame(self)

    def _shown(self) -> Any:
        return frames.episode_sheet(self)

    @cached_property
    def bounds(self) -> npt.NDArray[np.int64]:
        """The first step of each of the N episodes, and T: (N + 1,) int64."""
        over = self.terminated | self.truncated
        over[-1] = True
        return np.concatenate([np.zeros(1, np.int64), np.flatnonzero(over) + 1])

    @property
    def num_episodes(self) -> int:
        """N, one that is cut off at the end included."""
        return len(self.bounds) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """The steps of each episode: (N,) int64."""
        return np.diff(self.bounds)

    @property
    def cut_off(self) -> bool:
        """Whether the log stops in the middle of an episode."""
        return not (self.terminated[-1] or self.truncated[-1])

    def __iter__(self) -> Iterator[Self]:
        """Yield the episodes one by one; `len` counts steps, `num_episodes` these."""
        for begin, end in zip(self.bounds[:-1].tolist(), self.bounds[1:].tolist(), strict=True):
            yield self._rows(slice(begin, end))

    def select(self, episodes: Any) -> Self:
        """Return some of the episodes.

        Args:
            episodes: A slice, (n,) integers or (N,) bool. One that is cut off must come last.

        Raises:
            ValueError: If there is none, or one that is cut off would run into the next.
        """
        chosen = np.arange(self.num_episodes)[episodes].reshape(-1)
        if chosen.size == 0:
            raise ValueError("select must keep at least one episode, got none")
        if self.cut_off and (chosen[:-1] == self.num_episodes - 1).any():
            raise ValueError("an episode that is cut off must be the last: it would run into the next")
        lengths = self.lengths[chosen]
        shift = np.repeat(self.bounds[chosen] - (np.cumsum(lengths) - lengths), lengths)
        return self._rows(shift + np.arange(lengths.sum()))

    def complete(self) -> Self:
        """Return the episodes without one that is cut off at the end.

        Raises:
            ValueError: If that is the only one.
        """
        return self.select(slice(self.num_episodes - 1)) if self.cut_off else self

    def returns(self, gamma: float) -> npt.NDArray[np.float64]:
        """Return r + gamma r' + gamma^2 r'' + ... of each episode: (N,) float64. What follows a cut is not in it.

        Raises:
            ValueError: If gamma is not in [0, 1].
        """
        gamma = probability("gamma", gamma)
        t = np.arange(len(self)) - np.repeat(self.bounds[:-1], self.lengths)
        g: npt.NDArray[np.float64] = np.add.reduceat(self.rewards * gamma**t, self.bounds[:-1])
        return g

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a NumPy archive, atomically: numbers only.

        Args:
            path: Of the file; `.npz` is added where there is no suffix.
        """
        arrays = {name: getattr(self, name) for name in COLUMNS if getattr(self, name) is not None}
        header = {
            "env": self.env,
            "observation_space": None if self.observation_space is None else self.observation_space.to_json(),
            "action_space": None if self.action_space is None else self.action_space.to_json(),
            "arrays": {name: {"dtype": str(x.dtype), "shape": list(x.shape[1:])} for name, x in arrays.items()},
        }
        files.write(path, header, arrays, files.EPISODES)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` has written.

        Args:
            path: Of the file; `.npz` may be left out.

        Raises:
            EpisodesFileError: If the file does not hold episodes.
            FileNotFoundError: If there is no such file.
        """
        with files.reading(path, files.EPISODES) as saved:
            told = saved.field("arrays", dict)
            arrays = {name: _read(saved, name, told[name]) for name in COLUMNS if name in told}
            known = {name: saved.field(name, dict, None) for name in ("observation_space", "action_space")}
            return cls(**arrays, **known, env=saved.field("env", str, None))

    def to_minari(self, dataset_id: str, **metadata: Any) -> Any:
        """Write a local Minari data set and return it. Needs the extra `minari`.

        Args:
            dataset_id: Such as "grid/uniform-v0".
            **metadata: Minari's: author, description, algorithm_name, ... With `env`, the environment can be recovered
                from the data set.

        Raises:
            ImportError: If Minari is missing.
            ValueError: If the spaces are not known, the steps do not follow each other, or the data set exists.
        """
        from gridworld_agents.data.minari_data import to_minari

        return to_minari(self, dataset_id, **metadata)

    @classmethod
    def from_minari(cls, dataset: Any) -> Self:
        """Read a local Minari data set. Needs the extra `minari`.

        Args:
            dataset: It, or its id.

        Raises:
            ImportError: If Minari is missing.
            ValueError: If it is empty, or its spaces have no arrays.
        """
        from gridworld_agents.data.minari_data import columns

        return cls(**columns(dataset))

    def _rows(self, rows: Any) -> Self:
        """Return some of the rows, which need no second check."""
        part = object.__new__(type(self))
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value = value[rows]
                value.flags.writeable = False
            object.__setattr__(part, field.name, value)
        return part


def _numbers(name: str, given: Any) -> npt.NDArray[Any]:
    """Return an array of numbers, (T, ...), in this machine's byte order."""
    try:
        array = np.asarray(given)
    except ValueError:
        array = np.empty((), object)
    if array.ndim == 0 or array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be an array of numbers, one row a step, got {type(given).__name__}")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"{name} must not hold not-a-number")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _column(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a column of bools or of float64."""
    truth = name in {"terminated", "truncated"}
    if array.ndim != 1 or (truth and array.dtype != np.bool_):
        raise ValueError(
            f"{name} must be {'bool' if truth else 'numbers'} of shape (T,), got {array.dtype} of shape {array.shape}"
        )
    return array if truth else array.astype(np.float64, copy=False)


def _read(saved: files.Saved, name: str, told: Any) -> npt.NDArray[Any]:
    """Return an array as the header announces it."""
    dtype, shape = told["dtype"], told["shape"]
    if dtype not in DTYPES or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"{name} cannot be {dtype} of shape {shape}")
    array = saved.array(name, np.dtype(dtype), (None, *shape), finite=False)
    array.flags.writeable = False
    return array
