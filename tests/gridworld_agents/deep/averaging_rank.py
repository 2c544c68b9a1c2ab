"""One of two processes: takes the averaged gradients of its half of a batch and writes them down."""

import os
import pathlib
import sys

import numpy as np
import torch
from torch import distributed

from gridworld_agents.deep.distributed import averaged, averaging, differing, share
from gridworld_agents.deep.gradients import gradient
from gridworld_agents.deep.losses import actor_loss, critic_loss
from gridworld_agents.deep.networks import MLP, joined
from gridworld_agents.deep.ops import per_member_mean

OBSERVATIONS, ACTIONS, BATCH = 3, 2, 16


def problem():
    """Return networks, their parameters, and a batch for both processes."""
    rng = np.random.default_rng(0)
    mu, q = MLP(OBSERVATIONS, (8, 8), ACTIONS), MLP(OBSERVATIONS + ACTIONS, (8, 8), 1)
    actor, critic = (torch.from_numpy(net.new(rng))[None] * 3 for net in (mu, q))
    s, a, y = (torch.from_numpy(rng.standard_normal((1, 2 * BATCH, n), np.float32)) for n in (OBSERVATIONS, ACTIONS, 1))
    return mu, q, actor, critic, s, a, y


def gradients(gradient, s, a, y):
    """Return the gradients of both losses."""
    mu, q, actor, critic, *_ = problem()
    of_critic, _ = gradient(critic_loss, argnums=1)(q, q.split(critic), s, a, y)
    of_actor, _ = gradient(actor_loss, argnums=1)(mu, mu.split(actor), q, q.split(critic), s, False)
    return joined(of_critic), joined(of_actor)


def gradient_of_critic(s, a, y):
    """Return the gradient that `descend` takes."""
    _, q, _, critic, *_ = problem()
    return gradient(lambda params: per_member_mean((q(params, torch.cat([s, a], 2)) - y).square()), critic)[0]


if __name__ == "__main__":
    distributed.init_process_group("gloo")
    rank = distributed.get_rank()
    half = slice(rank * BATCH, (rank + 1) * BATCH)
    with torch.no_grad():
        mine = [part[:, half] for part in problem()[-3:]]
        critic, actor = gradients(averaged, *mine)
        with averaging():
            flat = gradient_of_critic(*mine)
    own = torch.full((3,), float(rank))
    found = [differing([critic, actor, flat]), differing([own, torch.ones(2)])]
    share([own])
    found.append(differing([own]))
    file = pathlib.Path(sys.argv[1]) / f"{rank}.npz"
    arrays = {"critic": critic.numpy(), "actor": actor.numpy(), "flat": flat.numpy(), "shared": own.numpy()}
    np.savez(file, found=np.array(found), **arrays)
    distributed.destroy_process_group()
    os._exit(0)  # torch's threads may abort an orderly exit
