"""One environment, one thread: whoever learns on it holds it, and another thread that would step it too is refused."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_guard = threading.Lock()
_held: dict[int, tuple[int, int]] = {}  # thread and number of times held, by the identity of the environment


@contextlib.contextmanager
def only_here(env: Any) -> Iterator[None]:
    """Keep other threads from learning or playing on an environment while the block lasts; this one may do so again.

    Args:
        env: The environment, in whatever wrappers: what is held is the one beneath them.

    Raises:
        ValueError: If another thread holds it, since their steps would mix.
    """
    base, here = getattr(env, "unwrapped", env), threading.get_ident()
    with _guard:
        thread, times = _held.get(id(base), (here, 0))
        if thread != here:
            raise ValueError(
                f"{name_of(env)} is being stepped in another thread, and the steps of both would mix: give each "
                "agent an environment of its own"
            )
        _held[id(base)] = here, times + 1
    try:
        yield
    finally:
        with _guard:
            if times:
                _held[id(base)] = here, times
            else:
                del _held[id(base)]
