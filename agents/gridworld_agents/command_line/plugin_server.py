"""The process that tries other packages' plugins, each in a process of its own, and tells what came of it.

Where there is `fork`, one process imports what all of them need and forks for each: that takes some milliseconds in
place of half a second. Elsewhere this program is started for each plugin. Whatever a plugin does while it is imported
(it hangs, crashes, ends its process, closes files, forks) costs its own process, which is killed with all it started.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.about import About, about
from gridworld_agents.core.registry import AgentSpec
from gridworld_env import EnvPlugin

if TYPE_CHECKING:
    from gridworld_env import Plugin

KINDS: dict[str, type[Plugin]] = {kind.group: kind for kind in (AgentSpec, EnvPlugin)}
AT_ONCE = 16
"""How many are tried at the same time: more than there are cores, for those that hang do nothing."""
LONGEST = 2000
"""Characters of a reason that are told."""


class Verdict(NamedTuple):
    """What came of a plugin."""

    problem: str | None  # why it cannot be used; None: it can
    lasting: bool  # whether it need not be tried again until something else is installed
    about: About | None = None  # what it says of itself; None where it cannot be used


class _Trial(NamedTuple):
    """A plugin that is being imported."""

    number: int
    pid: int
    result: int  # descriptor
    deadline: float


def serve(given: dict[str, Any], out: int = 1) -> None:
    """Try plugins, and write a list of verdicts as JSON.

    Args:
        given: `plugins`, a list of (group, id, distribution, version, value), and `seconds`, how long each may take.
        out: Descriptor that is written to.
    """
    plugins = [KINDS[group](*rest) for group, *rest in given["plugins"]]
    own = os.dup(out)
    _silence()
    verdicts = _forked(plugins, given["seconds"]) if hasattr(os, "fork") else [_tried(one) for one in plugins]
    with os.fdopen(own, "w", encoding="utf-8") as file:
        json.dump(verdicts, file)


def _silence() -> None:
    """Let what is printed go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


def _tried(plugin: Plugin) -> Verdict:
    """Import a plugin in this process."""
    said = None
    try:
        problem = plugin.problem()
        if problem is None:
            said = about(plugin.load())
    except BaseException as error:  # noqa: BLE001 - KeyboardInterrupt and GeneratorExit too: they are the plugin's
        problem = plugin.reason(error)
    if problem is not None and len(problem) > LONGEST:
        problem = f"{problem[:LONGEST]} ..."
    return Verdict(problem, lasting=problem is None, about=said)


def _forked(plugins: list[Plugin], seconds: float) -> list[Verdict]:
    """Import each plugin in a fork of this process."""
    verdicts: dict[int, Verdict] = {}
    waiting, trials = list(enumerate(plugins))[::-1], dict[int, _Trial]()
    try:
        while waiting or trials:
            while waiting and len(trials) < AT_ONCE:
                trial = _begun(*waiting.pop(), seconds)
                trials[trial.result] = trial
            patience = max(0.0, min(trial.deadline for trial in trials.values()) - time.monotonic())
            ready, _, _ = select.select(list(trials), [], [], patience)
            late = [one.result for one in trials.values() if one.deadline <= time.monotonic()]
            for result in dict.fromkeys((*ready, *late)):
                trial = trials.pop(result)
                verdicts[trial.number] = _ended(trial, seconds, in_time=result in ready)
    finally:
        for trial in trials.values():
            _kill(trial)
    return [verdicts[number] for number in range(len(plugins))]


def _begun(number: int, plugin: Plugin, seconds: float) -> _Trial:
    result, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()  # so that what it starts can be ended with it
        own = os.getpid()
        content = json.dumps(_tried(plugin)).encode()
        with contextlib.suppress(OSError):
            if os.getpid() == own:  # not a fork of the plugin's
                os.write(told, content)  # at once, since it is shorter than a pipe is
        os._exit(0)
    os.close(told)
    return _Trial(number, pid, result, time.monotonic() + seconds)


def _ended(trial: _Trial, seconds: float, *, in_time: bool) -> Verdict:
    """Return the verdict of a plugin that has told it, or is not waited for any more."""
    content = os.read(trial.result, 1 << 16) if in_time else b""
    status = _kill(trial)
    if not in_time:
        return Verdict(f"it was not imported within {seconds:g} seconds", lasting=True)
    with contextlib.suppress(ValueError, TypeError):
        return Verdict(*json.loads(content))
    if status == -signal.SIGKILL:
        return Verdict("it closed the files of its process while it was imported", lasting=True)
    how = f"with status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
    return Verdict(f"its process ended {how} while it was imported", lasting=True)


def _kill(trial: _Trial) -> int:
    """End a trial with all that it has started, and return how it had ended, or that it was killed: -9."""
    os.close(trial.result)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(trial.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(trial.pid, signal.SIGKILL)  # it has not come to its own group yet
    return os.waitstatus_to_exitcode(os.waitpid(trial.pid, 0)[1])
