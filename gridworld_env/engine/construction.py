"""How an environment class gets its world: from one function, whose arguments become the class's."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from gridworld_env.common.suggesting import suggest
from gridworld_env.engine.tabular.world import World, grid_world, model_world
from gridworld_env.tabular import TabularMDP
from gridworld_env.tabular.rules import GridRules

WorldFunction = Callable[..., World | TabularMDP]

_KEYWORD = inspect.Parameter.KEYWORD_ONLY
_GRID_ARGUMENTS = [
    *(parameter for parameter in inspect.signature(grid_world).parameters.values() if parameter.kind is _KEYWORD),
    *(
        inspect.Parameter(field.name, _KEYWORD, default=field.default, annotation=field.type)
        for field in dataclasses.fields(GridRules)
    ),
]


def signature_of(make_world: WorldFunction, own: type) -> inspect.Signature:
    """Return the arguments of an environment class: those of its world function, and the class's own.

    A function that takes ``**rules`` hands them on to :func:`grid_world`: it has all of that function's arguments that
    it does not name itself, down to the fields of :class:`GridRules`.

    Args:
        make_world: The world function.
        own: The base class, whose ``__init__`` has the rest.
    """
    parameters: dict[str, inspect.Parameter] = {}
    for parameter in inspect.signature(make_world).parameters.values():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            parameters[parameter.name] = parameter
            continue
        for added in _GRID_ARGUMENTS:
            parameters.setdefault(added.name, added)
    for parameter in inspect.signature(own.__init__).parameters.values():  # type: ignore[misc]
        if parameter.kind is _KEYWORD:
            parameters[parameter.name] = parameter
    return inspect.Signature(sorted(parameters.values(), key=lambda parameter: parameter.kind))


def with_base(cls: type, base: type) -> None:
    """Name a class that `cls` inherits from among its direct bases: where tools such as skrl look, and nowhere else."""
    if base not in cls.__bases__:
        cls.__bases__ = (*cls.__bases__, base)


class UnknownArgumentError(TypeError, ValueError):
    """An argument that an environment does not have.

    As for every call in Python it is a TypeError with the words "unexpected keyword argument": tools that offer an
    environment arguments which it may lack, as TorchRL does, wait for these. As for every bad argument here it is a
    ValueError too.
    """


def make_world(cls: type, function: WorldFunction, args: tuple[Any, ...], arguments: dict[str, Any]) -> World:
    """Call a world function, refusing arguments that it does not have; a bare model becomes a world without a map.

    Raises:
        UnknownArgumentError: If there is no such argument; the message names the nearest.
    """
    known = inspect.signature(cls).parameters
    for name in arguments:
        if name not in known:
            raise UnknownArgumentError(
                f"{cls.__name__}() got an unexpected keyword argument {name!r}{suggest(name, known)}; it has "
                f"{', '.join(known)}"
            )
    made = function(*args, **arguments)
    return model_world(made) if isinstance(made, TabularMDP) else made
