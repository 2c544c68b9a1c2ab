"""`explore` finds exact models, and refuses where it could not."""

from __future__ import annotations

import copy
import enum
import random
import threading

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import wrappers
from gymnasium.utils import EzPickle

from gridworld_env.tabular import TabularMDP
from gridworld_env.tabular.exploration import explore


class Corridor(gym.Env):
    """Cells 0..4; action 0 goes left, 1 right; the right end pays 1 and ends the episode.

    Every step ends with ``change(env)``, which may return a dict with another reward, end or truncation.
    """

    observation_space = gym.spaces.Discrete(5)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, change=lambda _: None, **extra):
        self.cell = 0
        self.__dict__.update(change=change, **extra)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.cell = 0
        return 0, {}

    def step(self, action):
        self.cell = min(max(self.cell + (1 if action == 1 else -1), 0), 4)
        goal = self.cell == 4
        result, changed = {"reward": float(goal), "terminated": goal, "truncated": False}, self.change(self)
        return self.cell, *(result | (changed if isinstance(changed, dict) else {})).values(), {}


def counting(*, pays=False, limit=None):
    """Return a corridor that counts its steps; `pays` lets the count into the reward, `limit` into the end."""

    def change(env):
        env.count += 1
        return {"reward": (env.cell == 4) / (env.count if pays else 1), "truncated": env.count == limit}

    return Corridor(change, count=0)


def turning(*, pays):
    """Return a corridor with a dict whose order every step turns; `pays` lets the order into the reward."""

    def change(env):
        first = next(iter(env.bag))
        env.bag[first] = env.bag.pop(first)
        return {"reward": float(first == "b")} if pays else None

    return Corridor(change, bag={"a": 1, "b": 2})


class Stationary(gym.RewardWrapper):
    def reward(self, reward):
        return float(reward > 0)


def without_draws(env):
    """Return an environment that follows the table `P` of a deterministic one, but draws no numbers."""

    class Walk(gym.Env):
        P, start = env.unwrapped.P, int(np.argmax(env.unwrapped.initial_state_distrib))
        action_space = env.action_space

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed, options=options)
            self.s, self.lastaction = self.start, None
            return self.s, {}

        def step(self, action):
            ((_, s, reward, terminated),) = self.P[self.s][action]
            self.s, self.lastaction = s, action
            return self.s, reward, terminated, False, {}

    return Walk()


@pytest.mark.parametrize(("name", "arguments"), [("FrozenLake-v1", {"is_slippery": False}), ("CliffWalking-v1", {})])
def test_agrees_with_transitions(name, arguments):
    """Walk the table in the order of discovery: every reachable state has the outcomes of the table."""
    env = without_draws(gym.make(name, **arguments))
    mdp = TabularMDP.explore(env, 100, ignore=("lastaction",))
    cells, ended = [env.start], set()
    for s, cell in enumerate(cells):  # grows on the way
        for a in range(mdp.num_actions):
            _, cell_next, reward, terminated = (1, cell, 0, True) if cell in ended else env.P[cell][a][0]
            if cell_next not in cells:
                cells.append(cell_next)
            if terminated:
                ended.add(cell_next)
            found = mdp.next_state[s, a, 0], mdp.reward[s, a, 0], mdp.terminated[s, a, 0]
            assert found == (cells.index(cell_next), reward, terminated)
    assert len(cells) == mdp.num_states
    assert mdp.initial[0] == 1
    # with everything kept, the last action tells states apart
    assert len(explore(env, 500)[0]) > mdp.num_states


@pytest.mark.parametrize("is_slippery", [False, True])
def test_environment_that_lists_its_transitions_is_pointed_to_from_env(is_slippery):
    """Toy-text environments draw a number in every step, if only to choose among one outcome."""
    with pytest.raises(ValueError, match=r"action 0 in state 0 draws random numbers .*`P`.*TabularMDP\.from_env"):
        explore(gym.make("FrozenLake-v1", is_slippery=is_slippery), 100)


def test_corridor_shapes_and_rows():
    next_state, probability, reward, terminated, initial = explore(Corridor(), 5)
    assert next_state[:, :, 0].tolist() == [[0, 1], [0, 2], [1, 3], [2, 4], [4, 4]]
    assert next_state.dtype == np.int32
    assert (probability == 1).all()
    assert reward[:, :, 0].tolist() == [[0, 0], [0, 0], [0, 0], [0, 1], [0, 0]]
    assert terminated[:, :, 0].tolist() == [[False, False]] * 3 + [[False, True], [True, True]]
    assert initial.tolist() == [1, 0, 0, 0, 0]


