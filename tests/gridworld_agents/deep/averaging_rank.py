"""One of two processes: takes the averaged gradients of its half of a batch and writes them down."""

import os
import pathlib
import sys

import numpy as np
import torch
from torch import distributed

from gridworld_agents.deep.distributed import averaging, differing, share
from gridworld_agents.deep.distributions import Deterministic
from gridworld_agents.deep.gradients import gradient
from gridworld_agents.deep.losses import negative_value, squared_error
from gridworld_agents.deep.networks import MLP

OBSERVATIONS, ACTIONS, BATCH = 3, 2, 16


def problem():
    """Return networks, their params, and a batch for both processes."""
    rng = np.random.default_rng(0)
    mu, q = MLP(OBSERVATIONS, (8, 8), ACTIONS), MLP(OBSERVATIONS + ACTIONS, (8, 8), 1)
    actor, critic = (torch.from_numpy(net.new(rng))[None] * 3 for net in (mu, q))
    s, a, y = (torch.from_numpy(rng.standard_normal((1, 2 * BATCH, n), np.float32)) for n in (OBSERVATIONS, ACTIONS, 1))
    return mu, q, actor, critic, s, a, y


def gradients(s, a, y):
    """Return the gradients of both losses: (1, size) each."""
    mu, q, actor, critic, *_ = problem()
    of_critic, _ = gradient(squared_error, critic, q, s, a, y)
    of_actor, _ = gradient(negative_value, actor, mu, Deterministic(ACTIONS), critic, q, s)
    return of_critic, of_actor


if __name__ == "__main__":
    distributed.init_process_group("gloo")
    rank = distributed.get_rank()
    half = slice(rank * BATCH, (rank + 1) * BATCH)
    with averaging():
        critic, actor = gradients(*(part[:, half] for part in problem()[-3:]))
    own, _ = gradients(*(part[:, half] for part in problem()[-3:]))  # no longer averaged
    found = [differing([critic, actor]), differing([own, torch.ones(2)])]
    share([own])
    found.append(differing([own]))
    file = pathlib.Path(sys.argv[1]) / f"{rank}.npz"
    np.savez(file, critic=critic.numpy(), actor=actor.numpy(), found=np.array(found), shared=own.numpy())
    distributed.destroy_process_group()
    os._exit(0)  # torch's threads may abort an orderly exit
