"""`Judge`: what an agent is worth, exactly, where the environment's model is known.

The agent's deterministic policy is read off by asking `predict` for every state, and the oracle values it. No episode
is played, so that there is no noise: the gap to the optimum is 0 when the agent is optimal, and only then.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from gridworld_agents.tabular.models import is_changed
from gridworld_env import TabularMDP, oracle

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

BATCH = 8192
"""States that an agent is asked about at a time."""

USUAL_GAMMA = 0.99


class Judge:
    """Values agents on one environment.

    Args:
        env: With an exact model: a tabular environment of ours, or one of Gymnasium's that lists its transitions. Its
            observations must reach the agent as they are.
        gamma: Discount of the returns that are compared, in [0, 1].

    Raises:
        ValueError: If there is no exact model, a wrapper changes observations, or at gamma 1 the best return is not
            finite.
    """

    def __init__(self, env: gym.Env[Any, Any], gamma: float) -> None:
        spaces = (env.observation_space, env.action_space)
        if spaces != (env.unwrapped.observation_space, env.unwrapped.action_space) or is_changed(env):
            raise ValueError(
                f"{env} changes observations, actions or rewards: the model beneath cannot value its agents"
            )
        self.env, self.gamma = env, gamma
        self.mdp = TabularMDP.from_env(env)
        self.best = oracle.optimal(self.mdp, gamma=gamma)
        self.optimum = float(self.mdp.initial @ self.best.v)

    def observations(self, states: npt.NDArray[np.int64]) -> Any:
        """Return what an agent sees of states: (N, ...)."""
        world = getattr(self.env.unwrapped, "world", None)
        return states if world is None else world.observer(states)

    def policy(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return an agent's policy: (S, A) probabilities.

        It is that of `predict(deterministic=True)`, but for agents that say they act at random on purpose by an
        attribute `stochastic`: their own `policy`.
        """
        if getattr(agent, "stochastic", False):
            return cast("npt.NDArray[np.float64]", agent.policy)
        S, A = self.mdp.num_states, self.mdp.num_actions
        masks = cast("Any", getattr(getattr(self.env.unwrapped, "world", None), "masks", None))
        masked = masks is not None and "action_masks" in inspect.signature(agent.predict).parameters
        actions = np.concatenate(
            [
                np.asarray(
                    agent.predict(
                        self.observations(states),
                        deterministic=True,
                        **({"action_masks": masks[states].astype(np.bool_)} if masked else {}),
                    )[0]
                ).reshape(-1)
                for states in np.split(np.arange(S), range(BATCH, S, BATCH))
            ]
        )
        start = int(getattr(self.env.action_space, "start", 0))
        return np.eye(A)[actions.astype(np.int64) - start]

    def values(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return the exact value of an agent's policy in every state: (S,) float64.

        Raises:
            ValueError: At gamma 1, if it is not finite.
        """
        return oracle.evaluate(self.mdp, self.policy(agent), gamma=self.gamma)

    def value(self, agent: Any) -> float:
        """Return the exact mean discounted return of an agent's policy from where episodes start.

        At gamma 1 it is -inf for a policy whose value is not finite: one that never ends.
        """
        policy = self.policy(agent)
        try:
            return float(self.mdp.initial @ oracle.evaluate(self.mdp, policy, gamma=self.gamma))
        except ValueError:
            if self.gamma < 1:
                raise
            return float("-inf")

    def gap(self, agent: Any) -> float:
        """Return by how much an agent falls short of the optimum, exactly; inf where its value is -inf."""
        return self.optimum - self.value(agent)


def judge_for(env: gym.Env[Any, Any], agent: Any) -> Judge | None:
    """Return the judge of an agent on its environment, at its own discount; None where the model is not known."""
    gamma = getattr(getattr(agent, "parameters", None), "gamma", USUAL_GAMMA)
    try:
        return Judge(env, gamma)
    except (ValueError, RuntimeError):  # no model, or one so large that the oracle misses its tolerance
        return None
