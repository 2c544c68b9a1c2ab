"""DQN: one update by hand, what it learns, and the same again."""

import itertools

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.algorithms.value_function.dqn import Learner
from gridworld_agents.deep.optimiser import Net
from gridworld_agents.deep.replay import Batch

GAMMA, TAU, STEP_SIZE, MAX_NORM = 0.5, 0.25, 0.1, 0.5
Q = {"w": [[1.0, -1.0], [0.5, 2.0]], "b": [0.1, 0.2], "w_out": [[1.0, 0.0], [-0.5, 1.0]], "b_out": [0.0, 0.3]}
TARGET = {"w": [[0.5, 1.0], [1.0, 0.0]], "b": [0.0, 0.1], "w_out": [[2.0, -1.0], [1.0, 3.0]], "b_out": [0.5, 0.0]}
S, A, R = [[1.0, 2.0], [-1.0, 0.5], [0.5, 0.5]], [0, 1, 1], [1.0, -0.5, 4.0]
S_NEXT, TERMINATED = [[0.0, 1.0], [2.0, 1.0], [1.0, 1.0]], [0.0, 0.0, 1.0]


class Shown(gym.Env):
    """Only its spaces are looked at."""

    observation_space, action_space = spaces.Box(-9, 9, (2,)), spaces.Discrete(2)


def flat(network):
    return np.concatenate([np.ravel(part) for part in network.values()])


def forward(network, s):
    """Return the hidden units after the rectifier, and the action values."""
    h = np.maximum(np.array(s) @ np.array(network["w"]) + network["b"], 0)
    return h, h @ np.array(network["w_out"]) + network["b_out"]


def batch(mask=()):
    def column(rows):
        return torch.tensor(rows, dtype=torch.float32).reshape(1, 3, -1)

    masks = column(mask) if len(mask) else torch.zeros((1, 3, 0))
    return Batch(column(S), column(A), column(R), column(S_NEXT), column(TERMINATED), masks)


@pytest.mark.parametrize(
    ("double", "mask", "y"),
    [
        # q of the next states: [-0.5, 2.5] and [2.5, 0.5]; of the target: [2.6, -0.7] and [6.6, 4.3]; then the end
        (True, (), [1 + 0.5 * -0.7, -0.5 + 0.5 * 6.6, 4]),
        (False, (), [1 + 0.5 * 2.6, -0.5 + 0.5 * 6.6, 4]),
        (True, ([1, 0], [0, 1], [0, 0]), [1 + 0.5 * 2.6, -0.5 + 0.5 * 4.3, 4]),
        (False, ([0, 1], [0, 1], [0, 0]), [1 + 0.5 * -0.7, -0.5 + 0.5 * 4.3, 4]),
    ],
)
def test_an_update_by_hand(double, mask, y):
    """The third error, above 1, counts by its sign; the norm of all gradients is cut off at 0.5."""
    agent = ga.make(
        "dqn", Shown(), hidden=(2,), gamma=GAMMA, tau=TAU, step_size=STEP_SIZE, max_grad_norm=MAX_NORM, double=double
    )
    q, target = (torch.tensor(flat(network), dtype=torch.float32)[None] for network in (Q, TARGET))
    after, metrics = agent.update(Learner(Net.new(q), target), batch(mask), agent.rates.tensors(0), True)

    assert np.allclose(forward(Q, S_NEXT)[1][:2], [[-0.5, 2.5], [2.5, 0.5]])
    assert np.allclose(forward(TARGET, S_NEXT)[1][:2], [[2.6, -0.7], [6.6, 4.3]])
    h, values = forward(Q, S)
    chosen = values[range(3), A]
    error = np.array(y) - chosen
    huber = np.where(np.abs(error) <= 1, error**2 / 2, np.abs(error) - 0.5)
    assert metrics["loss"].item() == pytest.approx(huber.mean(), rel=1e-5)
    assert metrics["q_mean"].item() == pytest.approx(chosen.mean(), rel=1e-5)

    d_out = np.zeros((3, 2))
    d_out[range(3), A] = -np.clip(error, -1, 1) / 3
    d_hidden = d_out @ np.transpose(Q["w_out"]) * (h > 0)
    grads = {"w": np.transpose(S) @ d_hidden, "b": d_hidden.sum(0), "w_out": h.T @ d_out, "b_out": d_out.sum(0)}
    g = flat(grads)
    norm = np.linalg.norm(g)
    assert norm > MAX_NORM
    g *= MAX_NORM / norm
    moved = flat(Q) - STEP_SIZE * g / (np.abs(g) + 1e-8)  # Adam's first step: both moments are the gradient's
    assert np.allclose(after.q.params[0], moved, atol=1e-5)
    assert np.allclose(after.target[0], (1 - TAU) * flat(TARGET) + TAU * moved, atol=1e-5)


def test_the_target_moves_when_its_turn_comes():
    settings = {"hidden": (4,), "learning_starts": 10, "update_every": 1, "target_update": 3, "tau": 1.0}
    agent = ga.make("dqn", gym.make("GridWorld-v0"), seed=0, **settings)
    targets, params = [agent.learner.target], []
    for step in range(10, 17):
        agent.learn(step + 1 - agent.num_timesteps, reset_num_timesteps=False)
        targets.append(agent.learner.target)
        params.append(agent.learner.q.params)
    changed = [not torch.equal(a, b) for a, b in itertools.pairwise(targets)]
    assert changed == [False, False, True, False, False, True, False]
    assert torch.equal(targets[3], params[2])
    assert torch.equal(targets[6], params[5])


def test_the_share_of_random_actions_is_epsilon():
    """Of 20,000 actions; the standard deviation of such a share is below 0.0036: five of them are never exceeded."""
    agent = ga.make("dqn", gym.make("GridWorld-v0"), seed=0, epsilon=0.4)
    best = int(agent.predict(3, deterministic=True)[0])
    actions = agent.predict(np.full(20_000, 3))[0]
    assert (actions != best).mean() == pytest.approx(0.4 * 4 / 5, abs=0.018)
    assert np.bincount(actions, minlength=5).min() == pytest.approx(0.08 * 20_000, rel=0.15)
    assert (agent.predict(np.full(100, 3), deterministic=True)[0] == best).all()


SMALL = {"hidden": (32,), "gamma": 0.9, "learning_starts": 200, "step_size": 5e-3, "tau": 0.05, "epsilon": 0.3}
LAYOUT = "S.F\n.#T\n..."


def test_the_optimum_of_a_small_world_is_found():
    env = gym.make("GridWorld-v0", layout=LAYOUT)
    judge, agent = ga.Judge(env, gamma=0.9), ga.make("dqn", env, seed=0, num_seeds=3, **SMALL)
    assert judge.gap(agent) > 0.1
    agent.learn(3000)
    assert [judge.gap(agent.member(m)) for m in range(3)] == [pytest.approx(0, abs=1e-9)] * 3
    assert agent.q_values.shape == (9, 5)
    assert agent.q_values.dtype == np.float64
    assert agent.q_values.argmax(1).tolist() == agent.predict(np.arange(9), deterministic=True)[0].tolist()


def test_the_same_seed_learns_the_same():
    one, two, other = (
        ga.make("dqn", gym.make("GridWorld-v0", layout=LAYOUT), seed=seed, **SMALL).learn(400) for seed in (1, 1, 2)
    )
    assert torch.equal(one.learner.q.params, two.learner.q.params)
    assert not torch.equal(one.learner.q.params, other.learner.q.params)
