"""Compiled functions are found again by other processes, and never stale; one scheme does it in both packages."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types

import numpy as np
import pytest
from numba import njit
from numba import types as numba_types
from numba.core import caching, config
from numba.extending import intrinsic

from gridworld_env.common.compiling import cached_njit, fingerprint, with_names
from gridworld_env.engine import streams
from gridworld_env.engine.tabular import vector_kernels

ROOT = pathlib.Path(__file__).parents[3]
INNER = "from numba import njit\n\n@njit(inline='always')\ndef inner(x):\n    return x + 1\n"
OUTER = """
from inner import inner
from gridworld_env.common.compiling import cached_njit, with_names

FACTORS = 2, 3

@cached_njit(fastmath={"reassoc", "contract"})
def outer(x):
    return FACTORS[1] * inner(x) if x in {1.0, 2.0, 3.0, 4.0} else 0.0

def template(x):
    return filled(x)

through = cached_njit(with_names(template, filled=outer))
"""
RUN = """
import outer
print(outer.outer(1.0), outer.through(1.0))
for function in (outer.outer, outer.through):
    print(sum(function.stats.cache_hits.values()), sum(function.stats.cache_misses.values()))
"""


def run(folder, seed):
    """Return what a fresh process computes, and its hits and misses in the cache."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    values, *found = done.stdout.splitlines()
    return [float(value) for value in values.split()], [line.split() for line in found]


def test_another_process_compiles_nothing_until_a_file_is_edited_whose_function_was_compiled_in(tmp_path):
    (tmp_path / "inner.py").write_text(INNER)
    (tmp_path / "outer.py").write_text(OUTER)
    assert run(tmp_path, 0) == ([6.0, 6.0], [["0", "1"], ["0", "1"]])
    assert run(tmp_path, 1) == ([6.0, 6.0], [["1", "0"], ["1", "0"]])
    (tmp_path / "inner.py").write_text(INNER.replace("x + 1", "x + 2"))
    assert run(tmp_path, 2) == ([9.0, 9.0], [["0", "1"], ["0", "1"]])


def made(code, **names):
    namespace = {"njit": njit, **names}
    exec(code, namespace)  # noqa: S102 - functions that differ in one place
    return namespace["f"]


PLAIN = "@njit\ndef f(x):\n    return inner(x) + CONSTANT\n"


def test_fingerprints_tell_apart_what_is_called():
    inner, other = made("@njit\ndef f(x):\n    return x + 1\n"), made("@njit\ndef f(x):\n    return x + 2\n")
    original = fingerprint(made(PLAIN, inner=inner, CONSTANT=1))
    assert fingerprint(made(PLAIN, inner=inner, CONSTANT=1)) == original
    module = types.ModuleType("m")
    module.inner = inner
    changed = [
        made(PLAIN, inner=other, CONSTANT=1),
        made(PLAIN, inner=inner, CONSTANT=2),
        made(PLAIN.replace("+ CON", "- CON"), inner=inner, CONSTANT=1),
        made(PLAIN.replace("@njit", "@njit(fastmath=True)"), inner=inner, CONSTANT=1),
    ]
    prints = [fingerprint(function) for function in changed]
    assert len({original, *prints}) == 5
    through = "@njit\ndef f(x):\n    return m.inner(x)\n"
    one = fingerprint(made(through, m=module))
    module.inner = other
    assert fingerprint(made(through, m=module)) != one


def adder(n):
    @intrinsic
    def add(context, x):  # noqa: ARG001
        def generate(context, builder, signature, args):  # noqa: ARG001
            return builder.add(args[0], context.get_constant(numba_types.int64, n))

        return numba_types.int64(numba_types.int64), generate

    return add


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (np.uint64(1), np.uint64(2)),
        (np.uint64(1), np.int64(1)),
        (np.arange(3), np.arange(3)[::-1]),
        ((1, (2, 3)), (1, 2, 3)),
        ("a", b"a"),
        (frozenset({1}), frozenset({2})),
        (None, 0),
        (np.sqrt, np.exp),
        (np.float32, np.float64),
        (adder(1), adder(2)),
    ],
)
def test_fingerprints_tell_constants_apart(one, other):
    original, same, changed = (
        fingerprint(made(PLAIN, inner=made("@njit\ndef f(x):\n    return x\n"), CONSTANT=constant))
        for constant in (one, one, other)
    )
    assert original == same != changed


def test_fingerprints_see_through_closures_and_defaults():
    def closing(n, default):
        def f(x, y=default):
            return x + y + n

        return f

    prints = [fingerprint(closing(*arguments)) for arguments in ((1, 2), (1, 2), (3, 2), (1, 3))]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_name_that_is_not_defined_yet_is_refused():
    with pytest.raises(NameError, match="f uses later, which must be defined before"):
        cached_njit(made("def f(x):\n    return later(x)\n"))
    again = made("def f(x):\n    return x if x <= 0 else f(x - 1)\n")
    assert fingerprint(again) == fingerprint(made("def f(x):\n    return x if x <= 0 else f(x - 1)\n"))


