"""The collector hands out what loops written by hand find, whatever steps the copies."""

import collections
import json
from typing import NamedTuple

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.core.episode_log import EpisodeLog
from gridworld_agents.core.spaces import Actions, Observations
from gridworld_agents.deep.collector import Collector, copy_seeds
from gridworld_agents.deep.copies import copies_of
from gridworld_agents.deep.serial_copies import SerialCopies
from gridworld_agents.deep.vector_copies import VectorCopies
from gridworld_env.registration import CONTINUOUS, TABLE

M, E, T = 2, 3, 30
SEEDS = [7, 8]
LIMIT = 9
CASES = [(entry.id, {}) for entry in (*TABLE, *CONTINUOUS) if entry.id != "GridWorld/Random-v0"] + [
    ("GridWorld-v0", {"slip": 0.4, "observation": "grid"}),
    ("GridWorld-v0", {"slip": 0.4, "observation": "position", "actions": "king+stay"}),
    ("GridWorld/Windy-v0", {"stochastic_wind": True}),
    ("GridWorld/Random-v0", {"num_layouts": 3, "forbidden_mode": "end", "observation": "local"}),
    ("ContinuousGridWorld-v0", {"noise": 0.3, "control": "acceleration"}),
]


def made(id_, arguments, limit=LIMIT):
    return gym.make(id_, max_episode_steps=limit, **arguments)


def collector(env, seeds=SEEDS, copies=E):
    seen = getattr(env, "single_observation_space", env.observation_space)
    chosen = getattr(env, "single_action_space", env.action_space)
    log = EpisodeLog.new(len(seeds), copies)
    return Collector(env, Observations.of(seen), Actions.of(chosen), log, seeds=seeds, copies=copies)


def over_serial(envs, members=1):
    """Return a collector over environments that are stepped one after the other."""
    seen, chosen = Observations.of(envs[0].observation_space), Actions.of(envs[0].action_space)
    copies = len(envs) // members
    log = EpisodeLog.new(members, copies)
    return Collector(SerialCopies(envs), seen, chosen, log, seeds=range(members), copies=copies)


def first_action(s, masks):  # noqa: ARG001
    return np.zeros(s.shape[:2], np.int64)


def plan_of(env, steps=T, shape=(M, E), seed=0):
    """Return what to do at each step: (steps, M, E, ...)."""
    rng, space = np.random.default_rng(seed), getattr(env, "single_action_space", env.action_space)
    if isinstance(space, spaces.Box):
        return rng.uniform(-1, 1, (steps, *shape, *space.shape)).astype(np.float32)
    return rng.integers(0, space.n, (steps, *shape))


def follow(plan):
    """Return what acts as planned, and the list of what it was shown."""
    left, shown = iter(plan), []

    def act(s, masks):
        shown.append((s.copy(), None if masks is None else masks.copy()))
        return next(left)

    return act, shown


