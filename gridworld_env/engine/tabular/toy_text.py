"""`ToyText`: what Gymnasium's toy-text environments show of themselves, under their names.

Much code for teaching reads ``env.unwrapped.P``, as FrozenLake has it. Here these are views of the model and the map,
made when they are first asked for. They cannot be assigned to: what would change nothing is refused.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NoReturn

from gridworld_env.common.arrays import frozen

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.engine.tabular.world import World
    from gridworld_env.layouts import Layout
    from gridworld_env.tabular import TabularMDP


class Transitions(dict[int, Any]):
    """A dict that cannot be changed; copies of it, deep ones too, are plain dicts that can."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        """Raise TypeError."""
        raise TypeError(
            "P shows the model and cannot be changed; to change the dynamics, change a copy and make an environment of "
            "it: gym.make('Tabular-v0', mdp=TabularMDP.from_transitions(P, env.unwrapped.initial_state_distrib))"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as a plain dict, with lists of outcomes."""
        return dict, ({key: value if isinstance(value, dict) else list(value) for key, value in self.items()},)


_shown: weakref.WeakKeyDictionary[TabularMDP, Transitions] = weakref.WeakKeyDictionary()
"""The transitions of models that were asked for: environments share them, and no file holds them."""


class ToyText:
    """The attributes of Gymnasium's toy-text environments; see the module."""

    _world: World

    @property
    def P(self) -> Transitions:  # noqa: N802 - FrozenLake's name
        """The model as ``P[s][a] = ((probability, next_state, reward, terminated), ...)``; it cannot be changed."""
        shown = _shown.get(self._world.mdp)
        if shown is None:
            found = self._world.mdp.to_transitions().items()
            shown = _shown[self._world.mdp] = Transitions(
                {s: Transitions({a: tuple(outcomes) for a, outcomes in actions.items()}) for s, actions in found}
            )
        return shown

    @property
    def initial_state_distrib(self) -> FloatArray:
        """The distribution of the first state: (S,) float64, read-only."""
        return self._world.mdp.initial

    @property
    def nrow(self) -> int:
        """Rows of the map."""
        return self._only_map("nrow").height

    @property
    def ncol(self) -> int:
        """Columns of the map."""
        return self._only_map("ncol").width

    @property
    def desc(self) -> npt.NDArray[np.bytes_]:
        """The map: (H, W) single bytes, read-only. The letters are those of :class:`Layout`, not FrozenLake's."""
        return frozen(self._only_map("desc").cells.astype("S1"))

    def _only_map(self, name: str) -> Layout:
        """Return the map that states number row by row.

        Raises:
            AttributeError: If there is none, or there are several, which states number one after the other.
        """
        if len(self._world.layouts) == 1:
            return self._world.layouts[0]
        kind, number = type(self).__name__, len(self._world.layouts)
        way_out = f"it has {number} maps: env.unwrapped.layouts" if number else "its states lie on no map"
        raise AttributeError(f"{kind!r} object has no attribute {name!r}: {way_out}")
