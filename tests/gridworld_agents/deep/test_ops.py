"""Every operation, by hand on small numbers, against a loop over time, compiled, and member by member."""

import inspect
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from gridworld_agents.deep import ops

T, M, E, B, A = 6, 3, 2, 5, 4
GAMMA, DECAY = 0.5, 0.5
NO_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no such device")
DEVICES = ["cpu", pytest.param("cuda", marks=NO_CUDA)]


def tensor(*numbers):
    return torch.tensor(numbers)


def rollout(*numbers):
    """Return numbers over time as the roll-out of one member in one environment: (T, 1, 1)."""
    return torch.tensor(numbers).view(-1, 1, 1)


# Terminated at step 1, truncated at step 3, and going on beyond the last step. What follows step 1 must never be read.
R, V, V_NEXT = rollout(1.0, 2, 3, 4, 5), rollout(10.0, 20, 30, 40, 50), rollout(20.0, math.nan, 40, 60, 70)
TERMINATED, TRUNCATED = rollout(0, 1, 0, 0, 0).bool(), rollout(0, 0, 0, 1, 0).bool()
ENDS = TERMINATED, TRUNCATED


def test_targets_of_one_step():
    r, terminated = tensor(1.0, 2.0), tensor(False, True)
    assert ops.td_target(r, tensor(10.0, math.inf), terminated, 0.5).tolist() == [6, 2]
    q, policy = tensor([4.0, 8.0], [9.0, 9.0]), tensor([0.25, 0.75], [0.5, 0.5])
    assert ops.expected_target(r, q, policy, terminated, 0.5).tolist() == [1 + 0.5 * 7, 2]
    online = tensor([1.0, 0.0], [0.0, 1.0])  # which prefers the action that the target network values less
    assert ops.double_q_target(r, online, q, terminated, 0.5).tolist() == [1 + 0.5 * 4, 2]
    of_each = ops.td_target(torch.ones(2, 3), torch.ones(2, 3), torch.zeros(2, 3).bool(), tensor([0.5], [0.25]))
    assert of_each.tolist() == [[1.5] * 3, [1.25] * 3]


def test_sums_are_discounted():
    total = ops.discounted_sum(rollout(1.0, 2, 3), rollout(0.5, 0.25, math.nan))
    assert total.flatten().tolist() == [1 + 0.5 * 2.75, 2 + 0.25 * 3, 3]
    assert ops.discounted_sum(rollout(7.0), rollout(0.5)).tolist() == [[[7]]]


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, [1 + 0.5 * 20, 2, 3 + 0.5 * 40, 4 + 0.5 * 60, 5 + 0.5 * 70]),
        (2, [1 + 0.5 * 2, 2, 3 + 0.5 * (4 + 0.5 * 60), 34, 40]),
        (9, [2, 2, 20, 34, 40]),
    ],
)
def test_returns_of_n_steps(n, expected):
    assert ops.n_step(R, V_NEXT, *ENDS, gamma=GAMMA, n=n).flatten().tolist() == expected


def test_lambda_returns():
    found = ops.lambda_return(R, V_NEXT, *ENDS, gamma=GAMMA, trace_decay=DECAY)
    assert found.flatten().tolist() == [1 + 0.5 * (10 + 1), 2, 3 + 0.5 * (20 + 17), 4 + 0.5 * 60, 5 + 0.5 * 70]


def test_generalised_advantages():
    """The errors are 1, -18, -7, -6, -10; lambda gamma is 1/4."""
    found = ops.gae(R, V, V_NEXT, *ENDS, gamma=GAMMA, trace_decay=DECAY)
    assert found.flatten().tolist() == [1 - 18 / 4, -18, -7 - 6 / 4, -6, -10]


def test_vtrace():
    """Ratios 2, 1/2, 1, 1/4, 4, cut off at 1."""
    log_ratio = rollout(2.0, 0.5, 1.0, 0.25, 4.0).double().log()
    given = (x.double() for x in (R, V, V_NEXT))
    targets, advantages = ops.vtrace(*given, *ENDS, log_ratio, gamma=GAMMA)
    assert targets.flatten().tolist() == pytest.approx([10 - 3.5, 20 - 9, 30 - 7.75, 40 - 1.5, 50 - 10])
    assert advantages.flatten().tolist() == pytest.approx(
        [1 + 0.5 * 11 - 10, 0.5 * (2 - 20), 3 + 0.5 * 38.5 - 30, 0.25 * (4 + 0.5 * 60 - 40), -10]
    )


