"""`training`: what an agent believes while it learns, as a strip of maps for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.judge import Judge, usual_gamma
from gridworld_agents.evaluation.training import moments_at, training_moments
from gridworld_agents.evaluation.training_pictures import scales_of, scenes_of
from gridworld_agents.plotting.styles import matplotlib, style
from gridworld_env import rendering

if TYPE_CHECKING:
    from collections.abc import Sequence

    import gymnasium as gym
    from matplotlib.figure import Figure

    from gridworld_agents.evaluation.training import Moment

MAP_SIZE = 150
"""Pixels of a map of the strip: fewer than take lines of text, which the figure writes itself."""
SIDE, BESIDE, ABOVE, LEAST = 1.15, 0.85, 0.42, 0.7
"""Inches of the longer side of a map, of what stands beside the maps, above each, and of a row at least."""


@export("gridworld_agents.plotting.training")
def training(env: gym.Env[Any, Any], agent: Any, steps: int, *, moments: int = 6) -> Figure:
    """Let an agent learn, and draw how its values, policy and error grow: a column a moment, closer together at first.

    The upper row shows the values that it has learned and its policy, blank where it has not been; the lower row what
    these miss, see `Judge.value_errors`. Each row has one colour scale.

    Args:
        env: With a map and an exact model.
        agent: A tabular agent that has not learned yet, such as `ga.make("sarsa", env, seed=0)`; it learns here.
        steps: For how many steps it learns, >= 1.
        moments: How many columns, >= 2.

    Returns:
        The figure, in the style for print: `figure.savefig("training.pdf")`.

    Raises:
        ValueError: If a number is out of range, the agent has learned before or keeps no values, or there is no map or
            model.
        ImportError: If matplotlib is missing.
    """
    at = moments_at(whole_number("steps", steps, 1), whole_number("moments", moments, 2))
    judge = Judge(env, usual_gamma(agent))
    matplotlib()
    return strip(env, training_moments(agent, judge, at), judge)


def strip(env: gym.Env[Any, Any], moments: Sequence[Moment], judge: Judge) -> Figure:
    """Draw moments of a training side by side: values and policy above, errors below.

    Args:
        env: With a map.
        moments: In their order.
        judge: Of the environment.
    """
    mpl = matplotlib()
    from matplotlib.figure import Figure

    scales = scales_of(moments, judge)
    drawn = [scenes_of(env, moment, scales) for moment in moments]
    height, width = drawn[0][0].layout.shape
    across, down = (SIDE * side / max(height, width) for side in (width, height))
    with style("print"):
        size = (len(moments) * (across + 0.08) + BESIDE, 2 * (max(down, LEAST) + ABOVE))
        figure = Figure(figsize=size, layout="constrained")
        rows = np.asarray(figure.subplots(2, len(moments), squeeze=False))
        for axes, scenes, moment in zip(rows.T, drawn, moments, strict=True):
            for ax, scene in zip(axes, scenes, strict=True):
                rendering.draw_on(ax, scene, MAP_SIZE)
            gap = "" if moment.held.predicts else f"\ngap {moment.gap:.2g}"
            axes[0].set_title(f"step {moment.steps:,}{gap}", fontsize=8)
            axes[1].set_title(f"RMS error {moment.held.root_mean_square:.2g}", fontsize=8)
        truth = "exact" if moments[-1].held.predicts else "optimal"
        for axes, span, label in zip(rows, scales, ("learned\nvalues", f"minus the\n{truth} ones"), strict=True):
            norm = mpl.colors.Normalize(*(span or (0.0, 1.0)))
            colours = mpl.cm.ScalarMappable(norm, "viridis")
            figure.colorbar(colours, ax=list(axes), label=label, aspect=12, pad=0.01)
    return figure
