"""From hyper-parameters as one writes them to the arguments that Stable-Baselines3's constructors want."""

from __future__ import annotations

import copy
import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise
from stable_baselines3.common.utils import LinearSchedule

from gridworld_agents.baselines.hyper_parameters import ADDED, SCHEDULED
from gridworld_agents.baselines.spaces import suitable_device, suitable_policy
from gridworld_agents.core.checks import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymnasium import spaces

NOISES = {"normal": NormalActionNoise, "ornstein-uhlenbeck": OrnsteinUhlenbeckActionNoise}


def arguments(config: Any, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> dict[str, Any]:
    """Return the arguments for a constructor.

    Args:
        config: The hyper-parameters.
        observation_space: Decides on the policy and the device where they are None.
        action_space: Decides on the shape of the noise.

    Raises:
        ValueError: If a string does not say what it should.
    """
    fields = [field.name for field in dataclasses.fields(config) if field.name not in ADDED]
    made = {name: getattr(config, name) for name in fields}
    for name, value in made.items():
        if name in SCHEDULED:
            made[name] = schedule(name, value)
        elif isinstance(value, dict):
            made[name] = copy.copy(value)  # Stable-Baselines3 writes into them
        elif name == "train_freq" and isinstance(value, list):
            made[name] = tuple(value)
    if isinstance(made.get("action_noise"), str):
        made["action_noise"] = action_noise(made["action_noise"], action_space)
    if made["policy"] is None:
        made["policy"] = suitable_policy(observation_space)
    if made["device"] is None:
        made["device"] = suitable_device(observation_space)
    if made["policy_kwargs"] is not None:
        made["policy_kwargs"] = policy_kwargs(made["policy_kwargs"])
    return made


def schedule(name: str, value: Any) -> Any:
    """Return the schedule that a string asks for, and anything else as it is.

    `"linear:0.001:0.0"` goes from the one value to the other while an agent learns, `"linear:0.001:0.0:0.5"` in the
    first half of that time.

    Raises:
        ValueError: If the string is neither.
    """
    if not isinstance(value, str):
        return value
    kind, *words = value.split(":")
    numbers = _numbers(words)
    fraction = numbers[2] if len(numbers) == 3 else 1.0
    if kind != "linear" or len(numbers) not in (2, 3) or min(numbers) < 0 or not 0 < fraction <= 1:
        raise ValueError(
            f"{name} must be a number, 'linear:START:END' or 'linear:START:END:FRACTION' with values >= 0 and the "
            f"fraction of the learning in (0, 1], got {value!r}"
        )
    return LinearSchedule(numbers[0], numbers[1], fraction)


def action_noise(value: str, space: spaces.Space[Any]) -> Any:
    """Return the noise that a string asks for, `"normal:SIGMA"` or `"ornstein-uhlenbeck:SIGMA"`, in shares of [-1, 1].

    Raises:
        ValueError: If the string is neither.
    """
    kind, *words = value.split(":")
    numbers = _numbers(words)
    if kind not in NOISES or len(numbers) != 1 or numbers[0] < 0:
        raise ValueError(f"action_noise must be 'normal:SIGMA' or 'ornstein-uhlenbeck:SIGMA', got {value!r}")
    shape = space.shape or ()
    return NOISES[kind](np.zeros(shape), np.full(shape, numbers[0]))


def policy_kwargs(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy's arguments; `activation_fn` and `optimizer_class` may be names such as "ReLU" and "Adam".

    Raises:
        ValueError: If there is no class of such a name in torch.nn, or in torch.optim.
    """
    made = dict(given)
    for name, module in (("activation_fn", torch.nn), ("optimizer_class", torch.optim)):
        value = made.get(name)
        if isinstance(value, str):
            known = [one for one in dir(module) if isinstance(getattr(module, one), type)]
            if value not in known:
                raise ValueError(
                    f"{name} must be the name of a class in {module.__name__}, got {value!r}{suggest(value, known)}"
                )
            made[name] = getattr(module, value)
    return made


def _numbers(words: list[str]) -> list[float]:
    """Return the numbers that words stand for; none at all if any is no finite number."""
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []
