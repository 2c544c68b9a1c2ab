"""What other packages add by entry points: finding it, saying what is wrong with it, loading it so that it fails alone.

Environments and agents are found by this one road. Listing imports nothing, and one broken package hides no other. A
kind of plugin is a subclass of :class:`Plugin` that names its group.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.machinery
import importlib.metadata
import os
import re
import sys
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias, TypeVar

from gridworld_env.common.printing import printable
from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = "gridworld-env"

_VALUE = re.compile(r"\w+(\.\w+)*:\w+(\.\w+)*\s*(\[.*\])?")


@export("gridworld_env.Plugin")
@dataclasses.dataclass(frozen=True)
class Plugin:
    """What a package adds by an entry point: `id = "module:name"`."""

    group: ClassVar[str]
    """Of the entry points."""
    noun: ClassVar[str]
    """What messages call it."""
    failure: ClassVar[type[Exception]]
    """What is raised when it cannot be used."""

    id: str
    distribution: str
    version: str
    value: str
    """Where it is: `module:name`."""
    error: str | None = None
    """Why it cannot be used, as far as that is known without importing it; None if nothing is."""

    @property
    def ours(self) -> bool:
        """Whether it comes with this project, whose ids go before all others'."""
        return self.distribution == _OURS

    def load(self) -> Any:
        """Import it and return what makes one.

        Raises:
            Exception: Its kind's `failure`, if that fails, whichever way.
        """
        if self.error is not None:
            raise self.failure(f"the {self.noun} {self.id!r} of {self.distribution} {self.version}: {self.error}")
        with self.isolated():
            factory = importlib.metadata.EntryPoint(self.id, self.value, self.group).load()
            self.check(factory)
        return factory

    def problem(self) -> str | None:
        """Return why it cannot be used, None if nothing is known; to find out, it is imported."""
        if self.error is not None:
            return self.error
        try:
            self.load()
        except self.failure as error:
            return self.reason(error.__cause__ or error)
        return None

    @contextlib.contextmanager
    def isolated(self, *kinds: type[BaseException]) -> Iterator[None]:
        """Turn what a plugin raises, or an attempt to exit, into one error; Ctrl-C passes.

        Args:
            *kinds: What is turned; by default every exception.

        Raises:
            Exception: Its kind's `failure`, with the id, the distribution and the reason.
        """
        caught = kinds or (Exception, SystemExit)
        try:
            yield
        except caught as error:
            raise self.failure(
                f"the {self.noun} {self.id!r} of {self.distribution} {self.version} cannot be loaded from "
                f"{self.value!r}: {self.reason(error)}"
            ) from error

    def complaint(self) -> str | None:
        """Return which rule of its kind it breaks, as far as that shows without importing it."""
        return None

    def check(self, factory: Any) -> None:
        """Refuse the factory that was imported, by any exception, if it is not of its kind."""

    def reason(self, error: BaseException) -> str:
        """Return an error and the way out of it."""
        try:
            text = str(error)
        except BaseException:  # noqa: BLE001 - a stranger's error
            text = "(its text cannot be made)"
        return f"{type(error).__name__}: {printable(text)}{self.way_out(error)}"

    def way_out(self, error: BaseException) -> str:
        """Return what there is to do about an error, after a semicolon."""
        if isinstance(error, ModuleNotFoundError) and error.name:
            return f"; {error.name.split('.')[0]!r} is not installed"
        return ""


P = TypeVar("P", bound=Plugin)


@export("gridworld_env.find_plugins")
def find_plugins(kind: type[P]) -> list[P]:
    """Return every plugin of a kind, those with errors too, by id. Nothing is imported.

    Where several distributions have an id, ours is first, then they go by name; the first one without an error has it.
    What was found is remembered until a folder of `sys.path` changes: what is installed meanwhile is found.
    """
    state = _state_of_path()
    before, found = _remembered.get(kind, (None, []))
    if state is None or state != before:
        found = _find(kind)
        _remembered[kind] = state, found
    return list(found)


