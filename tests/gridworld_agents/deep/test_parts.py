"""Replay, noise and normalisation, each compared with something simple."""

import gymnasium as gym
import numpy as np
import pytest
import torch

import gridworld_agents as ga
from gridworld_agents.deep.inverting import InvertGrad, inverted
from gridworld_agents.deep.noise import DT, Noise
from gridworld_agents.deep.normalising import LARGEST, Normaliser
from gridworld_agents.deep.replay import Replay

CPU = torch.device("cpu")


def rngs(count):
    return [np.random.default_rng(i) for i in range(count)]


def test_the_replay_forgets_the_oldest():
    replay = Replay(2, 3, 2, 1, 2, CPU)
    for k in range(5):
        rows = np.arange(18, dtype=np.float32).reshape(2, 9) + 100 * k
        replay.add(rows)
        assert len(replay) == min(k + 1, 3)
    assert sorted(replay.kept()[1, :, 0].tolist()) == [209, 309, 409]
    batch = replay.sample(rngs(2), 64)
    widths = {"s": 2, "a": 1, "r": 1, "s_next": 2, "terminated": 1, "mask_next": 2}
    assert {name: tuple(part.shape) for name, part in batch._asdict().items()} == {
        name: (2, 64, width) for name, width in widths.items()
    }
    for m in range(2):
        k = batch.s[m, :, :1] - 9 * m
        assert torch.equal(batch.s[m, :, 1:] - k, torch.full((64, 1), 1.0 + 9 * m))
        assert torch.equal(batch.terminated[m] - k, torch.full((64, 1), 6.0 + 9 * m))
        assert torch.equal(batch.mask_next[m] - k, torch.tensor([[7.0, 8.0]]).expand(64, 2) + 9 * m)
        assert set(k.flatten().tolist()) == {200.0, 300.0, 400.0}
    other = Replay(2, 3, 2, 1, 2, CPU)
    other.restore(replay.kept(), replay.added)
    again = other.sample(rngs(2), 64)
    assert all(torch.equal(a, b) for a, b in zip(batch, again, strict=True))


def test_the_replay_draws_uniformly_and_by_each_members_generator():
    """Counts of 20,000 draws among 50; chi-squared below its 0.9999 quantile, 94.0 at 49: one false alarm in 10,000."""
    replay = Replay(2, 50, 1, 1, 0, CPU)
    for k in range(50):
        replay.add(np.full((2, 5), k, np.float32))
    batch = replay.sample(rngs(2), 20_000)
    counts = torch.bincount(batch.r[0].flatten().long(), minlength=50).double()
    assert float(((counts - 400) ** 2 / 400).sum()) < 94.0
    alone = Replay(1, 50, 1, 1, 0, CPU)
    alone.restore(replay.kept()[1:], 50)
    assert torch.equal(alone.sample(rngs(2)[1:], 20_000).r[0], batch.r[1])


def test_ornstein_uhlenbeck_noise_has_its_stationary_spread():
    """The variance is scale^2 / (2 theta) up to a term of order DT; of 4000 processes, within 5 standard errors.

    The variance of a normal sample of n has the standard error sqrt(2 / n) of itself: false alarms, 6 in 10 million.
    """
    theta, scale = 1.0, 0.5
    noise = Noise("ornstein-uhlenbeck", theta, (1, 4000, 1))
    rng = np.random.default_rng(0)
    for _ in range(1000):
        drawn = noise.draw(0, rng, scale)
    exact = scale**2 * DT / (1 - (1 - theta * DT) ** 2)
    assert exact == pytest.approx(scale**2 / (2 * theta), rel=0.01)
    assert abs(drawn.var() / exact - 1) < 5 * (2 / 4000) ** 0.5
    before = drawn.copy()
    after = noise.draw(0, rng, scale)
    assert np.corrcoef(before[:, 0], after[:, 0])[0, 1] > 0.95
    noise.restart(0, 3)
    assert noise.state[0, 3] == 0
    assert noise.state[0, 4] != 0


