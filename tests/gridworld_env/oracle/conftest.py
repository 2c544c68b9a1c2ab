"""Models, and dense reference solutions that share no code with the oracle."""

import itertools

import numpy as np
import pytest

from gridworld_env.tabular import TabularMDP

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1), (0, 0))


def build(transitions, initial=None):
    """Build a model from {state: [action, ...]}, an action being a list of (probability, next, reward, terminated)."""
    S = len(transitions)
    start = np.eye(S)[0] if initial is None else np.asarray(initial, float)
    return TabularMDP.from_transitions(transitions, start)


def random_mdp(seed, S=6, A=3, K=3, ends=0.0, rewards=None, grain=None):
    rng = np.random.default_rng(seed)
    next_state = rng.integers(S, size=(S, A, K))
    if grain is None:
        probability = rng.dirichlet(np.ones(K), size=(S, A))
    else:
        probability = rng.multinomial(grain, np.full(K, 1 / K), size=(S, A)) / grain
    reward = rng.normal(size=(S, A, K)) if rewards is None else rng.choice(rewards, size=(S, A, K)).astype(float)
    terminated = rng.random((S, A, K)) < ends
    return TabularMDP(next_state, probability, reward, terminated, rng.dirichlet(np.ones(S)))


def grid(rows, columns, walls=0.1, forbidden=0.1, slip=0.2, step=0.0, bump=-1.0, seed=0):
    """Build a grid world: one target that ends, walls as absorbing ends, slips to the right angles."""
    rng = np.random.default_rng(seed)
    S = rows * columns
    kind = rng.random(S)
    wall, costly = kind < walls, (kind >= walls) & (kind < walls + forbidden)
    target = (rows // 2) * columns + columns // 3
    wall[target] = costly[target] = False
    row, column = np.divmod(np.arange(S), columns)
    where, pay = np.empty((S, 4), int), np.empty((S, 4))
    for a, (down, right) in enumerate(MOVES[:4]):
        r, c = row + down, column + right
        inside = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
        to = np.where(inside, r * columns + c, 0)
        bumps = ~inside | wall[to]
        where[:, a] = np.where(bumps, np.arange(S), to)
        pay[:, a] = np.where(bumps, bump, np.where(to == target, 1.0, np.where(costly[to], -1.0, step)))
    order = (np.arange(4)[:, None] + [0, 1, 3]) % 4
    next_state, reward = where[:, order], pay[:, order]
    probability = np.broadcast_to([1 - slip, slip / 2, slip / 2], (S, 4, 3)).copy()
    terminated = next_state == target
    next_state[wall] = np.flatnonzero(wall)[:, None, None]
    probability[wall], reward[wall], terminated[wall] = [1, 0, 0], 0, True
    free = ~wall
    return TabularMDP(next_state, probability, reward, terminated, free / free.sum())


def book_world(forbidden=-1.0, boundary=-1.0, target=1.0):
    """Build Zhao's continuing 5x5 world, as its chapters 2 to 8 have it."""
    costly, goal = {(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)}, (3, 2)
    transitions = {}
    for r, c in itertools.product(range(5), repeat=2):
        row = []
        for down, right in MOVES:
            to = (r + down, c + right)
            if min(to) >= 0 and max(to) < 5:
                row.append([(1.0, to[0] * 5 + to[1], target if to == goal else forbidden * (to in costly), False)])
            else:
                row.append([(1.0, r * 5 + c, boundary, False)])
        transitions[r * 5 + c] = row
    return build(transitions, np.full(25, 1 / 25))


def dense_chain(mdp, policy):
    """Return P (S, S) without what ends, and r (S,), of a policy."""
    S, A, K = mdp.next_state.shape
    P, r = np.zeros((S, S)), np.zeros(S)
    for s, a, k in itertools.product(range(S), range(A), range(K)):
        p = policy[s, a] * mdp.probability[s, a, k]
        r[s] += p * mdp.reward[s, a, k]
        if not mdp.terminated[s, a, k]:
            P[s, mdp.next_state[s, a, k]] += p
    return P, r


def dense_value(mdp, policy, gamma):
    P, r = dense_chain(mdp, policy)
    return np.linalg.solve(np.eye(len(r)) - gamma * P, r)


def deterministic_policies(mdp):
    S, A = mdp.num_states, mdp.num_actions
    for actions in itertools.product(range(A), repeat=S):
        yield np.eye(A)[list(actions)]


def softened(policy, epsilon):
    return (1 - epsilon) * policy + epsilon / policy.shape[1]


@pytest.fixture(scope="session")
def models():
    """The builders above, by name."""
    names = "build random_mdp grid book_world dense_chain dense_value deterministic_policies softened"
    return type("Models", (), {name: staticmethod(globals()[name]) for name in names.split()})
