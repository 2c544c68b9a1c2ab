"""A page for each agent, from its file's docstring, its hyper-parameters, and trying it on several kinds of spaces."""

from __future__ import annotations

import functools
import importlib
import pathlib
import tomllib
from typing import TYPE_CHECKING, Any

import agent_ends
import agent_pictures
import agent_tests
import gymnasium as gym
from docstrings import docstring, first_line, paragraphs, plain, slug, table

import gridworld_agents as ga
from gridworld_agents.command_line.agent_flags import options
from gridworld_agents.core.about import FAMILIES, family

if TYPE_CHECKING:
    from gridworld_agents.core.registry import AgentSpec

PROBES = {
    "GridWorld-v0": "finite, with a known model",
    "Blackjack-v1": "finite, without a model",
    "CartPole-v1": "continuous observations, finite actions",
    "Pendulum-v1": "continuous observations and actions",
}
"""What every agent is tried on, and what that stands for."""

BASELINES = "baselines"

WORDS = pathlib.Path(__file__).resolve().parents[1] / "agents.toml"
"""The idea, the update, and when to use each agent: what its own file, which says how, does not say."""


def ours() -> list[AgentSpec]:
    """Return this project's own agents; what else happens to be installed is not documented here."""
    return [spec for spec in ga.specs() if spec.distribution == "gridworld-env"]


def families() -> dict[str, list[AgentSpec]]:
    """Return the agents of each family."""
    found: dict[str, list[AgentSpec]] = {name: [] for name in FAMILIES}
    for spec in ours():
        found.setdefault(family(spec), []).append(spec)
    return {name: specs for name, specs in found.items() if specs}


def write(folder: pathlib.Path) -> list[str]:
    """Write the pages into a folder, and return their names, the overview first."""
    folder.mkdir(parents=True, exist_ok=True)
    names, text = ["index"], ["# Agents", OVERVIEW]
    for key, specs in families().items():
        shared = "stable-baselines3" if key == BASELINES else None
        rows = [[f"[`{spec.id}`]({shared or slug(spec.id)}.md)", summary(spec)] for spec in specs]
        text += [f"## {FAMILIES.get(key, key.replace('_', ' ').capitalize())}", table(["id", "what it is"], rows)]
        if shared:
            (folder / f"{shared}.md").write_text(baselines_page(specs))
            names.append(shared)
        else:
            for spec in specs:
                (folder / f"{slug(spec.id)}.md").write_text(page(spec, learned(spec, folder / "pictures")))
                names.append(slug(spec.id))
    (folder / "index.md").write_text("\n\n".join(text) + "\n")
    return names


OVERVIEW = """\
One page each: the idea, its update and when to use it, an example, and what it learns, trained while these pages were
built. The pseudocode is the head of the agent's own file, and its numbers stand in the code; the table of
hyper-parameters is made from the fields that check them; what an agent takes was tried while these pages were built.
`gridworld list agents` shows those that are installed with you, other people's too."""


def summary(spec: AgentSpec) -> str:
    """Return one line about an agent, with its source where the file names it there."""
    return first_line(spec.load() if family(spec) == BASELINES else module(spec))


def module(spec: AgentSpec) -> Any:
    """Return the module that an agent is in."""
    return importlib.import_module(spec.value.partition(":")[0])


@functools.cache
def words() -> dict[str, dict[str, str]]:
    """Return what is said of each agent in words."""
    return tomllib.loads(WORDS.read_text())


def learned(spec: AgentSpec, folder: pathlib.Path) -> str:
    """Return the section of what an agent learned, its pictures drawn into a folder; "" where it has none."""
    if not agent_pictures.shown(spec.id):
        return ""
    folder.mkdir(exist_ok=True)
    return f"## What it learns\n\n{agent_pictures.draw(spec.id, folder)}"


