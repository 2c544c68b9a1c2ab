"""A run of several processes in one folder: the checkpoints of all of them, from which all go on together.

DIR/run.json, metrics.csv, agent.zip     as of any run; the agent is that of rank 0
DIR/ranks/STEPS/RANK.zip                 a checkpoint: the agent of each rank
DIR/ranks/latest.json                    the checkpoint that is complete
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from torch import distributed

from gridworld_agents.core.checkpoint import leaves
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.errors import reason
from gridworld_agents.core.files import LARGEST_RECORD, atomic, read_text
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.links import refuse_links
from gridworld_agents.deep.distributed import differing
from gridworld_agents.runs.folder import RANKS, RunSettings

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    from gridworld_agents.deep.agent import DeepAgent


class Ranks:
    """The checkpoints of a run.

    Args:
        folder: Of the run.
        rank: Of this process.
        world: How many there are.
    """

    def __init__(self, folder: pathlib.Path, rank: int, world: int) -> None:
        self.folder, self.rank, self.world = folder / RANKS, rank, world

    def begin(self) -> None:
        """Make the folder, by which the run shows as one of several processes before its first checkpoint."""
        refuse_links(self.folder, below=self.folder.parent)
        self.folder.mkdir(parents=True, exist_ok=True)

    def save(self, agent: DeepAgent, settings: dict[str, Any]) -> None:
        """Save the agents of all ranks. Whatever is killed meanwhile, the last complete checkpoint stays.

        Raises:
            RuntimeError: If the ranks' parameters differ, which only a fault can bring about.
        """
        unequal = differing([leaf for _, leaf in leaves(agent.learner, "learner")])
        if unequal:
            raise RuntimeError(f"{unequal} of the learner's tensors differ between ranks: their runs fell apart")
        steps = agent.num_timesteps
        place = self.folder / str(steps)
        place.mkdir(parents=True, exist_ok=True)
        agent.save(place / f"{self.rank}.zip")
        distributed.barrier()
        if self.rank == 0:
            with atomic(self.folder / "latest.json") as file:
                file.write(json.dumps({"steps": steps, "world": self.world, "settings": settings}).encode())
            for other in self.folder.iterdir():
                if other.is_dir() and other != place:
                    shutil.rmtree(other)
        distributed.barrier()

    def latest(self) -> tuple[int, RunSettings]:
        """Return the steps of the last complete checkpoint, and the settings of the run.

        Raises:
            ValueError: If there is none, or it is of another number of processes.
        """
        path = self.folder / "latest.json"
        refuse_links(self.folder, below=self.folder.parent)
        if not path.is_file():
            raise ValueError(f"{self.folder.parent} holds no checkpoint to go on from: begin anew, with another --out")
        try:
            found = parsed(read_text(path, LARGEST_RECORD))
            world, steps = whole_number("world", found["world"], 1), whole_number("steps", found["steps"])
            settings = RunSettings(**found["settings"])
        except (ValueError, TypeError, KeyError, OSError) as error:
            why = f"it lacks {reason(error)}" if isinstance(error, KeyError) else reason(error)
            raise ValueError(f"{path} cannot be used: {why}; begin anew, with another --out") from None
        if world != self.world:
            raise ValueError(
                f"{self.folder.parent} was run by {world} processes: go on by "
                f"--nproc-per-node {world}, got {self.world}"
            )
        return steps, settings

    def path(self, steps: int) -> pathlib.Path:
        """Return the file of this rank."""
        return self.folder / str(steps) / f"{self.rank}.zip"


def check_same(settings: RunSettings, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Refuse options that differ from those that a run was begun with; options that are not given are no matter.

    Args:
        settings: Of the run.
        given: By the names of the fields of the settings; None where nothing was given.
        defaults: Of the hyper-parameters.

    Raises:
        ValueError: With the first that differs.
    """
    own = {"hyper_parameters": {**defaults, **settings.hyper_parameters}, "env_arguments": settings.env_arguments}
    for name, value in given.items():
        pairs = {name: (value, getattr(settings, name))}
        if name in own:
            pairs = {part: (one, own[name].get(part, "its default")) for part, one in value.items()}
        for part, (got, known) in pairs.items():
            if got is not None and json.dumps(got) != json.dumps(known) and got != known:
                raise ValueError(
                    f"the run was begun with {part} {known}, got {got}: leave it out to go on with --resume, or begin "
                    "anew, with another --out"
                )
