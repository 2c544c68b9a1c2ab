"""With which hyper-parameters, and within how many steps, each agent reaches the exact optimum of which environment.

`steps_to_optimum.py` measures by this table, and `tests/gridworld_agents/test_exact_optimum.py` holds the agents to it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium as gym
import numpy as np

import gridworld_env  # noqa: F401 - registers the environments
from gridworld_agents.evaluation.judge import Judge
from gridworld_env import Layout, TabularMDP, oracle
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.observations import make_observer
from gridworld_env.engine.tabular.world import World

if TYPE_CHECKING:
    from collections.abc import Callable


@functools.cache
def lake_world() -> World:
    """Return the tables of FrozenLake-v1 as a world: they are its own, and learning on them is compiled."""
    mdp = TabularMDP.from_env(gym.make("FrozenLake-v1"))
    layout = Layout.parse("S...\n.F.F\n...F\nF..T")
    masks = np.ones((mdp.num_states, mdp.num_actions), np.int8)
    return World(mdp, (layout,), ("left", "down", "right", "up"), masks, make_observer("state", (layout,)))


class LakeEnv(TabularEnv, world=lake_world):
    """FrozenLake-v1, slippery; its time limit is not part of it."""


class Task(NamedTuple):
    """An environment and a discount."""

    env_id: str
    gamma: float
    make: Callable[[], gym.Env[Any, Any]]


def _registered(env_id: str, gamma: float) -> Task:
    return Task(env_id, gamma, functools.partial(gym.make, env_id))


TASKS = {
    "book": _registered("GridWorld-v0", 0.9),
    "cliff": _registered("GridWorld/Cliff-v0", 1.0),
    "windy": _registered("GridWorld/Windy-v0", 1.0),
    "maze": _registered("GridWorld/DynaMaze-v0", 0.95),
    "lake": Task("FrozenLake-v1", 0.99, lambda: gym.wrappers.TimeLimit(LakeEnv(), 100)),
}


class Setting(NamedTuple):
    """How an agent learns."""

    steps: int  # after which its gap is to be 0
    given: dict[str, Any]  # hyper-parameters, beside gamma
    soft: bool = False  # whether the optimum is that of the policies which explore as it does

    def __str__(self) -> str:
        """Return the hyper-parameters as the page lists them."""
        given = [f"{name} {value}" for name, value in self.given.items()]
        return ", ".join(given) or "as they are"


def _settings(steps: int, lake: Setting | None = None, /, **given: Any) -> dict[str, Setting]:
    """Return the same setting for every task, but for the lake where another is given."""
    return {task: lake if lake and task == "lake" else Setting(steps, given) for task in TASKS}


def _exploring(lake: Setting, cliff: int, /, epsilon: float = 0.1, **given: Any) -> dict[str, Setting]:
    """Return the settings of an agent that learns the values of exploring: with little, the greedy policy is best.

    At the cliff it would have to be as little as 0.3%, and is learned too slowly: who explores more does best to keep
    away from the edge. That is what the agent is measured by there, with an epsilon at which no two actions are close.
    """
    falling = {"alpha": "visits:1:0:0.7", "epsilon": 0.1, **given}
    return {
        "book": Setting(10_000_000, falling),
        "cliff": Setting(cliff, {**falling, "epsilon": 0.35}, soft=True),
        "windy": Setting(10_000_000, {**falling, "epsilon": epsilon}),
        "maze": Setting(10_000_000, {**falling, "epsilon": epsilon, "initial_value": 1}),
        "lake": Setting(lake.steps, {**lake.given, **given}),
    }


HOPEFUL = {"alpha": "visits:1:0:0.7", "epsilon": 0.1, "initial_value": 1}
NEARLY_GREEDY = Setting(30_000_000, {"alpha": "visits:1:0:0.8", "epsilon": 0.03, "initial_value": 1})
EVER_GREEDIER = Setting(50_000_000, {**HOPEFUL, "epsilon": "polynomial:100:10000:0.5"})
SETTINGS: dict[str, dict[str, Setting]] = {
    "value-iteration": _settings(1_000),
    "policy-iteration": _settings(1_000),
    "truncated-policy-iteration": _settings(1_000),
    "mc-basic": _settings(1_000_000, Setting(300_000_000, {"episodes_per_pair": 20_000})),
    "mc-exploring-starts": _settings(3_000_000, Setting(10_000_000, {"alpha": "visits:1:0:0.8"}), alpha=0.5),
    "mc-epsilon-greedy": _exploring(EVER_GREEDIER, 100_000_000, epsilon=0.3),
    "mc-off-policy": {
        "book": Setting(10_000_000, {}),
        "cliff": Setting(10_000_000, {"initial_value": -100}),
        "windy": Setting(10_000_000, {"initial_value": -100}),
        "maze": Setting(10_000_000, {}),
    },
    "robbins-monro": _settings(1_000_000, Setting(10_000_000, {})),
    "sarsa": _exploring(NEARLY_GREEDY, 10_000_000),
    "expected-sarsa": {
        "book": Setting(1_000_000, {"alpha": 1, "epsilon": 0.1}),
        "cliff": Setting(1_000_000, {"alpha": 1, "epsilon": 0.003}),
        "windy": Setting(1_000_000, {"alpha": 1, "epsilon": 0.1}),
        "maze": Setting(1_000_000, {"alpha": 1, "epsilon": 0.1, "initial_value": 1}),
        "lake": Setting(10_000_000, {**HOPEFUL, "epsilon": 0.03}),
    },
    "n-step-sarsa": _exploring(EVER_GREEDIER, 50_000_000, n=2),
    "sarsa-lambda": _exploring(NEARLY_GREEDY, 10_000_000, trace_decay=0.5),
    "q-learning": _settings(1_000_000, Setting(3_000_000, HOPEFUL), alpha=1, epsilon=0.3),
    "double-q-learning": _settings(3_000_000, Setting(10_000_000, {**HOPEFUL, "epsilon": 0.3}), alpha=1, epsilon=0.5),
    "q-lambda": _settings(1_000_000, Setting(10_000_000, HOPEFUL), alpha=1, epsilon=0.5),
    "dyna-q": _settings(300_000, Setting(3_000_000, HOPEFUL), alpha=1, epsilon=0.3),
    "prioritized-sweeping": _settings(300_000, Setting(3_000_000, {"epsilon": 0.1, "initial_value": 1}), epsilon=0.3),
}
"""By agent and by task."""

MISSING = {
    ("mc-off-policy", "lake"): (
        "it learns from the ends of episodes only, as far back as its behaviour happened to do what the greedy policy "
        "would do, and weights of returns to earlier policies last: on slippery ice it converges too slowly to measure"
    ),
}
"""Why an agent has no setting for a task."""


class Yardstick:
    """The exact gap of agents on a task to the optimum that a setting names.

    Args:
        task: The task.
        setting: With `soft`, an agent's policy is the epsilon-greedy one of what it does deterministically, and the
            optimum that of all epsilon-soft policies.
    """

    def __init__(self, task: Task, setting: Setting) -> None:
        self.judge = Judge(task.make(), task.gamma)
        self.optimum, self._epsilon = self.judge.optimum, setting.given["epsilon"] if setting.soft else None
        if self._epsilon is not None:
            mdp = self.judge.mdp
            best = oracle.epsilon_optimal(mdp, gamma=task.gamma, epsilon=self._epsilon)
            self.optimum = self._from_starts(best.v)
            self._last: tuple[Any, float] | None = None

    def gap(self, agent: Any) -> float:
        """Return the gap; inf where the agent's value is not finite."""
        if self._epsilon is None:
            return self.judge.gap(agent)
        pi = self.judge.policy(agent)
        if self._last is None or not np.array_equal(self._last[0], pi):
            soft = (1 - self._epsilon) * pi + self._epsilon / pi.shape[1]
            v = oracle.evaluate(self.judge.mdp, soft, gamma=self.judge.gamma)
            self._last = pi, self.optimum - self._from_starts(v)
        return self._last[1]

    def _from_starts(self, v: Any) -> float:
        initial = self.judge.mdp.initial
        return float(initial[initial > 0] @ v[initial > 0])
