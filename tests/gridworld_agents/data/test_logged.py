"""Episodes and a policy made ready: the forms of a policy, ratios, and what cannot be weighed."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.algorithms.monte_carlo.off_policy_evaluation import doubly_robust, importance_sampling
from gridworld_agents.data.logged import weighed
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy
from gridworld_env import TabularMDP, oracle


@pytest.fixture(scope="module")
def grid():
    env = gym.make("GridWorld-v0", layout=["S.", ".T"])
    return env, ga.collect(env, episodes=30, seed=0)


def test_ratios(grid):
    _, episodes = grid
    pi = np.random.default_rng(0).dirichlet(np.ones(5), 4)
    log = weighed(episodes, pi, None, 0.9)
    assert log.rho == pytest.approx(5 * pi[episodes.observations, episodes.actions], abs=1e-12)
    again = weighed(episodes, pi, "uniform", 0.9)
    assert (again.rho == log.rho).all()


def test_forms_of_a_policy(grid):
    env, episodes = grid
    agent = ga.make("optimal", env, gamma=0.9)
    known = weighed(episodes, agent.policy, None, 0.9)
    for policy in (agent, lambda s: agent.policy[s], lambda s: agent.policy[s].argmax()):
        log = weighed(episodes, policy, None, 0.9)
        assert np.allclose(log.pi[0], known.pi[0]) or log.pi[0].max() == 1
    assert (weighed(episodes, agent, None, 0.9).rho == known.rho).all()
    assert (weighed(episodes, lambda _: 3, None, 0.9).pi == np.eye(5)[3]).all()


def test_a_callable_gets_observations():
    episodes = ga.collect(gym.make("Blackjack-v1"), episodes=50, seed=0)

    def stick_on_17(cards):
        assert isinstance(cards, tuple)
        return int(cards[0] < 17)

    log = weighed(episodes, stick_on_17, None, 1)
    would = episodes.actions == (episodes.observations[:, 0] < 17)
    assert (log.rho == np.where(would, 2, 0)).all()


def test_observations_that_are_a_box():
    episodes = ga.collect(gym.make("CartPole-v1"), episodes=20, seed=0)
    found = importance_sampling(episodes, "uniform", 0.9)
    assert found.value == pytest.approx(episodes.returns(0.9).mean(), abs=1e-12)
    leaning = weighed(episodes, lambda x: [0.1, 0.9] if x[2] > 0 else [0.9, 0.1], None, 0.9)
    with_it = episodes.actions == (episodes.observations[:, 2] > 0)
    assert leaning.rho == pytest.approx(np.where(with_it, 1.8, 0.2), abs=1e-12)
    with pytest.raises(ValueError, match="the observation_space must be finite"):
        doubly_robust(episodes, "uniform", 0.9)


def test_the_policy_that_acted_may_be_told():
    env = gym.make("GridWorld-v0", layout=["S.", ".T"])
    q = oracle.optimal(TabularMDP.from_env(env), gamma=0.9).q
    soft = epsilon_greedy_policy(q, 0.5)
    episodes = ga.collect(env, soft, episodes=40, seed=0)
    silent = ga.collect(env, lambda s: int(s % 2), steps=10, seed=0).probabilities
    assert silent is None
    without = ga.Episodes(
        episodes.observations,
        episodes.actions,
        episodes.rewards,
        episodes.next_observations,
        episodes.terminated,
        episodes.truncated,
        observation_space=env.observation_space,
        action_space=env.action_space,
    )
    with pytest.raises(ValueError, match="no probabilities of the actions were logged: pass behaviour"):
        importance_sampling(without, "uniform", 0.9)
    assert importance_sampling(without, "uniform", 0.9, behaviour=soft) == importance_sampling(episodes, "uniform", 0.9)
    never = np.array([int(episodes.actions[0] == 0)] * 4)
    with pytest.raises(ValueError, match=r"behaviour never takes action . in state ., which was logged there"):
        importance_sampling(without, "uniform", 0.9, behaviour=never)


def test_no_support(grid):
    env, _ = grid
    greedy = np.array([1, 2, 1, 0])
    episodes = ga.collect(env, greedy, episodes=5, seed=0)
    for behaviour in (None, greedy):
        with pytest.raises(ValueError, match="takes action 0 in state 0, which the one that acted never takes there"):
            weighed(episodes, "uniform", behaviour, 0.9)
        assert (weighed(episodes, greedy, behaviour, 0.9).rho == 1).all()
        elsewhere = np.array([1, 2, 4, 4])  # in states that were not visited, it may do anything
        assert 2 not in episodes.observations
        assert (weighed(episodes, elsewhere, behaviour, 0.9).rho == 1).all()


def test_an_action_that_was_not_seen_may_have_been_possible():
    env = gym.make("GridWorld-v0", layout=["S.", ".T"])
    pi = np.tile([0.96, 0.01, 0.01, 0.01, 0.01], (4, 1))
    episodes = ga.collect(env, pi, episodes=1, steps=3, seed=0)
    assert len(set(episodes.actions)) < 5
    over = np.arange(3) == 2
    whole = ga.Episodes(
        episodes.observations,
        episodes.actions,
        episodes.rewards,
        episodes.next_observations,
        np.zeros(3, bool),
        over,
        episodes.probabilities,
        episodes.observation_space,
        episodes.action_space,
    )
    weighed(whole, "uniform", None, 0.9)


def test_a_log_that_stops_within_an_episode():
    env = gym.make("GridWorld-v0", layout=["S.", ".T"])
    episodes = ga.collect(env, steps=len(ga.collect(env, episodes=3, seed=0)) - 1, seed=0)
    assert episodes.cut_off
    with pytest.raises(ValueError, match=r"the last episode is cut off, .* pass episodes.complete\(\)"):
        weighed(episodes, "uniform", None, 0.9)
    weighed(episodes.complete(), "uniform", None, 0.9)


def test_what_is_refused(grid):
    env, episodes = grid
    bare = ga.Episodes(
        episodes.observations,
        episodes.actions,
        episodes.rewards,
        episodes.next_observations,
        episodes.terminated,
        episodes.truncated,
        episodes.probabilities,
    )
    with pytest.raises(ValueError, match=r"must know their action_space: pass action_space=env.action_space"):
        weighed(bare, "uniform", None, 0.9)

    class Silent:
        def predict(self):
            raise NotImplementedError

    with pytest.raises(ValueError, match=r"policy is an agent without a policy \(S, A\), Silent: pass a callable"):
        weighed(episodes, Silent(), None, 0.9)
    with pytest.raises(ValueError, match="the action_space must be finite"):
        weighed(ga.collect(gym.make("Pendulum-v1"), episodes=1, seed=0), "uniform", "uniform", 0.9)
    assert env.action_space.n == 5
