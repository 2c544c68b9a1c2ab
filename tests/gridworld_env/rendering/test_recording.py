"""Recordings hold what was added, and what goes wrong leaves nothing behind."""

import gc
import io
import os
import pathlib
import stat
import sys
import textwrap
import tracemalloc
import unittest.mock
import warnings

import imageio_ffmpeg
import numpy as np
import PIL.Image
import pytest

from gridworld_env.rendering.recording import Recorder, record

pytestmark = pytest.mark.shown

ENDINGS = [".gif", ".mp4", ".webp"]
FLOOR, WALL, AGENT = (250, 240, 225), (45, 60, 80), (215, 70, 40)


def grid_frames(count, height=48, width=64, cell=8):
    """Yield pictures of a grid world in three flat colours, the agent one cell further in each."""
    rng = np.random.default_rng(0)
    walls = rng.random((-(-height // cell), -(-width // cell))) < 0.3
    floor = np.where(walls[..., None], np.uint8(WALL), np.uint8(FLOOR))
    for t in range(count):
        cells = floor.copy()
        cells[(t // cells.shape[1]) % cells.shape[0], t % cells.shape[1]] = AGENT
        yield cells.repeat(cell, axis=0).repeat(cell, axis=1)[:height, :width]


def read_animation(path):
    """Return the frames of a GIF or WebP, their delays in milliseconds, and how often it loops, 0 being forever."""
    frames, delays = [], []
    with PIL.Image.open(path) as picture:
        loop = picture.info.get("loop")
        for t in range(picture.n_frames):
            picture.seek(t)
            frames.append(np.asarray(picture.convert("RGB")).astype(int))
            delays.append(picture.info["duration"])
    return np.stack(frames), delays, loop


def read_video(path):
    """Return the frames of an MP4 and what ffmpeg tells of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # imageio-ffmpeg's reader does not close its pipes
        reader = imageio_ffmpeg.read_frames(str(path))
        about = next(reader)
        width, height = about["size"]
        frames = [np.frombuffer(data, np.uint8).reshape(height, width, 3) for data in reader]
        del reader
        gc.collect()
    return np.stack(frames).astype(int), about


def add_all(recorder, frames):
    for frame in frames:
        recorder.add(frame)


def add_and_fall(recorder, frames):
    add_all(recorder, frames)
    raise RuntimeError("the agent fell")


def alone(path):
    """Whether a file is all that its folder holds."""
    return [entry.name for entry in path.parent.iterdir()] == [path.name]


def fake_ffmpeg(folder, monkeypatch, script):
    """Put a shell script in ffmpeg's place; `$REAL` is the real one."""
    real = imageio_ffmpeg.get_ffmpeg_exe()
    fake = folder / "fake-ffmpeg"
    fake.write_text(f"#!/bin/bash\nREAL={real}\n{textwrap.dedent(script)}")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))


@pytest.fixture
def folder(tmp_path):
    """An empty folder for recordings, beside whatever else a test needs."""
    made = tmp_path / "recordings"
    made.mkdir()
    return made


def test_webp_returns_every_pixel_and_loops_forever(folder):
    frames = list(grid_frames(20))
    path = record(folder / "episode.webp", frames, fps=10, hold=1.5)
    read, delays, loop = read_animation(path)
    np.testing.assert_array_equal(read, frames)
    assert delays[:-1] == [100] * 19
    assert sum(delays) == 2000 + 1500
    assert loop == 0
    assert alone(path)


def test_webp_is_lossless_for_noise(folder):
    noise = np.random.default_rng(1).integers(0, 256, (3, 17, 23, 3), dtype=np.uint8)
    read, _, _ = read_animation(record(folder / "noise.webp", noise))
    np.testing.assert_array_equal(read, noise)


def test_gif_keeps_flat_colours_and_loops_forever(folder):
    frames = list(grid_frames(20))
    path = record(folder / "episode.gif", frames, fps=8, hold=1.0)
    read, delays, loop = read_animation(path)
    assert read.shape == (20, 48, 64, 3)
    assert abs(read - np.stack(frames)).max() <= 1
    assert set(delays[:-1]) == {120, 130}
    assert sum(delays) == pytest.approx(2500 + 1000, abs=10)
    assert loop == 0
    assert alone(path)


def test_gif_finds_one_palette_for_colours_of_different_frames(folder):
    colours = np.random.default_rng(2).integers(0, 256, (240, 3), dtype=np.uint8)
    frames = [np.kron(part.reshape(4, 5, 3), np.ones((6, 6, 1), np.uint8)) for part in colours.reshape(12, 20, 3)]
    read, _, _ = read_animation(record(folder / "colours.gif", frames))
    assert abs(read - np.stack(frames)).max() <= 1


def test_gif_delays_sum_up_to_the_duration(folder):
    _, delays, _ = read_animation(record(folder / "fast.gif", grid_frames(48), fps=30, hold=0))
    assert set(delays) == {30, 40}
    assert sum(delays) == pytest.approx(48 * 1000 / 30, abs=10)


def test_mp4_has_size_rate_count_and_colours(folder):
    frames = list(grid_frames(20))
    path = record(folder / "episode.mp4", frames, fps=10, hold=0.5)
    read, about = read_video(path)
    assert about["size"] == (64, 48)
    assert about["fps"] == pytest.approx(10)
    assert about["duration"] == pytest.approx(2.5, abs=0.01)
    assert about["codec"] == "h264"
    assert about["pix_fmt"].startswith("yuv420p")
    assert "bt709" in about["pix_fmt"]
    assert read.shape == (25, 48, 64, 3)
    assert abs(read[:20] - np.stack(frames)).mean() < 2
    assert alone(path)


def test_mp4_shows_a_colour_as_it_is(folder):
    orange = np.full((64, 64, 3), (230, 90, 20), np.uint8)
    read, _ = read_video(record(folder / "orange.mp4", [orange] * 3))
    assert abs(read - orange).max() <= 4


def test_mp4_starts_before_it_is_all_there(folder):
    data = record(folder / "episode.mp4", grid_frames(5)).read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(("height", "width"), [(33, 47), (1, 1), (32, 31), (2, 3)])
def test_mp4_repeats_the_edge_of_an_odd_size(folder, height, width):
    frame = np.full((height, width, 3), 255, np.uint8)
    read, _ = read_video(record(folder / "odd.mp4", [frame, frame], hold=0))
    assert read.shape == (2, height + height % 2, width + width % 2, 3)
    assert read.min() >= 250


@pytest.mark.parametrize("ending", [".gif", ".webp"])
@pytest.mark.parametrize(("height", "width"), [(33, 47), (1, 1)])
def test_animations_keep_an_odd_size(folder, ending, height, width):
    frames = np.random.default_rng(3).integers(0, 4, (3, height, width, 3), dtype=np.uint8) * 80
    frames[:, 0, 0] = [[0, 80, 160], [80, 160, 240], [240, 0, 80]]
    read, _, _ = read_animation(record(folder / f"odd{ending}", frames))
    assert read.shape == frames.shape
    assert abs(read - frames).max() <= 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_single_frame_is_a_recording(folder, ending):
    (frame,) = grid_frames(1)
    path = record(folder / f"one{ending}", [frame], fps=4)
    if ending == ".mp4":
        read, about = read_video(path)
        assert len(read) == 5
        assert about["duration"] == pytest.approx(1.25, abs=0.01)
    else:
        with PIL.Image.open(path) as picture:
            assert picture.n_frames == 1
            read = np.asarray(picture.convert("RGB")).astype(int)[None]
    assert abs(read - frame).mean() < 2


def test_the_order_of_channels_and_strides_of_a_frame_do_not_matter(folder):
    frames = [np.asfortranarray(frame)[::-1, ::2] for frame in grid_frames(4)]
    read, _, _ = read_animation(record(folder / "view.webp", frames))
    np.testing.assert_array_equal(read, frames)


def test_a_frame_is_copied(folder):
    frames = list(grid_frames(6))
    buffer = np.empty_like(frames[0])
    with Recorder(folder / "buffer.webp", hold=0) as recorder:
        for frame in frames:
            buffer[...] = frame
            recorder.add(buffer)
            buffer[...] = 0
    read, _, _ = read_animation(recorder.path)
    np.testing.assert_array_equal(read, frames)


def test_endings_in_capitals_and_names_that_ffmpeg_could_misread(folder):
    odd = folder / "a%03d:b -i 'c"
    odd.mkdir()
    for name in ("-loop.GIF", "file:x%d.mp4", "http:w.WebP"):
        assert record(str(odd / name), grid_frames(2)) == odd / name
        assert (odd / name).stat().st_size > 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_memory_does_not_grow_with_length(folder, ending):
    """2,000 frames of 64 x 64 are 23 MiB; neither this process nor ffmpeg may hold them."""
    rss = []
    with Recorder(folder / f"long{ending}", hold=0) as recorder:
        tracemalloc.start()
        for t, frame in enumerate(grid_frames(2000, 64, 64)):
            recorder.add(frame)
            if t in {500, 1999} and sys.platform == "linux":
                status = pathlib.Path(f"/proc/{recorder._run._process.pid}/status").read_text()
                rss.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
        recorder.close()
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
    assert peak < 2
    assert not rss or rss[1] - rss[0] < 8
    if ending == ".gif":
        with PIL.Image.open(recorder.path) as picture:
            assert picture.n_frames == 2000


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("older", [False, True])
def test_an_exception_leaves_nothing_new(folder, ending, older):
    path = folder / f"episode{ending}"
    if older:
        path.write_bytes(b"older")
    recorder = Recorder(path)
    frames = grid_frames(5)
    with pytest.raises(RuntimeError, match="the agent fell"), recorder:
        add_and_fall(recorder, frames)
    assert path.read_bytes() == b"older" if older else not list(folder.iterdir())
    assert older == path.exists()
    assert not older or alone(path)
    assert recorder._run._process.returncode is not None
    with pytest.raises(ValueError, match="closed"):
        recorder.add(next(grid_frames(1)))
    recorder.close()
    assert older == path.exists()


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_older_file_stands_until_the_new_one_is_complete(folder, ending, monkeypatch):
    path = folder / f"episode{ending}"
    path.write_bytes(b"older")
    seen = []
    replace = pathlib.Path.replace

    def looking(self, target):
        seen.append((self.stat().st_size, path.read_bytes()))
        return replace(self, target)

    monkeypatch.setattr(pathlib.Path, "replace", looking)
    with Recorder(path) as recorder:
        for frame in grid_frames(5):
            recorder.add(frame)
            assert path.read_bytes() == b"older"
    ((size, before),) = seen
    assert before == b"older"
    assert path.stat().st_size == size > 100
    assert alone(path)


def test_a_link_stays_a_link(folder):
    (folder / "store").mkdir()
    kept = folder / "store" / "kept.gif"
    kept.write_bytes(b"older")
    link = folder / "latest.gif"
    link.symlink_to(kept)
    assert record(link, grid_frames(2)) == link
    assert link.is_symlink()
    assert kept.read_bytes().startswith(b"GIF89a")
    assert alone(kept)


def test_a_relative_path_means_the_folder_of_the_start(folder, monkeypatch, tmp_path):
    monkeypatch.chdir(folder)
    with Recorder("episode.gif") as recorder:
        recorder.add(next(grid_frames(1)))
        monkeypatch.chdir(tmp_path)
    assert alone(folder / "episode.gif")


@pytest.mark.parametrize("older", [False, True])
def test_no_frames_is_an_error_that_writes_nothing(folder, older):
    path = folder / "empty.gif"
    if older:
        path.write_bytes(b"older")
    with pytest.raises(ValueError, match=r"empty.gif is not written: a recording needs at least one frame, got none"):
        record(path, [])
    assert [entry.read_bytes() for entry in folder.iterdir()] == ([b"older"] if older else [])


@pytest.mark.parametrize("name", ["episode.avi", "episode", "episode.gif.png", ".gif"])
def test_another_ending_is_refused_before_any_work(folder, name):
    ending = pathlib.Path(name).suffix
    message = f"the ending of path must be one of '.gif', '.mp4', '.webp', got '{ending}'"
    with pytest.raises(ValueError) as caught:
        record(folder / name, (pytest.fail("a frame was taken") for _ in range(1)))
    assert str(caught.value).startswith(message)
    assert not list(folder.iterdir())


def test_a_missing_folder_is_refused_before_any_work(folder):
    with pytest.raises(OSError, match=r"path must be a file in a folder that exists, got .*episode.gif"):
        Recorder(folder / "nowhere" / "episode.gif")
    (folder / "taken.mp4").mkdir()
    with pytest.raises(OSError, match=r"path must be a file in a folder that exists, got .*taken.mp4"):
        Recorder(folder / "taken.mp4")
    assert alone(folder / "taken.mp4")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fps": 60}, r"fps of a .gif file must be in \[0.1, 50\], got 60"),
        ({"fps": 0}, r"fps of a .gif file must be in \[0.1, 50\], got 0"),
        ({"fps": float("nan")}, "fps must be a finite number, got nan"),
        ({"fps": "8"}, "fps must be a finite number, got '8'"),
        ({"hold": -1}, r"hold of a .gif file must be in \[0, 60\], got -1"),
        ({"total": 1.5}, "total must be an integer >= 0, got 1.5"),
        ({"progress": 1}, "progress must be True or False, got 1"),
    ],
)
def test_bad_arguments_are_refused_before_any_work(folder, arguments, message):
    with pytest.raises(ValueError, match=message):
        record(folder / "episode.gif", (pytest.fail("a frame was taken") for _ in range(1)), **arguments)
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("frame", "got"),
    [
        (None, "NoneType"),
        ([[[0, 0, 0]]], "list"),
        (np.zeros((4, 4, 3)), r"\(4, 4, 3\) float64"),
        (np.zeros((4, 4), np.uint8), r"\(4, 4\) uint8"),
        (np.zeros((4, 4, 4), np.uint8), r"\(4, 4, 4\) uint8"),
        (np.zeros((0, 4, 3), np.uint8), r"\(0, 4, 3\) uint8"),
    ],
)
def test_what_is_no_frame_is_refused(folder, frame, got):
    with Recorder(folder / "episode.webp", hold=0) as recorder:
        with pytest.raises(ValueError, match=rf"uint8 array of one shape \(H, W, 3\), got {got}"):
            recorder.add(frame)
        recorder.add(np.zeros((6, 4, 3), np.uint8))
        with pytest.raises(ValueError, match=r"uint8 array of one shape \(6, 4, 3\), got \(4, 6, 3\) uint8"):
            recorder.add(np.zeros((4, 6, 3), np.uint8))
    read, _, _ = read_animation(recorder.path)
    assert read.shape == (1, 6, 4, 3)


