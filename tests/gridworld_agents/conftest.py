"""The environments are registered before any test makes one; tests of every agent of a kind find them by themselves."""

import functools

import pytest

import gridworld_agents as ga
import gridworld_env  # noqa: F401
from gridworld_agents.core.registry import needs
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.control import ControlAgent
from gridworld_agents.tabular.given_policy import GivenPolicyAgent
from gridworld_agents.tabular.prediction import PredictionAgent

KINDS = {
    "tabular_id": lambda factory: issubclass(factory, TabularAgent) and not factory.needs_model,
    "simulated_id": lambda factory: issubclass(factory, TabularAgent) and factory.needs_model,
    "control_id": lambda factory: issubclass(factory, ControlAgent),
    "given_policy_id": lambda factory: issubclass(factory, GivenPolicyAgent),
    "prediction_id": lambda factory: issubclass(factory, PredictionAgent),
}
"""A test with an argument of that name runs once for every agent of ours for which this holds; `own_id`, for all."""


@functools.cache
def ids_of(kind):
    """Return the ids of our agents that are of a kind. What needs torch has no table, and is not imported to tell."""
    ours = [spec for spec in ga.specs() if spec.distribution == "gridworld-env" and not spec.id.startswith("sb3/")]
    if kind == "own_id":
        return [spec.id for spec in ours]
    tabular = [spec for spec in ours if needs(spec.value.partition(":")[0]) != "torch"]
    return [spec.id for spec in tabular if KINDS[kind](spec.load())]


def pytest_generate_tests(metafunc):
    """Run a test for every agent of the kind that it asks for."""
    for kind in ("own_id", *KINDS):
        if kind in metafunc.fixturenames:
            metafunc.parametrize(kind, ids_of(kind))


@pytest.fixture
def gridworld(capsys, monkeypatch, tmp_path):
    """Return a function that runs the command in an empty folder; it returns exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    from gridworld_agents.command_line import main

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return run
