"""Watching an agent: its policy and what that is worth on the map, and the frames of its episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.core import stepping
from gridworld_agents.core.checks import choose
from gridworld_agents.evaluation.beliefs import SHOWN, beliefs_of, shared_range, symmetric_range
from gridworld_agents.evaluation.judge import judge_at, judge_or_reason, usual_gamma
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.evaluation.beliefs import Beliefs
    from gridworld_agents.evaluation.judge import Judge

MAX_STEPS = 1_000


def show_beliefs(
    agent: Any,
    env: gym.Env[Any, Any],
    name: str,
    gamma: float | None = None,
    value_range: tuple[float, float] | None = None,
    show: str = "exact",
) -> None:
    """Draw an agent's policy on the map, and what `show` asks for where there is a model.

    Args:
        agent: Anything with `predict`.
        env: Where; nothing is drawn where there is no map.
        name: Of the agent.
        gamma: Discount of the value; None for the agent's own.
        value_range: What the ends of the colour scale of values stand for, see `value_range_of`; None for a scale of
            its own. That of errors has 0 in its middle.
        show: One of `beliefs.SHOWN`; without a model only the policy is drawn, and nothing else can be asked for.

    Raises:
        ValueError: If the agent does not keep what is to be shown, or no exact model is known.
    """
    choose("show", show, SHOWN)
    picture = env.unwrapped
    if not isinstance(picture, protocol.Drawable):
        if show != "exact":
            raise ValueError(f"show must be exact on an environment without a map, got {show!r}")
        return
    judge, why = judge_or_reason(env, usual_gamma(agent) if gamma is None else gamma)
    if judge is None:
        if show != "exact":
            raise ValueError(f"what {name} has learned cannot be shown, for {why}")
        _show_arrows(agent, env, picture, name)
        return
    held = beliefs_of(agent, judge)
    exact = _values(judge, agent) if show == "exact" else None
    picture.overlay(policy=held.policy, heads_up=True, **overlay_of(held, exact, name, judge.gamma, show, value_range))


def overlay_of(
    held: Beliefs,
    exact: npt.NDArray[np.float64] | None,
    name: str,
    gamma: float,
    show: str,
    value_range: tuple[float, float] | None,
) -> dict[str, Any]:
    """Return what is shown of an agent beside its policy, as an environment's `overlay` takes it.

    Args:
        held: What the agent believes.
        exact: (S,) values of its policy; None where these are not finite.
        name: Of the agent.
        gamma: Discount.
        show: One of `beliefs.SHOWN`.
        value_range: The ends of the colour scale of values.

    Raises:
        ValueError: If the agent does not keep what is to be shown.
    """
    span = {} if value_range is None else {"value_range": value_range}
    if show == "visits":
        if held.visits is None:
            raise ValueError(f"{name} does not count its visits: choose another of {', '.join(SHOWN)} to show")
        return {"visits": held.visits, "values": None, "caption": f"{name}: its policy, its visits (logarithmic)"}
    if show == "exact":
        caption = f"{name}: its policy, its exact value, discount {gamma:g}"
        return {"values": exact, **span, "caption": caption}
    if held.learned is None or held.error is None:
        raise ValueError(f"{name} keeps no values of states: exact shows what its policy is worth")
    if show == "learned":
        caption = f"{name}: its policy, the values it learned, discount {gamma:g}"
        return {"values": held.learned, **span, "caption": caption}
    truth = "the exact ones" if held.predicts else "the optimal ones"
    caption = f"{name}: its values minus {truth}, root mean square {held.root_mean_square:.2g}"
    errors = np.where(np.isfinite(held.error), held.error, np.nan)
    return {"values": errors, "value_range": symmetric_range(held.error), "caption": caption}


def value_range_of(
    agents: Iterable[Any], env: gym.Env[Any, Any], gamma: float, *, learned: bool = False
) -> tuple[float, float] | None:
    """Return the lowest and the highest value of agents' policies and of the optimum, in states that can be got to.

    Pictures on this one scale can be compared: on a scale of its own the map of a bad agent looks like that of a good
    one.

    Args:
        agents: Each with `predict`.
        env: Where.
        gamma: Discount of the values.
        learned: Whether the values that agents have learned count too.

    Returns:
        None where the environment has no exact model.
    """
    judge = judge_at(env, gamma)
    if judge is None:
        return None
    held = list(agents)
    tables = [_values(judge, agent) for agent in held]
    tables += [beliefs_of(agent, judge).learned for agent in held] if learned else []
    return shared_range(judge, *tables)


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