def test_closing_twice_is_closing_once(folder):
    recorder = Recorder(folder / "episode.gif")
    recorder.add(next(grid_frames(1)))
    recorder.close()
    written = recorder.path.read_bytes()
    recorder.close()
    assert recorder.path.read_bytes() == written
    with pytest.raises(ValueError, match=r"the recorder of .*episode.gif is closed; make another one"):
        recorder.add(next(grid_frames(1)))


def test_a_dead_ffmpeg_is_one_error(folder):
    path = folder / "episode.mp4"
    path.write_bytes(b"older")
    recorder = Recorder(path)
    frames = grid_frames(50, 256, 256)
    recorder.add(next(frames))
    recorder._run._process.kill()
    with pytest.raises(OSError, match=r"ffmpeg could not write .*episode.mp4: it ended with status -9"):
        add_all(recorder, frames)
    with pytest.raises(ValueError, match="closed"):
        recorder.add(next(grid_frames(1)))
    with pytest.raises(OSError, match=r"episode.mp4 is not written: adding a frame has failed"):
        recorder.close()
    assert path.read_bytes() == b"older"
    assert alone(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ffmpeg_that_talks_much_and_fails_neither_hangs_nor_hides_why(folder, tmp_path, monkeypatch, ending):
    fake_ffmpeg(tmp_path, monkeypatch, "yes 'frame is odd' | head -n 50000 >&2; cat > /dev/null; echo why >&2; exit 3")
    with pytest.raises(OSError, match=f"ffmpeg could not write .*episode{ending}: .*why$") as caught:
        record(folder / f"episode{ending}", grid_frames(30, 256, 256))
    assert str(caught.value).count("frame is odd") == 2
    assert not list(folder.iterdir())


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no full device to write to")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_one_error(folder, tmp_path, monkeypatch, ending):
    fake_ffmpeg(tmp_path, monkeypatch, 'exec "$REAL" -y "${@:1:$#-1}" /dev/full')
    (folder / f"episode{ending}").write_bytes(b"older")
    with pytest.raises(OSError, match=f"ffmpeg could not write .*episode{ending}: .*No space left on device"):
        record(folder / f"episode{ending}", np.random.default_rng(4).integers(0, 256, (9, 99, 99, 3), dtype=np.uint8))
    assert (folder / f"episode{ending}").read_bytes() == b"older"
    assert alone(folder / f"episode{ending}")


@pytest.mark.parametrize("step", ["palettegen", "paletteuse"])
def test_a_failing_pass_of_a_gif_leaves_nothing(folder, tmp_path, monkeypatch, step):
    fake_ffmpeg(
        tmp_path, monkeypatch, f'[[ "$*" == *{step}* ]] && {{ echo no {step} >&2; exit 1; }}; exec "$REAL" "$@"'
    )
    with pytest.raises(OSError, match=f"no {step}"):
        record(folder / "episode.gif", grid_frames(3))
    assert not list(folder.iterdir())


def test_an_interrupted_frame_ends_the_recording(folder, monkeypatch):
    recorder = Recorder(folder / "episode.mp4")
    recorder.add(next(grid_frames(1)))
    monkeypatch.setattr(recorder._run, "write", unittest.mock.Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        recorder.add(next(grid_frames(1)))
    with pytest.raises(OSError, match="is not written"):
        recorder.close()
    assert not list(folder.iterdir())


def test_an_interrupt_from_the_keyboard_does_not_reach_ffmpeg(folder):
    with Recorder(folder / "episode.mp4") as recorder:
        recorder.add(next(grid_frames(1)))
        assert os.getsid(recorder._run._process.pid) != os.getsid(0)


@pytest.mark.parametrize("frames", [0, 3])
def test_a_forgotten_recorder_leaves_nothing(folder, frames):
    recorder = Recorder(folder / "episode.mp4")
    for frame in grid_frames(frames):
        recorder.add(frame)
    process = recorder._run._process if frames else None
    assert list(folder.iterdir())
    del recorder  # warnings are errors here, those from a finalizer too
    gc.collect()
    assert process is None or process.returncode is not None
    assert not list(folder.iterdir())


def test_an_exit_with_an_open_recorder_leaves_nothing(folder, run_python):
    code = f"""
        import numpy as np
        from gridworld_env.rendering.recording import Recorder
        recorder = Recorder({str(folder / "episode.gif")!r})
        recorder.add(np.zeros((8, 8, 3), np.uint8))
        print(recorder._run._process.pid)
    """
    pid = int(run_python(textwrap.dedent(code)))
    assert not list(folder.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_importing_the_module_loads_neither_library(run_python):
    code = "import gridworld_env.rendering.recording, sys; print({'imageio_ffmpeg', 'rich', 'PIL'} & {*sys.modules})"
    assert run_python(code) == "set()"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "progress", "drawn"), [(Terminal, True, True), (Terminal, False, False), (io.StringIO, True, False)]
)
def test_the_bar_is_drawn_on_a_terminal_alone(folder, monkeypatch, capsys, stream, progress, drawn):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream())
    record(folder / "episode.gif", grid_frames(7), total=7, progress=progress)
    assert ("recording" in sys.stderr.getvalue()) == drawn
    assert ("100%" in sys.stderr.getvalue()) == drawn
    assert capsys.readouterr().out == ""


def test_the_file_is_readable_as_any_other_new_file(folder):
    other = folder / "other"
    other.touch()
    path = record(folder / "episode.gif", grid_frames(2))
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_frames_give_the_same_file(folder, ending):
    first, second = (record(folder / f"{name}{ending}", grid_frames(10)).read_bytes() for name in "ab")
    assert first == second
