"""Equations as MathML, made when the pages are built: browsers show it without a script, and offline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from latex2mathml.converter import convert

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PRIME = "&#x02032;"
PRIMED = re.compile(rf"<(msup|msubsup)>((?:(?!<msup>|<msubsup>|</msup>|</msubsup>).)*?)<mi>{PRIME}</mi></\1>")


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the renderer to Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def inline(translator: Any, node: nodes.Element) -> None:
    """Write an equation within a line."""
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def block(translator: Any, node: nodes.Element) -> None:
    """Write an equation on a line of its own."""
    translator.body.append(f'<div class="math">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def mathml(tex: str, display: str) -> str:
    """Return an equation as MathML; raises a ValueError for a command that the converter does not know."""
    text = convert(tex, display=display)
    unknown = re.search(r"\\\w+", text)
    if unknown:
        raise ValueError(f"{unknown[0]} in {tex!r} has no MathML; write it otherwise")
    return PRIMED.sub(primed, text)


def primed(found: re.Match[str]) -> str:
    """Return something with a prime that is not raised: fonts raise the sign, and twice raised it is lost."""
    base = found[2] if found[1] == "msup" else f"<msub>{found[2]}</msub>"
    return f'<mrow>{base}<mo lspace="0" rspace="0">{PRIME}</mo></mrow>'
