"""Lines and texts of matplotlib that grow and shrink with the Axes they are on, as the areas around them do.

Imported by what paints on paper, and only then: matplotlib takes a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.backend_bases import RendererBase


def points_a_unit(axes: Any) -> float:
    """Return how many points of a page, 72 an inch, a unit of the x-axis takes as the Axes are laid out now."""
    (left, _), (right, _) = axes.transData.transform([(0, 0), (1, 0)])
    return float(abs(right - left) * 72 / axes.figure.dpi)


class ScaledLines(LineCollection):
    """Lines whose widths are given in units of the x-axis."""

    def __init__(self, *args: Any, widths: Sequence[float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._widths = np.asarray(widths, np.float64)
        self.set_in_layout(False)  # they lie within; asking each for its place takes seconds

    def draw(self, renderer: RendererBase) -> None:
        """Draw them as wide as the Axes are now."""
        self.set_linewidth((self._widths * points_a_unit(self.axes)).tolist())
        super().draw(renderer)


class ScaledText(Text):
    """A text whose height is given in units of the x-axis."""

    def __init__(self, *args: Any, height: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._height = height
        self.set_in_layout(False)

    def draw(self, renderer: RendererBase) -> None:
        """Draw it as large as the Axes are now."""
        self.set_fontsize(self._height * points_a_unit(self.axes))
        super().draw(renderer)
