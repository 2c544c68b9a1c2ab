"""What is public is declared at definitions; tables, stubs and the list of names, written by `make api`, follow."""

import ast
import difflib
import importlib
import os
import pathlib
import re
import subprocess
import sys
import textwrap

import pytest

ROOT = pathlib.Path(__file__).parents[1]
GENERATOR = ROOT / "docs" / "generator"

FIXED = {
    "gridworld_env": "Layout TabularMDP oracle rendering env_plugins authoring",
    "gridworld_env.oracle": "optimal evaluate epsilon_optimal finite_horizon stationary_distribution fine_grid "
    "linear_quadratic evaluate_gain",
    "gridworld_env.rendering": "Painter Recorder Scene Window draw record save",
    "gridworld_env.authoring": "TabularEnv TabularVectorEnv World grid_world export lazy",
    "gridworld_agents": "specs make load Judge Agent AgentSpec Episodes evaluate collect compare learn_seeds "
    "check_agent",
    "gridworld_agents.authoring": "TabularAgent ControlAgent PredictionAgent PlanningAgent kernel greedy "
    "epsilon_greedy largest move_towards export lazy",
    "gridworld_agents.callbacks": "Callback Checkpoints MetricsToCSV ProgressBar StopOnReturn",
}
"""Names that documents promise, and that no change of this project takes away without a line in CHANGELOG.md."""


@pytest.fixture(scope="module", autouse=True)
def generator():
    """Let the tests import what `make api` runs."""
    sys.path.insert(0, str(GENERATOR))
    yield
    sys.path.remove(str(GENERATOR))


@pytest.fixture(scope="module")
def source():
    from api_names import Source

    return Source()


def difference(there, made):
    return "".join(
        difflib.unified_diff(there.splitlines(keepends=True), made.splitlines(keepends=True), "is", "should be", n=0)
    )


def test_tables_and_stubs_follow_the_declarations(source):
    import api_modules

    written = api_modules.written(source)
    assert len(written) == 2 * len(source.lazy) >= 2 * len(set(source.modules()) - set(source.whole))
    stale = [
        f"{path.relative_to(ROOT)}\n{difference(there, text)}"
        for path, text in written.items()
        if (there := path.read_text(encoding="utf-8") if path.exists() else "") != text
    ]
    assert not stale, "run `make api`:\n" + "\n".join(stale)


def test_no_stub_is_left_of_a_module_that_is_gone(source):
    for folder in source.packages.values():
        for path in folder.rglob("*.pyi"):
            assert path.with_suffix(".py") in {source.files[module] for module in source.lazy}, path


def test_public_names_and_signatures_are_those_that_are_listed(source):
    import api_listing

    found = difference(api_listing.FILE.read_text(encoding="utf-8"), api_listing.listing(source))
    assert not found, f"if users shall see this change, run `make api` and tell it in CHANGELOG.md:\n{found}"


def test_promised_names_are_public(source):
    public = {each for module in source.modules() for each in [module, *(name.name for name in source.of(module))]}
    assert {f"{module}.{name}" for module, names in FIXED.items() for name in names.split()} <= public


def test_every_name_is_defined_where_its_table_says(source):
    missing = [each.name for each in source.names.values() if source.definition(each.place) is None]
    assert not missing


def test_modules_show_exactly_their_public_names(source):
    for name in ("gridworld_env", "gridworld_agents", "gridworld_agents.authoring", "gridworld_env.rendering"):
        shown = [each.last for each in source.of(name) if not each.deprecated] + source.submodules(name)
        assert dir(importlib.import_module(name)) == sorted(shown)


def package(folder, **files):
    """Write a package, and return its names as the generator reads them."""
    from api_names import Source

    for name, text in files.items():
        path = folder / "acme" / f"{name.replace('__in_', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return Source({"acme": folder / "acme"})


LAZY = "__getattr__, __dir__, __all__ = lazy(__name__, {})\n"


def test_a_name_given_twice_is_an_error_that_names_both_places(tmp_path):
    one, two = '@export("acme.Thing")\nclass One: ...\n', '\n@export("acme.Thing")\ndef two(): ...\n'
    with pytest.raises(ValueError, match=r"'acme.Thing'.*one\.py, line 2.*two\.py, line 3"):
        package(tmp_path, __init__=LAZY, one=one.replace("@", "\n@", 1), two=two.replace("@", "\n@"))
    with pytest.raises(ValueError, match=r"one\.py, line 1, and in .*one\.py, line 3"):
        package(tmp_path, one=one + one.replace("One", "Two"), two="")


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"__init__": "", "one": '@export("acme.f")\ndef f(): ...\n'}, "needs a module acme with the line"),
        ({"__init__": LAZY, "one": '@export("acme.parts.f")\ndef f(): ...\n'}, "needs a module acme.parts"),
        ({"__init__": LAZY, "one": '@export("acme.one")\ndef one(): ...\n'}, "has the name of a file"),
        ({"__init__": LAZY, "one": "@export(NAME)\ndef one(): ...\n"}, "plain strings, got NAME"),
    ],
)
def test_what_could_not_be_served_is_an_error(tmp_path, files, rule):
    with pytest.raises(ValueError, match=rule):
        package(tmp_path, **files)


