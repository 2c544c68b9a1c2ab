"""Every method of ours is known to those who ask whether a subclass changes what steps do: none is forgotten."""

import sys

import gymnasium as gym
import pytest

from gridworld_env import protocol
from gridworld_env.protocol.ownership import _BASES, _is_apart
from gridworld_env.registration import MODELS, TABLE

TOLD = {"P", "initial_state_distrib", "world", "actions_of", "observe_states"}
"""What steps of ours do not ask, but what whoever overrides it means to change: the model, or what is shown."""
MAKING = {"_of_world", "_begin", "_stand_in", "_forget"}
"""What makes an environment, or readies it for its steps."""


def made(id_, **arguments):
    small = {"num_layouts": 2} if id_ == "GridWorld/Random-v0" else {}
    return gym.make(id_, **small, **arguments).unwrapped


def named(env):
    """Return all methods and properties of an environment's classes."""
    classes = [cls for cls in type(env).__mro__ if cls not in _BASES]
    return {name for cls in classes for name, x in vars(cls).items() if callable(x) or hasattr(x, "__get__")}


def called(*functions):
    """Return the names of the functions that run while some are called."""
    seen = set()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _arg: seen.add(frame.f_code.co_name) if event == "call" else None)
    try:
        for function in functions:
            function()
    finally:
        sys.setprofile(before)
    return seen


def stepped(env):
    """Return what runs in the first steps of an environment, and in later ones from states that were visited."""
    actions = [lambda a=a: env.step(a) for a in range(env.action_space.n)]
    return called(lambda: env.reset(seed=0), *actions, lambda: env.reset(options={}), *actions, lambda: env.mdp)


BARE = {one.id for one in MODELS}
"""Without a map, which show the state alone."""
IDS = [*(one.id for one in TABLE), *BARE]


@pytest.mark.parametrize("id_", IDS)
def test_every_method_is_used_by_steps_or_known_to_be_apart(id_):
    """With what is shown as a number and as an array, and watched."""
    kinds = [{"render_mode": "rgb_array", "render_size": 16}] + [{"observation": "position"}] * (id_ not in BARE)
    envs = [made(id_, **arguments) for arguments in kinds]
    used = set().union(*map(stepped, envs))
    forgotten = {name for name in named(envs[0]) - used - TOLD - MAKING if not _is_apart(name)}
    assert not forgotten, "add them to _APART, or to the names above, whose overriding is refused"


@pytest.mark.parametrize("id_", IDS)
def test_nothing_that_steps_use_is_apart(id_):
    env = made(id_)
    assert not {name for name in stepped(env) & named(env) if _is_apart(name)} - {"__init__"}


@pytest.mark.parametrize("name", ["layouts", "nrow", "render", "action_names"])
def test_what_is_apart_may_be_overridden(name):
    base = type(made("GridWorld-v0"))
    kind = type("Other", (base,), {name: vars(base).get(name, property(lambda _env: 5))})
    assert protocol.exact_model(kind()).num_states == 25


@pytest.mark.parametrize("name", sorted(TOLD - {"world"} | {"_visit", "_outcomes"}))
def test_what_is_not_may_not(name):
    base = type(made("GridWorld-v0"))
    held = next(vars(cls)[name] for cls in base.__mro__ if name in vars(cls))
    kind = type("Other", (base,), {name: held})
    with pytest.raises(ValueError, match=f"Other overrides {name}"):
        protocol.exact_model(kind())
