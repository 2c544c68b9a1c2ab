"""Returns over a finite number of steps."""

import gymnasium as gym
import numpy as np

from gridworld_env import TabularMDP, oracle


def test_a_policys_returns_over_a_finite_horizon():
    """v[n] = r_pi + gamma P_pi v[n - 1], with dense matrices."""
    mdp = TabularMDP.from_env(gym.make("GridWorld-v0", slip=0.2))
    policy = np.random.default_rng(0).dirichlet(np.ones(mdp.num_actions), mdp.num_states)
    P, r = mdp.to_sparse()
    dense = P.toarray().reshape(mdp.num_states, mdp.num_actions, mdp.num_states)
    follow, pay = np.einsum("sa,sat->st", policy, dense), (policy * r).sum(axis=1)
    given = oracle.finite_horizon(mdp, gamma=0.9, horizon=6, policy=policy)
    v = np.zeros(mdp.num_states)
    for n in range(7):
        np.testing.assert_allclose(given.v[n], v, atol=1e-14)
        v = pay + 0.9 * follow @ v
    np.testing.assert_array_equal(given.policy[6], policy)
