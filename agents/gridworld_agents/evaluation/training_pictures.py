"""A training in pictures: at each moment the values and the policy, and beside them the error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.evaluation.beliefs import shared_range, symmetric_range
from gridworld_env import protocol, rendering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.evaluation.judge import Judge
    from gridworld_agents.evaluation.training import Moment

    Span = tuple[float, float] | None


class Scales(NamedTuple):
    """The ends of the colour scales, the same at every moment."""

    values: Span
    errors: Span


def scales_of(moments: Sequence[Moment], judge: Judge) -> Scales:
    """Return the scales of a training: of all values that were learned and the optimal ones, and of all errors.

    An agent that values a policy which is given has nothing to do with the optimum: it does not count then.
    """
    held = [moment.held for moment in moments]
    values = shared_range(judge, *(one.learned for one in held), optimum=not held[-1].predicts)
    return Scales(values, symmetric_range(*(one.error for one in held if one.error is not None)))


def scenes_of(env: gym.Env[Any, Any], moment: Moment, scales: Scales, captions: tuple[str, str] = ("", "")) -> Any:
    """Return the scenes of a moment: its values and policy, and its errors.

    Args:
        env: With a map.
        moment: What to show.
        scales: The ends of the two colour scales.
        captions: The lines above the two maps.

    Raises:
        ValueError: If the environment has no map.
    """
    picture = env.unwrapped
    if not isinstance(picture, protocol.Drawable):
        raise ValueError(f"{env} has no map to show a training on")
    held = moment.held
    shown = (("values", held.learned, held.arrows), ("errors", _finite(held.error), None))
    scenes = []
    for (scale, values, policy), caption in zip(shown, captions, strict=True):
        span = getattr(scales, scale)
        items = {"values": values, "policy": policy, "visits": None, "value_range": span, "caption": caption}
        picture.overlay(**items, heads_up=False)
        scenes.append(picture.scene_of(0))
    return tuple(scenes)


def training_frames(
    env: gym.Env[Any, Any], moments: Sequence[Moment], judge: Judge, name: str, size: int | None = None
) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield a frame for each moment: the map with values and policy, and that with errors, side by side.

    Args:
        env: With a map; what its overlay showed before is gone afterwards.
        moments: In their order.
        judge: Of the environment.
        name: Of the agent.
        size: Pixels of the longer side of each of the two maps; None for a readable size.

    Raises:
        ValueError: If the environment has no map.
    """
    scales = scales_of(moments, judge)
    painter = None
    for moment in moments:
        scenes = scenes_of(env, moment, scales, captions_of(moment, name, moments[-1].steps))
        painter = painter or rendering.painter_for(scenes[0], size)
        yield rendering.tiled([painter.frame(scene).copy() for scene in scenes])


def captions_of(moment: Moment, name: str, total: int) -> tuple[str, str]:
    """Return the lines above the two maps of a moment."""
    truth = "exact" if moment.held.predicts else "optimal"
    error = f"its values minus the {truth} ones: root mean square {moment.held.root_mean_square:.2g}"
    gap = "" if moment.held.predicts else f", gap {moment.gap:.2g}"
    return f"{name}: {moment.steps:,} of {total:,} steps{gap}", error


def _finite(errors: Any) -> Any:
    return None if errors is None else np.where(np.isfinite(errors), errors, np.nan)