def test_vtrace_on_the_policy_is_the_lambda_return():
    given = {"gamma": GAMMA, "trace_decay": DECAY}
    targets, _ = ops.vtrace(R, V, V_NEXT, *ENDS, torch.zeros_like(R), **given)
    assert torch.equal(targets, ops.lambda_return(R, V_NEXT, *ENDS, **given))


def test_losses_of_transitions():
    assert ops.huber(tensor(-3.0, -1.0, 0.5, 2.0)).tolist() == [2.5, 0.5, 0.125, 1.5]
    assert ops.huber(tensor(3.0), 2.0).tolist() == [4.0]
    ratio, advantage = tensor(1.5, 1.5, 0.5, 0.5, 1.0).log(), tensor(1.0, -1.0, 1.0, -1.0, 3.0)
    surrogate = ops.clipped_surrogate(ratio, torch.zeros(5), advantage, 0.25)
    assert surrogate.tolist() == pytest.approx([1.25, -1.5, 0.5, -0.75, 3])
    v, old, target = tensor(2.0, 2.0, 1.1), tensor(1.0, 1.0, 1.0), tensor(3.0, 0.0, 2.0)
    assert ops.clipped_value_loss(v, old, target, 0.5).tolist() == pytest.approx([1.5**2, 2**2, 0.9**2])
    odds = tensor(3.0, 3.0, 3.0).log()  # P = 3/4
    found = ops.bradley_terry(odds, torch.zeros(3), tensor(1.0, 0.0, 0.5))
    assert found.tolist() == pytest.approx([-math.log(0.75), -math.log(0.25), -math.log(0.75 * 0.25) / 2])


def test_where_losses_have_no_slope():
    """Huber's is cut off; PPO's ends where the ratio or the value has moved far enough in the direction of its gain."""
    error = tensor(-3.0, 0.0, 0.5).requires_grad_()
    assert torch.autograd.grad(ops.huber(error).sum(), error)[0].tolist() == [-1, 0, 0.5]
    log_prob = tensor(1.5, 1.5, 0.5, 0.5).log().requires_grad_()
    gain = ops.clipped_surrogate(log_prob, torch.zeros(4), tensor(1.0, -1.0, 1.0, -1.0), 0.25).sum()
    assert torch.autograd.grad(gain, log_prob)[0].tolist() == pytest.approx([0, -1.5, 0.5, 0])
    v = tensor(2.0, 2.0).requires_grad_()
    loss = ops.clipped_value_loss(v, tensor(1.0, 1.0), tensor(3.0, 0.0), 0.5).sum()
    assert torch.autograd.grad(loss, v)[0].tolist() == [0, 4]


