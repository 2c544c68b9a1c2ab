import pathlib

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
