"""navix's Navix-Empty-8x8 on the CPU: one compiled scan over vectorised steps, random actions, autoreset.

As on our side, actions are drawn beforehand and every step's outputs are handed over. 128 steps a call proved fastest.
"""

from __future__ import annotations

import os

os.environ["JAX_PLATFORMS"] = "cpu"  # read when jax is imported

import jax
import navix
import numpy as np
import worker

N, STEPS = worker.arguments()["num_envs"], 128
env = navix.make("Navix-Empty-8x8-v0")
plans = jax.numpy.asarray(np.random.default_rng(0).integers(0, len(env.action_set), (STEPS, N)).astype(np.int32))


def step(timestep: navix.environments.Timestep, actions: jax.Array) -> tuple:
    """Take one step in every copy."""
    timestep = jax.vmap(env.step)(timestep, actions)
    return timestep, (timestep.observation, timestep.reward, timestep.step_type)


rollout = jax.jit(lambda timestep: jax.lax.scan(step, timestep, plans))
timestep = jax.jit(jax.vmap(env.reset))(jax.random.split(jax.random.PRNGKey(0), N))


def block() -> int:
    """Roll out once from where the last one ended."""
    global timestep
    timestep, outputs = rollout(timestep)
    jax.block_until_ready((timestep, outputs))
    return N * STEPS


for _ in range(2):  # both calls compile: the shapes are the same, the kinds of arrays are not
    block()
worker.serve(block, packages=("navix", "jax", "jaxlib"))
