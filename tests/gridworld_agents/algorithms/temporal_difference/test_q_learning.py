"""Q-learning: one update by hand, and the exact optimum."""

import types

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy
from gridworld_env import TabularMDP, oracle


def one_update(*, terminated, truncated, alpha=0.5):
    """Return q(0, 1) after a step (s, a, r, s_next) = (0, 1, 3, 2), from 10, where max_b q(2, b) is 7; gamma 0.9."""
    agent = ga.make("q-learning", gym.make("FrozenLake-v1"), seed=0, alpha=alpha, gamma=0.9)
    memory = agent.memory
    memory.q[0, 1] = 10
    memory.q[2] = [1, 7, 2, 3]
    before = memory.q.copy()
    observe(agent, 0, 1, 3.0, 2, -1, terminated, truncated)
    changed = memory.q != before
    assert changed.sum() == changed[0, 1] == 1
    assert (memory.visits.sum(), memory.visits[0, 1], memory.steps[0]) == (1, 1, 1)
    return memory.q[0, 1]


def test_one_update_by_hand():
    assert one_update(terminated=False, truncated=False) == pytest.approx(10 + 0.5 * (3 + 0.9 * 7 - 10), abs=1e-15)
    assert one_update(terminated=False, truncated=False, alpha="visits") == pytest.approx(3 + 0.9 * 7, abs=1e-15)


def test_nothing_follows_a_termination_and_something_a_truncation():
    assert one_update(terminated=True, truncated=False) == 10 + 0.5 * (3 - 10)
    assert one_update(terminated=True, truncated=True) == 10 + 0.5 * (3 - 10)
    assert one_update(terminated=False, truncated=True) == one_update(terminated=False, truncated=False)


def test_it_chooses_after_the_update():
    assert QLearning.next_action_first is False


@pytest.mark.parametrize("arguments", [{}, {"continuing": True}, {"reward_forbidden": -10}])
def test_the_exact_optimum_of_a_deterministic_world(arguments):
    env = gym.make("GridWorld-v0", **arguments)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    agent = ga.make("q-learning", env, seed=0, alpha=1, gamma=0.9, epsilon=1).learn(200_000)
    tried = agent.visits > 0
    assert tried.all(axis=1).sum() == (25 if arguments.get("continuing") else 24)
    assert np.abs(agent.q_values - best.q)[tried].max() < 1e-6
    assert (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9))[tried.any(axis=1)].max() < 1e-6


def test_the_optimal_policy_of_a_slippery_world():
    env = gym.make("GridWorld-v0", slip=0.2)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    arguments = {"alpha": "visits:10:9", "epsilon": 0.5, "gamma": 0.9}
    agent = ga.make("q-learning", env, seed=0, **arguments).learn(5_000_000)
    assert np.abs(agent.q_values - best.q)[agent.visits > 10_000].max() < 0.05
    assert (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9)).max() < 0.02


