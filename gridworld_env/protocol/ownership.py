"""Which class of an environment defines what: a claim holds for the `step` and `reset` of the class that makes it."""

from __future__ import annotations

import inspect
from typing import Any

import gymnasium as gym

DYNAMICS = ("step", "reset")
_BASES = (gym.Env, object)

_ACCESS = {"__getattr__", "__getattribute__", "__setattr__", "__call__"}
_APART = {
    "render",
    "close",
    "overlay",
    "scene",
    "scene_of",
    "get_state",
    "set_state",
    "mask_states",
    "action_masks",
    "action_names",
    "state_names",
    "state",
    "s",
    "layouts",
    "desc",
    "nrow",
    "ncol",
    "_only_map",
    "np_random_seed",
    "_world_function",
}
"""What steps do not ask: how an environment is drawn, named, saved and closed."""


def definer(base: Any, name: str) -> type | None:
    """Return the class that defines an attribute of an environment; None where only the instance has it."""
    return next((cls for cls in type(base).__mro__ if name in vars(cls)), None)


def defines_dynamics(base: Any, *names: str) -> bool:
    """Return whether one class defines all these attributes together with `step` and `reset`."""
    replaced = any(name in _own(base) for name in (*DYNAMICS, *names))
    return not replaced and len({definer(base, name) for name in (*DYNAMICS, *names)}) == 1


def overriding(base: Any, model: str, *, believed: bool = True) -> str | None:
    """Return what in an environment's classes may make it another one than its model says; None if nothing does.

    A model that is defined in a class, as a property is, must be in the class of `step` and `reset`. One that is set on
    the instance does not tell which class it is of: then only one class may define `step` or `reset` at all. What a
    subclass overrides beside these, its steps may use: a method that computes rewards, say. What was abstract is not
    overridden but defined.

    Args:
        base: The environment without wrappers.
        model: The name of the attribute that holds the model.
        believed: Whether a subclass that says ``preserves_mdp = True`` of itself is believed to change nothing.
    """
    kind, classes = type(base).__name__, _classes(base, believed=believed)
    if isinstance(base, gym.Wrapper):
        return f"{kind} hides what it wraps: its `unwrapped` is itself"
    for name in DYNAMICS:
        if name in _own(base):
            return f"{name} of this {kind} has been replaced"
    owner = next((cls for cls in classes if model in vars(cls)), None)
    if owner is None or (model in _own(base) and not hasattr(vars(owner)[model], "__get__")):  # set on the instance
        stepping = [cls for cls in classes if cls not in _BASES and vars(cls).keys() & set(DYNAMICS)]
        if len(stepping) > 1:
            first, second = stepping[:2]
            names = " and ".join(name for name in DYNAMICS if name in vars(first))
            return (
                f"{first.__name__} overrides {names} of {second.__name__}, and {model!r} may be the model of the latter"
            )
        owner = stepping[0] if stepping else None
    else:
        for name in DYNAMICS:
            other = next((cls for cls in classes if name in vars(cls)), None)
            if other is not owner:
                where = "nowhere" if other is None else f"in {other.__name__}"
                return f"{model!r} is defined in {owner.__name__}, and {name} {where}"
    return _overridden_beside(base, owner, classes)


def _overridden_beside(base: Any, owner: type | None, classes: list[type]) -> str | None:
    """Return which method that steps may use is another one than the owner's class has, in words."""
    for name in _own(base):
        if not _is_apart(name) and inspect.isfunction(inspect.getattr_static(type(base), name, None)):
            return f"{name} of this {type(base).__name__} has been replaced"
    for i, cls in enumerate(classes):
        if cls is owner or cls in _BASES:
            return None
        for name, value in vars(cls).items():
            if _is_apart(name) or not (callable(value) or hasattr(value, "__get__")):
                continue
            other = next((after for after in classes[i + 1 :] if after is not object and name in vars(after)), None)
            if other is not None and not getattr(vars(other)[name], "__isabstractmethod__", False):
                return f"{cls.__name__} overrides {name} of {other.__name__}, which steps may use"
    return None


def _is_apart(name: str) -> bool:
    special = name.startswith("__") and name.endswith("__") and name not in _ACCESS
    return special or name in _APART or name.startswith(("render", "_render", "_abc_", "_is_protocol"))


def _classes(base: Any, *, believed: bool) -> list[type]:
    """Return an environment's classes in the order of look-up, without those that are believed to change nothing."""
    order = type(base).__mro__
    kept = []
    for i, cls in enumerate(order):
        more_below = any(vars(after).keys() & set(DYNAMICS) for after in order[i + 1 :] if after not in _BASES)
        if not (believed and more_below and vars(cls).get("preserves_mdp") is True):
            kept.append(cls)
    return kept


def _own(base: Any) -> dict[str, Any]:
    return getattr(base, "__dict__", {})
