"""`NativeVectorEnv`: what vector environments of compiled copies share beside the step.

Their copies are rows of arrays, not objects. Still each has a generator and a seed, can be asked for an attribute or
told to do something as the sub-environments of `gymnasium.vector.SyncVectorEnv` can, and is shown.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import logger
from gymnasium.error import ResetNeeded
from gymnasium.vector import VectorEnv

from gridworld_env.engine.construction import with_base
from gridworld_env.engine.frame_lists import FrameLists
from gridworld_env.rendering.mosaic import MOST_TILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, IntArray

UNKNOWN_FROM = 1 << 63
"""Seeds from which one does not fit into the array of seeds."""

RENDER_MODES = ["human", "rgb_array", "rgb_array_list", "rgb_array_tiled", "ansi"]

SINGLE_MODES = {"rgb_array_list": "rgb_array", "rgb_array_tiled": "rgb_array"}
"""How a copy by itself is shown, where a single environment does not have the render mode."""

FOR_ALL = {
    "reset": "envs.reset(), one copy of which is chosen by options={'reset_mask': mask}",
    "step": "envs.step(actions)",
    "close": "envs.close()",
}
"""What cannot be asked of one copy, and the way to do it."""


class NativeVectorEnv(VectorEnv[Any, Any, Any]):
    """N copies in arrays. A subclass lays them out, resets and steps them."""

    _clock: IntArray
    _watcher: Any
    _was_reset: bool

    def __init_subclass__(cls) -> None:
        """Name `VectorEnv` among the direct bases."""
        super().__init_subclass__()
        with_base(cls, VectorEnv)

    def _lay_streams(self) -> None:
        """Lay out what every copy has: a stream of random numbers, a seed, attributes of the user's."""
        N = self.num_envs
        self._streams = np.zeros((N, 4), np.uint64)
        self._seeds = np.full(N, -1, np.int64)
        self._large_seeds: dict[int, int] = {}
        self._seeded = self._was_reset = False
        self._attributes: dict[str, list[Any]] = {}
        self._frame_lists = FrameLists(N)
        self._watched = self.render_mode in {"human", "rgb_array_list"}

    @property  # type: ignore[override]
    def np_random(self) -> tuple[np.random.Generator, ...]:
        """Generators that stand where the copies' streams stand; drawing from them changes no episode."""
        from gridworld_env.engine.streams import generator

        self._seed_unless_seeded()
        return tuple(generator(stream) for stream in self._streams)

    @np_random.setter
    def np_random(self, value: Any) -> None:
        """Let each copy draw on from where a generator stands.

        Raises:
            ValueError: If these are not N generators over PCG64, what `numpy.random.default_rng` makes.
        """
        from gridworld_env.engine.streams import streams_of

        self._streams[:], self._seeds[:], self._seeded = streams_of(value, self.num_envs), -1, True
        self._large_seeds.clear()

    @property
    def np_random_seed(self) -> tuple[int, ...]:  # type: ignore[override] # as in SyncVectorEnv
        """The seed that each copy was last given, or drew where it had none; -1 where its generator was set."""
        self._seed_unless_seeded()
        seeds: list[int] = self._seeds.tolist()
        for i, seed in self._large_seeds.items():
            seeds[i] = seed
        return tuple(seeds)

    def _seed_unless_seeded(self) -> None:
        """Give copies that have no stream yet one each, from the operating system."""
        from gridworld_env.engine import streams

        if not self._seeded:
            self._streams[:], self._seeds[:] = streams.fresh(self.num_envs)
            self._seeded = True

    def _seed(self, seeds: dict[int, int]) -> None:
        """Seed some copies, by number; what the others have stays."""
        from gridworld_env.engine import streams

        self._seed_unless_seeded()
        if seeds:
            copies = list(seeds)
            self._streams[copies] = streams.seeded(list(seeds.values()))
            self._seeds[copies] = [seed if seed < UNKNOWN_FROM else -1 for seed in seeds.values()]
            for i in self._large_seeds.keys() & seeds.keys():
                del self._large_seeds[i]
            self._large_seeds |= {i: seed for i, seed in seeds.items() if seed >= UNKNOWN_FROM}

    def visit(
        self, function: Callable[[gym.Env[Any, Any]], Any], copies: Iterable[int] | None = None
    ) -> tuple[Any, ...]:
        """Call a function with a single environment that stands where a copy stands, for one copy after the other.

        Where the function leaves that environment, its state and its generator, the copy goes on; steps that it takes
        are not counted by the time limit. This is for a look now and then: it takes some 30 microseconds a copy.

        Args:
            function: `function(env)`.
            copies: The numbers of those to visit; None: all.

        Returns:
            What the function returned, for each copy.
        """
        return tuple(self._visit(function, i) for i in (range(self.num_envs) if copies is None else copies))

    def call(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Call a method of every copy; an attribute that is no method is returned as it is.

        Args:
            name: Of a method or attribute of the single environment.
            *args: Its arguments.
            **kwargs: Likewise.

        Returns:
            N results.

        Raises:
            ValueError: If it is to reset, step or close one copy.
            AttributeError: If there is no such attribute.
        """
        if name in FOR_ALL:
            raise ValueError(f"the copies of a vector environment {name} together: {FOR_ALL[name]}")

        def ask(env: gym.Env[Any, Any]) -> Any:
            found = getattr(env, name)
            return found(*args, **kwargs) if callable(found) else found

        return self.visit(ask)

    def get_attr(self, name: str) -> tuple[Any, ...]:
        """Return an attribute `name` of every copy, as `call` does."""
        return self.call(name)

    def set_attr(self, name: str, values: Any, copies: Iterable[int] | None = None) -> None:
        """Set an attribute of every copy, or of some.

        Args:
            name: "s", which moves the agent, "np_random", or a name that the single environment does not have: it is
                kept for `get_attr` and `visit`.
            values: A list or tuple with one for each of these copies, or one value for all.
            copies: The numbers of those; None: all.

        Raises:
            ValueError: If there are not as many values as copies.
            AttributeError: If the attribute cannot be set, for it would change nothing.
        """
        chosen = list(range(self.num_envs) if copies is None else copies)
        listed = list(values) if isinstance(values, (list, tuple)) else [values] * len(chosen)
        if len(listed) != len(chosen):
            raise ValueError(
                f"values must be one, or a list with one for each of {len(chosen)} copies, got {len(listed)}"
            )
        one = self._single()
        if isinstance(getattr(type(one), name, None), property):
            for i, value in zip(chosen, listed, strict=True):
                self._visit(functools.partial(_assign, name, value), i)
        elif hasattr(one, name):
            raise AttributeError(
                f"{name!r} cannot be set on the copies of a vector environment; make one with it: gym.make_vec(...)"
            )
        else:
            kept = self._attributes.setdefault(name, [None] * self.num_envs)
            for i, value in zip(chosen, listed, strict=True):
                kept[i] = value

    def _visit(self, function: Callable[[gym.Env[Any, Any]], Any], i: int) -> Any:
        from gridworld_env.engine.streams import generator, stream

        if not 0 <= i < self.num_envs:
            raise ValueError(f"a copy's number must be in [0, {self.num_envs}), got {i}")
        self._seed_unless_seeded()
        env: Any = self._single()
        rng = generator(self._streams[i])
        env.np_random = rng
        env._np_random_seed = self._large_seeds.get(i, int(self._seeds[i]))  # noqa: SLF001 - Gymnasium has no setter
        for name, kept in self._attributes.items():
            setattr(env, name, kept[i])
        before = rng.bit_generator.state
        self._lend(env, i)
        result = function(env)
        self._take_back(env, i)
        if env.np_random is not rng or rng.bit_generator.state != before:
            drawn = stream(env.np_random)
            if env.np_random_seed >= 0:
                self._seed({i: env.np_random_seed})
            else:
                self._seeds[i] = -1
                self._large_seeds.pop(i, None)
            self._streams[i] = drawn
        return result

    def _single(self) -> gym.Env[Any, Any]:
        """Return a single environment of the same world, not reset, which shows itself as the copies do."""
        raise NotImplementedError

    def _lend(self, env: Any, i: int) -> None:
        """Let a single environment stand where copy i stands, unless that was not reset yet."""
        raise NotImplementedError

    def _take_back(self, env: Any, i: int) -> None:
        """Let copy i go on from where a single environment stands."""
        raise NotImplementedError

    def _seen(self) -> list[Any]:
        """Return what the watcher shows of every copy, N states or places."""
        raise NotImplementedError

    def render(self) -> Any:
        """Show every copy's current state as the render mode says.

        Returns:
            "rgb_array": a tuple of N fresh (height, width, 3) uint8 arrays. "rgb_array_list": a tuple of N lists of
            such arrays, of the steps of the current episode since the last call. "rgb_array_tiled": one such array with
            the copies side by side, row by row. "ansi": a tuple of N texts, the agent as `@`. "human": None, the window
            having been drawn anew. None without a render mode.

        Raises:
            ResetNeeded: Before the first reset.
            NoDisplayError: In the mode "human", where no window can be opened.
        """
        if self.render_mode is None:
            logger.warn("render() does nothing without a render mode: pass render_mode='rgb_array' to gym.make_vec")
            return None
        self._require_reset()
        if self.render_mode == "rgb_array_list":
            return self._frame_lists.handed_over()
        seen = self._seen()
        if self.render_mode == "rgb_array":
            return tuple(self._watcher.frame(s) for s in seen)
        if self.render_mode == "ansi":
            return tuple(self._watcher.text(s) for s in seen)
        return self._watcher.show_tiled(seen[:MOST_TILES], type(self).__name__, self.metadata["render_fps"])

    def _show(self, moved: BoolArray | None = None) -> None:
        """Show or keep what a reset or a step has come to.

        Args:
            moved: (N,) bool, the copies that it concerns; None: all.
        """
        if self.render_mode == "human":
            self.render()
            return
        numbers: npt.NDArray[np.intp] = np.arange(self.num_envs) if moved is None else moved.nonzero()[0]
        seen, started = self._seen(), self._clock == 0
        for i in numbers.tolist():
            self._frame_lists.add(i, self._watcher.frame(seen[i]), started=bool(started[i]))

    def close_extras(self, **kwargs: Any) -> None:  # noqa: ARG002 - Gymnasium's signature
        """Close the window, if there is one; Gymnasium's `close` calls this."""
        self._watcher.close()

    def _require_reset(self) -> None:
        if not self._was_reset:
            raise ResetNeeded("the environment has not been reset: call envs.reset() first")


def _assign(name: str, value: Any, env: gym.Env[Any, Any]) -> None:
    setattr(env, name, value)
