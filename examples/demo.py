"""A first look: the book's world solved exactly, and a batch of environments stepped at speed."""

from __future__ import annotations

import time

import gymnasium as gym
import numpy as np

from gridworld_env import TabularMDP, oracle

ARROWS = {"up": "^", "right": ">", "down": "v", "left": "<", "stay": "o"}
COPIES, STEPS, SECONDS = 1024, 200, 1.0


def show_optimum() -> None:
    """Solve `GridWorld-v0` and print its optimal values and a greedy policy."""
    env = gym.make("GridWorld-v0", continuing=True)
    gamma = 0.9
    best = oracle.optimal(TabularMDP.from_env(env), gamma=gamma)
    world = env.unwrapped.world
    layout = world.layouts[0]
    arrows = np.array([ARROWS[world.action_names[a]] for a in best.policy.argmax(axis=1)])
    print(f"The book's world (GridWorld-v0, continuing=True): its map, its optimal values at gamma = {gamma}")
    print("and an optimal policy, exact to a Bellman residual of " + f"{best.residual:.0e}.\n")
    for row in range(layout.height):
        cells = slice(row * layout.width, (row + 1) * layout.width)
        values = " ".join(f"{v:5.2f}" for v in best.v[cells])
        print(f"  {' '.join(layout.to_text().splitlines()[row])}    {values}    {' '.join(arrows[cells])}")


def steps_a_second(step_once: object, steps_each: int) -> float:
    """Call a function for about a second and return how many steps that made in one."""
    count, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < SECONDS:
        step_once()  # type: ignore[operator]
        count += steps_each
    return count / (time.perf_counter() - begin)


def show_speed() -> None:
    """Step one environment and a batch of them with random actions, and print how fast that was."""
    env = gym.make("GridWorld-v0")
    env.reset(seed=0)
    actions = np.random.default_rng(0).integers(0, 5, STEPS).tolist()

    def single() -> None:
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()

    envs = gym.make_vec("GridWorld-v0", num_envs=COPIES, slip=0.1)
    envs.reset(seed=0)
    batch = np.random.default_rng(0).integers(0, 5, (STEPS, COPIES))

    def vector() -> None:
        for action in batch:
            envs.step(action)

    single()
    vector()
    print(f"\nOne environment:      {steps_a_second(single, STEPS):13,.0f} steps a second")
    print(f"{COPIES} in one, slippery: {steps_a_second(vector, STEPS * COPIES):13,.0f} steps a second")


if __name__ == "__main__":
    show_optimum()
    show_speed()
