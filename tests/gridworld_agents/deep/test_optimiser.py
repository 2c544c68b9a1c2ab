"""Descent by hand on small numbers, against torch's own optimiser, compiled, and member by member."""

from typing import NamedTuple

import pytest
import torch

from gridworld_agents.deep.gradients import gradient, transformed
from gridworld_agents.deep.networks import MLP
from gridworld_agents.deep.ops import huber, per_member_mean
from gridworld_agents.deep.optimiser import Moments, Net, adam, descend

M, B = 3, 16
Q = MLP(3, (8, 8), 1)
NO_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no such device")
DEVICES = ["cpu", pytest.param("cuda", marks=NO_CUDA)]


class Metrics(NamedTuple):
    largest: torch.Tensor


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def squared(params, x, y):
    """Return the mean squared error of each member."""
    return per_member_mean((Q(params, x) - y).square())


def problem(device="cpu", seed=0):
    return tuple(one.to(device) for one in (normal(M, B, 3, seed=seed), normal(M, B, 1, seed=seed + 1)))


def compiled(function, backend):
    torch.compiler.reset()
    return torch.compile(function, backend=backend, fullgraph=True, dynamic=False)


def test_a_step_by_hand():
    """With betas of 0 the moments are g and g^2, and the step is step_size g / (|g| + eps)."""
    net = Net.new(torch.tensor([[1.0, 0.0], [2.0, 0.0]]))
    target = torch.tensor([[0.0, 3.0], [2.0, 1.0]])  # gradients 2 (p - target): 2, -6 and 0, -2
    given = {"betas": (0.0, 0.0), "eps": 2.0}
    after, loss = descend(lambda p, y: (p - y).square().sum(1), net, 0.5, target, **given)
    assert loss.tolist() == [10, 1]
    assert after.params.tolist() == [[1 - 0.5 * 2 / 4, 0.5 * 6 / 8], [2, 0.5 * 2 / 4]]
    assert after.moments.first.tolist() == [[2, -6], [0, -2]]
    assert after.moments.second.tolist() == [[4, 36], [0, 4]]
    of_each, _ = descend(lambda p, y: (p - y).square().sum(1), net, torch.tensor([[0.5], [0.0]]), target, **given)
    assert torch.equal(of_each.params[0], after.params[0])
    assert torch.equal(of_each.params[1], net.params[1])
    decayed, _ = descend(lambda p, y: (p - y).square().sum(1), net, 0.5, target, weight_decay=2.0, **given)
    assert decayed.params[:, 0].tolist() == pytest.approx([1 - 0.5 * 4 / 6, 2 - 0.5 * 4 / 6])


