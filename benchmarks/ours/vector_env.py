"""Our vector environment through its plain Python interface: random actions, autoreset, outputs as they come."""

from __future__ import annotations

import gymnasium as gym
import memory
import numpy as np
import worker

import gridworld_env  # noqa: F401 - registers the ids

PLANNED = 1 << 20
"""About how many actions are drawn beforehand."""

given = worker.arguments()
N = given["num_envs"]


def make(num_envs: int) -> gym.vector.VectorEnv:
    """Make copies and reset them."""
    made = gym.make_vec(given["id"], num_envs=num_envs, vectorization_mode="vector_entry_point", **given["arguments"])
    made.reset(seed=0)
    return made


def weight(outputs: tuple) -> int:
    """Return the bytes of one step's outputs."""
    *arrays, infos = outputs
    owners = [array if array.base is None else array.base for array in (*arrays, *infos.values())]
    return sum(array.nbytes for array in owners)


small = make(2)
small.step(small.action_space.sample())  # what is loaded once, compiled code above all, is no copy's weight
rng = np.random.default_rng(0)
plans = rng.integers(0, small.single_action_space.n, (max(2, min(64, PLANNED // N)), N))

before = memory.resident()
envs = make(N)
outputs = envs.step(plans[0])
facts = {"resident": (memory.resident() - before) / N, "outputs": weight(outputs) / N}
del outputs


def block() -> int:
    """Take one step with every row of actions."""
    for actions in plans:
        envs.step(actions)
    return plans.size


worker.serve(block, facts=lambda: facts)