_PathState: TypeAlias = "tuple[tuple[str, int | None], ...] | None"
_remembered: dict[type[Plugin], tuple[_PathState, list[Any]]] = {}
"""What was found last of each kind, and in which state of the path."""


def _state_of_path() -> _PathState:
    """Return the folders of `sys.path` and when each last changed: installing and uninstalling change one of them.

    None where something else than these folders is asked for distributions too, such as an editable package's finder:
    nothing tells when its answers change.
    """
    for finder in sys.meta_path:
        if finder is not importlib.machinery.PathFinder and hasattr(finder, "find_distributions"):
            return None
    return tuple((path, _modified(path)) for path in map(os.path.abspath, sys.path))


def _modified(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - a tenth of what pathlib takes, and this is in every `make`
    except OSError:
        return None


def _find(kind: type[P]) -> list[P]:
    found = [kind(*entry) for entry in _entries(kind.group)]
    found.sort(key=lambda plugin: (plugin.id, not plugin.ours, plugin.distribution))
    taken: dict[str, P] = {}
    for i, plugin in enumerate(found):
        error = plugin.error or _malformed(plugin) or plugin.complaint()
        if error is None and (first := taken.setdefault(plugin.id, plugin)) is not plugin:
            error = f"the id {plugin.id!r} is taken by {first.distribution} {first.version} ({first.value})"
        found[i] = dataclasses.replace(plugin, error=error)
    return found


class _Entry(NamedTuple):
    """One entry point, as a file has it."""

    id: str
    distribution: str
    version: str
    value: str
    error: str | None


def _malformed(plugin: Plugin) -> str | None:
    if _VALUE.fullmatch(plugin.value):
        return None
    return f"its entry point must read {plugin.id} = module:name, got {plugin.value!r}"


def _entries(group: str) -> Iterator[_Entry]:
    """Yield the entry points of a group; of several distributions of one name the first on the path counts.

    A file of entry points that cannot be read at all is passed over: nothing says that it has any of the group.
    """
    seen = set()
    for distribution in _distributions():
        try:
            text = distribution.read_text("entry_points.txt")
        except Exception:  # noqa: BLE001, S112 - OSError, UnicodeDecodeError, and what readers of other packages raise
            continue
        if text is None or group not in text:  # spares reading the metadata of all the others
            continue
        lines = list(_lines_of(group, text))
        name, version, error = _name_and_version(distribution)
        if lines and name not in seen:
            seen.add(name)
            for id_, value in lines:
                yield _Entry(id_, name, version, value, error)


def _distributions() -> Iterator[importlib.metadata.Distribution]:
    """Yield every distribution; a finder that fails, such as an editable package's, hides none of the others'."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_distributions", None)
        if find is not None:
            with contextlib.suppress(Exception):
                yield from find(importlib.metadata.DistributionFinder.Context())


def _lines_of(group: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield names and values of a group; importlib's reader gives none of a file that has one bad line."""
    here = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            here = line[1:-1].strip() == group
        elif here and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _name_and_version(distribution: importlib.metadata.Distribution) -> tuple[str, str, str | None]:
    """Return a distribution's normalized name, its version, and why they cannot be read: then its folder has them."""
    error = None
    try:
        metadata: Any = distribution.metadata  # of a backport of importlib.metadata, what is missing is a KeyError
        name, version = (str(metadata.get(key) or "") for key in ("Name", "Version"))
    except Exception as refusal:  # noqa: BLE001 - readers raise all sorts of things for what is no metadata
        name = version = ""
        error = f"the METADATA of its package cannot be read: {type(refusal).__name__}: {printable(str(refusal))}"
    if not name:
        folder = getattr(getattr(distribution, "_path", None), "stem", "")
        name, _, version = str(folder).partition("-")
        error = error or "the METADATA of its package names no package"
    return re.sub(r"[-_.]+", "-", name).lower() or "unknown", version or "unknown", error