def test_a_mean_of_each_member():
    x = tensor([[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [4.0, 0.0]])
    assert ops.per_member_mean(x).tolist() == [3, 1]
    assert ops.per_member_mean(x, axis=1).tolist() == [3 / 4, 13 / 4]
    assert ops.per_member_mean(tensor(5.0, 7.0)).tolist() == [5, 7]
    mask = tensor([[True, False], [True, False]], [[False, False], [False, False]])
    assert ops.per_member_mean(torch.where(mask, x, math.nan), mask).tolist() == [2, 0]
    assert ops.per_member_mean(x, mask, axis=1).tolist() == [1, 3]


def test_normal_advantages():
    x = tensor([1.0, 3.0], [5.0, 5.0])
    assert ops.normalise(x, eps=0.0)[0].tolist() == [-1, 1]
    assert ops.normalise(x)[1].tolist() == [0, 0]
    assert ops.normalise(x, eps=1.0)[0].tolist() == [-0.5, 0.5]
    assert ops.normalise(tensor([[1.0], [4.0]], [[3.0], [8.0]]), axis=1, eps=0.0).flatten().tolist() == [-1, -1, 1, 1]
    assert ops.normalise(tensor([1.0, 3.0, 50.0]), tensor([True, True, False]), eps=0.0)[0, :2].tolist() == [-1, 1]
    assert ops.normalise(tensor([7.0])).tolist() == [[0]]


def test_measures_of_a_fit_and_of_a_step():
    v, target = tensor([1.0, 2.0], [0.0, 4.0], [1.0, 2.0]), tensor([3.0, 4.0], [0.0, 2.0], [5.0, 5.0])
    assert ops.explained_variance(v, target).tolist() == pytest.approx([1, 0, math.nan], nan_ok=True)
    log_prob, old = tensor([0.5, 1.0], [0.25, 0.25]).log(), tensor([0.25, 1.0], [0.25, 0.25]).log()
    assert ops.approx_kl(log_prob, old).tolist() == pytest.approx([(1 - math.log(2)) / 2, 0])
    assert ops.clip_fraction(log_prob, old, 0.5).tolist() == [0.5, 0]


def test_the_estimate_of_a_divergence_is_its_mean():
    """The estimate, weighted by the old policy's probabilities, is the divergence itself."""
    old, new = tensor(0.5, 0.25, 0.25).double(), tensor(0.25, 0.25, 0.5).double()
    log_ratio = (new / old).log()
    each = torch.stack([ops.approx_kl(log_ratio[a, None, None], torch.zeros(1, 1))[0] for a in range(3)])
    assert float((old * each).sum()) == pytest.approx(float((old * -log_ratio).sum()))


def test_what_is_not_available_has_no_probability():
    x, available = tensor([2.0, 50.0, 1.0], [0.0, 0.0, 0.0]), tensor([1, 0, 1], [0, 0, 0]).to(torch.int8)
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        found = ops.masked(x.to(dtype), available)
        assert found.isfinite().all()
        assert functional.softmax(found, -1)[0, 1] == 0
        assert functional.log_softmax(found, -1).isfinite().all()
    assert ops.masked(x, available).argmax(-1)[0] == 0


def test_dueling_heads_and_targets_that_follow():
    assert ops.dueling(tensor([10.0]), tensor([1.0, 2.0, 6.0])).tolist() == [[8, 9, 13]]
    assert ops.polyak(torch.zeros(1, 3), torch.ones(1, 3), 0.25).tolist() == [[0.25] * 3]


def returns_by_loop(r, v, v_next, terminated, truncated, gamma, trace_decay):
    """Return lambda-returns and advantages of one environment (T,) by the recursions as they are printed."""
    n, returns, advantages = len(r), [0.0] * len(r), [0.0] * len(r)
    for t in reversed(range(n)):
        value = 0.0 if terminated[t] else v_next[t]
        cut = t == n - 1 or terminated[t] or truncated[t]
        returns[t] = r[t] + gamma * (value if cut else (1 - trace_decay) * value + trace_decay * returns[t + 1])
        advantages[t] = r[t] + gamma * value - v[t] + (0.0 if cut else gamma * trace_decay * advantages[t + 1])
    return returns, advantages


def n_step_by_loop(r, v_next, terminated, truncated, gamma, n):
    """Return n-step returns of one environment (T,) by walking forward from each step."""
    found = []
    for t in range(len(r)):
        total, last = 0.0, t
        for k in range(t, min(t + n, len(r))):
            total, last = total + gamma ** (k - t) * r[k], k
            if terminated[k] or truncated[k]:
                break
        found.append(total + (0.0 if terminated[last] else gamma ** (last + 1 - t) * v_next[last]))
    return found


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    steps=st.integers(1, 40),
    n=st.integers(1, 9),
    ends=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_roll_outs_are_what_a_loop_over_time_makes_of_them(seed, steps, n, ends):
    generator = torch.Generator().manual_seed(seed)
    shape = steps, 2, 2
    r, v, v_next = (torch.randn(shape, generator=generator, dtype=torch.float64) for _ in range(3))
    terminated, truncated = (torch.rand(shape, generator=generator) < ends for _ in range(2))
    gamma, decay = (float(x) for x in torch.rand(2, generator=generator))
    returns = ops.lambda_return(r, v_next, terminated, truncated, gamma=gamma, trace_decay=decay)
    advantages = ops.gae(r, v, v_next, terminated, truncated, gamma=gamma, trace_decay=decay)
    of_n = ops.n_step(r, v_next, terminated, truncated, gamma=gamma, n=n)
    for m in range(2):
        for e in range(2):
            one = [x[:, m, e].tolist() for x in (r, v, v_next, terminated, truncated)]
            known_returns, known_advantages = returns_by_loop(*one, gamma, decay)
            assert returns[:, m, e].tolist() == pytest.approx(known_returns, abs=1e-12)
            assert advantages[:, m, e].tolist() == pytest.approx(known_advantages, abs=1e-12)
            del one[1]
            assert of_n[:, m, e].tolist() == pytest.approx(n_step_by_loop(*one, gamma, n), abs=1e-12)


# Each operation as a function of batches (M, B, A) and roll-outs (T, M, E), and the axis of members in its result.
RATES = {"gamma": 0.9, "trace_decay": 0.8}
CASES = {
    "td_target": (lambda b, _: ops.td_target(b["x"], b["y"], b["flag"], 0.9), 0),
    "expected_target": (lambda b, _: ops.expected_target(b["x"][..., 0], b["x"], b["y"], b["flag"][..., 0], 0.9), 0),
    "double_q_target": (lambda b, _: ops.double_q_target(b["x"][..., 0], b["x"], b["y"], b["flag"][..., 0], 0.9), 0),
    "discounted_sum": (lambda _, r: ops.discounted_sum(r["x"], r["y"]), 1),
    "n_step": (lambda _, r: ops.n_step(r["x"], r["y"], r["flag"], r["other"], gamma=0.9, n=3), 1),
    "lambda_return": (lambda _, r: ops.lambda_return(r["x"], r["y"], r["flag"], r["other"], **RATES), 1),
    "gae": (lambda _, r: ops.gae(r["x"], r["y"], r["z"], r["flag"], r["other"], **RATES), 1),
    "vtrace": (
        lambda _, r: torch.cat(ops.vtrace(r["x"], r["y"], r["z"], r["flag"], r["other"], r["x"], **RATES), 2),
        1,
    ),
    "huber": (lambda b, _: ops.huber(b["x"]), 0),
    "clipped_surrogate": (lambda b, _: ops.clipped_surrogate(b["x"], b["y"], b["z"], 0.2), 0),
    "clipped_value_loss": (lambda b, _: ops.clipped_value_loss(b["x"], b["y"], b["z"], 0.2), 0),
    "bradley_terry": (lambda b, _: ops.bradley_terry(b["x"], b["y"], b["z"]), 0),
    "per_member_mean": (lambda _, r: ops.per_member_mean(r["x"], r["flag"], axis=1), 0),
    "normalise": (lambda _, r: ops.normalise(r["x"], axis=1), 1),
    "explained_variance": (lambda b, _: ops.explained_variance(b["x"], b["y"]), 0),
    "approx_kl": (lambda b, _: ops.approx_kl(b["x"], b["y"]), 0),
    "clip_fraction": (lambda b, _: ops.clip_fraction(b["x"], b["y"], 0.5), 0),
    "masked": (lambda b, _: ops.masked(b["x"], b["flag"]), 0),
    "dueling": (lambda b, _: ops.dueling(b["x"][..., :1], b["y"]), 0),
    "polyak": (lambda b, _: ops.polyak(b["x"], b["y"], 0.1), 0),
}


def numbers(shape, generator, device):
    """Return three tensors of normal numbers and two of truth values, by name."""
    found = {name: torch.randn(shape, generator=generator) for name in ("x", "y", "z")}
    found |= {name: torch.rand(shape, generator=generator) < 0.3 for name in ("flag", "other")}
    return {name: x.to(device) for name, x in found.items()}


def data(seed, device):
    generator = torch.Generator().manual_seed(seed)
    return numbers((M, B, A), generator, device), numbers((T, M, E), generator, device)


def perturbed(given, axis, other):
    """Return the data with all of member 1's replaced."""
    found = {name: x.clone() for name, x in given.items()}
    for name, x in found.items():
        if x.is_floating_point():
            x.select(axis, 1).copy_(other if isinstance(other, float) else other[name].select(axis, 1))
        else:
            x.select(axis, 1).logical_not_()
    return found


def test_every_operation_has_its_case():
    public = {name for name, one in inspect.getmembers(ops, inspect.isfunction) if one.__module__ == ops.__name__}
    assert {name for name in public if not name.startswith("_")} == set(CASES)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", CASES)
def test_an_operation_keeps_members_apart(name, device):
    (function, axis), (batch, steps), (other_batch, other_steps) = CASES[name], data(0, device), data(1, device)
    known = function(batch, steps)
    for other in ((other_batch, other_steps), (math.nan, math.nan), (math.inf, math.inf)):
        found = function(perturbed(batch, 0, other[0]), perturbed(steps, 1, other[1]))
        assert not torch.equal(found.select(axis, 1), known.select(axis, 1))
        for m in (0, 2):
            assert torch.equal(found.select(axis, m), known.select(axis, m))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("backend", ["aot_eager", pytest.param("inductor", marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's compiler
def test_all_operations_in_one_compiled_graph(backend, device):
    def everything(batch, steps):
        return {name: function(batch, steps) for name, (function, _) in CASES.items()}

    torch.compiler.reset()
    compiled = torch.compile(everything, backend=backend, fullgraph=True, dynamic=False)
    (batch, steps), (other_batch, other_steps) = data(0, device), data(1, device)
    known, found = everything(batch, steps), compiled(batch, steps)
    perturbations = (other_batch, other_steps), (math.nan, math.nan)
    for other in perturbations:
        again = compiled(perturbed(batch, 0, other[0]), perturbed(steps, 1, other[1]))
        for name, (_, axis) in CASES.items():
            assert torch.allclose(found[name], known[name], atol=1e-6), name
            for m in (0, 2):
                assert torch.equal(again[name].select(axis, m), found[name].select(axis, m)), name
