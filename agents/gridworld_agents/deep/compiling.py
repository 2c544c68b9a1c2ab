"""An update, compiled by `torch.compile` where that is asked for and there is a compiler."""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable


class Compiled:
    """A function that is compiled when it is first called; where that fails it runs as it is, with one warning.

    Args:
        function: Pure, of tensors.
        name: What the messages call it.
        device: Where the tensors are. On the CPU what calls the compiled kernels is compiled too: a tenth to a seventh
            of the time of small networks, for some seconds more of compiling.
    """

    def __init__(self, function: Callable[..., Any], name: str, device: torch.device) -> None:
        self.function, self.name = function, name
        self.options: dict[str, str | int | bool | Callable[..., Any]] = {}
        if device.type == "cpu" and torch.__version__ >= "2.13":  # 2.11 lost tensors that are handed through unchanged
            self.options["cpp_wrapper"] = True
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns."""
        if self._compiled is None:
            return self._first(*arguments)
        return self._compiled(*arguments)

    def _first(self, *arguments: Any) -> Any:
        _say(f"compiling the update of {self.name} ...")
        begin = time.perf_counter()
        try:
            compiled = torch.compile(self.function, fullgraph=True, dynamic=False, options=self.options)
            result = compiled(*arguments)
        except Exception as error:  # noqa: BLE001 - compilers fail in many ways; a fault of ours shows again below
            lines = [line for line in str(error).splitlines() if line.strip()]
            warnings.warn(
                f"the update of {self.name} could not be compiled and runs uncompiled, several times slower: "
                f"{type(error).__name__}: {lines[0] if lines else ''}; a C++ compiler such as g++ is needed",
                RuntimeWarning,
                stacklevel=2,
            )
            self._compiled = self.function
            return self.function(*arguments)
        self._compiled = compiled
        _say(f"compiled the update of {self.name} in {time.perf_counter() - begin:.1f} s")
        return result


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
