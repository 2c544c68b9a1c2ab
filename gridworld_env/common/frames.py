"""`frame`: columns as a pandas frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Mapping


@export("gridworld_env.authoring.frame")
def frame(columns: Mapping[str, Any]) -> Any:
    """Return `columns` by name, all of one length, as a pandas frame.

    Raises:
        ImportError: If pandas is missing, with the line that installs it.
    """
    try:
        import pandas as pd
    except ImportError:
        raise ImportError('a frame needs pandas: pip install "gridworld-env[report]"') from None
    return pd.DataFrame(dict(columns))
