"""Off-policy evaluation: by hand, by enumeration of all episodes, and intervals that cover as often as they say."""

import functools
import math

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from scipy.stats import binom

import gridworld_agents as ga
from gridworld_agents.algorithms.monte_carlo.off_policy_evaluation import METHODS, doubly_robust, importance_sampling
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy
from gridworld_env import TabularMDP, oracle

PI = np.array([[0.25, 0.75], [0.25, 0.75]])
Q = np.array([[4.0, 6.0], [2.0, 10.0]])


def log(s, a, r, s_next, terminated, truncated, p=0.5, S=2, A=2):
    """Return a log over S states and A actions."""
    T = len(s)
    return ga.Episodes(
        np.array(s),
        np.array(a),
        np.array(r, float),
        np.array(s_next),
        np.array(terminated, bool),
        np.array(truncated, bool),
        np.broadcast_to(p, T).astype(float),
        spaces.Discrete(S),
        spaces.Discrete(A),
    )


def two(truncated=False):
    """Return two episodes: ratios 1.5, 0.5 and 0.5; weights 0.75 and 0.5; returns 4 and 8 at gamma 0.5."""
    return log([0, 1, 0], [1, 0, 0], [2, 4, 8], [1, 0, 0], [0, not truncated, 1], [0, truncated, 0])


BY_HAND = {
    "ordinary": (0.75 * 4 + 0.5 * 8) / 2,
    "weighted": (0.75 * 4 + 0.5 * 8) / (0.75 + 0.5),
    "per-decision": (1.5 * (2 + 0.5 * 0.5 * 4) + 0.5 * 8) / 2,
}


