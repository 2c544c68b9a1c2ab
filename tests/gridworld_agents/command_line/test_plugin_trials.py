"""`gridworld list` with plugins that do their worst while they are imported: each costs its own line, and no other."""

import json
import os
import pathlib
import textwrap
import time

import pytest

from gridworld_agents.command_line import main, plugin_trials
from gridworld_env import EnvPlugin

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

GOOD = "class Agent: pass\n"
BAD = {
    "base": ("raise BaseException('enough')", "BaseException: enough"),
    "generator": ("raise GeneratorExit", "GeneratorExit"),
    "cancelled": ("import asyncio\nraise asyncio.CancelledError", "CancelledError"),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "mute": (
        "class Mute(Exception):\n    def __str__(self): raise KeyboardInterrupt\nraise Mute",
        "Mute: (its text cannot be made)",
    ),
    "leaves": ("import os\nos._exit(3)", "its process ended with status 3 while it was imported"),
    "crashes": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
        "its process ended by SIGSEGV while it was imported",
    ),
    "closes": ("import os\nos.closerange(0, 256)\nimport time\ntime.sleep(60)", "it closed the files of its process"),
    "sleeps": ("import time\ntime.sleep(600)", "it was not imported within 1 seconds"),
    "long": ("raise ValueError('x' * 1_000_000)", "ValueError: xxx"),
}
FINE = {
    "quiet": "import sys\nsys.stdout.close()\nsys.stderr.close()\n" + GOOD,
    "loud": "import os\nprint('loud', flush=True)\nos.write(1, b'loud')\nos.write(2, b'loud')\n" + GOOD,
    "parent": "import os\nos.fork()\n" + GOOD,
    "good": GOOD,
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that installs a package of agents, each in a module of its own; verdicts are kept nowhere."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(plugin_trials, "SECONDS", 1.0)
    monkeypatch.setenv("COLUMNS", "200")

    def run(modules):
        info = tmp_path / "acme-1.2.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n")
        lines = "\n".join(f"acme/{name} = acme_{name}:Agent" for name in modules)
        (info / "entry_points.txt").write_text(f"[gridworld.agents]\n{lines}\n")
        for name, code in modules.items():
            (tmp_path / f"acme_{name}.py").write_text(textwrap.dedent(code))

    return run


def listed(capfd, *arguments):
    """Return what `gridworld list agents` prints of this package's agents, a line each, without its lines."""
    with pytest.raises(SystemExit) as ended:
        main(["list", "agents", *arguments])
    assert ended.value.code == 0
    out, err = capfd.readouterr()
    assert "q-learning" in out
    assert "loud" not in err
    return out


@forks
def test_each_is_listed_with_its_reason_and_none_hides_another(install, capfd):
    install({**{name: code for name, (code, _) in BAD.items()}, **FINE})
    began = time.monotonic()
    out = " ".join(listed(capfd).replace("│", " ").split())
    assert time.monotonic() - began < 30
    for name, (_, reason) in BAD.items():
        assert f"acme/{name} acme_{name}:Agent cannot be used: {reason}" in out
    for name in FINE:
        assert f"acme/{name} acme_{name}:Agent " in out
        assert f"acme_{name}:Agent cannot" not in out
    assert out.count(" acme 1.2 ") == 1  # the heading over all of them
    assert out.count("x") < 4000  # a long reason is cut


@forks
def test_what_a_plugin_has_started_ends_with_it(install, capfd, tmp_path):
    code = f"""
    import os, pathlib, time
    if os.fork() == 0:
        pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(os.getpid()))
        time.sleep(600)
    time.sleep(600)
    """
    install({"family": code})
    assert "it was not imported within 1 seconds" in listed(capfd)
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while running(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"  # which is none
    except OSError:
        return False


@forks
def test_verdicts_are_kept_until_something_changes(install, capfd, monkeypatch, tmp_path):
    asked, ask = [], plugin_trials._asked

    def counted(plugins, seconds):
        asked.append(sorted(one.id for one in plugins))
        return ask(plugins, seconds)

    monkeypatch.setattr(plugin_trials, "_asked", counted)
    modules = {"good": GOOD, "raises": "raise ValueError('once')", "leaves": "import os\nos._exit(3)"}
    install(modules)
    first = listed(capfd)
    assert first == listed(capfd)
    assert asked == [["acme/good", "acme/leaves", "acme/raises"], ["acme/raises"]]  # an exception may have been mended
    assert "`gridworld list --again` tries it again" in " ".join(first.replace("│", " ").split())
    listed(capfd, "--again")
    assert len(asked.pop()) == 3
    install({**modules, "leaves": GOOD})  # its source has changed
    assert "ended with status" not in listed(capfd)
    assert "acme/leaves" in asked.pop()
    (tmp_path / "other-2.0.dist-info").mkdir()  # what one of them lacked may be there now
    listed(capfd)
    assert len(asked.pop()) == 3
    for content in ("[]", "{", '{"a": 3}', "[[1]]", '[["key", null, [1]]]'):
        (tmp_path / "cache" / "gridworld-env" / "plugins.json").write_text(content)
        listed(capfd)
        assert len(asked.pop()) == 3


@forks
def test_what_a_plugin_says_of_itself_is_listed(install, capfd):
    code = """
    class Agent:
        \"\"\"Guesses \x1b[31mwell. The rest is not for a list.\"\"\"

        observation_spaces, action_spaces, needs_model = "Box", "Discrete", True


    class Heir(Agent):
        pass
    """
    install({"good": code, "broken": "raise ValueError('once')"})
    for _ in range(2):  # the second time from what was kept
        out = " ".join(listed(capfd).split())
        assert "acme/good Guesses \\x1b[31mwell Box → Discrete model" in out
        (good,) = [one for one in json.loads(listed(capfd, "--json"))["agents"] if one["id"] == "acme/good"]
        assert (good["package"], good["version"], good["problem"], good["family"]) == ("acme", "1.2", None, "")
        assert (good["observations"], good["actions"], good["needs_model"]) == ("Box", "Discrete", True)
    install({"good": code.replace("Heir(Agent)", "Agent(Agent)")})  # what it inherits says nothing of it
    assert "acme/good acme_good:Agent" in " ".join(listed(capfd, "--again").split())


def test_an_environment_says_what_it_is(install):
    install({"good": 'class Agent:\n    """A corridor. It is dark."""\n'})
    plugin = EnvPlugin("acme/Corridor-v0", "acme", "1.2", "acme_good:Agent")
    (found,) = plugin_trials.trials([plugin])
    assert found == (None, ("A corridor", "", "", False))


def test_ours_alone_start_no_process_and_keep_nothing(monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(plugin_trials, "_asked", None)
    assert "acme" not in listed(capfd)
    assert not list(tmp_path.iterdir())


def test_without_fork_each_has_a_process_of_its_own(install, monkeypatch):
    monkeypatch.delattr(os, "fork")
    install({"good": GOOD})
    from gridworld_agents.core import registry

    plugins = [registry.find("acme/good")] * 2
    told = []

    def run(_command, **options):
        told.append(json.loads(options["input"])["plugins"])
        return type("Done", (), {"stdout": b'[["no", false, null]]'})

    monkeypatch.setattr(plugin_trials.subprocess, "run", run)
    assert plugin_trials.trials(plugins) == [("no", None), ("no", None)]
    assert [len(one) for one in told] == [1, 1]
