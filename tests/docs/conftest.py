"""The scripts that make the documentation are no package: they are found beside each other."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def generator():
    """Let the tests import what `make docs` runs."""
    sys.path.insert(0, str(ROOT / "docs" / "generator"))
    yield
    sys.path.remove(str(ROOT / "docs" / "generator"))
