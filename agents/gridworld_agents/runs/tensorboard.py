"""TensorBoard events of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.callbacks import Callback
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import pathlib

    from gridworld_agents.core.callbacks import Progress
    from gridworld_agents.evaluation.judge import Judge


TAGS = {"policy_loss": "policy_gradient_loss"}
"""Metrics of ours that Stable-Baselines3 calls otherwise."""


def writer() -> Any:
    """Return the class that writes events.

    Raises:
        ImportError: If TensorBoard or PyTorch is missing, with the line that installs them.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ImportError('--tensorboard needs more: pip install "gridworld-env[tensorboard]"') from error
    return SummaryWriter


@export("gridworld_agents.callbacks.TensorBoard")
class TensorBoard(Callback):
    """Writes the return, the length of episodes, the agent's metrics and the exact gap.

    Where Stable-Baselines3 has a tag for it, under that one: `rollout/ep_rew_mean`, `train/critic_loss`, ...

    Args:
        folder: Where the events go.
        every: Steps between them.
        judge: Values the agent exactly; None where that cannot be done.

    Raises:
        ImportError: If TensorBoard or PyTorch is missing, with the line that installs them.
    """

    def __init__(self, folder: pathlib.Path, every: int, judge: Judge | None) -> None:
        self.every, self.judge = every, judge
        self._writer = writer()(str(folder))

    def steps_left(self, num_timesteps: int) -> int:
        """Stop at each multiple."""
        return self.every - num_timesteps % self.every

    def __call__(self, agent: Any, progress: Progress) -> None:
        """Write, where it is time."""
        n = progress.num_timesteps
        if n % self.every:
            return
        if progress.returns:
            self._writer.add_scalar("rollout/ep_rew_mean", progress.mean_return, n)
            self._writer.add_scalar("rollout/ep_len_mean", progress.mean_length, n)
        for name, value in progress.metrics.items():
            if not math.isnan(value):
                self._writer.add_scalar(f"train/{TAGS.get(name, name)}", value, n)
        if self.judge is not None:
            self._writer.add_scalar("exact/gap", self.judge.gap(agent), n)
        self._writer.add_scalar("time/fps", n / max(progress.seconds, 1e-9), n)

    def stop(self, agent: Any, progress: Progress) -> None:  # noqa: ARG002 - a callback's signature
        """Finish the file."""
        self._writer.close()
