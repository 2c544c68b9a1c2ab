import pathlib
import shutil

import pytest

from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite


@pytest.fixture
def suite():
    """Return a suite that takes a second."""
    return Suite(
        agents=(AgentChoice("q-learning"), AgentChoice("sarsa", "slow", {"alpha": 0.01})),
        envs=(EnvChoice("GridWorld-v0"), EnvChoice("GridWorld/Cliff-v0", steps=900)),
        seeds=(0, 1, 2),
        steps=600,
        gamma=0.9,
        rows=10,
    )


@pytest.fixture
def tables():
    """Return a function that reads what must be the same however a comparison ran."""
    return lambda folder: [(pathlib.Path(folder) / name).read_bytes() for name in ("results.csv", "curves.csv")]


@pytest.fixture(scope="package")
def small(tmp_path_factory):
    """Return the folder of a small comparison, which stays as it is."""
    import gridworld_agents as ga

    folder = tmp_path_factory.mktemp("small") / "c"
    ga.compare(["q-learning"], ["GridWorld-v0"], out=folder, seeds=1, steps=20, rows=1, gamma=0.9, jobs=1)
    return folder


@pytest.fixture
def folder(small, tmp_path):
    """Return a copy of it, which may be damaged, and is as if it had come from elsewhere."""
    return shutil.copytree(small, tmp_path / "c")
