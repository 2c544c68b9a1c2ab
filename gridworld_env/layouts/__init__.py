"""Maps of grid worlds: `Layout`, the maps that have names, and random ones."""

from gridworld_env.layouts.layout import Layout

__all__ = ["Layout"]