def test_a_closure_over_a_compiled_function_is_refused():
    inner = made("@njit\ndef f(x):\n    return x\n")

    def outer(x):
        return inner(x)

    with pytest.raises(ValueError, match="outer must not close over inner: fill it in by with_names"):
        cached_njit(outer)


def test_names_are_filled_in_a_copy():
    def template(x):
        return filled(x)  # noqa: F821

    assert with_names(template, filled=abs)(-3) == 3
    with pytest.raises(NameError):
        template(-3)


def test_kernels_change_with_the_files_that_they_stand_on():
    """A vector environment's step draws by `streams.draw`, in a file of its own."""
    step = vector_kernels.step.py_func
    assert step.__qualname__ == f"step_{fingerprint(step, {'nogil': True})}"
    draw = streams.draw.py_func
    for edited in (draw, types.FunctionType((lambda _streams, _i: 0).__code__, draw.__globals__)):
        before = fingerprint(with_names(step, draw=njit(inline="always")(edited)))
        assert (before == fingerprint(step)) is (edited is draw)


def test_nothing_else_keeps_compiled_code():
    """Plain `cache=True` does not notice when a function in another file has changed."""
    sources = [*ROOT.glob("gridworld_env/**/*.py"), *ROOT.glob("agents/**/*.py"), *ROOT.glob("examples/**/*.py")]
    keeping = [path.name for path in sources if re.search(r"\bcache=True", path.read_text(encoding="utf-8"))]
    assert keeping == ["compiling.py"]


RENAMED = """
import sys
from typing import Any, NamedTuple
from gridworld_env.common.compiling import cached_njit

Pair = NamedTuple(sys.argv[1], [("x", Any), ("y", Any)])
setattr(sys.modules[__name__], sys.argv[1], Pair)

@cached_njit
def total(pair):
    return pair.x + pair.y

print(total(Pair(1, 2)), sum(total.stats.cache_hits.values()))
"""


def test_what_was_kept_for_a_class_that_was_renamed_is_compiled_anew(tmp_path):
    (tmp_path / "program.py").write_text(RENAMED)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def ran(name):
        code = f"import sys; sys.argv = ['', {name!r}]; import program"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=False,
        )
        assert not done.stderr
        return done.stdout.split()

    assert [ran("Old"), ran("New"), ran("New")] == [["3", "0"], ["3", "0"], ["3", "1"]]


def unwritable(locator):
    raise PermissionError(13, "Permission denied", locator.get_cache_path())


@pytest.fixture
def read_only(monkeypatch, tmp_path):
    """Make the folders of the code and of the user such that nothing can be written there; return that for others."""
    for kind in (caching.InTreeCacheLocator, caching.UserWideCacheLocator):
        monkeypatch.setattr(kind, "ensure_cache_path", unwritable)
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"gridworld-numba-{os.getuid()}"


def none_usable():
    raise FileNotFoundError(2, "No usable temporary directory found")


def doubled(x):
    return 2 * x


def kept_in(function):
    path = function._cache.cache_path
    return None if path is None else pathlib.Path(path).parent


def test_a_read_only_installation_without_a_home_keeps_its_code_among_temporary_files(read_only):
    first, second = cached_njit(doubled), cached_njit(doubled)
    assert (first(3), second(3)) == (6, 6)
    assert kept_in(first) == read_only
    assert read_only.stat().st_mode & 0o777 == 0o700
    assert sum(second.stats.cache_hits.values()) == 1
    assert config.CACHE_DIR == ""


@pytest.mark.parametrize("bad", ["open to others", "a link", "a file", "of another user", "no temporary folder"])
def test_what_others_could_have_written_is_not_run_and_nothing_is_kept(read_only, bad, monkeypatch):
    if bad == "open to others":
        read_only.mkdir()
        read_only.chmod(0o770)
    elif bad == "a link":
        (read_only.parent / "elsewhere").mkdir(mode=0o700)
        read_only.symlink_to(read_only.parent / "elsewhere")
    elif bad == "a file":
        read_only.write_text("")
    elif bad == "of another user":
        monkeypatch.setattr(os, "getuid", lambda: 987_654)
    else:
        monkeypatch.setattr(tempfile, "gettempdir", none_usable)
    function = cached_njit(doubled)
    assert function(4) == 8
    assert kept_in(function) is None
    assert config.CACHE_DIR == ""


def test_a_disk_that_is_full_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    function = cached_njit(doubled)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching.IndexDataCacheFile, "_save_data", full)
    assert function(5) == 10
