"""Munchausen DQN: an update by hand, the values that it must converge to, and the contract of agents."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from munchausen_dqn_agent import Learner, MunchausenDQN

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.authoring import Batch, Net
from gridworld_env import TabularMDP

GAMMA, TAU, STEP_SIZE, TEMPERATURE, MUNCHAUSEN, LOWEST = 0.5, 0.25, 0.1, 0.5, 0.8, -1.5
Q = {"w": [[1.0, -1.0], [0.5, 2.0]], "b": [0.1, 0.2], "w_out": [[1.0, 0.0], [-0.5, 1.0]], "b_out": [0.0, 0.3]}
TARGET = {"w": [[0.5, 1.0], [1.0, 0.0]], "b": [0.0, 0.1], "w_out": [[2.0, -1.0], [1.0, 3.0]], "b_out": [0.5, 0.0]}
S, A, R = [[1.0, 2.0], [-1.0, 0.5], [0.5, 0.5]], [1, 0, 1], [1.0, -0.5, 4.0]
S_NEXT, TERMINATED = [[0.0, 1.0], [2.0, 1.0], [1.0, 1.0]], [0.0, 0.0, 1.0]
SMALL = {"hidden": (32,), "gamma": 0.9, "learning_starts": 200, "step_size": 5e-3, "tau": 0.05, "epsilon": 0.3}


class Shown(gym.Env):
    """Only its spaces are looked at."""

    observation_space, action_space = spaces.Box(-9, 9, (2,)), spaces.Discrete(2)


def flat(network):
    return np.concatenate([np.ravel(part) for part in network.values()])


def forward(network, s):
    """Return the hidden units after the rectifier, and the action values."""
    h = np.maximum(np.array(s) @ np.array(network["w"]) + network["b"], 0)
    return h, h @ np.array(network["w_out"]) + network["b_out"]


def scaled_log_policy(q, temperature):
    """Return temperature log pi(a | s): (S, A)."""
    above = q - q.max(axis=1, keepdims=True)
    return above - temperature * np.log(np.exp(above / temperature).sum(axis=1, keepdims=True))


def test_an_update_by_hand():
    settings = {"hidden": (2,), "gamma": GAMMA, "tau": TAU, "step_size": STEP_SIZE, "max_grad_norm": 1e6}
    settings |= {"temperature": TEMPERATURE, "munchausen": MUNCHAUSEN, "lowest_log_policy": LOWEST}
    agent = MunchausenDQN(Shown(), **settings)
    q, target = (torch.tensor(flat(network), dtype=torch.float32)[None] for network in (Q, TARGET))
    columns = [torch.tensor(rows, dtype=torch.float32).reshape(1, 3, -1) for rows in (S, A, R, S_NEXT, TERMINATED)]
    batch = Batch(*columns, torch.zeros(1, 3, 0))
    after, metrics = agent.update(Learner(Net.new(q), target), batch, agent.rates.tensors(0))

    assert np.allclose(forward(TARGET, S)[1], [[6.6, 0.8], [0.5, 0.0], [2.6, 1.05]])
    assert np.allclose(forward(TARGET, S_NEXT)[1][:2], [[2.6, -0.7], [6.6, 4.3]])
    # temperature log pi' of the actions taken: (0.8 - 6.6) - 0.5 log(1 + e^-11.6), cut off at -1.5; -0.5 log(1 + e^-1);
    # and (1.05 - 2.6) - 0.5 log(1 + e^-3.1), cut off too.
    bonus = 0.8 * np.array([-1.5, -0.5 * np.log1p(np.exp(-1)), -1.5])
    v_next = np.array([2.6 + 0.5 * np.log1p(np.exp(-6.6)), 6.6 + 0.5 * np.log1p(np.exp(-4.6)), 0])
    y = R + bonus + GAMMA * v_next
    h, values = forward(Q, S)
    chosen = values[range(3), A]
    error = y - chosen
    huber = np.where(np.abs(error) <= 1, error**2 / 2, np.abs(error) - 0.5)
    expected = {"loss": huber.mean(), "q_mean": chosen.mean(), "bonus_mean": bonus.mean()}
    assert {name: value.item() for name, value in metrics.items()} == pytest.approx(expected, rel=1e-5)

    d_out = np.zeros((3, 2))
    d_out[range(3), A] = -np.clip(error, -1, 1) / 3
    d_hidden = d_out @ np.transpose(Q["w_out"]) * (h > 0)
    grads = {"w": np.transpose(S) @ d_hidden, "b": d_hidden.sum(0), "w_out": h.T @ d_out, "b_out": d_out.sum(0)}
    g = flat(grads)
    moved = flat(Q) - STEP_SIZE * g / (np.abs(g) + 1e-8)  # Adam's first step: both moments are the gradient's
    assert np.allclose(after.q.params[0], moved, atol=1e-5)
    assert np.allclose(after.target[0], (1 - TAU) * flat(TARGET) + TAU * moved, atol=1e-5)


def munchausen_values(mdp, gamma, temperature, munchausen, lowest):
    """Return what steps 4 to 6 converge to where each value has a place of its own: (S, A), from the exact model."""
    q = np.zeros((mdp.num_states, mdp.num_actions))
    for _ in range(1000):
        log_policy = scaled_log_policy(q, temperature)
        v = (np.exp(log_policy / temperature) * (q - log_policy)).sum(axis=1)
        following = np.where(mdp.terminated, 0, v[mdp.next_state])
        new = (mdp.probability * (mdp.reward + gamma * following)).sum(axis=2)
        new += munchausen * np.clip(log_policy, lowest, 0)
        if np.abs(new - q).max() < 1e-12:
            return new
        q = new
    raise AssertionError("it does not converge")


def test_it_learns_the_values_that_it_should_and_the_optimal_policy():
    """Both members; after 3,000 steps they are off by 0.002, and by 0.00001 after 6,000."""
    env = gym.make("GridWorld-v0", layout="S.F\n.#T\n...")
    exact = munchausen_values(TabularMDP.from_env(env), 0.9, 0.03, 0.5, -1.0)
    agent = MunchausenDQN(env, seed=0, num_seeds=2, munchausen=0.5, **SMALL).learn(3000)
    lived_in = [0, 1, 2, 3, 6, 7, 8]  # but for the wall and the target
    for m in range(2):
        assert ga.Judge(env, gamma=0.9).gap(agent.member(m)) == pytest.approx(0, abs=1e-9)
        assert np.allclose(agent.outputs(agent.every_state(), m)[lived_in], exact[lived_in], atol=0.02)


def test_the_same_seed_learns_the_same():
    one, two, other = (
        MunchausenDQN(gym.make("GridWorld-v0"), seed=seed, **SMALL).learn(300).learner.q.params for seed in (1, 1, 2)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"munchausen": 1}, r"munchausen must be in \[0, 1\)"), ({"temperature": 0}, "temperature must be > 0")],
)
def test_hyper_parameters_are_checked(arguments, message):
    with pytest.raises(ValueError, match=message):
        MunchausenDQN(gym.make("GridWorld-v0"), **arguments)


def test_it_keeps_to_the_contract():
    ga.check_agent("example/munchausen-dqn")
