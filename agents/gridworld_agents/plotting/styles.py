"""`style`: how figures look on the screen and in print; and the colours and lines that tell agents apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.core.checks import suggest
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a8a", "#b5a900")
"""Colours that colour-blind eyes tell apart (Okabe and Ito 2008), darkened where they must show on white."""
export("gridworld_agents.plotting.COLOURS").constant("COLOURS")
LINES = ("-", "--", ":", "-.")
"""Kinds of lines, so that nothing is told by colour alone."""
export("gridworld_agents.plotting.LINES").constant("LINES")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

COMMON: dict[str, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "image.cmap": "viridis",
    "pdf.fonttype": 42,  # letters stay letters
    "svg.fonttype": "none",
}
STYLES: dict[str, dict[str, Any]] = {
    "screen": {
        **COMMON,
        "font.size": 10,
        "figure.figsize": (6.4, 4.0),
        "figure.dpi": 110,
        "lines.linewidth": 1.8,
    },
    "print": {
        **COMMON,
        "font.size": 9,
        "axes.titlesize": 9,
        "legend.fontsize": 8,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "figure.figsize": (3.4, 2.5),  # one column of two, in inches
        "savefig.dpi": 300,
        "lines.linewidth": 1.3,
        "lines.markersize": 4,
    },
}


@export("gridworld_agents.plotting.style")
def style(name: str = "screen") -> AbstractContextManager[None]:
    """Return a context in which figures have a style: `with plotting.style("print"): ...`.

    Args:
        name: `"screen"`; or `"print"`: letters of 8 and 9 points, figures as wide as a column of two, 300 dots an inch,
            and PDF files whose letters stay letters.

    Raises:
        ValueError: If there is no such style.
        ImportError: If matplotlib is missing.
    """
    if name not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {name!r}{suggest(name, STYLES)}")
    from cycler import cycler

    settings = {**STYLES[name], "axes.prop_cycle": cycler(color=COLOURS)}
    context: AbstractContextManager[None] = matplotlib().rc_context(settings)
    return context


def matplotlib() -> Any:
    """Import matplotlib.

    Raises:
        ImportError: If it is missing, with the line that installs it.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise ImportError('figures need matplotlib: pip install "gridworld-env[plot]"') from None
    return mpl


def axes_of(ax: Axes | None, size: tuple[float, float] | None = None) -> Axes:
    """Return the Axes that were given, or those of a new figure in the style for screens.

    Args:
        ax: The Axes.
        size: Of a new figure, in inches.
    """
    matplotlib()
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    with style("screen"):
        figure = plt.figure(figsize=size, layout="constrained")
        made: Axes = figure.subplots()
    return made


def colour_of(i: int) -> str:
    """Return the colour of the i-th agent."""
    return COLOURS[i % len(COLOURS)]


def line_of(i: int) -> str:
    """Return the kind of line of the i-th agent."""
    return LINES[(i + i // len(COLOURS)) % len(LINES)]


def marker_of(i: int) -> str:
    """Return the marker of the i-th agent."""
    return MARKERS[(i + i // len(COLOURS)) % len(MARKERS)]


def literal(text: str) -> str:
    """Return a text of which matplotlib takes nothing for mathematics."""
    return text.replace("$", r"\$")
