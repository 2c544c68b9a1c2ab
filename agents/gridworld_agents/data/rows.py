"""Which spaces a log can hold: those whose elements are one array, or a tuple of integers, so that a step is a row.

| space | a row, of which dtype |
|---|---|
| Discrete | a number, the space's |
| MultiDiscrete, Box | its shape, the space's |
| MultiBinary | its shape, int8 |
| Tuple of Discrete | one number for each part, int64 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gridworld_agents.core.spaces import Actions, Observations

if TYPE_CHECKING:
    import numpy.typing as npt

T = TypeVar("T", Observations, Actions)


def logged_space(argument: str, space: Any, kind: type[T]) -> T:
    """Return a space as data.

    Args:
        argument: The argument's name, for messages.
        space: A `gymnasium.Space`, its JSON as `core.spaces` has it, or what is returned.
        kind: `Observations` or `Actions`.

    Raises:
        ValueError: If there is no such space, or its elements are no rows.
    """
    if isinstance(space, kind):
        known = space
    else:
        try:
            known = kind.from_json(space) if isinstance(space, dict) else kind.of(space)
        except ValueError as error:
            raise ValueError(f"{argument} must be a space that can be logged: {error}") from None
    if known.kind in {"Tuple", "Dict"} and not known.is_row:
        raise ValueError(
            f"{argument} must be Discrete, MultiDiscrete, MultiBinary, Box or a Tuple of Discrete to be logged as an "
            f"array, got {known.name}; gymnasium.wrappers.FlattenObservation may make it one"
        )
    return known


def logged_spaces(env: Any) -> dict[str, Any]:
    """Return the two spaces of an environment, or of a data set, as `Episodes` takes them.

    Raises:
        ValueError: As `logged_space`.
    """
    kinds: dict[str, Any] = {"observation_space": Observations, "action_space": Actions}
    return {name: logged_space(name, getattr(env, name), kind) for name, kind in kinds.items()}


def checked_rows(argument: str, rows: npt.NDArray[Any], space: Observations | Actions) -> npt.NDArray[Any]:
    """Return rows in the dtype of a space, refusing what is not in it. The bounds of a Box are not asked for.

    Args:
        argument: The argument's name, for the message.
        rows: (T, ...).
        space: That they are of.

    Raises:
        ValueError: If shape or dtype are others, or a number is out of range.
    """
    if space.dtype.kind in "biu" and rows.dtype.kind not in "biu":
        raise ValueError(f"{argument} must be integers in this space, got dtype {rows.dtype}")
    given = rows.astype(np.int8) if rows.dtype.kind == "b" else rows
    try:
        space.batch_shape(given, batch=(len(rows),))
    except ValueError as error:
        raise ValueError(f"{argument} must be of the space {space.name}: {error}") from None
    return rows.astype(space.dtype, copy=False)


def finite_space(argument: str, space: T | None) -> T:
    """Return a space whose elements have numbers.

    Raises:
        ValueError: If the space is not known, or not finite.
    """
    if space is None:
        raise ValueError(f"the episodes must know their {argument}: pass {argument}=env.{argument} to Episodes")
    if space.size is None:
        raise ValueError(
            f"the {argument} must be finite: Discrete, MultiDiscrete, MultiBinary or a Tuple of Discrete, got "
            f"{space.name}"
        )
    return space
