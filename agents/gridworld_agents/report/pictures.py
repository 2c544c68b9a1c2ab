"""Pictures for the page: what an agent learned and what it does with it, held in the page itself."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

import gymnasium as gym

from gridworld_agents.evaluation.watching import episodes_of, show_beliefs
from gridworld_agents.report.content import Picture
from gridworld_env import rendering

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import numpy.typing as npt

SIZE = 360
"""Pixels of the longer side, where the environment can be asked for a size."""
MOST_STEPS = 200
"""Where an animation ends; nobody watches longer, and the page has to be mailed."""
FRAMES_A_SECOND = 6
DRIVER = "SDL_VIDEODRIVER"
"""The variable that names what pygame shows windows by."""


def picture(
    agent: Any,
    label: str,
    env_id: str,
    env_arguments: Mapping[str, Any],
    *,
    gamma: float | None = None,
    value_range: tuple[float, float] | None = None,
    seed: int = 0,
) -> Picture | None:
    """Return what an agent believes at the start of an episode, and that episode, played greedily.

    Args:
        agent: Anything with `predict`.
        label: What it is called.
        env_id: Of the environment.
        env_arguments: Its arguments.
        gamma: Discount of the values that are drawn; None for the agent's own.
        value_range: What the ends of their colour scale stand for, one for all pictures that are compared.
        seed: Fixes the episode.

    Returns:
        None where the environment has no pictures.
    """
    with _no_window():
        env = _with_pictures(env_id, env_arguments)
        if env is None:
            return None
        with env:
            show_beliefs(agent, env, label, gamma, value_range)
            frames = list(episodes_of(agent, env, 1, seed=seed, max_steps=MOST_STEPS))
    return Picture(
        agent=label,
        still=data_uri(png(frames[0]), "image/png"),
        alt=f"{env_id} as {label} sees it: the policy it learned, and its value, where these are known.",
        animation=data_uri(_animated(frames), "image/webp"),
        animation_alt=f"{label} plays an episode of {env_id} greedily, {len(frames) - 1} steps.",
    )


def png(frame: npt.NDArray[np.uint8]) -> bytes:
    """Return a frame, (H, W, 3) uint8, as a PNG file."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(frame).save(file, "png", optimize=True)
    return file.getvalue()


def data_uri(data: bytes, kind: str) -> str:
    """Return data as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _with_pictures(env_id: str, arguments: Mapping[str, Any]) -> gym.Env[Any, Any] | None:
    for more in ({"render_size": SIZE}, {}):
        try:
            env = gym.make(env_id, **{**arguments, "render_mode": "rgb_array", **more})
        except Exception:  # noqa: BLE001, S112 - whatever an environment says of arguments that it does not know
            continue
        if env.render_mode == "rgb_array":
            return env
        env.close()
    return None


@contextlib.contextmanager
def _no_window() -> Iterator[None]:
    """Keep environments that draw by pygame from looking for a screen, which pictures need not."""
    before = os.environ.get(DRIVER)
    os.environ.setdefault(DRIVER, "dummy")
    try:
        yield
    finally:
        if before is None:
            del os.environ[DRIVER]


def _animated(frames: list[npt.NDArray[np.uint8]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "episode.webp")
        rendering.record(path, frames, fps=FRAMES_A_SECOND, progress=False)
        return path.read_bytes()
