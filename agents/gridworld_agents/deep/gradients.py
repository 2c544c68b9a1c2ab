"""Gradients of losses: eager ones by autograd, at two thirds of the time of `torch.func.grad_and_value`.

What `torch.func` adds is a layer around every operation, which a compiled update does not pay and an eager one does.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Found = TypeVar("Found", bound="torch.Tensor | tuple[torch.Tensor, Any]")

_TRANSFORMS: list[Callable[[torch.Tensor], torch.Tensor]] = []


def gradient(loss: Callable[..., Found], params: torch.Tensor, *args: Any) -> tuple[torch.Tensor, Found]:
    """Return the gradient of each member's loss (M, size), and what the loss returned, detached.

    It can be compiled, though not transformed further by `torch.func`.

    Args:
        loss: `loss(params, *args)` returns a loss (M,), or a pair of it and of metrics.
        params: (M, size).
        *args: Of which no gradient is taken.

    Raises:
        ValueError: If the loss is not (M,).
    """

    def total(params: torch.Tensor) -> tuple[torch.Tensor, Found]:
        found = loss(params, *args)
        of_each = found[0] if isinstance(found, tuple) else found
        if of_each.shape != params.shape[:1]:
            raise ValueError(
                f"a loss must be ({len(params)},), one number for each member, got the shape {tuple(of_each.shape)}; "
                "ops.per_member_mean makes one of losses (M, ...)"
            )
        return of_each.sum(), found  # no member's loss depends on another's params, so each gets its own gradient

    if torch.compiler.is_compiling():
        grads, (_, found) = torch.func.grad_and_value(total, has_aux=True)(params)
    else:
        with torch.enable_grad():
            leaf = params.detach().requires_grad_()
            value, found = total(leaf)
            (grads,) = torch.autograd.grad(value, leaf)
    for transform in _TRANSFORMS:
        grads = transform(grads)
    return grads, _detached(found)


@contextlib.contextmanager
def transformed(transform: Callable[[torch.Tensor], torch.Tensor]) -> Iterator[None]:
    """Hand all that `gradient` returns through a function of gradients (M, size), while this lasts."""
    _TRANSFORMS.append(transform)
    try:
        yield
    finally:
        _TRANSFORMS.remove(transform)


def _detached(found: Any) -> Any:
    """Return tensors in dicts and (named) tuples without the way they were computed."""
    if isinstance(found, torch.Tensor):
        return found.detach()
    if isinstance(found, dict):
        return {name: _detached(part) for name, part in found.items()}
    if isinstance(found, tuple):
        parts = [_detached(part) for part in found]
        return type(found)(*parts) if hasattr(found, "_fields") else tuple(parts)
    return found