def test_gaussian_noise_remembers_nothing():
    noise = Noise("gaussian", 0.15, (1, 20_000, 1))
    rng = np.random.default_rng(0)
    one, two = noise.draw(0, rng, 0.3), noise.draw(0, rng, 0.3)
    assert abs(one.std() / 0.3 - 1) < 5 * (1 / 40_000) ** 0.5
    assert abs(np.corrcoef(one[:, 0], two[:, 0])[0, 1]) < 5 / 20_000**0.5


def test_normalisation_is_by_mean_and_deviation():
    rng = np.random.default_rng(0)
    seen = rng.normal([3, -1, 0], [2, 0.1, 0], (500, 3)).astype(np.float32)
    one, off = Normaliser(2, 3, enabled=True), Normaliser(2, 3, enabled=False)
    for pair in np.split(seen, 250):
        one.see(np.stack([np.zeros((2, 3), np.float32), pair]))  # two copies of each member
        off.see(np.stack([pair, pair]))
    expected = (seen[:5] - seen.mean(0)) / np.where(seen.std(0) > 0, seen.std(0), 1)
    assert np.allclose(one.one(1, seen[:5]), expected, atol=1e-4)
    both = torch.from_numpy(np.stack([seen[:5], seen[:5]]))
    assert np.allclose(one.batch(both)[1], expected, atol=1e-4)
    assert np.array_equal(one.all(both.numpy())[1], one.one(1, seen[:5]))
    assert torch.equal(one.batch(both)[0], both[0].clamp(-LARGEST, LARGEST))  # member 0 has seen nothing but 0
    assert np.array_equal(off.one(1, seen[:5]), seen[:5])
    assert np.array_equal(off.all(both.numpy()), both.numpy())
    assert torch.equal(off.batch(both), both)
    assert one.one(1, np.full(3, 1e6, np.float32)).max() == LARGEST


def test_inverted_gradients_shrink_towards_the_bound_they_push_to():
    a = torch.tensor([0.0, 0.5, 1.0, -1.0, 1.5])
    up, down = inverted(a, torch.full((5,), -1.0)), inverted(a, torch.ones(5))
    assert up.tolist() == [-0.5, -0.25, 0.0, -1.0, 0.25]  # a falling loss lets the action grow; beyond 1 it comes back
    assert down.tolist() == [0.5, 0.75, 1.0, 0.0, 1.25]
    actions = a.clone().requires_grad_(True)
    out = InvertGrad.apply(actions)
    assert torch.equal(out, a)
    (out * torch.tensor([-1.0, -1.0, -1.0, 1.0, 1.0])).sum().backward()
    assert actions.grad.tolist() == [-0.5, -0.25, 0.0, 0.0, 1.25]


def test_inverted_gradients_have_the_derivatives_they_should():
    """`gradcheck` of what the backward pass computes, as a function of actions and gradients."""
    generator = torch.Generator().manual_seed(0)
    a = (torch.rand(6, generator=generator, dtype=torch.float64) * 1.8 - 0.9).requires_grad_(True)
    g = torch.randn(6, generator=generator, dtype=torch.float64).requires_grad_(True)

    def backward(actions, gradient):
        out = InvertGrad.apply(actions)
        return torch.autograd.grad(out, actions, gradient, create_graph=True)[0]

    assert torch.autograd.gradcheck(backward, (a, g))
    assert torch.equal(torch.func.grad(lambda x: InvertGrad.apply(x).sum())(a.detach()), inverted(a, torch.ones(6)))


def test_hyper_parameters_may_be_numbers_of_numpy(tmp_path):
    two, real = np.int64(2), np.float32(0.5)
    given = {"batch_size": two, "num_envs": two, "hidden": (two, two), "gamma": real}
    agent = ga.make("ddpg", gym.make("Pendulum-v1"), normalise_observations=np.bool_(True), **given)
    agent.save(tmp_path / "agent")
    assert agent.normaliser.enabled is True
    assert ga.load(tmp_path / "agent").config == agent.config
