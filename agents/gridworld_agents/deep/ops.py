"""Targets, returns, advantages and losses: one function, one equation. Algorithms only combine them.

All are pure, run eagerly and compiled on any device, and keep members apart: nothing of one member's data reaches the
result of another. Shapes: T steps, M members, E environments of each, B transitions of a batch, A actions. Roll-outs
are (T, M, E), batches (M, B); `...` stands for either. Numbers are floating, `terminated`, `truncated` and masks bool.

How an episode ends is told by three arguments wherever it matters, so that it need not be thought of again:

- `v_next` is the value of the observation that the step led to: where the episode ended, its final one, not the first
  of the next episode;
- `terminated`: nothing follows. What `v_next` holds there is never read;
- `truncated`: the step is bootstrapped from `v_next` like any other, and what is accumulated over time is cut.

The last step of a roll-out bootstraps from `v_next` as well. `gamma`, `trace_decay` (lambda) and other rates are
numbers, or tensors that broadcast, such as (M, 1) for one of each member.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from gridworld_agents.core.public import export

export("gridworld_agents.authoring.ops").module()

Rate: TypeAlias = float | Tensor


# Targets of one step


def td_target(r: Tensor, v_next: Tensor, terminated: Tensor, gamma: Rate) -> Tensor:
    """Return r + gamma v_next, or r where terminated (Sutton and Barto 2018, equation 6.2; Zhao 2025, equation 7.1).

    Args:
        r: (...), rewards.
        v_next: (...), values of the next observations.
        terminated: (...).
        gamma: Discount.
    """
    return r + gamma * v_next.masked_fill(terminated, 0)


def expected_target(r: Tensor, q_next: Tensor, policy_next: Tensor, terminated: Tensor, gamma: Rate) -> Tensor:
    """Return r + gamma sum_a pi(a | s_next) q(s_next, a): (...) (Sutton and Barto 2018, equation 6.9).

    Args:
        r: (...), rewards.
        q_next: (..., A), values of the next actions.
        policy_next: (..., A), probabilities of the next actions.
        terminated: (...).
        gamma: Discount.
    """
    return td_target(r, (policy_next * q_next).sum(-1), terminated, gamma)


def double_q_target(r: Tensor, q_next: Tensor, target_q_next: Tensor, terminated: Tensor, gamma: Rate) -> Tensor:
    """Return r + gamma q'(s_next, argmax_a q(s_next, a)): (...) (van Hasselt et al. 2016, equation 4).

    Args:
        r: (...), rewards.
        q_next: (..., A), values that the action is chosen by; those of actions that are not available `masked`.
        target_q_next: (..., A), values that it is valued by: the target network's.
        terminated: (...).
        gamma: Discount.
    """
    best = q_next.argmax(-1, keepdim=True)
    return td_target(r, target_q_next.gather(-1, best).squeeze(-1), terminated, gamma)


# Returns and advantages of roll-outs


def discounted_sum(x: Tensor, decay: Tensor) -> Tensor:
    """Return y_t = x_t + decay_t y_{t+1}, with y_T = 0: (T, ...) (Sutton and Barto 2018, equation 3.9).

    Spans of 1, 2, 4, ... steps are joined, which takes log2(T) operations where a loop over time takes T.

    Args:
        x: (T, ...).
        decay: (T, ...), 0 where t + 1 belongs to another episode. That of the last step is not read.
    """
    span = 1
    while span < len(x):
        x = torch.cat([x[:-span] + decay[: len(x) - span] * x[span:], x[-span:]])
        decay = decay[:-span] * decay[span:]  # over twice the span; those that reach beyond T are dropped
        span *= 2
    return x


def n_step(r: Tensor, v_next: Tensor, terminated: Tensor, truncated: Tensor, *, gamma: Rate, n: int) -> Tensor:
    """Return r_t + gamma r_{t+1} + ... + gamma^n v_{t+n}: (T, M, E) (Sutton and Barto 2018, equation 7.1).

    Where the episode or the roll-out ends sooner, it is bootstrapped there.

    Args:
        r: (T, M, E), rewards.
        v_next: (T, M, E), values of the next observations.
        terminated: (T, M, E).
        truncated: (T, M, E).
        gamma: Discount.
        n: Steps, >= 1.
    """
    ended, value = terminated | truncated, v_next.masked_fill(terminated, 0)
    returns = r + gamma * value
    for _ in range(min(n, len(r)) - 1):
        following = torch.where(ended[:-1], value[:-1], returns[1:])
        returns = r + gamma * torch.cat([following, value[-1:]])
    return returns


def lambda_return(
    r: Tensor, v_next: Tensor, terminated: Tensor, truncated: Tensor, *, gamma: Rate, trace_decay: Rate
) -> Tensor:
    """Return G_t = r_t + gamma [(1 - lambda) v_{t+1} + lambda G_{t+1}]: (T, M, E) (Sutton and Barto 2018, 12.18).

    Args:
        r: (T, M, E), rewards.
        v_next: (T, M, E), values of the next observations.
        terminated: (T, M, E).
        truncated: (T, M, E).
        gamma: Discount.
        trace_decay: lambda.
    """
    weight = trace_decay * _goes_on(terminated, truncated).to(r.dtype)
    return discounted_sum(td_target(r, (1 - weight) * v_next, terminated, gamma), gamma * weight)


def gae(
    r: Tensor, v: Tensor, v_next: Tensor, terminated: Tensor, truncated: Tensor, *, gamma: Rate, trace_decay: Rate
) -> Tensor:
    """Return A_t = delta_t + gamma lambda A_{t+1}: (T, M, E) (Schulman et al. 2016, equation 16).

    delta_t = r_t + gamma v_{t+1} - v_t. The targets of the values are v + A.

    Args:
        r: (T, M, E), rewards.
        v: (T, M, E), values of the observations.
        v_next: (T, M, E), values of the next observations.
        terminated: (T, M, E).
        truncated: (T, M, E).
        gamma: Discount.
        trace_decay: lambda.
    """
    delta = td_target(r, v_next, terminated, gamma) - v
    return discounted_sum(delta, gamma * trace_decay * _goes_on(terminated, truncated).to(r.dtype))


class VTrace(NamedTuple):
    """What V-trace makes of a roll-out."""

    targets: Tensor  # (T, M, E), of the values
    advantages: Tensor  # (T, M, E), by which the policy's gradient is weighted


def vtrace(
    r: Tensor,
    v: Tensor,
    v_next: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    log_ratio: Tensor,
    *,
    gamma: Rate,
    trace_decay: Rate = 1.0,
    largest_rho: float = 1.0,
    largest_c: float = 1.0,
) -> VTrace:
    """Return targets and advantages off the policy (Espeholt et al. 2018, equation 1 and remark 1; section 4.2).

    targets_t = v_t + y_t with y_t = rho_t delta_t + gamma c_t y_{t+1}; advantages_t = rho_t (r_t + gamma targets_{t+1}
    - v_t); rho_t = min(largest_rho, pi / mu), c_t = lambda min(largest_c, pi / mu).

    Args:
        r: (T, M, E), rewards.
        v: (T, M, E), values of the observations.
        v_next: (T, M, E), values of the next observations.
        terminated: (T, M, E).
        truncated: (T, M, E).
        log_ratio: (T, M, E), log pi(a | s) - log mu(a | s), pi the policy, mu the behaviour policy.
        gamma: Discount.
        trace_decay: lambda, their remark 2.
        largest_rho: Where rho is cut off.
        largest_c: Where c is cut off.
    """
    goes_on, ratio = _goes_on(terminated, truncated), log_ratio.exp()
    rho, c = ratio.clamp(max=largest_rho), trace_decay * ratio.clamp(max=largest_c)
    delta = rho * (td_target(r, v_next, terminated, gamma) - v)
    targets = v + discounted_sum(delta, gamma * c * goes_on.to(r.dtype))
    following = torch.where(goes_on, targets.roll(-1, 0), v_next)
    return VTrace(targets, rho * (td_target(r, following, terminated, gamma) - v))


def _goes_on(terminated: Tensor, truncated: Tensor) -> Tensor:
    """Return whether step t + 1 is there and of the same episode: (T, M, E) bool."""
    within = ~(terminated | truncated)
    return torch.cat([within[:-1], torch.zeros_like(within[-1:])])


# Losses of single transitions


def huber(error: Tensor, delta: float = 1.0) -> Tensor:
    """Return error^2 / 2, beyond +-delta the line that goes on from it: (...) (Huber 1964; Mnih et al. 2015)."""
    size = error.abs()
    near = size.clamp(max=delta)
    return near * (size - near / 2)


def clipped_surrogate(log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor, clip: Rate) -> Tensor:
    """Return min(rho A, clip(rho, 1 - clip, 1 + clip) A), to be maximised: (...) (Schulman et al. 2017, equation 7).

    Args:
        log_prob: (...), log pi(a | s).
        old_log_prob: (...), the same of the policy that acted. rho is the ratio of the two probabilities.
        advantage: (...), A.
        clip: Their epsilon.
    """
    ratio = (log_prob - old_log_prob).exp()
    return torch.minimum(ratio * advantage, _between(ratio, 1 - clip, 1 + clip) * advantage)


def clipped_value_loss(v: Tensor, old_v: Tensor, target: Tensor, clip: Rate) -> Tensor:
    """Return max((v - target)^2, (old_v + clip(v - old_v, -clip, clip) - target)^2): (...) (Engstrom et al. 2020, 2).

    Args:
        v: (...), values.
        old_v: (...), values when the roll-out was made.
        target: (...), what the values should be.
        clip: How far a value may move before its loss stops falling.
    """
    moved = old_v + _between(v - old_v, -clip, clip)
    return torch.maximum((v - target).square(), (moved - target).square())


def bradley_terry(left: Tensor, right: Tensor, preference: Tensor) -> Tensor:
    """Return -p log P - (1 - p) log(1 - P) with P = sigmoid(left - right): (...) (Christiano et al. 2017, equation 1).

    Args:
        left: (...), score of the first of a pair: the sum of its predicted rewards, or its log-probability ratio.
        right: (...), score of the second.
        preference: (...), p in [0, 1]: 1 where the first was preferred, 0.5 where neither was.
    """
    return functional.softplus(right - left) + (1 - preference) * (left - right)


def _between(x: Tensor, low: Rate, high: Rate) -> Tensor:
    """Return x cut off at two numbers or two tensors."""
    return x.clamp(low, high)  # type: ignore[arg-type]  # torch declares the two cases apart


# What belongs to each member


def per_member_mean(x: Tensor, mask: Tensor | None = None, *, axis: int = 0) -> Tensor:
    """Return the mean over all axes but the members': (M,).

    Args:
        x: (M, ...), or (T, M, ...) with `axis=1`.
        mask: Of the shape of x: which numbers count. What x holds elsewhere is never read. The mean of none is 0.
        axis: Of the members.
    """
    rows = _rows(x, axis)
    if mask is None:
        return rows.mean(1)
    counts = _rows(mask, axis)
    return rows.masked_fill(~counts, 0).sum(1) / counts.sum(1).clamp(min=1)


def normalise(x: Tensor, mask: Tensor | None = None, *, axis: int = 0, eps: float = 1e-8) -> Tensor:
    """Return (x - mean) / (deviation + eps), mean and deviation of each member: the shape of x.

    The deviation is that of the numbers themselves, not an estimate (n, not n - 1): a single number gives 0.

    Args:
        x: (M, ...), or (T, M, ...) with `axis=1`: advantages.
        mask: Of the shape of x: which numbers count.
        axis: Of the members.
        eps: Keeps the quotient finite.
    """
    centred = x - _along(per_member_mean(x, mask, axis=axis), x, axis)
    variance = per_member_mean(centred.square(), mask, axis=axis)
    return centred / (_along(variance, x, axis).sqrt() + eps)


def explained_variance(v: Tensor, target: Tensor, *, axis: int = 0) -> Tensor:
    """Return 1 - Var(target - v) / Var(target), NaN where the targets are all the same: (M,).

    1: the values are right, but for a constant; 0: no better than a constant; below: worse.

    Args:
        v: (M, ...), or (T, M, ...) with `axis=1`: values.
        target: Of the shape of v: what they should be.
        axis: Of the members.
    """
    left, total = _variance(target - v, axis), _variance(target, axis)
    return torch.where(total > 0, 1 - left / total, torch.nan)


def approx_kl(log_prob: Tensor, old_log_prob: Tensor, *, axis: int = 0) -> Tensor:
    """Return the mean of (rho - 1) - log rho, an estimate of KL(old || new) that is never negative: (M,).

    rho is the ratio of the new to the old probability of actions of the old policy (Schulman 2020, "Approximating KL
    divergence", k3).

    Args:
        log_prob: (M, ...), or (T, M, ...) with `axis=1`: of the new policy.
        old_log_prob: Of the same shape: of the policy that acted.
        axis: Of the members.
    """
    log_ratio = log_prob - old_log_prob
    return per_member_mean(log_ratio.expm1() - log_ratio, axis=axis)


def clip_fraction(log_prob: Tensor, old_log_prob: Tensor, clip: Rate, *, axis: int = 0) -> Tensor:
    """Return the share of ratios that `clipped_surrogate` clips: (M,).

    Args:
        log_prob: (...), of the actions under the policy that learns.
        old_log_prob: (...), under the one that took them.
        clip: As there.
        axis: Of the members.
    """
    ratio = (log_prob - old_log_prob).exp()
    return per_member_mean(((ratio - 1).abs() > clip).to(ratio.dtype), axis=axis)


def _rows(x: Tensor, axis: int) -> Tensor:
    """Return (M, n): all that belongs to a member in a row."""
    first = x if axis == 0 else x.movedim(axis, 0)  # a call less counts where losses are small
    return first.reshape(len(first), -1)


def _along(value: Tensor, x: Tensor, axis: int) -> Tensor:
    """Return a number of each member (M,) in a shape that broadcasts along that axis of x."""
    return value.view([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])


def _variance(x: Tensor, axis: int) -> Tensor:
    """Return the variance of each member's numbers: (M,)."""
    return per_member_mean((x - _along(per_member_mean(x, axis=axis), x, axis)).square(), axis=axis)


# Networks and their outputs


def masked(x: Tensor, available: Tensor) -> Tensor:
    """Return x where available, elsewhere a number so low that its softmax is 0 and no maximum takes it: (..., A).

    It is finite, so that entropies and gradients are; so is a row where nothing is available, as when terminated.

    Args:
        x: (..., A), logits or values.
        available: (..., A), or what broadcasts: bool, or integers of which 0 is not available.
    """
    return torch.where(available.bool(), x, torch.finfo(x.dtype).min / 2)  # half, as differences must be finite too


def dueling(v: Tensor, advantage: Tensor) -> Tensor:
    """Return q = v + advantage - mean_a advantage: (..., A) (Wang et al. 2016, equation 9).

    Args:
        v: (..., 1), values.
        advantage: (..., A).
    """
    return v + advantage - advantage.mean(-1, keepdim=True)


def polyak(target: Tensor, params: Tensor, tau: Rate) -> Tensor:
    """Return tau params + (1 - tau) target: (M, size) (Lillicrap et al. 2016, Algorithm 1)."""
    return torch.lerp(target, params, tau)
