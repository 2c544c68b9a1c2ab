import dataclasses

import numpy as np
import pytest

from gridworld_agents.comparison.curves import Curve
from gridworld_agents.report.content import (
    AgentInterval,
    Cell,
    Content,
    EnvironmentPart,
    Estimates,
    Failure,
    Picture,
    SortableTable,
)

AGENTS = ["q-learning", "sarsa", "acme/<b>odd</b> & 'quoted'"]
BAND = ("low", "middle", "high")
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"


def curve(agent, height):
    steps = np.linspace(0, 1000, 11)
    y = [None, *(height * np.exp(-steps[1:] / 300)).tolist()]
    low, high = ([None if v is None else v * share for v in y] for share in (0.8, 1.2))
    return Curve(agent=agent, steps=steps.tolist(), seconds=(steps / 100).tolist(), middle=y, low=low, high=high)


def returns(agent, height):
    """Return a curve of returns, below 0, that is known at every other point."""
    given = curve(agent, height)
    below = {name: [None if i % 2 else y and -y for i, y in enumerate(getattr(given, name))] for name in BAND}
    return dataclasses.replace(given, **below)


def table(caption):
    rows = [
        [Cell(text=agent), Cell(text=f"{score:g}", order=score), Cell(text=word, order=order)]
        for agent, score, word, order in zip(
            AGENTS, (10.0, 9.0, 100.0), ("1,000", "never", "20"), (1000, "Infinity", 20), strict=True
        )
    ]
    return SortableTable(caption=caption, headings=["agent", "score", "steps to 1%"], rows=rows)


@pytest.fixture
def content():
    """Return a report with everything that one can hold."""
    pictures = [
        Picture(agent="q-learning", still=PIXEL, alt="its policy", animation=PIXEL, animation_alt="an episode"),
        Picture(agent="sarsa", still=PIXEL, alt="its policy"),
    ]
    part = EnvironmentPart(
        label="GridWorld-v0",
        description="GridWorld-v0; 1,000 steps",
        measure="gap to the optimum",
        verdicts=["q-learning before sarsa."],
        band="The middle half.",
        curves=[curve(agent, i + 1.0) for i, agent in enumerate(AGENTS)],
        table=table("Final scores"),
        comparisons=table("Pairs"),
        pictures=pictures,
        metrics={"critic_loss": [curve(AGENTS[0], 1.0)]},
    )
    played = dataclasses.replace(
        part,
        label="Windy",
        measure="mean return",
        curves=[returns(agent, i + 1.0) for i, agent in enumerate(AGENTS)],
        comparisons=None,
        pictures=[],
        metrics={},
        optimum=-0.25,
    )
    intervals = [AgentInterval(agent=agent, estimate=0.5, low=0.4, high=0.6) for agent in AGENTS]
    return Content(
        title="Three agents </title> on two environments",
        summary="3 agents, 2 environments",
        verdicts=["q-learning is better than sarsa", "nothing else is <known>"],
        agents=AGENTS,
        environments=[part, played],
        aggregates=[Estimates(title="Interquartile mean", explanation="1 is best", intervals=intervals)],
        profiles=[curve(agent, 1.0) for agent in AGENTS],
        failures=[Failure(run="sarsa on Windy, seed 3", reason="ValueError", traceback="</script><b>no</b>")],
        hyper_parameters=table("Agents"),
        settings=[("seeds", "0, 1")],
        versions=[("numpy", "2.4")],
        command="gridworld compare --agents q-learning 'a b'",
        methods=["Everything was counted."],
    )
