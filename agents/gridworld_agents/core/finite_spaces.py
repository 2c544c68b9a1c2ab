"""The spaces that a table can be kept over."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from gridworld_agents.core.numbering import Numbering
from gridworld_env import TabularMDP, protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    import numpy.typing as npt

DTYPES = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
"""Of actions."""

LARGEST_TABLE = 1 << 31
"""Pairs of state and action beyond which a table is refused: 16 GiB of values."""


@dataclasses.dataclass(frozen=True)
class Actions:
    """`Discrete(size, start=start)`."""

    size: int
    start: int
    dtype: str

    @classmethod
    def of(cls, space: spaces.Discrete) -> Self:
        """Return what is kept of a space."""
        return cls(int(space.n), int(space.start), str(space.dtype))

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the actions that a file names.

        Raises:
            ValueError: If it names none.
        """
        size, start, dtype = kept["size"], kept["start"], kept["dtype"]
        if not (type(size) is int and size >= 1 and type(start) is int and dtype in DTYPES):
            raise ValueError(f"there is no such action space: {kept}")
        return cls(size, start, dtype)

    def choose(self, a: npt.NDArray[np.int64]) -> Any:
        """Return actions numbered from 0 as the environment takes them: a scalar for a single one."""
        actions = (np.asarray(a) + self.start).astype(self.dtype)
        return actions if actions.ndim else actions[()]

    def to_json(self) -> dict[str, Any]:
        """Return what makes it again."""
        return dataclasses.asdict(self)


def spaces_and_model(agent_id: str, env: Any) -> tuple[Numbering, Actions, TabularMDP]:
    """Return the numbered observations, the actions and the exact model of an environment that shows its state.

    Raises:
        ValueError: If there is no model, it may be that of another environment, or observations do not tell the state.
    """
    states, actions = finite_spaces(agent_id, env)
    mdp = protocol.exact_model(env)
    if not _tells_the_state(env, states, mdp):
        raise ValueError(
            f"{agent_id} needs observations that tell the state: the model has {mdp.num_states} states and "
            f"{mdp.num_actions} actions, {env} shows {env.observation_space} and takes {env.action_space}; make it "
            'with observation="state"'
        )
    return states, actions, mdp


def _tells_the_state(env: Any, states: Numbering, mdp: TabularMDP) -> bool:
    """Return whether state s of the model shows observation number s."""
    if states.size != mdp.num_states:
        return False
    numbers = np.arange(states.size)
    return bool((states.numbers(protocol.observe_states(env, numbers)) == numbers).all())


def finite_spaces(agent_id: str, env: Any) -> tuple[Numbering, Actions]:
    """Return the numbered observations and the actions of an environment.

    Raises:
        ValueError: If `env` is no environment, or one of its spaces is not finite or too large.
    """
    if not isinstance(env, gym.Env):
        hint = f": pass gymnasium.make({env!r})" if isinstance(env, str) else ""
        raise ValueError(f"env must be a gymnasium.Env, got {env!r}{hint}")
    states = Numbering.of(env.observation_space)
    if states is None:
        raise ValueError(
            f"{agent_id} keeps a table and needs Discrete observations, or MultiDiscrete, or a Tuple of Discrete, got "
            f'{env.observation_space}; make the environment with observation="state" where it has that, or take an '
            f"agent with a network: {_with_a_network(env.action_space)}"
        )
    if not isinstance(env.action_space, spaces.Discrete):
        raise ValueError(
            f"{agent_id} keeps a table and needs Discrete actions, got {env.action_space}; agents with a network take "
            f"them: {_with_a_network(env.action_space)}"
        )
    actions = Actions.of(env.action_space)
    if states.size * actions.size > LARGEST_TABLE:
        raise ValueError(
            f"{agent_id} keeps a table of all {states.size} observations and {actions.size} actions, more than the "
            f"{LARGEST_TABLE} pairs allowed; an agent with a network, such as sb3/dqn, needs none"
        )
    return states, actions


def _with_a_network(actions: spaces.Space[Any]) -> str:
    """Return agents with a network that can handle such actions."""
    if isinstance(actions, spaces.Box):
        return "ddpg, td3 or sb3/sac"
    return "sb3/dqn" if isinstance(actions, spaces.Discrete) else "sb3/ppo"
