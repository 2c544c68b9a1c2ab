"""What the tests of pictures and windows share. The modules beside this file are no package: fixtures hand them out."""

import importlib.util
import pathlib
import textwrap

import pytest

HERE = pathlib.Path(__file__).parent


def _module(name):
    spec = importlib.util.spec_from_file_location(f"rendering_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def perceptual():
    """The comparison of pictures by how they look."""
    return _module("perceptual")


@pytest.fixture(scope="session")
def pictures():
    """The scenes whose pictures are kept."""
    return _module("pictures")


@pytest.fixture
def run_dummy(run_python):
    """Return a function that runs code in a fresh interpreter whose windows go nowhere, and returns its output."""

    def run(code):
        return run_python(textwrap.dedent(code), SDL_VIDEODRIVER="dummy")

    return run


@pytest.fixture
def run_shown(display, run_python):
    """Return a function that runs code in a fresh interpreter on the display in memory, and returns its output."""

    def run(code):
        return run_python(textwrap.dedent(code), DISPLAY=display, SDL_VIDEODRIVER="x11")

    return run
