"""Files from anywhere: what is wrong is told, nothing is run, and memory is not taken before sizes are known."""

import functools
import io
import json
import math
import os
import pathlib
import pickle
import random
import re
import threading
import zipfile

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.core import files
from gridworld_agents.core.callbacks import Checkpoints, MetricsToCSV


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    """Return the members of a good file."""
    path = tmp_path_factory.mktemp("good") / "agent.zip"
    ga.make("mc-epsilon-greedy", gym.make("GridWorld-v0", layout=["S.", ".T"]), seed=0).learn(503).save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def npy(array, **how):
    file = io.BytesIO()
    np.save(file, array, **how)
    return file.getvalue()


def header(members, changes):
    """Return the members with other values in the header, each by its dotted way; only what is there is changed."""
    told = json.loads(members["agent.json"])
    for way, value in changes.items():
        *inside, last = way.split(".")
        part = functools.reduce(dict.__getitem__, inside, told)
        assert last in part
        part[last] = value
    return {**members, "agent.json": json.dumps(told).encode()}


def test_a_rewritten_file_is_read(members, tmp_path):
    agent = ga.load(write(tmp_path / "a.zip", header(members, {})))
    assert agent.num_timesteps == 503
    assert agent.q_values.shape == (4, 5)


class Malicious:
    def __reduce__(self):
        return os.mkdir, ("pwned",)


def nan_table():
    table = np.zeros((4, 5))
    table[2, 3] = np.nan
    return table


