"""The exact model of an environment, for agents that plan or simulate: it must be the model of what the agent sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld_agents.tabular.standing import layers
from gridworld_env import TabularMDP

if TYPE_CHECKING:
    from gridworld_agents.tabular.numbering import Numbering
    from gridworld_agents.tabular.spaces import Actions

CHANGING = (gym.ObservationWrapper, gym.ActionWrapper, gym.RewardWrapper)
"""Wrappers under which the model beneath is not that of the environment."""


def is_changed(env: gym.Env[Any, Any]) -> bool:
    """Return whether a wrapper changes observations, actions or rewards."""
    return any(isinstance(layer, CHANGING) for layer in layers(env))


def exact_model(agent_id: str, env: gym.Env[Any, Any], states: Numbering, actions: Actions) -> TabularMDP:
    """Return the model of an environment whose observations, numbered, are the model's states.

    Args:
        agent_id: The agent's, for the message.
        env: The environment.
        states: Numbers its observations.
        actions: Its actions.

    Raises:
        ValueError: If there is no exact model, an observation does not tell the state, or a wrapper changes what
            the model describes.
    """
    mdp = TabularMDP.from_env(env)
    if (states.size, actions.size) != (mdp.num_states, mdp.num_actions) or not _tells_the_state(env, states):
        raise ValueError(
            f"{agent_id} needs observations that tell the state: the model has {mdp.num_states} states and "
            f"{mdp.num_actions} actions, the environment shows {env.observation_space} and takes "
            f'{env.action_space}; make it with observation="state"'
        )
    if is_changed(env):
        raise ValueError(
            f"{agent_id} needs an environment that does what its model says, but a wrapper of {env} changes its "
            "observations, actions or rewards; take the environment without it"
        )
    return mdp


def _tells_the_state(env: gym.Env[Any, Any], states: Numbering) -> bool:
    """Return whether state s of the model shows observation number s."""
    world: Any = getattr(env.unwrapped, "world", None)
    if world is None or not hasattr(world, "observer"):
        return states.kind == "discrete"  # a model's states are numbers: elsewhere nothing says which is which
    numbers = np.arange(states.size)
    return bool((states.numbers(world.observer(numbers)) == numbers).all())
