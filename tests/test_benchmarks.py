"""The benchmarks' harness, with made-up sides: no network, no peers."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
MODULES = ("worker", "peer_environments", "report", "sides", "harness", "storing", "page")

FAITHFUL = """
import worker
print("a library says hello")
worker.serve(lambda: worker.arguments()["work"], facts=lambda: {"colour": "red"})
"""
FAILING = """
import sys, worker
def block():
    print("first complaint", file=sys.stderr)
    raise RuntimeError("out of lakes")
worker.serve(block)
"""


@pytest.fixture
def bench(monkeypatch):
    """Return the benchmarks' modules, which are scripts beside each other and no package."""
    monkeypatch.syspath_prepend(FOLDER)
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in MODULES})
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture
def script(tmp_path):
    """Return a function that writes a worker's script."""

    def write(text):
        path = tmp_path / f"side_{len(list(tmp_path.iterdir()))}.py"
        path.write_text(text)
        return path

    return write


class Scripted:
    """A side whose repeats take what it is told."""

    versions = {"scripted": "1.0"}  # noqa: RUF012
    idle = 0.0

    def __init__(self, bench, name, seconds, log):
        self.facts, self.sample, self.name, self.log = {}, bench.worker.Sample, name, log
        self.seconds = iter(seconds)

    def repeat(self, _):
        self.log.append(self.name)
        return self.sample(100, next(self.seconds))


def options(**changes):
    return SimpleNamespace(
        **{"repeats": 3, "seconds": 0.01, "size": 10, "quick": False, "markdown": False, "check": False, **changes}
    )


def absent(bench):
    def start():
        raise bench.peer_environments.PeerAbsent("envpool cannot be installed: no wheel")

    return start


def test_repeats_alternate_and_ratios_pair_them(bench):
    log = []
    row = bench.harness.compare(
        "lake",
        lambda: Scripted(bench, "ours", [9, 1, 2, 4], log),
        ("peer", lambda: Scripted(bench, "peer", [9, 10, 10, 10], log)),
        options(),
        goal=bench.report.Goal(least=5),
    )
    assert log == ["ours", "peer"] * 4
    assert row.ours.speeds == [100, 50, 25]
    assert row.ratios == [10, 5, 2.5]
    assert not row.missed
    assert row.cells() == (
        "lake",
        "50 steps/s (25 to 100)",
        "peer: 10 steps/s (10 to 10)",
        "5x (2.5 to 10)",
        ">= 5: met",
    )
    assert bench.report.notes([row]) == ["ours: scripted 1.0", "peer: scripted 1.0"]


def test_a_ratio_of_times_is_better_when_small(bench):
    Series, Goal = bench.report.Series, bench.report.Goal
    ours, peer = Series("ours", [0.5, 0.25]), Series("peer", [1.0, 1.0])
    row = bench.report.Comparison("import", ours, peer, "s", "time", Goal(most=1.3))
    assert row.ratios == [2, 4]
    assert row.missed
    assert row.cells()[1] == "3 s (2 to 4)"
    assert row.cells()[4] == "<= 1.3: not met"


def test_workers_speak_the_protocol(bench, script):
    worker = bench.sides.Worker(sys.executable, script(FAITHFUL), work=7)
    try:
        sample = worker.repeat(0.02)
        assert worker.facts == {"colour": "red"}
    finally:
        worker.close()
    assert sample.work % 7 == 0
    assert sample.seconds >= 0.02


def test_a_failing_worker_is_reported_by_its_last_line(bench, script):
    row = bench.harness.compare(
        "lake",
        lambda: bench.sides.Worker(sys.executable, script(FAITHFUL), work=1),
        ("peer", lambda: bench.sides.Worker(sys.executable, script(FAILING))),
        options(),
        goal=bench.report.Goal(least=1),
    )
    assert row.peer.error == "exit status 1: RuntimeError: out of lakes"
    assert len(row.ours.speeds) == 3  # what could be measured was
    assert "not measured: exit status 1: RuntimeError: out of lakes" in bench.report.table([row], markdown=True)


def test_a_worker_that_never_gets_ready_is_reported(bench, script):
    with pytest.raises(bench.sides.WorkerError, match="exit status 3: it said nothing"):
        bench.sides.Worker(sys.executable, script("raise SystemExit(3)"))


def test_a_silent_worker_is_given_up(bench, script, monkeypatch):
    monkeypatch.setattr(bench.sides, "PATIENCE", 0.1)
    with pytest.raises(bench.sides.WorkerError, match=r"given up after 0\.1 s without an answer"):
        bench.sides.Worker(sys.executable, script("import time; time.sleep(60)"))


def test_an_absent_peer_is_reported_and_stops_nothing(bench, capsys):
    def benchmark(given):
        def ours():
            return Scripted(bench, "ours", [1] * 9, [])

        goal = bench.report.Goal(least=1)
        return [bench.harness.compare("lake", ours, ("envpool", absent(bench)), given, goal=goal)]

    assert bench.harness.main(options(), benchmark) == 0
    printed = capsys.readouterr().out
    assert "envpool: not measured: envpool cannot be installed: no wheel" in printed
    assert ">= 1: not measured" in printed
    assert bench.harness.main(options(check=True), benchmark) == 1


def test_our_own_failure_is_the_exit_status(bench, capsys):
    def benchmark(given):
        return [bench.harness.compare("lake", lambda: 1 / 0, None, given)]

    assert bench.harness.main(options(), benchmark) == 1
    assert "not measured: ZeroDivisionError: division by zero" in capsys.readouterr().out


