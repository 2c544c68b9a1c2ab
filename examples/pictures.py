"""Draw the pictures of the README: `python examples/pictures.py [FOLDER]`.

The still shows GridWorld-v0 with its exact optimal values and policy. The animation shows value iteration on a slippery
map with four rooms, sweep by sweep, and then an episode of the policy that it has found.
"""

import pathlib
import sys

import gymnasium as gym

from gridworld_env import oracle
from gridworld_env.rendering import draw, record

GAMMA = 0.95
SWEEPS = (*range(1, 25), 30, 40, 60)


def still(path):
    """Write a picture of exact values and policy; the target pays on, as in the book."""
    env = gym.make("GridWorld-v0", continuing=True)
    best = oracle.optimal(env.unwrapped.mdp, gamma=0.9)
    draw("book", values=best.v, policy=best.policy, caption="GridWorld-v0: exact optimum, discount 0.9", path=path)


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
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    still(folder / "values.png")
    animation(folder / "value-iteration.gif")
    print(f"wrote values.png and value-iteration.gif to {folder}")
