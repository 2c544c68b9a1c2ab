"""Watching an agent: its policy and what that is worth on the map, and the frames of its episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.core import stepping
from gridworld_agents.evaluation.judge import judge_at, judge_for
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.evaluation.judge import Judge

MAX_STEPS = 1_000


def show_beliefs(
    agent: Any,
    env: gym.Env[Any, Any],
    name: str,
    gamma: float | None = None,
    value_range: tuple[float, float] | None = None,
) -> None:
    """Draw an agent's policy on the map, and the exact value of it where there is a model.

    Args:
        agent: Anything with `predict`.
        env: Where; nothing is drawn where there is no map.
        name: Of the agent.
        gamma: Discount of the value; None for the agent's own.
        value_range: What the ends of the colour scale stand for, see `value_range_of`; None for a scale of its own.
    """
    picture = env.unwrapped
    if not isinstance(picture, protocol.Drawable):
        return
    judge = judge_for(env, agent) if gamma is None else judge_at(env, gamma)
    if judge is None:
        _show_arrows(agent, env, picture, name)
        return
    shown: dict[str, Any] = {"policy": judge.policy(agent), "values": _values(judge, agent), "heads_up": True}
    if value_range is not None:
        shown["value_range"] = value_range
    picture.overlay(**shown, caption=f"{name}: its policy, its exact value, discount {judge.gamma:g}")


def value_range_of(agents: Iterable[Any], env: gym.Env[Any, Any], gamma: float) -> tuple[float, float] | None:
    """Return the lowest and the highest value of agents' policies and of the optimum, in states that can be got to.

    Pictures on this one scale can be compared: on a scale of its own the map of a bad agent looks like that of a good
    one.

    Args:
        agents: Each with `predict`.
        env: Where.
        gamma: Discount of the values.

    Returns:
        None where the environment has no exact model.
    """
    judge = judge_at(env, gamma)
    if judge is None:
        return None
    reached = judge.states_within_reach()
    tables = [judge.best.v, *(v for v in (_values(judge, agent) for agent in agents) if v is not None)]
    shown = np.concatenate([v[reached] for v in tables])
    shown = shown[np.isfinite(shown)]
    return (float(shown.min()), float(shown.max())) if shown.size else None


def _values(judge: Judge, agent: Any) -> npt.NDArray[np.float64] | None:
    """Return the exact values of an agent's policy; None where these are not finite, or not found."""
    try:
        return judge.values(agent)
    except (ValueError, RuntimeError):
        return None


def _show_arrows(agent: Any, env: gym.Env[Any, Any], picture: protocol.Drawable, name: str) -> None:
    """Draw the policy of an agent whose actions are directions; one that acts by chance has none to show."""
    shown: dict[str, Any] = {"caption": name, "heads_up": True}
    continuous = isinstance(env.action_space, spaces.Box) and not getattr(agent, "stochastic", False)
    if continuous and protocol.unknown_wrapper(env) is None:  # else it sees something else
        shown.update(policy=agent, caption=f"{name}: its policy")
    picture.overlay(**shown)


def episodes_of(
    agent: Any, env: gym.Env[Any, Any], episodes: int, *, seed: int | None = None, max_steps: int = MAX_STEPS
) -> Iterator[Any]:
    """Yield the frames of episodes that an agent plays greedily.

    Args:
        agent: Anything with `predict`.
        env: Made with `render_mode="rgb_array"`.
        episodes: How many.
        seed: Fixes the episodes.
        max_steps: Where an episode that has neither ended nor been truncated is left.
    """
    by_chance = getattr(agent, "stochastic", False)  # as it is judged
    shown = stepping.observations_of(env)
    for episode in range(episodes):
        observation, _ = stepping.reset(env, seed if episode == 0 else None)
        state, start, steps = None, True, 0
        yield env.render()
        while steps < max_steps:
            stepping.check_observation(env, shown, observation)
            action, state = agent.predict(observation, state, np.array([start]), deterministic=not by_chance)
            observation, _, terminated, truncated, _ = stepping.step(env, action)
            start, steps = False, max_steps if terminated or truncated else steps + 1
            yield env.render()
