"""The environments are registered before any test makes one; tests of every agent of a kind find them by themselves."""

import functools

import pytest

import gridworld_agents as ga
import gridworld_env  # noqa: F401
from gridworld_agents.command_line import main
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.control import ControlAgent
from gridworld_agents.tabular.prediction import PredictionAgent

KINDS = {
    "own_id": object,
    "tabular_id": TabularAgent,
    "control_id": ControlAgent,
    "prediction_id": PredictionAgent,
}
"""A test with an argument of that name runs once for every agent of the class."""


@functools.cache
def ids_of(kind):
    """Return the ids of our agents that are of a class."""
    ours = [spec for spec in ga.specs() if spec.distribution == "gridworld-env" and not spec.id.startswith("sb3/")]
    return [spec.id for spec in ours if issubclass(spec.load(), kind)]


def pytest_generate_tests(metafunc):
    """Run a test for every agent of the kind that it asks for."""
    for name, kind in KINDS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, ids_of(kind))


@pytest.fixture
def gridworld(capsys, monkeypatch, tmp_path):
    """Return a function that runs the command in an empty folder; it returns exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run
