"""`gridworld list` and `gridworld solve`, and how the command line fails."""

import importlib.metadata
import io
import json
import re
import sys

import numpy as np
import pytest
from PIL import Image

import gridworld_agents as ga
from gridworld_agents.command_line import main
from gridworld_agents.command_line.environments import parsed
from gridworld_env import Layout
from gridworld_env.registration import MODELS, TABLE


def test_the_command_is_installed():
    scripts = importlib.metadata.entry_points(group="console_scripts", name="gridworld")
    assert [script.load() for script in scripts] == [main]


def test_list_shows_every_environment_and_layout(gridworld):
    status, out, err = gridworld("list")
    assert (status, err) == (0, "")
    for entry in (*TABLE, *MODELS):
        assert entry.id in out
    for name in Layout.names():
        assert name in out
    assert "SFFFFFFFFFFT" in out


def test_list_fits_into_80_columns_and_breaks_no_id(gridworld, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = gridworld("list")
    assert max(map(len, out.splitlines())) <= 80
    words = out.split()
    for one in (*ga.specs(), *TABLE, *MODELS):
        assert one.id in words


def test_list_is_json_for_programs(gridworld):
    status, out, _ = gridworld("list", "--json")
    assert status == 0
    listed = json.loads(out)
    (agent,) = [one for one in listed["agents"] if one["id"] == "value-iteration"]
    assert agent["family"] == "planning"
    assert agent["needs_model"] is True
    assert (agent["observations"], agent["actions"], agent["extra"]) == ("finite", "Discrete", "")
    assert {one["id"]: one["max_episode_steps"] for one in listed["envs"]}["GridWorld/Cliff-v0"] == 500
    assert {one["id"]: one["map"] for one in listed["layouts"]}["book-2x2"] == ".F\n.T"
    assert list(json.loads(gridworld("list", "layouts", "--json")[1])) == ["layouts"]


def test_list_shows_one_kind(gridworld):
    _, environments, _ = gridworld("list", "envs")
    _, layouts, _ = gridworld("list", "layouts")
    assert "GridWorld/Cliff-v0" in environments
    assert "dyna-maze" not in environments
    assert "dyna-maze" in layouts
    assert "GridWorld/Cliff-v0" not in layouts


def test_solve_prints_the_books_table(gridworld):
    status, out, _ = gridworld("solve", "GridWorld-v0", "--gamma", 0.9, "--env-arg", "continuing=true")
    assert status == 0
    assert "25 states, 5 actions, discount 0.9" in out
    # Figure 3.4a of Zhao 2025, to two decimals instead of one.
    assert ".↓  5.83  .→  5.58  .↓  6.20  .↓  6.48  .↓← 5.83" in out
    assert ".→  8.00  F→  10.0  T○  10.0  F←  10.0  .←  8.00" in out


FIGURE_3_4 = {  # Zhao 2025, as printed, to one decimal
    "a": "5.8 5.6 6.2 6.5 5.8 / 6.5 7.2 8.0 7.2 6.5 / 7.2 8.0 10 8.0 7.2 / 8.0 10 10 10 8.0 / 7.2 9.0 10 9.0 8.1",
    "d": "3.5 3.9 4.3 4.8 5.3 / 3.1 3.5 4.8 5.3 5.9 / 2.8 2.5 10 5.9 6.6 / 2.5 10 10 10 7.3 / 2.3 9 10 9 8.1",
}


@pytest.mark.parametrize(("figure", "arguments"), [("a", ()), ("d", ("--env-arg", "reward_forbidden=-10"))])
def test_solve_of_the_books_world_prints_the_books_figure(gridworld, figure, arguments):
    status, out, _ = gridworld("solve", "GridWorld/Book-v0", "--gamma", "0.9", *arguments)
    assert status == 0
    rows = [line for line in out.splitlines() if line[:1] in {".", "F"}]
    printed = [[float(number) for number in re.findall(r"\d+\.\d+", row)] for row in rows]
    expected = [[float(number) for number in row.split()] for row in FIGURE_3_4[figure].split(" / ")]
    assert [[round(number, 1) for number in row] for row in printed] == expected
    assert "value of the start (mean over 18 start states)" in out
    assert "each cell: what it is (. free, F forbidden, T target), its best actions (arrows, ○ stay), its value" in out


def test_solve_explains_what_is_on_the_map_and_nothing_else(gridworld, tmp_path):
    (tmp_path / "map.txt").write_text("S#\n.T\n")
    status, out, _ = gridworld("solve", "GridWorld-v0", "--env-arg", "layout=@map.txt", "--env-arg", "actions=cardinal")
    assert status == 0
    assert "each cell: what it is (. free, # wall, S start, T target), its best actions (arrows), its value\n" in out
    assert "value of the start: 0.9 " in out


def test_solve_reads_gymnasiums_environments(gridworld):
    status, out, _ = gridworld("solve", "FrozenLake-v1", "--gamma", 1)
    assert status == 0
    assert "value of the start: 0.823529" in out  # 14/17
    status, out, _ = gridworld("solve", "Taxi-v4")
    assert "460 more states" in out
    assert "460 more states" not in gridworld("solve", "Taxi-v4", "--all")[1]


def test_solve_prints_the_gain_of_a_linear_system(gridworld):
    """With ones everywhere, no discount and no noise, P is the golden ratio."""
    ones = [part for name in "ABQR" for part in ("--env-arg", f"{name}=[[1]]")]
    status, out, _ = gridworld("solve", "LinearQuadratic-v0", "--gamma", 1, *ones, "--env-arg", "noise=0")
    assert status == 0
    assert "1 number of state, 1 of action, discount 1" in out
    golden = (1 + 5**0.5) / 2
    assert f"value of the start (mean over all starts): {-golden / 3:.6g}" in out  # E[x^2] = 1/3
    assert f"{1 / golden:.8g}" in out.partition("gain K")[2]
    assert f"{golden:.8g}" in out.partition("P:")[2]
    assert "K asks for 0.618 of 1" in out
    _, out, _ = gridworld("solve", "LinearQuadratic-v0", "--env-arg", "action_bound=0.1")
    assert "beyond them the best return is less than this" in out


def test_solve_prints_the_values_of_a_fine_grid(gridworld, tmp_path):
    status, out, _ = gridworld("solve", "ContinuousGridWorld-v0", "--gamma", 0.99, "--render", "world.png")
    assert status == 0
    assert "value of the start (mean over all starts): -1.49551 +- 6e-05" in out
    assert "#" in out.partition("middle of each cell")[2]
    picture = np.asarray(Image.open(tmp_path / "world.png"))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100
    _, out, _ = gridworld("solve", "ContinuousGridWorld-v0", "--env-arg", f"layout={'.' * 29}T")
    assert "a map of 1 x 30 cells: --render draws it" in out


def test_solve_fits_a_map_into_the_terminal(gridworld, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = gridworld("solve", "GridWorld/FourRooms-v0")
    assert "the values need a wider terminal" in out
    assert max(map(len, out.splitlines()[2:-2])) <= 60
    _, out, _ = gridworld("solve", "GridWorld/Maze-v0", "--env-arg", "size=(61, 61)", "--env-arg", "maze_seed=1")
    assert "a map of 61 x 61 cells: --render draws it" in out


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_solve_draws(gridworld, tmp_path, ending):
    file = tmp_path / f"values.{ending}"
    status, out, _ = gridworld("solve", "GridWorld-v0", "--render", file, "--size", 300)
    assert status == 0
    assert str(file) in out.replace("\n", "")
    if ending == "png":
        picture = np.asarray(Image.open(file))
        assert max(picture.shape) in range(280, 301)
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50
    else:
        assert file.read_bytes()[:5] in {b"%PDF-", b"<?xml"}


def test_solve_draws_the_map_that_is_asked_for(gridworld, tmp_path):
    pictures = []
    for number in (0, 1):
        file = tmp_path / f"{number}.png"
        assert gridworld("solve", "GridWorld/Random-v0", "--map", number, "--render", file)[0] == 0
        pictures.append(file.read_bytes())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["slove"], "no command 'slove'; did you mean 'solve'?"),
        (["solve"], "Missing argument 'ENV'"),
        (["solve", "GridWorld-v0", "--gama", "1"], "No such option '--gama'"),
        (["solve", "GridWorld-v0", "--gamma", "2"], "2.0 is not in the range 0<=x<=1"),
        (["solve", "GridWorld/Maz-v0"], "did you mean 'GridWorld/Maze-v0'?"),
        (["solve", "maze"], "did you mean 'GridWorld/Maze-v0'?"),
        (["solve", "GridWorld-v0", "--env-arg", "slip"], "must be NAME=VALUE, got 'slip'"),
        (["solve", "GridWorld-v0", "--env-arg", "slip=3"], "slip must be in [0, 1], got 3"),
        (["solve", "GridWorld-v0", "--env-arg", "layout=bok"], "did you mean 'book'?"),
        (["solve", "GridWorld-v0", "--env-arg", "layout=@no.txt"], "layout=@no.txt: there is no file 'no.txt'"),
        (["solve", "GridWorld-v0", "--env-arg", "layout=no.txt"], "or layout=@FILE on the command line"),
        (["solve", "GridWorld-v0", "--env-arg", "slipp=0.1"], "did you mean 'slip'?"),
        (["solve", "GridWorld-v0", "--gamma", "1", "--env-arg", "continuing=true"], "can earn for ever"),
        (["solve", "GridWorld-v0", "--render", "values.gif"], "must end in .png, .svg, .pdf, got 'values.gif'"),
        (["solve", "GridWorld-v0", "--render", "nowhere/values.png"], "there is no folder 'nowhere'"),
        (["solve", "FrozenLake-v1", "--render", "values.png"], "FrozenLake-v1 has no map to draw"),
        (["solve", "CartPole-v1"], "has no exact model"),
        (["solve", "Pendulum-v1"], "has no exact model"),
        (["solve", "LinearQuadratic-v0", "--gamma", "1"], "at gamma 1 noise costs for ever"),
        (["solve", "LinearQuadratic-v0", "--render", "x.svg"], "must end in .png, got 'x.svg'"),
        (["solve", "GridWorld/Random-v0", "--map", "99999"], "--map must be in [0,"),
        (["play", "FrozenLake-v1"], "has no map to play on"),
        (["play", "GridWorld-v0", "--ansi"], "reads keys from a terminal"),
        (["train", "--env", "GridWorld-v0"], "which agent? It comes first: gridworld train AGENT --env GridWorld-v0;"),
        (["train", "--steps", "10"], "which agent? It comes first: gridworld train AGENT --steps 10;"),
        (["train", "--alpha", "1"], "which agent? It comes first: gridworld train AGENT --alpha 1;"),
        (["train", "--resum", "x"], "No such option '--resum'. Did you mean '--resume'?"),
        (["train", "q-learning", "--lr", "0.1"], "No such option '--lr'. The hyper-parameters of q-learning are --"),
        (["train", "q-learning", "--lr", "0.1"], "--alpha, --"),
        (["train", "zzz"], "there is no agent 'zzz' (`gridworld list agents` lists all)\n"),
        (["compare", "--agents", "zzz", "--env", "GridWorld-v0"], "there is no agent 'zzz' (`gridworld list agents`"),
        (["list", "agent"], "'agent' is not one of"),
        (["frobnicate"], "no command 'frobnicate'. The commands are list"),
        (["solve", "GridWorld-v0", "--slip", "0.1"], "An argument of the environment is given by --env-arg slip=VALUE"),
        (["train", "q-learning", "--steps", "1e6"], "--steps must be a whole number, got '1e6': write 1000000"),
        (["compare", "--seeds", "many"], "--seeds must be a whole number, got 'many'\n"),
        (["compare", "q-learning", "sarsa"], "no suite file 'q-learning'; agents are named by --agents: --agents q-le"),
        (["compare", "nowhere.toml"], "there is no suite file 'nowhere.toml'\n"),
    ],
)
def test_errors_are_one_line(gridworld, arguments, message, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    status, out, err = gridworld(*arguments)
    assert status == 2
    assert message in err
    assert err.startswith("gridworld: ")
    assert err.count("\n") == 1
    assert out == ""


def test_a_traceback_is_shown_when_asked_for():
    with pytest.raises(ValueError, match="must end in"):
        main(["--traceback", "solve", "GridWorld-v0", "--render", "x.gif"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("slip=0.25", 0.25),
        ("slip=1", 1),
        ("continuing=True", True),
        ("continuing=false", False),
        ("wind=None", None),
        ("wind=[0, 1, 1]", [0, 1, 1]),
        ("layout=four-rooms", "four-rooms"),
        ("layout=S.#\\n..T", "S.#\n..T"),
        ("name=a=b", "a=b"),
    ],
)
def test_arguments_of_environments_are_read(text, value):
    assert list(parsed((text,)).values()) == [value]


def test_solving_prints_names(gridworld):
    status, out, _ = gridworld("solve", "Tabular-v0")
    assert status == 0
    assert "2 states, 3 actions" in out
    # high = 2 / (1 - 0.9 (0.8 + 0.2 * 0.9)), low = 0.9 high
    assert [line.split() for line in out.splitlines() if "high" in line or "low" in line] == [
        ["│", "high", "│", "16.9492", "│", "search", "│"],
        ["│", "low", "│", "15.2542", "│", "recharge", "│"],
    ]
    assert "no map to draw" in gridworld("solve", "Tabular-v0", "--render", "x.png")[2]
    assert "no map to play on" in gridworld("play", "Tabular-v0")[2]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "cp437", "utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("asked", "shown", "plain"),
    [
        (["GridWorld-v0"], "→", ">"),
        (["GridWorld-v0", "--env-arg", "actions=king"], "↘", "c"),
        (["GridWorld/Cliff-v0"], "↑", "^"),
        (["FrozenLake-v1"], "│", None),
    ],
)
def test_arrows_are_printed_in_any_encoding(encoding, asked, shown, plain, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(SystemExit) as ended:
        main(["solve", *asked])
    assert ended.value.code == 0
    out.flush()
    said = raw.getvalue().decode(encoding)
    known = shown.encode(encoding, "ignore") != b""
    assert (shown in said) is known or plain is None  # rich draws tables without lines where there are none
    assert known or plain is None or plain in said
    assert "?" not in said
    assert len({len(line.rstrip()) for line in said.splitlines()[2:] if line.rstrip().endswith("│")}) <= 1


@pytest.mark.parametrize("closed", ["stdin", "stdout", "stderr"])
@pytest.mark.parametrize(
    ("arguments", "status"), [(["list", "layouts"], 0), (["play", "GridWorld-v0", "--ansi"], 2), (["slove"], 2)]
)
def test_closed_streams_are_no_crash(closed, arguments, status, monkeypatch):
    monkeypatch.setattr(sys, closed, None)  # as `<&-` and the like have it
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == status
