"""The site builds without a warning and without reaching for the network."""

import pathlib
import re
import subprocess
import sys

import pytest

import gridworld_agents
from gridworld_env import oracle
from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("furo", reason="pip install --group docs")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, ROOT / "docs" / "generator" / "make.py", "--out", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return out / "html"


@pytest.mark.slow
def test_every_environment_and_agent_has_a_page(site):
    for entry in (*TABLE, *MODELS, *CONTINUOUS):
        page = site / "environments" / f"{entry.id.replace('/', '-').lower()}.html"
        assert "<img" in page.read_text()
    for spec in gridworld_agents.specs():
        if spec.distribution == "gridworld-env":
            name = "stable-baselines3" if spec.id.startswith("sb3/") else spec.id
            assert spec.id in (site / "agents" / f"{name}.html").read_text()


@pytest.mark.slow
def test_public_names_can_be_linked_to(site):
    html = "\n".join(page.read_text() for page in (site / "api").glob("*.html"))
    for module in (gridworld_agents, oracle):
        for name in module.__all__:
            assert f'id="{module.__name__}.{name}"' in html


@pytest.mark.slow
def test_pages_need_no_network(site):
    """Links may lead elsewhere; scripts, styles, fonts and pictures may not."""
    loads = re.compile(r"<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        assert not loads.search(page.read_text()), page
    for style in site.rglob("*.css"):
        assert not re.search(r"@import|url\([\"']?(?:https?:)?//", style.read_text()), style


@pytest.mark.slow
def test_equations_are_mathml_and_every_page_is_in_the_navigation(site):
    theory = (site / "theory.html").read_text()
    assert theory.count("<math") > 20
    assert not re.search(r"<script[^>]*(mathjax|katex)", theory, re.IGNORECASE)
    for path in (ROOT / "docs").glob("*.md"):
        assert f'href="{path.stem}.html"' in theory or path.stem == "theory"
