"""What the generated pages say of environments and agents is what is registered, checked and tested."""

import dataclasses
import functools
import pathlib
import re

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

import gridworld_agents as ga
from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

pytestmark = pytest.mark.shown

ROOT = pathlib.Path(__file__).parents[2]

OWN = [s for s in ga.specs() if s.distribution == "gridworld-env" and not s.id.startswith("sb3/")]


@functools.cache
def page_of(env_id):
    import environment_pages

    return environment_pages.page(gym.make(env_id))


@pytest.mark.parametrize("entry", [*TABLE, *MODELS, *CONTINUOUS], ids=lambda entry: entry.id)
def test_the_page_of_an_environment(entry):
    env, page = gym.make(entry.id), page_of(entry.id)
    assert page.startswith(f"# {entry.id}\n")
    for fact in (str(env.observation_space), str(env.action_space), f"{entry.reward_threshold:g}"):
        assert fact in page
    for heading in ("Description", "Action Space", "Observation Space", "Rewards", "Episode End"):
        assert f"\n## {heading}\n" in page


def test_the_best_return_is_the_published_one():
    assert "| best return | -13 |" in page_of("GridWorld/Cliff-v0")
    assert "| best return | -15 |" in page_of("GridWorld/Windy-v0")


class Dot(gym.Env):
    """Continuous: it has no table."""

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012 - as Gymnasium has it
    observation_space = action_space = gym.spaces.Box(-1.0, 1.0, (1,))
    render_mode = "rgb_array"

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        return np.zeros(1, np.float32), {}

    def render(self):
        return np.full((20, 30, 3), 200, np.uint8)


def test_an_environment_without_a_table_is_drawn_and_has_no_optimum(tmp_path):
    import environment_pages

    env = Dot()
    assert environment_pages.optimum(environment_pages.model(env)) == []
    assert environment_pages.best_return(environment_pages.model(env)) == "-"
    environment_pages.draw(env, tmp_path / "dot.png")
    assert np.asarray(Image.open(tmp_path / "dot.png")).tolist() == env.render().tolist()


def test_the_optimum_of_a_continuous_environment_is_on_its_page():
    linear = page_of("LinearQuadratic-v0")
    assert "| best value, gamma 0.99 | -4.92506, by Riccati |" in linear
    assert "| best gain, gamma 0.99 | `[[0.381443, 0.402166]]` |" in linear
    assert "-1.4955 +- 0.0001, on a fine grid |" in page_of("ContinuousGridWorld-v0")


def test_a_picture_shows_values(tmp_path):
    import environment_pages

    environment_pages.draw(gym.make("GridWorld-v0", render_mode="rgb_array"), tmp_path / "world.png")
    picture = np.asarray(Image.open(tmp_path / "world.png"))
    assert max(picture.shape[:2]) == environment_pages.PICTURE
    assert len(np.unique(picture.reshape(-1, picture.shape[-1]), axis=0)) > 20  # a map alone has fewer colours
    assert (tmp_path / "world.png").stat().st_size < 100_000


@pytest.mark.parametrize("spec", OWN, ids=lambda spec: spec.id)
def test_the_page_of_an_agent(spec):
    import agent_pages

    page = agent_pages.page(spec)
    assert page.startswith(f"# {spec.id}\n")
    assert re.search(r"^```text\n *1  ", page, re.MULTILINE), "its file does not open with pseudocode"
    for field in dataclasses.fields(spec.load().Config):
        row = re.search(rf"^\| `{field.name}` \| (.+) \| (.+) \|$", page, re.MULTILINE)
        assert row, field.name
        assert len(row[2]) > 3, f"{field.name} has no comment beside it"
    assert f"gridworld train {spec.id} --env " in page
    about = page.partition("## What it was checked against")[2]
    named = re.findall(r"^`(tests/[^`]+)`: .+$", about, re.MULTILINE)
    assert named, "no test of its family names it"
    assert bool(named) != ("No test of its own yet." in about)
    assert all(spec.id in (ROOT / path).read_text() for path in named)


