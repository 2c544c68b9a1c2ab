"""Policies that act while experience is logged, and what is known of their probabilities."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.core.spaces import Actions, Observations
from gridworld_agents.tabular.control import ControlAgent
from gridworld_agents.tabular.parts.policies import UNIFORM, policy_table
from gridworld_agents.tabular.parts.table import epsilon_greedy, exploration

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy.typing as npt

    Choose = Callable[[Any, bool], tuple[Any, float]]
    """From an observation, and whether an episode begins, to an action and its probability; nan where not known."""


def is_agent(policy: Any) -> bool:
    """Return whether a policy is an agent."""
    return hasattr(policy, "predict")


def table_of(policy: Any, env: gym.Env[Any, Any]) -> npt.NDArray[np.float64] | None:
    """Return a policy as probabilities, (S, A), where it is such a table; None where it is asked step by step.

    Raises:
        ValueError: If it is a table and does not fit the spaces.
    """
    states, actions = Observations.of(env.observation_space), Actions.of(env.action_space)
    finite = states.size is not None and actions.kind == "Discrete"
    if is_agent(policy):
        policy = _exploring(policy) if finite else None
    if policy is None or callable(policy) or isinstance(policy, str):
        return None
    if not finite:
        raise ValueError(
            "a policy that is an array needs finite observations and Discrete actions, got "
            f"{env.observation_space} and {env.action_space}: pass a callable"
        )
    return policy_table("policy", policy, states.size, actions.size)


def thresholds_of(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return (S, A) float64: action a is drawn by a number in [0, 1) that is first below threshold a."""
    thresholds = np.cumsum(table, axis=1)
    later = np.cumsum(table[:, ::-1], axis=1)[:, ::-1] - table
    thresholds[later <= 0] = 1.0
    return thresholds


def chooser(policy: Any, table: Any, env: gym.Env[Any, Any], rng: np.random.Generator) -> Choose:
    """Return what chooses actions.

    Args:
        policy: "uniform", a callable or an agent, where `table` is None.
        table: (S, A), or None.
        env: Where it acts.
        rng: What is drawn comes from it, but for an agent's own draws.
    """
    if table is not None:
        return _from_table(table, env, rng)
    if is_agent(policy):
        return _from_agent(policy)
    return _uniform(env.action_space, rng) if isinstance(policy, str) else _from_callable(policy, env, rng)


def check_policy(policy: Any) -> None:
    """Refuse what is no policy, whatever the spaces.

    Raises:
        ValueError: With what it is.
    """
    if policy is None or (isinstance(policy, str) and policy != UNIFORM):
        raise ValueError(f'policy must be "uniform", an array, a callable or an agent, got {policy!r}')


def _exploring(agent: Any) -> npt.NDArray[np.float64] | None:
    """Return the policy by which an agent explores, (S, A); None where it is not known."""
    if getattr(agent, "stochastic", False):
        policy: npt.NDArray[np.float64] = agent.policy
        return policy
    if not (isinstance(agent, ControlAgent) and type(agent).act is epsilon_greedy):
        return None
    q, params = agent.memory.q, agent.params
    best = q == q.max(axis=1, keepdims=True)
    if not params.random_ties:
        best = np.eye(q.shape[1], dtype=np.bool_)[q.argmax(axis=1)]
    epsilon = np.array([exploration(agent.memory, s, params) for s in range(len(q))])[:, None]
    pi: npt.NDArray[np.float64] = (1 - epsilon) * best / best.sum(axis=1, keepdims=True) + epsilon / q.shape[1]
    return pi


def _draw(row: npt.NDArray[np.float64], rng: np.random.Generator) -> int:
    """Return the action that a number draws by a row of thresholds."""
    return int(np.searchsorted(row, rng.random(), side="right"))


def _from_table(table: npt.NDArray[np.float64], env: gym.Env[Any, Any], rng: np.random.Generator) -> Choose:
    number, start = Observations.of(env.observation_space).number, Actions.of(env.action_space).start
    thresholds = thresholds_of(table)

    def choose(observation: Any, first: bool) -> tuple[Any, float]:  # noqa: ARG001
        s = number(observation)
        a = _draw(thresholds[s], rng)
        return a + start, float(table[s, a])

    return choose


def _from_agent(agent: Any) -> Choose:
    state: Any = None

    def choose(observation: Any, first: bool) -> tuple[Any, float]:
        nonlocal state
        action, state = agent.predict(
            observation, state=None if first else state, episode_start=np.array([first]), deterministic=False
        )
        return action, np.nan

    return choose


def _uniform(space: gym.Space[Any], rng: np.random.Generator) -> Choose:
    if not isinstance(space, spaces.Discrete):
        own = copy.deepcopy(space)  # its generator is nobody else's
        own.seed(int(rng.integers(1 << 31)))
        count = Actions.of(space).size  # None where they cannot be counted: a density is no probability
        return lambda _, __: (own.sample(), 1 / count if count else np.nan)
    A, start = int(space.n), int(space.start)
    thresholds = thresholds_of(np.full((1, A), 1 / A))[0]
    return lambda _, __: (_draw(thresholds, rng) + start, 1 / A)


def _from_callable(policy: Any, env: gym.Env[Any, Any], rng: np.random.Generator) -> Choose:
    space = env.action_space

    def choose(observation: Any, first: bool) -> tuple[Any, float]:  # noqa: ARG001
        given = policy(observation)
        if not isinstance(space, spaces.Discrete) or np.ndim(given) == 0:
            return given, np.nan
        row = policy_table("policy", np.reshape(given, (1, -1)), 1, int(space.n))
        a = _draw(thresholds_of(row)[0], rng)
        return a + int(space.start), float(row[0, a])

    return choose
