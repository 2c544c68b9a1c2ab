"""Snapshots: copies of an environment that know which state they are in.

copy_env(env)                    a deep copy
strip(env)                       the environment without the wrappers that only watch
take_snapshot(env, ignore, key)  a `Snapshot`: the environment, the key of its state, and what to check beside it
differences(one, other)          the attributes in which two environments differ, for messages
shared_generators()              the state of the generators of the modules `random` and `numpy.random`

A state is everything the environment holds: the attributes of its wrappers and of all objects within, found
recursively and written as text (`_Encoder`). Random generators, modules, specs and pygame's objects are no
part of it; of a function or a class only the name is. Dicts are equal in any order.

Not seen: state that copying does not copy (closures, globals, attributes of classes, files).
"""

from __future__ import annotations

import copy
import dataclasses
import enum
import functools
import hashlib
import operator
import pickle
import random
import re
import types
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, TypeAlias

import gymnasium as gym
import numpy as np
from gymnasium import wrappers
from gymnasium.envs.registration import EnvSpec

from gridworld_env.common.naming import name_of
from gridworld_env.common.wrappers import HARMLESS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Env: TypeAlias = gym.Env[Any, Any]

WATCHERS = (*HARMLESS, wrappers.AddRenderObservation)
"""Wrappers that count, check, record or draw. They change neither rewards nor dynamics, and are taken out."""