def by_hand(make, plan, seeds):
    """Step an environment for each copy, one after the other, and return arrays (T, M, E, ...) by name, and the log."""
    steps, found, episodes = len(plan), collections.defaultdict(list), collections.defaultdict(list)
    for copy, seed in enumerate(copy_seeds(seeds, plan.shape[2])):
        env = make()
        encode, actions = Observations.of(env.observation_space).encode, Actions.of(env.action_space)
        rows, g, length = collections.defaultdict(list), 0.0, 0
        shown, info = env.reset(seed=seed)
        for a in plan.reshape(steps, -1, *plan.shape[3:])[:, copy]:
            rows["s"].append(encode(shown))
            rows["mask"].append(info.get("action_mask"))
            action = actions.choose(a) if actions.size is not None else actions.scale(a)
            shown, r, terminated, truncated, info = env.step(action)
            rows["r"].append(r)
            rows["s_next"].append(encode(shown))
            rows["mask_next"].append(info.get("action_mask"))
            rows["terminated"].append(terminated)
            rows["truncated"].append(truncated)
            g, length = g + r, length + 1
            if terminated or truncated:
                episodes[copy // plan.shape[2]].append((g, length))
                g, length = 0.0, 0
                shown, info = env.reset()
        for name, row in rows.items():
            found[name].append(row)
    arrays = {}
    for name, columns in found.items():
        array = np.array(columns)
        arrays[name] = np.moveaxis(array.reshape(*plan.shape[1:3], *array.shape[1:]), 2, 0)
    return arrays, episodes


def check(steps, plan, arrays):
    np.testing.assert_array_equal(steps.a, plan)
    for name, expected in arrays.items():
        got = getattr(steps, name)
        if expected.dtype == object:
            assert got is None
            continue
        assert got.shape == expected.shape
        np.testing.assert_array_equal(got, expected.astype(got.dtype))
    assert steps.s.dtype == steps.s_next.dtype == steps.r.dtype == np.float32
    assert steps.valid is None


def check_log(log, episodes):
    """Compare without order: copies whose episodes end in one step are noted one after the other."""
    for m in range(len(log.episodes)):
        count, returns, lengths = log.recent(m)
        assert count == len(episodes[m])
        got = sorted(zip(np.round(returns, 9), lengths, strict=True))
        assert got == sorted((round(g, 9), length) for g, length in episodes[m])


@pytest.mark.parametrize(("id_", "arguments"), CASES)
def test_compiled_copies_do_what_single_environments_do_one_by_one(id_, arguments):
    env = made(id_, arguments)
    plan = plan_of(env)
    arrays, episodes = by_hand(lambda: made(id_, arguments), plan, SEEDS)
    one = collector(env)
    assert isinstance(one.copies, VectorCopies)
    act, shown = follow(plan)
    check(one.collect(act, T), plan, arrays)
    check_log(one.log, episodes)
    assert arrays["truncated"].sum() > M * E
    np.testing.assert_array_equal([s for s, _ in shown], arrays["s"])
    if arrays["mask"].dtype != object:
        np.testing.assert_array_equal([masks for _, masks in shown], arrays["mask"])


def doubled(r):
    return 2 * r


@pytest.mark.parametrize(("id_", "arguments"), CASES)
def test_environments_inside_other_wrappers_are_stepped_one_after_the_other(id_, arguments):
    def make():
        return gym.wrappers.TransformReward(made(id_, arguments), doubled)

    plan = plan_of(make())
    arrays, episodes = by_hand(make, plan, SEEDS)
    one = collector(make())
    assert isinstance(one.copies, SerialCopies)
    check(one.collect(follow(plan)[0], T), plan, arrays)
    check_log(one.log, episodes)


def vector(kind, mode, id_, arguments, count=M * E):
    if kind == "sync":
        return SyncVectorEnv([lambda: made(id_, arguments)] * count, autoreset_mode=mode)
    dense = {"final_obs": kind} if mode is AutoresetMode.SAME_STEP else {}
    return gym.make_vec(
        id_,
        num_envs=count,
        vectorization_mode="vector_entry_point",
        max_episode_steps=LIMIT,
        autoreset_mode=mode,
        **dense,
        **arguments,
    )


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.DISABLED])
@pytest.mark.parametrize("kind", ["sync", "object", "dense"])
@pytest.mark.parametrize(
    ("id_", "arguments"),
    [("GridWorld-v0", {"slip": 0.4}), ("GridWorld-v0", {"observation": "grid"}), ("ContinuousGridWorld-v0", {})],
)
def test_vector_environments_that_reset_at_once_or_are_reset(id_, arguments, kind, mode):
    envs = vector(kind, mode, id_, arguments)
    plan = plan_of(envs)
    arrays, episodes = by_hand(lambda: made(id_, arguments), plan, SEEDS)
    one = collector(envs)
    check(one.collect(follow(plan)[0], T), plan, arrays)
    check_log(one.log, episodes)


