"""`DeepConfig`: the hyper-parameters that all agents with networks share."""

from __future__ import annotations

from gridworld_agents.core.config import Config, boolean, integer, integers, real, text


class DeepConfig(Config):
    """Hyper-parameters; steps are those of one member."""

    gamma: float = real("discount", default=0.99, least=0, most=1)
    hidden: tuple[int, ...] = integers("units of each hidden layer", default=(64, 64))
    normalise_observations: bool = boolean("shift and scale observations by what was seen of them", default=False)
    num_envs: int = integer("environments that each member steps", default=1, least=1)
    num_seeds: int = integer("members: agents trained at once, with the seeds seed, seed + 1, ...", default=1, least=1)
    device: str = text('where the networks are: "cpu", "cuda", "cuda:1", ...', default="cpu")
    compile: bool = boolean("compile the update by torch.compile: slow once, then several times faster", default=False)
    threads: int = integer("threads of torch while it learns; 0 leaves them alone", default=1, least=0)
