"""Windows on a display in memory: what they show, the keys they take, and that each goes its own way.

Every test runs in an interpreter of its own, for SDL holds one display in a process.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.shown

PRELUDE = '''
import ctypes
import json
import os
import subprocess
import time

import gymnasium as gym
import numpy as np
from gridworld_env.rendering import NoDisplayError, Window
from gridworld_env.rendering.backend import pygame_module

pg = pygame_module()


def say(**items):
    print(json.dumps(items))


def stripes(height=60, width=90):
    frame = np.zeros((height, width, 3), np.uint8)
    frame[:, ::3] = (200, 40, 10)
    frame[: height // 2] += 50
    return frame


def screenshot(x, y, width, height):
    """Return a part of the screen as the display server has it, through the X library: (height, width, 3) uint8."""
    library = ctypes.CDLL("libX11.so.6")
    for name in ("XOpenDisplay", "XGetImage"):
        getattr(library, name).restype = ctypes.c_void_p
    library.XDefaultRootWindow.restype = library.XGetPixel.restype = ctypes.c_ulong
    display = ctypes.c_void_p(library.XOpenDisplay(None))
    root = ctypes.c_ulong(library.XDefaultRootWindow(display))
    image = library.XGetImage(display, root, x, y, width, height, ctypes.c_ulong(0xFFFFFF), 2)
    assert image, "the display server gives no picture"
    pixels = [[library.XGetPixel(ctypes.c_void_p(image), i, j) for i in range(width)] for j in range(height)]
    library.XCloseDisplay(display)
    return np.array(pixels)[..., None] >> np.array([16, 8, 0]) & 255


def is_shown(window, frame, at=(0, 0)):
    """Return whether a frame can be seen on the screen, so far from a window's corner; wait for it a little."""
    for _ in range(40):
        x, y = window._window.position
        if (screenshot(x + at[0], y + at[1], frame.shape[1], frame.shape[0]) == frame).all():
            return True
        time.sleep(0.05)
    return False


def x_window(title):
    """Return the display server's number of a window."""
    for _ in range(40):
        found = subprocess.run(["xdotool", "search", "--class", ".*"], capture_output=True, text=True).stdout.split()
        for number in found:
            name = subprocess.run(["xdotool", "getwindowname", number], capture_output=True, text=True).stdout.strip()
            if name == title:
                return number
        time.sleep(0.05)
    raise AssertionError(f"no window {title!r}")


def post(window, kind, **items):
    assert pg.event.post(pg.event.Event(kind, window=getattr(window, "_window", window), **items))


def env_of(**arguments):
    return gym.make("gridworld_env:GridWorld-v0", render_mode="human", render_size=100, **arguments)


def shown_in(env):
    """Return what a window's surface holds: (height, width, 3) uint8."""
    surface = env.unwrapped._watcher.window._window.get_surface()
    return pg.surfarray.array3d(surface).transpose(1, 0, 2)


def frame_of(env):
    return env.unwrapped._watcher.frame(env.unwrapped.state)