def steps_of(env, policy, n, seed):
    """Return n steps of a policy (S, A) as arrays."""
    rng, rows = np.random.default_rng(seed), []
    s, _ = env.reset(seed=seed)
    for _ in range(n):
        a = int(rng.choice(policy.shape[1], p=policy[s]))
        s_next, r, terminated, truncated, _ = env.step(a)
        rows.append((s, a, r, s_next, terminated, truncated))
        s = env.reset()[0] if terminated or truncated else s_next
    names = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated")
    return types.SimpleNamespace(
        **{name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    )


def test_recorded_steps_teach_what_taking_them_teaches():
    env = gym.make("GridWorld-v0", slip=0.1)
    recorded = []

    class Noted(gym.Wrapper):
        def step(self, action):
            before = self.env.unwrapped.state
            s_next, r, terminated, truncated, info = self.env.step(action)
            recorded.append((before, action, r, s_next, terminated, truncated))
            return s_next, r, terminated, truncated, info

    on_line = ga.make("q-learning", Noted(env), seed=0, epsilon=1.0).learn(3_000)
    names = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated")
    columns = dict(zip(names, map(np.array, zip(*recorded, strict=True)), strict=True))
    offline = ga.make("q-learning", env, seed=1).learn_offline(types.SimpleNamespace(**columns))
    np.testing.assert_array_equal(offline.q_values, on_line.q_values)
    assert offline.num_timesteps == 0
    assert offline.visits.sum() == 3_000


def test_epochs_and_shuffling():
    env = gym.make("GridWorld-v0")
    data = steps_of(env, np.full((25, 5), 0.2), 2_000, 0)
    once, thrice, again, mixed, mixed_again = (
        ga.make("q-learning", env, seed=0, gamma=0.9).learn_offline(data, **arguments).q_values
        for arguments in ({}, {"epochs": 3}, {"epochs": 3}, {"shuffle": True}, {"shuffle": True})
    )
    assert (once != thrice).any()
    np.testing.assert_array_equal(thrice, again)
    assert (once != mixed).any()
    np.testing.assert_array_equal(mixed, mixed_again)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = ga.make("q-learning", env, seed=0, gamma=0.9, alpha=1).learn_offline(data, epochs=60, shuffle=True)
    tried = agent.visits > 0
    full = tried.all(axis=1)
    assert full.sum() == 24
    assert np.abs(agent.q_values - best.q)[tried].max() < 1e-9


def bad(**changes):
    columns = {
        "observations": [0, 1],
        "actions": [0, 1],
        "rewards": [0.0, 1.0],
        "next_observations": [1, 2],
        "terminated": [False, True],
        "truncated": [False, False],
    }
    return types.SimpleNamespace(**{name: x for name, x in {**columns, **changes}.items() if x is not None})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (bad(**dict.fromkeys(vars(bad()), ())), "data must hold at least one transition, got none"),
        (bad(rewards=None), "SimpleNamespace has no rewards"),
        (bad(rewards=[1.0]), "must have one length, got observations 2, actions 2, rewards 1"),
        (bad(rewards=[1.0, float("nan")]), "data.rewards must be finite, got nan at 1"),
        (bad(actions=[0, 5]), "data.actions must be from 0 to 4, got 5 at 1"),
        (bad(actions=[0.0, 1.0]), r"data.actions must have the shape \(T,\) and hold numbers"),
        (bad(observations=[0, 25]), "data.observations must be observations of the agent's space"),
        (bad(next_observations=[[0], [1]]), "data.next_observations must be"),
        (bad(terminated=[0, 2]), "data.terminated must be True or False"),
    ],
)
def test_bad_data_is_refused_before_anything_is_learned(data, message):
    agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0)
    with pytest.raises(ValueError, match=message):
        agent.learn_offline(data)
    assert agent.visits.sum() == 0


@pytest.mark.parametrize(("arguments", "message"), [({"epochs": 0}, "epochs must"), ({"shuffle": 1}, "shuffle must")])
def test_bad_arguments_of_learning_offline(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make("q-learning", gym.make("GridWorld-v0")).learn_offline(bad(), **arguments)


def test_another_policy_may_act(tmp_path):
    env = gym.make("GridWorld-v0")
    q = oracle.optimal(TabularMDP.from_env(env), gamma=0.9).q
    policy = epsilon_greedy_policy(q, 0.5)
    agent = ga.make("q-learning", env, seed=0, behaviour=policy).learn(50_000)
    often = agent.visits.sum(axis=1) > 2_000
    assert often.any()
    share = agent.visits[often] / agent.visits[often].sum(axis=1, keepdims=True)
    assert np.abs(share - policy[often]).max() < 0.05  # 4 standard deviations of 2,000 draws
    agent.save(tmp_path / "a.zip")
    whole = agent.learn(5_000, reset_num_timesteps=False)
    resumed = ga.load(tmp_path / "a.zip", gym.make("GridWorld-v0")).learn(5_000, reset_num_timesteps=False)
    np.testing.assert_array_equal(whole.q_values, resumed.q_values)
    with pytest.raises(ValueError, match=r"behaviour must be .* got 'given'"):
        ga.make("q-learning", env, behaviour="given")
    with pytest.raises(ValueError, match="got 'unifrom'; did you mean 'uniform'"):
        ga.make("q-learning", env, behaviour="unifrom")
