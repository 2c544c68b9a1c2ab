"""Compiled updates: the same results, what is said meanwhile, and no compiler."""

import re
import shutil
import warnings

import gymnasium as gym
import pytest
import torch

import gridworld_agents as ga
from gridworld_agents.core.checkpoint import leaves
from gridworld_agents.deep import compiling

SMALL = {"hidden": (16, 16), "batch_size": 32, "learning_starts": 50}


@pytest.mark.parametrize("agent_id", ["ddpg", pytest.param("td3", marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's compiler
def test_compiled_updates_are_the_same(agent_id, capsys):
    if shutil.which("g++") is None:
        pytest.skip("there is no C++ compiler")
    settings = {**SMALL, "actor_step_size": "linear:0.002:0.0:150"}
    plain, compiled = (
        ga.make(agent_id, gym.make("Pendulum-v1"), seed=0, compile=c, **settings).learn(150) for c in (False, True)
    )
    told = r"compiling {0} of {1} \.\.\.\ncompiled {0} of {1} in [\d.]+ s\n"
    parts = {"ddpg": ["the update"], "td3": ["the update", "another part of the update"]}[agent_id]
    assert re.fullmatch("".join(told.format(part, agent_id) for part in parts), capsys.readouterr().err)
    of_compiled = dict(leaves(compiled.learner, ""))
    for name, tensor in leaves(plain.learner, ""):
        assert torch.allclose(tensor.double(), of_compiled[name].double(), atol=1e-5), name


def test_each_case_is_compiled_and_told(monkeypatch, capsys):
    """Of one piece of code torch compiles eight versions and then fails: each update has code of its own."""
    seen = []
    monkeypatch.setattr(compiling.torch, "compile", lambda function, **_: seen.append(function.__code__) or function)
    for _ in range(3):
        update = compiling.Compiled(lambda x, act: x + act, "td3", torch.device("cpu"))
        assert [update(1, act) for act in (False, True, False, True)] == [1, 2, 1, 2]
    assert len({id(code) for code in seen}) == len(seen) == 6
    said = capsys.readouterr().err.splitlines()
    assert [line.split(" of td3")[0] for line in said[:4]] == [
        "compiling the update",
        "compiled the update",
        "compiling another part of the update",
        "compiled another part of the update",
    ]


def test_without_a_compiler_there_is_one_warning(monkeypatch):
    def missing(*_, **__):
        def fails(*_):
            raise RuntimeError("InvalidCxxCompiler: no working C++ compiler\nmore")

        return fails

    monkeypatch.setattr(compiling.torch, "compile", missing)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        agent = ga.make("ddpg", gym.make("Pendulum-v1"), seed=0, compile=True, **SMALL).learn(80)
    (warning,) = [str(w.message) for w in caught]
    assert warning == (
        "the update of ddpg could not be compiled and runs uncompiled, several times slower: RuntimeError: "
        "InvalidCxxCompiler: no working C++ compiler; a C++ compiler such as g++ is needed"
    )
    plain = ga.make("ddpg", gym.make("Pendulum-v1"), seed=0, **SMALL).learn(80)
    for (name, tensor), (_, found) in zip(leaves(plain.learner, ""), leaves(agent.learner, ""), strict=True):
        assert torch.equal(tensor, found), name
