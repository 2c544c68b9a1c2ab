"""`Judge`: what an agent is worth, exactly, where the environment's model is known.

The agent's deterministic policy is read off by asking `predict` for every state, and the oracle values it. No episode
is played, so that there is no noise: the gap to the optimum is 0 when the agent is optimal from where episodes start,
and only then. `values` shows what its policy is worth in every other state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.asking import batches, by_state
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.policies import policy_of
from gridworld_env import oracle, protocol
from gridworld_env.authoring import Displayed, Shown
from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_env import TabularMDP

USUAL_GAMMA = 0.99


@export("gridworld_agents.Judge")
class Judge(Displayed):
    """Values agents and policies on one environment.

    What is judged is an agent or anything else with `predict`; a policy, (S, A) probabilities or (S,) integers; action
    values, (S, A), of which the greedy policy is meant; a function that gets the number of the state and returns an
    action or A probabilities; or what `oracle.optimal` returns. Arrays may have the shape of the map, (H, W) and
    (H, W, A). An array (S, A) whose rows are all >= 0 and sum to 1 is a policy, any other is action values.

    A notebook shows the optimum: its values and policy.

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
        for states in batches(
            self.mdp.num_states
        ):  # what it shows is read when agents are judged: it is refused before that
            self.observations(states)
        self.best = oracle.optimal(self.mdp, gamma=gamma)
        self.optimum = self.mean_from_starts(self.best.v)
        self._last: tuple[Any, float] | None = None  # the policy that was valued last, and its value
        self._exact: tuple[Any, npt.NDArray[np.float64], npt.NDArray[np.bool_]] | None = None

    def observations(self, states: npt.NDArray[np.int64]) -> Any:
        """Return what an agent sees of states: (N, ...)."""
        return protocol.observe_states(self.env, states)

    def policy(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return the policy of an `agent`, or of whatever else can be judged: (S, A) probabilities.

        An agent's is that of `predict(deterministic=True)`, but for agents that say they act at random on purpose by an
        attribute `stochastic`: their own `policy`, whose rows are the states as the agent numbers them.

        Raises:
            ValueError: If it cannot be judged, or chooses actions that the environment does not have.
        """
        return policy_of(agent, self.env, self.mdp)

    def values(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return the exact value of a policy, that of an `agent` or any other, in every state: (S,) float64.

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
        errors, states = self._errors(agent)
        return float(np.sqrt(np.mean(errors[states] ** 2)))

    def value_errors(self, agent: Any) -> npt.NDArray[np.float64]:
        """Return an agent's `values` minus the exact ones that `value_error` compares them with: (S,) float64.

        Returns:
            The errors, above 0 where the agent expects too much; nan in states that `value_error` does not count.

        Raises:
            AttributeError: If the agent shows no values.
        """
        errors, states = self._errors(agent)
        return np.where(states, errors, np.nan)

    def value(self, agent: Any) -> float:
        """Return the exact mean discounted return of a policy, that of an `agent` or any other, from the start.

        At gamma 1 it is -inf for a policy whose value is not finite: one that never ends. It is nan for one that takes
        so many steps to end that `oracle.evaluate` cannot tell its value.
        """
        policy = self.policy(agent)
        if self._last is None or not np.array_equal(self._last[0], policy):
            self._last = policy, self._mean_return(policy)
        return self._last[1]

    def gap(self, agent: Any) -> float:
        """Return by how much an `agent`, or any other policy, falls short of the optimum, exactly.

        Returns:
            V*(start) - V_pi(start); inf where the value is -inf.

        Raises:
            ValueError: If it cannot be judged: see the class.
        """
        return self.optimum - self.value(agent)

    def mean_from_starts(self, v: npt.NDArray[np.float64]) -> float:
        """Return the mean of values `v`, (S,), over where episodes start; elsewhere they may be -inf."""
        starts = self.mdp.initial > 0
        return float(self.mdp.initial[starts] @ v[starts])

    def states_within_reach(self) -> npt.NDArray[np.bool_]:
        """Return the states that some policy can get to from where episodes start: (S,) bool."""
        return _within_reach(self.mdp, np.ones((self.mdp.num_states, self.mdp.num_actions), np.bool_))

    def _errors(self, agent: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return by how much an agent's values miss the exact ones, (S,), and the states that count, (S,) bool."""
        v = self._by_state(agent, agent.values)
        exact, states = self._exact_of(self._by_state(agent, agent.policy) if _predicts(agent) else None)
        return v - exact, states

    def _mean_return(self, policy: npt.NDArray[np.float64]) -> float:
        try:
            return self.mean_from_starts(oracle.evaluate(self.mdp, policy, gamma=self.gamma))
        except RuntimeError:
            if self.gamma < 1:
                raise
            return float("nan")
        except ValueError:
            if self.gamma < 1:
                raise
            return float("-inf")

    def _by_state(self, agent: Any, table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return an agent's table with a row for each state of the model: the agent numbers them by what it sees."""
        return by_state(agent, self.env, table, self.mdp.num_states)

    def __repr__(self) -> str:
        """Return what is judged, in a line."""
        return f"<Judge of {name_of(self.env)}, gamma {self.gamma:g}: optimum {self.optimum:.6g}>"

    def _shown(self) -> Shown:
        caption = f"{name_of(self.env)}: optimal values and policy, discount {self.gamma:g}"
        return Shown(self.mdp, {"values": self.best.v, "policy": self.best.policy}, caption)

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
    return judge_at(env, usual_gamma(agent))


def usual_gamma(agent: Any) -> float:
    """Return the discount that an agent learns with; the usual one where it tells none."""
    return float(getattr(getattr(agent, "config", None), "gamma", USUAL_GAMMA))


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
