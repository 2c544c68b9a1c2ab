"""Workers of a cluster must have the code of whoever started them; what differs is named before anything is run."""

import concurrent.futures
import socket

import pytest

from gridworld_agents.comparison import same_code
from gridworld_agents.comparison.backends import ClusterLostError, Workers
from gridworld_agents.comparison.same_code import OtherCodeError, code, with_code


def job(*arguments):
    return f"did {arguments}"


def test_the_same_code_does_the_job():
    assert with_code(code(), job, 1, 2) == "did (1, 2)"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gridworld_agents": "0" * 64}, "has other sources of gridworld_agents:"),
        ({"numpy": "1.0"}, r"has numpy \d\S* in place of 1.0:"),
        ({"not-there": "2.0"}, "has not-there missing in place of 2.0:"),
    ],
)
def test_other_code_is_refused_before_the_job(changes, told):
    with pytest.raises(OtherCodeError, match=told) as error:
        with_code({**code(), **changes}, lambda: pytest.fail("the job was done"))
    assert socket.gethostname() in str(error.value)


def test_every_source_file_counts(tmp_path, monkeypatch):
    package = tmp_path / "a_package_of_this_test"
    (package / "part").mkdir(parents=True)
    for name in ("__init__.py", "part/__init__.py"):
        (package / name).write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = [same_code._sources(package.name)]
    for change in (
        lambda: (package / "part/__init__.py").write_text("x = 2\n"),
        lambda: (package / "part/new.py").write_text(""),
        lambda: (package / "part/new.py").rename(package / "new.py"),
    ):
        change()
        seen.append(same_code._sources(package.name))
    assert len(set(seen)) == 4
    (package / "part/__init__.py").write_bytes(b"x = 2\r\n")
    assert same_code._sources(package.name) == seen[-1], "a checkout on Windows is the same code"


def test_a_cluster_that_is_not_there_is_told_in_one_line(monkeypatch):
    distributed = pytest.importorskip("distributed")

    def unreachable(*_, **__):
        raise OSError("Timed out trying to connect\nto it")

    monkeypatch.setattr(distributed, "Client", unreachable)
    workers = Workers("dask", "tcp://x:1")
    with (
        pytest.raises(ClusterLostError, match="the dask cluster at tcp://x:1 cannot be reached") as error,
        workers.ready(),
    ):
        pytest.fail("there is no cluster")
    assert "\n" not in str(error.value)
    assert "--resume" in str(error.value)


@pytest.mark.parametrize("error", [OSError("gone"), TimeoutError(), concurrent.futures.CancelledError()])
def test_a_cluster_that_is_lost_is_told_in_one_line(error):
    pytest.importorskip("distributed")
    workers = Workers("dask", "tcp://x:1")
    with pytest.raises(ClusterLostError, match="runs that had finished are kept"), workers._reached():
        raise error
