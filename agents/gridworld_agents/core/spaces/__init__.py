"""Spaces as data: what an agent knows of its observations and actions, and how networks and tables see them.

| space | `Observations.encode`, a row of float32 | `Actions`, a row of numbers |
|---|---|---|
| Discrete | one-hot | 1 integer from 0 |
| MultiDiscrete | one-hot for each integer, side by side | its integers, each from 0 |
| MultiBinary | its 0s and 1s | its 0s and 1s |
| Box | its numbers; uint8 from 0 to 255 (images) divided by 255 | its numbers |
| Tuple, Dict of these, nested | the rows of its parts, side by side | likewise |

Elements of finite spaces are numbered from 0, the last part counting fastest. Nothing here imports torch.
"""

from gridworld_agents.core.spaces.actions import Actions
from gridworld_agents.core.spaces.box import DTYPES, UNBOUNDED
from gridworld_agents.core.spaces.observations import Observations

__all__ = ["DTYPES", "UNBOUNDED", "Actions", "Observations"]
