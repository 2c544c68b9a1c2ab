"""Arrays that are shared: what is kept as it is can be written to by nobody, not by a view below it either."""

import mmap

import numpy as np
import pytest

from gridworld_env.authoring import frozen


def read_only(array):
    array.flags.writeable = False
    return array


def view_of_writable():
    return read_only(np.arange(6.0).view())


def view_of_view():
    return read_only(np.arange(6.0))[:].reshape(2, 3)[:]


def of_file(tmp_path, mode):
    np.save(tmp_path / "x.npy", np.arange(6.0))
    return np.load(tmp_path / "x.npy", mmap_mode=mode)


def of_buffer(buffer):
    return np.frombuffer(buffer, np.float64)


@pytest.mark.parametrize(
    "array",
    [read_only(np.arange(6.0)), view_of_view(), of_buffer(np.arange(6.0).tobytes())],
    ids=["owner", "view of a constant", "bytes"],
)
def test_what_nobody_can_write_to_is_kept(array):
    assert frozen(array) is array


def other_memory():
    file = mmap.mmap(-1, 48)
    file.write(np.arange(6.0).tobytes())
    return file


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0),
        view_of_writable(),
        read_only(view_of_writable()[1:]),
        read_only(of_buffer(bytearray(48))),
        of_buffer(memoryview(bytearray(48)).toreadonly()),
        read_only(of_buffer(other_memory())),
        read_only(np.asfortranarray(np.eye(3) + np.tri(3))),
    ],
    ids=["writable", "view", "part", "bytearray", "memoryview", "shared memory", "order"],
)
def test_anything_else_is_copied(array):
    kept = frozen(array)
    assert not np.shares_memory(kept, array)
    assert not kept.flags.writeable
    assert kept.flags.c_contiguous
    np.testing.assert_array_equal(kept, array)
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_a_mapped_file_is_copied_however_it_was_opened(tmp_path, mode):
    array = of_file(tmp_path, mode)
    assert not np.shares_memory(frozen(array), array)
