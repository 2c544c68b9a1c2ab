"""An update, compiled by `torch.compile` where that is asked for and there is a compiler."""

from __future__ import annotations

import sys
import time
import types
import warnings
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable


class Compiled:
    """A function that is compiled when it is first called; where that fails it runs as it is, with one warning.

    What it does may depend on truth values among its arguments: it is compiled once for each combination of them.

    Args:
        function: Pure, of tensors and truth values.
        name: What the messages call it.
        device: Where the tensors are. On the CPU what calls the compiled kernels is compiled too: a tenth to a seventh
            of the time of small networks, for some seconds more of compiling.
    """

    def __init__(self, function: Callable[..., Any], name: str, device: torch.device) -> None:
        self.function, self.name = function, name
        self.options: dict[str, str | int | bool | Callable[..., Any]] = {}
        if device.type == "cpu" and torch.__version__ >= "2.13":  # 2.11 lost tensors that are handed through unchanged
            self.options["cpp_wrapper"] = True
        self._compiled: dict[tuple[bool, ...], Callable[..., Any]] = {}
        self._failed = False

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns."""
        case = tuple(one for one in arguments if isinstance(one, bool))
        if case not in self._compiled:
            return self._first(case, *arguments)
        return self._compiled[case](*arguments)

    def _first(self, case: tuple[bool, ...], *arguments: Any) -> Any:
        if self._failed:
            return self.function(*arguments)
        part = "another part of the update" if self._compiled else "the update"
        _say(f"compiling {part} of {self.name} ...")
        begin = time.perf_counter()
        try:
            compiled = torch.compile(_of_its_own(self.function), fullgraph=True, dynamic=False, options=self.options)
            result = compiled(*arguments)
        except Exception as error:  # noqa: BLE001 - compilers fail in many ways; a fault of ours shows again below
            lines = [line for line in str(error).splitlines() if line.strip()]
            found = f"{type(error).__name__}: {lines[0] if lines else ''}"
            hint = "; a C++ compiler such as g++ is needed" if any(x in found.lower() for x in ("cxx", "c++")) else ""
            warnings.warn(
                f"the update of {self.name} could not be compiled and runs uncompiled, several times slower: "
                f"{found}{hint}",
                RuntimeWarning,
                stacklevel=2,
            )
            self._failed, self._compiled = True, {}
            return self.function(*arguments)
        self._compiled[case] = compiled
        _say(f"compiled {part} of {self.name} in {time.perf_counter() - begin:.1f} s")
        return result


def _of_its_own(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with code of its own: of each piece of code torch compiles only eight versions."""
    if not isinstance(function, types.FunctionType):
        return function
    code, rest = function.__code__.replace(), (function.__name__, function.__defaults__, function.__closure__)
    return types.FunctionType(code, function.__globals__, *rest)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
