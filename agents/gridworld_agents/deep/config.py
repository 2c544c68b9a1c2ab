"""`DeepConfig`: the hyper-parameters that agents with a deterministic policy and a replay buffer share."""

from __future__ import annotations

import dataclasses
from typing import Any

from gridworld_agents.core.checks import choose, finite_number, flag, probability, whole_number
from gridworld_agents.deep.noise import KINDS
from gridworld_agents.deep.rates import schedule


@dataclasses.dataclass(frozen=True, kw_only=True)
class DeepConfig:
    """Hyper-parameters; steps are those of one member."""

    gamma: float = 0.99  # discount, in [0, 1]
    actor_step_size: float | str = 1e-3  # of Adam, > 0, or a schedule by steps
    critic_step_size: float | str = 1e-3  # of Adam, > 0, or a schedule by steps
    tau: float = 0.005  # share of the parameters that goes into the targets at an update, in (0, 1]
    batch_size: int = 256  # transitions in an update, >= 1
    buffer_size: int = 1_000_000  # transitions that are kept, >= 1
    learning_starts: int = 100  # steps with random actions before the first update, >= 0
    update_every: int = 1  # steps between updates, >= 1
    updates: int = 1  # updates at a time, >= 1
    noise: str = "gaussian"  # what makes it explore: "gaussian" or "ornstein-uhlenbeck"
    noise_scale: float | str = 0.1  # in halves of an action's range, >= 0, or a schedule by steps
    noise_theta: float = 0.15  # how fast an Ornstein-Uhlenbeck process returns to 0, >= 0
    hidden: tuple[int, ...] = (256, 256)  # units of each hidden layer, of actor and critic
    critic_l2: float = 0.0  # weight decay of the critic, >= 0
    normalise_observations: bool = False  # shift and scale observations by what was seen of them
    invert_gradients: bool = False  # hold actions in their bounds by inverting gradients rather than by tanh
    num_envs: int = 1  # environments that each member steps in turn, >= 1
    num_seeds: int = 1  # members: agents trained at once, with the seeds seed, seed + 1, ..., >= 1
    device: str = "cpu"  # where the networks are: "cpu", "cuda", "cuda:1", ...
    compile: bool = False  # compile the update by torch.compile: half a minute once, then several times faster
    threads: int = 1  # threads of torch while it learns, which for small networks is fastest; 0 leaves them alone

    def __post_init__(self) -> None:
        """Check the ranges."""
        probability("gamma", self.gamma)
        for name in ("actor_step_size", "critic_step_size", "noise_scale"):
            schedule(name, getattr(self, name))
        if probability("tau", self.tau) == 0:
            raise ValueError(f"tau must be in (0, 1], got {self.tau!r}")
        for name in ("batch_size", "buffer_size", "update_every", "updates", "num_envs", "num_seeds"):
            whole_number(name, getattr(self, name), 1)
        for name in ("learning_starts", "threads"):
            whole_number(name, getattr(self, name))
        for name in ("noise_theta", "critic_l2"):
            if finite_number(name, getattr(self, name)) < 0:
                raise ValueError(f"{name} must be >= 0, got {getattr(self, name)!r}")
        for name in ("normalise_observations", "invert_gradients", "compile"):
            flag(name, getattr(self, name))
        choose("noise", self.noise, KINDS)
        object.__setattr__(self, "hidden", layers("hidden", self.hidden))
        if not isinstance(self.device, str):
            raise ValueError(f'device must be text such as "cpu" or "cuda", got {self.device!r}')


def layers(argument: str, value: Any) -> tuple[int, ...]:
    """Return the units of hidden layers.

    Raises:
        ValueError: If they are no positive integers.
    """
    if not isinstance(value, (tuple, list)) or not value:
        raise ValueError(f"{argument} must be units of each layer such as (64, 64), got {value!r}")
    return tuple(whole_number(f"each of {argument}", units, 1) for units in value)
