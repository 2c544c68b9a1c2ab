"""Agents are found through entry points, and one that is broken fails alone."""

import sys
import time

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents.core import registry

OURS = ["mc-epsilon-greedy", "optimal", "q-learning", "random", "sarsa"]

MODULES = {
    "good": "class Made:\n    def __init__(self, env, *, seed=None, **kw): self.seed, self.kw = seed, kw\n",
    "broken_syntax": "def (:\n",
    "leaves": "raise SystemExit(3)\n",
    "lacks": "import no_such_module_anywhere\n",
    "breaks": "raise RuntimeError('boom')\n",
    "stops": "raise KeyboardInterrupt\n",
    "lacks_extra": "raise ModuleNotFoundError('No module', name='stable_baselines3.common')\n",
    "late": "class Made:\n    def __init__(self, env, *, seed=None): import no_such_module_anywhere\n",
    "thing": "Made = 3\n",
}


@pytest.fixture
def install(distribution, tmp_path):
    """Return a function that installs a distribution with entry points, and make the modules above importable."""
    for name, code in MODULES.items():
        (tmp_path / f"fake_{name}.py").write_text(code)
    yield distribution
    for name in MODULES:
        sys.modules.pop(f"fake_{name}", None)


def by_id(id_, distribution=None):
    return next(spec for spec in ga.specs() if spec.id == id_ and distribution in {None, spec.distribution})


def test_our_agents_are_found_without_errors():
    found = {spec.id: spec for spec in ga.specs()}
    assert set(OURS) <= set(found)
    for id_ in OURS:
        assert (found[id_].error, found[id_].distribution) == (None, "gridworld-env")
        assert found[id_].version
        assert found[id_].load().id == id_


def test_listing_imports_nothing(install, run_python):
    heavy = "('numba', 'scipy', 'torch', 'stable_baselines3', 'gridworld_env.envs')"
    code = f"import gridworld_agents as ga, sys; ga.specs(); print([m for m in {heavy} if m in sys.modules])"
    assert run_python(code) == "[]"
    install("acme", {"acme/breaks": "fake_breaks:Made"})
    assert by_id("acme/breaks").error is None
    assert "fake_breaks" not in sys.modules


def test_listing_is_quick():
    ga.specs()
    durations = []
    for _ in range(5):
        start = time.perf_counter()
        ga.specs()
        durations.append(time.perf_counter() - start)
    assert sorted(durations)[2] < 0.1


def test_a_strangers_agent_is_made_with_seed_and_hyper_parameters(install):
    install("acme-agents", {"acme/good": "fake_good:Made"})
    spec = by_id("acme/good")
    assert (spec.distribution, spec.version, spec.value, spec.error) == ("acme-agents", "1.2", "fake_good:Made", None)
    agent = ga.make("acme/good", gym.make("CartPole-v1"), seed=4, size=3)
    assert (agent.seed, agent.kw) == (4, {"size": 3})


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("broken_syntax", "SyntaxError"),
        ("leaves", "SystemExit: 3"),
        ("lacks", "ModuleNotFoundError: No module named 'no_such_module_anywhere'; .* is not installed"),
        ("breaks", "RuntimeError: boom"),
        ("thing", "3 is no factory"),
        ("late", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
    ],
)
def test_a_broken_agent_fails_alone(install, module, reason):
    install("acme-agents", {"acme/broken": f"fake_{module}:Made", "acme/good": "fake_good:Made"})
    with pytest.raises(ga.AgentPluginError, match=rf"'acme/broken' of acme-agents 1\.2 (?s:.*){reason}"):
        ga.make("acme/broken", gym.make("CartPole-v1"))
    assert ga.make("acme/good", gym.make("CartPole-v1")).seed is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("fake_good:NoSuch", "AttributeError: module 'fake_good' has no attribute 'NoSuch'"),
        ("fake_goood:Made", "ModuleNotFoundError: No module named 'fake_goood'; 'fake_goood' is not installed"),
        ("fake_good:Made", None),
    ],
)
def test_the_list_says_what_cannot_be_loaded(install, gridworld, value, reason):
    install("acme-agents", {"acme/tried": value})
    assert by_id("acme/tried").problem() == reason
    status, out, _ = gridworld("list", "agents")
    assert status == 0
    assert (f"{value} cannot be used: {(reason or '').split()[0]}" in out) if reason else ("cannot" not in out)


