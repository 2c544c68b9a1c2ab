"""`Suite`: what a comparison compares. The same suite gives the same results, wherever it runs."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.checks import check_names, finite_number, whole_number
from gridworld_agents.core.env_arguments import in_words, with_texts
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.judge import USUAL_GAMMA

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = ("env", "seed", "agent_id")
EPISODES = 20
ROWS = 100
SEEDS_AT_MOST = 100_000
LONGEST_NAME = 120
"""Bytes of a folder's name; some file systems take no more than 143."""
FILES = ("comparison.json", "results.csv", "results.parquet", "curves.csv", "timing.csv", "report.html", "figures")
"""What a comparison's folder holds beside the folders of environments."""
DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10)))
"""Names that no file of Windows has, with any ending either."""


@export("gridworld_agents.comparison.AgentChoice")
@dataclasses.dataclass(frozen=True)
class AgentChoice:
    """An agent with its hyper-parameters, under a label of its own."""

    id: str
    label: str = ""
    hyper_parameters: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the values, and name it after its id where it has no label."""
        _check_texts("an agent", self.id, self.label)
        check_names(f"hyper_parameters of {self.id}", self.hyper_parameters)
        for name in RESERVED:
            if name in self.hyper_parameters:
                raise ValueError(f"{name!r} is no hyper-parameter of {self.id}: it has a place of its own")
        object.__setattr__(self, "label", self.label or self.id)


@export("gridworld_agents.comparison.EnvChoice")
@dataclasses.dataclass(frozen=True)
class EnvChoice:
    """An environment with its arguments, under a label of its own; steps and discount may differ from the rest's.

    A `layout` among the arguments that is a `Layout`, or the `Path` of a file with a map, is kept as the map's text.
    """

    id: str
    label: str = ""
    arguments: dict[str, Any] = dataclasses.field(default_factory=dict)
    steps: int | None = None
    gamma: float | None = None

    def __post_init__(self) -> None:
        """Check the values, and name it after its id and arguments where it has no label."""
        _check_texts("an environment", self.id, self.label)
        check_names(f"arguments of {self.id}", self.arguments)
        if self.steps is not None:
            whole_number(f"steps of {self.id}", self.steps, 1)
        if self.gamma is not None:
            _check_gamma(f"gamma of {self.id}", self.gamma)
        given = in_words(self.arguments)
        object.__setattr__(self, "label", self.label or (f"{self.id}({given})" if given else self.id))
        object.__setattr__(self, "arguments", with_texts(self.arguments))


@export("gridworld_agents.comparison.Suite")
@dataclasses.dataclass(frozen=True)
class Suite:
    """Agents x environments x seeds.

    Raises:
        ValueError: If a number is out of range, something is missing, or two of a kind have the same label.
    """

    agents: tuple[AgentChoice, ...]
    envs: tuple[EnvChoice, ...]
    seeds: tuple[int, ...]
    steps: int
    gamma: float = USUAL_GAMMA  # at which all are judged, and learn unless they have one of their own; in [0, 1]
    episodes: int = EPISODES  # played in the end where the exact gap is not known, >= 1
    evaluations: int = 0  # how often they are played on the way there, >= 0
    rows: int = ROWS  # points of a learning curve, about; >= 1
    sweep: tuple[str, ...] = ()  # hyper-parameters of which agents have several values: the best is told

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("steps", "episodes", "rows"):
            whole_number(name, getattr(self, name), 1)
        whole_number("evaluations", self.evaluations, 0)
        _check_gamma("gamma", self.gamma)
        for name, chosen in (("agents", self.agents), ("environments", self.envs), ("seeds", self.seeds)):
            if not chosen:
                raise ValueError(f"{name} must be one at least, got none")
        check_number_of_seeds(len(self.seeds))
        for seed in self.seeds:
            whole_number("each of seeds", seed)
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds must differ, got {list(self.seeds)}")
        _check_labels("agents", [choice.label for choice in self.agents])
        _check_labels("environments", [choice.label for choice in self.envs])
        for name in self.sweep:
            if not any(name in agent.hyper_parameters for agent in self.agents):
                raise ValueError(f"sweep must name hyper-parameters that an agent is given, got {name!r}")

    def steps_on(self, env: EnvChoice) -> int:
        """Return for how many steps is learned on the environment `env`."""
        return self.steps if env.steps is None else env.steps

    def gamma_on(self, env: EnvChoice) -> float:
        """Return the discount at which agents are judged on the environment `env`."""
        return self.gamma if env.gamma is None else float(env.gamma)

    def as_plain(self) -> dict[str, Any]:
        """Return the suite as JSON can hold it."""
        plain = dataclasses.asdict(self)
        return {
            **plain,
            "agents": list(plain["agents"]),
            "envs": list(plain["envs"]),
            "seeds": list(self.seeds),
            "sweep": list(self.sweep),
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Suite:
        """Return the suite of which `plain` is what `as_plain` gave."""
        return cls(
            **{
                **plain,
                "agents": tuple(AgentChoice(**choice) for choice in plain["agents"]),
                "envs": tuple(EnvChoice(**choice) for choice in plain["envs"]),
                "seeds": tuple(plain["seeds"]),
                "sweep": tuple(plain.get("sweep", ())),
            }
        )


def check_number_of_seeds(number: int) -> None:
    """Refuse more seeds than `SEEDS_AT_MOST`, before there is a list of them.

    Raises:
        ValueError: With the number and the limit.
    """
    if number > SEEDS_AT_MOST:
        raise ValueError(f"seeds must be {SEEDS_AT_MOST:,} at most, got {number:,}")


def slug(label: str) -> str:
    """Return a label as the name of a folder: of one that is too long, or that something else has, with a hash."""
    name = re.sub(r"[^\w.=+,-]+", "-", label).strip("-.") or "-"
    taken = name.lower() in FILES or name.lower().partition(".")[0] in DEVICES
    if not taken and len(name.encode()) <= LONGEST_NAME:
        return name
    start = name.encode()[: LONGEST_NAME - 9].decode(errors="ignore").replace(".", "-")
    return f"{start}-{hashlib.sha256(label.encode(errors='surrogatepass')).hexdigest()[:8]}"


def _check_texts(what: str, given_id: Any, label: Any) -> None:
    if not isinstance(given_id, str) or not given_id:
        raise ValueError(f"{what} must have an id, got {given_id!r}")
    if not isinstance(label, str):
        raise ValueError(f"the label of {given_id} must be text, got {label!r}")


def _check_gamma(name: str, gamma: Any) -> None:
    if not 0 <= finite_number(name, gamma) <= 1:
        raise ValueError(f"{name} must be in [0, 1], got {gamma!r}")


def _check_labels(what: str, labels: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for label in labels:
        other = seen.setdefault(slug(label).lower(), label)
        if other is not label:
            raise ValueError(
                f"two of {what} have the label {label!r}: give each a label of its own, as in a suite file"
            )
    if len(seen) < len(list(labels)):
        raise ValueError(f"two of {what} have the same label: give each a label of its own, as in a suite file")
