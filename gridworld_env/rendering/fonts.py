"""Fonts for texts in any script: a painter's own font where it has all characters, else one that this system has.

pygame's own font has Latin and Greek letters; the one that comes with matplotlib has arrows and the like as well.
Neither has Chinese characters. What no font has is drawn as a box, and a warning says so once.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import pathlib
import warnings
from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export
from gridworld_env.rendering.backend import pygame_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VARIABLE = "GRIDWORLD_FONT"
"""The environment variable that names a font for all pictures: a file, or a family that the system has."""

OWN = "DejaVu Sans"
"""Matplotlib's family."""

PREFERRED = (
    OWN,
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans",
    "Arial Unicode MS",
    "Segoe UI",
    "Segoe UI Symbol",
)
"""Families that are tried first, in this order; then all others of the system."""

MISSING = "\uffff"
"""No character: a font draws what it draws in place of those that it has not."""

_SIZE = 24

_told: set[str] = set()

_known_letters: dict[str | None, dict[str, bool]] = {}
"""Of each font's file, which characters it has, as far as was asked."""


@export("gridworld_env.rendering.fonts_for")
@contextlib.contextmanager
def fonts_for(texts: Iterable[str], font: str | os.PathLike[str] | None = None) -> Iterator[list[str]]:
    """Let matplotlib draw and save figures with fonts that have all characters of some texts.

    Args:
        texts: What will be written, beside numbers.
        font: A font's file, or a family that the system has; None: that of the environment variable
            ``GRIDWORLD_FONT``, else matplotlib's own, and one of the system's for what that lacks.

    Yields:
        The families, the first in which a character is found counts; they are matplotlib's ``font.family`` inside.

    Warns:
        UserWarning: Once in a process, if no font has a character, with what to do; matplotlib's own warnings of each
            character are left out.

    Raises:
        ValueError: If there is no such font.
        ImportError: If matplotlib is missing.
    """
    import matplotlib as mpl

    families = _families_for(texts, font)
    with mpl.rc_context({"font.family": families}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from")
        yield families


def _families_for(texts: Iterable[str], font: str | os.PathLike[str] | None) -> list[str]:
    from matplotlib import font_manager

    own = font_manager.findfont(OWN)
    files = (file_for(text, font, own) for text in ["", *texts])
    found = [font_manager.FontProperties(fname=file).get_name() for file in files if _known(file, own)]
    return list(dict.fromkeys([*found, OWN] if font_named(font) is not None else [OWN, *found]))


def _known(file: str | None, own: str) -> bool:
    """Make a font's file known to matplotlib; tell whether it is another than its own."""
    if file is None or file == own:
        return False
    from matplotlib import font_manager

    if all(entry.fname != file for entry in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(file)
    return True


def file_for(text: str, font: str | os.PathLike[str] | None = None, own: str | None = None) -> str | None:
    """Return the file of a font that has the characters of a text; None where `own` has them, or no font has.

    Args:
        text: One line.
        font: As of :func:`fonts_for`.
        own: The file of the font that is taken if it will do; None for pygame's.

    Warns:
        UserWarning: Once, if no font has all characters.

    Raises:
        ValueError: If there is no such font.
    """
    named = font_named(font)
    if named is None and text.isascii():
        return None
    return _file_for("".join(sorted(set(text))), named, own)


@functools.lru_cache(maxsize=4096)
def _file_for(letters: str, named: str | None, own: str | None) -> str | None:
    first = own if named is None else named
    lacking = [(first, lacks(first, letters))]
    if not lacking[0][1]:
        return named
    for file in _files():
        lacking.append((file, lacks(file, letters)))
        if not lacking[-1][1]:
            return file
    best, missing = min(lacking, key=lambda pair: len(pair[1]))
    _tell(missing)
    return best if best != own else None


def _tell(missing: str) -> None:
    """Warn of characters that no font has, once in a process."""
    if not _told:
        warnings.warn(
            f"no font here has the characters {missing[:20]!r}, which are drawn as boxes: install one that has, such "
            f"as Noto Sans CJK (Debian and Ubuntu: apt install fonts-noto-cjk), or name one by font= or {VARIABLE}",
            stacklevel=2,
        )
    _told.update(missing)


def font_named(font: str | os.PathLike[str] | None) -> str | None:
    """Return the file of the font that was chosen, by argument or environment variable; None if none was.

    Raises:
        ValueError: If it is neither a font's file nor a family that the system has.
    """
    told_by = "font" if font is not None else VARIABLE
    name = os.fspath(font) if font is not None else os.environ.get(VARIABLE)
    if not name:
        return None
    return _named(name, told_by)


@functools.lru_cache(maxsize=64)
def _named(name: str, told_by: str) -> str:
    file = name if pathlib.Path(name).is_file() else _match(name)
    if file is None or _opened(file) is None:
        raise ValueError(
            f"{told_by} must be the file of a font, such as 'NotoSansCJK-Regular.ttc', or a family that this system "
            f"has, got {name!r}"
        )
    return file


def lacks(file: str | None, letters: str) -> str:
    """Return those of some characters that a font has not; None is pygame's own."""
    known = _known_letters.setdefault(file, {" ": True})
    asked = set(letters) - known.keys()
    if asked:
        font = _opened(file)
        box = None if font is None else _drawn(font, MISSING)
        for letter in asked:
            known[letter] = font is not None and (letter.isspace() or _drawn(font, letter) != box)
    return "".join(letter for letter in letters if not known[letter])


def _drawn(font: Any, letter: str) -> tuple[tuple[int, int], bytes]:
    surface = font.render(letter, False, (0, 0, 0), (255, 255, 255))
    return surface.get_size(), pygame_module().image.tobytes(surface, "RGB")


def _opened(file: str | None) -> Any:
    """Return a font; None if the file holds none that can be drawn with, such as a font of bitmaps."""
    pg = pygame_module()
    pg.font.init()
    with contextlib.suppress(pg.error, OSError):
        font = pg.font.Font(file, _SIZE)
        _drawn(font, MISSING)
        return font
    return None


def _files() -> Iterator[str]:
    """Yield files of fonts, the likely ones first, each once."""
    seen = set()
    for file in _candidates():
        if file is not None and file not in seen:
            seen.add(file)
            yield file


def _candidates() -> Iterator[str | None]:
    yield _match(OWN)
    yield _of_matplotlib()
    yield from map(_match, PREFERRED[1:])
    yield from map(_match, sorted(_families()))


def _match(family: str) -> str | None:
    file: str | None = None
    if _families():
        file = pygame_module().font.match_font(family)
    return file


@functools.cache
def _families() -> tuple[str, ...]:
    """Return the names of the system's fonts, as pygame finds them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where what lists them is missing, there are none
        return tuple(pygame_module().font.get_fonts())


def _of_matplotlib() -> str | None:
    """Return the font that comes with matplotlib, which is not imported."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or not spec.submodule_search_locations:
        return None
    file = pathlib.Path(spec.submodule_search_locations[0]) / "mpl-data/fonts/ttf/DejaVuSans.ttf"
    return str(file) if file.is_file() else None
