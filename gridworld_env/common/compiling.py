"""Compiled functions that are kept on disk, found again by other processes, and never stale.

Numba keeps a function in a file named after it, and compiles it anew when the file that it stands in has changed. It
does not notice when a function in another file has changed that was compiled into it; and a closure over another
compiled function is never found again, since that is told apart by a number which differs from process to process.

Here the name carries a fingerprint of everything that the function is made of: its code and options, and those of all
that it calls. Change any of it and another file is looked for. And since each has files of its own, processes that
compile different functions at the same time cannot mix them up.

Nothing depends on what is kept: where neither the folder of the file nor that of the user can be written to, as in a
read-only installation without a home, it is kept in a folder of this user among the temporary ones, or not at all; and
where a disk is full, what was compiled is used and not kept.
"""

from __future__ import annotations

import builtins
import contextlib
import dis
import functools
import hashlib
import os
import stat
import tempfile
import threading
import types
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np
from numba import njit
from numba.core import config
from numba.core.registry import CPUDispatcher

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = (bool, int, float, complex, str, bytes, np.generic, types.NoneType, types.EllipsisType)


_elsewhere = threading.Lock()
"""Held while Numba is told another folder, which it knows for all threads."""

F = TypeVar("F", bound="Callable[..., Any]")


@overload
def cached_njit(function: F, /, **options: Any) -> F: ...


@overload
def cached_njit(function: None = None, /, **options: Any) -> Callable[[F], F]: ...


@export("gridworld_env.authoring.cached_njit")
def cached_njit(function: Any = None, /, **options: Any) -> Any:
    """Compile a function as `numba.njit` does, and keep it on disk; a decorator, with options or without.

    Args:
        function: Takes and returns what Numba can type. What it calls must have been defined before.
        **options: Of `numba.njit`; the interpreter lock is released unless `nogil` says otherwise.

    Raises:
        NameError: If it uses a global name that is not defined yet, of which no change would be noticed.
        ValueError: If it closes over a compiled function: Numba would never find it again; see `with_names`.
    """
    if function is None:
        return functools.partial(cached_njit, **options)
    for name, value in _cells(function).items():
        if isinstance(value, CPUDispatcher):
            raise ValueError(f"{function.__qualname__} must not close over {name}: fill it in by with_names")
    options = {"nogil": True, **options}
    copy = _with_globals(function, function.__globals__)
    copy.__qualname__ += f"_{fingerprint(function, options)}"
    return _forgiving(_kept(copy, options))


@export("gridworld_env.authoring.with_names")
def with_names(template: Callable[..., Any], **names: Any) -> Callable[..., Any]:
    """Return a copy of a function with some of its global names filled in, ready to be compiled.

    Args:
        template: A plain function that leaves global names open.
        **names: Compiled functions and constants.
    """
    return _with_globals(template, {**template.__globals__, **names})


def fingerprint(function: Any, options: dict[str, Any] | None = None) -> str:
    """Return a short text that changes with the code of a function, or of anything compiled that it calls.

    Args:
        function: Plain or compiled.
        options: With which a plain one is compiled.

    Raises:
        NameError: If a function uses a global name that is not defined.
    """
    digest = hashlib.sha256()
    _add(digest, options, set())
    _add(digest, function, set())
    return digest.hexdigest()[:16]


def _kept(function: types.FunctionType, options: dict[str, Any]) -> Any:
    """Return a compiled function that is kept where Numba keeps it, else in a temporary folder, else not at all."""
    compiles = njit(cache=True, **options)
    with contextlib.suppress(RuntimeError):  # that it cannot be cached
        return compiles(function)
    with contextlib.suppress(RuntimeError, OSError), _elsewhere:
        named = config.CACHE_DIR
        try:
            config.CACHE_DIR = _temporary_folder()
            return compiles(function)
        finally:
            config.CACHE_DIR = named
    return njit(**options)(function)


