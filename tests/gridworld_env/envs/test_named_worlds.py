"""What the pages of the named environments say, move by move."""

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import TabularMDP

UP, RIGHT, DOWN, LEFT = range(4)


def ways(id_, place, a, **arguments):
    """Return the outcomes of an action at (row, column) as {((row, column), reward, terminated): probability}."""
    env = gym.make(id_, **arguments)
    mdp, layout = TabularMDP.from_env(env), env.unwrapped.world.layouts[0]
    s = layout.state(*place)
    rows = zip(mdp.next_state[s, a], mdp.reward[s, a], mdp.terminated[s, a], mdp.probability[s, a], strict=True)
    return {(layout.position(n), float(r), bool(end)): pytest.approx(float(p)) for n, r, end, p in rows if p > 0}


def start(id_, **arguments):
    env = gym.make(id_, **arguments)
    (s,) = env.unwrapped.mdp.starts
    return env.unwrapped.world.layouts[0].position(s)


def test_four_rooms_goes_astray_every_third_step():
    assert start("GridWorld/FourRooms-v0") == (4, 1)
    around = {(1, 2): 1 / 9, (3, 2): 1 / 9, (2, 1): 1 / 9, (2, 3): 2 / 3}
    expected = {(place, 0.0, False): p for place, p in around.items()}
    assert ways("GridWorld/FourRooms-v0", (2, 2), RIGHT) == expected
    assert ways("GridWorld/FourRooms-v0", (1, 1), LEFT)[(1, 1), 0.0, False] == 2 / 3 + 1 / 9
    assert ways("GridWorld/FourRooms-v0", (8, 8), RIGHT)[(8, 9), 1.0, True] == 2 / 3


def test_the_cliff_sends_back_to_the_start():
    assert start("GridWorld/Cliff-v0") == (3, 0)
    assert ways("GridWorld/Cliff-v0", (3, 0), RIGHT) == {((3, 0), -100.0, False): 1}
    assert ways("GridWorld/Cliff-v0", (2, 5), DOWN) == {((3, 0), -100.0, False): 1}
    assert ways("GridWorld/Cliff-v0", (3, 0), LEFT) == {((3, 0), -1.0, False): 1}
    assert ways("GridWorld/Cliff-v0", (2, 11), DOWN) == {((3, 11), -1.0, True): 1}
    assert ways("GridWorld/Cliff-v0", (2, 5), DOWN, forbidden_mode="end") == {((3, 5), -100.0, True): 1}


def test_the_wind_lifts():
    assert start("GridWorld/Windy-v0") == (3, 0)
    assert ways("GridWorld/Windy-v0", (3, 3), RIGHT) == {((2, 4), -1.0, False): 1}
    assert ways("GridWorld/Windy-v0", (3, 6), RIGHT) == {((1, 7), -1.0, False): 1}
    assert ways("GridWorld/Windy-v0", (0, 9), DOWN) == {((1, 9), -1.0, False): 1}
    assert ways("GridWorld/Windy-v0", (6, 4), DOWN) == {((6, 4), -1.0, False): 1}
    assert ways("GridWorld/Windy-v0", (4, 8), LEFT) == {((3, 7), -1.0, True): 1}
    third = {((row, 4), -1.0, False): 1 / 3 for row in (1, 2, 3)}
    assert ways("GridWorld/Windy-v0", (3, 3), RIGHT, stochastic_wind=True) == third


def test_the_dyna_maze():
    assert start("GridWorld/DynaMaze-v0") == (2, 0)
    assert ways("GridWorld/DynaMaze-v0", (2, 1), RIGHT) == {((2, 1), 0.0, False): 1}
    assert ways("GridWorld/DynaMaze-v0", (1, 8), UP) == {((0, 8), 1.0, True): 1}


def test_mazes_follow_their_seed_and_size():
    def text(**arguments):
        return str(gym.make("GridWorld/Maze-v0", **arguments).unwrapped.world.layouts[0])

    assert text() == text(maze_seed=0) != text(maze_seed=1)
    assert len(text(size=7).split("\n")) == 7
    assert [len(row) for row in text(size=(5, 9)).split("\n")] == [9] * 5
    assert start("GridWorld/Maze-v0") == (1, 1)
    for size in ((5,), np.array([5, 7]), 6, "7"):
        with pytest.raises(ValueError, match=r"size must be an integer|must be odd"):
            text(size=size)


def test_random_maps_are_all_visited_and_follow_their_seed():
    env = gym.make("GridWorld/Random-v0", num_layouts=5)
    env.reset(seed=0)
    assert {env.reset()[0] // 64 for _ in range(100)} == set(range(5))  # fails by chance with probability 1e-9
    banks = [gym.make("GridWorld/Random-v0", num_layouts=3, layout_seed=k).unwrapped.world.layouts for k in (0, 0, 1)]
    assert banks[0] == banks[1] != banks[2]
    assert all(layout.solvable for layout in env.unwrapped.world.layouts)


def test_the_deep_sea():
    id_ = "GridWorld/DeepSea-v0"
    assert start(id_, size=4) == (0, 0)
    assert ways(id_, (0, 0), 0, size=4) == {((1, 0), 0.0, False): 1}
    assert ways(id_, (0, 0), 1, size=4) == {((1, 1), -0.0025, False): 1}
    assert ways(id_, (3, 3), 1, size=4) == {((4, 3), 0.9975, True): 1}
    assert ways(id_, (3, 2), 1, size=4) == {((4, 3), -0.0025, True): 1}
    straight = {((2, 2), -0.0025, False): 0.75, ((2, 1), -0.0025, False): 0.25}
    assert ways(id_, (1, 1), 1, size=4, stochastic=True) == straight


def test_an_action_seed_swaps_the_deep_seas_actions_in_some_cells():
    plain, swapped = (
        TabularMDP.from_env(gym.make("GridWorld/DeepSea-v0", size=8, action_seed=seed)).next_state[:64]
        for seed in (None, 5)
    )
    same = (plain == swapped).all(axis=(1, 2))
    other = (plain == swapped[:, ::-1]).all(axis=(1, 2))
    assert (same | other).all()
    assert 10 < other.sum() < 54


def test_the_random_walk():
    id_ = "GridWorld/RandomWalk-v0"
    assert start(id_) == (0, 3)
    assert start(id_, num_states=4) == (0, 2)
    assert ways(id_, (0, 1), 0) == {((0, 0), 0.0, True): 1}
    assert ways(id_, (0, 5), 1) == {((0, 6), 1.0, True): 1}
    assert ways(id_, (0, 1), 0, num_states=1, reward_left=np.float32(-1)) == {((0, 0), -1.0, True): 1}
    assert ways(id_, (0, 3), 1) == {((0, 4), 0.0, False): 1}
