"""What environments are called in messages."""

from __future__ import annotations

from typing import Any

from gridworld_env.common.public import export


@export("gridworld_env.protocol.name_of")
def name_of(env: Any) -> str:
    """Return what messages call an environment: its id, else its class. Its wrappers are left out.

    Args:
        env: The environment, wrapped or not; of anything else, its class is named.
    """
    base = getattr(env, "unwrapped", env)
    known = getattr(getattr(base, "spec", None), "id", None)
    return known if isinstance(known, str) else type(base).__name__