def _temporary_folder() -> str:
    """Return a folder among the temporary ones that is this user's alone; what others write there would be run.

    Raises:
        OSError: If there is none.
    """
    user = getattr(os, "getuid", lambda: "")()  # Windows has a folder for each user
    folder = os.path.join(tempfile.gettempdir(), f"gridworld-numba-{user}")  # noqa: PTH118 - Numba takes text
    os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or (user != "" and (found.st_uid != user or found.st_mode & 0o077)):
        raise OSError(f"{folder} is not a folder of this user alone")
    return folder


def _forgiving(made: Any) -> Any:
    """Return a compiled function that is compiled anew where what was kept cannot be read, and kept where it can be.

    The types of its arguments are kept by their names, among them classes that another version may have renamed.
    """
    kept = getattr(made._cache, "_cache_file", None)  # noqa: SLF001 - Numba has no other way in; None if nothing is kept
    if kept is not None:
        kept._load_index = _or(kept._load_index, {})  # noqa: SLF001
        kept.load = _or(kept.load, None)
        made._cache.save_overload = _or(made._cache.save_overload, None, OSError)  # noqa: SLF001
    return made


def _or(call: Callable[..., Any], otherwise: Any, kind: type[Exception] = Exception) -> Callable[..., Any]:
    """Return a function that returns something else where another fails: unpickling can raise anything."""

    def trying(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        except kind:
            return otherwise

    return trying


def _with_globals(function: Any, names: dict[str, Any]) -> types.FunctionType:
    copy = types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    copy.__module__, copy.__qualname__, copy.__doc__ = function.__module__, function.__qualname__, function.__doc__
    return copy


def _cells(function: types.FunctionType) -> dict[str, Any]:
    """Return what a function closes over, by name."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}


def _add(digest: Any, value: Any, seen: set[int]) -> None:
    """Feed a value to a digest, the same in every process."""
    digest.update(type(value).__name__.encode())
    parts: Any = ()
    if isinstance(value, CPUDispatcher):
        parts = value.targetoptions, value.py_func
    elif isinstance(value, types.FunctionType):
        if id(value) not in seen:
            seen.add(id(value))
            _add_code(digest, value, value.__code__, seen)
            parts = value.__defaults__, _cells(value)
    elif isinstance(value, dict):
        parts = sorted(value.items())
    elif isinstance(value, set | frozenset):
        parts = sorted(value, key=repr)
    elif isinstance(value, tuple):
        parts = value
    else:
        definition = getattr(value, "_defn", None)  # of Numba's intrinsics
        parts = (definition,) if isinstance(definition, types.FunctionType) else ()
        digest.update(_content(value))
    for part in parts:
        _add(digest, part, seen)
    digest.update(b";")


def _content(value: Any) -> bytes:
    """Return what tells a constant or a type from another; of what is Numba's to compile, such as np.sqrt, its name."""
    if isinstance(value, _PLAIN):
        return repr(value).encode()
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}".encode() + value.tobytes()
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__} {getattr(value, '_fields', '')}".encode()
    return str(getattr(value, "__name__", "")).encode()


def _add_code(digest: Any, function: types.FunctionType, code: types.CodeType, seen: set[int]) -> None:
    digest.update(code.co_code)
    digest.update(repr((code.co_names, code.co_freevars)).encode())
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            _add_code(digest, function, constant, seen)
        else:
            _add(digest, constant, seen)
    names = function.__globals__
    for step in dis.get_instructions(code):
        if step.opname != "LOAD_GLOBAL" or step.argval == function.__name__ or hasattr(builtins, step.argval):
            continue
        if step.argval not in names:
            raise NameError(f"{function.__qualname__} uses {step.argval}, which must be defined before it is compiled")
        value = names[step.argval]
        _add(digest, value, seen)
        if isinstance(value, types.ModuleType):  # `schedules.value`: the attribute is among the names too
            for attribute in code.co_names:
                _add(digest, vars(value).get(attribute), seen)
