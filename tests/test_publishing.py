"""What is published: one version, a wheel that works without the repository, environments that stand alone."""

import email
import pathlib
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile

import gymnasium as gym
import pytest

from gridworld_env import TabularMDP, oracle

ROOT = pathlib.Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WRITTEN = (ROOT / "gridworld_env/version.py").read_text(encoding="utf-8")
VERSION = re.search(r'^__version__ = "(.+)"$', WRITTEN, re.MULTILINE)[1]

HOSTS = re.compile(r"https?://([\w.-]+)")
REAL = {"semver.org", "doi.org", "www.w3.org"}
"""Hosts that the repository's files may name: they exist, and are meant."""


def test_the_version_is_the_same_wherever_it_is_asked_for(run_python):
    code = "import gridworld_env, gridworld_agents; print(gridworld_env.__version__, gridworld_agents.__version__)"
    assert run_python(code) == f"{VERSION} {VERSION}"
    code = "from gridworld_agents.command_line import main; main(['--version'])"
    assert run_python(code) == f"gridworld, version {VERSION}"
    assert "version" in PROJECT["project"]["dynamic"]
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\d\S*)", log, re.MULTILINE)[1] == VERSION


BLOCKED = """
import sys

ABSENT = {"torch", "click", "joblib", "filelock", "rich", "stable_baselines3", "gridworld_agents"}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""


def test_environments_alone_need_no_torch_click_or_joblib(run_python):
    code = """
import gymnasium as gym
import gridworld_env
from gridworld_env import TabularMDP, oracle

for name in ("GridWorld-v0", "GridWorld/FourRooms-v0", "ContinuousGridWorld-v0"):
    env = gym.make(name, render_mode="rgb_array")
    env.reset(seed=0)
    env.step(env.action_space.sample())
    assert env.render().ndim == 3
envs = gym.make_vec("GridWorld-v0", num_envs=8)
envs.reset(seed=0)
envs.step(envs.action_space.sample())
best = oracle.optimal(TabularMDP.from_env(gym.make("GridWorld-v0")), gamma=0.9)
print(float(best.v[0]))
"""
    best = oracle.optimal(TabularMDP.from_env(gym.make("GridWorld-v0")), gamma=0.9)
    found = run_python(BLOCKED + code, SDL_VIDEODRIVER="dummy", PYGAME_HIDE_SUPPORT_PROMPT="1")
    assert float(found) == pytest.approx(float(best.v[0]), abs=1e-3)


def test_extras_are_for_users_and_groups_for_development():
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
    named = re.fullmatch(r"gridworld-env\[(.+)\]", extras["all"][0])[1].split(",")
    assert sorted(named) == sorted(set(extras) - {"all"})
    assert set(groups) == {"bench", "dev", "docs"}
    assert not set(groups) & set(extras)


def test_the_pythons_that_are_named_may_install_it():
    named = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert named[0] == PROJECT["project"]["requires-python"].removeprefix(">=")


def test_no_address_is_invented():
    assert "urls" not in PROJECT["project"]
    folders = ("gridworld_env", "agents", "benchmarks", "docs", "examples")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*"))
    read = {".md", ".toml", ".py", ".html"}
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix in read}
    named = {(host, path.relative_to(ROOT).as_posix()) for path, text in texts.items() for host in HOSTS.findall(text)}
    assert len(texts) > 300
    assert not [one for one in named if one[0] not in REAL]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder of the sdist and of the wheel that is built from it."""
    pytest.importorskip("hatch_fancy_pypi_readme")
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run([*build, "-t", "sdist"], cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
        archive.extractall(out, filter="data")
    source = next(path for path in out.iterdir() if path.is_dir())
    subprocess.run([*build, "-t", "wheel"], cwd=source, check=True, capture_output=True)
    return out


@pytest.mark.slow
def test_every_file_of_the_packages_is_in_the_wheel(built):
    names = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())
    ours = {
        path.relative_to(folder).as_posix()
        for folder, package in ((ROOT, "gridworld_env"), (ROOT / "agents", "gridworld_agents"))
        for path in (folder / package).rglob("*")
        if path.is_file() and path.suffix in {".py", ".pyi", ".typed", ".css", ".html", ".js", ".json"}
    }
    inside = {name for name in names if ".dist-info/" not in name}
    assert inside == ours
    assert not [name for name in names if re.match(r"(tests|benchmarks|agents|examples|docs)/", name)]


@pytest.mark.slow
def test_the_sdist_holds_the_sources_and_nothing_that_was_made(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    for name in (
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "tests/conftest.py",
        "docs/index.md",
    ):
        assert name in names
    assert not [name for name in names if re.search(r"__pycache__|\.(pyc|nbi|nbc)$|^(build|dist|runs|\.venv)", name)]


@pytest.mark.slow
def test_an_index_shows_a_readme_without_links_into_the_repository(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    assert metadata["Version"] == VERSION
    shown = metadata.get_payload()
    assert "gridworld-env" in shown
    assert "<img" not in shown
    assert all(link.startswith("http") for link in re.findall(r"\]\(([^)]+)\)", shown))


@pytest.mark.slow
def test_the_wheel_works_without_the_repository(built, tmp_path, run_python):
    """Installed into a folder of its own, which stands first on the path; what it needs is this interpreter's."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([*pip, "--target", str(tmp_path / "site"), str(next(built.glob("*.whl")))], check=True)
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path / "site")!r})
import gymnasium as gym, gridworld_env, gridworld_agents as ga
from gridworld_agents.command_line import main
assert gridworld_env.__file__.startswith({str(tmp_path)!r}) and ga.__file__.startswith({str(tmp_path)!r})
agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, gamma=0.9).learn(1_000)
agent.save("q.zip")
assert ga.load("q.zip").num_timesteps == 1_000
main(["list", "agents"])
"""
    assert "q-learning" in run_python(code, tmp_path, COLUMNS="160")
