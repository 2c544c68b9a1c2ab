"""The agents that these tests check."""

import importlib.util
import pathlib
import sys
import types

import pytest


def beside(name):
    """Return the module in a file beside this one."""
    spec = importlib.util.spec_from_file_location(f"agents_{name}", pathlib.Path(__file__).parent / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # compiled code is looked up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def broken():
    """Return the agents that are wrong in one way each."""
    return types.SimpleNamespace(**(vars(beside("broken_form")) | vars(beside("broken_inside"))))


@pytest.fixture(scope="session")
def linear():
    """Return agents for Box spaces."""
    return beside("linear")
