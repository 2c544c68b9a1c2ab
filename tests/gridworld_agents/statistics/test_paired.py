"""Paired comparisons: the test's level, verdicts in words, Holm, how many more seeds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gridworld_agents.statistics.multiple_testing import holm, holm_levels
from gridworld_agents.statistics.paired import compare, compare_all
from gridworld_agents.statistics.paired_test import paired_p, sign_flip_p
from gridworld_agents.statistics.power import seeds_needed

EQUAL = {
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy tails": lambda rng, n: rng.lognormal(size=n) - rng.lognormal(size=n),
    "ties": lambda rng, n: rng.integers(-1, 2, n).astype(float),
    "coin": lambda rng, n: rng.choice([-1.0, 1.0], n),
}


@pytest.mark.parametrize("seeds", [5, 10])
@pytest.mark.parametrize("kind", EQUAL)
def test_level_when_agents_are_equal(kind, seeds):
    """2000 samples at 5%; a true rate of 5% gives more than 6.7% with a chance of 0.04%."""
    rng = np.random.default_rng(5)
    alarms = np.mean([paired_p(EQUAL[kind](rng, seeds)) <= 0.05 for _ in range(2000)])
    assert alarms <= 0.067


def test_p_is_scipys():
    d = np.random.default_rng(0).normal(0.4, 1, 9)
    assert paired_p(d) == pytest.approx(stats.ttest_1samp(d, 0).pvalue, abs=1e-12)
    whole = np.array([1.0, 2, 2, -1, 3, 0, 1])
    exact = stats.permutation_test((whole,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_p(whole) == pytest.approx(exact.pvalue, abs=1e-12)
    assert paired_p(whole) == max(exact.pvalue, stats.ttest_1samp(whole, 0).pvalue)


def test_many_ties_draw_signs_the_same_way_each_time():
    d = np.random.default_rng(0).integers(-2, 4, 60).astype(float)
    assert sign_flip_p(d) == sign_flip_p(d) == pytest.approx(stats.ttest_1samp(d, 0).pvalue, abs=0.01)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    with pytest.raises(ValueError, match=r"in \[0, 1\]"):
        holm([0.5, np.nan])


def test_power_by_simulation():
    """Cohen's table: 34 pairs for half a standard deviation at 80%; 20,000 samples have a standard error of 0.3%."""
    assert seeds_needed(0.5, 0.05) == 34
    samples = np.random.default_rng(0).normal(0.5, 1, (20_000, 34))
    assert abs(np.mean(stats.ttest_1samp(samples, 0, axis=1).pvalue <= 0.05) - 0.8) < 0.015
    assert seeds_needed(0, 0.05) == math.inf
    assert seeds_needed(1e-3, 0.05) == pytest.approx(7.85e6, rel=0.01)


def test_better_and_worse():
    x = np.array([0.1, 0.2, 0.12, 0.3, 0.17])
    y = x + np.array([1.0, 1.2, 0.9, 1.1, 1.05])
    found = compare(x, y, names=("sarsa", "random"), larger_is_better=False)
    assert found.verdict == "better"
    assert found.words.startswith("sarsa is better than random at 95% confidence, on 5 seeds (p = ")
    assert found.effect == pytest.approx(-1.05)
    assert found.low < found.effect < found.high < 0
    assert found.more_seeds == 0
    assert compare(x, y).verdict == "worse"


def test_the_interval_is_students():
    d = np.random.default_rng(3).normal(size=(6, 2))
    found = compare(d, np.zeros((6, 2)), confidence=0.9)
    low, high = stats.ttest_1samp(d.mean(1), 0).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize(
    ("d", "more", "words"),
    [
        ([0.5], math.nan, "One seed shows no spread"),
        ([1.0, 1.0], 4, "Fewer than 5 seeds decide nothing"),
        ([1.0, 2.0, 1.5], 2, "With about 2 more seeds"),
        ([1e-15] * 9, math.inf, "identical on every seed"),
        ([0.0] * 5, math.inf, "identical on every seed"),
        ([1.0] * 5, 1, "differ by exactly 1 on every seed"),
        ([1.0, -1.0, 2.0, -2.0, 0.0], math.inf, "no number of seeds can be named"),
    ],
)
def test_few_seeds_and_no_spread(d, more, words):
    found = compare(d, np.zeros(len(d)))
    assert found.verdict == "not distinguishable"
    assert words in found.words
    assert found.more_seeds == pytest.approx(more, nan_ok=True)


