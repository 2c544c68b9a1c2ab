"""Compiled loops: a template, filled in with an algorithm's functions, and kept on disk.

What makes that last, and never stale, is `gridworld_env.authoring.cached_njit`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

from numba import njit
from numba.core.registry import CPUDispatcher

from gridworld_agents.core.public import export
from gridworld_env.authoring import cached_njit, with_names

if TYPE_CHECKING:
    from collections.abc import Callable


F = TypeVar("F", bound="Callable[..., Any]")


@export("gridworld_agents.authoring.kernel")
def kernel(function: F) -> F:
    """Compile a function that makes no arrays: `act`, `observe` and what they call.

    References to arrays are not counted in it. Counting them, which Numba otherwise does whenever an array is taken out
    of a named tuple, costs more than the learning: a step takes two to four times as long. A function that must make an
    array takes `numba.njit` instead, and the loop around it then counts too.

    And it is always compiled into what calls it: a call of its own copies every array of the named tuple, some seven
    words each, which makes a step take two to ten times as long.
    """
    made: F = njit(_nrt=False, forceinline=True)(function)
    return made


def compiled(template: Callable[..., Any], **names: Any) -> Any:
    """Compile a function with some of its global names filled in.

    Args:
        template: A plain function; global names that it leaves open are given by `names`.
        **names: Compiled functions and constants.
    """
    counts = any(value.targetoptions.get("_nrt", True) for value in names.values() if isinstance(value, CPUDispatcher))
    inside = njit(nogil=True, forceinline=True, _nrt=counts)(with_names(template, **names))
    return cached_njit(_entry(template, inside))


def _entry(template: Callable[..., Any], inside: Any) -> Any:
    """Return a function with a template's arguments that calls what counts no references from what does.

    A generator that Python hands over is held until references are counted down: without this, each call would keep it,
    and some sixty bytes, for ever. The function is written out, since Numba is slow to find the types of `*arguments`.
    """
    arguments = ", ".join(inspect.signature(template).parameters)
    names = {"inside": inside}
    exec(compile(f"def entry({arguments}):\n    return inside({arguments})", __file__, "exec"), names)  # noqa: S102 - names of arguments
    entry: Any = names["entry"]
    entry.__module__, entry.__qualname__ = template.__module__, template.__name__
    return entry
