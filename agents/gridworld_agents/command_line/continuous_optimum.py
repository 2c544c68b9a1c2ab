"""The optimum of a continuous environment in the terminal, and as a picture in a file."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from rich.table import Table

from gridworld_env import oracle, protocol, rendering

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    from rich.console import Console

START = "value of the start (mean over all starts)"
MOST_COLUMNS = 24
"""Of a table of values in the terminal."""


def print_continuous(
    out: Console,
    env: gym.Env[Any, Any],
    solve: Callable[..., Any],
    env_id: str,
    gamma: float,
    path: str | None,
    size: int | None,
) -> None:
    """Print the optimum of an environment, and draw it where a file is named.

    Args:
        out: Where to.
        env: The environment.
        solve: Its `oracle.continuous_oracle`.
        env_id: Its id.
        gamma: Discount.
        path: Of the file, or None.
        size: Pixels of the picture's longer side; None for a readable one.

    Raises:
        ValueError: If there is no optimum at this discount, or the file is to hold anything but pixels.
    """
    if path is not None and pathlib.Path(path).suffix.lower() != ".png":  # before anything is printed
        raise ValueError(f"the picture of a continuous environment must end in .png, got {pathlib.Path(path).name!r}")
    best: Any = solve(env, gamma)
    if isinstance(best, oracle.LinearSolution):
        n, m = best.world.B.shape
        out.print(f"{env_id}: {n} number{'s' * (n > 1)} of state, {m} of action, discount {gamma:g}")
        _print_linear(out, best)
    else:
        out.print(
            f"{env_id}: {len(best.v):,} nodes, {best.resolution} intervals a side of a cell, discount {gamma:g}",
            soft_wrap=True,
        )
        _print_fine(out, best)
    if path is not None:
        _draw(env, best, f"{env_id}: optimal values and policy, discount {gamma:g}", path, size)
        out.print(f"wrote {pathlib.Path(path)}")


def _print_linear(out: Console, best: oracle.LinearSolution) -> None:
    world = best.world
    out.print(
        f"value of the start (mean over all starts): {best.start_value:.6g}   Riccati residual: {best.residual:.1e}"
    )
    out.print("gain K of the best action, u = -K x:")
    out.print(_matrix(best.gain), soft_wrap=True)
    out.print(f"value v(x) = -(x' P x + c), c = {best.c:.6g}, P:")
    out.print(_matrix(best.P), soft_wrap=True)
    corners = np.abs(best.gain) @ np.maximum(np.abs(world.low), np.abs(world.high))
    asked = ", ".join(f"{u:.3g} of {bound:.3g}" for u, bound in zip(corners, world.bound, strict=True))
    beyond = ": beyond them the best return is less than this" if (corners > world.bound).any() else ""
    out.print(f"bounds of actions are left out; from a corner of the starts K asks for {asked}{beyond}", soft_wrap=True)


def _print_fine(out: Console, best: oracle.FineGrid) -> None:
    layout = best.world.layout
    out.print(
        f"{START}: {best.start_value:.6g} +- {best.start_error:.1g}   greatest error of a value: "
        f"{best.error:.2g}   Bellman residual: {best.residual:.1e}",
        soft_wrap=True,
    )
    H, W = layout.shape
    if W > MOST_COLUMNS:
        out.print(f"(a map of {H} x {W} cells: --render draws it)")
        return
    middles = np.zeros((H * W, 4))
    middles[:, 0], middles[:, 1] = np.tile(np.arange(W), H) + 0.5, np.repeat(np.arange(H), W) + 0.5
    values = best.values(middles).reshape(H, W)
    table = Table.grid(padding=(0, 2))
    for row in values:
        table.add_row(*("#" if np.isnan(v) else f"{v:.3g}" for v in row))
    out.print("values at rest in the middle of each cell:")
    out.print(table)


def _matrix(matrix: Any) -> str:
    return "\n".join("  ".join(f"{entry:12.8g}" for entry in row) for row in matrix)


def _draw(env: gym.Env[Any, Any], best: Any, caption: str, path: str, size: int | None) -> None:
    picture = cast("protocol.Drawable", env.unwrapped)
    picture.overlay(values=best.value, policy=best, caption=caption)
    rendering.save(picture.scene_of(), path, size)
