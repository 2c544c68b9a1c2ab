"""Environments by value: workers know what is installed, and are handed what a script or a notebook has registered."""

from __future__ import annotations

import contextlib
import re
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

import gymnasium as gym

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_agents.comparison.suite import Suite


def packed(suite: Suite) -> bytes:
    """Return how this process registered the environments of a suite, for `unpack` in others.

    Args:
        suite: Each of whose environments has been made here, so that what registers them has been imported.

    Raises:
        ValueError: If one of them cannot be handed over, with the ways out.
    """
    import cloudpickle

    specs: dict[str, bytes] = {}
    for choice in suite.envs:
        name = choice.id.rpartition(":")[2]
        for spec in gym.registry.values():
            if name not in {spec.id, re.sub(r"-v\d+$", "", spec.id)}:
                continue
            try:
                with _by_value(spec.entry_point):
                    specs[spec.id] = cloudpickle.dumps(spec)
            except Exception as error:
                raise ValueError(
                    f"the environment {spec.id} was registered in this process and cannot be handed to workers "
                    f"({type(error).__name__}: {error}): jobs=1 runs all of it in this process, or let an installed "
                    "module register it and name that before the id, such as 'my_module:MyEnv-v0'"
                ) from error
    content: bytes = cloudpickle.dumps(specs)
    return content


def unpack(environments: bytes) -> None:
    """Register environments as the process did that packed them, also where this one knows another of that id."""
    import cloudpickle

    for env_id, spec in cloudpickle.loads(environments).items():
        gym.registry[env_id] = cloudpickle.loads(spec)


def packed_callback(callback: Any) -> bytes:
    """Return a callback's class or function, for `unpacked_callback` in other processes.

    Raises:
        ValueError: If it cannot be handed over, with the ways out.
    """
    import cloudpickle

    try:
        with _by_value(callback):
            content: bytes = cloudpickle.dumps(callback)
    except Exception as error:
        raise ValueError(
            f"the callback {callback!r} cannot be handed to workers ({type(error).__name__}: {error}): name a class, "
            "which is made anew in each run, or let jobs=1 run all of it in this process"
        ) from error
    return content


def unpacked_callback(given: Any) -> Any:
    """Return the callback that was packed; of a process's own, which was not, itself."""
    import cloudpickle

    return cloudpickle.loads(given) if isinstance(given, bytes) else given


@contextlib.contextmanager
def _by_value(entry_point: Any) -> Iterator[None]:
    """Let a class or function whose module other processes cannot import be pickled with its code."""
    import cloudpickle

    name = getattr(entry_point, "__module__", None)
    if name not in sys.modules or _importable(name):
        yield
        return
    cloudpickle.register_pickle_by_value(sys.modules[name])
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[name])


def _importable(name: str) -> bool:
    """Return whether a module is found on the path, as in another process: it may have been loaded from elsewhere."""
    path, whole = None, ""
    for part in name.split("."):
        whole = f"{whole}.{part}" if whole else part
        found = PathFinder.find_spec(whole, path)
        if found is None:
            return whole in sys.builtin_module_names
        path = found.submodule_search_locations
    return True
