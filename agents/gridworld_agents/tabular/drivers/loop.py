"""The compiled loop of acting, stepping and learning over a model's tables.

`begin`, `act`, `observe` and `next_action_first` are left open: `make_loop` fills them in, and the loop is compiled for
each algorithm. Outcomes are drawn by `env_rng`, as stepping an environment would; whatever the agent draws, by `rng`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import compiled, kernel
from gridworld_agents.core.episode_log import LIFETIME, RECENT, STEPS
from gridworld_agents.tabular.run import ACTION, NO_EPISODE, STATE, Run
from gridworld_agents.tabular.transition import UNCHOSEN, Transition

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_env import TabularMDP


class Model(NamedTuple):
    """A model as the loop reads it."""

    next_state: Any  # (S, A, K) int32
    reward: Any  # (S, A, K) float64
    terminated: Any  # (S, A, K) bool
    thresholds: Any  # (S, A, K) float64; outcome k is drawn by the first number below threshold k
    starts: Any  # (n,) int64
    start_thresholds: Any  # (n,) float64
    limit: int  # steps after which an episode is truncated

    @classmethod
    def of(cls, mdp: TabularMDP, limit: int) -> Model:
        """Return the tables of a model; one without chance needs no thresholds, so they are not computed."""
        drawn = mdp.thresholds if mdp.num_outcomes > 1 else mdp.probability
        return cls(mdp.next_state, mdp.reward, mdp.terminated, drawn, mdp.starts, mdp.start_thresholds, limit)


@kernel
def draw_start(
    model: Model,
    memory: Any,  # noqa: ARG001 - as `begin` gets it
    params: Any,  # noqa: ARG001
    env_rng: np.random.Generator,
    rng: np.random.Generator,  # noqa: ARG001
) -> tuple[int, int]:
    """Return a start state as the environment draws it, and that no action is chosen."""
    if model.starts.size == 1:
        return model.starts[0], UNCHOSEN
    drawn = env_rng.random()
    low, high = 0, model.starts.size - 1
    while low < high:
        middle = (low + high) // 2
        if drawn < model.start_thresholds[middle]:
            high = middle
        else:
            low = middle + 1
    return model.starts[low], UNCHOSEN


@functools.cache
def make_loop(
    act: Callable[..., Any],
    observe: Callable[..., Any],
    next_action_first: bool,
    begin: Callable[..., Any] = draw_start,
) -> Any:
    """Return the compiled loop of an algorithm: `loop(model, memory, params, run, env_rng, rng, n)`."""
    return compiled(_loop, act=act, observe=observe, next_action_first=next_action_first, begin=begin)


act: Any = None  # these four are filled in by `make_loop`
observe: Any = None
begin: Any = None
next_action_first = False


def _loop(
    model: Model,
    memory: Any,
    params: Any,
    run: Run,
    env_rng: np.random.Generator,
    rng: np.random.Generator,
    n: int,
) -> None:
    S, A, K = model.reward.shape
    log = run.log
    s, a = run.current[STATE], run.current[ACTION]
    elapsed, g, episodes = log.elapsed[0, 0], log.collected[0, 0], log.episodes[0]
    for _ in range(n):
        if s == NO_EPISODE:
            s, a = begin(model, memory, params, env_rng, rng)
        if a == UNCHOSEN:
            a = act(memory, s, params, rng)
        if s < 0 or s >= S or a < 0 or a >= A:
            raise IndexError("the algorithm chose a state or an action that does not exist")
        k = 0
        if K > 1:
            drawn = env_rng.random()
            while drawn >= model.thresholds[s, a, k]:  # the last threshold is 1
                k += 1
        r = model.reward[s, a, k]
        s_next = np.int64(model.next_state[s, a, k])
        terminated = model.terminated[s, a, k]
        elapsed += 1
        truncated = elapsed >= model.limit
        a_next = UNCHOSEN
        if next_action_first and not terminated:
            a_next = act(memory, s_next, params, rng)
        observe(memory, Transition(s, a, r, s_next, a_next, terminated, truncated), params, rng)
        g += r
        if terminated or truncated:
            log.returns[0, episodes % RECENT] = g
            log.lengths[0, episodes % RECENT] = elapsed
            episodes += 1
            elapsed, g = 0, 0.0
            s, a = begin(model, memory, params, env_rng, rng)
        else:
            s, a = s_next, a_next
    run.current[STATE], run.current[ACTION] = s, a
    log.elapsed[0, 0], log.collected[0, 0], log.episodes[0] = elapsed, g, episodes
    log.counts[STEPS] += n
    log.counts[LIFETIME] += n
