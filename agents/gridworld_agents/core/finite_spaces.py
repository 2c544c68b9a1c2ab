"""The spaces that a table can be kept over."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from gridworld_agents.core.spaces import Actions, Observations
from gridworld_env import TabularMDP, protocol

LARGEST_TABLE = 1 << 31
"""Pairs of state and action beyond which a table is refused: 16 GiB of values."""


def spaces_and_model(agent_id: str, env: Any) -> tuple[Observations, Actions, TabularMDP]:
    """Return the numbered observations, the actions and the exact model of an environment that shows its state.

    Raises:
        ValueError: If there is no model, it may be that of another environment, or observations do not tell the state.
    """
    states, actions = finite_spaces(agent_id, env)
    mdp = protocol.exact_model(env)
    if not _tells_the_state(env, states, mdp):
        raise ValueError(
            f"{agent_id} needs observations that tell the state: the model has {mdp.num_states} states and "
            f"{mdp.num_actions} actions, {protocol.name_of(env)} shows {env.observation_space} and takes "
            f'{env.action_space}; make it with observation="state"'
        )
    return states, actions, mdp


def _tells_the_state(env: Any, states: Observations, mdp: TabularMDP) -> bool:
    """Return whether state s of the model shows observation number s."""
    if states.size != mdp.num_states:
        return False
    numbers = np.arange(states.size)
    return bool((states.numbers(protocol.observe_states(env, numbers)) == numbers).all())


def finite_spaces(agent_id: str, env: Any) -> tuple[Observations, Actions]:
    """Return the numbered observations and the actions of an environment.

    Raises:
        ValueError: If `env` is no environment, or one of its spaces is not finite or too large.
    """
    if not isinstance(env, gym.Env):
        hint = f": pass gymnasium.make({env!r})" if isinstance(env, str) else ""
        raise ValueError(f"env must be a gymnasium.Env, got {env!r}{hint}")
    states = _numbered(env.observation_space)
    if states is None:
        raise ValueError(
            f"{agent_id} keeps a table and needs Discrete observations, or MultiDiscrete, MultiBinary, a Tuple or a "
            f"Dict of these, of which int64 can number all, got {env.observation_space} of {env}; make it with "
            f'observation="state" where it has that, or take an agent with a network: '
            f"{_with_a_network(env.action_space)}"
        )
    if not isinstance(env.action_space, spaces.Discrete):
        raise ValueError(
            f"{agent_id} keeps a table and needs Discrete actions, got {env.action_space} of {env}; agents with a "
            f"network take them: {_with_a_network(env.action_space)}"
        )
    actions = Actions.of(env.action_space)
    if states.size * actions.size > LARGEST_TABLE:
        raise ValueError(
            f"{agent_id} keeps a table of all {states.size} observations and {actions.size} actions, more than the "
            f"{LARGEST_TABLE} pairs allowed, got {env.observation_space} of {env}; make it with "
            'observation="state" where it has that, or take an agent with a network, such as dqn, that needs none'
        )
    return states, actions


def table_bytes(observations: Observations, actions: Actions) -> int:
    """Return how many bytes a table of float64 takes over spaces that a file names.

    Raises:
        ValueError: If no table can be kept over them.
    """
    if observations.size is None or actions.kind != "Discrete" or observations.size * actions.size > LARGEST_TABLE:
        raise ValueError(f"no table can be kept over {observations.name} and {actions.name}")
    return 8 * int(observations.size) * int(actions.size)


def _numbered(space: spaces.Space[Any]) -> Observations | None:
    """Return the observations of a space if they have numbers, else None."""
    try:
        states = Observations.of(space)
    except ValueError:
        return None
    return None if states.size is None else states


def _with_a_network(actions: spaces.Space[Any]) -> str:
    """Return agents with a network that can handle such actions."""
    if isinstance(actions, spaces.Box):
        return "ddpg, td3 or sb3/sac"
    return "dqn, ppo or sb3/dqn" if isinstance(actions, spaces.Discrete) else "sb3/ppo"