@pytest.mark.parametrize("kind", ["sync", "object"])
@pytest.mark.parametrize(
    ("id_", "arguments"), [("GridWorld-v0", {"slip": 0.4}), ("ContinuousGridWorld-v0", {"noise": 0.1})]
)
def test_steps_that_only_reset_are_not_valid_and_the_others_are_as_ever(id_, arguments, kind):
    """In NEXT_STEP a copy takes an action less for every episode that has ended."""
    envs = vector(kind, AutoresetMode.NEXT_STEP, id_, arguments)
    plan = plan_of(envs)
    one = collector(envs)
    steps = one.collect(follow(plan)[0], T)
    resets, ended = 0, collections.defaultdict(list)
    for m in range(M):
        for e in range(E):
            valid = steps.valid[:, m, e]
            taken = plan[valid, m, e][:, None, None]
            seed = copy_seeds(SEEDS, E)[m * E + e]
            arrays, episodes = by_hand(lambda: made(id_, arguments), taken, [seed])
            for name, expected in arrays.items():
                if expected.dtype != object:
                    got = getattr(steps, name)[valid, m, e]
                    np.testing.assert_array_equal(got, expected[:, 0, 0].astype(got.dtype))
            ended[m] += episodes[0]
            over = steps.terminated[:, m, e] | steps.truncated[:, m, e]
            np.testing.assert_array_equal(valid[1:], ~over[:-1])  # the step after an end, and no other
            resets += int((~valid).sum())
    assert resets > M * E
    check_log(one.log, ended)
    assert not steps.r[~steps.valid].any()


@pytest.mark.parametrize(
    ("id_", "arguments"), [("GridWorld-v0", {"slip": 0.4}), ("ContinuousGridWorld-v0", {}), ("CartPole-v1", {})]
)
def test_a_member_sees_what_a_single_one_with_its_seed_sees(id_, arguments):
    plan = plan_of(made(id_, arguments))
    many = collector(made(id_, arguments)).collect(follow(plan)[0], T)
    for m, seed in enumerate(SEEDS):
        one = collector(made(id_, arguments), [seed]).collect(follow(plan[:, m : m + 1])[0], T)
        for name in ("s", "r", "s_next", "terminated", "truncated"):
            np.testing.assert_array_equal(getattr(many, name)[:, m : m + 1], getattr(one, name))


def test_every_copy_has_a_seed_of_its_own():
    seeds = copy_seeds([3, 2**32 + 5], 3)
    assert seeds[0] == 3
    assert seeds[3] == 5  # what some environments take is below 2^32
    assert len(set(seeds)) == 6
    assert seeds[:3] == copy_seeds([3], 3)
    assert seeds[1] == np.random.SeedSequence([3, 1]).generate_state(1)[0]


@pytest.mark.parametrize("id_", ["GridWorld-v0", "CartPole-v1"])
def test_steps_may_be_collected_in_parts(id_):
    plan = plan_of(made(id_, {}))
    whole, parts = collector(made(id_, {})), collector(made(id_, {}))
    expected, at = whole.collect(follow(plan)[0], T), 0
    for length in (1, 1, 5, 1, 22):
        got = parts.collect(follow(plan[at : at + length])[0], length)
        for name in ("s", "a", "r", "s_next", "terminated", "truncated", "mask", "mask_next"):
            mine, other = getattr(got, name), getattr(expected, name)
            assert (mine is None) == (other is None)
            if mine is not None:
                np.testing.assert_array_equal(mine, other[at : at + length])
        at += length
    assert at == T
    assert whole.log.recent() == parts.log.recent()


def test_one_copy_is_the_environment_itself():
    env = gym.wrappers.RecordEpisodeStatistics(made("GridWorld-v0", {}))
    one = collector(env, [4], 1)
    assert isinstance(one.copies, SerialCopies)
    one.collect(follow(plan_of(env, shape=(1, 1)))[0], T)
    assert list(env.length_queue) == list(one.log.recent()[2])
    assert list(env.return_queue) == pytest.approx(list(one.log.recent()[1]))


class Extras(NamedTuple):
    log_prob: np.ndarray
    value: np.ndarray


