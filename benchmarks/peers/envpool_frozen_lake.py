"""envpool's FrozenLake-v1 (slippery, as Gymnasium's) on two threads: random actions, autoreset."""

from __future__ import annotations

import envpool
import numpy as np
import worker

N = worker.arguments()["num_envs"]
envs = envpool.make_gymnasium("FrozenLake-v1", num_envs=N, num_threads=2, seed=0)
envs.reset()
plans = np.random.default_rng(0).integers(0, 4, (16, N)).astype(np.int32)


def block() -> int:
    """Take one step with every row of actions."""
    for actions in plans:
        envs.step(actions)
    return plans.size


worker.serve(block, packages=("envpool", "numpy"))
