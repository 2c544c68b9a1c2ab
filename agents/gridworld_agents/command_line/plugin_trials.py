"""Why other packages' plugins cannot be used, found out without importing any of them in this process.

They are tried by `plugin_server`. What need not be tried again is kept in a file of the user's, by all that it can
depend on: the plugin's version and source, what else is installed, and this project's version.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from gridworld_agents.core.about import About, about_ours
from gridworld_agents.core.files import atomic
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.registry import AgentSpec
from gridworld_env import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_env import Plugin

_Verdict: TypeAlias = tuple[str | None, bool, About | None]
"""The problem of a plugin, whether it need not be tried again, and what it says of itself."""
SECONDS = 10.0
"""How long a plugin may take to be imported."""
MOST = 1000
"""How many verdicts are kept."""
AGAIN = "; `gridworld list --again` tries it again"
_SERVER = (
    "import json, sys; given = json.load(sys.stdin); sys.path[:] = given['path'];"
    "from gridworld_agents.command_line.plugin_server import serve; serve(given)"
)


class Found(NamedTuple):
    """What is known of a plugin."""

    problem: str | None  # why it cannot be used; None where nothing is known against it
    about: About | None = None  # what it says of itself, where that is known


def trials(plugins: Sequence[Plugin], *, again: bool = False) -> list[Found]:
    """Return of each plugin why it cannot be used, or what it says of itself.

    Args:
        plugins: Of any kind.
        again: Try those too whose verdict is kept.
    """
    found: dict[int, Found] = {}
    strangers: dict[int, Plugin] = {}
    for number, plugin in enumerate(plugins):
        if plugin.error is not None or (plugin.ours and isinstance(plugin, AgentSpec)):
            found[number] = Found(plugin.problem(), about_ours().get(plugin.id))  # which imports nothing
        else:
            strangers[number] = plugin
    if not strangers:
        return [found[number] for number in range(len(plugins))]
    installed = _installed()
    keys = {number: _key(plugin, installed) for number, plugin in strangers.items()}
    kept = {} if again else _kept()
    left = [number for number in strangers if keys[number] not in kept]
    verdicts = _tried([strangers[number] for number in left], SECONDS)
    for number, (problem, lasting, said) in zip(left, verdicts, strict=True):
        found[number] = Found(problem + AGAIN if problem is not None and lasting else problem, said)
        if lasting:
            kept[keys[number]] = found[number]
    if left:
        _keep({key: kept[key] for key in keys.values() if key in kept}, {} if again else kept)
    return [found.get(number) or kept[keys[number]] for number in range(len(plugins))]


def _tried(plugins: list[Plugin], seconds: float) -> list[_Verdict]:
    """Return the verdict on each plugin."""
    if not plugins:
        return []
    if hasattr(os, "fork"):
        return _asked(plugins, seconds)
    with concurrent.futures.ThreadPoolExecutor() as threads:
        return [verdict for one in threads.map(lambda plugin: _asked([plugin], seconds), plugins) for verdict in one]


def _asked(plugins: list[Plugin], seconds: float) -> list[_Verdict]:
    """Start a process that tries plugins, and return what it tells."""
    given = {
        "path": sys.path,
        "seconds": seconds,
        "plugins": [(one.group, one.id, one.distribution, one.version, one.value) for one in plugins],
    }
    patience = 30 + seconds * (1 + len(plugins) / 8) if hasattr(os, "fork") else seconds
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", _SERVER],
            input=json.dumps(given).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            check=False,
        )
        verdicts = [(problem, lasting, _about(said)) for problem, lasting, said in json.loads(done.stdout)]
    except subprocess.TimeoutExpired:
        verdicts = [(f"it was not imported within {seconds:g} seconds", True, None)] * len(plugins)
    except (OSError, ValueError, TypeError) as error:
        verdicts = [(f"it could not be tried: {type(error).__name__}", False, None)] * len(plugins)
    return verdicts if len(verdicts) == len(plugins) else [("it could not be tried", False, None)] * len(plugins)


def _about(said: Any) -> About | None:
    """Return what a plugin says of itself, as JSON holds it.

    Raises:
        TypeError: If it is something else.
    """
    if said is None:
        return None
    summary, observations, actions, needs_model = said
    return About(str(summary), str(observations), str(actions), bool(needs_model))


def _installed() -> str:
    """Return a text that changes with what is installed, and where modules are looked for."""
    names: list[Any] = [sys.version, __version__]
    for folder in sys.path:
        with contextlib.suppress(OSError):
            place = pathlib.Path(folder).resolve()
            held = (one.name for one in place.iterdir() if one.suffix in {".dist-info", ".egg-info", ".pth"})
            names.append((str(place), sorted(held)))
    return repr(names)


def _key(plugin: Plugin, installed: str) -> str:
    source = None
    with contextlib.suppress(Exception):  # finders of other packages raise all sorts of things
        spec = importlib.util.find_spec(plugin.value.partition(":")[0].partition(".")[0])
        if spec is not None and spec.origin is not None:
            status = pathlib.Path(spec.origin).stat()
            source = (spec.origin, status.st_mtime_ns, status.st_size)
    parts = (plugin.group, plugin.id, plugin.distribution, plugin.version, plugin.value, source, installed)
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def _file() -> pathlib.Path:
    """Return where verdicts are kept.

    Raises:
        RuntimeError: If this user has no home.
    """
    told = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return (pathlib.Path(told) if told else pathlib.Path.home() / ".cache") / "gridworld-env" / "plugins.json"


def _kept() -> dict[str, Found]:
    """Return the verdicts that are kept, none where there is no such file or it holds something else."""
    with contextlib.suppress(OSError, RuntimeError, ValueError, TypeError):
        held = parsed(_file().read_text(encoding="utf-8"))
        return {key: Found(problem if problem is None else str(problem), _about(said)) for key, problem, said in held}
    return {}


def _keep(now: dict[str, Found], before: dict[str, Found]) -> None:
    """Write verdicts, the latest last; nothing depends on whether that can be done."""
    with contextlib.suppress(OSError, RuntimeError):
        path = _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        latest = list({**before, **now}.items())[-MOST:]
        with atomic(path) as file:
            file.write(json.dumps([(key, *found) for key, found in latest]).encode())
