"""Fixtures that several test files share, and the mark `axes`."""

import gc
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import textwrap

import pytest


@pytest.hookimpl(tryfirst=True)  # before the slow ones are left out
def pytest_collection_modifyitems(items):
    """Leave to `make test-slow` what differs from the typical values of a test's `axes` in more than one of them.

    The mark takes a dict from names, as `parametrize` has them, to lists of values, and says that these parameters are
    independent in what is tested: one pass along each axis then finds what all combinations would.
    """
    for item in items:
        for mark in item.iter_markers("axes"):
            if sum(not _typical(item.callspec.params, *axis) for axis in mark.args[0].items()) > 1:
                item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    """Let no search for garbage look at what was imported and collected again: that stays."""
    gc.collect()
    gc.freeze()


def _typical(params, names, values):
    found = [params[name.strip()] for name in names.split(",")]
    return (found[0] if len(found) == 1 else tuple(found)) in values


@pytest.fixture
def run_python():
    """Return a function that runs code in a fresh interpreter, warnings being errors, and returns its output."""

    def run(code, cwd=None, **environment):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
            check=False,
            cwd=cwd,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture
def growth(run_python, tmp_path):
    """Return a function that runs a snippet which defines `work(i)`, and returns what doing it `count` times has grown.

    It runs in a fresh interpreter and an empty folder, windows going nowhere. See `growth.grown` for what is returned.
    """
    if not pathlib.Path("/proc/self/statm").exists():
        pytest.skip("the memory in use is read from /proc")

    def run(code, count):
        last = f"import json, growth\nprint(json.dumps(growth.grown(work, {count})))"
        where = {"PYTHONPATH": str(pathlib.Path(__file__).parent), "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        output = run_python(f"{textwrap.dedent(code)}\n{last}", tmp_path, SDL_VIDEODRIVER="dummy", **where)
        return json.loads(output.splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def display():
    """The name of a display in memory, with a screen of 1000 x 800; `.ci/run` installs what it takes."""
    server = shutil.which("Xvfb")
    if server is None:
        reason = "Xvfb is not installed: apt-get install xvfb"
        (pytest.fail if os.environ.get("GRIDWORLD_TEST_WINDOWS") else pytest.skip)(reason)
    readable, writable = os.pipe()
    command = [server, "-displayfd", str(writable), "-screen", "0", "1000x800x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(command, pass_fds=[writable], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writable)
    try:
        with os.fdopen(readable) as told:
            ready = select.select([told], [], [], 30)[0]
            number = told.readline().strip() if ready else ""
        assert number, f"Xvfb has not started: it ended with status {process.poll()}"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(10)