@pytest.mark.parametrize("truncated", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_importance_sampling_by_hand(method, truncated):
    """A truncated episode counts as over."""
    found = importance_sampling(two(truncated), PI, 0.5, method=method)
    assert found.value == pytest.approx(BY_HAND[method], abs=1e-14)
    assert found.effective_sample_size == pytest.approx((0.75 + 0.5) ** 2 / (0.75**2 + 0.5**2), abs=1e-14)
    assert found.episodes == 2
    assert found.low <= found.value <= found.high


def test_standard_errors_by_hand():
    x = np.array([3.0, 4.0])
    assert importance_sampling(two(), PI, 0.5, method="ordinary").standard_error == pytest.approx(
        x.std(ddof=1) / math.sqrt(2), abs=1e-14
    )
    e = x - 5.6 * np.array([0.75, 0.5])
    assert importance_sampling(two(), PI, 0.5).standard_error == pytest.approx(
        math.sqrt(2 * (e**2).sum()) / 1.25, abs=1e-14
    )


def test_doubly_robust_by_hand():
    v0, v1 = 0.25 * 4 + 0.75 * 6, 0.25 * 2 + 0.75 * 10
    second = v0 + 0.5 * (8 - 4)

    def first(after):
        return v0 + 1.5 * (2 + 0.5 * (v1 + 0.5 * (4 + 0.5 * after - 2)) - 6)

    for truncated, bootstrap, after in ((False, True, 0), (True, True, v0), (True, False, 0)):
        found = doubly_robust(two(truncated), PI, 0.5, q=Q, bootstrap=bootstrap)
        assert found.value == pytest.approx((first(after) + second) / 2, abs=1e-14)


def test_doubly_robust_without_a_guess_is_per_decision():
    guess = doubly_robust(two(), PI, 0.5, q=np.zeros((2, 2)))
    assert guess == importance_sampling(two(), PI, 0.5, method="per-decision")


def tiny():
    """Return a model of two states with chance in everything, and a policy that acts in it."""
    mdp = TabularMDP(
        np.array([[[0, 1], [1, 0]], [[1, 0], [0, 1]]]),
        np.array([[[0.25, 0.75], [0.5, 0.5]], [[0.875, 0.125], [0.25, 0.75]]]),
        np.array([[[1.0, -2], [3, 5]], [[-4, 2], [0.5, 7]]]),
        np.array([[[0, 0], [1, 0]], [[0, 1], [0, 0]]], bool),
        np.array([0.375, 0.625]),
    )
    return mdp, np.array([[0.6, 0.4], [0.9, 0.1]])


def all_episodes(mdp, behaviour, limit):
    """Yield every episode of at most so many steps, and its probability under the policy that acts."""

    def walk(s, steps, chance):
        for a, k in np.ndindex(2, 2):
            p = chance * behaviour[s, a] * mdp.probability[s, a, k]
            s_next, over = int(mdp.next_state[s, a, k]), bool(mdp.terminated[s, a, k])
            truncated = not over and len(steps) + 1 == limit
            taken = [*steps, (s, a, mdp.reward[s, a, k], s_next, over, truncated, behaviour[s, a])]
            if over or truncated:
                yield p, log(*zip(*taken, strict=True))
            else:
                yield from walk(s_next, taken, p)

    for s in range(2):
        yield from walk(s, [], float(mdp.initial[s]))


LIMIT = 3
UNBIASED = {
    "ordinary": lambda one: importance_sampling(one, PI, 0.9, method="ordinary", resamples=100),
    "per-decision": lambda one: importance_sampling(one, PI, 0.9, method="per-decision", resamples=100),
    "doubly robust": lambda one: doubly_robust(one, PI, 0.9, q=Q, bootstrap=False, resamples=100),
}


@pytest.mark.parametrize("name", UNBIASED)
def test_unbiased_over_all_episodes_there_are(name):
    """Exactly: the mean of the estimate over every episode is the value, however wrong the guess at q."""
    mdp, behaviour = tiny()
    exact = mdp.initial @ oracle.finite_horizon(mdp, gamma=0.9, horizon=LIMIT, policy=PI).v[LIMIT]
    pairs = [(p, UNBIASED[name](one).value) for p, one in all_episodes(mdp, behaviour, LIMIT)]
    assert len(pairs) > 50
    assert sum(p for p, _ in pairs) == pytest.approx(1, abs=1e-12)
    assert sum(p * value for p, value in pairs) == pytest.approx(exact, abs=1e-12)


def test_the_bias_of_the_weighted_estimate_of_one_episode():
    """It is the return itself, so that its mean is the value of the policy that acted (Sutton and Barto, 5.5)."""
    mdp, behaviour = tiny()
    mean = sum(p * importance_sampling(one, PI, 0.9).value for p, one in all_episodes(mdp, behaviour, LIMIT))
    exact = mdp.initial @ oracle.finite_horizon(mdp, gamma=0.9, horizon=LIMIT, policy=behaviour).v[LIMIT]
    assert mean == pytest.approx(exact, abs=1e-12)


def test_with_bootstrap_and_exact_q_the_value_is_that_without_a_limit():
    mdp, behaviour = tiny()
    estimates = [
        p * doubly_robust(one, PI, 0.9, q=mdp, resamples=100).value for p, one in all_episodes(mdp, behaviour, LIMIT)
    ]
    assert sum(estimates) == pytest.approx(mdp.initial @ oracle.evaluate(mdp, PI, gamma=0.9), abs=1e-9)


@pytest.mark.parametrize("limit", [4, 100_000])
def test_doubly_robust_has_no_variance_where_q_is_exact_and_nothing_slips(limit):
    env = gym.make("GridWorld-v0", layout=["S.F.", ".#..", "...T"], max_episode_steps=limit)
    mdp = TabularMDP.from_env(env)
    pi = epsilon_greedy_policy(oracle.optimal(mdp, gamma=0.9).q, 0.3)
    episodes = ga.collect(env, episodes=50, seed=0)
    assert episodes.truncated.any() == (limit == 4)
    found = doubly_robust(episodes, pi, 0.9, q=mdp)
    exact = mdp.initial @ oracle.evaluate(mdp, pi, gamma=0.9)
    assert found.value == pytest.approx(exact, abs=1e-9)
    assert found.standard_error < 1e-9
    assert found.high - found.low < 1e-8
    assert importance_sampling(episodes, pi, 0.9).standard_error > 1e-3


def slippery():
    env = gym.make("GridWorld-v0", layout=["S.", "FT"], slip=0.2, actions="cardinal", max_episode_steps=20)
    mdp = TabularMDP.from_env(env)
    q = oracle.optimal(mdp, gamma=0.9).q
    return env, mdp, epsilon_greedy_policy(q, 0.6), epsilon_greedy_policy(q, 0.2)


@pytest.fixture(scope="module")
def logged():
    """Return a function that returns so many episodes of the policy that acts, collected once and read by all."""
    env, _, behaviour, _ = slippery()
    return functools.cache(lambda episodes, seed: ga.collect(env, behaviour, episodes=episodes, seed=seed))


ESTIMATORS = {
    "ordinary": lambda log, pi: importance_sampling(log, pi, 0.9, method="ordinary"),
    "weighted": lambda log, pi: importance_sampling(log, pi, 0.9),
    "per-decision": lambda log, pi: importance_sampling(log, pi, 0.9, method="per-decision"),
    "doubly robust": lambda log, pi: doubly_robust(log, pi, 0.9, bootstrap=False),
    "doubly robust, a poor guess": lambda log, pi: doubly_robust(log, pi, 0.9, q=np.full((4, 4), 0.3), bootstrap=False),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_intervals_cover_as_often_as_they_say(name, logged):
    """300 logs of 100 episodes each, seed 0; 95% intervals.

    Were the coverage 0.93 or more, fewer than the 10^-4 quantile of Binomial(300, 0.93), 261, would cover once in
    10,000: that is the false alarm, below an interval that covers 87%. All 300 cover by chance once in 4.8 million at
    a coverage of 0.95: intervals that are too wide fail as well. The exact value is the oracle's for 20 steps.
    """
    _, mdp, _, pi = slippery()
    exact = mdp.initial @ oracle.finite_horizon(mdp, gamma=0.9, horizon=20, policy=pi).v[20]
    episodes = logged(30_000, 0)
    found = [ESTIMATORS[name](episodes.select(slice(i, i + 100)), pi) for i in range(0, 30_000, 100)]
    covered = sum(one.low <= exact <= one.high for one in found)
    assert binom.ppf(1e-4, 300, 0.93) <= covered < 300
    values, errors = np.array([one.value for one in found]), np.array([one.standard_error for one in found])
    # The mean of 300: 4 of its standard deviations, once in 15,000; and 0.01 for the bias of weighted sampling.
    assert abs(values.mean() - exact) < 4 * values.std() / math.sqrt(300) + 0.01 * (name == "weighted")
    assert 0.8 < errors.mean() / values.std() < 1.2


@pytest.mark.parametrize("name", ESTIMATORS)
def test_all_come_to_the_value(name, logged):
    """With 200,000 episodes, seed 1; off by more than 4 standard errors once in 15,000."""
    _, mdp, _, pi = slippery()
    exact = mdp.initial @ oracle.finite_horizon(mdp, gamma=0.9, horizon=20, policy=pi).v[20]
    episodes = logged(200_000, 1)
    options = {"resamples": 100}
    found = {
        "ordinary": lambda: importance_sampling(episodes, pi, 0.9, method="ordinary", **options),
        "weighted": lambda: importance_sampling(episodes, pi, 0.9, **options),
        "per-decision": lambda: importance_sampling(episodes, pi, 0.9, method="per-decision", **options),
        "doubly robust": lambda: doubly_robust(episodes, pi, 0.9, bootstrap=False, **options),
        "doubly robust, a poor guess": lambda: doubly_robust(
            episodes, pi, 0.9, q=np.full((4, 4), 0.3), bootstrap=False, **options
        ),
    }[name]()
    assert found.standard_error < 0.004
    assert abs(found.value - exact) < 4 * found.standard_error


def test_on_its_own_episodes_a_policy_is_worth_their_mean_return():
    env, _, behaviour, _ = slippery()
    episodes = ga.collect(env, behaviour, episodes=50, seed=0)
    for method in METHODS:
        found = importance_sampling(episodes, behaviour, 0.9, method=method)
        assert found.value == pytest.approx(episodes.returns(0.9).mean(), abs=1e-12)
        assert found.effective_sample_size == pytest.approx(50)


def test_a_narrower_interval_for_less_confidence():
    env, _, behaviour, pi = slippery()
    episodes = ga.collect(env, behaviour, episodes=60, seed=0)
    wide, narrow = (importance_sampling(episodes, pi, 0.9, confidence=c) for c in (0.99, 0.5))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert importance_sampling(episodes, pi, 0.9, seed=1) != importance_sampling(episodes, pi, 0.9)
    assert importance_sampling(episodes, pi, 0.9) == importance_sampling(episodes, pi, 0.9)


def test_one_episode_has_no_interval():
    one = two().select([0])
    for found in (importance_sampling(one, PI, 0.5), doubly_robust(one, PI, 0.5)):
        assert (found.low, found.high, found.standard_error) == (-math.inf, math.inf, math.inf)


def test_a_fitted_model_leaves_less_variance():
    env, _, behaviour, pi = slippery()
    episodes = ga.collect(env, behaviour, episodes=500, seed=0)
    fitted, none = (doubly_robust(episodes, pi, 0.9, q=q).standard_error for q in (None, np.zeros((4, 4))))
    assert fitted < 0.8 * none


@pytest.mark.parametrize(
    ("episodes", "policy", "gamma", "options", "message"),
    [
        (two(), PI, 1.5, {}, r"gamma must be in \[0, 1\], got 1.5"),
        (two(), "greedy", 0.9, {}, 'policy must be "uniform", an array or a callable'),
        (two(), np.ones((3, 2)) / 2, 0.9, {}, r"policy must be .* of shape \(2, 2\)"),
        (two(), None, 0.9, {}, "policy must be given, got None"),
        (two(), PI, 0.9, {"method": "best"}, "method must be one of 'ordinary', 'weighted', 'per-decision'"),
        (two(), PI, 0.9, {"confidence": 1}, r"confidence must be in \(0, 1\), got 1"),
        (two(), PI, 0.9, {"resamples": 10}, "resamples must be an integer >= 100, got 10"),
        (two(), PI, 0.9, {"seed": -1}, "seed must be an integer >= 0, got -1"),
        (two(), [1, 1], 0.9, {}, "the policy would have played none of the logged episodes to its end"),
    ],
)
def test_what_is_refused(episodes, policy, gamma, options, message):
    with pytest.raises(ValueError, match=message):
        importance_sampling(episodes, policy, gamma, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"q": np.zeros((3, 2))}, r"q must be finite numbers of shape \(2, 2\), or a TabularMDP, got shape \(3, 2\)"),
        ({"q": np.full((2, 2), np.inf)}, "q must be finite numbers"),
        ({"q": "exact"}, "q must be finite numbers"),
        ({"bootstrap": 1}, "bootstrap must be True or False, got 1"),
        ({"folds": 1}, "folds must be an integer >= 2, got 1"),
    ],
)
def test_what_doubly_robust_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        doubly_robust(two(), PI, 0.9, **options)


def test_weights_beyond_all_numbers():
    T = 2000
    over = np.arange(T) == T - 1
    endless = log(np.zeros(T, int), np.zeros(T, int), np.ones(T), np.zeros(T, int), over, ~over & over, p=0.5)
    with pytest.raises(ValueError, match="the weights of the episodes are larger than numbers can be"):
        importance_sampling(endless, [0, 0], 0.9)


def test_a_fitted_model_that_never_ends_has_no_value():
    loops = log([0] * 4, [0, 1] * 2, [-1] * 4, [0] * 4, [0] * 4, [0, 1] * 2)
    with pytest.raises(ValueError, match=r"no finite values at gamma 1: pass q"):
        doubly_robust(loops, PI, 1)
    assert doubly_robust(loops, PI, 0.5).value == pytest.approx(-2, abs=1e-9)
