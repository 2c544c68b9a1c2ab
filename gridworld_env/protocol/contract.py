"""What an environment may implement, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from gridworld_env.common.arrays import IntArray
    from gridworld_env.tabular import TabularMDP


@export("gridworld_env.protocol.ExactModel")
@runtime_checkable
class ExactModel(Protocol):
    """An environment that knows its exact model."""

    @property
    def mdp(self) -> TabularMDP:
        """The model. Time limits are no part of it."""

    def observe_states(self, states: IntArray) -> Any:
        """Return what the environment shows in states of the model: (N,) integers in, (N, ...) observations out."""


@export("gridworld_env.protocol.RestorableState")
@runtime_checkable
class RestorableState(Protocol):
    """An environment whose state can be saved and restored; its generator is `np_random`, which is kept apart.

    Where the environment knows its model, the state is the number of the model's state.
    """

    def get_state(self) -> Any:
        """Return all that decides how the episode goes on, as JSON can hold it; None before the first reset."""

    def set_state(self, state: Any) -> None:
        """Go on from such a state, drawing no random number; the environment has been reset before.

        Raises:
            ValueError: If no episode can be in that state.
        """


@export("gridworld_env.protocol.Drawable")
@runtime_checkable
class Drawable(Protocol):
    """An environment with a picture that can show what an agent has learned."""

    def overlay(self, **items: Any) -> None:
        """Show items such as `values`, `policy` and `caption` from the next frame on; see `TabularEnv.overlay`."""

    def scene(self) -> Any:
        """Return what is to be seen now, as data: what `gridworld_env.rendering` draws."""

    scene_of: Any
    """Returns the picture's ground without an agent on it."""
