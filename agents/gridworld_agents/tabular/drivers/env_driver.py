"""The driver of any environment: the same two compiled functions, called at every step of it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from gridworld_agents.core import stepping
from gridworld_agents.core.compiling import compiled
from gridworld_agents.core.episode_log import LIFETIME, STEPS
from gridworld_agents.tabular.run import NO_EPISODE, STATE, Run
from gridworld_agents.tabular.transition import UNCHOSEN, Transition
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy as np

    from gridworld_agents.core.spaces import Observations


class EnvDriver:
    """Learns by stepping an environment.

    Args:
        env: Any, with finite spaces.
        states: Numbers its observations.
        first_action: The number of the action space's first action.
        act: Compiled, see `TabularAgent`.
        observe: Compiled, see `TabularAgent`.
        next_action_first: Whether the next action is chosen before the update.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        states: Observations,
        first_action: int,
        act: Callable[..., Any],
        observe: Callable[..., Any],
        *,
        next_action_first: bool,
    ) -> None:
        self.env = env
        self.limit = protocol.time_limit(env)
        self._states, self._first_action = states, first_action
        self._act = cached_act(act)
        self._turn = _cached_turn(act, observe, next_action_first)
        self._under_way = False  # whether the environment is in the run's episode

    def begin(self, run: Run, seed: int | None) -> None:
        """Begin an episode."""
        run.drop_episode()
        run.current[STATE] = self._start(seed)
        self._under_way = True

    def resume(self, run: Run, saved: dict[str, Any]) -> bool:
        """Go on with the episode of a run that was left; False if that cannot be, and one has to begin.

        An environment whose state can be set is set to what was saved. Any other is taken to be where `learn` left it,
        and where that cannot be, because the run comes from a file, only its generator is restored.
        """
        if run.current[STATE] == NO_EPISODE or not saved:
            self._under_way = False
        elif saved["state"] is not None and protocol.can_restore(self.env):
            unmoved = protocol.is_in_state(self.env, saved, run.elapsed)
            if not (self._under_way and unmoved):
                self._under_way = protocol.set_state(self.env, saved["state"], run.elapsed)
                protocol.set_rng_state(self.env.unwrapped.np_random, saved["rng_state"])
        if not self._under_way:
            protocol.set_rng_state(self.env.unwrapped.np_random, saved.get("rng_state", {}))
        return self._under_way

    def state(self, run: Run) -> dict[str, Any]:  # noqa: ARG002 - the environment itself has moved
        """Return the environment's state."""
        return protocol.save_state(self.env)

    def advance(self, memory: Any, params: Any, run: Run, rng: np.random.Generator, n: int) -> None:
        """Learn for n steps. If the environment raises, the run is as after its last whole step."""
        env, turn, number, log = self.env, self._turn, self._states.number, run.log
        s, a = run.current.tolist()
        elapsed, g = run.elapsed, float(log.collected[0, 0])
        under_way, self._under_way = self._under_way, False
        if not under_way:
            raise RuntimeError("no episode is under way: call begin first")
        step, first = stepping.step, self._first_action
        if a == UNCHOSEN:
            a = self._act(memory, s, params, rng)
        taken = 0
        try:
            for left in range(n - 1, -1, -1):
                observation, r, terminated, truncated, _ = step(env, a + first)
                try:
                    s_next = number(observation)
                except ValueError as error:
                    raise stepping.outside_space(env, self._states, observation, error) from None
                over = terminated or truncated
                after = self._start() if over else s_next
                a_next = turn(memory, s, a, r, s_next, terminated, truncated, after, left > 0, params, rng)
                if over:
                    log.finish(0, g + r, elapsed + 1)
                    s, a, elapsed, g, taken = after, a_next, 0, 0.0, taken + 1
                else:
                    s, a, elapsed, g, taken = after, a_next, elapsed + 1, g + r, taken + 1
        finally:
            if taken:
                run.current[:] = s, a
                log.counts[STEPS] += taken
                log.counts[LIFETIME] += taken
                log.elapsed[0, 0], log.collected[0, 0] = elapsed, g
        self._under_way = True

    def leave(self, run: Run) -> None:
        """Leave the environment as it is."""

    def _start(self, seed: int | None = None) -> int:
        """Reset the environment, and return the state that it shows."""
        observation, _ = stepping.reset(self.env, seed)
        try:
            return self._states.number(observation)
        except ValueError as error:
            raise stepping.outside_space(self.env, self._states, observation, error) from None


@functools.cache
def cached_act(act: Callable[..., Any]) -> Any:
    """Return a compiled function as one that Python calls without compiling it in each process."""
    return compiled(_act, act=act)


@functools.cache
def _cached_turn(act: Callable[..., Any], observe: Callable[..., Any], next_action_first: bool) -> Any:
    return compiled(_turn, act=act, observe=observe, next_action_first=next_action_first)


act: Any = None  # these three are filled in by `_cached_turn` and `cached_act`
observe: Any = None
next_action_first = False


def _act(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:
    a: int = act(memory, s, params, rng)
    return a


def _turn(
    memory: Any,
    s: int,
    a: int,
    r: float,
    s_next: int,
    terminated: bool,
    truncated: bool,
    after: int,
    choose: bool,
    params: Any,
    rng: np.random.Generator,
) -> int:
    """Learn from a step, and return the next action, in state `after`; UNCHOSEN where it can wait.

    One call does both, because handing a generator to compiled code takes longer than the learning. Where a chunk ends
    the choice waits for the next, as it does in the compiled driver.
    """
    a_next = UNCHOSEN
    if next_action_first and not terminated:
        a_next = act(memory, s_next, params, rng)
    observe(memory, Transition(s, a, r, s_next, a_next, terminated, truncated), params, rng)
    if terminated or truncated:
        a_next = UNCHOSEN
    if choose and a_next == UNCHOSEN:
        a_next = act(memory, after, params, rng)
    return a_next
