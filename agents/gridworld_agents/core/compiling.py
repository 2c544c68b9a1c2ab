"""Compiled loops that are cached, and never stale.

Numba can keep a compiled function on disk, but not one whose functions are closed over: it tells closures apart by a
number that differs from process to process, so a second process never finds the first one's work. Nor does it notice
when a function in another file has changed. Here a loop is a template whose global names are filled in, and its name
carries a fingerprint of everything that it calls: change an algorithm and another name is looked for. And since each
loop has files of its own, processes that compile different ones at the same time cannot mix them up.
"""

from __future__ import annotations

import hashlib
import inspect
import types
from typing import TYPE_CHECKING, Any, TypeVar

from numba import njit
from numba.core.registry import CPUDispatcher

from gridworld_agents.core.public import export

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
    filled = types.FunctionType(template.__code__, {**template.__globals__, **names}, template.__name__)
    filled.__module__, filled.__qualname__ = template.__module__, template.__qualname__
    entry = _entry(template, njit(nogil=True, forceinline=True, _nrt=counts)(filled))
    entry.__module__, entry.__qualname__ = template.__module__, f"{template.__name__}_{fingerprint(filled)}"
    return njit(cache=True, nogil=True)(entry)


def _entry(template: Callable[..., Any], inside: Any) -> Any:
    """Return a function with a template's arguments that calls what counts no references from what does.

    A generator that Python hands over is held until references are counted down: without this, each call would keep it,
    and some sixty bytes, for ever. The function is written out, since Numba is slow to find the types of `*arguments`.
    """
    arguments = ", ".join(inspect.signature(template).parameters)
    names = {"inside": inside}
    exec(compile(f"def entry({arguments}):\n    return inside({arguments})", __file__, "exec"), names)  # noqa: S102 - names of arguments
    return names["entry"]


def fingerprint(function: Any) -> str:
    """Return a short text that changes with the code of a function or of anything compiled that it calls."""
    digest = hashlib.sha256()
    _add(digest, function, set())
    return digest.hexdigest()[:16]


def _add(digest: Any, value: Any, seen: set[int]) -> None:
    function = value
    if isinstance(value, CPUDispatcher):
        function = value.py_func
        digest.update(repr(sorted(value.targetoptions.items())).encode())
    if isinstance(function, types.FunctionType):
        if id(function) in seen:
            return
        seen.add(id(function))
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        _add_code(digest, function.__code__, function.__globals__, cells, seen)
        digest.update(repr(function.__defaults__).encode())
    elif isinstance(value, int | float | str | tuple):
        digest.update(repr(value).encode())
    elif isinstance(value, type):
        digest.update(f"{value.__module__}.{value.__qualname__} {getattr(value, '_fields', '')}".encode())


def _add_code(digest: Any, code: types.CodeType, names: dict[str, Any], cells: dict[str, Any], seen: set[int]) -> None:
    digest.update(code.co_code)
    digest.update(repr((code.co_names, code.co_freevars)).encode())
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _add_code(digest, constant, names, cells, seen)
        else:
            digest.update(repr(constant).encode())
    for name in code.co_names:
        value = names.get(name)
        if isinstance(value, types.ModuleType):  # `schedules.value`: the attribute is among the names too
            for attribute in code.co_names:
                _add(digest, vars(value).get(attribute), seen)
        else:
            _add(digest, value, seen)
    for cell in cells.values():
        _add(digest, cell.cell_contents, seen)
