"""DDPG on Pendulum-v1: ours beside Stable-Baselines3's and SBX's, in steps a second and in seconds to a mean return.

One update for every step, the same networks and batches, one thread. Ours counts the steps of all its seeds.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import sys
import time
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import harness
import numpy as np
from report import Comparison, Fact, Goal
from sides import Local, peer_worker
from worker import Sample

import gridworld_agents as ga

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENV = "Pendulum-v1"
STEPS = 100
WARM = 200
NARROW, WIDE = (64, 64), (256, 256)


def ours(hidden: tuple[int, ...], batch_size: int, *, compiled: bool, seeds: int = 1) -> Local:
    """Return our side."""
    agent = ga.make(
        "ddpg",
        gym.make(ENV),
        seed=0,
        hidden=hidden,
        batch_size=batch_size,
        learning_starts=100,
        compile=compiled,
        num_seeds=seeds,
    )
    agent.learn(WARM)

    def block() -> int:
        agent.learn(STEPS, reset_num_timesteps=False)
        return STEPS * seeds

    return Local(block)


def theirs(hidden: tuple[int, ...], batch_size: int) -> Local:
    """Return Stable-Baselines3's side."""
    from stable_baselines3 import DDPG

    model = DDPG(
        "MlpPolicy",
        ENV,
        seed=0,
        batch_size=batch_size,
        policy_kwargs={"net_arch": list(hidden)},
        train_freq=1,
        gradient_steps=1,
        learning_starts=100,
        device="cpu",
    )
    model.learn(WARM)

    def block() -> int:
        model.learn(STEPS, reset_num_timesteps=False)
        return STEPS

    return Local(block)


def speeds(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure steps a second."""
    cases: list[tuple[str, tuple[int, ...], int, dict[str, Any], Goal | None]] = [
        ("eager", NARROW, 256, {"compiled": False}, Goal(least=1.7)),
        ("compiled", NARROW, 256, {"compiled": True}, Goal(least=4)),
        ("compiled", WIDE, 256, {"compiled": True}, Goal(least=1.5)),
        ("eight seeds, compiled", NARROW, 256, {"compiled": True, "seeds": 8}, Goal(least=5)),
        ("eight seeds, compiled", NARROW, 64, {"compiled": True, "seeds": 8}, Goal(least=12)),
    ]
    rows: list[Comparison | Fact] = []
    for how, hidden, batch, more, goal in cases[:1] if options.quick else cases:
        title = f"ddpg, {how}: {list(hidden)}, batch {batch}"
        mine = functools.partial(ours, hidden, batch, **more)
        rows.append(harness.compare(title, mine, ("SB3", functools.partial(theirs, hidden, batch)), options, goal=goal))
        sbx = functools.partial(peer_worker, "sbx", "sbx_ddpg.py", hidden=list(hidden), batch_size=batch)
        if how == "compiled":
            rows.append(harness.compare(title, mine, ("SBX", sbx), options))
    return rows


class UntilGood:
    """A side whose repeats are trainings, each with another seed, until the mean return is -200.

    Every 500 steps 20 episodes are played greedily, which is not counted as time. Compiling is counted.

    Args:
        make: Makes an agent of a seed; it has Stable-Baselines3's `learn` and `predict`.
    """

    GOOD, LOOK, MOST, EPISODES = -200.0, 500, 30_000, 20

    def __init__(self, make: Callable[[int], Any]) -> None:
        self.make, self.seed, self.versions, self.facts, self.idle = make, 0, {}, {}, 0.0

    def repeat(self, seconds: float) -> Sample:  # noqa: ARG002 - a training takes what it takes
        """Train once."""
        self.seed += 1
        spent, begin = 0.0, time.perf_counter()
        agent = self.make(self.seed)
        for done in range(0, self.MOST, self.LOOK):
            agent.learn(self.LOOK, reset_num_timesteps=done == 0)
            spent += time.perf_counter() - begin
            if self.mean_return(agent) >= self.GOOD:
                return Sample(1, spent)
            begin = time.perf_counter()
        raise RuntimeError(f"seed {self.seed} did not come to {self.GOOD:g} within {self.MOST} steps")

    def mean_return(self, agent: Any) -> float:
        """Return the mean return of greedy episodes, the same for every agent."""
        envs = gym.make_vec(ENV, num_envs=self.EPISODES, vectorization_mode="sync")
        s, total = envs.reset(seed=12345)[0], np.zeros(self.EPISODES)
        for _ in range(200):
            s, r, _, _, _ = envs.step(agent.predict(s, deterministic=True)[0])
            total += r
        envs.close()
        return float(total.mean())


def quick_learner(seed: int) -> Any:
    """Return our agent with the settings that learn Pendulum-v1 soonest."""
    settings = {"hidden": NARROW, "batch_size": 64, "gamma": 0.98, "tau": 0.01, "learning_starts": 500}
    return ga.make("ddpg", gym.make(ENV), seed=seed, **settings)


def zoo_learner(seed: int) -> Any:
    """Return Stable-Baselines3's agent with RL Zoo's settings for Pendulum-v1."""
    from stable_baselines3 import DDPG
    from stable_baselines3.common.noise import NormalActionNoise

    return DDPG(
        "MlpPolicy",
        ENV,
        seed=seed,
        gamma=0.98,
        learning_rate=1e-3,
        buffer_size=200_000,
        learning_starts=10_000,
        gradient_steps=1,
        train_freq=1,
        action_noise=NormalActionNoise(np.zeros(1), 0.1 * np.ones(1)),
        policy_kwargs={"net_arch": [400, 300]},
        device="cpu",
    )


def sooner(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure the time to a mean return of -200."""
    fewer = argparse.Namespace(**{**vars(options), "repeats": min(options.repeats, 5)})
    row = harness.compare(
        "ddpg: time to a mean return of -200",
        lambda: UntilGood(quick_learner),
        ("SB3 with RL Zoo's settings", lambda: UntilGood(zoo_learner)),
        fewer,
        unit="s",
        goal=Goal(least=5),
        warm_ups=0,
    )
    return [row]


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, whichever side uses it."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure all of it; a quick look leaves out what takes minutes."""
    with one_thread():
        return speeds(options) + ([] if options.quick else sooner(options))


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
