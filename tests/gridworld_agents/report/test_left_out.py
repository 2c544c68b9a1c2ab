"""What cannot be drawn is left out of a report, and said; the rest of it stands."""

import dataclasses

import pytest

from gridworld_agents.report.figures import draw
from gridworld_agents.report.page import render

pytestmark = pytest.mark.shown

pytest.importorskip("jinja2")
pytest.importorskip("plotly")
pytest.importorskip("matplotlib")


def test_labels_are_no_mathematics(content, tmp_path):
    agents = [r"$\badmacro$", "costs $5", r"\$x$"]
    named = dict(zip(content.agents, agents, strict=True))
    part = dataclasses.replace(
        content.environments[0],
        label=r"$\frac{1}$",
        curves=[dataclasses.replace(one, agent=named[one.agent]) for one in content.environments[0].curves],
    )
    written, left_out = draw(
        dataclasses.replace(content, agents=agents, environments=[part], aggregates=[]), tmp_path / "figures"
    )
    assert [path.name for path in written] == ["curves-1.png", "curves-1.pdf"]
    assert not left_out


def test_a_figure_that_fails(content, tmp_path):
    broken = dataclasses.replace(content.environments[0], curves=[dataclasses.replace(content.profiles[0], agent="?")])
    parts = [broken, content.environments[1]]
    written, left_out = draw(dataclasses.replace(content, environments=parts, aggregates=[]), tmp_path / "figures")
    assert [path.name for path in written] == ["curves-2.png", "curves-2.pdf"]
    (reason,) = left_out
    assert reason.startswith("The figure curves-1 is left out: ")
    assert "The figure curves-1 is left out" in render(dataclasses.replace(content, left_out=left_out))
    assert "left out:" not in render(content)
