"""Distributions of actions, against torch's own, by quadrature and by frequencies."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate
from torch import distributions as known

from gridworld_agents.deep.distributions import (
    Categorical,
    Deterministic,
    DiagonalGaussian,
    SquashedGaussian,
    check_available,
    draw_noise,
)
from gridworld_agents.deep.networks import MLP
from gridworld_agents.deep.ops import masked, per_member_mean

M, B, A = 3, 5, 4
HEADS = [Categorical(A), DiagonalGaussian(A), SquashedGaussian(A), Deterministic(A), Deterministic(A, squash=False)]
NO_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no such device")
DEVICES = ["cpu", pytest.param("cuda", marks=NO_CUDA)]


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def noise_of(head, *shape, seed=0):
    return torch.from_numpy(draw_noise(head, [np.random.default_rng(seed + m) for m in range(M)], *shape))


def test_categorical_is_torchs():
    out, head = 3 * normal(M, B, A), Categorical(A)
    theirs, a = known.Categorical(logits=out), torch.arange(M * B).view(M, B) % A
    assert torch.allclose(head.log_prob(out, a), theirs.log_prob(a), atol=1e-6)
    assert torch.allclose(head.entropy(out), theirs.entropy(), atol=1e-6)
    assert torch.allclose(head.probabilities(out), theirs.probs, atol=1e-6)
    assert torch.equal(head.mode(out), theirs.mode)


def test_masked_actions_have_no_probability_no_entropy_and_no_gradient():
    out = torch.tensor([[[2.0, 1e4, 2.0, -5.0], [0.0, 0.0, 0.0, 1.0]]]).requires_grad_()
    available = torch.tensor([[[1, 0, 1, 0], [0, 0, 0, 1]]], dtype=torch.int8)
    head, logits = Categorical(4), masked(out, available)
    assert head.probabilities(logits).tolist() == [[[0.5, 0, 0.5, 0], [0, 0, 0, 1]]]
    assert head.entropy(logits).tolist() == [[pytest.approx(math.log(2)), 0]]
    assert head.log_prob(logits, torch.tensor([[0, 3]])).tolist() == [[pytest.approx(-math.log(2)), 0]]
    assert head.log_prob(logits, torch.tensor([[1, 0]])).isfinite().all()
    assert head.mode(logits).tolist() == [[0, 3]]
    total = head.entropy(logits).sum() + head.log_prob(logits, torch.tensor([[0, 3]])).sum()
    (grads,) = torch.autograd.grad(total, out)
    assert grads[0].flatten().tolist() == pytest.approx([0.5, 0, -0.5, 0, 0, 0, 0, 0])


def test_a_masked_action_is_drawn_by_no_noise():
    """Neither by the least noise that there is, nor by the largest below 1."""
    head, available = Categorical(3), torch.tensor([False, True, False])
    largest = float(np.nextafter(np.float32(1), np.float32(0)))
    for of_available in (0.0, 1e-45, largest):
        for of_others in (0.0, 0.5, largest):
            noise = torch.tensor([of_others, of_available, of_others])
            assert int(head.sample(masked(torch.tensor([50.0, -50.0, 0.0]), available), noise)) == 1


def test_actions_are_drawn_as_often_as_they_are_likely():
    """Chi-squared of 40,000 draws of each of 3 members below its 0.99999 quantile at 3: a false alarm in 30,000."""
    head, out = Categorical(A), normal(M, 1, A)
    out[2, 0, 1] = -1e9
    drawn = head.sample(out, noise_of(head, 40_000))
    expected = 40_000 * head.probabilities(out)[:, 0].double()
    for m in range(M):
        counts = torch.bincount(drawn[m], minlength=A)
        likely = expected[m] > 0
        assert not counts[~likely].any()
        assert float(((counts - expected[m]).square() / expected[m])[likely].sum()) < 25.9


def test_diagonal_gaussian_is_torchs():
    head, net = DiagonalGaussian(2), MLP(3, (8,), 2, constants=(0.0, -0.5))
    out = net(normal(M, net.size), normal(M, B, 3, seed=1))
    assert net.num_outputs == head.num_outputs
    mean, log_std = out.chunk(2, -1)
    theirs = known.Independent(known.Normal(mean, log_std.exp()), 1)
    noise = noise_of(head, B)
    a = head.sample(out, noise)
    assert torch.allclose(a, mean + log_std.exp() * noise)
    assert torch.allclose(head.log_prob(out, a), theirs.log_prob(a), atol=1e-5)
    assert torch.allclose(head.entropy(out), theirs.entropy(), atol=1e-5)
    assert torch.equal(head.mode(out), mean)


def test_squashed_gaussian_is_torchs():
    out, head = 0.5 * normal(M, B, 2 * A).double(), SquashedGaussian(A)
    mean, log_std = out.chunk(2, -1)
    inside = known.TransformedDistribution(known.Normal(mean, log_std.exp()), known.TanhTransform(cache_size=1))
    noise = noise_of(head, B).double()
    a = head.sample(out, noise)
    assert torch.allclose(a, torch.tanh(mean + log_std.exp() * noise))
    expected = known.Independent(inside, 1).log_prob(a)
    assert torch.allclose(head.log_prob(out, a), expected)
    with_log_prob = head.sample_with_log_prob(out, noise)
    assert torch.equal(with_log_prob[0], a)
    assert torch.allclose(with_log_prob[1], expected)
    assert torch.equal(head.mode(out), torch.tanh(mean))


@pytest.mark.parametrize("mean", [0.0, 0.5, -2.0])
@pytest.mark.parametrize(("log_std", "within"), [(-3.0, 1e-5), (0.0, 1e-4), (1.0, 2e-3), (2.0, 0.1), (9.0, 0.1)])
def test_the_entropy_of_a_squashed_gaussian(mean, log_std, within):
    """Against -E[log p], by adaptive quadrature over u within 12 standard deviations; 9 is cut off at 2."""
    head, out = SquashedGaussian(1), torch.tensor([mean, log_std], dtype=torch.float64)
    std = math.exp(min(log_std, 2.0))

    def integrand(u):
        log_normal = -0.5 * ((u - mean) / std) ** 2 - math.log(std * math.sqrt(2 * math.pi))
        log_slope = 2 * (math.log(2) - u - np.logaddexp(0, -2 * u))
        return -math.exp(log_normal) * (log_normal - log_slope)

    exact, _ = integrate.quad(integrand, mean - 12 * std, mean + 12 * std, points=[0.0, mean], limit=200)
    assert float(head.entropy(out)) == pytest.approx(exact, abs=within)


@pytest.mark.parametrize("out", [(0.0, 0.0), (1.0, -1.0), (-0.5, 0.5)])
def test_the_density_of_a_squashed_gaussian_integrates_to_one(out):
    """The trapezoidal rule over u with a = tanh(u), da = (1 - a^2) du."""
    u = torch.linspace(-12, 12, 4001, dtype=torch.float64)
    a = torch.tanh(u)
    density = SquashedGaussian(1).log_prob(torch.tensor(out, dtype=torch.float64), a[:, None]).exp()
    assert float(torch.trapezoid(density * (1 - a * a), u)) == pytest.approx(1, abs=1e-9)


def test_at_the_bounds_densities_and_gradients_are_finite():
    head, out = SquashedGaussian(1), torch.tensor([[30.0, -3.0], [-30.0, 5.0]]).requires_grad_()
    a, log_prob = head.sample_with_log_prob(out, torch.tensor([[3.0], [-3.0]]))
    assert a.tolist() == [[1], [-1]]
    u = 30 + 3 * math.exp(-3)
    expected = -4.5 + 3 - 0.5 * math.log(2 * math.pi) - (2 * math.log(2) - 2 * u)
    assert log_prob[0].item() == pytest.approx(expected, rel=1e-5)
    assert head.log_prob(out, a).isfinite().all()
    total = log_prob.sum() + head.log_prob(out, a.detach()).sum() + head.entropy(out).sum()
    assert torch.autograd.grad(total, out)[0].isfinite().all()


def test_a_deterministic_head():
    out, noise = torch.tensor([[0.5, 3.0, -3.0]]).requires_grad_(), torch.tensor([[0.25, 0.1, 0.25]])
    squashed, cut = Deterministic(3), Deterministic(3, squash=False)
    assert torch.equal(squashed.mode(out), torch.tanh(out))
    assert torch.equal(squashed.differentiable(out), torch.tanh(out))
    assert cut.mode(out).tolist() == [[0.5, 1, -1]]
    assert cut.sample(out, noise).tolist() == [[0.75, 1, -0.75]]
    assert torch.equal(cut.differentiable(out), out)
    (grads,) = torch.autograd.grad(-cut.differentiable(out).sum(), out)  # which pushes actions up
    assert grads.tolist() == [[-0.25, 1, -2]]  # scaled by the share of the range above, (1 - a) / 2; beyond it, back


def test_noise_is_each_members_own():
    rngs = [np.random.default_rng(m) for m in range(2)]
    uniform = draw_noise(Categorical(A), rngs, 7)
    assert (uniform.shape, uniform.dtype) == ((2, 7, A), np.float32)
    assert np.array_equal(uniform[1], np.random.default_rng(1).random((7, A), np.float32))
    expected = np.random.default_rng(0).standard_normal((2, 3, A), np.float32)
    assert np.array_equal(draw_noise(SquashedGaussian(A), [np.random.default_rng(0)], 2, 3)[0], expected)


@pytest.mark.parametrize(
    ("mask", "error"),
    [
        ([0, 0, 0], r"at least one available action, got 3 zeros: where"),
        ([[[True, False], [False, False]]], r"at least one available action, got 2 zeros \(row 0, 1\)"),
        ([0, 2], "must hold 0 and 1, or booleans, got "),
        ([np.nan, 1], "must hold 0 and 1, or booleans, got "),
    ],
)
def test_masks_are_checked_before_work_starts(mask, error):
    check_available([[0, 1], [1, 1]])
    check_available(np.array([True]))
    with pytest.raises(ValueError, match=error):
        check_available(mask)


def everything(head, net, params, x, available, noise):
    """Return all that a head makes of a network's outputs, and the gradient of a loss of it."""

    def act(params):
        out = net(params, x)
        out = masked(out, available) if isinstance(head, Categorical) else out
        found = [head.sample(out, noise), head.mode(out)]
        if isinstance(head, Deterministic):
            found.append(head.differentiable(out))
        else:
            found += [head.log_prob(out, found[0].detach()), head.entropy(out)]
        if isinstance(head, SquashedGaussian):
            found += head.sample_with_log_prob(out, noise)
        return per_member_mean(found[2]).sum() + per_member_mean(found[-1]).sum(), found

    grads, found = torch.func.grad(act, has_aux=True)(params)
    return [grads, *found]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("backend", [None, "aot_eager", pytest.param("inductor", marks=pytest.mark.slow)])
