"""PPO: advantages and one update by hand, what it learns, and the same again."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.algorithms.policy_gradient.ppo import Minibatch
from gridworld_agents.deep.on_policy import RollOut
from gridworld_agents.deep.optimiser import Net

GAMMA, LAMBDA, CLIP, STEP_SIZE, MAX_NORM = 0.5, 0.8, 0.2, 0.01, 0.3
VALUES, ENTROPY = 0.5, 0.1
ACTOR = {"w": [[1.0, -1.0], [0.5, 0.2]], "b": [0.1, 0.2], "w_out": [[1.0, 0.0], [-0.5, 1.0]], "b_out": [0.0, 0.3]}
CRITIC = {"w": [[0.5, 1.0], [1.0, 0.0]], "b": [0.0, 0.1], "w_out": [[2.0], [-1.0]], "b_out": [0.5]}
S = [[1.0, 2.0], [-1.0, 0.5], [0.5, 0.5], [0.0, -1.0]]
S_NEXT = [[-1.0, 0.5], [2.0, 1.0], [0.0, -1.0], [1.0, 0.0]]
A, R = [0, 1, 1, 0], [1.0, -0.5, 2.0, 0.5]
TERMINATED, TRUNCATED = [False, False, True, False], [False, True, False, False]


class Shown(gym.Env):
    """Only its spaces are looked at."""

    observation_space, action_space = spaces.Box(-9, 9, (2,)), spaces.Discrete(2)


def flat(*networks):
    return np.concatenate([np.ravel(part) for network in networks for part in network.values()])


def forward(network, s):
    """Return the hidden units and the outputs."""
    h = np.tanh(np.array(s) @ np.array(network["w"]) + network["b"])
    return h, h @ np.array(network["w_out"]) + network["b_out"]


def backward(network, s, h, d_out):
    """Return the gradients of a network, given those of its outputs."""
    d_hidden = d_out @ np.transpose(network["w_out"]) * (1 - h**2)
    return {"w": np.transpose(s) @ d_hidden, "b": d_hidden.sum(0), "w_out": h.T @ d_out, "b_out": d_out.sum(0)}


def policy(s, mask=None):
    """Return the hidden units of the actor, and the probabilities of the actions."""
    h, logits = forward(ACTOR, s)
    e = np.exp(logits) * (1 if mask is None else mask)
    return h, e / e.sum(1, keepdims=True)


def made(**more):
    settings = {"hidden": (2,), "num_steps": 4, "batch_size": 4, "gamma": GAMMA, "trace_decay": LAMBDA, "clip": CLIP}
    rates = {"step_size": STEP_SIZE, "value_coefficient": VALUES, "entropy_coefficient": ENTROPY}
    return ga.make("ppo", Shown(), seed=0, max_grad_norm=MAX_NORM, **settings, **rates, **more)


def learner():
    return Net.new(torch.tensor(flat(ACTOR, CRITIC), dtype=torch.float32)[None])


def tensor(rows, kind=torch.float32):
    return torch.tensor(np.array(rows), dtype=kind)


@pytest.mark.parametrize("mask", [None, [[1, 1], [0, 1], [1, 1], [1, 0]]])
def test_advantages_by_hand(mask):
    """The second step is cut off and bootstraps, nothing follows the third, and the last bootstraps again."""

    def column(rows, kind=torch.float32):
        rows = tensor(rows, kind)
        return rows.reshape(4, 1, 1, *rows.shape[1:])

    masks = torch.zeros((4, 1, 1, 0), dtype=torch.bool) if mask is None else column(mask, torch.bool)
    flags = column(TERMINATED, torch.bool), column(TRUNCATED, torch.bool)
    roll_out = RollOut(column(S), column(A, torch.int64), column(R), column(S_NEXT), *flags, masks)
    batch = made(action_masks=mask is not None).targets(learner(), roll_out)

    v, v_next = forward(CRITIC, S)[1][:, 0], forward(CRITIC, S_NEXT)[1][:, 0]
    advantage = np.zeros(4)
    advantage[3] = R[3] + GAMMA * v_next[3] - v[3]
    advantage[2] = R[2] - v[2]
    advantage[1] = R[1] + GAMMA * v_next[1] - v[1]
    advantage[0] = R[0] + GAMMA * v_next[0] - v[0] + GAMMA * LAMBDA * advantage[1]
    assert np.allclose(batch.advantage[0], advantage, atol=1e-6)
    assert np.allclose(batch.v[0], v, atol=1e-6)
    probabilities = policy(S, None if mask is None else np.array(mask))[1]
    assert np.allclose(batch.log_prob[0], np.log(probabilities[range(4), A]), atol=1e-6)
    assert torch.equal(batch.s[0], tensor(S))
    assert batch.a[0].tolist() == A


@pytest.mark.parametrize("clip_values", [False, True])
@pytest.mark.parametrize("normalise", [False, True])
def test_an_update_by_hand(normalise, clip_values):
    """The ratios are 1, 1.5, 0.5 and 1.1: the second and the third are clipped where that is for the worse."""
    ratio, advantage = np.array([1.0, 1.5, 0.5, 1.1]), np.array([0.5, 2.0, 1.0, -0.3])
    h, pi = policy(S)
    log_pi = np.log(pi)
    old_v = forward(CRITIC, S)[1][:, 0] + [0.1, -0.5, 0.05, 0.9]
    old = tensor(log_pi[range(4), A] - np.log(ratio))
    batch = Minibatch(
        tensor(S)[None],
        tensor(A, torch.int64)[None],
        torch.zeros((1, 4, 0), dtype=torch.bool),
        old[None],
        tensor(old_v)[None],
        tensor(advantage)[None],
    )
    agent = made(normalise_advantages=normalise, clip_values=clip_values)
    after, metrics = agent.update(learner(), batch, agent.rates.tensors(0))

    used = (advantage - advantage.mean()) / advantage.std() if normalise else advantage
    clipped = np.clip(ratio, 1 - CLIP, 1 + CLIP)
    surrogate = np.minimum(ratio * used, clipped * used)
    moves = ratio * used <= clipped * used  # elsewhere the clipped one counts, which is a constant
    assert moves.tolist() == [True, False, True, True]
    entropy = -(pi * log_pi).sum(1)
    h_critic, v = forward(CRITIC, S)
    v, target = v[:, 0], old_v + advantage
    errors = (v - target) ** 2
    d_errors = 2 * (v - target)
    if clip_values:
        near = old_v + np.clip(v - old_v, -CLIP, CLIP)
        worse = (near - target) ** 2 > errors
        assert worse.any()
        inside = np.abs(v - old_v) < CLIP
        d_errors = np.where(worse, 2 * (near - target) * inside, d_errors)
        errors = np.maximum(errors, (near - target) ** 2)
    assert metrics["policy_loss"].item() == pytest.approx(-surrogate.mean(), rel=1e-4)
    assert metrics["value_loss"].item() == pytest.approx(errors.mean() / 2, rel=1e-4)
    assert metrics["entropy"].item() == pytest.approx(entropy.mean(), rel=1e-4)
    assert metrics["approx_kl"].item() == pytest.approx((ratio - 1 - np.log(ratio)).mean(), rel=1e-4)
    assert metrics["clip_fraction"].item() == 0.5

    chosen = np.eye(2)[A]
    d_logits = -(moves * ratio * used)[:, None] * (chosen - pi) / 4
    d_logits += ENTROPY * pi * (log_pi + entropy[:, None]) / 4
    d_v = VALUES * d_errors[:, None] / 2 / 4
    g = flat(backward(ACTOR, S, h, d_logits), backward(CRITIC, S, h_critic, d_v))
    norm = np.linalg.norm(g)
    assert norm > MAX_NORM
    g *= MAX_NORM / norm
    moved = flat(ACTOR, CRITIC) - STEP_SIZE * g / (np.abs(g) + 1e-5)  # Adam's first step
    assert np.allclose(after.params[0], moved, atol=2e-5)


def test_every_minibatch_is_learned_from_once_an_epoch():
    """Of a roll-out of 40 there are three minibatches of 12; four transitions are left out of an epoch."""
    settings = {"num_envs": 2, "num_steps": 20, "batch_size": 12, "epochs": 2, "hidden": (4,)}
    agent = ga.make("ppo", gym.make("GridWorld-v0"), seed=0, **settings)
    seen, update = [], agent._update

    def keep(learner, batch, *rest):
        seen.append(batch)
        return update(learner, batch, *rest)

    agent._update = keep
    agent.learn(39)
    assert seen == []
    agent.learn(1, reset_num_timesteps=False)
    assert [tuple(batch.s.shape) for batch in seen] == [(1, 12, 25)] * 6
    for epoch in (seen[:3], seen[3:]):
        drawn = torch.cat([batch.advantage[0] for batch in epoch])
        assert len(drawn) == 36
    assert not torch.equal(seen[0].advantage, seen[3].advantage)
    assert int(agent.learner.moments.steps) == 6


def test_a_minibatch_larger_than_a_roll_out_is_refused():
    with pytest.raises(ValueError, match=r"batch_size must be at most num_envs \* num_steps = 2 \* 16, got 33"):
        ga.make("ppo", Shown(), num_envs=2, num_steps=16, batch_size=33)


SMALL = {"hidden": (32,), "gamma": 0.9, "num_envs": 4, "num_steps": 64, "step_size": 3e-3, "entropy_coefficient": 0.01}
LAYOUT = "S.F\n.#T\n..."


def test_the_optimum_of_a_small_world_is_found():
    env = gym.make("GridWorld-v0", layout=LAYOUT)
    judge, agent = ga.Judge(env, gamma=0.9), ga.make("ppo", env, seed=0, num_seeds=3, **SMALL)
    assert judge.gap(agent) > 0.1
    agent.learn(4096)
    assert [judge.gap(agent.member(m)) for m in range(3)] == [pytest.approx(0, abs=1e-9)] * 3
    assert agent.policy.shape == (9, 5)
    assert np.allclose(agent.policy.sum(1), 1)
    assert agent.policy[0, [1, 2]].sum() > 0.5  # right or down
    assert agent.values.shape == (9,)


def test_the_same_seed_learns_the_same():
    one, two, other = (
        ga.make("ppo", gym.make("GridWorld-v0", layout=LAYOUT), seed=seed, **SMALL).learn(600) for seed in (1, 1, 2)
    )
    assert torch.equal(one.learner.params, two.learner.params)
    assert not torch.equal(one.learner.params, other.learner.params)
