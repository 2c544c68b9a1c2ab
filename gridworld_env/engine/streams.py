"""Many random streams at once, each equal to NumPy's own, bit for bit.

``numpy.random.Generator(PCG64(SeedSequence(seed)))`` is what Gymnasium gives an environment at ``reset(seed=seed)``. A
vector environment of N copies holds N such generators, 32 bytes each, in one array, so that copy i sees the very
numbers that a single environment seeded with ``seed + i`` sees.

PCG64 is O'Neill's 128-bit congruential generator with XSL-RR output (O'Neill 2014, HMC-CS-2014-0905); the seeding
is her `seed_seq_fe` with a pool of four words, as NumPy specifies both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from gridworld_env.common.compiling import cached_njit

if TYPE_CHECKING:
    from numba.core.typing.templates import Signature

Streams = npt.NDArray[np.uint64]
"""(N, 4) uint64: state high, state low, increment high, increment low."""

_U32 = np.uint32
_U64 = np.uint64
_MULTIPLIER_HIGH, _MULTIPLIER_LOW = _U64(0x2360ED051FC65DA4), _U64(0x4385DF649FCCF645)
_0, _1, _2, _3 = _U64(0), _U64(1), _U64(2), _U64(3)
_POOL = 4
_WORD = (1 << 32) - 1


@intrinsic  # type: ignore[untyped-decorator]
def _multiply_high(context: Any, x: types.Type, y: types.Type) -> tuple[Signature, Any]:  # noqa: ARG001
    """Upper 64 bits of the product of two uint64."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001
        wide = ir.IntType(128)
        left, right = (builder.zext(arg, wide) for arg in args)
        high = builder.lshr(builder.mul(left, right), ir.Constant(wide, 64))
        return builder.trunc(high, ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@njit(inline="always")  # type: ignore[untyped-decorator]
def _advance(streams: Streams, i: Any) -> None:
    high, low = streams[i, _0], streams[i, _1]
    new_low = low * _MULTIPLIER_LOW
    new_high = _multiply_high(low, _MULTIPLIER_LOW) + high * _MULTIPLIER_LOW + low * _MULTIPLIER_HIGH
    total = new_low + streams[i, _3]
    streams[i, _0] = new_high + streams[i, _2] + _U64(total < new_low)
    streams[i, _1] = total


@njit(inline="always")  # type: ignore[untyped-decorator]
def draw(streams: Streams, i: Any) -> Any:
    """Draw the next number of stream i: an int64 uniform in [0, 2^53), `Generator.random` before it is made a float.

    The index is best unsigned: compiled code then need not ask whether it is negative. And the streams are indexed
    here, not passed as rows: a row is a new array object, and counting references to it costs more than the draw.
    """
    _advance(streams, i)
    high = streams[i, _0]
    word = high ^ streams[i, _1]
    turn = high >> _U64(58)
    word = (word >> turn) | (word << ((_U64(64) - turn) & _U64(63)))
    return np.int64(word >> _U64(11))


def draws_below(thresholds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return whole thresholds: `draw` is below one exactly when `Generator.random` is below the float it came from."""
    return np.ceil(thresholds * 2.0**53).astype(np.int64)


@njit(inline="always")  # type: ignore[untyped-decorator]
def _hash(value: np.uint32, constant: np.uint32, multiplier: np.uint32) -> tuple[np.uint32, np.uint32]:
    value = _U32(value ^ constant)
    constant = _U32(constant * multiplier)
    value = _U32(value * constant)
    return _U32(value ^ (value >> _U32(16))), constant


@cached_njit
def _seed(entropy: npt.NDArray[np.uint32], streams: Streams) -> None:
    """Seed streams from (N, 4) words of entropy, lowest word first."""
    pool = np.empty(_POOL, np.uint32)
    words = np.empty(2 * _POOL, np.uint32)
    for i in range(entropy.shape[0]):
        constant = _U32(0x43B0D7E5)
        for j in range(_POOL):
            pool[j], constant = _hash(entropy[i, j], constant, _U32(0x931E8875))
        for source in range(_POOL):
            for target in range(_POOL):
                if source != target:
                    mixed, constant = _hash(pool[source], constant, _U32(0x931E8875))
                    both = _U32(_U32(0xCA01F9DD) * pool[target] - _U32(0x4973F715) * mixed)
                    pool[target] = _U32(both ^ (both >> _U32(16)))
        constant = _U32(0x8B51F9DD)
        for j in range(2 * _POOL):
            words[j], constant = _hash(pool[j % _POOL], constant, _U32(0x58F38DED))
        state_high = _U64(words[0]) | (_U64(words[1]) << _U64(32))
        state_low = _U64(words[2]) | (_U64(words[3]) << _U64(32))
        step_high = _U64(words[4]) | (_U64(words[5]) << _U64(32))
        step_low = _U64(words[6]) | (_U64(words[7]) << _U64(32))
        streams[i, 2] = (step_high << _U64(1)) | (step_low >> _U64(63))
        streams[i, 3] = (step_low << _U64(1)) | _U64(1)
        low = streams[i, 3] + state_low
        streams[i, 0] = streams[i, 2] + state_high + _U64(low < state_low)
        streams[i, 1] = low
        _advance(streams, i)


def seeded(seeds: list[int]) -> Streams:
    """Return one stream for every seed, the same that ``numpy.random.default_rng(seed)`` draws from.

    Args:
        seeds: N integers >= 0, of any size.

    Returns:
        (N, 4) uint64.
    """
    if max(seeds) >> 63 == 0:
        return _seeded_by_words(np.array(seeds, np.uint64))
    if max(seeds) >> 128 == 0:
        streams = np.empty((len(seeds), 4), np.uint64)
        _seed(np.array([[seed >> 32 * j & _WORD for j in range(_POOL)] for seed in seeds], np.uint32), streams)
        return streams
    return np.stack([stream(np.random.default_rng(seed)) for seed in seeds])


def _seeded_by_words(seeds: npt.NDArray[np.uint64]) -> Streams:
    """Return one stream for every seed of 64 bits, (n,): (n, 4) uint64."""
    streams = np.empty((len(seeds), 4), np.uint64)
    entropy = np.zeros((len(seeds), _POOL), np.uint32)
    entropy[:, 0], entropy[:, 1] = seeds & _U64(_WORD), seeds >> _U64(32)
    _seed(entropy, streams)
    return streams


def fresh(n: int) -> tuple[Streams, npt.NDArray[np.int64]]:
    """Return n independent streams, (n, 4) uint64, and the seeds that the operating system gave them: (n,) int64."""
    seeds = np.random.SeedSequence().generate_state(n, np.uint64) >> _U64(1)
    return _seeded_by_words(seeds), seeds.astype(np.int64)


def generator(stream: npt.NDArray[np.uint64]) -> np.random.Generator:
    """Return a NumPy generator that stands where a stream, a (4,) row, stands; drawing from it leaves the row as is."""
    words = [int(word) for word in stream]
    bits = np.random.PCG64()
    state: Any = bits.state
    state["state"] = {"state": words[0] << 64 | words[1], "inc": words[2] << 64 | words[3]}
    bits.state = state
    return np.random.Generator(bits)


def stream(rng: np.random.Generator) -> npt.NDArray[np.uint64]:
    """Return the stream that stands where a NumPy generator stands, a (4,) row: the inverse of `generator`.

    Raises:
        ValueError: If it is no generator over PCG64.
    """
    if not (isinstance(rng, np.random.Generator) and isinstance(rng.bit_generator, np.random.PCG64)):
        raise ValueError(f"a copy's generator must be a numpy.random.Generator over PCG64, got {rng!r}")
    state: Any = rng.bit_generator.state
    words = [part >> shift & ((1 << 64) - 1) for part in state["state"].values() for shift in (64, 0)]
    return np.array(words, np.uint64)


def streams_of(generators: Any, n: int) -> Streams:
    """Return n streams that stand where generators stand: (n, 4) uint64.

    Raises:
        ValueError: If they are not n generators over PCG64.
    """
    given = tuple(generators) if isinstance(generators, Iterable) else (generators,)
    if len(given) != n:
        raise ValueError(f"np_random must be {n} generators, one a copy, got {len(given)}")
    return np.stack([stream(rng) for rng in given])
