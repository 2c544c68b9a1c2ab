"""The compiled driver: the whole loop of acting, stepping and learning over a model's tables.

It does what stepping the environment would do, number by number: the environment's random numbers come from the
environment's own generator in the order in which `TabularEnv` draws them, and afterwards the environment stands where
the steps would have left it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core import env_state
from gridworld_agents.core.callbacks import RECENT
from gridworld_agents.core.compiling import compiled
from gridworld_agents.tabular.run import ACTION, CLOCK, EPISODES, NO_EPISODE, STATE, STEPS, UNCHOSEN, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym


class Model(NamedTuple):
    """A model as the loop reads it."""

    next_state: Any  # (S, A, K) int32
    reward: Any  # (S, A, K) float64
    terminated: Any  # (S, A, K) bool
    thresholds: Any  # (S, A, K) float64; outcome k is drawn by the first number below threshold k
    starts: Any  # (n,) int64
    start_thresholds: Any  # (n,) float64
    limit: int  # steps after which an episode is truncated


class ModelDriver:
    """Learns on the model of a tabular environment.

    Args:
        env: For which `env_state.has_plain_model` holds.
        act: Compiled, see `TabularAgent`.
        observe: Compiled, see `TabularAgent`.
        next_action_first: Whether the next action is chosen before the update.
    """

    def __init__(
        self, env: gym.Env[Any, Any], act: Callable[..., Any], observe: Callable[..., Any], *, next_action_first: bool
    ) -> None:
        self.env = env
        self.limit = env_state.time_limit(env)
        world: Any = env.unwrapped.world  # type: ignore[attr-defined]
        mdp = world.mdp
        drawn = mdp.thresholds if mdp.num_outcomes > 1 else mdp.probability
        self._model = Model(
            mdp.next_state,
            mdp.reward,
            mdp.terminated,
            drawn,
            world.starts,
            world.start_thresholds,
            self.limit,
        )
        self._loop = make_loop(act, observe, next_action_first)

    def begin(self, run: Run, seed: int | None) -> None:
        """Begin an episode."""
        run.drop_episode()
        run.place[STATE] = self.env.reset(seed=seed)[0]

    def resume(self, run: Run, place: dict[str, Any]) -> bool:
        """Go on with the episode of a run that was left, whatever was done with the environment since."""
        env_state.restore(self.env.unwrapped.np_random, place.get("rng", {}))
        return bool(run.place[STATE] != NO_EPISODE)

    def place(self, run: Run) -> dict[str, Any]:
        """Return where the environment stands by the run: it is moved there in the end only."""
        return {"rng": env_state.kept(self.env.unwrapped.np_random), "state": int(run.place[STATE])}

    def advance(self, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
        """Learn for n steps."""
        self._loop(self._model, memory, params, run, self.env.unwrapped.np_random, rng, n)

    def leave(self, run: Run) -> None:
        """Put the environment where the steps would have left it."""
        env_state.put(self.env, int(run.place[STATE]), int(run.place[CLOCK]))


@functools.cache
def make_loop(act: Callable[..., Any], observe: Callable[..., Any], next_action_first: bool) -> Any:
    """Return the compiled loop of an algorithm: `loop(model, memory, params, run, env_rng, rng, n)`."""
    return compiled(_loop, act=act, observe=observe, next_action_first=next_action_first)


act: Any = None  # these three are filled in by `make_loop`
observe: Any = None
next_action_first = False


def _loop(  # noqa: C901 - one loop, for speed
    model: Model,
    memory: Any,
    params: Any,
    run: Run,
    env_rng: np.random.Generator,
    rng: np.random.Generator,
    n: int,
) -> None:
    A, K = model.reward.shape[1], model.reward.shape[2]
    s, a, clock = run.place[STATE], run.place[ACTION], run.place[CLOCK]
    g, episodes = run.collected[0], run.counts[EPISODES]
    for _ in range(n):
        if a == UNCHOSEN:
            a = act(memory, s, params, rng)
        if a < 0 or a >= A:
            raise IndexError("act returned an action that does not exist")
        k = 0
        if K > 1:
            drawn = env_rng.random()
            while drawn >= model.thresholds[s, a, k]:  # the last threshold is 1
                k += 1
        r = model.reward[s, a, k]
        s_next = np.int64(model.next_state[s, a, k])
        terminated = model.terminated[s, a, k]
        clock += 1
        truncated = clock >= model.limit
        a_next = UNCHOSEN
        if next_action_first and not terminated:
            a_next = act(memory, s_next, params, rng)
        observe(memory, s, a, r, s_next, a_next, terminated, truncated, params, rng)
        g += r
        if terminated or truncated:
            run.returns[episodes % RECENT] = g
            run.lengths[episodes % RECENT] = clock
            episodes += 1
            s, a, clock, g = model.starts[0], UNCHOSEN, 0, 0.0
            if model.starts.size > 1:
                drawn = env_rng.random()
                low, high = 0, model.starts.size - 1
                while low < high:
                    middle = (low + high) // 2
                    if drawn < model.start_thresholds[middle]:
                        high = middle
                    else:
                        low = middle + 1
                s = model.starts[low]
        else:
            s, a = s_next, a_next
    run.place[STATE], run.place[ACTION], run.place[CLOCK] = s, a, clock
    run.collected[0] = g
    run.counts[EPISODES] = episodes
    run.counts[STEPS] += n
