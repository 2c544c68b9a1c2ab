"""Episodes and a policy to value by them, made ready: numbers, probabilities and their ratios, all checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.checks import probability
from gridworld_agents.core.finite_spaces import LARGEST_TABLE
from gridworld_agents.data.rows import finite_space
from gridworld_agents.tabular.parts.policies import policy_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from gridworld_agents.data.episodes import Episodes


class Logged(NamedTuple):
    """T steps of N episodes."""

    s: npt.NDArray[np.int64]  # (T,)
    a: npt.NDArray[np.int64]  # (T,)
    pi: npt.NDArray[np.float64]  # (S, A), the policy that is valued
    rho: npt.NDArray[np.float64]  # (T,), its probabilities over those of the policy that acted


def weighed(episodes: Episodes, policy: Any, behaviour: Any, gamma: float) -> Logged:
    """Return episodes as numbers, with their ratios.

    Args:
        episodes: That know their spaces, with finite actions. Observations that are a Box are numbered as they occur.
        policy: "uniform"; (S, A) probabilities or (S,) actions, numbered from 0; a callable that gets an observation
            and returns an action as the environment takes it, or A probabilities; or an agent that has a `policy`.
        behaviour: The policy that acted, likewise; None takes the probabilities that were logged.
        gamma: Discount, in [0, 1].

    Raises:
        ValueError: If an argument is out of range, the log stops within an episode, no probabilities are known, or the
            policy takes actions that the one that acted never takes.
    """
    probability("gamma", gamma)
    if episodes.cut_off:
        raise ValueError(
            "the last episode is cut off, so that its return is not known: pass episodes.complete(), or log with "
            "collect(..., episodes=N), as stopping after some steps leaves long episodes out"
        )
    if behaviour is None and episodes.probabilities is None:
        raise ValueError(
            "no probabilities of the actions were logged: pass behaviour, the policy that acted, or log with a policy "
            "whose probabilities are known"
        )
    actions = finite_space("action_space", episodes.action_space)
    s, observe, S = _states(episodes)
    a, A = actions.numbers(episodes.actions), actions.size
    if S * A > LARGEST_TABLE:
        raise ValueError(f"a policy over {S} states and {A} actions is larger than the {LARGEST_TABLE} pairs allowed")
    pi, b = (_table(name, given, observe, actions, S) for name, given in (("policy", policy), ("behaviour", behaviour)))
    taken: Any = episodes.probabilities if b is None else b[s, a]
    if (taken <= 0).any():
        i = int(np.argmin(taken))
        raise ValueError(f"behaviour never takes action {a[i]} in state {s[i]}, which was logged there")
    if pi is None:
        raise ValueError("policy must be given, got None")
    _check_support(pi, s, a, taken, b)
    return Logged(s, a, pi, pi[s, a] / taken)


def _states(episodes: Episodes) -> tuple[npt.NDArray[np.int64], Callable[[int], Any], int]:
    """Return the numbers of the observations, what gives the observation of a number, and how many there are."""
    space = episodes.observation_space
    if space is not None and space.kind == "Box":
        flat = episodes.observations.reshape(len(episodes), -1)
        _, first, number = np.unique(flat, axis=0, return_index=True, return_inverse=True)
        return number.reshape(-1), lambda s: episodes.observations[first[s]], len(first)
    states = finite_space("observation_space", space)
    return states.numbers(episodes.observations), states.observation, states.size


def _table(
    argument: str, given: Any, observe: Callable[[int], Any], actions: Any, S: int
) -> npt.NDArray[np.float64] | None:
    """Return a policy as probabilities, (S, A); None for None."""
    if hasattr(given, "predict"):
        policy = getattr(given, "policy", None)
        if policy is None or not np.ndim(policy):
            raise ValueError(f"{argument} is an agent without a policy (S, A), {type(given).__name__}: pass a callable")
        given = policy
    if given is None:
        return None
    if not callable(given):
        return policy_table(argument, given, S, actions.size)

    def asked(s: int) -> Any:
        answer = given(observe(s))
        return actions.number(answer) if np.ndim(answer) == 0 and actions.kind == "Discrete" else answer

    return policy_table(argument, asked, S, actions.size)


def _check_support(pi: Any, s: Any, a: Any, taken: Any, b: Any) -> None:
    """Refuse a policy that takes what the one that acted never takes, in a state that was visited.

    Of logged probabilities that is known where those of the actions seen in a state make 1.
    """
    if b is None:
        least = np.full(pi.shape, np.inf)
        np.minimum.at(least, (s, a), taken)
        seen = np.isfinite(least)
        complete = np.where(seen, least, 0).sum(axis=1) >= 1 - 1e-9
        never = complete[:, None] & ~seen
    else:
        never = np.zeros(pi.shape, np.bool_)
        visited = np.unique(s)
        never[visited] = b[visited] == 0
    wrong = np.argwhere(never & (pi > 0))
    if wrong.size:
        state, action = wrong[0]
        raise ValueError(
            f"the policy takes action {action} in state {state}, which the one that acted never takes there: its "
            "episodes cannot be weighed for this policy; log with one that takes every action"
        )
