"""`gridworld play` in a real window on a display in memory, with keys pressed by xdotool."""

import os
import shutil
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.shown

COMMAND = [sys.executable, "-c", "from gridworld_agents.command_line import main; main()"]
PATIENCE = 60
"""Seconds in which a window has to open."""


@pytest.fixture
def xdotool(display):
    """Return a function that calls xdotool on the display in memory and returns what it prints."""
    tool = shutil.which("xdotool")
    if tool is None:
        reason = "xdotool is not installed: apt-get install xdotool"
        (pytest.fail if os.environ.get("GRIDWORLD_TEST_WINDOWS") else pytest.skip)(reason)

    def call(*arguments):
        environment = {**os.environ, "DISPLAY": display}
        return subprocess.run([tool, *arguments], env=environment, capture_output=True, text=True, check=False).stdout

    return call


def opened(xdotool, title):
    """Wait for a window and return its number."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        numbers = [one for one in xdotool("search", "--class", ".").split() if title in xdotool("getwindowname", one)]
        if numbers:
            return numbers[0]
        time.sleep(0.1)
    raise AssertionError("no window has opened")


def play(display, *arguments):
    environment = {**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
    return subprocess.Popen(
        [*COMMAND, "play", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_keys_move_the_agent_and_escape_tells_the_score(display, xdotool):
    game = play(display, "GridWorld-v0", "--env-arg", "layout=S..T", "--env-arg", "reward_step=-1")
    try:
        window = opened(xdotool, "GridWorld-v0")
        xdotool("windowfocus", window)
        time.sleep(1)  # the first picture has to be there before the first key
        for key in ("h", "v", "Right", "d", "Right", "Escape"):
            xdotool("key", key)
            time.sleep(0.4)
        out, err = game.communicate(timeout=PATIENCE)
    finally:
        game.kill()
        game.wait()
    assert game.returncode == 0, err
    assert "GridWorld-v0: return -1.00, best possible -1.00; discounted by 0.9: -1.090, best possible -1.090" in out


@pytest.mark.parametrize(
    ("env_id", "arguments", "said"),
    [
        (
            "ContinuousGridWorld-v0",
            ("layout=S...T", "noise=0", "reward_step=-1"),
            "return so far -3.00; discounted by 0.9: -2.710,",
        ),
        ("LinearQuadratic-v0", ("noise=0", "start=[[0, 0], [0, 0]]", "Q=[[0, 0], [0, 0]]"), "return so far -15.00;"),
    ],
)
def test_keys_and_clicks_move_a_point(display, xdotool, env_id, arguments, said):
    """A key, a click on the right end of the board, and another key; half the strength would cost a quarter."""
    game = play(display, env_id, "--size", "600", *(part for one in arguments for part in ("--env-arg", one)))
    try:
        window = opened(xdotool, env_id)
        xdotool("windowfocus", window)
        time.sleep(1)
        for command in (("key", "Right"), ("mousemove", "--window", window, "480", "60"), ("click", "1"), ("key", "d")):
            xdotool(*command)
            time.sleep(0.4)
        xdotool("key", "Escape")
        out, err = game.communicate(timeout=PATIENCE)
    finally:
        game.kill()
        game.wait()
    assert game.returncode == 0, err
    assert f"{env_id}: {said}" in out