def test_each_member_has_a_norm_of_its_own():
    net = Net.new(torch.zeros(3, 2))
    directions = torch.tensor([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    after, _ = descend(lambda p, g: (p * g).sum(1), net, 1.0, directions, max_grad_norm=1.0, betas=(0.0, 0.0))
    root = after.moments.second.sqrt()  # the size of each gradient
    assert torch.allclose(root, torch.tensor([[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]]), atol=1e-6)


@pytest.mark.parametrize("eps", [1e-8, 1e-2])
def test_adam_is_torchs(eps):
    generator = torch.Generator().manual_seed(0)
    params = torch.randn(2, 10, generator=generator)
    theirs = params.clone().requires_grad_(True)
    optimiser, moments = torch.optim.Adam([theirs], lr=0.01, betas=(0.8, 0.99), eps=eps), Moments.new(params)
    for _ in range(30):
        grads = torch.randn(2, 10, generator=generator)
        theirs.grad = grads.clone()
        optimiser.step()
        params, moments = adam(params, grads, moments, torch.tensor([0.01]), betas=(0.8, 0.99), eps=eps)
    assert torch.allclose(params, theirs, atol=1e-6)
    assert int(moments.steps) == 30


def test_descent_of_members_is_that_of_torchs_networks():
    """Clipped at a norm that some gradients of some members exceed, and with weight decay."""
    (x, y), net, step_size = problem(), Net.new(0.3 * normal(M, Q.size, seed=2)), torch.tensor([0.01])
    theirs = [net.params[m : m + 1].clone().requires_grad_(True) for m in range(M)]
    optimisers = [torch.optim.Adam([one], lr=0.01, weight_decay=0.1) for one in theirs]
    norms = []
    for _ in range(20):
        net, loss = descend(squared, net, step_size, x, y, max_grad_norm=0.5, weight_decay=0.1)
        for m, (one, optimiser) in enumerate(zip(theirs, optimisers, strict=True)):
            optimiser.zero_grad()
            known = (Q(one, x[m : m + 1]) - y[m]).square().mean()
            known.backward()
            norms.append(float(torch.nn.utils.clip_grad_norm_(one, 0.5)))
            optimiser.step()
            assert float(loss[m]) == pytest.approx(known.item(), rel=1e-5)
    assert torch.allclose(net.params, torch.cat(theirs), atol=1e-5)
    assert min(norms) < 0.5 < max(norms)


def test_the_gradient_is_torch_funcs():
    (x, y), params = problem(), normal(M, Q.size, seed=2)
    with torch.no_grad():
        grads, loss = gradient(squared, params, x, y)
        known = torch.func.grad(lambda p: squared(p, x, y).sum())(params)
    assert torch.allclose(grads, known, atol=1e-6)
    assert grads.abs().max() > 0.01
    assert not loss.requires_grad
    assert not params.requires_grad
    assert torch.equal(loss, squared(params, x, y))


def test_metrics_come_back_detached():
    def loss(params, x, y):
        error = Q(params, x) - y
        return per_member_mean(error.square()), {"largest": error.flatten(1).amax(1), "all": Metrics(error), "B": B}

    (x, y), net = problem(), Net.new(normal(M, Q.size, seed=2))
    after, (of_each, metrics) = descend(loss, net, 0.1, x, y)
    assert torch.equal(after.params, descend(squared, net, 0.1, x, y)[0].params)
    assert torch.equal(metrics["largest"], (Q(net.params, x) - y).flatten(1).amax(1))
    assert isinstance(metrics["all"], Metrics)
    assert metrics["B"] == B
    assert not any(one.requires_grad for one in (of_each, metrics["largest"], metrics["all"].largest, *after.moments))


@pytest.mark.parametrize("wrong", [lambda p: p.mean(), lambda p: p, lambda p: (p.sum(), {})])
def test_a_loss_that_mixes_members_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"a loss must be \(2,\), one number for each member, got the shape"):
        descend(wrong, Net.new(torch.ones(2, 3)), 0.1)


def test_gradients_can_be_handed_through_a_function():
    def fails(_):
        raise RuntimeError("the others are gone")

    net, loss = Net.new(torch.ones(2, 3)), lambda p: p.square().sum(1)
    with transformed(lambda grads: grads * 10), transformed(lambda grads: grads + 1):
        assert torch.equal(gradient(loss, net.params)[0], torch.full((2, 3), 21.0))
    with pytest.raises(RuntimeError, match="the others are gone"), transformed(fails):
        gradient(loss, net.params)
    assert torch.equal(gradient(loss, net.params)[0], torch.full((2, 3), 2.0))


def update(net, step_size, x, y):
    """Return two steps of descent with all that `descend` can do."""

    def loss(params):
        error = Q(params, x) - y
        return per_member_mean(huber(error)), Metrics(error.flatten(1).amax(1))

    net, _ = descend(loss, net, step_size, max_grad_norm=0.5, weight_decay=0.01, eps=1e-5)
    return descend(loss, net, step_size, max_grad_norm=0.5, weight_decay=0.01, eps=1e-5)


def tensors(result):
    """Return what an update returned, tensors with an axis of members."""
    net, (loss, metrics) = result
    return [net.params, net.moments.first, net.moments.second, loss, metrics.largest]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("backend", [None, "aot_eager", pytest.param("inductor", marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's compiler
def test_members_are_kept_apart_eager_and_compiled(backend, device):
    run = update if backend is None else compiled(update, backend)
    (x, y), (other_x, other_y) = problem(device), problem(device, seed=5)
    net, step_size = Net.new(normal(M, Q.size, seed=2).to(device)), torch.tensor([0.01], device=device)
    eager = update(net, step_size, x, y)
    before = run(net, step_size, x, y)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(tensors(before), tensors(eager), strict=True))
    assert int(before[0].moments.steps) == 2
    for replacement in (other_x[1], torch.nan):
        x[1], y[1], net.params[1] = replacement, other_y[1], 2 * net.params[1]
        after = run(net, step_size, x, y)
        for a, b in zip(tensors(before), tensors(after), strict=True):
            assert torch.equal(a[[0, 2]], b[[0, 2]])
            assert not torch.equal(a[1], b[1])
