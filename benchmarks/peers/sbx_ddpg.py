"""SBX's DDPG (JAX) on Pendulum-v1 and one core: one update for every step."""

from __future__ import annotations

import os

os.environ["JAX_PLATFORMS"] = "cpu"  # read when jax is imported
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])

import worker
from sbx import DDPG

given = worker.arguments()
STEPS = 100
model = DDPG(
    "MlpPolicy",
    "Pendulum-v1",
    seed=0,
    batch_size=given["batch_size"],
    policy_kwargs={"net_arch": given["hidden"]},
    train_freq=1,
    gradient_steps=1,
    learning_starts=100,
)
model.learn(200)


def block() -> int:
    """Learn for some steps."""
    model.learn(STEPS, reset_num_timesteps=False)
    return STEPS


worker.serve(block, packages=("sbx-rl", "jax", "jaxlib"))