def test_the_problems_of_our_agents_are_those_that_loading_has(run_python):
    """Without loading them: PyTorch is told to be missing as quickly as anything is listed."""
    code = """
import sys
import gridworld_agents as ga
from gridworld_agents.core.registry import EXTRAS
sys.modules.update(dict.fromkeys(EXTRAS))
ours = [spec for spec in ga.specs() if spec.distribution == "gridworld-env"]
problems = [spec.problem() for spec in ours]
assert "numba" not in sys.modules
for spec, problem in zip(ours, problems):
    try:
        spec.load()
    except ga.AgentPluginError as error:
        extra = "sb3" if spec.id.startswith("sb3/") else "torch"
        assert problem.endswith(f'pip install "gridworld-env[{extra}]" brings it'), problem
    else:
        assert problem is None, spec
print(sum(problem is not None for problem in problems))
"""
    assert int(run_python(code)) >= 11


def test_an_attribute_that_is_not_there_is_reported(install):
    install("acme-agents", {"acme/absent": "fake_good:NoSuch"})
    with pytest.raises(ga.AgentPluginError, match="AttributeError"):
        by_id("acme/absent").load()


def test_ctrl_c_is_not_a_plugins_error(install):
    install("acme-agents", {"acme/stops": "fake_stops:Made"})
    with pytest.raises(KeyboardInterrupt):
        by_id("acme/stops").load()


@pytest.mark.parametrize("id_", ["sb3/ppo", "dqn"])
@pytest.mark.usefixtures("install")
def test_a_missing_extra_of_ours_is_named(id_):
    spec = registry.AgentSpec(id_, "gridworld-env", "0", "fake_lacks_extra:Made")
    with pytest.raises(ga.AgentPluginError, match=r'pip install "gridworld-env\[sb3\]" brings it'):
        spec.load()


@pytest.mark.parametrize("id_", ["plain", "Acme/Agent", "acme/my_agent", "acme/", "a/b/c"])
def test_ids_that_break_the_rules_are_reported(install, id_):
    install("acme-agents", {id_: "fake_good:Made"})
    spec = by_id(id_, "acme-agents")
    assert "kebab-case and in a namespace of its own" in spec.error
    assert repr(id_) in spec.error
    with pytest.raises(ga.AgentPluginError, match=r"acme-agents 1.2: its id must be"):
        spec.load()


def test_nobody_takes_an_id_of_ours(install):
    install("a-thief", {"q-learning": "fake_good:Made"})
    assert by_id("q-learning", "a-thief").error is not None
    assert ga.make("q-learning", gym.make("FrozenLake-v1")).id == "q-learning"


def test_the_second_claim_of_an_id_is_reported(install):
    install("zeta", {"acme/twice": "fake_breaks:Made"})
    install("alpha", {"acme/twice": "fake_good:Made"})
    assert by_id("acme/twice", "alpha").error is None
    assert "is taken by alpha 1.2 (fake_good:Made)" in by_id("acme/twice", "zeta").error
    assert ga.make("acme/twice", gym.make("CartPole-v1")).kw == {}


def test_a_distribution_that_cannot_be_read_hides_no_other(install, tmp_path):
    (tmp_path / "junk-1.0.dist-info").mkdir()
    (tmp_path / "junk-1.0.dist-info" / "entry_points.txt").write_bytes(b"[gridworld.agents]\n\xff\xfe\x00=\n")
    install("acme-agents", {"acme/good": "fake_good:Made"})
    assert by_id("acme/good").error is None


@pytest.mark.parametrize(("given", "nearest"), [("qlearning", "; did you mean 'q-learning'?"), ("zzz", "")])
def test_unknown_ids_suggest_the_nearest_and_say_where_all_are(given, nearest):
    with pytest.raises(ValueError, match="there is no agent") as told:
        ga.make(given, gym.make("FrozenLake-v1"))
    assert str(told.value) == f"there is no agent {given!r}{nearest} (`gridworld list agents` lists all)"


def test_an_id_instead_of_an_environment_is_refused():
    with pytest.raises(ValueError, match=r"got the id 'FrozenLake-v1': pass gymnasium.make\('FrozenLake-v1'\)"):
        ga.make("q-learning", "FrozenLake-v1")


@pytest.mark.parametrize("id_", OURS)
def test_a_file_finds_its_agent(id_, tmp_path):
    env = gym.make("FrozenLake-v1")
    ga.make(id_, env, seed=1).learn(50).save(tmp_path / "agent")
    agent = ga.load(tmp_path / "agent", env)
    assert agent.id == id_
    assert agent.num_timesteps == 50
    assert isinstance(agent, ga.Agent)


def test_a_file_of_an_agent_that_is_not_installed(tmp_path):
    from gridworld_agents.core import files

    files.write(tmp_path / "x.zip", {"id": "acme/gone"}, {})
    with pytest.raises(ga.AgentFileError, match=r"x.zip holds an agent that is not installed: .*'acme/gone'"):
        ga.load(tmp_path / "x.zip")
