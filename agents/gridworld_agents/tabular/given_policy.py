"""Policies as hyper-parameters: to act by while another is learned about, or to be valued.

A field made by `policy` takes a name, probabilities (S, A), actions (S,), a callable, or the path of an `.npy` file, in
every agent alike. A policy that is handed over becomes an array of the agent's memory, and its name "given".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.checks import suggest
from gridworld_agents.core.config import anything
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.parts.policies import GIVEN, is_policy, policy_table
from gridworld_env import TabularMDP

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt


def policy(meaning: str, names: tuple[str, ...], *, default: str) -> Any:
    """Declare a hyper-parameter that is a policy: one of the names, or a policy itself."""

    def check(name: str, value: Any) -> Any:
        if not isinstance(value, str) or value not in (*names, GIVEN):
            raise ValueError(_refused(name, value, names))
        return value

    return anything(meaning, check, default=default, allowed=_forms(names))


def _forms(names: tuple[str, ...]) -> str:
    named = ", ".join(f'"{name}"' for name in names)
    return f"{named}, probabilities (S, A), actions (S,), a callable, or the path of an .npy file"


def _refused(argument: str, value: object, names: tuple[str, ...]) -> str:
    return f"{argument} must be {_forms(names)}, got {value!r}{suggest(value, names)}"


class GivenPolicyAgent(TabularAgent):
    """An agent with a policy among its hyper-parameters.

    Args:
        env: With finite observations and actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`; the policy in any of the forms of `policies.policy_table`.

    Raises:
        ValueError: If the environment or a hyper-parameter does not fit.
    """

    given: ClassVar[str]
    """The field of `Config`, and the array (S, A) of the memory."""
    names: ClassVar[tuple[str, ...]]
    """Policies that have a name; the memory holds what the name says."""
    soft: ClassVar[bool] = False
    """Whether every action must have a probability above 0."""

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        asked = hyper_parameters.get(self.given, self.names[0])
        named = isinstance(asked, str) and not asked.endswith(".npy")
        if named:
            if asked not in self.names:
                raise ValueError(_refused(self.given, asked, self.names))
            super().__init__(env, seed=seed, **hyper_parameters)
            return
        super().__init__(env, seed=seed, **{**hyper_parameters, self.given: GIVEN})
        table = policy_table(self.given, _by_state(asked, env), self.observations.size, self.actions.size)
        if self.soft:
            check_soft(self.given, table)
        getattr(self.memory, self.given)[:] = table

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from a memory and a run, of which the policy must be one."""
        pi = getattr(trees["memory"], self.given)
        if pi.size and not is_policy(pi, self.observations.size, self.actions.size):
            raise ValueError(f"the {self.given} in its memory is not a policy")
        if pi.size and self.soft:
            check_soft(self.given, pi)
        super().take(trees)


def _by_state(given: Any, env: gym.Env[Any, Any]) -> Any:
    """Return an array of the shape of the environment's map as one by state; anything else as it is."""
    mdp = getattr(env.unwrapped, "mdp", None)
    return mdp.by_state(given) if isinstance(given, np.ndarray) and isinstance(mdp, TabularMDP) else given


def check_soft(argument: str, pi: npt.NDArray[np.float64]) -> None:
    """Refuse a policy that never takes some action.

    Raises:
        ValueError: With the action and the state.
    """
    never = np.argwhere(pi <= 0)
    if len(never):
        s, a = never[0].tolist()
        raise ValueError(f"{argument} must take every action with a probability above 0, got {pi[s, a]} for {a} in {s}")