def claims(shape):
    """Return an array's header and nothing behind it."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<i8", "fortran_order": False, "shape": shape})
    return file.getvalue()


BAD_ARRAYS = {
    "another shape": ("memory.q.npy", npy(np.zeros((4, 4)))),
    "another rank": ("memory.q.npy", npy(np.zeros(20))),
    "another dtype": ("memory.q.npy", npy(np.zeros((4, 5), np.float32))),
    "another byte order": ("memory.q.npy", npy(np.zeros((4, 5), ">f8"))),
    "Fortran order": ("memory.q.npy", npy(np.asfortranarray(np.zeros((4, 5))))),
    "nan": ("memory.q.npy", npy(nan_table())),
    "infinity": ("memory.q.npy", npy(np.full((4, 5), np.inf))),
    "a pickle": ("memory.q.npy", npy(np.array([Malicious()], object), allow_pickle=True)),
    "a bare pickle": ("memory.q.npy", pickle.dumps(Malicious())),
    "too short": ("memory.q.npy", npy(np.zeros((4, 5)))[:-8]),
    "too long": ("memory.q.npy", npy(np.zeros((4, 5))) + b"12345678"),
    "empty": ("memory.q.npy", b""),
    "a huge shape": ("memory.s.npy", claims((10**12,))),
    "a shape below 0": ("memory.s.npy", claims((-1,))),
    "counts below 0": ("memory.visits.npy", npy(np.full((4, 5), -1))),
    "a state that is none": ("run.current.npy", npy(np.array([4, 0]))),
    "an action that is none": ("run.current.npy", npy(np.array([0, 5]))),
    "a clock below 0": ("run.log.elapsed.npy", npy(np.array([[-1]]))),
    "an episode beyond its end": ("memory.length.npy", npy(np.array([10**6]))),
    "an episode in a state that is none": ("memory.s.npy", npy(np.array([99]))),
}


@pytest.mark.parametrize("what", BAD_ARRAYS)
def test_bad_arrays(members, tmp_path, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    name, content = BAD_ARRAYS[what]
    path = write(tmp_path / "bad.zip", {**members, name: content})
    with pytest.raises(ga.AgentFileError, match=r"bad\.zip cannot be read as an agent: ."):
        ga.load(path)
    assert not (tmp_path / "pwned").exists()


EVEN = {"bit_generator": "PCG64", "state": {"state": 1, "inc": 2}, "has_uint32": 0, "uinteger": 0}
BAD_HEADERS = {
    "no number": {"seed": "1"},
    "a bool for a number": {"seed": True},
    "a negative seed": {"seed": -1},
    "no object": {"config": [1]},
    "unknown parameter": {"config": {"alpha": 0.1, "beta": 1}},
    "parameter out of range": {"config.alpha": 7},
    "no generator": {"generators": {}},
    "a generator that says nothing": {"generators.learn": [{}]},
    "too few generators": {"generators.learn": []},
    "another generator": {"generators.learn": [{"bit_generator": "MT19937"}]},
    "an even increment": {"generators.predict": [EVEN]},
    "half an environment state": {"notes.env_state": {"state": 0}},
    "no generator of the environment": {"notes.env_state.rng_state": EVEN},
    "no environment": {"notes": {}},
    "no numbers": {"spaces.observations.n": "4"},
    "no states": {"spaces.observations.n": 0},
    "very many states": {"spaces.observations.n": 10**15},
    "no actions": {"spaces.actions.n": 0},
    "very many actions": {"spaces.actions.n": 10**15},
    "another dtype": {"spaces.actions.dtype": "object"},
    "no such space": {"spaces.actions.type": "Graph"},
    "no spaces": {"spaces": {}},
    "another version": {"version": 99},
    "another format": {"format": "zip"},
    "an id that is none": {"id": 5},
}


@pytest.mark.parametrize("what", BAD_HEADERS)
def test_bad_headers(members, tmp_path, what):
    path = write(tmp_path / "bad.zip", header(members, BAD_HEADERS[what]))
    with pytest.raises(ga.AgentFileError, match=r"bad.zip"):
        ga.load(path)


def test_a_state_that_the_environment_refuses_begins_an_episode(members, tmp_path):
    path = write(tmp_path / "a.zip", header(members, {"notes.env_state.state": -4}))
    env = gym.wrappers.RecordEpisodeStatistics(gym.make("GridWorld-v0", layout=["S.", ".T"]))
    agent = ga.load(path, env).learn(20, reset_num_timesteps=False)
    assert agent.num_timesteps == 523
    assert np.isfinite(agent.q_values).all()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b'{"a": NaN}', b"[" * 100_000, b" " * (1 << 21)]
)
def test_bad_json(members, tmp_path, content):
    path = write(tmp_path / "bad.zip", {**members, "agent.json": content})
    with pytest.raises(ga.AgentFileError, match=r"bad.zip"):
        ga.load(path)


@pytest.mark.parametrize("name", ["agent.json", "memory.q.npy", "run.current.npy"])
def test_missing_members(members, tmp_path, name):
    path = write(tmp_path / "bad.zip", {other: content for other, content in members.items() if other != name})
    with pytest.raises(ga.AgentFileError, match=r"bad.zip"):
        ga.load(path)


def test_a_zip_bomb_is_refused_unopened(members, tmp_path):
    bomb = {**members, "memory.q.npy": bytes(1 << 26)}
    path = write(tmp_path / "bomb.zip", bomb, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(ga.AgentFileError, match="must be stored, neither compressed"):
        ga.load(path)


def test_two_members_of_one_name_are_refused(members, tmp_path):
    path = write(tmp_path / "bad.zip", members)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("memory.q.npy", b"x")
    with pytest.raises(ga.AgentFileError, match="two members of one name"):
        ga.load(path)


def test_no_zip_and_no_file(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"not a zip")
    with pytest.raises(ga.AgentFileError, match=r"a\.zip cannot be read as an agent: File is not a zip file"):
        ga.load(tmp_path / "a.zip")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        ga.load(tmp_path / "b.zip")


def test_another_agents_file_is_refused_by_the_class(members, tmp_path):
    path = write(tmp_path / "a.zip", members)
    q_learning = next(spec for spec in ga.specs() if spec.id == "q-learning").load()
    with pytest.raises(ga.AgentFileError, match="holds the agent 'mc-epsilon-greedy', not 'q-learning'"):
        q_learning.load(path)


def mutated(content, rng):
    """Return bytes with a few changes: flipped, overwritten, cut out, doubled or cut off."""
    content = bytearray(content)
    for _ in range(rng.choice([1, 1, 1, 3, 10])):
        if not content:
            break
        i, n = rng.randrange(len(content)), rng.randrange(1, 9)
        match rng.randrange(5):
            case 0:
                content[i] ^= 1 << rng.randrange(8)
            case 1:
                content[i : i + n] = rng.randbytes(n)
            case 2:
                del content[i : i + n]
            case 3:
                content[i:i] = content[i : i + n]
            case _:
                content[i : i + n] = rng.choice([b"\x00", b"\xff"]) * n
    return bytes(content[: rng.randrange(len(content) + 1)] if rng.random() < 0.05 else content)


def test_a_thousand_mutations_raise_one_error_or_load_an_agent_that_works(members, tmp_path):
    rng = random.Random(0)
    path = write(tmp_path / "good.zip", members)
    whole = path.read_bytes()
    env = gym.make("GridWorld-v0", layout=["S.", ".T"])
    loaded = refused = 0
    others = []
    for i in range(1000):
        if i % 2:
            path.write_bytes(mutated(whole, rng))
        else:  # inside a member, with a check sum that is right
            name = rng.choice(list(members))
            write(path, {**members, name: mutated(members[name], rng)})
        try:
            agent = ga.load(path, env)
        except ga.AgentFileError:
            refused += 1
        except ValueError as error:  # a file that is sound, of an agent for another environment
            others.append(str(error))
        else:
            agent.learn(20, reset_num_timesteps=False)
            assert np.isfinite(agent.q_values).all()
            loaded += 1
    assert all("env must have the spaces" in error for error in others)
    assert refused > 500
    assert loaded > 20  # values and unused bytes may change without harm


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "agent.zip"
    files.write(path, {"id": "x"}, {"a": np.zeros(2)})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        files.write(path, {"id": object()}, {})
    with pytest.raises(RuntimeError, match="half written"), files.atomic(path):
        raise RuntimeError("half written")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["agent.zip"]


def test_the_suffix_is_added_where_there_is_none(tmp_path):
    files.write(tmp_path / "agent", {"id": "x"}, {})
    assert [file.name for file in tmp_path.iterdir()] == ["agent.zip"]
    assert files.read_header(tmp_path / "agent")["id"] == files.read_header(tmp_path / "agent.zip")["id"] == "x"


@pytest.fixture(params=["an agent", "episodes"])
def saver(request, members, tmp_path_factory):
    """Return a function that saves something to a path, and one that says whether a file holds it."""
    if request.param == "an agent":
        agent = ga.load(write(tmp_path_factory.mktemp("saver") / "agent.zip", members))
        return agent.save, lambda path: ga.load(path).num_timesteps == 503
    logged = ga.collect(gym.make("GridWorld-v0"), "uniform", steps=500, seed=0)
    return logged.save, lambda path: len(ga.Episodes.load(path)) == 500


def test_threads_that_save_to_one_path_leave_a_whole_file(saver, tmp_path):
    """The last one counts; none meets the draft of another, as process ids in their names would have them do."""
    save, is_whole = saver
    path, raised = tmp_path / "one.zip", []

    def often():
        try:
            for _ in range(25):
                save(path)
        except OSError as error:
            raised.append(error)

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    assert is_whole(path)
    assert [file.name for file in tmp_path.iterdir()] == ["one.zip"]


def test_drafts_of_one_path_are_many(tmp_path):
    path = tmp_path / ("a" * 250)  # nearly as long as a name may be
    with files.atomic(path) as one, files.atomic(path) as other:
        one.write(b"1")
        other.write(b"2")
        assert one.name != other.name
    assert path.read_bytes() == b"1"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_nothing_else_names_drafts():
    """Whatever is written atomically is written by `files.atomic`, or into a folder with a name of its own."""
    root = pathlib.Path(__file__).parents[3]
    sources = [path for package in ("gridworld_env", "agents") for path in (root / package).rglob("*.py")]
    replacing = [path.name for path in sources if re.search(r"\.replace\((self\._)?target\)", path.read_text("utf-8"))]
    assert sorted(replacing) == ["appearing.py", "files.py", "recording.py"]
    naming = [path.name for path in sources if re.search(r"\.tmp\b", path.read_text("utf-8"))]
    assert naming == ["files.py"]


def test_a_folder_that_there_is_not_is_made(saver, tmp_path):
    save, is_whole = saver
    save(tmp_path / "no" / "such" / "folder" / "a.zip")
    assert is_whole(tmp_path / "no" / "such" / "folder" / "a.zip")
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        save(tmp_path / "file" / "a.zip")


def test_callbacks_make_their_folders(tmp_path):
    told = [MetricsToCSV(tmp_path / "x" / "m.csv", every=10), Checkpoints(tmp_path / "y" / "{steps}.zip", every=10)]
    ga.make("random", gym.make("GridWorld-v0"), seed=0).learn(20, callback=told)
    assert (tmp_path / "x" / "m.csv").read_text().count("\n") == 3
    assert sorted(file.name for file in (tmp_path / "y").iterdir()) == ["10.zip", "20.zip"]


UNREADABLE = {
    "a header that is too large": ({"id": "x", "text": "." * files.LARGEST_HEADER}, {}),
    "a header with not-a-number": ({"id": "x", "number": math.nan}, {}),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_could_not_be_read_again_is_not_written(what, tmp_path):
    header, arrays = UNREADABLE[what]
    path = tmp_path / "folder" / "a.zip"
    with pytest.raises(ValueError, match=r"an agent cannot be saved: .|Out of range float values"):
        files.write(path, header, arrays)
    assert not path.parent.exists()


def test_the_largest_header_is_read_again(tmp_path):
    empty = len(files.header_content({"id": ""}))
    files.write(tmp_path / "a", {"id": "." * (files.LARGEST_HEADER - empty)}, {})
    assert len(files.read_header(tmp_path / "a")["id"]) == files.LARGEST_HEADER - empty


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_agent_with_numbers_that_are_not_finite_leaves_the_old_file(value, tmp_path):
    agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0).learn(50)
    agent.save(tmp_path / "a.zip")
    agent.memory.q[3, 1] = value
    with pytest.raises(ValueError, match=r"memory\.q holds numbers that are not finite"):
        agent.save(tmp_path / "a.zip")
    assert ga.load(tmp_path / "a.zip").num_timesteps == 50