def test_names_follow_imports_and_earlier_names_say_the_new(tmp_path):
    import api_listing
    import api_modules

    found = package(
        tmp_path,
        __init__=f'"""Acme."""\n\n{LAZY}',
        parts="class Base:\n    def run(self, n: int = 1) -> int: ...\n\n\ndef helper(x): ...\n",
        more="""
            from acme.parts import Base, helper

            export("acme.help_me")(helper)

            LIMIT = 3
            export("acme.LIMIT").constant("LIMIT")


            @export("acme.Child", "acme.Kid", deprecated=("acme.Baby",))
            @dataclasses.dataclass(frozen=True)
            class Child(Base):
                name: str
                _hidden: int = 0

                @property
                def size(self) -> int: ...
        """,
    )
    text = api_modules.table(found, "acme")
    assert '"help_me": "acme.parts:helper",' in text
    assert '"Baby": ("acme.more:Child", "acme.Child"),' in text
    stub = api_modules.stub(found, "acme")
    assert "from acme.parts import helper as help_me" in stub
    assert "from acme.more import Child as Baby" in stub
    assert '"Baby"' not in stub
    assert api_modules.with_table(found, "acme") == f'"""Acme."""\n\n{text}'
    assert api_listing.listing(found).splitlines()[1:] == [
        "acme: module",
        "acme.Baby: deprecated, use acme.Child",
        "acme.Child: class",
        "acme.Child(name: str, _hidden: int = 0)",
        "acme.Child.name: str",
        "acme.Child.run(n: int=1) -> int",
        "acme.Child.size: property -> int",
        "acme.Kid: another name of acme.Child",
        "acme.LIMIT = 3",
        "acme.help_me(x)",
    ]


def test_a_module_can_be_exported_as_it_is(tmp_path):
    import api_listing
    import api_modules

    code = 'export("acme.ops").module()\n\n\ndef gae(r, v): ...\n\n\ndef _hidden(): ...\n'
    found = package(tmp_path, __init__=LAZY, deep=code)
    assert '"ops": "acme.deep",' in api_modules.table(found, "acme")
    assert "from acme import deep as ops" in api_modules.stub(found, "acme")
    assert api_listing.listing(found).splitlines()[1:] == ["acme: module", "acme.ops: module", "acme.ops.gae(r, v)"]


def imported(text):
    """Yield what a piece of code takes from the two packages, as dotted names: imported, or by an attribute."""
    tree, modules = ast.parse(text), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and ours(node.module or ""):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            modules |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if ours(alias.name))
            modules |= {alias.asname or alias.name: alias.name for alias in node.names if ours(alias.name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}"


def ours(module):
    return module.split(".")[0] in {"gridworld_env", "gridworld_agents"}


def shown_code():
    """Yield every piece of Python that the documents and the examples show."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for code in re.findall(r"^ *```python\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE):
            yield page.name, textwrap.dedent(code)
    for script in (ROOT / "examples").rglob("*.py"):
        yield script.name, script.read_text()


def test_documents_and_examples_use_public_names_only(source):
    public, modules = set(source.names), set(source.modules())
    used = [(where, name) for where, code in shown_code() for name in imported(code)]
    assert len(used) > 100
    private = [
        f"{where}: {name}"
        for where, name in used
        if name not in public | modules and name.rpartition(".")[0] in modules | set(source.files)
    ]
    assert not private


USER = """
import gridworld_agents as ga
from gridworld_agents import callbacks
from gridworld_agents.authoring import TabularAgent, kernel, largest
from gridworld_env import Layout, TabularMDP, oracle, rendering

def learn(mdp: TabularMDP) -> float:
    best = oracle.optimal(mdp, gamma=0.9)
    reveal_type(best)
    reveal_type(ga.Judge.gap)
    reveal_type(rendering.draw)
    reveal_type(callbacks.Checkpoints("q.zip", every=10))
    reveal_type(largest(best.q, 0))
    reveal_type(TabularAgent.num_timesteps)
    reveal_type(ga.specs()[0].error)
    oracle.optimall
    return float(best.v[0])
"""
SEEN = [
    "gridworld_env.oracle.results.Solution",
    "def (self: gridworld_agents.evaluation.judge.Judge, agent: Any) -> float",
    "def (layout: ",
    "gridworld_agents.core.callbacks.Checkpoints",
    "float",
    "def (self: gridworld_agents.core.base.BaseAgent) -> int",
    "str | None",
    'Module has no attribute "optimall"',
]


@pytest.mark.slow
def test_a_type_checker_sees_signatures(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "user.py"]
    path = os.pathsep.join(map(str, (ROOT, ROOT / "agents")))
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "MYPYPATH": path}, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("user.py")]
    assert len(lines) == len(SEEN), done.stdout
    for line, seen in zip(lines, SEEN, strict=True):
        assert seen in line