@pytest.mark.parametrize("head", HEADS, ids=str)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's compiler
def test_members_are_kept_apart_eager_and_compiled(head, backend, device):
    net = MLP(3, (8,), head.num_outputs - head.num_constants, constants=(0.0,) * head.num_constants)

    def run(*given):
        return everything(head, net, *given)

    if backend is not None:
        torch.compiler.reset()
        run = torch.compile(run, backend=backend, fullgraph=True, dynamic=False)
    params, x, noise = normal(M, net.size), normal(M, B, 3, seed=1), noise_of(head, B)
    available = torch.rand(M, B, A, generator=torch.Generator().manual_seed(2)) < 0.6
    available[..., 0] = True
    given = [one.to(device) for one in (params, x, available, noise)]
    eager, before = everything(head, net, *given), run(*given)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(before, eager, strict=True))
    assert all(one.isfinite().all() for one in before)
    for factor in (-2.0, torch.nan):
        changed = [one.clone() for one in given]
        for one in (changed[0], changed[1]):
            one[1] *= factor
        changed[2][1], changed[3][1] = True, changed[3][0]
        after = run(*changed)
        for a, b in zip(before, after, strict=True):
            assert torch.equal(a[[0, 2]], b[[0, 2]])
            assert not torch.equal(a[1], b[1])