def test_what_comes_with_the_actions_is_kept():
    env = made("GridWorld-v0", {})
    plan, one = plan_of(env), collector(env)
    left, rng, given = iter(plan), np.random.default_rng(0), []

    def act(s, masks):  # noqa: ARG001
        given.append(Extras(rng.normal(size=(M, E)).astype(np.float32), rng.normal(size=(M, E, 2))))
        return next(left), given[-1]

    extras = one.collect(act, T).extras
    assert isinstance(extras, Extras)
    for name in Extras._fields:
        expected = np.stack([getattr(one, name) for one in given])
        assert getattr(extras, name).dtype == expected.dtype
        np.testing.assert_array_equal(getattr(extras, name), expected)


class Odd(gym.Env):
    """Shows and takes what it is told; it knows what it was given."""

    def __init__(self, seen, chosen, shown=None, paid=0.0):
        self.observation_space, self.action_space = seen, chosen
        self.shown, self.paid, self.given = shown, paid, []
        for space in (seen, chosen):
            space.seed(0)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.t = 0
        return self.observation_space.sample(), {}

    def step(self, action):
        assert self.action_space.contains(action)
        self.given.append(action)
        self.t += 1
        odd = self.t == 3
        shown = self.shown if odd and self.shown is not None else self.observation_space.sample()
        return shown, self.paid if odd else 0.0, self.t == 5, False, {}


PART = spaces.Tuple([spaces.Discrete(3, start=2), spaces.Box(-1, 1, (2,))])
SPACES = [
    spaces.Discrete(4, start=-2),
    spaces.MultiDiscrete([2, 3]),
    spaces.MultiBinary([2, 2]),
    spaces.Box(0, 255, (3, 3, 1), np.uint8),
    spaces.Tuple([spaces.Discrete(2), spaces.Discrete(3)]),
    spaces.Dict({"a": PART, "b": spaces.MultiBinary(2)}),
]


@pytest.mark.parametrize("vectorised", [False, True])
@pytest.mark.parametrize("seen", SPACES, ids=str)
def test_every_observation_space(seen, vectorised):
    def make():
        return Odd(seen, spaces.Discrete(2))

    if vectorised:
        one = collector(SyncVectorEnv([make] * (M * E), autoreset_mode="SameStep"))
    else:
        one = over_serial([make() for _ in range(M * E)], M)
    steps = one.collect(first_action, 12)
    low, high = one.observations.low, one.observations.high
    for rows in (steps.s, steps.s_next):
        assert rows.shape == (12, M, E, one.observations.width)
        assert (rows >= low).all()
        assert (rows <= high).all()
    over = steps.terminated | steps.truncated
    assert over.sum() == 2 * M * E
    going = ~over[:-1]
    np.testing.assert_array_equal(steps.s_next[:-1][going], steps.s[1:][going])
    assert (steps.s_next[:-1][~going] != steps.s[1:][~going]).any()  # by chance all are equal in one of 10^5 at most


@pytest.mark.parametrize(
    ("chosen", "a", "expected"),
    [
        (spaces.Discrete(3, start=5), np.full((1, 2), 2), 7),
        (spaces.MultiDiscrete([3, 4]), np.full((1, 2), 6), [1, 2]),
        (spaces.MultiDiscrete([3, 4]), np.full((1, 2, 2), 2), [2, 2]),
        (spaces.MultiBinary(2), np.ones((1, 2, 2), np.int64), [1, 1]),
        (spaces.Box(0, 10, (2,)), np.full((1, 2, 2), 0.5, np.float32), [7.5, 7.5]),
    ],
)
def test_every_form_of_actions(chosen, a, expected):
    envs = [Odd(spaces.Discrete(2), chosen) for _ in range(2)]
    one = over_serial(envs)
    steps = one.collect(lambda *_: a, 2)
    for env in envs:
        np.testing.assert_array_equal(env.given, [expected, expected])
    np.testing.assert_array_equal(steps.a, np.stack([a, a]))


