"""One update of DDPG and of TD3, compared with the papers' formulas written with torch's own layers and optimiser."""

import copy

import gymnasium as gym
import numpy as np
import pytest
import torch
from torch import nn

import gridworld_agents as ga
from gridworld_agents.deep.optimiser import Net
from gridworld_agents.deep.replay import Batch

SETTINGS = {"hidden": (8, 6), "batch_size": 16, "gamma": 0.9, "tau": 0.1, "actor_step_size": 0.01}


def layers(mlp, flat, *, squash):
    """Return a torch network with the params (size,) of one of ours."""
    parts = [part[0] for part in mlp.split(flat[None])]
    modules = []
    for i in range(0, len(parts), 2):
        linear = nn.Linear(*parts[i].shape)
        linear.weight.data, linear.bias.data = parts[i].T.clone(), parts[i + 1][0].clone()
        modules += [linear, nn.ReLU()]
    return nn.Sequential(*modules[:-1], *([nn.Tanh()] if squash else []))


def flat_of(network):
    linears = [module for module in network if isinstance(module, nn.Linear)]
    return torch.cat([part for one in linears for part in (one.weight.T.flatten(), one.bias)])


def batch(members, observations, actions, size):
    rng = np.random.default_rng(1)

    def drawn(n):
        return torch.from_numpy(rng.standard_normal((members, size, n), np.float32))

    over = torch.from_numpy((rng.random((members, size, 1)) < 0.3).astype(np.float32))
    none = torch.zeros((members, size, 0))
    return Batch(drawn(observations), drawn(actions).clamp(-1, 1), drawn(1), drawn(observations), over, none)


def stirred(learner):
    """Return a learner with params that are far from 0, so that every part of an update shows."""

    def moved(part):
        if isinstance(part, Net):
            return Net.new(moved(part.params))
        return part + 0.3 * torch.randn(part.shape, generator=torch.Generator().manual_seed(5))

    return type(learner)(*map(moved, learner))


def step(loss, network, lr, **more):
    optimiser = torch.optim.Adam(network.parameters(), lr=lr, **more)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_an_update_of_ddpg(l2):
    agent = ga.make("ddpg", gym.make("Pendulum-v1"), seed=0, num_seeds=2, critic_l2=l2, **SETTINGS)
    actor, critic = agent.networks["actor"], agent.networks["critic"]
    learner = stirred(agent.learner)
    given = batch(2, 3, 1, 16)
    after, metrics = agent.update(learner, given, agent.rates.tensors(0))
    for m in range(2):
        s, a, r, s_next, terminated = (part[m] for part in given[:5])
        mu, mu_target = (layers(actor, flat[m], squash=True) for flat in (learner.actor.params, learner.target_actor))
        q, q_target = (layers(critic, flat[m], squash=False) for flat in (learner.critic.params, learner.target_critic))
        with torch.no_grad():
            y = r + 0.9 * (1 - terminated) * q_target(torch.cat([s_next, mu_target(s_next)], 1))
        loss = ((y - q(torch.cat([s, a], 1))) ** 2).mean()
        step(loss, q, 1e-3, weight_decay=l2)
        value = q(torch.cat([s, mu(s)], 1)).mean()
        step(-value, mu, 0.01)
        assert metrics["critic_loss"][m].item() == pytest.approx(loss.item(), rel=1e-5)
        assert metrics["actor_loss"][m].item() == pytest.approx(-value.item(), rel=1e-5)
        assert torch.allclose(after.critic.params[m], flat_of(q), atol=1e-6)
        assert torch.allclose(after.actor.params[m], flat_of(mu), atol=1e-6)
        assert torch.allclose(after.target_critic[m], 0.9 * learner.target_critic[m] + 0.1 * flat_of(q), atol=1e-6)
        assert torch.allclose(after.target_actor[m], 0.9 * learner.target_actor[m] + 0.1 * flat_of(mu), atol=1e-6)
    assert metrics.keys() == set(agent.metric_names)


@pytest.mark.parametrize("act", [True, False])
def test_an_update_of_td3(act):
    agent = ga.make("td3", gym.make("Pendulum-v1"), seed=0, num_seeds=2, **SETTINGS)
    actor, critic = agent.networks["actor"], agent.networks["critic"]
    learner = stirred(agent.learner)
    given = batch(2, 3, 1, 16)
    noise, _ = agent.noise([np.random.default_rng(i) for i in range(2)])
    assert noise.abs().max() <= 0.5
    after, metrics = agent.update(learner, given, agent.rates.tensors(0), noise, act)
    assert metrics.keys() == ({"critic_loss", "actor_loss"} if act else {"critic_loss"})
    for m in range(2):
        s, a, r, s_next, terminated = (part[m] for part in given[:5])
        mu, mu_target = (layers(actor, flat[m], squash=True) for flat in (learner.actor.params, learner.target_actor))
        twins = [layers(critic, learner.critics.params[2 * m + i], squash=False) for i in range(2)]
        targets = [layers(critic, learner.target_critics[2 * m + i], squash=False) for i in range(2)]
        with torch.no_grad():
            a_next = (mu_target(s_next) + noise[m]).clamp(-1, 1)
            y = r + 0.9 * (1 - terminated) * torch.minimum(*(q(torch.cat([s_next, a_next], 1)) for q in targets))
        losses = []
        for i, q in enumerate(twins):
            losses.append(((y - q(torch.cat([s, a], 1))) ** 2).mean())
            step(losses[-1], q, 1e-3)
            assert torch.allclose(after.critics.params[2 * m + i], flat_of(q), atol=1e-6)
            kept = learner.target_critics[2 * m + i]
            moved = 0.9 * kept + 0.1 * flat_of(q) if act else kept
            assert torch.allclose(after.target_critics[2 * m + i], moved, atol=1e-6)
        frozen = copy.deepcopy(twins[0])
        if act:
            step(-frozen(torch.cat([s, mu(s)], 1)).mean(), mu, 0.01)
        assert metrics["critic_loss"][m].item() == pytest.approx(sum(losses).item() / 2, rel=1e-5)
        assert torch.allclose(after.actor.params[m], flat_of(mu), atol=1e-6)
        moved = 0.9 * learner.target_actor[m] + 0.1 * flat_of(mu) if act else learner.target_actor[m]
        assert torch.allclose(after.target_actor[m], moved, atol=1e-6)


def test_the_actor_of_td3_learns_at_every_second_update():
    agent = ga.make("td3", gym.make("Pendulum-v1"), seed=0, learning_starts=20, **SETTINGS).learn(31)
    assert int(agent.learner.critics.moments.steps) == 11
    assert int(agent.learner.actor.moments.steps) == 5
