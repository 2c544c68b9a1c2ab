"""Networks as pure functions of params, against their formulas; how params are drawn."""

import numpy as np
import pytest
import torch

from gridworld_agents.deep.initialisers import FINAL, FanIn, Orthogonal
from gridworld_agents.deep.networks import MLP, Networks

ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh}


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("constants", [(), (0.5, -1.0)])
def test_a_network_is_what_its_formula_says(activation, constants):
    net, between = MLP(2, (3, 4), 1, activation=activation, constants=constants), ACTIVATIONS[activation]
    params, x = normal(5, net.size), normal(5, 7, 2, seed=1)
    w1, b1, w2, b2, w3, b3, *more = net.split(params)
    assert [tuple(part.shape) for part in (w1, b1, w3, b3)] == [(5, 2, 3), (5, 1, 3), (5, 4, 1), (5, 1, 1)]
    assert [tuple(part.shape) for part in more] == [(5, 1, 2)] * bool(constants)
    everywhere = net.on_cpu(net.views(params.numpy()), x.numpy())
    for m in range(5):
        out = between(between(x[m] @ w1[m] + b1[m]) @ w2[m] + b2[m]) @ w3[m] + b3[m]
        out = torch.cat([out, *(part[m].expand(7, -1) for part in more)], 1)
        assert torch.allclose(net(params, x)[m], out, atol=1e-6)
        by_numpy = net.on_cpu([part[m] for part in net.views(params.numpy())], x[m].numpy())
        assert np.allclose(by_numpy, out, atol=1e-6)
        assert np.allclose(everywhere[m], out, atol=1e-6)
    assert net.num_outputs == out.shape[1]
    assert torch.equal(net(net.split(params), x), net(params, x))
    assert torch.equal(torch.cat([part.flatten(1) for part in net.split(params)], 1), params)


def test_another_members_params_and_inputs_change_nothing():
    net = MLP(2, (16, 16), 3)
    params, x = normal(3, net.size), normal(3, 33, 2, seed=1)
    other_params, other_x = params.clone(), x.clone()
    other_params[1], other_x[1] = np.nan, 1e9
    before, after = net(params, x), net(other_params, other_x)
    assert torch.equal(before[[0, 2]], after[[0, 2]])
    assert after[1].isnan().all()


def test_first_params_are_drawn_within_the_papers_bounds():
    net = MLP(4, (100, 400), 2)
    w1, b1, w2, b2, w3, b3 = (part[0] for part in net.split(torch.from_numpy(net.new(np.random.default_rng(0)))[None]))
    for parts, bound in (((w1, b1), 4**-0.5), ((w2, b2), 100**-0.5), ((w3, b3), FINAL)):
        largest = max(float(part.abs().max()) for part in parts)
        assert 0.98 * bound < largest <= bound * (1 + 1e-6)
        assert abs(float(torch.cat([part.flatten() for part in parts]).mean())) < 0.1 * bound


@pytest.mark.parametrize("final", [None, FINAL])
def test_a_seed_fixes_the_order_of_draws(final):
    """Layer by layer, weights before biases, row by row: an agent of a seed begins as it always did."""
    rng, drawn = np.random.default_rng(7), []
    for inputs, outputs, bound in ((3, 5, 3**-0.5), (5, 2, 5**-0.5 if final is None else final)):
        drawn += [rng.uniform(-bound, bound, inputs * outputs), rng.uniform(-bound, bound, outputs)]
    net = MLP(3, (5,), 2, initialiser=FanIn(final=final), constants=(0.25,))
    found = net.new(np.random.default_rng(7))
    assert found.dtype == np.float32
    assert np.array_equal(found, np.concatenate([*drawn, [0.25]]).astype(np.float32))


def test_orthogonal_weights():
    net = MLP(8, (32, 16), 4, initialiser=Orthogonal(gain=2.0, final=0.01))
    w1, b1, w2, b2, w3, b3 = (part[0] for part in net.split(torch.from_numpy(net.new(np.random.default_rng(0)))[None]))
    assert torch.allclose(w1 @ w1.T, 4 * torch.eye(8), atol=1e-5)
    assert torch.allclose(w2.T @ w2, 4 * torch.eye(16), atol=1e-5)
    assert torch.allclose(w3.T @ w3, 1e-4 * torch.eye(4), atol=1e-9)
    assert not torch.cat([b1, b2, b3], 1).any()


def test_orthogonal_weights_are_as_likely_as_their_reflections():
    """Determinants +1 and -1, and each sign of an element, half the time: of 400, within 5 standard errors of 200.

    Ten binomial counts: a false alarm in 170,000.
    """
    rng = np.random.default_rng(0)
    weights = np.stack([Orthogonal(gain=1.0)(rng, 3, 3, last=False)[0] for _ in range(400)])
    counts = [(np.linalg.det(weights) > 0).sum(), *(weights > 0).sum(0).ravel()]
    assert all(abs(count - 200) < 5 * 10 for count in counts)


def test_several_networks_are_one_tensor():
    networks = Networks(actor=MLP(3, (4,), 2), critic=MLP(3, (5, 6), 1))
    drawn = networks.new(np.random.default_rng(0))
    rng = np.random.default_rng(0)
    actor, critic = networks["actor"].new(rng), networks["critic"].new(rng)
    assert np.array_equal(drawn, np.concatenate([actor, critic]))
    params, x = torch.from_numpy(np.stack([drawn, 2 * drawn])), normal(2, 7, 3)
    parts = networks.split(params)
    assert torch.equal(parts["critic"], torch.from_numpy(np.stack([critic, 2 * critic])))
    assert all(np.array_equal(part, parts[name]) for name, part in networks.views(params.numpy()).items())
    known = networks["critic"](torch.from_numpy(np.stack([critic, 2 * critic])), x)
    assert torch.allclose(networks["critic"](parts["critic"], x), known)
    assert networks.size == drawn.size == networks["actor"].size + networks["critic"].size


def test_what_stands_between_layers_is_known():
    with pytest.raises(ValueError, match=r"activation must be one of 'relu', 'tanh', got 'relo'; did you mean 'relu'"):
        MLP(2, (3,), 1, activation="relo")
