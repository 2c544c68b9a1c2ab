"""A page's code draws its pictures, and each stands below the block that has made it."""

import pytest

PAGE = """# A page

```python
# A grey square
from pathlib import Path

from gridworld_env.rendering import png
import numpy as np

grey = np.full((4, 4, 3), 99, np.uint8)
Path("grey.png").write_bytes(png(grey))
print("drawn")
```

```text
drawn
```

```python
assert grey.shape == (4, 4, 3)
```
"""


@pytest.fixture(scope="module")
def page_pictures():
    import page_pictures

    return page_pictures


def test_a_picture_stands_below_what_has_made_it(page_pictures, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    text = page_pictures.insert(page, tmp_path / "pictures")
    shown = "![A grey square](pictures/grey.png)\n"
    assert text.replace("\n" + shown, "", 1) == PAGE
    assert text.index("drawn\n```\n") < text.index(shown) < text.index("assert grey")
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["grey.png"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("# A grey square\n", "", "comment"), ("(4, 4, 3)\n```", "(5, 4, 3)\n```", "AssertionError")],
)
def test_a_page_that_is_wrong_is_refused(page_pictures, old, new, said, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace(old, new))
    with pytest.raises((ValueError, RuntimeError), match=said):
        page_pictures.insert(page, tmp_path / "pictures")


def test_the_pages_that_are_named_exist(page_pictures):
    assert all((page_pictures.ROOT / name).is_file() for name in page_pictures.PAGES)
