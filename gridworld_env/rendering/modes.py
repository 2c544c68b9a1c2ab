"""Which render modes there are."""

from __future__ import annotations

from typing import Any


class UnsupportedRenderModeError(ValueError, TypeError):
    """A render mode that an environment does not have.

    It is a TypeError too because Stable-Baselines3 asks every environment for "rgb_array" and takes a TypeError, and
    nothing else, for the answer that there is none.
    """


def checked_render_mode(render_mode: Any, metadata: dict[str, Any]) -> str | None:
    """Return a render mode, refusing those that the metadata does not list.

    Raises:
        UnsupportedRenderModeError: With the mode and those there are.
    """
    modes = metadata["render_modes"]
    if render_mode is not None and render_mode not in modes:
        raise UnsupportedRenderModeError(f"render_mode must be None or one of {modes}, got {render_mode!r}")
    return render_mode  # type: ignore[no-any-return]