def test_time_limit_of_make_is_no_part_of_the_model():
    class Own(wrappers.TimeLimit):
        """May do more than its base, so it stays."""

    env = wrappers.RecordEpisodeStatistics(Stationary(wrappers.OrderEnforcing(wrappers.TimeLimit(Corridor(), 2))))
    assert len(explore(env, 5)[0]) == 5
    assert len(explore(Own(Corridor(), 2), 6)[0]) == 1 + 2 + 3  # cells after 0, 1, 2 steps


def test_truncation_by_the_environment_ends_the_episode():
    next_state, _, _, terminated, _ = explore(Corridor(lambda env: {"truncated": env.cell == 2}), 5)
    assert len(next_state) == 3
    assert terminated[1, 1, 0]


def test_first_action_may_differ_from_zero():
    class Shifted(Corridor):
        action_space = gym.spaces.Discrete(2, start=3)

        def step(self, action):
            assert action in (3, 4)
            return super().step(action - 3)

    np.testing.assert_array_equal(explore(Shifted(), 5)[0], explore(Corridor(), 5)[0])


class Colour(enum.IntEnum):
    RED = 0
    BLUE = 1


class Slotted:
    __slots__ = ("__hidden", "env")

    def __init__(self, env):
        self.env, self.__hidden = env, 0

    def flip(self):
        self.__hidden ^= 1


class Reduced:
    """Is copied by a tuple of its own making, which is not that of slots."""

    __slots__ = ("bit",)

    def __init__(self):
        self.bit = 0

    def __reduce__(self):
        return Reduced, (), (self.bit, 0)

    def __setstate__(self, state):
        self.bit = state[0]


def other_reset(method):
    """Return a method of the same object and name, but of another class."""
    return (gym.Env if method.__func__ is Corridor.reset else Corridor).reset.__get__(method.__self__)


class Ring(list):
    def __init__(self, items):
        super().__init__(items)
        self.flag = False


@pytest.mark.parametrize(
    ("content", "flip"),
    [
        (Slotted, lambda box: box[0].flip()),
        (lambda env: Slotted(env).flip, lambda box: box[0]()),
        (lambda env: env.reset, lambda box: box.append(other_reset(box.pop()))),
        (lambda _: Reduced(), lambda box: setattr(box[0], "bit", 1 - box[0].bit)),
        (lambda _: np.zeros(3, np.uint8), lambda box: np.bitwise_xor(box[0], 1, out=box[0])),
        (lambda _: np.array([[0], None], object), lambda box: box[0][0].append(1 - box[0][0].pop())),
        (lambda _: {(0, 0)}, lambda box: box[0].symmetric_difference_update({(1, 2)})),
        (lambda env: {"a": env, "b": False}, lambda box: box[0].update(b=not box[0]["b"])),
        (lambda _: Colour.RED, lambda box: box.append(Colour(1 - box.pop()))),
        (lambda _: Ring([1]), lambda box: setattr(box[0], "flag", not box[0].flag)),
    ],
)
def test_state_is_found_in_all_kinds_of_objects(content, flip):
    """A hidden bit that every step turns doubles the states of the corridor: each cell is met with either."""
    env = Corridor(lambda env: flip(env.box))
    env.box = [content(env)]  # some of them refer back to the environment
    assert len(explore(env, 100)[0]) == 10  # staying at cell 0 turns the bit alone


@pytest.mark.parametrize("number", [1, True])
def test_numbers_of_numpy_equal_those_of_python(number):
    assert len(explore(Corridor(lambda env: setattr(env, "number", np.array(number)[()]), number=number), 5)[0]) == 5