def test_an_unmet_goal_is_the_exit_status_only_when_asked(bench):
    def benchmark(_):
        return [bench.report.Fact("memory", 2.0, "2 GB", bench.report.Goal(most=1))]

    assert bench.harness.main(options(), benchmark) == 0
    assert bench.harness.main(options(check=True), benchmark) == 1


def test_an_environment_that_cannot_be_made_is_an_absent_peer(bench, tmp_path, monkeypatch):
    monkeypatch.delenv("GRIDWORLD_BENCH_NOBODY", raising=False)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(bench.peer_environments.PeerAbsent, match=r"nobody cannot be installed: .*file"):
        bench.peer_environments.interpreter("nobody", folder=in_the_way, requirements={"nobody": ("nothing",)})


def test_a_variable_names_the_interpreter(bench, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_BENCH_ENVPOOL", sys.executable)
    assert bench.peer_environments.interpreter("envpool") == Path(sys.executable)
    monkeypatch.setenv("GRIDWORLD_BENCH_ENVPOOL", "/no/such/python")
    with pytest.raises(bench.peer_environments.PeerAbsent, match=r"GRIDWORLD_BENCH_ENVPOOL .*'/no/such/python'"):
        bench.peer_environments.interpreter("envpool")


def test_the_command_refuses_an_unknown_benchmark():
    command = [sys.executable, str(FOLDER / "run_all.py"), "single_end"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 2
    assert "there is no benchmark 'single_end': choose among single_env, vector_env" in done.stderr


def row(bench, ratio, *, kind="speed"):
    Series = bench.report.Series
    ours, peer = ([ratio], [1.0]) if kind == "speed" else ([1.0], [ratio])
    return bench.report.Comparison("lake", Series("ours", ours), Series("peer", peer), ratio=kind)


@pytest.mark.parametrize("kind", ["speed", "time"])
def test_a_ratio_that_fell_by_more_than_a_fifth_is_told(bench, kind):
    worse, hardly = (0.79, 0.81) if kind == "speed" else (1 / 0.79, 1 / 0.81)
    before = bench.storing.merged({"lakes": [row(bench, 10, kind=kind)]}, {"sections": {}})
    assert bench.storing.regressions({"lakes": [row(bench, 10 * hardly, kind=kind)]}, before) == []
    assert bench.storing.regressions({"seas": [row(bench, 10 * worse, kind=kind)]}, before) == []
    fallen = bench.storing.regressions({"lakes": [row(bench, 10 * worse, kind=kind)]}, before)
    assert fallen == [f"lake | peer: 10 before, {10 * worse:.3g} now"]


def test_what_is_stored_comes_back_and_a_row_that_failed_keeps_its_ratio(bench, tmp_path):
    path = tmp_path / "results.json"
    before = bench.storing.merged({"lakes": [row(bench, 10)], "seas": []}, bench.storing.read(path))
    bench.storing.write(before, path)
    assert bench.storing.read(path) == before
    failed = row(bench, 10)
    failed.peer.error = "no wheel"
    after = bench.storing.merged({"lakes": [failed]}, before)
    assert after["sections"]["lakes"]["rows"]["lake | peer"]["ratio"] == 10
    assert "peer: not measured: no wheel" in after["sections"]["lakes"]["rows"]["lake | peer"]["cells"]
    assert after["sections"]["seas"] == before["sections"]["seas"]
    assert bench.storing.regressions({"lakes": [failed]}, before) == []


def test_the_page_is_rewritten_between_its_marks(bench):
    stored = bench.storing.merged({"lakes": [row(bench, 10)]}, {"sections": {}})
    page = "above\n<!-- bench:begin lakes -->\nold\n<!-- bench:end lakes -->\nbelow\n"
    text = bench.page.rewritten(page, stored)
    assert text.startswith("above\n<!-- bench:begin lakes -->\n| measured | ours | peer | ratio | goal |\n| --- ")
    assert "| lake | 10 steps/s (10 to 10) | peer: 1 steps/s (1 to 1) | 10x (10 to 10) |  |" in text
    assert text.endswith("<!-- bench:end lakes -->\nbelow\n")
    assert "old" not in text
    assert bench.page.rewritten(text, stored) == text
    with pytest.raises(ValueError, match="the page has no place for 'lakes'"):
        bench.page.rewritten("nothing", stored)


def test_the_tables_of_the_docs_are_those_that_were_stored(bench):
    text = bench.page.PATH.read_text()
    assert bench.page.rewritten(text, bench.storing.read()) == text


def test_a_ratio_that_fell_is_stored_only_when_accepted(bench, tmp_path, monkeypatch, capsys):
    run_all = importlib.import_module("run_all")
    monkeypatch.setattr(bench.page, "PATH", tmp_path / "page.md")
    bench.page.PATH.write_text("<!-- bench:begin lakes -->\n<!-- bench:end lakes -->\n")
    stored = bench.storing.merged({"lakes": [row(bench, 10)]}, {"sections": {}})
    written = []
    monkeypatch.setattr(run_all.storing, "read", lambda: stored)
    monkeypatch.setattr(run_all.storing, "write", written.append)
    monkeypatch.setattr(run_all.page, "PATH", bench.page.PATH)
    assert run_all.compared({"lakes": [row(bench, 5)]}, store=True, accept=False) == 1
    assert "lake | peer: 10 before, 5 now" in capsys.readouterr().out
    assert written == []
    assert run_all.compared({"lakes": [row(bench, 5)]}, store=True, accept=True) == 0
    assert written[0]["sections"]["lakes"]["rows"]["lake | peer"]["ratio"] == 5
    assert "5x (5 to 5)" in bench.page.PATH.read_text()
    assert run_all.compared({"lakes": [row(bench, 10)]}, store=False, accept=False) == 0
    assert len(written) == 1