def test_an_interval_that_ends_at_zero_beside_a_large_p_is_explained():
    tied = [1.0, 1.0, 1.1, 1.2, 1.3]
    found = compare(tied, np.zeros(5))
    assert stats.ttest_1samp(tied, 0).confidence_interval(0.95).low > 0 == found.low  # the guarded test decides nothing
    assert found.p == pytest.approx(2**-4)  # the smallest that five signs allow
    limit = "differences of equal size count by their signs, and 5 signs allow no p below 0.062"
    assert found.limit == limit
    assert f" D{limit[1:]}. With about 1 more seed " in found.words
    scores = {"a": tied, "b": [0.0] * 5, "c": [5.0] * 5}
    assert [c.limit for c in compare_all(scores)] == [f"{limit}, which Holm multiplies by up to 3"] * 3
    assert compare([1.0, 1.1, 1.3, 1.4, -3.0], np.zeros(5)).limit == ""  # Student's test, which could decide
    assert compare([0.0] * 5, np.zeros(5)).limit == ""
    assert compare([0.0, 0.0, 0.0, 0.0, 1.0], np.zeros(5)).limit.endswith("and 1 sign allows no p below 1")


def test_six_equal_differences_decide():
    assert compare([1.0] * 6, [0.0] * 6).verdict == "better"


def test_many_agents_are_held_to_holm():
    rng = np.random.default_rng(1)
    scores = {name: rng.normal(shift, 1, 8) for name, shift in (("a", 0), ("b", 0), ("c", 6))}
    found = {(c.x, c.y): c for c in compare_all(scores)}
    alone = {pair: compare(scores[pair[0]], scores[pair[1]]).p for pair in found}
    assert [c.p for c in found.values()] == pytest.approx(holm(list(alone.values())))
    assert [c.verdict for c in found.values()] == ["not distinguishable", "worse", "worse"]
    assert all("after Holm for 3 comparisons" in c.words for c in found.values())


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ({"a": [1.0]}, {}, "two agents or more"),
        ({"a": [1.0], "b": [1.0, 2.0]}, {}, "one shape"),
        ({"a": [1.0], "b": [np.nan]}, {}, "scores of b must be finite"),
        ({"a": [1.0], "b": [2.0]}, {"confidence": 0}, r"confidence must be in \(0, 1\)"),
        ({"a": [1.0], "b": [2.0]}, {"tolerance": -1}, "tolerance must be a number >= 0"),
        ({"a": [1.0], "b": [2.0]}, {"larger_is_better": 1}, "must be True or False"),
    ],
)
def test_refused(scores, options, message):
    with pytest.raises(ValueError, match=message):
        compare_all(scores, **options)


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    agents=st.integers(2, 5),
    seeds=st.integers(1, 12),
    confidence=st.sampled_from([0.8, 0.95, 0.99]),
    grain=st.sampled_from([0.0, 0.5, 1.0]),
    larger_is_better=st.booleans(),
)
def test_a_verdict_is_better_or_worse_just_where_its_interval_excludes_0(
    seed, agents, seeds, confidence, grain, larger_is_better
):
    """Verdict, p and interval say the same, with ties, few seeds and many agents too."""
    rng = np.random.default_rng(seed)
    scores = {f"agent {i}": rng.normal(i * rng.exponential(1.0), 1, seeds) for i in range(agents)}
    if grain:
        scores = {name: np.round(score / grain) * grain for name, score in scores.items()}
    for pair in compare_all(scores, confidence=confidence, larger_is_better=larger_is_better):
        decided = pair.verdict != "not distinguishable"
        assert decided == (pair.p <= 1 - confidence + 1e-12)
        assert decided == (not pair.low <= 0 <= pair.high)
        assert pair.low <= pair.effect <= pair.high
        if decided:
            assert (pair.verdict == "better") == ((pair.low > 0) == larger_is_better)


