"""Episodes of one policy say what another one is worth: every estimator beside the exact value.

`python examples/logged_experience.py [FOLDER]` also keeps the log, as a NumPy archive.
"""

from __future__ import annotations

import argparse
import pathlib
import time

import gymnasium as gym
from rich.console import Console
from rich.table import Table

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the environments
from gridworld_agents import epsilon_greedy_policy
from gridworld_agents.off_policy_evaluation import METHODS, doubly_robust, importance_sampling
from gridworld_env import TabularMDP, oracle

EPISODES, GAMMA, EPSILON, SEED = 2000, 0.9, 0.5, 0


def main(folder=None):
    """Log, keep, evaluate and print."""
    console = Console()
    env = gym.make("GridWorld-v0", slip=0.1)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=GAMMA)

    begin = time.perf_counter()
    log = ga.collect(env, epsilon_greedy_policy(best.q, EPSILON), episodes=EPISODES, seed=SEED)
    console.print(f"logged {log} by an epsilon-soft policy in {time.perf_counter() - begin:.2f} s")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        log.save(folder / "log.npz")
        log = ga.Episodes.load(folder / "log.npz")

    estimates = {method: importance_sampling(log, best.policy, GAMMA, method=method) for method in METHODS}
    estimates["doubly robust, model fitted to the log"] = doubly_robust(log, best.policy, GAMMA)
    estimates["doubly robust, exact model"] = doubly_robust(log, best.policy, GAMMA, q=mdp)

    exact = mdp.initial @ oracle.evaluate(mdp, best.policy, gamma=GAMMA)
    table = Table(
        "estimator", "value", "95% interval", "standard error", title="The optimal policy, from other episodes"
    )
    for name, found in estimates.items():
        interval = f"{found.low:.4f} to {found.high:.4f}"
        table.add_row(name, f"{found.value:.4f}", interval, f"{found.standard_error:.4f}")
    table.add_row("exact", f"{exact:.4f}", "", "")
    console.print(table)
    size = estimates["weighted"].effective_sample_size
    console.print(f"{EPISODES} episodes weigh as much as {size:.0f} of the optimal policy's own")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, help="where to keep the log (default: it is not kept)")
    main(parser.parse_args().folder)