GENERATORS = (np.random.Generator, np.random.RandomState, np.random.BitGenerator, random.Random)
NAMED = (types.FunctionType, types.BuiltinFunctionType, type)


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A copy of the environment, never stepped. Equal ones are in the same state, with equal generators."""

    env: Env = dataclasses.field(compare=False)
    key: Hashable  # which state it is
    rest: str = dataclasses.field(compare=False)  # digest of what the key may have left out
    generators: Counter[tuple[str, bytes]]  # (path, state) of each random generator

    def drawn(self, after: Snapshot) -> list[str]:
        """Return the paths of the generators that are new, gone or in another state afterwards."""
        return sorted({_short(path) for (path, _), _ in self.generators.items() ^ after.generators.items()})


def take_snapshot(env: Env, ignore: frozenset[str], key: Callable[[Env], Hashable] | None) -> Snapshot:
    """Read an environment. Its key is a digest of all but the attributes named in `ignore`, or ``key(env)``.

    Raises:
        ValueError: If an object cannot be read and there is no `key`, or the key is not hashable.
    """
    encoder = _Encoder(ignore)
    encoder.visit(env)
    for base in type(env.unwrapped).__mro__:  # copies share the generators of the class, which a step may draw from
        for name, value in vars(base).items():
            if isinstance(value, (gym.Space, *GENERATORS)):
                encoder.path = f".{name}"
                encoder.visit(value)
    encoder.visit_ignored()
    if key is None:
        if encoder.unreadable:
            raise ValueError(f"{encoder.unreadable[0]}. Pass a key that tells states apart without it")
        return Snapshot(env, _digest(encoder.parts), _digest(encoder.rest), encoder.generators)
    value = key(env)
    try:
        hash(value)
    except TypeError:
        raise ValueError(f"key must return a hashable value, such as a tuple or bytes, got {value!r}") from None
    return Snapshot(env, value, _digest(encoder.parts + encoder.rest), encoder.generators)


def copy_env(env: Env) -> Env:
    """Return a deep copy.

    Raises:
        ValueError: If there is none, with the cause.
    """
    try:
        clone = copy.deepcopy(env)
    except Exception as error:
        raise ValueError(
            f"explore works on copies, but copy.deepcopy of {name_of(env)} failed: {type(error).__name__}: {error}. "
            "Build the environment without a window (render_mode=None), or give that class a __deepcopy__"
        ) from error
    if clone is env:
        raise ValueError(
            f"explore works on copies, but copy.deepcopy of {name_of(env)} returned the environment itself"
        )
    return clone


def strip(env: Env) -> Env:
    """Take the wrappers that only watch out of the chain, in place, and return what is outermost then."""
    if not isinstance(env, gym.Wrapper):
        return env
    inner = strip(env.env)
    if type(env) in WATCHERS:  # not a subclass, which may do more
        return inner
    env.env = inner
    return env


def differences(one: Env, other: Env) -> str:
    """Name up to five attributes in which two environments differ."""
    first, second = _texts_by_path(one), _texts_by_path(other)
    paths = [path for path in first | second if first.get(path) != second.get(path)]
    return ", ".join(_short(path) for path in paths[:5]) or "its random generators or the order of a dict"


def shared_generators() -> tuple[object, ...]:
    """Return the state of the generators that belong to no object, to notice a step that draws from them."""
    return random.getstate(), pickle.dumps(np.random.get_state(legacy=False))  # noqa: NPY002


class _Encoder:
    """Writes an object, and everything it holds, as pieces of text that are equal for equal contents.

    `parts` are those pieces; `rest` is what was left out of them: ignored attributes and the order of dicts.
    Mutable objects met twice are written as references, which ends cycles and tells shared objects from equal
    ones. Of an object that cannot be read only the type is written.
    """

    def __init__(self, ignore: frozenset[str] = frozenset()) -> None:
        self.ignore = ignore
        self.parts: list[str] = []
        self.rest: list[str] = []
        self.emit: Callable[[str], object] = self.parts.append
        self.unreadable: list[str] = []
        self.generators: Counter[tuple[str, bytes]] = Counter()
        self.path = ""  # the attributes that lead to the object at hand, such as .env.grid
        self.seen: dict[int, tuple[int, object]] = {}  # holding the object keeps its id its own
        self.ignored: list[tuple[str, object]] = []

    def visit(self, value: Any) -> None:
        kind: Any = type(value)
        write = _text_writer(kind)
        if write is not None:
            self.emit(write(value))
        elif isinstance(value, GENERATORS):
            self.emit(_name(value))
            self.generators[self.path, _generator_state(value)] += 1
        elif id(value) in self.seen:
            self.emit(f"@{self.seen[id(value)][0]}")
        else:
            if not isinstance(value, (tuple, frozenset)):  # whether two places share these does not matter
                self.seen[id(value)] = (len(self.seen), value)
            self.emit(_name(value))
            self.attributes(getattr(value, "__dict__", {}))
            self.contents(value)

    def visit_ignored(self) -> None:
        """Write the ignored attributes to `rest`, last, so that nothing in `parts` refers to them."""
        self.emit, self.ignore = self.rest.append, frozenset()
        for path, value in self.ignored:
            self.path = path
            self.emit(path)
            self.visit(value)

    def attributes(self, values: dict[str, Any]) -> None:
        outer = self.path
        for name in sorted(values):
            self.path = f"{outer}.{name}"
            if name in self.ignore:
                self.ignored.append((self.path, values[name]))
            else:
                self.emit(name)
                self.visit(values[name])
        self.path = outer

    def contents(self, value: Any) -> None:
        """Write what an object holds beside its attributes."""
        if isinstance(value, np.ndarray):
            self.emit(f"{value.dtype.str} {value.shape}")
            self.visit(value.ravel().tolist() if value.dtype.hasobject else hashlib.blake2b(value.tobytes()).digest())
        elif isinstance(value, dict):
            self.emit(str(len(value)))
            ranks = [_rank(name) for name in value]
            if ranks != sorted(ranks):
                self.rest.append(repr(ranks))
            for _, pair in sorted(zip(ranks, value.items(), strict=True), key=operator.itemgetter(0)):
                self.visit(pair)
        elif isinstance(value, (list, tuple, deque, set, frozenset)):
            self.emit(str(len(value)))
            for item in sorted(value, key=_rank) if isinstance(value, (set, frozenset)) else value:
                self.visit(item)
        elif isinstance(value, types.MethodType):
            self.visit((value.__func__, value.__self__))
        else:
            self.recipe(value)

    def recipe(self, value: Any) -> None:
        """Write what `copy.deepcopy` would rebuild an object from."""
        kind: Any = type(value)
        try:
            recipe = value.__reduce_ex__(4)
        except Exception as error:  # noqa: BLE001 - whatever that object raises
            self.unreadable.append(f"{_short(self.path)} holds {_name(value)}, which cannot be read: {error}")
            return
        if isinstance(recipe, str):  # the name of a global
            recipe = (None, recipe)
        _, arguments, state, *iterators = (*recipe, None, None, None)[:5]
        self.visit(arguments)
        methods = ("__reduce_ex__", "__reduce__", "__getstate__")
        if any(getattr(kind, name) is not getattr(object, name) for name in methods):
            self.visit(state)
        elif isinstance(state, tuple):  # Python's own: attributes, which are written already, and slots
            self.attributes(state[1])
        for iterator in iterators:
            self.visit(iterator if iterator is None else list(iterator))


@functools.cache
def _text_writer(kind: Any) -> Callable[[Any], str] | None:
    """Choose how values of a type that holds no objects are written; None for the other types."""
    if kind in {bool, np.bool_}:
        return lambda value: f"bool {bool(value)}"
    if kind in {int, np.int64}:  # as one: ``direction % 4`` turns the first into the second
        return lambda value: f"int {value:x}"
    if kind in {types.NoneType, float, complex, str, bytes}:
        return lambda value: f"{kind.__name__} {value!r}"
    writers: tuple[tuple[Any, Callable[[Any], str]], ...] = (
        (enum.Enum, lambda value: f"{_name(value)} {value.name} {value.value!r}"),
        (np.ufunc, repr),
        (np.generic, lambda value: f"{value.dtype.str} {value.tobytes().hex()}"),
        (NAMED, lambda value: f"{value.__module__}.{value.__qualname__}"),
        ((types.ModuleType, EnvSpec), _name),
    )
    if kind.__module__.partition(".")[0] == "pygame":
        return _name
    return next((write for kinds, write in writers if issubclass(kind, kinds)), None)


def _texts_by_path(env: Env) -> dict[str, list[str]]:
    encoder = _Encoder()
    texts: dict[str, list[str]] = {}
    encoder.emit = lambda text: texts.setdefault(encoder.path, []).append(text)
    encoder.visit(env)
    return texts


def _name(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _rank(item: object) -> str:
    """Order the members of a set or dict; equal ranks or a strange repr cost states, never the truth."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(item))


def _digest(parts: list[str]) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _generator_state(generator: Any) -> bytes:
    if isinstance(generator, random.Random):
        return pickle.dumps(generator.getstate())
    if isinstance(generator, np.random.RandomState):
        return pickle.dumps(generator.get_state(legacy=False))
    return pickle.dumps(getattr(generator, "bit_generator", generator).state)


def _short(path: str) -> str:
    """Drop the wrappers from a path."""
    return re.sub(r"^\.(env\.)*", "", path)
