"""Checks of the contract's form: methods, what they take and what they return."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import concatenate, create_empty_array

from gridworld_agents.checking.report import Failed, Skipped
from gridworld_agents.checking.subject import SHORT
from gridworld_agents.core.agent import Agent

if TYPE_CHECKING:
    from gridworld_agents.checking.subject import Subject

METHODS = ("learn", "predict", "save", "load")
BATCHES = (3, 1)


def construct(subject: Subject) -> str:
    """It can be made by `factory(env, seed=seed)`."""
    env = subject.trial.env.env
    return f"made for {env.observation_space} and {env.action_space}"


def methods(subject: Subject) -> str:
    """It has the methods of `agent.Agent`, with those arguments."""
    wrong = []
    for name in METHODS:
        owner = subject.factory if name == "load" else subject.trial.agent
        method = getattr(owner, name, None)
        if callable(method):
            wrong += [f"{name}: {complaint}" for complaint in _complaints(method, getattr(Agent, name))]
        else:
            wrong.append(f"no method {name} on the {'factory' if name == 'load' else 'agent'}")
    steps = getattr(subject.trial.agent, "num_timesteps", None)
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer):
        wrong.append(f"num_timesteps {steps!r}")
    if wrong:
        raise Failed(
            "the methods of gridworld_agents.Agent, and num_timesteps as an int",
            "; ".join(wrong),
            "give them those names, arguments and defaults; load belongs on what makes the agent, its class as a rule",
        )
    return "learn, predict, save, load and num_timesteps are there, with their arguments"


def _complaints(method: Any, model: Any) -> list[str]:
    given = inspect.signature(method).parameters
    asked = {n: p for n, p in inspect.signature(model).parameters.items() if n not in {"self", "cls"}}
    open_ended = any(p.kind is p.VAR_KEYWORD for p in given.values())
    asked = {n: p for n, p in asked.items() if p.kind is not p.VAR_KEYWORD}
    found = [f"no argument {name}" for name in asked if name not in given and not open_ended]
    for name, parameter in given.items():
        has_default = parameter.default is not parameter.empty
        needed = name not in asked or asked[name].default is not inspect.Parameter.empty
        if needed and not has_default and parameter.kind not in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            found.append(f"no default for {name}")
    return found


def learn(subject: Subject) -> str:
    """It learns a few steps."""
    _ = subject.trial.returned
    return f"learned {SHORT} steps"


def returns_self(subject: Subject) -> str:
    """`learn` returns the agent, so that `ga.make(...).learn(n).save(path)` works."""
    returned = subject.trial.returned
    if returned is not subject.trial.agent:
        raise Failed("learn to return the agent", f"{returned!r}"[:100], "end learn with `return self`")
    return "learn returns the agent"


def num_timesteps(subject: Subject) -> str:
    """It counts its steps, goes on counting if told so, and else begins anew."""
    agent = subject.make(subject.new_env())
    counts = [agent.num_timesteps]
    for anew in (True, False, True):
        agent.learn(SHORT, reset_num_timesteps=anew)
        counts.append(agent.num_timesteps)
    zero, first, second, third = counts
    if zero != 0 or first < SHORT:
        raise Failed(
            f"num_timesteps to be 0 at first and at least {SHORT} after learn({SHORT})",
            f"{zero} and {first}",
            "add the environment steps to num_timesteps in learn",
        )
    if second < first + SHORT:
        raise Failed(
            f"learn({SHORT}, reset_num_timesteps=False) to go on from {first} to at least {first + SHORT}",
            f"{second}",
            "set num_timesteps to 0 only if reset_num_timesteps is True",
        )
    if third >= second:
        raise Failed(
            f"learn({SHORT}) to begin to count anew", f"{second}, then {third}", "set num_timesteps to 0 in learn"
        )
    return f"counted {first}, went on to {second} and began anew"


def predict(subject: Subject) -> str:
    """It predicts, and returns a pair."""
    for answer in subject.trial.predicted:
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise Failed(
                "predict to return (action, state)",
                f"{answer!r}"[:100],
                "return the state as it came where there is none",
            )
    return f"predicted for {len(subject.trial.observations)} observations"


def actions(subject: Subject) -> str:
    """Its actions are in the action space, and of its dtype."""
    space = subject.trial.env.action_space
    for action, _ in subject.trial.predicted:
        kind = None if isinstance(space, spaces.Tuple | spaces.Dict) else np.asarray(action).dtype
        if (kind is not None and kind != space.dtype) or not space.contains(action):
            raise Failed(
                f"actions in {space}, of dtype {space.dtype}",
                f"{action!r}" + ("" if kind is None else f" of dtype {kind}"),
                "convert them at the end of predict: np.asarray(action, env.action_space.dtype), clipped where need be",
            )
    return f"all actions are in {space}"


def batch(subject: Subject) -> str:
    """It predicts for a batch of observations as for each of them."""
    trial = subject.trial
    space, action_space = trial.env.observation_space, trial.env.action_space
    if isinstance(action_space, spaces.Tuple | spaces.Dict):
        raise Skipped(f"a batch of {action_space} has no shape")
    for N in BATCHES:
        chosen = trial.observations[-N:]
        single, again = ([np.asarray(trial.agent.predict(o, deterministic=True)[0]) for o in chosen] for _ in range(2))
        stacked: Any = concatenate(space, chosen, create_empty_array(space, N))  # type: ignore[arg-type]
        answer = np.asarray(trial.agent.predict(stacked, deterministic=True)[0])
        expected = (N, *(action_space.shape or ()))
        if answer.shape != expected or answer.dtype != action_space.dtype:
            raise Failed(
                f"actions of shape {expected} and dtype {action_space.dtype} for a batch of {N} observations",
                f"shape {answer.shape} and dtype {answer.dtype}",
                "treat an observation with one axis more than those of the space as a batch, and keep that axis",
            )
        if np.array_equal(single, again) and not np.allclose(np.array(single), answer):  # chance is all some have
            raise Failed(
                "the actions of a batch to be those of its observations one by one",
                f"{answer.tolist()} and {np.array(single).tolist()}",
                "let both go the same way through predict",
            )
    return f"batches of {BATCHES[0]} and {BATCHES[1]} have the right shape and actions"
