"""The stopping rule keeps its error rate under peeking after every seed, and finds clear effects."""

import numpy as np
import pytest

from gridworld_agents.statistics.sequential import GOES_ON, SPENT, SequentialComparison

EQUAL = {
    "normal": lambda rng, n: rng.normal(size=n),
    "skewed agents": lambda rng, n: rng.exponential(size=n) ** 3 - rng.exponential(size=n) ** 3,
    "cauchy": lambda rng, n: rng.standard_cauchy(n),
    "mostly ties": lambda rng, n: rng.choice([-1.0, 0.0, 0.0, 0.0, 1.0], n),
    "coin": lambda rng, n: rng.choice([-1.0, 1.0], n),
    "growing": lambda rng, n: rng.normal(size=n) * np.arange(1, n + 1) ** 2,
}


def run(differences, **options):
    comparison = SequentialComparison(**{"budget": len(differences), **options})
    comparison.update(differences)
    return comparison


@pytest.mark.parametrize("kind", EQUAL)
def test_error_rate_when_agents_are_equal(kind):
    """300 sequences of 50 at 5%; a true rate of 5% gives more than 9% with a chance of 0.1%."""
    rng = np.random.default_rng(11)
    wrong = np.mean([run(EQUAL[kind](rng, 50)).verdict != SPENT for _ in range(300)])
    assert wrong <= 0.09


def test_wealth_is_a_fair_game():
    """Over all 2^10 choices of signs the mean wealth is 1 exactly, whatever the sizes."""
    sizes = np.random.default_rng(0).exponential(size=10) ** 2
    total = np.zeros(2)
    for code in range(1024):
        signs = 2 * ((code >> np.arange(10)) & 1) - 1
        total += run(sizes * signs, confidence=1 - 1e-9).wealth
    assert total / 1024 == pytest.approx([1, 1], abs=1e-9)


@pytest.mark.parametrize(("effect", "least", "seeds"), [(1.0, 0.97, 16), (2.0, 1.0, 9)])
def test_power(effect, least, seeds):
    rng = np.random.default_rng(4)
    found = [run(rng.normal(effect, 1, 60)) for _ in range(200)]
    assert np.mean([c.verdict == "better" for c in found]) >= least
    assert np.median([c.seeds for c in found]) <= seeds


def test_one_at_a_time_or_at_once_is_the_same():
    d = np.random.default_rng(8).normal(1, 1, 40)
    one, batch = SequentialComparison(budget=40), run(d)
    for value in d:
        if one.update(value) != GOES_ON:
            break
    assert (one.verdict, one.seeds, one.wealth) == (batch.verdict, batch.seeds, batch.wealth)
    assert one.update(-1e9 * np.ones(9)) == "better"
    assert one.seeds == batch.seeds


def test_words_it_says():
    assert [run([1.0] * n, budget=30).verdict for n in (6, 7)] == [GOES_ON, "better"]
    assert run([-1.0] * 7).verdict == "worse"
    assert run([-1.0] * 7, larger_is_better=False).verdict == "better"
    assert run([1.0] * 7, budget=30, comparisons=6).verdict == GOES_ON
    assert run([0.0] * 30).verdict == SPENT
    assert run([1e-15] * 30).verdict == SPENT


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1e12, 1e300])
def test_the_unit_does_not_matter(unit):
    d = np.random.default_rng(0).normal(1, 1, 20)
    assert run(d * unit, tolerance=0.0).wealth == pytest.approx(run(d).wealth, rel=1e-9)


def test_long_certain_wins_do_not_overflow():
    better, worse = run(np.ones(5000), confidence=1 - 1e-15).wealth
    assert better > 1e15
    assert worse < 1


@pytest.mark.parametrize(
    ("options", "differences", "message"),
    [
        ({"budget": 0}, [1.0], "budget must be an integer >= 1"),
        ({"confidence": 1.5}, [1.0], r"confidence must be in \(0, 1\)"),
        ({"tolerance": -1.0}, [1.0], "tolerance must be a number >= 0"),
        ({"comparisons": 0}, [1.0], "comparisons must be"),
        ({}, [1.0, np.nan], "differences must be finite"),
        ({}, [[1.0]], "must have 1 axes"),
    ],
)
def test_refused(options, differences, message):
    with pytest.raises(ValueError, match=message):
        SequentialComparison(**{"budget": 3, **options}).update(differences)
