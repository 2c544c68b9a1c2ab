"""A learner as a tree, nested named tuples whose leaves are arrays (NumPy's, or torch's tensors), and as a file.

`flatten` names every leaf by its way through the tree, `memory.q`; `read` puts the tree together again, each leaf held
to the dtype and shape of a template. So an agent says once what it is made of, and files, copies and checks follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from gridworld_agents.core.files import Saved


def leaves(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the arrays of a tree and their names, depth first.

    Args:
        tree: A named tuple, or an array.
        name: What the names begin with.
    """
    if isinstance(tree, tuple):
        for field, part in zip(tree._fields, tree, strict=True):  # type: ignore[attr-defined]
            yield from leaves(part, f"{name}.{field}")
    else:
        yield name, tree


def flatten(trees: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """Return the leaves of trees by name, tensors as arrays on the host."""
    return {name: array_of(leaf) for key, tree in trees.items() for name, leaf in leaves(tree, key)}


def not_finite(arrays: Mapping[str, npt.NDArray[Any]]) -> str | None:
    """Return the name of an array that `read` would refuse: of numbers that are not finite. None if there is none."""
    for name, array in arrays.items():
        if array.dtype.kind == "f" and array.size and not np.isfinite([array.min(), array.max()]).all():
            return name
    return None


def array_of(leaf: Any) -> npt.NDArray[Any]:
    """Return a leaf as an array on the host: the same memory where it is there already."""
    if isinstance(leaf, np.ndarray):
        return leaf
    array: npt.NDArray[Any] = leaf.detach().cpu().numpy()
    return array


def read(saved: Saved, template: Any, name: str) -> Any:
    """Return a tree like the template, from the arrays of a file.

    Args:
        saved: The file, open.
        template: Whose dtypes and shapes are required; a length of 0 may be any. Tensors come back where it has them.
        name: As the tree was written under.

    Raises:
        ValueError: If an array is missing or not what it should be.
    """
    if isinstance(template, tuple):
        fields = template._fields  # type: ignore[attr-defined]
        parts = [read(saved, part, f"{name}.{field}") for field, part in zip(fields, template, strict=True)]
        return type(template)(*parts)
    like = array_of(template)
    array = saved.array(name, like.dtype, tuple(n or None for n in like.shape))
    if isinstance(template, np.ndarray):
        return array
    import torch

    return torch.from_numpy(array).to(template.device)


def check_counts(tree: Any, name: str) -> None:
    """Refuse whole numbers below 0: counts and numbers of states and actions are all that agents keep as such.

    Raises:
        ValueError: If there are any.
    """
    for leaf_name, leaf in leaves(tree, name):
        array = array_of(leaf)
        if array.dtype.kind == "i" and (array < 0).any():
            raise ValueError(f"{leaf_name} holds whole numbers below 0")