def test_every_agent_is_told_in_words_and_no_other():
    import agent_pages
    import mathml

    assert agent_pages.words().keys() == {spec.id for spec in OWN}, "docs/agents.toml has a section for each agent"
    for agent_id, about in agent_pages.words().items():
        assert about.keys() == {"idea", "update", "use", "avoid"}, agent_id
        assert mathml.mathml(about["update"], "block").startswith("<math")


def test_primes_are_not_raised_and_unknown_commands_are_noticed():
    import mathml

    assert "<mi>s</mi><mo" in mathml.mathml("p(s')", "inline")
    assert "<msup" not in mathml.mathml(r"p(s') + q'_i", "inline")
    assert "<msup>" in mathml.mathml("x^2", "inline")
    with pytest.raises(ValueError, match="nosuchcommand"):
        mathml.mathml(r"\nosuchcommand", "inline")


@pytest.mark.shown
@pytest.mark.parametrize("spec", OWN, ids=lambda spec: spec.id)
def test_the_example_of_an_agents_page_runs(spec, capsys):
    import agent_pages

    exec(compile(agent_pages.example(spec), spec.id, "exec"), {})  # noqa: S102 - that is what this is for
    gap = re.match(r"gap (\S+)", capsys.readouterr().out)
    assert gap is None or float(gap[1]) > -1e-9


@pytest.mark.shown
def test_a_learning_curve_and_what_was_learned_are_drawn(tmp_path):
    import agent_pictures

    shown = agent_pictures.draw("value-iteration", tmp_path)
    for link in re.findall(r"\(pictures/([^)]+)\)", shown):
        assert 1_000 < (tmp_path / link).stat().st_size < 100_000
    agent = agent_pictures.made("value-iteration", 0)
    errors = agent_pictures.curve(agent, gym.make(agent_pictures.ENV), np.arange(21))
    assert errors[0] > 0.1
    assert abs(errors[-1]) < 1e-9
    assert not agent_pictures.shown("td3")
    assert not agent_pictures.shown("random")


@pytest.mark.shown
def test_a_moving_picture_moves_and_has_a_still(tmp_path):
    import gallery

    gallery.record("GridWorld/Cliff-v0", tmp_path)
    with (
        Image.open(tmp_path / "gridworld-cliff-v0.webp") as moving,
        Image.open(tmp_path / "gridworld-cliff-v0.png") as still,
    ):
        assert moving.n_frames == 14  # 13 steps along the edge
        assert moving.size == still.size
        assert max(still.size) == gallery.SIZE
    card = gallery.card("GridWorld/Cliff-v0", "environments/")
    assert ":class: moving" in card
    assert ":class: still" in card


def test_tests_are_found_by_what_they_name():
    import ast

    import agent_tests

    tree = ast.parse(
        'IDS = ["b"]\ndef test_one_thing():\n    """It is so."""\n    make("a")\ndef test_other():\n    pass'
    )
    assert agent_tests.tests_of(tree)["a"] == ["one thing: It is so."]
    assert agent_tests.tests_of(tree)["b"] == ["one thing: It is so.", "other"]
    assert "c" not in agent_tests.tests_of(tree)


def test_pseudocode_is_code_and_prose_is_not():
    import docstrings

    code, prose = docstrings.paragraphs("1  a <- b\n2  c\n\nThe :class:`X` does it.")
    assert code == "```text\n1  a <- b\n2  c\n```"
    assert prose.startswith("The ")
    assert docstrings.plain("The :class:`X` has ``y``") == "The `X` has `y`"


def test_what_an_agent_takes_is_what_it_accepts():
    import agent_pages

    assert agent_pages.accepted("q-learning") == (True, True, False, False)
    assert agent_pages.accepted("spsa")[2:] == (True, True)
    assert agent_pages.accepted("value-iteration")[:2] == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize("spec", OWN, ids=lambda spec: spec.id)
def test_the_command_of_an_agents_page_trains_it(spec, tmp_path, monkeypatch):
    import agent_pages

    from gridworld_agents.command_line import main

    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(agent_pages.command(spec).split()[1:])
    assert not ended.value.code
    assert list(pathlib.Path("runs").iterdir())
