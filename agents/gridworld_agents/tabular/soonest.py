"""Which of several best policies ends soonest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_env import TabularMDP, oracle

if TYPE_CHECKING:
    import numpy.typing as npt

SOON = 1 - 1e-6
"""Discount under which the search looks for the way that ends soonest."""


def soonest(mdp: TabularMDP, policy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the policy that ends soonest among those that take only actions which this one takes: (S, A).

    Undiscounted, wandering for free is as good as going on, and the first of the tied actions may do so for ever.
    """
    best = policy > 0
    instead = np.where(best, np.arange(mdp.num_actions), policy.argmax(axis=1)[:, None])
    s = np.arange(mdp.num_states)[:, None]
    only_best = TabularMDP(
        next_state=mdp.next_state[s, instead],
        probability=mdp.probability[s, instead],
        reward=np.full_like(mdp.reward, -1.0),
        terminated=mdp.terminated[s, instead],
        initial=mdp.initial,
    )
    policy_of_them: npt.NDArray[np.float64] = oracle.optimal(only_best, gamma=SOON).policy * best
    return policy_of_them