def test_order_of_a_dict_is_checked_not_counted():
    assert len(explore(turning(pays=False), 5)[0]) == 5  # where it matters: test_refusals


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda env: env.dice.integers(2), "dice"),
        (lambda env: env.many[0].random(), "many"),
        (lambda env: env.plain.random(), "plain"),
        (lambda env: env.old.random(), "old"),
        (lambda env: env.bits.random_raw(), "bits"),
        (lambda env: env.np_random.random(), "_np_random"),
        (lambda env: env.action_space.sample(), "action_space"),
        (lambda env: list(env.nested.sample()), "nested"),
        (lambda env: env.observation_space.sample(), "observation_space"),  # an attribute of the class
        (lambda _: np.random.random(), "shared generator"),  # noqa: NPY002
        (lambda _: random.random(), "shared generator"),
    ],
)
def test_hidden_random_draw_is_refused(draw, name):
    class Draws(Corridor):
        observation_space = gym.spaces.Discrete(5)

    env = Draws(
        lambda env: draw(env) if env.cell == 2 else None,
        dice=np.random.default_rng(0),
        many=[np.random.default_rng(1), np.random.default_rng(2)],
        plain=random.Random(0),
        old=np.random.RandomState(0),
        bits=np.random.PCG64(0),
        action_space=gym.spaces.Discrete(2, seed=0),
        nested=gym.spaces.Dict({"a": gym.spaces.Tuple([gym.spaces.Discrete(2)])}),
    )
    with pytest.raises(ValueError, match=rf"action 1 in state 1 draws random numbers \([^)]*{name}"):
        explore(env, 100)


@pytest.mark.parametrize("name", ["ignore", "key"])
def test_what_is_left_out_must_not_matter(name):
    left_out = {name: ("count",) if name == "ignore" else cell}
    np.testing.assert_array_equal(explore(counting(), 5, **left_out)[0], explore(Corridor(), 5)[0])
    message = rf"state 3 differ in count, which {name} leaves out, and action 1 .*reward 0.25, then"
    with pytest.raises(ValueError, match=message):
        explore(counting(pays=True), 100, **left_out)
    with pytest.raises(ValueError, match="terminated False, then True"):
        explore(counting(limit=3), 100, **left_out)


def test_count_that_ends_the_episode_is_state():
    assert len(explore(counting(limit=3), 100)[0]) == 1 + 2 + 3 + 4  # cells after 0, 1, 2, 3 steps


def test_the_environment_is_left_alone():
    env = wrappers.TimeLimit(Corridor(dice=np.random.default_rng(0)), 9)
    env.reset(seed=5)
    env.step(1)
    before = copy.deepcopy(env)
    explore(env, 5)
    assert (env._elapsed_steps, env.unwrapped.cell) == (1, 1)
    for name in ("np_random", "dice"):
        old, new = getattr(before.unwrapped, name), getattr(env.unwrapped, name)
        assert new.bit_generator.state == old.bit_generator.state
    assert env.step(1)[0] == 2


def test_nothing_is_rendered():
    class Screen(Corridor):
        def render(self):
            raise AssertionError

    env = Screen(lambda env: env.render() if env.render_mode == "human" else None, render_mode="human")
    assert len(explore(env, 5)[0]) == 5


class Same(Corridor):
    def __deepcopy__(self, memo):
        return self


class Rebuilt(Corridor, EzPickle):
    def __init__(self):
        Corridor.__init__(self)
        EzPickle.__init__(self)


class Shared(dict):
    def __deepcopy__(self, memo):
        return self


class Closed:
    def __deepcopy__(self, memo):
        return Closed()

    def __reduce_ex__(self, protocol):
        raise TypeError


class Noisy(gym.RewardWrapper):
    def reward(self, reward):
        return reward + self.np_random.random()


def cell(env):
    return env.unwrapped.cell


@pytest.mark.parametrize(
    ("env", "arguments", "message"),
    [
        (Corridor(), {"max_states": 0}, "max_states must be an integer >= 1, got 0"),
        (Corridor(), {"max_states": 2.5}, "got 2.5"),
        (Corridor(), {"max_states": True}, "got True"),
        (Corridor(), {"ignore": "count"}, "attribute names"),
        (Corridor(), {"ignore": ("count",), "key": cell}, "give one of them"),
        (Corridor(), {"key": lambda _: [0]}, "hashable"),
        (Corridor(), {"key": lambda env: min(cell(env), 1)}, "differ in cell, which key leaves out"),
        (Corridor(action_space=gym.spaces.Box(0, 1)), {}, "must be Discrete, got Box"),
        (Corridor(lambda _: {"reward": np.nan}), {}, "finite number, got nan for action 0 in state 0"),
        (Corridor(lambda _: {"reward": np.inf}), {}, "finite number, got inf for action 0 in state 0"),
        (Corridor(lambda _: {"reward": None}), {}, "finite number, got None for action 0 in state 0"),
        (Noisy(Corridor()), {}, "draws random numbers"),
        (turning(pays=True), {}, "order of a dict"),
        (counting(), {}, r"found 21 distinct states.*max_states is 20.*differs from the start in .*count"),
        (Corridor(lock=threading.Lock()), {}, r"copy.deepcopy.* failed: TypeError: cannot pickle .*lock"),
        (Same(), {}, "returned the environment itself"),
        (Rebuilt(), {}, "state 0 is not in the same state: it differs in .*neither lose state"),
        (Corridor(lambda env: env.notes.update({env.cell: 1}), notes=Shared()), {}, "deep copy of state 0 is not in"),
        (Corridor(box=Closed()), {}, "box holds .*Closed, which cannot be read.* key "),
    ],
)
def test_refusals(env, arguments, message):
    with pytest.raises(ValueError, match=message):
        explore(env, **{"max_states": 20, **arguments})


