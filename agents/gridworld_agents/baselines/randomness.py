"""`Streams`: random numbers of an agent's own out of generators that all of the process shares.

Stable-Baselines3 seeds and draws from the generators of `random`, `numpy.random` and torch. Each agent keeps states of
its own for them, which are in place while it works and are put back after: so one agent's numbers do not depend on
what else draws, and what else draws does not notice. Generators on a GPU are left alone.
"""

from __future__ import annotations

import contextlib
import copy
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from stable_baselines3.common.utils import set_random_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = 1 << 32
"""How many seeds `numpy.random` knows."""


class Stream:
    """States of the shared generators; at first as they are now."""

    def __init__(self) -> None:
        self._states = _states()

    @contextlib.contextmanager
    def playing(self) -> Iterator[None]:
        """Have the shared generators go on from this stream's states within the block."""
        before = _states()
        _restore(self._states)
        try:
            yield
        finally:
            self._states = _states()
            _restore(before)


class Streams:
    """A model's random numbers: one stream for learning, one for predicting, so that this does not change that.

    Args:
        model: Made or loaded while `learning` was playing. One that has learned draws other numbers than it began with.
        learning: The stream of its learning.
    """

    def __init__(self, model: Any, learning: Stream) -> None:
        self.model, self.learning, self._predicting = model, learning, Stream()
        steps = model.num_timesteps
        seed = fresh_seed() if model.seed is None else model.seed
        model.action_space = copy.deepcopy(model.action_space)  # nobody else draws from it
        self._spare = copy.deepcopy(model.action_space)
        self._spare.seed(fresh_seed(seed, steps, 1))
        with self._predicting.playing():
            set_random_seed(fresh_seed(seed, steps, 1))
        if steps:
            with learning.playing():
                model.set_random_seed(fresh_seed(seed, steps))

    @contextlib.contextmanager
    def predicting(self) -> Iterator[None]:
        """Draw from the stream for predicting within the block."""
        space, self.model.action_space = self.model.action_space, self._spare
        try:
            with self._predicting.playing():
                yield
        finally:
            self.model.action_space = space


def fresh_seed(*entropy: int) -> int:
    """Return a seed in [0, 2^31) that these numbers fix, or a fresh one where there are none."""
    return int(np.random.SeedSequence(entropy or None).generate_state(1)[0]) >> 1


def _states() -> tuple[Any, Any, Any]:
    return random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002 - to leave it as it is


def _restore(states: tuple[Any, Any, Any]) -> None:
    python, numpy, tensors = states
    random.setstate(python)
    np.random.set_state(numpy)  # noqa: NPY002 - likewise
    torch.set_rng_state(tensors)