def test_holms_levels_by_hand():
    """Sorted: 0.01 at 0.05 / 3 is decided, 0.03 at 0.05 / 2 is not, and so 0.04 is not, at the same level."""
    assert holm_levels([0.04, 0.01, 0.03], 0.05) == pytest.approx([0.025, 0.05 / 3, 0.025])
    assert holm_levels([0.01, 0.02, 0.03], 0.05) == pytest.approx([0.05 / 3, 0.025, 0.05])
    assert holm_levels([0.3], 0.05) == pytest.approx([0.05])


@settings(max_examples=100, deadline=None)
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=8), alpha=st.floats(0.001, 0.5))
def test_holms_levels_decide_as_holm_does(p, alpha):
    decided, levels = holm(p) <= alpha, holm_levels(p, alpha)
    near = np.abs(np.array(p) - levels) < 1e-12
    np.testing.assert_array_equal((np.array(p) <= levels) | near, decided | near)
    assert ((levels >= alpha / len(p) - 1e-15) & (levels <= alpha)).all()


def test_a_verdict_by_holm_beside_bonferronis_interval():
    """A p of 0.03 among three is decided by Holm after two smaller ones, and Bonferroni's interval would hold 0."""
    d = np.array([0.2, 1.0, 1.5, 2.2, -0.3, 1.4, 0.1])
    scores = {"a": d, "b": np.zeros(7), "c": 40.0 + np.linspace(0, 1, 7) ** 2}
    (ab, ac, bc) = compare_all(scores)
    assert 0.05 / 3 < ab.p <= 0.05
    assert [pair.verdict for pair in (ab, ac, bc)] == ["better", "worse", "worse"]
    low, high = stats.ttest_1samp(d, 0).confidence_interval(0.95)  # decided last: at the whole level
    assert (ab.low, ab.high) == pytest.approx((low, high), abs=1e-9)
    assert stats.ttest_1samp(d, 0).confidence_interval(1 - 0.05 / 3).low < 0 < ab.low


@pytest.mark.parametrize("last", [0.0, 1.5])
def test_no_verdict_is_false_and_each_interval_covers_its_effect(last):
    """1000 comparisons of three agents at 95%, none or two of whose differences are real.

    Each of four counts has a mean of at most 50 and exceeds 75 by chance with probability 2.6e-4: in 0.2% of seeds one
    of the eight in both cases does.
    """
    rng, false, missed = np.random.default_rng(0), 0, np.zeros(3)
    effects = (0.0, -last, -last)
    for _ in range(1000):
        scores = {"a": rng.normal(0, 1, 8), "b": rng.normal(0, 1, 8), "c": rng.normal(last, 1, 8)}
        pairs = list(zip(compare_all(scores), effects, strict=True))
        missed += [not pair.low <= effect <= pair.high for pair, effect in pairs]
        right = {0.0: {"not distinguishable"}, -1.5: {"not distinguishable", "worse"}}
        false += any(pair.verdict not in right[effect] for pair, effect in pairs)
    assert max(false, *missed) <= 75


def test_each_interval_holds_students():
    rng = np.random.default_rng(1)
    for _ in range(50):
        scores = {name: rng.normal(mean, 1, 9) for name, mean in (("a", 0), ("b", 0.5), ("c", 1.5))}
        for pair in compare_all(scores):
            low, high = stats.ttest_1samp(scores[pair.x] - scores[pair.y], 0).confidence_interval(0.95)
            assert pair.low <= low + 1e-12
            assert pair.high >= high - 1e-12
