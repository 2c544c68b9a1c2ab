"""Published figures: every claim of every script of examples/figures holds, and its picture shows something."""

import importlib
import pathlib
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.shown

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "figures"
TEXTS = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.py"))}
SCRIPTS = [
    pytest.param(name, marks=[pytest.mark.slow] if "\nSLOW = True\n" in text else [])
    for name, text in TEXTS.items()
    if "\ndef experiment(" in text
]


@pytest.fixture(scope="module")
def figures():
    """Return a function that imports a module of the folder, whose modules are scripts beside each other."""
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module
    sys.path.remove(str(FOLDER))
    for name in TEXTS:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module", params=SCRIPTS)
def name(request):
    """A script. Its tests stand together, so that its experiment is done once."""
    return request.param


@pytest.fixture(scope="module")
def found(figures, name):
    """What the experiment of the script came to."""
    return figures(name).experiment()


def test_every_claim_holds(figures, found, name):
    claims = figures(name).claims(found)
    assert claims
    for claim in claims:
        assert all((claim.what, claim.published)), claim
        assert claim.low <= claim.high, claim
        assert claim.holds, claim


def test_the_picture_is_not_blank(figures, found, name, tmp_path):
    from matplotlib.image import imread

    figures("figure").save(figures(name), found, tmp_path / "picture.png")
    pixels = imread(tmp_path / "picture.png")
    assert min(pixels.shape[:2]) > 200
    drawn = (np.abs(pixels[..., :3] - pixels[0, 0, :3]) > 0.1).any(axis=2)
    assert drawn.mean() > 0.01
    assert len(np.unique(pixels[::5, ::5].reshape(-1, pixels.shape[2]), axis=0)) > 20


def test_the_page_has_it(figures, name):
    """A new figure is put on the page by `make figures`."""
    page, module = (ROOT / "docs" / "reproduced.md").read_text(encoding="utf-8"), figures(name)
    assert f"(../examples/figures/{name}.py)" in page
    assert f"## {figures('figure').title(module)}\n" in page
    assert module.SOURCE


def test_all_finds_them(figures):
    found = [figures("figure").name(module) for module in figures("all").scripts()]
    assert sorted(found) == [one.values[0] for one in SCRIPTS]
    assert found[0] == "optimal_values"  # Zhao's first figure


@pytest.fixture
def made_up(figures, tmp_path, monkeypatch):
    """Return a script with a claim that holds and one that does not."""
    text = """Made up.\n\nMore."""
    code = (
        f"from figure import Claim\nfrom matplotlib.figure import Figure\n__doc__ = {text!r}\nSOURCE = 'nowhere'\n"
        "experiment = dict\n"
        "def claims(data): return [Claim('a', '1', 1.0, 0.9, 1.1), Claim('b | c', '2', float('nan'), 0, 9, 'n')]\n"
        "def draw(data): return Figure()\n"
    )
    (tmp_path / "made_up.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    yield figures("made_up")
    sys.modules.pop("made_up")


def test_a_claim_that_does_not_hold_is_told(figures, made_up, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["made_up.py", "--out", str(tmp_path / "new" / "picture.png")])
    assert figures("figure").main(made_up) == 1
    assert (tmp_path / "new" / "picture.png").exists()
    printed = capsys.readouterr().out
    assert "holds" in printed
    assert "FAILS" in printed
    page = figures("all").page({made_up: made_up.claims({})})
    assert "1 figures, 2 claims, of which 1 DO NOT HOLD." in page
    assert "## Made up\n\nNowhere: [script](../examples/figures/made_up.py)\n" in page
    assert "| a | 1 | 1 | 0.9 to 1.1 |  |\n" in page
    assert "| b \\| c | 2 | nan | 0 to 9 | n |\n" in page


def test_all_writes_what_is_asked_for(figures, made_up, tmp_path, monkeypatch):
    every = figures("all")
    monkeypatch.setattr(every, "scripts", lambda: [made_up])
    page = tmp_path / "page.md"
    monkeypatch.setattr(sys, "argv", ["all.py", "--out", str(tmp_path / "out"), "--page", str(page)])
    assert every.main() == 1
    assert (tmp_path / "out" / "made_up.png").exists()
    assert page.read_text() == every.page({made_up: made_up.claims({})})