def page(spec: AgentSpec, pictures: str = "") -> str:
    """Return the page of an agent with a file of its own."""
    factory: Any = spec.load()
    where = spec.value.partition(":")[0]
    about = words()[spec.id]
    source, *told = paragraphs(docstring(module(spec)))
    return "\n\n".join(
        [
            f"# {spec.id}",
            source,
            about["idea"].strip(),
            f"$$\n{about['update']}\n$$",
            f"**Use it where** {about['use']}\n\n**Not where** {about['avoid']}",
            "## Try it",
            f"```python\n{example(spec)}\n```",
            *([pictures] if pictures else []),
            "## Pseudocode",
            *told,
            "## Train it",
            f"```console\n$ {command(spec)}\n```",
            "## Hyper-parameters",
            hyper_parameters(factory),
            "## What it takes",
            takes(spec),
            *filter(None, [agent_ends.section(spec.id)]),
            "## What it was checked against",
            agent_tests.section(spec.id, family(spec)),
            "## Where it is",
            f"`agents/{where.replace('.', '/')}.py`, class `{factory.__name__}`. [Words](../glossary.md) such as gap.",
            "",
        ]
    )


EXAMPLE = """\
import gymnasium as gym
import gridworld_agents as ga

env = gym.make("{env}")
agent = ga.make("{id}", env, seed=0{gamma}).learn(2_000)
action, _ = agent.predict(env.reset(seed=0)[0], deterministic=True)"""


def example(spec: AgentSpec) -> str:
    """Return a program that trains an agent on the first environment that it takes, and shows what came of it."""
    env_id = tried_on(spec)
    own = env_id.startswith("GridWorld")
    discounts = any(option.name == "gamma" for option in options(spec.load()))
    gamma = f", gamma={agent_pictures.GAMMA}" if own and discounts else ""
    text = EXAMPLE.format(env=f"gridworld_env:{env_id}" if own else env_id, id=spec.id, gamma=gamma)
    if not own:
        return text
    if agent_pictures.predicts(spec.load()):
        return f"{text}\nprint(agent.values.reshape(5, 5).round(2))"
    return f'{text}\nprint("gap", ga.Judge(env, gamma={agent_pictures.GAMMA}).gap(agent))'


def tried_on(spec: AgentSpec) -> str:
    """Return the first of the probes that an agent takes."""
    return next(env_id for env_id, ok in zip(PROBES, accepted(spec.id), strict=True) if ok)


ABOUT_BASELINES = """\
They come with `pip install "gridworld-env[sb3]"`, learn by that library's own code, and are made, trained, saved and
judged as all others are. What they do is its documentation's to say; the names and meanings below are read from it."""


def baselines_page(specs: list[AgentSpec]) -> str:
    """Return the page that Stable-Baselines3's agents share."""
    text = [
        "# Stable-Baselines3's agents",
        ABOUT_BASELINES,
        table(
            ["id", *PROBES], [[f"`{spec.id}`", *("yes" if ok else "no" for ok in accepted(spec.id))] for spec in specs]
        ),
        "## Train one",
        f"```console\n$ {command(next(spec for spec in specs if spec.id == 'sb3/ppo'))}\n```",
        "## What they were checked against",
        agent_tests.section("sb3/ppo", BASELINES),
    ]
    for spec in specs:
        text += [f"## {spec.id}", first_line(spec.load()), hyper_parameters(spec.load())]
    return "\n\n".join(text) + "\n"


def hyper_parameters(factory: Any) -> str:
    """Return the table of an agent's hyper-parameters: what the command line says of them."""
    rows = []
    for option in options(factory):
        meaning, _, default = (option.help or "").partition("  [default: ")
        rows.append([f"`{option.name}`", f"`{default[:-1]}`" if default else "none", plain(meaning)])
    return table(["name", "default", "meaning and range"], rows) if rows else "It has none."


@functools.cache
def accepted(agent_id: str) -> tuple[bool, ...]:
    """Return whether an agent takes each of the probes; it refuses with a ValueError."""
    found = []
    for env_id in PROBES:
        try:
            ga.make(agent_id, gym.make(env_id), seed=0)
        except ValueError:
            found.append(False)
        else:
            found.append(True)
    return tuple(found)


def takes(spec: AgentSpec) -> str:
    """Return the table of the spaces that an agent takes."""
    rows = [
        [meaning, f"`{env_id}`", "yes" if ok else "no"]
        for (env_id, meaning), ok in zip(PROBES.items(), accepted(spec.id), strict=True)
    ]
    return table(["spaces", "tried on", "takes it"], rows)


def command(spec: AgentSpec) -> str:
    """Return a command that trains an agent on the first environment that it takes."""
    return f"gridworld train {spec.id} --env {tried_on(spec)} --steps 10000 --seed 0 --out runs/{slug(spec.id)}"
