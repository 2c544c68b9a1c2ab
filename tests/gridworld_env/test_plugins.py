"""Entry points of other packages: found by one road, and one that is broken hides no other and stops no import."""

import dataclasses
import importlib.metadata
import shutil
import sys
from typing import ClassVar

import pytest

from gridworld_env import Plugin, find_plugins


class BrokenToolError(Exception):
    """What is raised of a tool."""


@dataclasses.dataclass(frozen=True)
class Tool(Plugin):
    """A kind of plugin of the tests' own."""

    group: ClassVar[str] = "gridworld.tools"
    noun: ClassVar[str] = "tool"
    failure: ClassVar[type[Exception]] = BrokenToolError

    def complaint(self):
        return None if self.id.islower() else f"its id must be in lower case, got {self.id!r}"

    def check(self, factory):
        if not callable(factory):
            raise TypeError(f"{factory!r} is no tool")


MODULES = {
    "tool_good": "def make(): return 'made'\nthing = 3\n",
    "tool_raises": "raise RuntimeError('no licence')\n",
    "tool_leaves": "raise SystemExit(3)\n",
    "tool_lacks": "import absent_module.at_all\n",
    "tool_mute": "class Mute(Exception):\n    def __str__(self): raise ValueError\nraise Mute\n",
    "tool_stops": "raise KeyboardInterrupt\n",
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a distribution by its metadata; text or bytes go into its files as they are."""
    monkeypatch.syspath_prepend(tmp_path)
    for name, code in MODULES.items():
        (tmp_path / f"{name}.py").write_text(code)

    def run(name, entry_points, metadata=None, folder=tmp_path):
        info = folder / f"{name}-1.2.dist-info"
        info.mkdir(parents=True)
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n" if metadata is None else metadata
        for file, content in (("METADATA", text), ("entry_points.txt", entry_points)):
            (info / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    yield run
    for name in MODULES:
        sys.modules.pop(name, None)


def tools(*lines):
    return "[console_scripts]\nx = y:z\n\n[gridworld.tools]\n# ours\n" + "\n".join(lines) + "\n\n[other]\na = b:c\n"


def test_plugins_are_listed_by_id_and_nothing_is_imported(install):
    install("Acme_Tools", tools("saw = tool_raises:make", "axe=tool_good:make"))
    found = find_plugins(Tool)
    assert [(one.id, one.distribution, one.version, one.value, one.error) for one in found] == [
        ("axe", "acme-tools", "1.2", "tool_good:make", None),
        ("saw", "acme-tools", "1.2", "tool_raises:make", None),
    ]
    assert not {"tool_good", "tool_raises"} & set(sys.modules)
    assert found[0].load()() == "made"
    assert not found[0].ours


def test_what_is_installed_and_uninstalled_meanwhile_is_seen(install, tmp_path, monkeypatch):
    assert find_plugins(Tool) == []
    install("acme", tools("axe = tool_good:make"))
    found = find_plugins(Tool)
    found.clear()  # the caller's own
    assert [one.id for one in find_plugins(Tool)] == ["axe"]
    install("zeta", tools("saw = tool_good:make"), folder=tmp_path / "later")
    assert [one.id for one in find_plugins(Tool)] == ["axe"]
    monkeypatch.syspath_prepend(tmp_path / "later")
    assert [one.id for one in find_plugins(Tool)] == ["axe", "saw"]
    shutil.rmtree(tmp_path / "acme-1.2.dist-info")
    assert [one.id for one in find_plugins(Tool)] == ["saw"]


def test_files_are_read_once(install, monkeypatch):
    install("acme", tools("axe = tool_good:make"))
    assert [one.id for one in find_plugins(Tool)] == ["axe"]
    monkeypatch.setattr(importlib.metadata.PathDistribution, "read_text", lambda *_: pytest.fail("read again"))
    assert [one.id for one in find_plugins(Tool)] == ["axe"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("tool_good:make", None),
        ("tool_good:thing", "TypeError: 3 is no tool"),
        ("tool_good:absent", "AttributeError: module 'tool_good' has no attribute 'absent'"),
        ("tool_raises:make", "RuntimeError: no licence"),
        ("tool_leaves:make", "SystemExit: 3"),
        (
            "tool_lacks:make",
            "ModuleNotFoundError: No module named 'absent_module'; 'absent_module' is not installed",
        ),
        ("tool_mute:make", "Mute: (its text cannot be made)"),
        ("tool_good", "its entry point must read saw = module:name, got 'tool_good'"),
        ("", "its entry point must read saw = module:name, got ''"),
        ("import os; os._exit(1)", "its entry point must read saw = module:name, got 'import os; os._exit(1)'"),
    ],
)
def test_a_broken_plugin_says_why_and_fails_alone(install, value, reason):
    install("acme", tools(f"saw = {value}", "axe = tool_good:make"))
    axe, saw = find_plugins(Tool)
    assert (axe.problem(), saw.problem()) == (None, reason)
    if reason is not None:
        with pytest.raises(BrokenToolError, match=r"the tool 'saw' of acme 1\.2") as caught:
            saw.load()
        assert str(caught.value).endswith(reason)


def test_ctrl_c_is_not_a_plugins_error(install):
    install("acme", tools("saw = tool_stops:make"))
    with pytest.raises(KeyboardInterrupt):
        find_plugins(Tool)[0].problem()


def test_a_line_that_is_none_hides_no_other(install):
    install("acme", tools("what is this", "axe = tool_good:make"))
    axe, what = find_plugins(Tool)
    assert axe.error is None
    assert "its entry point must read what is this = module:name" in what.error


@pytest.mark.parametrize(
    ("entry_points", "metadata", "reason"),
    [
        (b"[gridworld.tools]\n\xff\xfe\x00 = a:b\n", None, None),  # it may be of any group
        (
            tools("saw = tool_good:make"),
            b"\xff\xfe\x00",
            "the METADATA of its package cannot be read",
        ),
        (tools("saw = tool_good:make"), "Version: 1.2\n", "the METADATA of its package names no package"),
        (tools("saw = tool_good:make"), "", "the METADATA of its package"),
    ],
)
def test_a_package_that_cannot_be_read_hides_no_other(install, entry_points, metadata, reason):
    install("junk", entry_points, metadata)
    install("acme", tools("axe = tool_good:make"))
    axe, *others = find_plugins(Tool)
    assert axe.problem() is None
    if reason is None:
        assert not others
    else:
        (saw,) = others
        assert (saw.distribution, saw.version) == ("junk", "1.2")
        assert saw.error.startswith(reason)


def test_the_first_package_of_a_name_counts(install, tmp_path, monkeypatch):
    install("acme", tools("axe = tool_good:make"))
    install("Acme", tools("saw = tool_good:make"), folder=tmp_path / "later")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "later")])
    assert [one.id for one in find_plugins(Tool)] == ["axe"]


def test_of_several_claims_to_an_id_one_counts(install):
    install("zeta", tools("axe = tool_raises:make"))
    install("alpha", tools("axe = tool_good:make"))
    install("aardvark", tools("axe = nothing"))  # cannot claim it: it is broken
    install("gridworld_env", tools("axe = tool_good:thing"))
    errors = {one.distribution: one.error for one in find_plugins(Tool)}
    assert list(errors) == ["gridworld-env", "aardvark", "alpha", "zeta"]
    assert errors["gridworld-env"] is None
    assert errors["zeta"] == errors["alpha"] == "the id 'axe' is taken by gridworld-env 1.2 (tool_good:thing)"
    assert "must read" in errors["aardvark"]


def test_the_rules_of_a_kind_are_kept(install):
    install("acme", tools("Axe = tool_good:make"))
    (axe,) = find_plugins(Tool)
    assert axe.error == axe.problem() == "its id must be in lower case, got 'Axe'"


@pytest.mark.parametrize(
    "files",
    [
        {"entry_points.txt": b"[gridworld.envs]\n\xff\xfe\x00=\n"},
        {"entry_points.txt": b"[gridworld.envs\nnothing\n=\n"},
        {"entry_points.txt": b"[gridworld.envs]\nbroken\n", "METADATA": b"\xff\x00"},
        {"entry_points.txt": b"[gridworld.envs]\n= a:b\nacme/X-v0 =\n"},
        {"entry_points.txt": b"gridworld.envs [gridworld.agents]\n"},
        {"entry_points.txt": b"broken\n[gymnasium.envs]\nbroken\n"},
    ],
)
def test_no_package_stops_the_import(files, tmp_path, run_python):
    info = tmp_path / "junk-1.0.dist-info"
    info.mkdir()
    for name, content in files.items():
        (info / name).write_bytes(content)
    code = "import gridworld_agents as ga, gymnasium as gym; gym.make('GridWorld-v0'); print(len(ga.specs()))"
    assert int(run_python(code, PYTHONPATH=str(tmp_path))) > 9


def test_a_finder_that_fails_hides_no_others(install, monkeypatch):
    class Finder:
        @staticmethod
        def find_distributions(_context):
            yield importlib.metadata.Distribution.from_name("numpy")
            raise RuntimeError("an editable package's")

    class Unreadable(importlib.metadata.Distribution):
        def read_text(self, _name):
            raise RuntimeError("not a file")

        def locate_file(self, path):
            return path

    class Other:
        @staticmethod
        def find_distributions(_context):
            return [Unreadable()]

    install("acme", tools("axe = tool_good:make"))
    monkeypatch.setattr(sys, "meta_path", [Finder, Other, *sys.meta_path])
    assert [one.id for one in find_plugins(Tool)] == ["axe"]


def test_an_error_whose_text_stops_everything_is_a_reason(install):
    install("acme", tools("saw = tool_good:make"))
    (saw,) = find_plugins(Tool)

    class MuteError(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    assert saw.reason(MuteError()) == "MuteError: (its text cannot be made)"
