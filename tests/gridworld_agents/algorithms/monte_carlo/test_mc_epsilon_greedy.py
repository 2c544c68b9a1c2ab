"""Monte Carlo control: an episode by hand, the best epsilon-greedy values, and a game of cards."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

STEPS = [(0, 1, 1.0), (2, 3, 2.0), (0, 1, -4.0)]
"""An episode (s, a, r): a pair is visited twice. Backwards with gamma 0.5: g = -4, 0, 1."""


def after(ends, *, alpha="visits", **arguments):
    """Return the agent after the episode, which ends in state 5 where q is 4, 8, 4, 4."""
    agent = ga.make("mc-epsilon-greedy", gym.make("FrozenLake-v1"), seed=0, alpha=alpha, gamma=0.5, **arguments)
    agent.memory = agent.reserve(agent.memory, 3)
    agent.memory.q[5] = [4, 8, 4, 4]
    for i, (s, a, r) in enumerate(STEPS):
        terminated, truncated = ends if i == 2 else (False, False)
        observe(agent, s, a, r, 5, -1, terminated, truncated)
        if i < 2:
            assert agent.visits.sum() == 0
            assert agent.memory.length[0] == i + 1
    assert agent.memory.length[0] == 0
    assert agent.visits[0, 1] == 2
    assert agent.visits[2, 3] == 1
    return agent


@pytest.mark.parametrize("ends", [(True, False), (True, True)])
def test_an_episode_by_hand(ends):
    q = after(ends).q_values
    assert q[0, 1] == (-4 + 1) / 2
    assert q[2, 3] == 0
    assert np.count_nonzero(q) == 5  # and the four of state 5


def test_a_constant_step_size_by_hand():
    q = after((True, False), alpha=0.5).q_values
    assert q[0, 1] == 0.5 * (0.5 * -4) + 0.5 * 1


def test_a_truncated_episode_goes_on_in_its_value():
    q = after((False, True), epsilon=0.2).q_values
    v = 0.8 * 8 + 0.2 * 5
    last = -4 + 0.5 * v
    middle = 2 + 0.5 * last
    assert q[2, 3] == pytest.approx(middle, abs=1e-15)
    assert q[0, 1] == pytest.approx((last + 1 + 0.5 * middle) / 2, abs=1e-15)


def test_a_truncated_episode_may_count_as_over():
    assert (after((False, True), bootstrap=False).q_values == after((True, False)).q_values).all()


def test_bootstrap_is_a_flag():
    with pytest.raises(ValueError, match="bootstrap must be True or False, got 1"):
        ga.make("mc-epsilon-greedy", gym.make("FrozenLake-v1"), bootstrap=1)


@pytest.mark.parametrize("arguments", [{}, {"slip": 0.1}])
def test_the_best_epsilon_greedy_values(arguments):
    env = gym.make("GridWorld-v0", **arguments)
    mdp = TabularMDP.from_env(env)
    soft = oracle.epsilon_optimal(mdp, gamma=0.9, epsilon=0.2)
    agent = ga.make("mc-epsilon-greedy", env, seed=0, alpha="visits:10:9", gamma=0.9, epsilon=0.2)
    agent.learn(10_000_000)
    often = agent.visits > 10_000
    assert often.any(axis=1).sum() == 24
    assert np.abs(agent.q_values - soft.q)[often].max() < 0.06
    policy = 0.8 * agent.policy + 0.2 / 5
    assert (soft.v - oracle.evaluate(mdp, policy, gamma=0.9)).max() < 0.02


def test_long_episodes_without_a_limit():
    env = gym.make("GridWorld-v0", layout="S" + "." * 30 + "T", actions="cardinal", max_episode_steps=-1)
    agent = ga.make("mc-epsilon-greedy", env, seed=0, epsilon=1).learn(200_000)
    assert agent.compiled
    assert max(agent.recent_episodes()[2]) > 2000
    assert agent.visits.sum() + agent.memory.length[0] == 200_000


def test_blackjack_is_learned_without_a_model():
    env = gym.make("Blackjack-v1")
    agent = ga.make("mc-epsilon-greedy", env, seed=0, gamma=1.0, epsilon=0.1).learn(30_000)
    assert not agent.compiled
    choices, states = agent.q_values.argmax(axis=1).tolist(), agent.observations
    returns = []
    observation, _ = env.reset(seed=1)
    while len(returns) < 5_000:
        observation, r, terminated, _, _ = env.step(choices[states.number(observation)])
        if terminated:
            returns.append(r)
            observation, _ = env.reset()
    # The best is about -0.046 and always sticking about -0.16; the error of this mean is 0.014.
    assert -0.1 < np.mean(returns) < -0.02
    assert agent.predict((21, 10, 0), deterministic=True)[0] == 0
    batch = tuple(np.array(part) for part in zip((21, 10, 0), (6, 2, 0), strict=True))
    assert agent.predict(batch, deterministic=True)[0].tolist() == [0, choices[states.number((6, 2, 0))]]
