"""The scenes whose pictures are kept in `references/`: what a reader of each should see stands beside it."""

import gymnasium as gym
import numpy as np

import gridworld_env  # noqa: F401 - registers the environments
from gridworld_env.layouts import Layout
from gridworld_env.rendering import Scene
from gridworld_env.tabular.rules import MOVES


def scenes():
    """Return every scene by its picture's name, and the size it is painted at."""
    return {name: make() for name, make in _MAKERS.items()}


def _walk(scene, *cells, heads_up=""):
    """Return a scene with the agent at the end of a way."""
    return scene.at(cells[-1:], cells, heads_up)


def _distances(layout):
    """Return (S,) values: minus the cells, across and down, to the nearest target; walls and targets unknown."""
    rows, columns = np.divmod(np.arange(layout.num_states), layout.width)
    targets = np.flatnonzero(layout.targets)
    apart = abs(rows[:, None] - rows[targets]) + abs(columns[:, None] - columns[targets])
    return np.where(layout.targets | layout.walls, np.nan, -apart.min(axis=1).astype(float))


def _policy(layout, num_actions=5, seed=3):
    """Return (S, A) probabilities of all kinds: certain, mixed, uniform and, at targets, none."""
    rng = np.random.default_rng(seed)
    policy = np.eye(num_actions)[rng.integers(0, num_actions, layout.num_states)]
    policy[::4] = 0.5 * policy[::4] + 0.5 * np.eye(num_actions)[rng.integers(0, num_actions, policy[::4].shape[0])]
    policy[3] = 1 / num_actions
    policy[layout.targets | layout.walls] = 0
    return policy


def _env_scene(env_id, *, start=None, actions=(), overlay=None, **arguments):
    """Return what is to be seen of an environment after some actions."""
    env = gym.make(env_id, render_mode="rgb_array", **arguments).unwrapped  # with a mode it notes its trail
    env.reset(seed=0, options=None if start is None else {"start": start})
    env.overlay(**(overlay or {}))
    for action in actions:
        env.step(action)
    return env.scene()


def _book_plain():
    return _walk(Scene(layout="book"), 0, 1, 2, 3, 4, 9, 14, 13), 240


def _book_values():
    layout = Layout.named("book")
    scene = Scene(layout=layout, values=_distances(layout), policy=_policy(layout), caption="value iteration, sweep 3")
    return _walk(scene, 20, 15, 16, heads_up="step 12   return -3.00   optimum 1.00"), 320


def _book_action_values():
    layout = Layout.named("book")
    q = np.sin(np.arange(layout.num_states * 5.0)).reshape(-1, 5)
    q[layout.targets] = np.nan
    return Scene(layout=layout, action_values=q), 360


def _small_action_values():
    q = np.array([[0.0, 1.0, -2.5, 3.0, 0.5], [1, 2, 3, 4, 5.5], [-1, 0, 10, np.nan, 2], [np.nan] * 5])
    return Scene(layout=[".F", ".T"], action_values=q, caption="q"), 280


def _greedy_action_values():
    layout = Layout.named("book")
    q = np.cos(np.arange(layout.num_states * 5.0)).reshape(-1, 5)
    q[layout.targets] = np.nan
    policy = np.eye(5)[np.nan_to_num(q).argmax(axis=1)]
    policy[layout.targets] = 0
    return _walk(Scene(layout=layout, action_values=q, policy=policy), 24, 23), 300


def _visits():
    layout = Layout.named("book")
    return Scene(layout=layout, visits=np.arange(25) ** 3, agents=[12]), 280


def _values_and_visits():
    layout = Layout.named("book")
    return Scene(layout=layout, values=_distances(layout), visits=np.arange(25) ** 3), 280


def _cliff():
    return _env_scene("GridWorld/Cliff-v0", actions=[0, 1, 1, 0, 1, 1]), 360


def _windy():
    return _env_scene("GridWorld/Windy-v0", actions=[1] * 9), 360


def _windy_values():
    layout = Layout.named("windy")
    overlay = {"values": _distances(layout), "policy": _policy(layout, 4)}
    return _env_scene("GridWorld/Windy-v0", actions=[1] * 5, overlay=overlay), 360


def _slippery():
    return _env_scene("GridWorld/FourRooms-v0", actions=[1, 1, 0], slip=0.2), 312


def _king():
    layout = Layout.parse("....\n.S#.\n.F..\n...T")
    return Scene(layout=layout, policy=_policy(layout, 9), moves=MOVES["king+stay"], agents=[12]), 240


def _random_walk():
    overlay = {"values": np.arange(7) / 6, "caption": "five states"}
    return _env_scene("GridWorld/RandomWalk-v0", actions=[1, 1], overlay=overlay), 360


def _maze():
    return _env_scene("GridWorld/Maze-v0", actions=[1, 1, 2, 2, 1, 1, 2, 2], maze_seed=4), 240


def _one_cell():
    return Scene(layout=["S"], agents=[0], values=[0.25], policy=[[1.0, 0, 0, 0, 0]]), 200


def _hundred():
    layout = Layout.room(100, 100, np.random.default_rng(5))
    return Scene(layout=layout, values=_distances(layout), agents=[4242]), 260


def _restart():
    return _walk(Scene(layout=["S.F.", "..#.", "...T"]), 0, 1, 0, 4, 5, 9, 0), 200


_MAKERS = {
    "book-plain": _book_plain,
    "book-values": _book_values,
    "book-action-values": _book_action_values,
    "book-greedy": _greedy_action_values,
    "small-action-values": _small_action_values,
    "visits": _visits,
    "values-and-visits": _values_and_visits,
    "cliff": _cliff,
    "windy": _windy,
    "windy-values": _windy_values,
    "four-rooms-slippery": _slippery,
    "king": _king,
    "random-walk": _random_walk,
    "maze": _maze,
    "one-cell": _one_cell,
    "hundred": _hundred,
    "carried-back": _restart,
}
