"""What holds of each of our agents, whatever it learns with: hyper-parameters, files, and the arguments of `load`."""

import dataclasses

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.core import registry
from gridworld_agents.core.config import describe

CONTINUOUS = {"ddpg", "td3"}
NUMPY = {bool: np.bool_, int: np.int64, float: np.float32, str: np.str_}


def world_of(agent_id):
    return gym.make("LinearQuadratic-v0" if agent_id in CONTINUOUS else "GridWorld-v0")


def fields_of(agent_id):
    return dataclasses.fields(registry.find(agent_id).load().Config)


def as_numpy(value):
    """Return a value with NumPy's scalars in place of Python's own."""
    if isinstance(value, tuple):
        return tuple(map(as_numpy, value))
    return NUMPY[type(value)](value)


def as_python(value):
    """Return what NumPy's scalars are, as Python's own: a float32 is not quite the double that it was made from."""
    return tuple(map(as_python, value)) if isinstance(value, tuple) else value.item()


def test_every_hyper_parameter_may_be_a_scalar_of_numpy(own_id, tmp_path):
    given = {field.name: as_numpy(field.default) for field in fields_of(own_id)}
    env = world_of(own_id)
    agent = ga.make(own_id, env, seed=np.int64(3), **given)
    kept = dataclasses.asdict(agent.config)
    assert kept == {name: as_python(value) for name, value in given.items()}
    assert {type(value) for value in kept.values()} <= {bool, int, float, str, tuple}
    agent.save(tmp_path / "agent")
    assert ga.load(tmp_path / "agent", env).config == agent.config


def test_every_hyper_parameter_says_what_it_is(own_id):
    assert all(describe(field) for field in fields_of(own_id))


def test_an_unknown_hyper_parameter_is_refused_by_its_name(own_id):
    with pytest.raises(ValueError, match=f"{own_id} has no hyper-parameter 'gama'"):
        ga.make(own_id, world_of(own_id), gama=0.9)


@pytest.mark.axes({"own_id": ["q-learning", "dqn", "spsa"], "trust": [False]})  # one function reads all files
@pytest.mark.parametrize("trust", [False, True])
def test_a_file_needs_no_trust_and_takes_it(own_id, trust, tmp_path):
    env = world_of(own_id)
    ga.make(own_id, env, seed=0).save(tmp_path / "agent")
    factory = registry.find(own_id).load()
    for loaded in (ga.load(tmp_path / "agent", env, trust=trust), factory.load(tmp_path / "agent", env, trust=trust)):
        assert type(loaded) is factory
        assert loaded.seed == 0


def test_load_takes_nothing_that_it_does_not_know(own_id, tmp_path):
    ga.make(own_id, world_of(own_id), seed=0).save(tmp_path / "agent")
    message = rf"load\(\) of {own_id} got an unexpected keyword argument 'trsut'; it takes path, env, trust"
    with pytest.raises(TypeError, match=message):
        registry.find(own_id).load().load(tmp_path / "agent", trsut=True)
