"""Logging on the model of a tabular environment: the compiled driver that agents learn by, with a policy that is fixed.

The "agent" draws by a table and notes every step, so that what is logged is what stepping would have given.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.data.behaviour import thresholds_of
from gridworld_agents.tabular.drivers.model_driver import ModelDriver
from gridworld_agents.tabular.run import Run

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.tabular.transition import Transition

SHORTEST, LONGEST = 1 << 12, 1 << 20
"""Steps that are taken at a time, where it is not known how many the episodes will need."""


class Log(NamedTuple):
    """Room for n steps."""

    s: Any  # (n,) int64
    a: Any  # (n,) int64
    r: Any  # (n,) float64
    s_next: Any  # (n,) int64
    terminated: Any  # (n,) bool
    truncated: Any  # (n,) bool
    count: Any  # (1,) int64, steps noted

    @classmethod
    def new(cls, n: int) -> Log:
        """Return an empty one."""
        states, actions, after = (np.empty(n, np.int64) for _ in range(3))
        return cls(states, actions, np.empty(n), after, np.empty(n, np.bool_), np.empty(n, np.bool_), np.zeros(1, int))


class Acting(NamedTuple):
    """A policy as compiled code reads it."""

    thresholds: Any  # (S, A) float64


@kernel
def act(log: Log, s: int, params: Acting, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Draw an action."""
    drawn, a = rng.random(), 0
    while drawn >= params.thresholds[s, a]:  # the last threshold is 1
        a += 1
    return a


@kernel
def observe(log: Log, t: Transition, params: Acting, rng: np.random.Generator) -> None:  # noqa: ARG001
    """Note a step."""
    i = log.count[0]
    log.s[i], log.a[i], log.r[i], log.s_next[i] = t.s, t.a, t.r, t.s_next
    log.terminated[i], log.truncated[i] = t.terminated, t.truncated
    log.count[0] = i + 1


def walk(
    env: gym.Env[Any, Any],
    table: npt.NDArray[np.float64],
    rng: np.random.Generator,
    episodes: int | None,
    steps: int | None,
    seed: int | None,
) -> tuple[npt.NDArray[Any], ...]:
    """Return s, a, r, s_next, terminated, truncated and the probability of each step: arrays (T,).

    Args:
        env: For which `protocol.is_plain` holds.
        table: (S, A), the policy.
        rng: What the policy draws comes from it.
        episodes: How many to finish, or None.
        steps: How many to take at most, or None.
        seed: For the first reset.
    """
    walker = _Walker(env, table, rng, seed)
    logs: list[Log] = []
    try:
        while (steps is None or steps > 0) and (episodes is None or walker.finished < episodes):
            n = steps if episodes is None else walker.guess(episodes)
            logs.append(walker.advance(min(x for x in (n, steps) if x is not None), episodes))
            steps = None if steps is None else steps - len(logs[-1].s)
    finally:
        walker.driver.leave(walker.run)
    columns = (
        logs[0][:-1] if len(logs) == 1 else [np.concatenate(parts) for parts in list(zip(*logs, strict=True))[:-1]]
    )
    return (*columns, table[columns[0], columns[1]])


class _Walker:
    """A walk through a model, at the start of an episode."""

    def __init__(
        self, env: gym.Env[Any, Any], table: npt.NDArray[np.float64], rng: np.random.Generator, seed: int | None
    ) -> None:
        self.driver = ModelDriver(env, act, observe, next_action_first=False)
        self.run = Run.new()
        self.driver.begin(self.run, seed)
        self._params = Acting(thresholds_of(table))
        self._generators = rng, env.unwrapped.np_random  # the reset may have made another one
        self._taken = 0

    @property
    def finished(self) -> int:
        """Episodes that have ended."""
        return int(self.run.log.episodes[0])

    def guess(self, episodes: int) -> int:
        """Return somewhat fewer steps than the rest may need: where the end is overrun, steps are taken twice."""
        mean = self._taken / max(self.finished, 1)
        return int(min(max(0.95 * mean * (episodes - self.finished), SHORTEST), LONGEST))

    def advance(self, n: int, episodes: int | None) -> Log:
        """Take n steps, or fewer where that many episodes have ended."""
        before = [generator.bit_generator.state for generator in self._generators]
        run = copy.deepcopy(self.run)
        log = self._log(n)
        if episodes is not None and self.finished > episodes - 1:
            ends = np.flatnonzero(log.terminated | log.truncated)
            enough = int(ends[episodes - int(run.log.episodes[0]) - 1]) + 1
            if enough < n:  # the same steps again, and no more than were wanted
                self.run = run
                for generator, state in zip(self._generators, before, strict=True):
                    generator.bit_generator.state = state
                log = self._log(enough)
        self._taken += len(log.s)
        return log

    def _log(self, n: int) -> Log:
        log = Log.new(n)
        self.driver.advance(log, self._params, self.run, self._generators[0], n)
        return log
