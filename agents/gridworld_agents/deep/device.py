"""Where networks are kept."""

from __future__ import annotations

import torch


def device_of(name: str) -> torch.device:
    """Return a device of torch.

    Raises:
        ValueError: If there is none of that name here.
    """
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).strip().splitlines()[0]
        raise ValueError(f'device must be one that torch finds here, such as "cpu", got {name!r}: {first}') from error
    return device
