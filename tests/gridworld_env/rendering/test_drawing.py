"""`draw` returns what it writes; SVG and PDF files show the same as the pixels do."""

import sys
from xml.etree.ElementTree import fromstring

import numpy as np
import PIL.Image
import pytest

from gridworld_env.rendering import Painter, Scene, draw, paper, save

VALUES = np.arange(25) / 10
POLICY = np.arange(25) % 5


def drawn_over(monkeypatch):
    """Make all painting fail the test."""

    def paint(*_):
        pytest.fail("something was painted")

    monkeypatch.setattr(Painter, "frame", paint)
    monkeypatch.setattr(paper, "plan", paint)


def test_draw_returns_a_frame():
    frame = draw("book", values=VALUES, policy=POLICY, agents=[3], caption="values", size=300)
    scene = Scene(layout="book", values=VALUES, policy=POLICY, agents=[3], caption="values")
    np.testing.assert_array_equal(frame, Painter(300).frame(scene))
    assert max(draw("book").shape) == 480  # five cells of a readable size


@pytest.mark.parametrize("name", ["values.png", "VALUES.PNG"])
def test_a_png_file_holds_the_array_that_is_returned(tmp_path, name):
    frame = draw("book", values=VALUES, policy=POLICY, size=200, path=tmp_path / name)
    with PIL.Image.open(tmp_path / name) as opened:
        assert opened.format == "PNG"
        np.testing.assert_array_equal(np.asarray(opened.convert("RGB")), frame)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_a_file_is_written_over_and_its_path_returned(tmp_path):
    path = tmp_path / "map.png"
    path.write_bytes(b"older")
    assert save(Scene(layout="book"), str(path), 100) == path
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("size", [200, 400])
def test_an_svg_file_holds_every_text_in_its_place(tmp_path, size):
    pytest.importorskip("matplotlib").rcParams["svg.fonttype"] = "path"
    path = tmp_path / "values.svg"
    frame = draw("book", values=VALUES, caption="values", size=size, path=path)
    root = fromstring(path.read_text())  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    _, _, width, height = map(float, root.get("viewBox").split())
    assert (round(width * 100 / 72), round(height * 100 / 72)) == (frame.shape[1], frame.shape[0])
    groups = [group.get("id") for group in root.iter("{http://www.w3.org/2000/svg}g") if group.get("id")]
    texts = [name for name in groups if name.startswith("text_")]
    # A caption, the legend's name and its three numbers, and a number in every cell large enough.
    assert len(texts) == 1 + 4 + (25 if size == 400 else 0)


