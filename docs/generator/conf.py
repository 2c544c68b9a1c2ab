"""Settings of Sphinx. Nothing here, or in what it makes, reaches for the network."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

project = "gridworld-env"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
default_role = "code"
smartquotes_action = "D"  # dashes; quotes stand as they are typed
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
add_module_names = False
napoleon_numpy_docstring = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "gridworld-env"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "monokai"


COLON = "\ue000"
"""Stands for a colon in the docstring of an attribute, which would be taken for the end of a type."""


def hide_colons(_app, what, _name, _object, _options, lines):
    """Hide the colons of an attribute's docstring before it is read."""
    if what in {"attribute", "property"}:
        lines[:] = [line.replace(":", COLON) for line in lines]


def literal_marks(_app, _what, _name, _object, _options, lines):
    """Keep bars, stars and closing underscores of docstrings as they are: outside of code they stand for themselves."""
    for i, line in enumerate(lines):
        parts = re.split(r"(`+[^`]*`+)", line.replace(COLON, ":"))
        parts[::2] = [re.sub(r"([|]|(?<![\\*])\*(?!\*)(?!\w+:)|(?<=\w)_(?!\w))", r"\\\1", part) for part in parts[::2]]
        lines[i] = "".join(parts)


def plain_defaults(_app, _what, _name, _object, _options, signature, returned):
    """Write a default that a function makes as dots: what stands there otherwise is no Python, and is set badly."""
    return (signature and signature.replace("=<factory>", "=..."), returned)


def setup(app):
    """Connect what mends docstrings, before and after they are read."""
    app.connect("autodoc-process-docstring", hide_colons, priority=100)
    app.connect("autodoc-process-docstring", literal_marks, priority=900)
    app.connect("autodoc-process-signature", plain_defaults)
