"""`TabularMDP`: the exact model of a finite environment, as four tables.

The single environment, the vector environment, the oracle and the compiled learners all read these same arrays, so
the dynamics of an environment are written down once: where its tables are built.
"""

from __future__ import annotations

import copy
import dataclasses
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.arrays import frozen, with_one_axis
from gridworld_env.common.displayed import Displayed, Shown
from gridworld_env.common.probabilities import real, sum_tolerance, with_sum_one
from gridworld_env.common.public import export
from gridworld_env.tabular import outcomes, toy_text, toy_text_maps

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

    import gymnasium as gym
    import numpy.typing as npt
    import scipy.sparse

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray
    from gridworld_env.layouts import Layout


@export("gridworld_env.TabularMDP")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class TabularMDP(Displayed):
    """A finite Markov decision process with S states, A actions and at most K outcomes per state and action.

    Outcome k of action a in state s happens with ``probability[s, a, k]``, leads to ``next_state[s, a, k]``, pays
    ``reward[s, a, k]`` and ends the episode if ``terminated[s, a, k]``. The value of what follows a terminated outcome
    is 0, whatever its next state. Unused places hold probability 0.

    The arrays are checked once, here, and never change. One that nobody can write to, neither itself nor what it is a
    view of, is kept; any other is copied.

    Args:
        next_state: (S, A, K) int32, in [0, S).
        probability: (S, A, K) float64; each (s, a) row sums to 1. Probabilities in float32, here and in `initial`, may
            miss that by their rounding, and are divided by their sum.
        reward: (S, A, K) float64, finite.
        terminated: (S, A, K) bool.
        initial: (S,) float64, the distribution of the first state.
        state_names: S names, each its own; None: states have numbers only.
        action_names: A names likewise.
        layouts: The maps that the states lie on, all of one shape (H, W): state ``b * H * W + cell`` is that cell of
            map b. They change nothing but pictures, and what `map_shape` says. Empty: no map.

    Raises:
        ValueError: If shapes differ, an index is out of range, a row does not sum to 1, or a number is not finite. The
            message names the state and the action.
    """

    next_state: IntArray
    probability: FloatArray
    reward: FloatArray
    terminated: BoolArray
    initial: FloatArray
    state_names: Sequence[str] | None = None
    action_names: Sequence[str] | None = None
    layouts: Sequence[Layout] = ()

    def __post_init__(self) -> None:
        """Freeze the arrays, check the invariants and coerce dtypes: what is checked can no longer change."""
        next_state = frozen(np.asarray(self.next_state))
        if not np.issubdtype(next_state.dtype, np.integer):
            raise ValueError(f"next_state must hold integers, got dtype {next_state.dtype}")
        arrays: dict[str, Any] = {
            "next_state": next_state,
            "probability": frozen(real(self.probability)),
            "reward": frozen(np.asarray(self.reward, np.float64)),
            "terminated": frozen(np.asarray(self.terminated, np.bool_)),
            "initial": frozen(real(self.initial)),
        }
        _check(**arrays, state_names=self.state_names, action_names=self.action_names)
        arrays["next_state"] = next_state.astype(np.int32, copy=False)
        for name in ("probability", "initial"):
            arrays[name] = with_sum_one(arrays[name])
        for name, array in arrays.items():
            object.__setattr__(self, name, frozen(array))
        for name in ("state_names", "action_names"):
            given = getattr(self, name)
            object.__setattr__(self, name, None if given is None else tuple(given))
        object.__setattr__(self, "layouts", _checked_layouts(self.layouts, self.num_states))

    @property
    def map_shape(self) -> tuple[int, ...]:
        """The shape of the maps: (H, W), or (B, H, W) where there are B > 1; () where there is none.

        Tables of this shape are taken wherever tables by state, (S,), are: values (H, W), policies (H, W, A).
        """
        if not self.layouts:
            return ()
        B, shape = len(self.layouts), self.layouts[0].shape
        return shape if B == 1 else (B, *shape)

    def by_state(self, table: Any) -> npt.NDArray[Any]:
        """Return an array with one axis of states, (S, ...), where it had the shape of the maps; another as it is.

        Args:
            table: (S, ...), or (H, W, ...), (B, H, W, ...): an array, or what makes one.
        """
        return with_one_axis(table, self.map_shape)

    def on_maps(self, layouts: Sequence[Layout], action_names: Sequence[str] | None = None) -> TabularMDP:
        """Return the same model, whose states lie on maps; its tables are shared.

        Args:
            layouts: As for the class.
            action_names: A names, where it has none.

        Raises:
            ValueError: As for the class.
        """
        placed = copy.copy(self)
        names = self.action_names
        if names is None and action_names is not None:
            names = tuple(action_names)
            _checked_names("action", names, self.num_actions)
        placed.__dict__.update(layouts=_checked_layouts(layouts, self.num_states), action_names=names)
        return placed

    @property
    def num_states(self) -> int:
        """S, the number of states."""
        return int(self.next_state.shape[0])

    @property
    def num_actions(self) -> int:
        """A, the number of actions."""
        return int(self.next_state.shape[1])

    @property
    def num_outcomes(self) -> int:
        """K, the largest number of outcomes of any state and action; 1 means deterministic."""
        return int(self.next_state.shape[2])

    @cached_property
    def thresholds(self) -> FloatArray:
        """Outcome k is drawn when a uniform number in [0, 1) is the first below threshold k: (S, A, K) float64."""
        thresholds: FloatArray = np.cumsum(self.probability, axis=2)
        later = np.cumsum(self.probability[..., ::-1], axis=2)[..., ::-1] - self.probability
        thresholds[later <= 0] = 1.0
        thresholds.flags.writeable = False
        return thresholds

    @cached_property
    def starts(self) -> IntArray:
        """The states in which an episode can start: (n,) int64, ascending."""
        return frozen(np.flatnonzero(self.initial))

    @cached_property
    def start_thresholds(self) -> FloatArray:
        """Start i is drawn when a uniform number in [0, 1) is the first below threshold i: (n,) float64."""
        thresholds: FloatArray = np.cumsum(self.initial[self.starts])
        thresholds[-1] = 1.0
        return frozen(thresholds)

    def sample_start(self, rng: np.random.Generator) -> int:
        """Draw the first state of an episode: by one uniform number of `rng`, or by none where there is only one."""
        if len(self.starts) == 1:
            return int(self.starts[0])
        return int(self.starts[bisect_right(self.start_thresholds, rng.random())])

    def sample(self, s: int, a: int, rng: np.random.Generator) -> tuple[int, float, bool]:
        """Draw what comes of action a in state s: by one uniform number of `rng`, or by none where K = 1.

        Returns:
            The next state, the reward, and whether the episode has ended.

        Raises:
            ValueError: If there is no such state or action.
        """
        S, A, K = self.next_state.shape
        if not (0 <= s < S and 0 <= a < A):
            raise ValueError(f"a state is in [0, {S}) and an action in [0, {A}), got state {s!r} and action {a!r}")
        k = bisect_right(self.thresholds[s, a], rng.random()) if K > 1 else 0
        return int(self.next_state[s, a, k]), float(self.reward[s, a, k]), bool(self.terminated[s, a, k])

    def __copy__(self) -> TabularMDP:
        """Return another one with the same tables, which are not checked again."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> TabularMDP:
        """Return itself: nothing in it changes."""
        return self

    def __reduce__(self) -> tuple[type[TabularMDP], tuple[Any, ...]]:
        """Pickle the tables only, to be checked and frozen again."""
        return type(self), tuple(getattr(self, field.name) for field in dataclasses.fields(self))

    @cached_property
    def expected_reward(self) -> FloatArray:
        """r(s, a), the mean reward of each action in each state: (S, A) float64."""
        mean: FloatArray = np.einsum("sak,sak->sa", self.probability, self.reward)
        mean.flags.writeable = False
        return mean

    def __repr__(self) -> str:
        """Return the sizes: `TabularMDP(states=25, actions=5, outcomes=1)`."""
        return f"TabularMDP(states={self.num_states}, actions={self.num_actions}, outcomes={self.num_outcomes})"

    def _shown(self) -> Shown:
        return Shown(self)

    @classmethod
    def from_env(cls, env: gym.Env[Any, Any] | gym.vector.VectorEnv[Any, Any, Any]) -> TabularMDP:
        """Return the exact model of an environment that knows it.

        Works for this project's tabular environments, single and vector, and for every Gymnasium environment that
        exposes its transitions as `P` in the toy-text form ``P[s][a] = [(probability, next_state, reward,
        terminated), ...]`` together with ``initial_state_distrib``: FrozenLake-v1, CliffWalking-v1, Taxi-v4.

        The model is that of ``env.unwrapped``: what wrappers do to rewards, observations or time is not in it. It knows
        the map, where the environment shows one: ours, FrozenLake's `desc`, CliffWalking's.

        Args:
            env: The environment, wrapped or not.

        Raises:
            ValueError: If the environment has no model, `P` has another form, or it says that `P` does not describe it
                completely.
        """
        base: Any = env.unwrapped
        model = getattr(base, "mdp", None)
        if isinstance(model, cls):
            return model
        table = getattr(base, "P", None)
        if table is None:
            raise ValueError(
                f"{base} has no exact model: neither an attribute `mdp` holding a TabularMDP nor transitions `P`. "
                "If it can be copied and its steps are deterministic, TabularMDP.explore(env, max_states) finds one"
            )
        if getattr(base, "fickle_passenger", False):
            raise ValueError(
                "Taxi with fickle_passenger=True changes destinations outside its table `P`, so `P` is not its exact "
                "model; use fickle_passenger=False"
            )
        initial = getattr(base, "initial_state_distrib", None)
        if initial is None:
            raise ValueError(
                f"{base} has transitions `P` but no `initial_state_distrib`; build the model with "
                "TabularMDP.from_transitions(env.unwrapped.P, initial)"
            )
        try:
            found = cls.from_transitions(table, initial)
            names = toy_text_maps.action_names_of(base, found.num_actions)
            return found.on_maps(toy_text_maps.layouts_of(base, found.num_states), names)
        except ValueError as error:
            raise ValueError(f"the transitions `P` of {base} make no exact model: {error}") from None

    @classmethod
    def from_transitions(
        cls,
        P: Any,
        initial: Any,
        *,
        state_names: Sequence[str] | None = None,
        action_names: Sequence[str] | None = None,
    ) -> TabularMDP:
        """Build a model from Gymnasium's toy-text transitions.

        Args:
            P: ``P[s][a]`` is a list of (probability, next_state, reward, terminated), for s in 0..S-1, a in 0..A-1.
            initial: (S,) distribution of the first state.
            state_names: S names, or None.
            action_names: A names, or None.

        Raises:
            ValueError: As for the class, and if P has another form.
        """
        tables, first = toy_text.read(P), toy_text.distribution(initial)
        return cls._merged(*tables, first, state_names, action_names)

    @classmethod
    def from_names(cls, transitions: Mapping[str, Mapping[str, Any]], start: str | Mapping[str, float]) -> TabularMDP:
        """Build a model from what is written down by name.

        >>> TabularMDP.from_names({"home": {"walk": [(0.9, "work", -1.0), (0.1, "home", -1.0)]}}, start="home")
        TabularMDP(states=2, actions=1, outcomes=2)

        Args:
            transitions: ``{state: {action: [(probability, next state, reward), ...]}}``; ``(next state, reward)`` in
                place of the list for what is certain. Every state has the same actions. A next state that has none is
                an end: getting there terminates the episode.
            start: The state in which episodes start, or states and their probabilities.

        Raises:
            ValueError: As for the class, and if the names do not fit each other.
        """
        from gridworld_env.tabular.named import named

        return cls._merged(*named(transitions, start))

    @classmethod
    def _merged(
        cls,
        next_state: IntArray,
        probability: FloatArray,
        reward: FloatArray,
        terminated: BoolArray,
        initial: FloatArray,
        state_names: Sequence[str] | None,
        action_names: Sequence[str] | None,
    ) -> TabularMDP:
        """Return the model of tables whose equal outcomes are still apart, checked as they were given."""
        _check(next_state, probability, reward, terminated, initial, state_names, action_names)
        tables = outcomes.merge(next_state, with_sum_one(probability), reward, terminated)
        return cls(*tables, initial, state_names, action_names)

    @classmethod
    def block_diagonal(cls, models: Sequence[TabularMDP]) -> TabularMDP:
        """Put models side by side: the states of model i follow those of model i - 1, and no step leads across.

        An episode starts in each model with equal probability.

        Args:
            models: At least one, all with the same number of actions A.

        Raises:
            ValueError: If there is none, or their numbers of actions differ.
        """
        if len({model.num_actions for model in models}) != 1:
            counts = [model.num_actions for model in models]
            raise ValueError(f"models must be at least one and share their number of actions, got {counts}")
        K = max(model.num_outcomes for model in models)
        ends = np.cumsum([model.num_states for model in models])
        parts: list[tuple[Any, ...]] = []
        for model, end in zip(models, ends, strict=True):
            first = int(end) - model.num_states
            unused = ((0, 0), (0, 0), (0, K - model.num_outcomes))
            s_next = np.pad(model.next_state + np.int32(first), unused, constant_values=first)
            p, r, terminated = (np.pad(x, unused) for x in (model.probability, model.reward, model.terminated))
            parts.append((s_next, p, r, terminated))
        initial = np.concatenate([model.initial for model in models]) / len(models)
        tables: list[Any] = [np.concatenate(part) for part in zip(*parts, strict=True)]
        return cls(tables[0], tables[1], tables[2], tables[3], initial)

    @classmethod
    def explore(
        cls,
        env: gym.Env[Any, Any],
        max_states: int,
        *,
        seed: int | None = 0,
        ignore: Collection[str] = (),
        key: Callable[[gym.Env[Any, Any]], Hashable] | None = None,
    ) -> TabularMDP:
        """Discover the exact deterministic model of an environment that can be copied; see :mod:`.exploration`.

        State 0 is the start after ``env.reset(seed=seed)``. `env` itself stays as it is: the search steps copies.

        Args:
            env: An environment with a Discrete action space whose steps draw no random numbers. Its wrappers count,
                except those that only watch, such as the time limit of ``gym.make``.
            max_states: The most states to number, >= 1.
            seed: Given to the reset.
            ignore: Names of attributes, at any depth, that do not tell states apart, such as ``("step_count",)``.
            key: Instead, a function from the environment to a hashable value, equal for equal states.

        Raises:
            ValueError: If the environment cannot be copied, draws random numbers in a step or has more than
                `max_states` states, or if what `ignore` or `key` leaves out is seen to matter.
        """
        from gridworld_env.tabular.exploration import explore

        return cls(*explore(env, max_states, seed=seed, ignore=ignore, key=key))

    def to_transitions(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:
        """Return the transitions in Gymnasium's toy-text form, what `from_transitions` reads: a fresh dict.

        Returns:
            ``P[s][a] = [(probability, next_state, reward, terminated), ...]``, outcomes that can happen only.
        """
        tables = (self.probability, self.next_state, self.reward, self.terminated)
        return {
            s: {
                a: [outcome for outcome in zip(*(table.tolist() for table in row), strict=True) if outcome[0] > 0]
                for a, row in enumerate(zip(*rows, strict=True))
            }
            for s, rows in enumerate(zip(*tables, strict=True))
        }

    def to_sparse(self, *, absorbing: bool = False) -> tuple[scipy.sparse.csr_array, FloatArray]:
        """Return transition probabilities and expected rewards in SciPy's form.

        Row ``s * A + a`` belongs to action a in state s. Terminated outcomes carry no probability in the matrix,
        since nothing follows them: such a row sums to less than 1.

        Args:
            absorbing: Send terminated outcomes to an extra state S instead, which stays where it is at reward 0. Every
                row then sums to 1, as other planners expect.

        Returns:
            The CSR matrix, (S * A, S) float64, and r(s, a), (S, A) float64. With `absorbing`, S counts the extra one.
        """
        from scipy import sparse

        S, A, K = self.next_state.shape
        size = S + 1 if absorbing else S
        column = np.where(self.terminated, S, self.next_state).reshape(-1) if absorbing else self.next_state.reshape(-1)
        weight = self.probability if absorbing else np.where(self.terminated, 0.0, self.probability)
        used = weight.reshape(-1) > 0
        row = np.repeat(np.arange(S * A), K)[used]
        data, column = weight.reshape(-1)[used], column[used]
        reward = self.expected_reward
        if absorbing:
            row = np.concatenate([row, np.arange(S * A, (S + 1) * A)])
            column = np.concatenate([column, np.full(A, S, column.dtype)])
            data = np.concatenate([data, np.ones(A)])
            reward = np.concatenate([reward, np.zeros((1, A))])
        matrix = sparse.coo_array((data, (row, column)), shape=(size * A, size)).tocsr()
        return matrix, reward


def _check(
    next_state: IntArray,
    probability: FloatArray,
    reward: FloatArray,
    terminated: BoolArray,
    initial: FloatArray,
    state_names: Sequence[str] | None = None,
    action_names: Sequence[str] | None = None,
) -> None:
    shape = next_state.shape
    if len(shape) != 3 or 0 in shape:
        raise ValueError(f"next_state must have shape (S, A, K) with S, A, K >= 1, got {shape}")
    for name, array in (("probability", probability), ("reward", reward), ("terminated", terminated)):
        if array.shape != shape:
            raise ValueError(f"{name} must have the shape of next_state, {shape}, got {array.shape}")
    S, A = shape[:2]
    names = _checked_names("state", state_names, S), _checked_names("action", action_names, A)
    if initial.shape != (S,):
        raise ValueError(f"initial must have shape ({S},), one probability per state, got {initial.shape}")

    _refuse((next_state < 0) | (next_state >= S), next_state, f"next_state must be in [0, {S})", *names)
    given = sum_tolerance(probability)
    outside = ~((probability >= 0) & (probability <= 1 + given))
    _refuse(outside, probability, "probability must be in [0, 1]", *names)
    _refuse(~np.isfinite(reward), reward, "reward must be finite", *names)
    total = probability.sum(axis=2, dtype=np.float64)
    rule = "the probabilities of a state and action must sum to 1"
    _refuse(np.abs(total - 1) > given, total, rule, *names)

    wrong = np.flatnonzero(~(initial >= 0))
    if wrong.size:
        s = names[0][wrong[0]]
        raise ValueError(f"initial must hold probabilities >= 0, got {initial[wrong[0]]} in state {s}")
    total = initial.sum(dtype=np.float64)
    if not abs(total - 1) <= sum_tolerance(initial):
        raise ValueError(f"initial must sum to 1, got {total}")


def _checked_names(of: str, names: Sequence[str] | None, count: int) -> Sequence[Any]:
    """Return what errors call states or actions: their names in quotes, or else their numbers."""
    if names is None:
        return range(count)
    listed = [] if isinstance(names, str) else list(names)
    if len(listed) != count or len(set(listed)) != count or not all(isinstance(name, str) for name in listed):
        raise ValueError(f"{of}_names must be {count} different names, one for each {of}, got {names!r}")
    return [repr(name) for name in listed]


def _checked_layouts(layouts: Sequence[Layout], S: int) -> tuple[Layout, ...]:
    maps = tuple(layouts)
    if maps and (len({layout.shape for layout in maps}) > 1 or len(maps) * maps[0].num_states != S):
        shapes = [layout.shape for layout in maps[:3]]
        raise ValueError(f"layouts must be maps of one shape with {S} cells in all, one for each state, got {shapes}")
    return maps


def _refuse(
    wrong: BoolArray, values: IntArray | FloatArray, rule: str, states: Sequence[Any], actions: Sequence[Any]
) -> None:
    """Raise for the first offending entry, naming its state, action and, in (S, A, K) tables, outcome."""
    if not wrong.any():
        return
    where = tuple(map(int, np.unravel_index(int(np.argmax(wrong)), wrong.shape)))
    s, a, *k = where
    outcome = f", outcome {k[0]}" if k else ""
    raise ValueError(f"{rule}, got {values[where]} in state {states[s]}, action {actions[a]}{outcome}")