def test_nested_actions():
    chosen = spaces.Dict({"a": spaces.Discrete(2), "b": spaces.MultiBinary(2)})
    envs = [Odd(spaces.Discrete(2), chosen) for _ in range(2)]
    one = over_serial(envs)
    one.collect(lambda *_: np.array([[[1, 0, 1], [0, 1, 1]]]), 1)
    assert [env.given[0]["a"] for env in envs] == [1, 0]
    np.testing.assert_array_equal([env.given[0]["b"] for env in envs], [[0, 1], [1, 1]])


BOX = spaces.Box(-1, 1, (2,))


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        ({"shown": np.array([0, np.nan], np.float32)}, "nan"),
        ({"shown": np.array([0, np.inf])}, "inf"),
        ({"shown": np.zeros(1, np.float32)}, r"\[0.\]"),
        ({"shown": np.zeros(3, np.float32)}, r"\[0. 0. 0.\]|\[0., 0., 0.\]"),
        ({"shown": "up"}, "up"),
        ({"paid": float("nan")}, "returned the reward nan"),
        ({"paid": -np.inf}, "returned the reward -inf"),
        ({"paid": 1e39}, "returned the reward 1e.39"),
        ({"paid": -1e200}, "returned the reward -1e.200"),
        ({"paid": np.float64(1e39)}, "returned the reward 1e.39"),
        ({"paid": None}, "returned the reward None"),
        ({"paid": "much"}, "returned the reward much"),
        ({"paid": np.zeros(2)}, "returned the reward .0. 0."),
        ({"paid": np.array([3.0])}, r"returned the reward .3.\].*TransformReward\(env, lambda x: float\(x\[0\]\)\)"),
        ({"paid": "1.0"}, "returned the reward 1.0"),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_what_cannot_be_learned_from_is_told_with_environment_value_and_step(fault, value, count):
    envs = [Odd(BOX, spaces.Discrete(2)) for _ in range(count)]
    envs[-1] = Odd(BOX, spaces.Discrete(2), **fault)
    envs[-1].__class__ = type("Faulty", (Odd,), {})
    one = over_serial(envs)
    log = one.log

    def act(s, masks):
        log.counts[:] += 1
        return first_action(s, masks)

    with pytest.raises(ValueError, match=value) as told:
        one.collect(act, 9)
    assert "Faulty" in str(told.value)
    assert "at step 3" in str(told.value)
    assert log.elapsed.tolist() == [[2] * count]
    envs[-1].shown, envs[-1].paid = None, 0.0
    steps = one.collect(act, 2)  # other episodes
    assert log.elapsed.tolist() == [[2] * count]
    assert np.isfinite(steps.s_next).all()


def test_rewards_of_one_number_each_are_taken():
    envs = [Odd(BOX, spaces.Discrete(2), paid=paid) for paid in (np.float32(2), np.array(3.0), True, -3e38)]
    r = over_serial(envs).collect(first_action, 3).r
    np.testing.assert_array_equal(r[2, 0], np.float32([2, 3, 1, -3e38]))


def test_a_file_holds_seeds_or_generators():
    env = made("GridWorld-v0", {"slip": 0.4})
    one = collector(env)
    kept = json.loads(json.dumps(one.notes()))
    assert kept == {"seeds": SEEDS, "generators": []}
    Collector.check_notes(kept, M, E)
    other = collector(made("GridWorld-v0", {"slip": 0.4}), [91, 92])
    other.take_notes(kept)
    plan = plan_of(env)
    expected = one.collect(follow(plan)[0], T).s.copy()
    np.testing.assert_array_equal(other.collect(follow(plan)[0], T).s, expected)


