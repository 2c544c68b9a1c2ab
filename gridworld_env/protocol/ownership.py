"""Which class of an environment defines what: a claim holds for the `step` and `reset` of the class that makes it."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

DYNAMICS = ("step", "reset")
_BASES = (gym.Env, object)


def definer(base: Any, name: str) -> type | None:
    """Return the class that defines an attribute of an environment; None where only the instance has it."""
    return next((cls for cls in type(base).__mro__ if name in vars(cls)), None)


def defines_dynamics(base: Any, *names: str) -> bool:
    """Return whether one class defines all these attributes together with `step` and `reset`."""
    replaced = any(name in _own(base) for name in (*DYNAMICS, *names))
    return not replaced and len({definer(base, name) for name in (*DYNAMICS, *names)}) == 1


def overriding(base: Any, model: str) -> str | None:
    """Return what in an environment's classes may make it another one than its model says; None if nothing does.

    A model that is defined in a class, as a property is, must be in the class of `step` and `reset`. One that is set on
    the instance does not tell which class it is of: then only one class may define `step` or `reset` at all.

    Args:
        base: The environment without wrappers.
        model: The name of the attribute that holds the model.
    """
    kind = type(base).__name__
    for name in DYNAMICS:
        if name in _own(base):
            return f"{name} of this {kind} has been replaced"
    owner = definer(base, model)
    if owner is None or (model in _own(base) and not hasattr(vars(owner)[model], "__get__")):  # set on the instance
        stepping = [cls for cls in type(base).__mro__ if cls not in _BASES and vars(cls).keys() & set(DYNAMICS)]
        if len(stepping) < 2:
            return None
        first, second = stepping[:2]
        names = " and ".join(name for name in DYNAMICS if name in vars(first))
        return f"{first.__name__} overrides {names} of {second.__name__}, and {model!r} may be the model of the latter"
    for name in DYNAMICS:
        other = definer(base, name)
        if other is not owner:
            where = "nowhere" if other is None else f"in {other.__name__}"
            return f"{model!r} is defined in {owner.__name__}, and {name} {where}"
    return None


def _own(base: Any) -> dict[str, Any]:
    return getattr(base, "__dict__", {})
