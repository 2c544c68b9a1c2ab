"""`Bridge`: our callbacks, called by Stable-Baselines3's learning."""

from __future__ import annotations

import math
import time
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.type_aliases import TrainFrequencyUnit

from gridworld_agents.core.callbacks import Callback, CallbackList, Progress
from gridworld_agents.core.loop import CHUNK_SECONDS


class Bridge(BaseCallback):
    """Calls our callbacks some 14 times a second, after the steps that they ask for, and at the end.

    Called within a rollout, they see the agent as its last update left it; at the end, as the last of all did.

    Args:
        agent: Who learns.
        callbacks: What to call.
        steps: How many steps were asked for.
    """

    def __init__(self, agent: Any, callbacks: CallbackList, steps: int) -> None:
        super().__init__()
        self.agent, self.callbacks, self.steps = agent, callbacks, steps
        self._began = time.perf_counter()
        self._started = False
        self._learned_until = 0
        self._unlearned_before = 0
        self._target = self._called_at = 0
        self._due, self._deadline = math.inf, math.inf

    def count_cut_off(self) -> None:
        """Count the steps that a stop has cut off, or would cut off now, before they were learned from."""
        if self._started:
            cut = self.model.num_timesteps - self._learned_until
            self.agent.steps_unlearned = self._unlearned_before + cut

    @property
    def complete(self) -> bool:
        """Whether the last roll-out came to its end: a stop leaves an observation from before the last step."""
        last = self.locals.get("new_obs")
        return last is None or last is self.model._last_obs  # noqa: SLF001 - Stable-Baselines3 has no other word for it

    def stop(self) -> None:
        """Tell the callbacks that learning has stopped, if they know that it had started."""
        if self._started:
            self.callbacks.stop(self.agent, self._progress())

    def _on_training_start(self) -> None:
        start = self.model.num_timesteps
        unit = _steps_between_updates(self.model)
        self._target = start + -(-self.steps // unit) * unit
        self._called_at = self._learned_until = start
        # In a replay buffer steps stay, and are learned from later: there the last ones count alone.
        self._unlearned_before = 0 if hasattr(self.model, "replay_buffer") else self.agent.steps_unlearned
        self._started = True
        self.callbacks.start(self.agent, self._progress())
        self._plan()

    def _on_rollout_start(self) -> None:
        """Note that all steps before this one have been learned from."""
        self._learned_until = self.model.num_timesteps

    def _on_step(self) -> bool:
        for info in self.locals["infos"]:
            if "episode" in info:  # as Stable-Baselines3's `Monitor` tells
                self.agent.log.finish(0, float(info["episode"]["r"]), int(info["episode"]["l"]))
        steps = self.num_timesteps
        if steps >= self._target or (steps < self._due and time.perf_counter() < self._deadline):
            return True  # the last call waits for the last update
        self.count_cut_off()  # for whoever saves the agent now
        return self._call()

    def _on_training_end(self) -> None:
        if self.complete:
            self._learned_until = self.model.num_timesteps
            self.count_cut_off()
        if self.model.num_timesteps != self._called_at:
            self._call()

    def _call(self) -> bool:
        self._called_at = self.model.num_timesteps
        go_on = self.callbacks(self.agent, self._progress())
        self._plan()
        return go_on

    def _plan(self) -> None:
        """Decide when the callbacks are called next."""
        if not self.callbacks.callbacks:
            return
        asked = self.callbacks.steps_left(self._called_at)
        self._due = math.inf if asked is None else self._called_at + asked
        self._deadline = time.perf_counter() + CHUNK_SECONDS

    def _progress(self) -> Progress:
        seconds = time.perf_counter() - self._began
        episodes, returns, lengths = self.agent.recent_episodes()
        return Progress(self.agent.num_timesteps, self._target, episodes, returns, lengths, seconds)


def sorted_out(callback: Any) -> tuple[list[Any], list[BaseCallback]]:
    """Return our callbacks and Stable-Baselines3's, out of one, a list of either kind, or None.

    A plain function is ours: it is called as `callback(agent, progress)`.

    Raises:
        ValueError: If something is neither.
    """
    if isinstance(callback, BaseCallback):
        return [], [callback]
    if isinstance(callback, list | tuple):
        pairs = [sorted_out(one) for one in callback]
        return [one for ours, _ in pairs for one in ours], [one for _, theirs in pairs for one in theirs]
    if callback is not None and not isinstance(callback, Callback) and not callable(callback):
        raise ValueError(
            "callback must be callable as callback(agent, progress), a callback of Stable-Baselines3, a list of such, "
            f"or None, got {callback!r}"
        )
    return [callback], []


def _steps_between_updates(model: Any) -> int:
    """Return in which portions an agent takes its steps; 1 where that depends on its episodes."""
    frequency = getattr(model, "train_freq", None)
    if frequency is None:
        return int(model.n_steps * model.n_envs)
    return int(frequency.frequency * model.n_envs) if frequency.unit is TrainFrequencyUnit.STEP else 1


def learn(agent: Any, bridge: Bridge, theirs: list[BaseCallback], **arguments: Any) -> None:
    """Have an agent's model learn, with callbacks of both kinds, and leave it so that it can go on."""
    model, complete = agent.model, False
    try:
        model.learn(bridge.steps, [bridge, *theirs], **arguments)
        complete = bridge.complete
        if complete and hasattr(model, "replay_buffer"):
            agent.steps_unlearned = 0
    finally:
        if not complete:
            model._last_obs = None  # noqa: SLF001 - it begins an episode
            bridge.count_cut_off()
        bridge.stop()
