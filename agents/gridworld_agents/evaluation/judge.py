"""`Judge`: what an agent is worth, exactly, where the environment's model is known.

The agent's deterministic policy is read off by asking `predict` for every state, and the oracle values it. No episode
is played, so that there is no noise: the gap to the optimum is 0 when the agent is optimal from where episodes start,
and only then. `values` shows what its policy is worth in every other state.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_env import oracle, protocol

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_env import TabularMDP

BATCH = 8192
"""States that an agent is asked about at a time."""

USUAL_GAMMA = 0.99


@export("gridworld_agents.Judge")
class Judge:
    """Values agents on one environment.

    Args:
        env: With an exact model: a tabular environment of ours, one of Gymnasium's that lists its transitions, or any
            that implements `gridworld_env.protocol.ExactModel`. Wrappers must be known to be harmless.
        gamma: Discount of the returns that are compared, in [0, 1].

    Raises:
        ValueError: If there is no exact model (see `gridworld_env.protocol.exact_model`), or at gamma 1 the best return
            is not finite.
    """

    def __init__(self, env: gym.Env[Any, Any], gamma: float) -> None:
        self.env, self.gamma = env, gamma
        self.mdp = protocol.exact_model(env)
        for states in self._batches():  # what it shows is read when agents are judged: it is refused before that
            self.observations(states)
        self.best = oracle.optimal(self.mdp, gamma=gamma)
        self.optimum = self._from_starts(self.best.v)
        self._last: tuple[Any, float] | None = None  # the policy that was valued last, and its value
        self._exact: tuple[Any, npt.NDArray[np.float64], npt.NDArray[np.bool_]] | None = None

    def observations(self, states: npt.NDArray[np.int64]) -> Any:
        """Return what an agent sees of states: (N, ...)."""
        return protocol.observe_states(self.env, states)

    def policy(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return an agent's policy: (S, A) probabilities.

        It is that of `predict(deterministic=True)`, but for agents that say they act at random on purpose by an
        attribute `stochastic`: their own `policy`, whose rows are the states as the agent numbers them.

        Raises:
            ValueError: If it chooses actions that the environment does not have.
        """
        if getattr(agent, "stochastic", False):
            return self._by_state(agent, agent.policy)
        S, A = self.mdp.num_states, self.mdp.num_actions
        masks = protocol.mask_states(self.env, np.arange(S))
        masked = masks is not None and "action_masks" in inspect.signature(agent.predict).parameters
        actions = np.concatenate(
            [
                np.asarray(
                    agent.predict(
                        self.observations(states),
                        deterministic=True,
                        **({"action_masks": masks[states]} if masked else {}),  # type: ignore[index]
                    )[0]
                ).reshape(-1)
                for states in self._batches()
            ]
        )
        a = actions.astype(np.int64) - int(getattr(self.env.action_space, "start", 0))
        if len(a) != S or a.min() < 0 or a.max() >= A:
            raise ValueError(f"the agent must choose one of {A} actions in each of {S} states, got {actions!r}")
        return np.eye(A)[a]

    def values(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return the exact value of an agent's policy in every state: (S,) float64.

        Raises:
            ValueError: At gamma 1, if it is not finite.
        """
        return oracle.evaluate(self.mdp, self.policy(agent), gamma=self.gamma)

    def value_error(self, agent: Any) -> float:
        """Return by how much an agent's `values` miss the exact ones: the root of the mean square over states.

        For an agent that values a policy (`predicts = True`) the exact values are those of its `policy`, and the states
        those that it can get to by it, from where episodes start. For any other they are the optimal values, and the
        states those that can be got to at all. So walls and ends do not count; every other state counts the same.

        Returns:
            The error; inf where an exact value is not finite.

        Raises:
            AttributeError: If the agent shows no values.
        """
        v = self._by_state(agent, agent.values)
        exact, states = self._exact_of(self._by_state(agent, agent.policy) if _predicts(agent) else None)
        return float(np.sqrt(np.mean((v - exact)[states] ** 2)))

    def value(self, agent: Any) -> float:
        """Return the exact mean discounted return of an agent's policy from where episodes start.

        At gamma 1 it is -inf for a policy whose value is not finite: one that never ends. It is nan for one that takes
        so many steps to end that `oracle.evaluate` cannot tell its value.
        """
        policy = self.policy(agent)
        if self._last is None or not np.array_equal(self._last[0], policy):
            self._last = policy, self._mean_return(policy)
        return self._last[1]

    def gap(self, agent: Any) -> float:
        """Return by how much an agent falls short of the optimum, exactly; inf where its value is -inf."""
        return self.optimum - self.value(agent)

    def states_within_reach(self) -> npt.NDArray[np.bool_]:
        """Return the states that some policy can get to from where episodes start: (S,) bool."""
        return _within_reach(self.mdp, np.ones((self.mdp.num_states, self.mdp.num_actions), np.bool_))

    def _batches(self) -> list[npt.NDArray[np.int64]]:
        """Return the states, some at a time."""
        S = self.mdp.num_states
        return np.split(np.arange(S), range(BATCH, S, BATCH))

    def _mean_return(self, policy: npt.NDArray[np.float64]) -> float:
        try:
            return self._from_starts(oracle.evaluate(self.mdp, policy, gamma=self.gamma))
        except RuntimeError:
            if self.gamma < 1:
                raise
            return float("nan")
        except ValueError:
            if self.gamma < 1:
                raise
            return float("-inf")

    def _from_starts(self, v: npt.NDArray[np.float64]) -> float:
        """Return the mean of values over where episodes start; elsewhere they may be -inf."""
        starts = self.mdp.initial > 0
        return float(self.mdp.initial[starts] @ v[starts])

    def _by_state(self, agent: Any, table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return an agent's table with a row for each state of the model: the agent numbers them by what it sees."""
        numbers = getattr(getattr(agent, "observations", None), "numbers", None)
        return table if numbers is None else table[numbers(self.observations(np.arange(self.mdp.num_states)))]

    def _exact_of(
        self, policy: npt.NDArray[np.float64] | None
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return exact values (S,), of a policy or else the optimal ones, and the states that can be got to, (S,) bool.

        The last answer is kept: a policy that is valued stays the same through a run.
        """
        if self._exact is None or not _same(self._exact[0], policy):
            allowed = np.ones((self.mdp.num_states, self.mdp.num_actions)) if policy is None else policy
            try:
                exact = self.best.v if policy is None else oracle.evaluate(self.mdp, policy, gamma=self.gamma)
            except ValueError:
                if self.gamma < 1:
                    raise
                exact = np.full(self.mdp.num_states, np.inf)
            self._exact = policy, exact, _within_reach(self.mdp, allowed > 0)
        return self._exact[1:]


def judge_for(env: gym.Env[Any, Any], agent: Any) -> Judge | None:
    """Return the judge of an agent on its environment, at its own discount; None where the model is not known."""
    return judge_at(env, getattr(getattr(agent, "config", None), "gamma", USUAL_GAMMA))


def judge_at(env: gym.Env[Any, Any], gamma: float) -> Judge | None:
    """Return the judge of an environment at a discount, None where its model is not known."""
    return judge_or_reason(env, gamma)[0]


def judge_or_reason(env: gym.Env[Any, Any], gamma: float) -> tuple[Judge | None, str]:
    """Return the judge of an environment at a discount, or None and why nothing exact can be said of it."""
    try:
        return Judge(env, gamma), ""
    except (ValueError, RuntimeError) as error:  # no model, or one so large that the oracle misses its tolerance
        return None, str(error)


def why_not_exact(env: gym.Env[Any, Any]) -> str:
    """Return why an agent's value on an environment can only be estimated by playing; empty where `Judge` tells it."""
    try:
        protocol.exact_model(env)
    except ValueError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's model raises: playing goes on
        return f"{type(error).__name__}: {error}"
    return ""


def _predicts(agent: Any) -> bool:
    return bool(getattr(agent, "predicts", False))


def _same(one: npt.NDArray[np.float64] | None, other: npt.NDArray[np.float64] | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


def _within_reach(mdp: TabularMDP, allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the states that allowed actions (S, A) lead to from where episodes start, those included: (S,) bool."""
    goes_on = (mdp.probability > 0) & ~mdp.terminated & allowed[:, :, None]
    reached: npt.NDArray[np.bool_] = mdp.initial > 0
    front: npt.NDArray[np.integer[Any]] = np.flatnonzero(reached)
    while front.size:
        after = np.unique(mdp.next_state[front][goes_on[front]])
        front = after[~reached[after]]
        reached[front] = True
    return reached
