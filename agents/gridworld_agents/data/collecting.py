"""`collect`: logs what a policy does in an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld_agents.core import stepping
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.env_state import streams
from gridworld_agents.core.public import export
from gridworld_agents.data.behaviour import check_policy, chooser, table_of
from gridworld_agents.data.episodes import Episodes
from gridworld_agents.data.rows import logged_spaces
from gridworld_agents.tabular.parts.policies import UNIFORM, policy_table
from gridworld_env import TabularMDP
from gridworld_env.protocol import NO_LIMIT, is_plain, time_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from gridworld_agents.core.spaces import Observations
    from gridworld_agents.data.behaviour import Choose


@export("gridworld_agents.collect")
def collect(
    env: gym.Env[Any, Any],
    policy: Any = UNIFORM,
    *,
    episodes: int | None = None,
    steps: int | None = None,
    seed: int | None = None,
) -> Episodes:
    """Act in an environment by a policy, and log it.

    An environment with a plain model and a policy that is a table are run compiled; the result is the same, bit for
    bit, as that of stepping. Afterwards the environment stands at the start of an episode, or where `steps` ended.

    Args:
        env: Its observations may be Discrete, MultiDiscrete, MultiBinary, Box or a Tuple of Discrete, its actions
            likewise.
        policy: One of

            - "uniform";
            - probabilities (S, A), or actions (S,), both numbered from 0;
            - a callable that gets the observation and returns an action as the environment takes it, or, where actions
              are Discrete, A probabilities to draw by. Of an action alone, no probability is known;
            - an agent, which explores: `predict(deterministic=False)`. The probabilities are known of agents that act
              epsilon-greedily by `tabular.table.epsilon_greedy`, and of those that are `stochastic`.
        episodes: How many to finish.
        steps: How many to take; with `episodes` too, whichever comes first. The last episode may be cut off.
        seed: Fixes the environment and what is drawn here; of another agent the draws are its own. None goes on with
            the environment's generator.

    Returns:
        The episodes; `probabilities` is None unless all are known.

    Raises:
        ValueError: If there is no bound, an argument is out of range, the policy does not fit, no episode can end, or
            the environment returns what it should not.
    """
    if not isinstance(env, gym.Env):
        raise ValueError(f"env must be a gymnasium.Env, got {env!r}")
    if episodes is None and steps is None:
        raise ValueError("collect needs to know when to stop: pass episodes or steps")
    episodes = None if episodes is None else whole_number("episodes", episodes, 1)
    steps = None if steps is None else whole_number("steps", steps, 1)
    check_policy(policy)
    spaces = logged_spaces(env)
    if steps is None:
        _check_end(env)
    seed = None if seed is None else whole_number("seed", seed)
    rng = streams(seed, 1)[0]
    plain, table = is_plain(env), table_of(policy, env)
    if plain and isinstance(policy, str):
        mdp = TabularMDP.from_env(env)
        table = policy_table("policy", policy, mdp.num_states, mdp.num_actions)
    if plain and table is not None:
        from gridworld_agents.data.walking import walk

        columns = walk(env, table, rng, episodes, steps, seed)
    else:
        shown = spaces["observation_space"]
        rows = _steps(env, shown, chooser(policy, table, env, rng), episodes, steps, seed)
        columns = _columns(rows, *((space.dtype, space.shape) for space in spaces.values()))
    s, a, r, s_next, terminated, truncated, p = columns
    for array in columns:
        array.flags.writeable = False  # so that it is kept as it is
    known = None if np.isnan(p).any() else p
    return Episodes(s, a, r, s_next, terminated, truncated, known, **spaces, env=env.spec.id if env.spec else None)


def _check_end(env: gym.Env[Any, Any]) -> None:
    """Refuse to wait for the end of an episode where it is known that there is none."""
    mdp = getattr(env.unwrapped, "mdp", None)
    if isinstance(mdp, TabularMDP) and not mdp.terminated.any() and time_limit(env) == NO_LIMIT:
        raise ValueError("no episode of this environment ends: pass steps, or make it with max_episode_steps")


def _steps(
    env: gym.Env[Any, Any],
    shown: Observations,
    choose: Choose,
    episodes: int | None,
    steps: int | None,
    seed: int | None,
) -> Iterator[tuple[Any, ...]]:
    """Yield s, a, r, s_next, terminated, truncated and the probability, step by step."""
    observation, _ = stepping.reset(env, seed)
    stepping.check_observation(env, shown, observation)
    first, taken, finished = True, 0, 0
    while (steps is None or taken < steps) and (episodes is None or finished < episodes):
        before = np.array(observation)  # a copy: some environments write into what they gave
        action, p = choose(observation, first)
        observation, r, terminated, truncated, _ = stepping.step(env, action)
        stepping.check_observation(env, shown, observation)
        yield before, np.array(action), r, np.array(observation), terminated, truncated, p
        first = terminated or truncated
        taken, finished = taken + 1, finished + first
        if first:
            observation, _ = stepping.reset(env)
            stepping.check_observation(env, shown, observation)


def _columns(rows: Iterator[tuple[Any, ...]], observation: Any, action: Any) -> tuple[npt.NDArray[Any], ...]:
    """Return the columns of logged steps; `observation` and `action` say dtype and shape of a row."""
    number, truth = (np.dtype(np.float64), ()), (np.dtype(np.bool_), ())
    kinds = (observation, action, number, observation, truth, truth, number)
    return tuple(
        np.array(column, dtype).reshape(-1, *shape)
        for column, (dtype, shape) in zip(zip(*rows, strict=True), kinds, strict=True)
    )