def test_the_texts_of_an_svg_file_are_the_expected_ones(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    path = tmp_path / "values.svg"
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw([".F", "#T"], values=[1.5, -2, 7, np.nan], caption="a & b", size=300, path=path)
    root = fromstring(path.read_text())  # noqa: S314 - our own file
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(texts) == sorted(["a & b", "v", "-2.00", "-0.25", "1.50", "1.50", "-2.00"])


def test_a_pdf_file_is_one(tmp_path):
    pytest.importorskip("matplotlib")
    draw("book", values=VALUES, policy=POLICY, agents=[3], trail=[1, 2, 3], path=tmp_path / "values.pdf")
    written = (tmp_path / "values.pdf").read_bytes()
    assert written.startswith(b"%PDF")
    assert written.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_the_same_scene_gives_the_same_file(tmp_path, ending):
    pytest.importorskip("matplotlib")
    for name in "ab":
        draw("book", values=VALUES, policy=POLICY, size=200, path=tmp_path / f"{name}.{ending}")
    a, b = ((tmp_path / f"{name}.{ending}").read_bytes() for name in "ab")
    assert a == b


@pytest.mark.shown
@pytest.mark.parametrize(
    "name",
    [
        "book-plain",
        "book-values",
        "book-greedy",
        "small-action-values",
        "windy-values",
        "king",
        "cliff",
        "carried-back",
    ],
)
def test_paper_looks_like_the_pixels(tmp_path, pictures, perceptual, name):
    """matplotlib paints at the same size; only its letters and the smoothing of its edges may differ."""
    pytest.importorskip("matplotlib")
    scene, size = pictures.scenes()[name]
    path = tmp_path / "picture.png"
    paper.save_vector(path, scene, size)
    with PIL.Image.open(path) as opened:
        written = np.asarray(opened.convert("RGB"))
    found = perceptual.difference(written, Painter(size).frame(scene))
    assert found.mean < 3, found
    assert found.share < 0.06, found
    without = Painter(size).frame(scene.at((), (), scene.heads_up).without("policy"))
    if scene.agents or scene.policy is not None:
        assert perceptual.difference(written, without).mean > found.mean


@pytest.mark.parametrize("name", ["values.jpg", "values", "values.png.txt", ".png"])
def test_another_ending_is_refused_before_any_work(tmp_path, monkeypatch, name):
    drawn_over(monkeypatch)
    message = f"a picture's file must end in .png, .svg, .pdf, got '{name}'"
    with pytest.raises(ValueError) as caught:
        draw("book", values=VALUES, path=tmp_path / name)
    assert str(caught.value) == message
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_refused_before_any_work(tmp_path, monkeypatch):
    drawn_over(monkeypatch)
    with pytest.raises(ValueError, match=r"there is no folder '.*nowhere' to write 'values.png' to"):
        draw("book", values=VALUES, path=tmp_path / "nowhere" / "values.png")
    assert not list(tmp_path.iterdir())


def test_a_wrong_item_is_refused_before_any_work(tmp_path, monkeypatch):
    drawn_over(monkeypatch)
    with pytest.raises(ValueError, match="values must be numbers"):
        draw("book", values=[1], path=tmp_path / "values.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_a_missing_matplotlib_is_told_with_the_line_that_installs_it(tmp_path, monkeypatch, ending):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError) as caught:
        draw("book", path=tmp_path / f"map.{ending}")
    assert str(caught.value) == f'writing .{ending} files needs matplotlib: pip install "gridworld-env[plot]"'
    assert not list(tmp_path.iterdir())


def test_pixels_need_no_matplotlib(tmp_path, run_python):
    code = f"""
import sys
sys.modules["matplotlib"] = None
from gridworld_env.rendering import draw
draw("book", path={str(tmp_path / "map.png")!r})
try:
    draw("book", path={str(tmp_path / "map.svg")!r})
except ImportError as error:
    print(error)
"""
    assert run_python(code) == 'writing .svg files needs matplotlib: pip install "gridworld-env[plot]"'
    assert [entry.name for entry in tmp_path.iterdir()] == ["map.png"]


def test_writing_paper_leaves_matplotlib_as_it_is(tmp_path, run_python):
    pytest.importorskip("matplotlib")
    code = f"""
import sys
from gridworld_env.rendering import draw
draw("book", path={str(tmp_path / "map.svg")!r})
print("matplotlib.pyplot" in sys.modules)
"""
    assert run_python(code) == "False"


SIDE = 100
"""Pixels of a cell in the pictures below."""


def ink(frame):
    """Return where a picture of a cell differs from a bare floor, from its middle, in sides: (n, 2), right, down."""
    side = frame.shape[1]
    bare = draw(["."], size=side)
    rows, columns = np.nonzero(np.abs(frame[-side:].astype(int) - bare).max(axis=2) > 60)
    return np.stack([columns, rows], axis=1) / side - 0.5


@pytest.mark.parametrize("a", range(4))
def test_the_only_arrow_of_a_cell_has_its_middle_in_that_of_the_cell(a):
    places = ink(draw(["."], policy=[a], size=SIDE))
    along, across = (0, 1) if a % 2 else (1, 0)
    assert abs(places[:, along].max() + places[:, along].min()) < 0.1
    assert abs(places[:, across].max() + places[:, across].min()) < 0.03
    assert np.ptp(places[:, along]) > 0.45


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (0, 2), (1, 3)])
def test_arrows_of_two_actions_that_are_tied_are_long_enough_to_be_read(pair):
    policy = np.zeros((1, 5))
    policy[0, list(pair)] = 0.5
    places = ink(draw(["."], policy=policy, size=SIDE))
    for a in pair:
        towards = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)][a])
        assert (places @ towards).max() > 0.25


def test_no_line_of_the_hatching_crosses_a_number():
    plain, forbidden = (draw([cell], values=[0.5], size=SIDE) for cell in ".F")
    middle = slice(SIDE // 2 - 10, SIDE // 2 + 10)
    np.testing.assert_array_equal(forbidden[middle, 30:70], plain[middle, 30:70])
    assert (forbidden[10:20, 10:90] != plain[10:20, 10:90]).any()


def test_a_target_at_which_episodes_end_is_left_blank():
    v, q, policy = np.array([0.5, 0.0]), np.array([[0.5] * 5, [0.0] * 5]), np.full((2, 5), 0.2)
    unknown = draw([".T"], values=[0.5, np.nan], policy=[policy[0], [0] * 5], size=200)
    np.testing.assert_array_equal(draw([".T"], values=v, policy=policy, size=200), unknown)
    without = draw([".T"], action_values=[q[0], [np.nan] * 5], size=200)
    np.testing.assert_array_equal(draw([".T"], action_values=q, size=200), without)
    paid = draw([".T"], values=[0.5, 10.0], policy=policy, size=200)
    assert (paid != unknown).any()
