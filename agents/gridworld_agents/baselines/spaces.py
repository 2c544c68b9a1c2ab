"""Which spaces the agents can handle, and the policy class and the device that suit an observation."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space

FINITE = (spaces.Discrete, spaces.MultiDiscrete, spaces.MultiBinary)
ACTIONS: dict[str, tuple[type[spaces.Space[Any]], ...]] = {
    "sb3/a2c": (*FINITE, spaces.Box),
    "sb3/ddpg": (spaces.Box,),
    "sb3/dqn": (spaces.Discrete,),
    "sb3/maskable-ppo": FINITE,
    "sb3/ppo": (*FINITE, spaces.Box),
    "sb3/qrdqn": (spaces.Discrete,),
    "sb3/sac": (spaces.Box,),
    "sb3/td3": (spaces.Box,),
    "sb3/trpo": (*FINITE, spaces.Box),
}
"""Which actions each agent can take."""

OBSERVATIONS = (spaces.Box, *FINITE)

SMALLEST_IMAGE = 36
"""Pixels that an image must have either way to pass through the convolutions of `CnnPolicy`."""


def check_actions(agent_id: str, space: spaces.Space[Any]) -> None:
    """Refuse actions that an agent cannot take.

    Raises:
        ValueError: With the space, and the agents that can handle it.
    """
    handled = ACTIONS.get(agent_id)
    if handled is not None and not isinstance(space, handled):
        can = [other for other, kinds in ACTIONS.items() if isinstance(space, kinds)]
        way_out = f"; {', '.join(can)} can" if can else ", and no agent of Stable-Baselines3 can"
        needs = " or ".join(kind.__name__ for kind in handled)
        raise ValueError(f"{agent_id} cannot handle the action space {space}: it needs {needs}{way_out}")
    _check_start(agent_id, "action", space)


def check_observations(agent_id: str, space: spaces.Space[Any]) -> None:
    """Refuse observations that Stable-Baselines3 cannot feed to a network.

    Raises:
        ValueError: With the space and the way out.
    """
    parts = list(space.spaces.values()) if isinstance(space, spaces.Dict) else [space]
    if not parts or not all(isinstance(part, OBSERVATIONS) for part in parts):
        raise ValueError(
            f"{agent_id} cannot handle the observation space {space}: Stable-Baselines3 knows Box, Discrete, "
            "MultiDiscrete, MultiBinary and a Dict of these; gymnasium.wrappers.FlattenObservation may make it one"
        )
    for part in parts:
        _check_start(agent_id, "observation", part)


def as_arrays(space: spaces.Space[Any], observation: Any) -> Any:
    """Return an observation, or a batch of them, as an array or a dict of arrays.

    Raises:
        ValueError: If it is a number that the space does not have.
    """
    if isinstance(observation, dict):
        return {name: np.asarray(part) for name, part in observation.items()}
    array = np.asarray(observation)
    if isinstance(space, spaces.Discrete) and not ((array >= 0) & (array < space.n)).all():
        raise ValueError(f"an observation must be in {space}, got {observation}")
    return array


def suitable_policy(space: spaces.Space[Any]) -> str:
    """Return the policy class for observations: `CnnPolicy` for images of some size, `MultiInputPolicy` for a Dict."""
    if isinstance(space, spaces.Dict):
        return "MultiInputPolicy"
    return "CnnPolicy" if _is_large_image(space) else "MlpPolicy"


def suitable_device(space: spaces.Space[Any]) -> str:
    """Return "auto", which takes a GPU if there is one, where there are images to see, else "cpu"."""
    parts = list(space.spaces.values()) if isinstance(space, spaces.Dict) else [space]
    return "auto" if any(_is_large_image(part) for part in parts) else "cpu"


def _is_large_image(space: spaces.Space[Any]) -> bool:
    if not is_image_space(space):
        return False
    sides = sorted(space.shape or ())[1:]  # the channels are fewest
    return min(sides) >= SMALLEST_IMAGE


def _check_start(agent_id: str, what: str, space: spaces.Space[Any]) -> None:
    """Refuse numbers that do not begin at 0: Stable-Baselines3 would take them for others."""
    starts = getattr(space, "start", 0)
    if any(start != 0 for start in getattr(starts, "flat", [starts])):
        raise ValueError(f"{agent_id} cannot handle the {what} space {space}: its numbers must start at 0")
