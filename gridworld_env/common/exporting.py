"""Public names that stand while files move: `export` says at a definition under which name it is found.

    export = functools.partial(authoring.export, "acme_agents")  # once a package

    @export("acme_agents.CuriousAgent", deprecated=("acme_agents.Curious",))
    class CuriousAgent: ...

    export("acme_agents.STEPS").constant("STEPS")  # what has no line for a decorator
    export("acme_agents.ops").module()  # the module itself, with what it defines and does not begin with _

A name's parent is a module whose `__getattr__`, `__dir__` and `__all__` come from `lazy`: a table of names and where
they are, so that importing the package imports none of them. `make api` writes the tables of this project, type stubs
beside them, and the list of all public names, docs/api.txt, from these declarations. What is not exported may move.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_PLACES: dict[str, tuple[str, int]] = {}
"""Where each name was given: file and line."""


def export(package: str, /, *names: str, deprecated: tuple[str, ...] = ()) -> Declaration:
    """Give a class, a function or a constant its public names. The thing itself stays as it is.

    Args:
        package: Begins every name: a package binds its own by `functools.partial`.
        *names: Dotted and whole, one as a rule. The first is the one that documentation shows.
        deprecated: Earlier names. They still work, and warn once that the first of `names` is to be used.

    Returns:
        A decorator; its methods `constant` and `module` serve what cannot be decorated.

    Raises:
        ValueError: If a name lies outside of the package, or was given in another file.
    """
    caller = sys._getframe(1)  # noqa: SLF001 - a stack with lines of code would cost the import milliseconds
    here = (caller.f_code.co_filename, caller.f_lineno)
    if not names:
        raise ValueError(f"export needs a public name: {here[0]}, line {here[1]}")
    for name in (*names, *deprecated):
        if not name.startswith(f"{package}."):
            raise ValueError(f"public names of {package} must begin with '{package}.', got {name!r}")
        there = _PLACES.setdefault(name, here)
        if there[0] != here[0]:  # another line of the same file: a module that was edited and loaded again
            raise ValueError(twice(name, there, here))
    return Declaration()


class Declaration:
    """What `export` returns."""

    def __call__(self, thing: T) -> T:
        """Return a class or function as it is."""
        return thing

    def constant(self, name: str) -> None:
        """Export a constant or a type alias of the module that calls.

        Args:
            name: The constant's own, in that module.
        """

    def module(self) -> None:
        """Export the module that calls, and with it all that it defines under a name that does not begin with `_`."""


def twice(name: str, there: tuple[str, int], here: tuple[str, int]) -> str:
    """Return the message for a name that was given in two places, each a file and a line."""
    return (
        f"the public name {name!r} is given twice: in {there[0]}, line {there[1]}, and in {here[0]}, line {here[1]}; "
        "take one away"
    )


def lazy(
    module: str, table: Mapping[str, str], deprecated: Mapping[str, tuple[str, str]] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return a module's `__getattr__`, `__dir__` and `__all__`: each name is imported when it is first asked for.

    Args:
        module: `__name__` of the module.
        table: Where each public name is: `package.module:attribute`, or `package.module` for a module.
        deprecated: For earlier names likewise, and the public name to use instead.
    """
    earlier = deprecated or {}
    public = sorted(table)

    def look_up(name: str) -> Any:
        """Import a public name."""
        if name in earlier:
            where, instead = earlier[name]
            warnings.warn(f"{module}.{name} is deprecated: use {instead}", DeprecationWarning, stacklevel=2)
        elif name in table:
            where = table[name]
        else:
            from gridworld_env.common.suggesting import suggest

            raise AttributeError(f"module {module!r} has no attribute {name!r}{suggest(name, table)}")
        path, _, attribute = where.partition(":")
        found: Any = importlib.import_module(path)
        if attribute:
            found = getattr(found, attribute)
        setattr(sys.modules[module], name, found)  # the next look finds it, and warns no more
        return found

    return look_up, lambda: list(public), public
