"""Builds the documentation: `make docs` runs this. Pages are written and generated into build/docs/source.

Every page under docs/ is taken, so that one which another tool writes there is on the site as soon as it exists.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import sys

import agent_pages
import environment_pages
import figure_pictures
import gallery
import interface_pages
import page_pictures

DOCS = pathlib.Path(__file__).resolve().parents[1]
OUT = DOCS.parent / "build" / "docs"

FIRST = ["quick-start", "quick-start.zh-CN"]
GUIDES = [
    "using-environments", "exact-answers", "training", "compare", "plotting", "recipes", "plugin", "theory", "glossary",
]  # fmt: skip
LAST = ["limits", "security"]
"""Hand-written pages in order; those that do not exist are left out, those not named stand under Results."""

OUTSIDE = re.compile(r"\[([^\]]*)\]\(\.\./([^)#]+)(?:#[^)]*)?\)")
"""A link from a page to a file of the repository that is no page."""

HERE_ONLY = re.compile(r"<!-- for readers of the repository -->.*?<!-- for all -->\n", re.DOTALL)
"""What a page says to those who read it without the generated ones."""
GALLERY = "<!-- gallery -->\n"


def main() -> int:
    """Build the site and return Sphinx's exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=OUT, help="folder to build in")
    out = parser.parse_args().out
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    for made in ("source", "html"):
        shutil.rmtree(out / made, ignore_errors=True)
    write_sources(out / "source")
    from sphinx.cmd.build import main as sphinx

    status = sphinx(
        ["-q", "-E", "-W", "--keep-going", "-b", "html", "-c", str(DOCS / "generator"), "-d", str(out / "doctrees"),
         str(out / "source"), str(out / "html")]
    )  # fmt: skip
    if status == 0:
        print(f"open {out / 'html' / 'index.html'}")
    return status


def write_sources(source: pathlib.Path) -> None:
    """Write every page into a folder: those written by hand, then those that are generated."""
    source.mkdir(parents=True)
    shutil.copytree(DOCS / "images", source / "images")
    for path in DOCS.glob("*.md"):
        text = path.read_text()
        if path.name == figure_pictures.PAGE:
            text = figure_pictures.insert(text, source / "figures")
        elif path.name in page_pictures.PAGES:
            text = page_pictures.insert(path, source / f"{path.stem}-pictures")
        text = HERE_ONLY.sub("", text).replace(GALLERY, gallery.front())
        (source / path.name).write_text(inside(text))
    sections = {
        "Start": existing(source, FIRST),
        "Environments": under("environments", environment_pages.write(source / "environments")),
        "Agents": under("agents", agent_pages.write(source / "agents")),
        "Guides": existing(source, GUIDES),
        "Results": sorted({path.stem for path in DOCS.glob("*.md")} - {"index", *FIRST, *GUIDES, *LAST}),
        "Python interface": under("api", interface_pages.write(source / "api")),
        "Limits": existing(source, LAST),
    }
    index = source / "index.md"
    index.write_text(index.read_text() + contents(sections, source))


def inside(text: str) -> str:
    """Return a page whose links to files outside of docs/ are turned into their names."""
    return OUTSIDE.sub(r"\1 (`\2`)", text)


def under(folder: str, names: list[str]) -> list[str]:
    """Return names of pages with their folder."""
    return [f"{folder}/{name}" for name in names]


def existing(source: pathlib.Path, names: list[str]) -> list[str]:
    """Return those pages that exist."""
    return [name for name in names if (source / f"{name}.md").exists()]


def contents(sections: dict[str, list[str]], source: pathlib.Path) -> str:
    """Return the navigation. A section that begins with an overview hangs its other pages beneath it."""
    text = []
    for title, pages in sections.items():
        if pages and pages[0].endswith("/index"):
            overview = source / f"{pages[0]}.md"
            overview.write_text(overview.read_text() + tree(None, [page.partition("/")[2] for page in pages[1:]]))
            text.append(tree(title, pages[:1]))
        elif pages:
            text.append(tree(title, pages))
    return "".join(text)


def tree(caption: str | None, pages: list[str]) -> str:
    """Return a hidden table of contents: it shows at the side."""
    head = ":hidden:" if caption is None else f":hidden:\n:caption: {caption}"
    return "\n```{toctree}\n" + "\n".join([head, "", *pages]) + "\n```\n"


if __name__ == "__main__":
    sys.exit(main())
