"""Texts in any script are drawn with glyphs where a font has them, and with one warning where none has."""

import os
import pathlib
import re
import shutil

import gymnasium as gym
import pytest

from gridworld_env import rendering
from gridworld_env.rendering import fonts
from gridworld_env.rendering.backend import pygame_module

CHINESE, GREEK = "最优状态价值", "γ = 0.9, ε → 0"  # noqa: RUF001 - Greek
SIZE = 640


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.delenv(fonts.VARIABLE, raising=False)
    monkeypatch.setattr(fonts, "_known_letters", {})
    remembered = (fonts._file_for, fonts._named, fonts._families)
    for kept in remembered:
        kept.cache_clear()
    monkeypatch.setattr(fonts, "_told", set())
    yield
    for kept in remembered:
        kept.cache_clear()


@pytest.fixture
def no_fonts(monkeypatch):
    """No font beside pygame's own."""
    monkeypatch.setattr(fonts, "_families", lambda: ())
    monkeypatch.setattr(fonts, "_of_matplotlib", lambda: None)


@pytest.fixture(scope="module")
def chinese_font():
    for file in fonts._files():
        if not fonts.lacks(file, CHINESE):
            return file
    if os.environ.get("GRIDWORLD_TEST_FONTS"):
        pytest.fail("a font with Chinese characters was to be installed")
    return pytest.skip("no font here has Chinese characters: install fonts-noto-cjk or fonts-wqy-microhei")


def caption_drawn(caption, **items):
    """Return the strip above the map, True where there is ink."""
    frame = rendering.draw(["S.T"], caption=caption, size=SIZE, **items)
    return frame[:30].min(axis=2) < 128


def letters(caption, font=None):
    """Return the pictures of the characters of a caption, one by one."""
    return [caption_drawn("  " + letter + "  ", font=font) for letter in caption]


def test_a_chinese_caption_is_drawn_with_glyphs(chinese_font):
    drawn = letters(CHINESE)
    box = caption_drawn("  " + fonts.MISSING + "  ", font=chinese_font)
    assert all(one.any() and (one != box).any() for one in drawn)
    assert len({one.tobytes() for one in drawn}) == len(CHINESE)  # no two characters of it are equal
    assert fonts.file_for(CHINESE) is not None


def test_greek_letters_and_arrows_are_drawn_where_matplotlib_is():
    assert fonts.lacks(None, GREEK) == "→"
    assert fonts.lacks(fonts.file_for(GREEK), GREEK) == ""
    assert len({one.tobytes() for one in letters(GREEK[0] + "ε→")}) == 3


def test_what_the_own_font_has_is_written_in_it():
    assert fonts.file_for("plain text, 0.9") is None
    assert fonts.file_for("Größe, naïve") is None


@pytest.mark.usefixtures("no_fonts")
def test_one_warning_names_the_remedy_where_no_font_has_a_character():
    remedy = r"no font here has .*价.* fonts-noto-cjk.* font= or GRIDWORLD_FONT"
    with pytest.warns(UserWarning, match=remedy):
        rendering.draw("book", caption="价值")
    rendering.draw("book", caption="策略")  # where a second warning would be an error


def test_a_font_is_chosen_by_file_by_family_and_by_environment_variable(monkeypatch):
    file = fonts._of_matplotlib()
    serif = str(pathlib.Path(file).with_name("DejaVuSerif.ttf"))
    own, sans = caption_drawn("Values"), caption_drawn("Values", font=file)
    other = caption_drawn("Values", font=serif)
    assert (own != sans).any()
    assert (sans != other).any()
    monkeypatch.setenv(fonts.VARIABLE, serif)
    assert (caption_drawn("Values") == other).all()
    assert (caption_drawn("Values", font=file) == sans).all()  # the argument counts first


def test_a_family_of_the_system_is_a_font(chinese_font):
    family = next(name for name in fonts._families() if fonts._match(name) == chinese_font)
    assert (caption_drawn("Values", font=family) == caption_drawn("Values", font=chinese_font)).all()


@pytest.mark.parametrize("font", ["no-such-font", __file__])
def test_what_is_no_font_is_refused(font, monkeypatch):
    with pytest.raises(ValueError, match=re.escape(repr(font))) as caught:
        rendering.draw("book", caption="a", font=font)
    assert "font must be" in str(caught.value)
    monkeypatch.setenv(fonts.VARIABLE, font)
    with pytest.raises(ValueError, match="GRIDWORLD_FONT must be"):
        rendering.draw("book", caption="a")


@pytest.mark.parametrize("env_id", ["GridWorld-v0", "ContinuousGridWorld-v0", "LinearQuadratic-v0"])
def test_environments_take_a_font(env_id):
    env = gym.make(env_id, render_mode="rgb_array")
    env.reset(seed=0)
    env.unwrapped.overlay(caption="Values")
    before = env.render()
    env.unwrapped.overlay(font=fonts._of_matplotlib())
    assert (env.render() != before).any()
    with pytest.raises(ValueError, match="no-such-font"):
        env.unwrapped.overlay(font="no-such-font")
    env.unwrapped.overlay(font=None)
    assert (env.render() == before).all()


@pytest.mark.parametrize("ending", [".svg", ".pdf"])
def test_vector_files_are_drawn_with_glyphs(ending, tmp_path, chinese_font):  # noqa: ARG001
    pictures = []
    for i, caption in enumerate((CHINESE, CHINESE[::-1], GREEK)):
        rendering.draw("book", caption=caption, path=tmp_path / f"价值{i}{ending}")
        pictures.append((tmp_path / f"价值{i}{ending}").read_bytes())
    assert len(set(pictures)) == 3


@pytest.mark.usefixtures("no_fonts")
def test_figures_warn_once_too(tmp_path):
    from matplotlib.figure import Figure

    def save():
        with rendering.fonts_for([CHINESE]) as families:
            figure = Figure()
            figure.suptitle(CHINESE)
            figure.savefig(tmp_path / "a.png")
        return families

    with pytest.warns(UserWarning, match="no font here has") as told:
        assert save() == ["DejaVu Sans"]
    assert len(told) == 1


def test_figures_find_fonts(chinese_font, tmp_path):
    from matplotlib.figure import Figure

    drawn = []
    with rendering.fonts_for([CHINESE, GREEK]) as families:
        assert families[0] == "DejaVu Sans"
        assert len(families) == 2
        for text in CHINESE:
            figure = Figure((1, 1))
            figure.text(0.2, 0.4, text, fontsize=30)
            figure.savefig(tmp_path / "a.png")
            drawn.append((tmp_path / "a.png").read_bytes())
    assert len(set(drawn)) == len(CHINESE)
    with rendering.fonts_for([], chinese_font) as families:
        assert families[-1] == "DejaVu Sans"
        assert len(families) == 2


def test_without_a_list_of_fonts_nothing_breaks(monkeypatch):
    """As in a container without fontconfig."""
    monkeypatch.setattr(shutil, "which", lambda *_: None)
    pg = pygame_module()
    monkeypatch.setattr(pg.font, "get_fonts", list)
    assert fonts.file_for("→") == fonts._of_matplotlib()


def test_a_font_of_another_process_is_not_needed_to_copy_an_environment(run_python):
    """Fonts are files: what is pickled names them."""
    code = f"""
import pickle, gymnasium as gym, gridworld_env
env = gym.make("GridWorld-v0", render_mode="rgb_array"); env.reset(seed=0)
env.unwrapped.overlay(caption="a", font={fonts._of_matplotlib()!r})
other = pickle.loads(pickle.dumps(env))
print((other.render() == env.render()).all())
"""
    assert run_python(code) == "True"