def test_key_stands_in_for_what_cannot_be_read():
    assert len(explore(Corridor(box=Closed()), 5, key=cell)[0]) == 5


def minigrid_make(name, **arguments):
    pytest.importorskip("minigrid")
    return gym.make(name, **arguments)


class Only(gym.ActionWrapper):
    """Offers some of the actions."""

    def __init__(self, env, actions):
        super().__init__(env)
        self.actions, self.action_space = actions, gym.spaces.Discrete(len(actions))

    def action(self, action):
        return self.actions[action]


def steps_to_goal(model):
    """The fewest steps to a positive reward, (S,), and the action that starts them."""
    next_state, _, reward, terminated, _ = model
    cost = np.full(len(next_state), np.inf)
    for _ in range(len(next_state)):
        q = 1 + np.where(reward > 0, 0.0, np.where(terminated, np.inf, cost[next_state]))[:, :, 0]
        cost = q.min(axis=1)
    return cost, q.argmin(axis=1)


def replay(env, model, seed=0):
    """Follow the shortest way in the model and in the environment together; return its steps and return."""
    cost, policy = steps_to_goal(model)
    env.reset(seed=seed)
    s, total = 0, 0.0
    for step in range(int(cost[0])):
        a = int(policy[s])
        _, reward, terminated, truncated, _ = env.step(a)
        assert (reward, terminated or truncated) == (model[2][s, a, 0], model[3][s, a, 0])
        assert (terminated or truncated) == (step == cost[0] - 1)
        s, total = model[0][s, a, 0], total + reward
    return cost[0], total


def test_minigrid_with_its_clock_is_exact():
    """From (1, 1) facing right to (3, 3): two steps, a turn, two steps; 5 of at most 100 - here 6 - steps."""
    env = minigrid_make("MiniGrid-Empty-5x5-v0", max_steps=6)
    model = explore(env, 1000)
    assert replay(env, model) == (5, 1 - 0.9 * 5 / 6)
    assert set(model[2].flat) == {0, 1 - 0.9 * 5 / 6, 1 - 0.9 * 6 / 6}  # nothing pays more than the shortest way


def test_minigrid_without_its_clock_is_refused():
    with pytest.raises(ValueError, match=r"differ in step_count.*reward 0.955, then 0.946.*RewardWrapper"):
        explore(minigrid_make("MiniGrid-Empty-5x5-v0"), 100, ignore=("step_count",))


def test_minigrid_stationary():
    """8 cells in 4 directions, and the goal, which ends it, entered facing right or down: 34 states."""
    env = Stationary(minigrid_make("MiniGrid-Empty-5x5-v0"))
    model = explore(env, 34, ignore=("step_count",))
    assert len(model[0]) == 34
    assert model[3].all(axis=(1, 2)).sum() == 2
    assert replay(env, model) == (5, 1)


@pytest.mark.parametrize(
    "actions",
    [
        pytest.param((0, 1, 2, 3, 5), id="without dropping"),  # which puts the key anywhere: 278 states for 66
        pytest.param(range(7), id="all", marks=pytest.mark.slow),
    ],
)
def test_minigrid_door_and_key(actions):
    env = Only(Stationary(minigrid_make("MiniGrid-DoorKey-5x5-v0")), actions)
    model = explore(env, 500, seed=3, ignore=("step_count",))
    assert len(model[0]) == (66 if len(actions) == 5 else 278)
    steps, total = replay(env, model, seed=3)
    assert steps > 5
    assert total == 1