'''


@pytest.fixture
def shown(run_shown):
    """Return a function that runs code on the display in memory and returns what it says."""

    def run(code):
        return json.loads(run_shown(PRELUDE + textwrap.dedent(code)))

    return run


@pytest.fixture
def xdotool():
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed: apt-get install xdotool")


def test_a_window_shows_the_pixels_of_a_frame_and_no_others(shown):
    said = shown("""
        window = Window("a window", 1000)
        first, second = stripes(), stripes()[::-1].copy()
        window.show(first)
        size = window._window.size
        one = is_shown(window, first)
        first[:] = 0  # the window has shown it already
        window.show(second)
        two = is_shown(window, second)
        x, y = window._window.position
        window.close()
        time.sleep(0.2)
        gone = int(screenshot(x, y, 90, 60).max())
        window.show(second)
        say(size=size, one=one, two=two, gone=gone, title=window.title, driver=pg.display.get_driver(),
            again=window._window is not None, audio=pg.mixer.get_init(), everything=pg.get_init())
    """)
    assert said == {
        "size": [90, 60],
        "one": True,
        "two": True,
        "gone": 0,
        "title": "a window",
        "driver": "x11",
        "again": False,
        "audio": None,
        "everything": False,
    }


def test_an_environments_window_shows_its_frames(shown):
    said = shown("""
        env = env_of()
        env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 1000}
        rng, same = np.random.default_rng(0), []
        assert env.unwrapped._watcher.window is None  # none before the first frame
        env.reset(seed=0)
        window = env.unwrapped._watcher.window
        for action in rng.integers(0, 5, 10):
            env.step(action)
            same.append(bool((shown_in(env) == frame_of(env)).all()))
        seen = is_shown(window, frame_of(env))
        said = env.render()
        line = env.unwrapped.scene().heads_up
        env.unwrapped.overlay(values=np.arange(25))
        env.render()
        say(same=all(same), seen=seen, said=said, line=line, overlaid=bool((shown_in(env) == frame_of(env)).all()),
            title=window.title, audio=pg.mixer.get_init())
    """)
    line, title = said.pop("line"), said.pop("title")
    assert said == {"same": True, "seen": True, "said": None, "overlaid": True, "audio": None}
    assert line.startswith("step 10   return ")
    assert title == "GridWorld-v0"


def test_a_vector_environments_window_shows_all_copies(shown):
    said = shown("""
        import gridworld_env
        from gridworld_env.rendering import tiled
        envs = gym.make_vec("GridWorld-v0", num_envs=5, vectorization_mode="vector_entry_point", render_mode="human",
                            render_size=50)
        envs.metadata = {**envs.metadata, "render_fps": 1000}
        envs.reset(seed=0)
        envs.step(np.ones(5, np.int64))
        watcher = envs._watcher
        frame = tiled([watcher.frame(s) for s in envs.states.tolist()])
        seen = is_shown(watcher.window, frame)
        post(watcher.window, pg.WINDOWCLOSE)
        envs.step(np.ones(5, np.int64))
        said = envs.render()
        envs.close()
        say(seen=seen, closed=watcher.window.closed, said=said)
    """)
    assert said == {"seen": True, "closed": True, "said": None}


def test_a_window_takes_its_own_keys(shown):
    said = shown("""
        one, two = Window("one", 1000), Window("two", 1000)
        for window in (one, two):
            window.show(stripes())
        post(one, pg.KEYDOWN, key=pg.K_a)
        post(two, pg.KEYDOWN, key=pg.K_UP)
        post(one, pg.KEYUP, key=pg.K_a)
        post(one, pg.KEYDOWN, key=pg.K_SPACE)
        one.show(stripes())  # keys are not lost to a frame
        keys = [two.pressed(), one.pressed(), one.pressed(), two.pressed()]
        for _ in range(70_000):  # more than SDL's queue holds
            try:
                pg.event.post(pg.event.Event(pg.MOUSEMOTION, pos=(1, 1), rel=(0, 1), buttons=(0, 0, 0)))
            except pg.error:
                break
        one.show(stripes())
        post(one, pg.KEYDOWN, key=pg.K_z)
        say(keys=keys, late=one.pressed())
    """)
    assert said == {"keys": [["up"], ["a", "space"], [], []], "late": ["z"]}


@pytest.mark.usefixtures("xdotool")
def test_real_keys_reach_the_window_that_has_the_focus(shown):
    said = shown("""
        one, two = Window("one", 1000), Window("two", 1000)
        taken = []
        for window in (one, two):
            window.show(stripes())
        for window, keys in ((one, ["a", "Up"]), (two, ["space", "Escape", "7"])):
            subprocess.run(["xdotool", "windowfocus", "--sync", x_window(window.title)], check=True)
            one.show(stripes()), two.show(stripes())
            subprocess.run(["xdotool", "key", *keys], check=True)
            found = {one: [], two: []}
            for _ in range(40):
                for each in found:
                    each.show(stripes())
                    found[each] += each.pressed()
                if len(found[window]) == len(keys):
                    break
                time.sleep(0.05)
            taken.append([found[one], found[two]])
        say(taken=taken)
    """)
    assert said == {"taken": [[["a", "up"], []], [[], ["space", "escape", "7"]]]}


@pytest.mark.usefixtures("xdotool")
def test_a_window_of_another_size_shows_the_frame_as_large_as_it_fits(shown):
    said = shown("""
        window, frame = Window("a window", 1000), np.full((60, 90, 3), 200, np.uint8)
        window.show(frame)
        subprocess.run(["xdotool", "windowsize", "--sync", x_window("a window"), "200", "120"], check=True)
        for _ in range(40):
            window.show(frame)
            if window._window.size == (200, 120):
                break
            time.sleep(0.05)
        sides = np.zeros((120, 10, 3), np.uint8)
        fitted = is_shown(window, np.full((120, 180, 3), 200, np.uint8), (10, 0))
        barred = is_shown(window, sides) and is_shown(window, sides, (190, 0))
        window.show(np.full((80, 90, 3), 100, np.uint8))
        say(fitted=fitted, barred=barred, kept=window._window.size)
    """)
    assert said == {"fitted": True, "barred": True, "kept": [200, 120]}


def test_a_window_that_nobody_has_resized_goes_with_its_frames(shown):
    said = shown("""
        env = env_of()
        env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 1000}
        env.reset(seed=0)
        window = env.unwrapped._watcher.window
        sizes = [window._window.size]
        env.unwrapped.overlay(caption="a caption", trail=0)  # too small for text: the size stays
        env.render()
        sizes.append(window._window.size)
        window.show(stripes(150, 240))
        sizes.append(window._window.size)
        say(sizes=sizes, seen=is_shown(window, stripes(150, 240)))
    """)
    assert said == {"sizes": [[100, 100], [100, 100], [240, 150]], "seen": True}


def test_closing_a_window_is_honoured_and_the_episode_goes_on(shown):
    said = shown("""
        env = env_of()
        env.reset(seed=0)
        window = env.unwrapped._watcher.window
        post(window, pg.WINDOWCLOSE)
        post(None, pg.QUIT)  # SDL's own, after the last window
        env.step(0)
        start = time.perf_counter()
        for action in (1, 2, 3, 1) * 20:
            state = env.step(action)[0]
            said = env.render()
        env.reset(seed=1)
        took = time.perf_counter() - start
        other = env_of()
        other.unwrapped.metadata = {**other.unwrapped.metadata, "render_fps": 1000}
        other.reset(seed=2)
        say(closed=window.closed, window=window._window is None, said=said, quick=took < 1, state=env.unwrapped.state,
            other=bool((shown_in(other) == frame_of(other)).all()))
        env.close()
        env.close()
        other.close()
    """)
    state = said.pop("state")
    assert said == {"closed": True, "window": True, "said": None, "quick": True, "other": True}
    assert 0 <= state < 25


def test_signals_end_what_shows_windows_and_a_quit_closes_them():
    code = """
        import os, signal
        import numpy as np
        from gridworld_env.rendering import Window
        from gridworld_env.rendering.backend import pygame_module
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which is not there in a job in the background
        window, other, frame = Window("one", 1000), Window("two", 1000), np.zeros((60, 90, 3), np.uint8)
        window.show(frame), other.show(frame)
        try:
            os.kill(os.getpid(), signal.SIGINT)
            window.show(frame)
        except KeyboardInterrupt:
            print("interrupted", window.closed)
        pg = pygame_module()
        pg.event.post(pg.event.Event(pg.QUIT))
        window.pressed()
        print(window.closed, other.closed)
        pg.event.post(pg.event.Event(pg.QUIT))
        last = Window("last", 1000)
        last.show(frame)
        print(last.closed, flush=True)
        os.kill(os.getpid(), signal.SIGTERM)
    """
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["interrupted", "False", "True", "True", "False"], done.stderr
    assert done.returncode == -signal.SIGTERM


def test_closing_one_environment_leaves_the_others_windows(shown):
    said = shown("""
        one, two = env_of(), env_of(layout=["S.", ".T"])
        for env in (one, two):
            env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 1000}
            env.reset(seed=0)
        titles = one.unwrapped._watcher.window._window.id, two.unwrapped._watcher.window._window.id
        one.close()
        two.step(1)
        seen = is_shown(two.unwrapped._watcher.window, frame_of(two))
        post(two.unwrapped._watcher.window, pg.KEYDOWN, key=pg.K_b)
        keys = two.unwrapped._watcher.window.pressed()
        say(apart=titles[0] != titles[1], seen=seen, keys=keys, gone=one.unwrapped._watcher.window._window is None)
    """)
    assert said == {"apart": True, "seen": True, "keys": ["b"], "gone": True}


def test_windows_of_gymnasiums_environments_and_ours_live_and_die_apart(shown):
    said = shown("""
        import warnings
        warnings.simplefilter("ignore")  # of gymnasium's toy environments
        ours = env_of()
        ours.unwrapped.metadata = {**ours.unwrapped.metadata, "render_fps": 1000}

        def lake():
            env = gym.make("FrozenLake-v1", render_mode="human")
            env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 1000}
            env.reset(seed=0)
            return env

        def showing():
            ours.step(1)
            return bool((shown_in(ours) == frame_of(ours)).all())

        first = lake()
        ours.reset(seed=0)
        both = showing()
        post(None, pg.KEYDOWN, key=pg.K_q)  # meant for neither of ours
        ours.render()
        foreign = [event.key for event in pg.event.get(pg.KEYDOWN)] == [pg.K_q]
        first.step(1)
        first.close()  # it calls pygame.quit()
        survived = showing() and is_shown(ours.unwrapped._watcher.window, frame_of(ours))
        second = lake()
        beside = showing()
        post(ours.unwrapped._watcher.window, pg.WINDOWCLOSE)
        ours.step(1)
        closed = ours.unwrapped._watcher.window.closed
        another = env_of()
        another.reset(seed=0)
        another.close()
        second.step(1)
        second.render()
        surface = pg.display.get_surface()
        alive = surface is not None and pg.surfarray.array3d(surface).std() > 0
        second.close()
        ours.close()
        say(both=both, foreign=foreign, survived=survived, beside=beside, closed=closed, alive=bool(alive),
            quit=not pg.display.get_init())
    """)
    assert said == dict.fromkeys(["both", "foreign", "survived", "beside", "closed", "alive", "quit"], True)


def test_frames_come_at_the_rate_asked_for_and_no_slower(shown):
    said = shown("""
        took = {}
        for fps in (20, 50):
            window = Window("a window", fps)
            window.show(stripes())
            start = time.perf_counter()
            for _ in range(10):
                window.show(stripes())
            took[fps] = time.perf_counter() - start
            start = time.perf_counter()
            for _ in range(10):
                window.show(stripes(), wait=False)
            took[f"{fps} without waiting"] = time.perf_counter() - start
        env = env_of()
        env.reset(seed=0)
        start = time.perf_counter()
        for _ in range(4):
            env.step(1)
        took["environment"] = (time.perf_counter() - start) * env.metadata["render_fps"]
        say(took=took)
    """)["took"]
    assert 0.4 < said["20"] < 0.8
    assert 0.15 < said["50"] < 0.45
    assert said["20 without waiting"] < 0.2
    assert 3 < said["environment"] < 6


@pytest.mark.parametrize("driver", ["x11", None])
def test_no_display_is_told_with_the_ways_out(run_python, monkeypatch, driver):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    code = """
        window = Window("a window", 8)
        for _ in range(2):
            try:
                window.show(stripes())
            except NoDisplayError as error:
                said = str(error)
        window.close()
        frames = gym.make("gridworld_env:GridWorld-v0", render_mode="rgb_array", render_size=50)
        frames.reset(seed=0)
        say(said=said, error=issubclass(NoDisplayError, RuntimeError), frame=frames.render().shape)
    """
    environment = {} if driver is None else {"SDL_VIDEODRIVER": driver}
    said = json.loads(run_python(PRELUDE + textwrap.dedent(code), **environment))
    assert said["said"].startswith("no window can be opened here (")
    assert said["said"].endswith("): use render_mode='rgb_array' or 'ansi', or start a display")
    assert (said["error"], said["frame"]) == (True, [50, 50, 3])


def test_an_environment_without_a_display_says_so(run_python, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code = """
        env = env_of()
        try:
            env.reset(seed=0)
        except NoDisplayError as error:
            say(said=str(error))
    """
    said = json.loads(run_python(PRELUDE + textwrap.dedent(code), SDL_VIDEODRIVER="x11"))
    assert "use render_mode='rgb_array' or 'ansi'" in said["said"]


def test_a_copy_of_an_environment_with_a_window_opens_its_own(shown):
    said = shown("""
        import copy
        import pickle
        env = env_of()
        env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 1000}
        env.reset(seed=0)
        window = env.unwrapped._watcher.window
        copies = [copy.deepcopy(env), pickle.loads(pickle.dumps(env))]
        for other in copies:
            other.step(1)
            other.close()
        env.step(1)
        say(ours=not window.closed and window is env.unwrapped._watcher.window,
            theirs=all(other.unwrapped._watcher.window is not window for other in copies),
            shown=bool((shown_in(env) == frame_of(env)).all()))
    """)
    assert said == {"ours": True, "theirs": True, "shown": True}
