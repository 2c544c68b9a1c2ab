"""The state of a generator, as JSON can hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

KIND = "PCG64"
"""The bit generator of `numpy.random.default_rng`, which Gymnasium uses too."""


@export("gridworld_env.protocol.rng_state")
def rng_state(rng: np.random.Generator) -> dict[str, Any]:
    """Return the state of a generator `rng`; empty where its bit generator is not PCG64."""
    state: Any = rng.bit_generator.state
    return dict(state) if state["bit_generator"] == KIND else {}


@export("gridworld_env.protocol.set_rng_state")
def set_rng_state(rng: np.random.Generator, state: Mapping[str, Any]) -> None:
    """Set a generator `rng` to what `rng_state` returned; an empty state leaves it as it is."""
    if state and rng.bit_generator.state["bit_generator"] == KIND:
        rng.bit_generator.state = state


@export("gridworld_env.protocol.checked_rng_state")
def checked_rng_state(state: Any) -> dict[str, Any]:
    """Return the state of a generator that comes from a file.

    Raises:
        ValueError: If it is not one of PCG64.
    """
    whole = {"state": 1 << 128, "inc": 1 << 128}, {"has_uint32": 2, "uinteger": 1 << 32}
    try:
        fits = state["bit_generator"] == KIND and all(
            type(part[name]) is int and 0 <= part[name] < bound
            for part, limits in zip((state["state"], state), whole, strict=True)
            for name, bound in limits.items()
        )
    except (TypeError, KeyError, IndexError):
        fits = False
    if not fits or state["state"]["inc"] % 2 == 0:
        raise ValueError(f"it holds no state of a {KIND} generator")
    return dict(state)
