"""`Collector`: the steps that M members take in E copies each of an environment, as arrays to learn from.

1  each member acts on what its copies show
2  all copies take a step; what they show and pay is checked, and encoded
3  `s_next` is the true next observation: where an episode ends, its last one, and never the first of the next episode
4  what the next actions are for is what the copies show after resets

So whoever learns bootstraps from `s_next` where not `terminated`, and cuts what runs over time where an episode ends,
by either flag; that is all there is to truncation. Only a vector environment in the mode NEXT_STEP has steps that reset
and do nothing else: they are not `valid`.

Member m with the seed k + m sees exactly what a single member with that seed sees: its first copy is reset with the
member's seed, copy e > 0 with one derived from it and e.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import VectorEnv

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.spaces.arrays import as_array, shortened
from gridworld_agents.core.stepping import reward, to_one, way_out
from gridworld_agents.deep.copies import copies_of
from gridworld_agents.deep.outcomes import Copies, chosen
from gridworld_agents.deep.steps import Room, Steps
from gridworld_agents.deep.vector_copies import VectorCopies
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from gridworld_agents.core.episode_log import EpisodeLog
    from gridworld_agents.core.spaces import Actions, Observations
    from gridworld_agents.deep.outcomes import Outcome

__all__ = ["Collector", "Steps", "copy_seeds"]

SEEDS = 1 << 32
"""What some environments take is below."""
LARGEST_REWARD = float(np.finfo(np.float32).max)
REALS = frozenset((float, np.float64))
"""Types of rewards that most environments return, which need no closer look."""


class Collector:
    """Steps copies of an environment, and takes down what happens.

    Args:
        env: An environment, of which copies are made; a vector environment of M * E copies; or M * E `Copies`.
        observations: Encodes them.
        actions: Makes the environment's of what `act` returns.
        log: Of M members in E copies; their episodes are noted, steps are not counted.
        seeds: M, those of the members. Used when episodes are first begun.
        copies: E.

    Raises:
        ValueError: If the environment cannot be made again, or a vector environment has another number of copies.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any] | VectorEnv[Any, Any, Any] | Copies,
        observations: Observations,
        actions: Actions,
        log: EpisodeLog,
        *,
        seeds: Sequence[int],
        copies: int = 1,
    ) -> None:
        self.members, self.count = len(seeds), len(seeds) * copies
        if isinstance(env, VectorEnv):
            env = VectorCopies(env)
        self.copies: Copies = copies_of(env, self.count) if isinstance(env, gym.Env) else env
        if self.copies.count != self.count:
            raise ValueError(
                f"{self.members} members with {copies} copies each need {self.count} copies, got {self.copies.count}"
            )
        self.observations, self.actions, self.log = observations, actions, log
        self._shape = self.members, copies
        self._seeds: list[int] | None = [int(seed) for seed in seeds]  # None once they were used
        self._resumed: list[dict[str, Any]] = []  # where the generators stood, as a file says
        self._under_way = False
        self._room: Room | None = None

    def begin(self) -> None:
        """Begin an episode in every copy; `collect` does it where none is under way."""
        self._under_way = False
        if self._seeds is not None:
            shown, masks = self.copies.reset(copy_seeds(self._seeds, self._shape[1]))
        elif self._resumed:
            shown, masks = self.copies.resume(self._resumed)
        else:
            shown, masks = self.copies.reset()
        self._s = np.empty((*self._shape, self.observations.width), np.float32)
        self._encode(shown, self._s)
        self._mask = None if masks is None else masks.reshape(*self._shape, -1).astype(np.bool_)
        self.log.drop_episodes()
        self._seeds, self._resumed, self._under_way = None, [], True

    def collect(self, act: Callable[[npt.NDArray[np.float32], npt.NDArray[np.bool_] | None], Any], T: int) -> Steps:
        """Take T steps in every copy.

        Args:
            act: From observations (M, E, width) and masks (M, E, A), None where all actions are available, to actions:
                (M, E) integers, the numbers of a finite space's; (M, E, n) integers, one choice for each of `nvec`; or
                (M, E, n) floats, which `Actions.scale` takes. It may return a named tuple of arrays (M, E, ...) beside
                them, such as log-probabilities. What it is given is overwritten later.
            T: How many, >= 1.

        Raises:
            ValueError: If the environment returns an invalid observation or reward. Its episodes are
                lost then, and the next call begins others.
        """
        if not self._under_way:
            self.begin()
        self._under_way = False
        room = self._room
        if room is None or len(room.r) != T or (room.masks is None) != (self._mask is None):
            room = self._room = Room(T, self._s, self._mask)
        room.start(self._s, self._mask)
        for t in range(T):
            made = act(room.s[t], room.mask_at(t))  # 1
            a, extras = made if isinstance(made, tuple) else (made, None)
            outcome = self.copies.step(self.as_actions(a))
            self._take(room, t, outcome)
            room.keep(t, a, extras)
        self._s, self._mask = room.s[T], room.mask_at(T)
        self._under_way = True
        return room.steps

    @property
    def shown(self) -> npt.NDArray[np.float32]:
        """What the next actions are for, encoded: (M, E, width). It is overwritten later."""
        return self._s

    def as_actions(self, a: npt.NDArray[Any]) -> Any:
        """Return actions (M, E, ...) as M * E environments take them."""
        if a.dtype.kind == "f":
            return self.actions.scale(a.reshape(self.count, -1))
        return self.actions.choose(a.reshape(-1)) if a.ndim == 2 else self.actions.assemble(a.reshape(self.count, -1))

    def notes(self) -> dict[str, Any]:
        """Return what goes into a file, as JSON can hold it: the seeds where they are not used, and the generators."""
        if self._seeds is not None or self._resumed:
            return {"seeds": self._seeds, "generators": self._resumed}
        return {"seeds": None, "generators": self.copies.generators()}

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Go on from notes that were checked: the next episodes begin with the generators where they stood."""
        self._seeds, self._resumed, self._under_way = notes["seeds"], notes["generators"], False

    @staticmethod
    def check_notes(notes: Any, members: int, copies: int) -> None:
        """Check what a file holds.

        Raises:
            ValueError: If it is not what `notes` of such a collector returns.
        """
        seeds, generators = notes["seeds"], notes["generators"]
        held, needed = (generators, members * copies) if seeds is None else (seeds, members)
        if len(held) != needed or (seeds is not None and generators):
            raise ValueError(f"it must hold the seeds of {members} members, or {members * copies} generators")
        for seed in seeds or ():
            whole_number("a seed", seed)
        for state in generators:
            if state:  # empty where it could not be kept
                protocol.checked_rng_state(state)

    def _take(self, room: Room, t: int, outcome: Outcome) -> None:
        """Check what step t came to, and write it down."""
        rewards, ended = self._rewards(outcome.rewards), outcome.ended
        s, s_next = room.s[t + 1], room.s_next[t]
        self._encode(outcome.observations, s)  # 2, 4
        s_next[:] = s
        if ended.size:  # 3
            s_next.reshape(self.count, -1)[ended] = self._encode(outcome.final, None, ended)
        terminated, truncated = outcome.terminated.reshape(self._shape), outcome.truncated.reshape(self._shape)
        room.r[t], room.terminated[t], room.truncated[t] = rewards, terminated, truncated
        if room.masks is not None:
            room.take_masks(t, outcome)
        over = room.over[t]
        np.logical_or(terminated, truncated, out=over)
        self.log.step(rewards, over)
        if outcome.valid is not None:
            valid = outcome.valid.reshape(self._shape)
            room.take_valid(t, valid)
            self.log.elapsed[~valid] = 0

    def _rewards(self, paid: Any) -> npt.NDArray[np.float64]:
        """Return rewards that are finite in single precision: (M, E)."""
        if type(paid) is list and REALS.issuperset(map(type, paid)):
            return self._finite(np.array(paid), paid)
        array = as_array(paid)
        if array.shape == (self.count,) and array.dtype.kind in "fiub":
            rewards = array.astype(np.float64, copy=False)
        elif isinstance(paid, list) or array.shape[:1] == (self.count,):
            rewards = np.array([_number(r) for r in paid])
        else:
            raise ValueError(f"{self.copies.named(0)} paid {shortened(paid)}, which are not {self.count} rewards")
        return self._finite(rewards, paid)

    def _finite(self, rewards: npt.NDArray[np.float64], paid: Any) -> npt.NDArray[np.float64]:
        """Return rewards (M * E,) as (M, E), if all are finite in single precision."""
        fits = np.abs(rewards) <= LARGEST_REWARD
        if np.count_nonzero(fits) < fits.size:
            i = int(fits.argmin())
            raise ValueError(
                f"{self.copies.named(i)} returned the reward {paid[i]} at step {self.log.num_timesteps}: it "
                "must be a number that is finite in single precision; mend the "
                f"environment, or wrap it in gymnasium.wrappers.TransformReward(env, {to_one(paid[i], 'float')})"
            )
        return rewards.reshape(self._shape)

    def _encode(
        self, shown: Any, out: npt.NDArray[np.float32] | None, of: npt.NDArray[np.intp] | None = None
    ) -> npt.NDArray[np.floating[Any]]:
        """Encode a batch of observations: of all copies into `out`, (M, E, width), or of some, (n, width)."""
        flat = None if out is None else out.reshape(self.count, -1)
        n = self.count if of is None else len(of)
        try:
            return self.observations.encode(shown, batch=(n,), out=flat)
        except ValueError as error:
            raise self._odd(shown, n, of, error) from None

    def _odd(self, shown: Any, n: int, of: npt.NDArray[np.intp] | None, error: ValueError) -> ValueError:
        """Return the error of an observation that cannot be encoded."""
        step, reason, copy, one = self.log.num_timesteps, error, 0, None
        for i in range(n):
            one = shown[i] if isinstance(shown, list) else chosen(self.observations.tree, shown, i)
            try:
                self.observations.encode(one, batch=())
            except ValueError as of_one:
                reason, copy = of_one, i if of is None else int(of[i])
                break
        return ValueError(
            f"{self.copies.named(copy)} returned an invalid observation at step {step}: {reason}; "
            f"its observation space is {self.observations.name}; {way_out(self.observations, one)}"
        )


def copy_seeds(seeds: Sequence[int], copies: int) -> list[int]:
    """Return the seed of every member's copies, member by member: the member's own, then some derived from it."""
    derived = [
        seed if e == 0 else int(np.random.SeedSequence([seed, e]).generate_state(1)[0])
        for seed in seeds
        for e in range(copies)
    ]
    return [seed % SEEDS for seed in derived]


def _number(r: Any) -> float:
    """Return a reward as a float, nan where it is not a number."""
    try:
        return reward("", r)
    except ValueError:
        return float("nan")
