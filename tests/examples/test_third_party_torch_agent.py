"""The plugin with networks: its own tests pass where it is installed, and what its README shows is what it prints."""

import pathlib
import re

import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.shown
ROOT = pathlib.Path(__file__).parents[2] / "examples" / "third_party_torch_agent"
AGENT = ROOT / "src" / "munchausen_dqn_agent" / "__init__.py"


@pytest.fixture(scope="module")
def installed(install):
    """Return a function that runs Python where the plugin is installed."""
    return install(ROOT)


def test_its_own_tests_pass(installed):
    # What every agent must do is tried by `gridworld check` below.
    ran = installed("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not contract", "source")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\n5 passed, 1 deselected in ", ran.stdout), ran.stdout


def test_it_is_found_and_checked(installed):
    command = "from gridworld_agents.command_line import main; main()"
    listed = installed("-c", command, "list", "agents")
    assert re.search(r"munchausen-dqn-agent 0\.1\.0\s+example/munchausen-dqn\s", listed.stdout), listed.stdout
    checked = installed("-c", command, "check", "example/munchausen-dqn")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert re.search(r"\n\d+ passed, 0 failed, \d+ skipped\n$", checked.stdout), checked.stdout


def test_its_readme_prints_what_it_says(installed):
    text = (ROOT / "README.md").read_text()
    code, shown = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL).groups()
    ran = installed("-W", "error", "-c", code)
    assert ran.stdout == shown, ran.stderr


def test_it_is_written_with_public_names_alone_and_short():
    text = AGENT.read_text()
    assert set(re.findall(r"from (gridworld\w+(?:\.\w+)*) import", text)) == {"gridworld_agents.authoring"}
    assert len(text.splitlines()) < 150
