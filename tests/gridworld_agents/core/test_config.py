"""A hyper-parameter's declaration is its check, its words and the value that JSON can hold."""

import dataclasses
import json

import numpy as np
import pytest

from gridworld_agents.core.config import (
    Config,
    anything,
    boolean,
    choice,
    config_of,
    describe,
    integer,
    integers,
    is_scheduled,
    optional,
    real,
    schedule,
    text,
)


class Declared(Config):
    share: float = real("a share", default=0.5, least=0, most=1)
    inner: float = real("inside", default=0.5, above=0, below=1)
    any_number: float = real("any number", default=-1.0)
    count: int = integer("a count", default=3, least=2)
    rate: float | str = schedule("a rate", default=0.1, above=0, most=1)
    weight: float | str = schedule("a weight", default=0.0, least=0)
    how: str = choice("how", ("fast", "slow"), default="fast")
    flag: bool = boolean("a flag", default=False)
    name: str = text("a name", default="x")
    hidden: tuple[int, ...] = integers("units", default=(4, 4))
    limit: int | None = optional(integer("a limit", default=1, least=1))
    thing: object = anything("a thing", lambda _name, value: list(value), default=(), allowed="any list")


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("share", "a share, in [0, 1]"),
        ("inner", "inside, in (0, 1)"),
        ("any_number", "any number"),
        ("count", "a count, >= 2"),
        ("rate", "a rate, in (0, 1], or a schedule"),
        ("weight", "a weight, >= 0, or a schedule"),
        ("how", 'how, "fast" or "slow"'),
        ("flag", "a flag"),
        ("hidden", "units, each >= 1"),
        ("limit", "a limit, >= 1, or None"),
        ("thing", "a thing, any list"),
    ],
)
def test_a_field_says_what_it_takes(field, words):
    assert describe(Declared.__dataclass_fields__[field]) == words


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("share", 1, 1.0),
        ("share", np.float32(0.25), 0.25),
        ("share", np.longdouble(0.25), 0.25),
        ("share", np.int8(1), 1.0),
        ("inner", 0.999, 0.999),
        ("any_number", -1e300, -1e300),
        ("count", np.int64(2), 2),
        ("rate", np.float16(0.5), 0.5),
        ("rate", "linear:1:0.1:100", "linear:1:0.1:100"),
        ("weight", 0, 0),
        ("how", np.str_("slow"), "slow"),
        ("flag", np.bool_(True), True),
        ("hidden", [np.int32(3), 2], (3, 2)),
        ("limit", None, None),
        ("limit", np.uint8(7), 7),
        ("thing", (np.float64(2), np.int16(1)), [2.0, 1]),
    ],
)
def test_what_is_taken_is_kept_as_json_can_hold_it(field, given, kept):
    found = getattr(Declared(**{field: given}), field)
    assert found == kept
    assert type(found) is type(kept)
    assert json.loads(json.dumps(found)) == (list(kept) if isinstance(kept, tuple) else kept)


@pytest.mark.parametrize(
    ("field", "given", "message"),
    [
        ("share", -1e-9, r"share must be in \[0, 1\], got -1e-09"),
        ("share", 1.1, r"share must be in \[0, 1\], got 1.1"),
        ("share", float("nan"), r"share must be a finite number in \[0, 1\], got nan"),
        ("share", "a", r"share must be a finite number in \[0, 1\], got 'a'"),
        ("share", True, r"share must be a finite number in \[0, 1\], got True"),
        ("inner", 0, r"inner must be in \(0, 1\), got 0"),
        ("inner", 1, r"inner must be in \(0, 1\), got 1"),
        ("any_number", float("inf"), "any_number must be a finite number, got inf"),
        ("count", 1, "count must be an integer >= 2, got 1"),
        ("count", 2.0, "count must be an integer >= 2, got 2.0"),
        ("count", True, "count must be an integer >= 2, got True"),
        ("rate", 0, r"rate must be .*\(0, 1\], got 0"),
        ("rate", "lnear:1:0:10", "rate"),
        ("weight", -1, "weight must be"),
        ("how", "sloww", "how must be one of 'fast', 'slow', got 'sloww'; did you mean 'slow'"),
        ("flag", 1, "flag must be"),
        ("flag", "yes", "flag must be"),
        ("name", 3, "name must be text such as 'x', got 3"),
        ("hidden", (), r"hidden must be integers >= 1 such as \(4, 4\), got \(\)"),
        ("hidden", 4, r"hidden must be integers >= 1 such as \(4, 4\), got 4"),
        ("hidden", (4, 0), "each of hidden must be an integer >= 1, got 0"),
        ("limit", 0, "limit must be an integer >= 1, got 0"),
    ],
)
def test_what_is_refused(field, given, message):
    with pytest.raises(ValueError, match=message):
        Declared(**{field: given})


def test_schedules_are_known():
    fields = {field.name: is_scheduled(field) for field in dataclasses.fields(Declared)}
    assert {name for name, scheduled in fields.items() if scheduled} == {"rate", "weight"}
    assert is_scheduled(optional(schedule("a rate", default=0.1, above=0)))


@pytest.mark.parametrize("bounds", [{}, {"least": 0, "above": 0}, {"least": 1}, {"above": -1}])
def test_a_schedule_begins_at_0(bounds):
    with pytest.raises(ValueError, match="a schedule's values are at least 0 or above 0"):
        schedule("a rate", default=0.5, **bounds)


def test_a_subclass_is_frozen_and_by_name_only():
    config = Declared()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.share = 0.1
    with pytest.raises(TypeError):
        Declared(0.1)


def test_the_rule_of_several_fields_comes_last():
    class Pair(Config):
        low: float = real("low", default=0.0)
        high: float = real("high", default=1.0)

        def check(self):
            if self.low > self.high:
                raise ValueError(f"low must be at most high = {self.high}, got {self.low}")

    with pytest.raises(ValueError, match=r"low must be at most high = 1.0, got 2.0"):
        Pair(low=np.float32(2))
    with pytest.raises(ValueError, match="high must be a finite number, got 'a'"):
        Pair(high="a", low=2)


def test_an_agents_hyper_parameters_are_looked_up_by_name():
    class Made:
        id = "made"
        Config = Declared

    assert config_of(Made, {"count": np.int64(5)}).count == 5
    with pytest.raises(ValueError, match=r"made has no hyper-parameter 'shar'; did you mean 'share'"):
        config_of(Made, {"shar": 1})

    class Bare:
        id = "bare"
        Config = Config

    with pytest.raises(ValueError, match=r"bare has no hyper-parameter 'x' \(it has none\)"):
        config_of(Bare, {"x": 1})
