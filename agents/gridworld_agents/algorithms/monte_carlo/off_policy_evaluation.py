"""Off-policy evaluation: what a policy is worth, from episodes that another one played.

Importance sampling (Sutton and Barto, 5.5), per decision (Precup, Sutton and Singh 2000; Sutton and Barto, 5.9), and
doubly robust (Jiang and Li 2016). pi is the policy, b the one that acted, w the weight of an episode.

1  rho <- pi(a | s) / b(a | s) at every step; g <- r + gamma g and w <- rho w, backwards through each episode
2  ordinary: the mean of w g. Unbiased; its variance may be infinite
3  weighted: sum w g / sum w. Biased, less with more episodes; its variance is far smaller
4  per decision: the mean of x <- rho (r + gamma x), backwards. Unbiased; a reward has no weights of later steps
5  doubly robust: the mean of x <- v(s) + rho (r + gamma x - q(s, a)), backwards, where v(s) = sum_a pi(a | s) q(s, a).
   Unbiased for any q, and without variance where q is exact and each action has one outcome; q = 0 makes it 4
6  an interval by drawing the episodes anew, see `off_policy.estimate`

Truncated episodes: 2, 3 and 4 know no value that could follow, so that these count as over: what is estimated is the
return up to the time limit. 5 goes on in v(s_next), as every agent here does, unless `bootstrap` is False.

Where weights differ much, no interval can be trusted: see `effective_sample_size`. An outcome that pi would see and
that was never logged is in no estimate.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import choose, flag, whole_number
from gridworld_agents.core.compiling import compiled
from gridworld_agents.core.public import export
from gridworld_agents.data.estimate import Estimate, estimate
from gridworld_agents.data.fitting import fitted_q, q_values
from gridworld_agents.data.logged import Logged, weighed
from gridworld_agents.data.rows import finite_space

if TYPE_CHECKING:
    from gridworld_agents.data.episodes import Episodes

METHODS = ("ordinary", "weighted", "per-decision")
export("gridworld_agents.off_policy_evaluation.METHODS").constant("METHODS")


@export("gridworld_agents.off_policy_evaluation.importance_sampling")
def importance_sampling(
    episodes: Episodes, policy: Any, gamma: float, *, method: str = "weighted", behaviour: Any = None, **interval: Any
) -> Estimate:
    """Estimate the value of a policy where episodes start, by importance sampling.

    Args:
        episodes: What another policy did, to the end of each episode.
        policy: To be valued: "uniform", (S, A), a callable or an agent, see `off_policy.logged.weighed`.
        gamma: Discount, in [0, 1].
        method: "ordinary", "weighted" or "per-decision".
        behaviour: The policy that acted, likewise; None takes the probabilities that were logged.
        **interval: `confidence`, 0.95; `resamples`, 1999; `seed` of these, 0.

    Raises:
        ValueError: If an argument is out of range, the log stops within an episode, no probabilities are known, the
            policy takes actions that were never taken, or no episode has any weight.
    """
    choose("method", method, METHODS)
    log = weighed(episodes, policy, behaviour, gamma)
    nothing = np.zeros(len(episodes))
    x, w = _backwards(episodes, log, gamma, nothing, nothing, np.zeros(episodes.num_episodes))  # 1, 4
    if not w.any():
        raise ValueError("the policy would have played none of the logged episodes to its end: log more of them")
    one = np.ones(len(w))
    g = episodes.returns(gamma)
    sums = {"ordinary": (w * g, one), "weighted": (w * g, w), "per-decision": (x, one)}  # 2, 3, 4
    return _estimate(*sums[method], w, **interval)  # 6


@export("gridworld_agents.off_policy_evaluation.doubly_robust")
def doubly_robust(
    episodes: Episodes,
    policy: Any,
    gamma: float,
    *,
    q: Any = None,
    behaviour: Any = None,
    bootstrap: bool = True,
    folds: int = 5,
    **interval: Any,
) -> Estimate:
    """Estimate the value of a policy where episodes start, with the help of action values.

    Args:
        episodes: As for `importance_sampling`, with finite observations.
        policy: As there.
        gamma: As there.
        q: (S, A), a guess at the policy's action values; or a `TabularMDP` to compute them from. None fits a model to
            the log, for each part of the episodes to the others, so that no episode has a say in its own guess.
        behaviour: As there.
        bootstrap: Whether a truncated episode goes on in its value, True, or counts as over, False.
        folds: In how many parts, >= 2, where a model is fitted.
        **interval: As there.

    Raises:
        ValueError: As there, and if q has another shape or is not finite.
    """
    bootstrap, folds = flag("bootstrap", bootstrap), whole_number("folds", folds, 2)
    log = weighed(episodes, policy, behaviour, gamma)
    s_next = finite_space("observation_space", episodes.observation_space).numbers(episodes.next_observations)
    N = episodes.num_episodes
    part = np.zeros(N, np.int64) if q is not None else np.arange(N) % folds
    of_step = np.repeat(part, episodes.lengths)
    columns = (log.s, log.a, episodes.rewards, s_next, episodes.terminated)
    v_s, q_sa, v_next = (np.zeros(len(episodes)) for _ in range(3))
    for i in range(part.max() + 1):
        here = of_step == i
        guess = q_values(q, log.pi, gamma) if q is not None else fitted_q(columns, ~here, log.pi, gamma)
        v = (log.pi * guess).sum(axis=1)
        v_s[here], q_sa[here], v_next[here] = v[log.s[here]], guess[log.s[here], log.a[here]], v[s_next[here]]
    last = episodes.bounds[1:] - 1
    after = np.where(episodes.terminated[last] | (not bootstrap), 0.0, v_next[last])
    x, w = _backwards(episodes, log, gamma, v_s, q_sa, after)  # 1, 5
    return _estimate(x, np.ones(N), w, **interval)  # 6


def _estimate(
    x: Any, w: Any, weights: Any, *, confidence: float = 0.95, resamples: int = 1999, seed: int = 0
) -> Estimate:
    return estimate(x, w, weights, confidence=confidence, resamples=resamples, seed=seed)


def _backwards(episodes: Episodes, log: Logged, gamma: float, v: Any, q: Any, after: Any) -> tuple[Any, Any]:
    """Return x and w of each episode: (N,) float64."""
    x, w = after, np.ones(episodes.num_episodes)
    _loop()(episodes.bounds, log.rho, episodes.rewards, v, q, float(gamma), x, w)
    if not (np.isfinite(x).all() and np.isfinite(w).all()):
        raise ValueError("the weights of the episodes are larger than numbers can be: the episodes are too long for it")
    return x, w


@functools.cache
def _loop() -> Any:
    return compiled(_recursion)


def _recursion(bounds: Any, rho: Any, rewards: Any, v: Any, q: Any, gamma: float, x: Any, w: Any) -> None:
    for i in range(x.size):
        for t in range(bounds[i + 1] - 1, bounds[i] - 1, -1):
            x[i] = v[t] + rho[t] * (rewards[t] + gamma * x[i] - q[t])  # 4, 5
            w[i] *= rho[t]  # 1
