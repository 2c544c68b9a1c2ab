"""Draw the pictures of the README: `python examples/pictures.py [FOLDER]`.

The still is what `gridworld solve GridWorld-v0 --gamma 0.9 --render FILE` draws: the exact optimal values and policy.
The animation shows value iteration on a slippery map with four rooms, sweep by sweep, and then an episode of the policy
that it has found.
"""

import argparse
import pathlib

import gymnasium as gym

from gridworld_env import oracle
from gridworld_env.rendering import record, save

GAMMA = 0.95
SWEEPS = (*range(1, 25), 30, 40, 60)


def still(path):
    """Write a picture of exact values and policy."""
    world = gym.make("GridWorld-v0").unwrapped
    best = oracle.optimal(world.mdp, gamma=0.9)
    world.overlay(values=best.v, policy=best.policy, caption="GridWorld-v0: optimal values and policy, discount 0.9")
    save(world.scene_of(0), path)


def animation(path):
    """Write an animation of value iteration and of what it leads to."""
    env = gym.make("GridWorld/FourRooms-v0", render_mode="rgb_array", render_size=440)
    record(path, frames(env), fps=8, hold=2)


def frames(env):
    """Yield the frames of an animation."""
    world = env.unwrapped
    sweeps = oracle.finite_horizon(world.mdp, gamma=GAMMA, horizon=SWEEPS[-1])
    best = oracle.optimal(world.mdp, gamma=GAMMA)
    state, _ = env.reset(seed=5)
    world.overlay(heads_up=True)
    for n in SWEEPS:
        world.overlay(values=sweeps.v[n], caption=f"value iteration, sweep {n}")
        yield env.render()
    world.overlay(values=best.v, policy=best.policy, caption="the optimal policy, floor slippery")
    over = False
    while not over:
        yield env.render()
        state, _, terminated, truncated, _ = env.step(best.policy[state].argmax())
        over = terminated or truncated
    yield env.render()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=pathlib.Path, default=pathlib.Path("docs/images"), help="where to (%(default)s)"
    )
    folder = parser.parse_args().folder
    if not folder.is_dir():
        parser.error(f"there is no folder {str(folder)!r}: make it first")
    still(folder / "values.png")
    animation(folder / "value-iteration.gif")
    print(f"wrote values.png and value-iteration.gif to {folder}")