@pytest.mark.parametrize(
    "make",
    [
        lambda: made("GridWorld-v0", {"slip": 0.4}),
        lambda: made("ContinuousGridWorld-v0", {"noise": 0.2}),
        lambda: made("CartPole-v1", {}),
        lambda: vector("sync", AutoresetMode.SAME_STEP, "GridWorld-v0", {}),
    ],
)
def test_generators_go_on_from_a_file(make):
    one, plan = collector(make()), plan_of(make())
    one.collect(follow(plan)[0], T)
    kept = json.loads(json.dumps(one.notes()))
    Collector.check_notes(kept, M, E)
    one.begin()
    expected = one.collect(follow(plan)[0], T).s_next.copy()
    other = collector(make(), [91, 92])
    other.take_notes(kept)
    assert other.notes() == kept  # until episodes are begun
    np.testing.assert_array_equal(other.collect(follow(plan)[0], T).s_next, expected)
    assert other.notes() == one.notes()


@pytest.mark.parametrize(
    "wrong",
    [
        {"seeds": None, "generators": [{}] * (M * E - 1)},
        {"seeds": None, "generators": [{"bit_generator": "PCG64"}] * (M * E)},
        {"seeds": [1, 2, 3], "generators": []},
        {"seeds": [1, -2], "generators": []},
        {"seeds": [1, 2], "generators": [{}] * (M * E)},
        {"seeds": None, "generators": []},
    ],
)
def test_notes_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError):
        Collector.check_notes(wrong, M, E)


def test_copies_are_compiled_only_where_they_do_exactly_the_same():
    grid = made("GridWorld-v0", {})
    assert isinstance(copies_of(grid, 2), VectorCopies)
    assert isinstance(copies_of(grid, 1), SerialCopies)
    assert isinstance(copies_of(gym.wrappers.RecordEpisodeStatistics(grid), 2), SerialCopies)
    pole = gym.make("CartPole-v1")  # whose vector class draws other random numbers
    assert pole.spec.vector_entry_point
    serial = copies_of(pole, 2)
    assert isinstance(serial, SerialCopies)
    assert serial.envs[0] is pole
    compiled = copies_of(gym.wrappers.TimeLimit(made("GridWorld-v0", {}, limit=5), 8), 2)
    compiled.reset([0, 1])
    outcomes = [compiled.step(np.array([4, 4])) for _ in range(5)]
    assert [outcome.truncated.tolist() for outcome in outcomes] == [[False, False]] * 4 + [[True, True]]


def test_masks_where_some_copies_tell_none():
    class Telling(Odd):
        def reset(self, *, seed=None, options=None):
            return super().reset(seed=seed, options=options)[0], {"action_mask": np.array([0, 1], np.int8)}

    def make():
        return Telling(spaces.Discrete(2), spaces.Discrete(2))

    sync = collector(SyncVectorEnv([make] * 2, autoreset_mode="SameStep"), [0], 2)
    for one in (over_serial([make(), make()]), sync):
        steps = one.collect(first_action, 6)
        told = np.zeros(6, bool)
        told[[0, 5]] = True  # after resets
        np.testing.assert_array_equal(steps.mask[:, 0, :, 0], ~told[:, None] & np.ones((6, 2), bool))
        assert steps.mask[..., 1].all()
        assert steps.mask_next[:5].all()


def test_what_cannot_be_collected_from_is_refused():
    with pytest.raises(ValueError, match=r"cannot be made again.*gymnasium.make did not"):
        collector(Odd(BOX, spaces.Discrete(2)))
    with pytest.raises(ValueError, match="2 members with 3 copies each need 6 copies, got 2"):
        collector(vector("sync", AutoresetMode.SAME_STEP, "GridWorld-v0", {}, count=2))
    envs = vector("sync", AutoresetMode.SAME_STEP, "GridWorld-v0", {})
    del envs.metadata["autoreset_mode"]
    with pytest.raises(ValueError, match=r"autoreset_mode.*got None"):
        collector(envs)


def test_an_end_without_its_final_observation_is_refused():
    envs = vector("dense", AutoresetMode.SAME_STEP, "GridWorld-v0", {})
    step = envs.step
    envs.step = lambda actions: (*step(actions)[:4], {})
    with pytest.raises(ValueError, match="final_obs"):
        collector(envs).collect(follow(plan_of(envs))[0], T)
