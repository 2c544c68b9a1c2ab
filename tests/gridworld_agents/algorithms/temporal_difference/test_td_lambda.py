"""TD(lambda): updates by hand, what theory says of lambda 0 and 1, and the online lambda-return by brute force."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_agents.algorithms.temporal_difference.td_lambda import KINDS

GAMMA, LAMBDA, ALPHA = 0.9, 0.5, 0.2
START = np.array([1.0, 2.0, -1.0, 0.5])
STEPS = [(0, 1.0, 1), (1, 2.0, 0), (0, -1.0, 2), (2, 0.5, 3)]
"""An episode (s, r, s_next) that comes back to state 0; the last step terminates it, or is truncated."""


def after(steps, kind, ends=(False, False), **arguments):
    """Return the agent after some steps of an episode; the last one ends as is said."""
    arguments = {"alpha": ALPHA, "gamma": GAMMA, "trace_decay": LAMBDA, **arguments}
    agent = ga.make("td-lambda", gym.make("FrozenLake-v1"), seed=0, traces=kind, **arguments)
    agent.memory.v[:4] = START
    for i, (s, r, s_next) in enumerate(steps):
        terminated, truncated = ends if i == len(steps) - 1 else (False, False)
        observe(agent, s, 0, r, s_next, -1, terminated, truncated)
    return agent


@pytest.mark.parametrize(("kind", "trace"), [("accumulating", 1 + 0.45**2), ("replacing", 1.0)])
def test_three_steps_by_hand(kind, trace):
    v = START.copy()
    v[0] += 0.2 * (1 + 0.9 * v[1] - v[0])
    delta = 2 + 0.9 * v[0] - v[1]
    v[1] += 0.2 * delta
    v[0] += 0.2 * 0.45 * delta
    delta = -1 + 0.9 * v[2] - v[0]
    v[0] += 0.2 * trace * delta
    v[1] += 0.2 * 0.45 * delta
    agent = after(STEPS[:3], kind)
    assert np.allclose(agent.values[:4], v, rtol=0, atol=1e-14)
    assert agent.visits[:4].tolist() == [2, 1, 0, 0]


def test_true_online_td_by_hand():
    """Sutton and Barto's box in section 12.5, with features that are one-hot."""
    w, z, v_old = START.copy(), np.zeros(4), 0.0
    for s, r, s_next in STEPS:
        x, x_next = np.eye(4)[s], np.eye(4)[s_next]
        v, v_next = w @ x, w @ x_next
        delta = r + GAMMA * v_next - v
        z = GAMMA * LAMBDA * z + (1 - ALPHA * GAMMA * LAMBDA * (z @ x)) * x
        w = w + ALPHA * (delta + v - v_old) * z - ALPHA * (v - v_old) * x
        v_old = v_next
    assert np.allclose(after(STEPS, "dutch").values[:4], w, rtol=0, atol=1e-14)


def online_lambda_return(steps, alphas, decay, *, terminated):
    """Return the weights of the online lambda-return algorithm (S&B, section 12.4), from its definition."""
    T = len(steps)
    states = [s for s, _, _ in steps] + [steps[-1][2]]
    rewards = [r for _, r, _ in steps]
    latest = [START.copy()]  # the last weights of each horizon
    for h in range(1, T + 1):
        w = START.copy()
        for t in range(h):
            returns = []
            for n in range(1, h - t + 1):
                g = sum(GAMMA**k * rewards[t + k] for k in range(n))
                over = terminated and t + n == T
                returns.append(g + (0 if over else GAMMA**n * latest[t + n - 1][states[t + n]]))
            short = sum((1 - decay) * decay ** (n - 1) * returns[n - 1] for n in range(1, h - t))
            target = short + decay ** (h - t - 1) * returns[-1]
            w[states[t]] += alphas[t] * (target - w[states[t]])
        latest.append(w)
    return latest[-1]


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("ends", [(True, False), (False, True)])
@pytest.mark.parametrize("alpha", [0.3, "visits:2:3", "linear:1:0.2:10"])
def test_dutch_traces_are_the_online_lambda_return(decay, ends, alpha):
    rng = np.random.default_rng(1)
    states = rng.integers(4, size=13)
    steps = [
        (int(s), float(r), int(s_next)) for s, r, s_next in zip(states, rng.normal(size=12), states[1:], strict=False)
    ]
    agent = after(steps, "dutch", ends, alpha=alpha, trace_decay=decay, cutoff=0)
    nth = [int((states[: t + 1] == states[t]).sum()) for t in range(12)]
    alphas = {0.3: [0.3] * 12, "visits:2:3": [2 / (n + 3) for n in nth]}.get(
        alpha, [max(0.2, 1 - 0.08 * t) for t in range(12)]
    )
    expected = online_lambda_return(steps, alphas, decay, terminated=ends[0])
    assert np.allclose(agent.values[:4], expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alpha", [0.1, "visits:10:9"])
def test_lambda_0_is_td0_bit_for_bit(kind, alpha):
    arguments = {"alpha": alpha, "gamma": 0.9}
    env = {"slip": 0.2, "max_episode_steps": 30}
    one = ga.make("td0", gym.make("GridWorld-v0", **env), seed=1, **arguments).learn(50_000)
    other = ga.make("td-lambda", gym.make("GridWorld-v0", **env), seed=1, traces=kind, trace_decay=0, **arguments)
    assert (other.learn(50_000).values == one.values).all()
    assert (other.visits == one.visits).all()


def whole_episodes(env, arguments, ids):
    """Return agents after the same episodes, all of them whole."""
    agents = [ga.make(id_, env(), seed=2, gamma=0.95, **more, **arguments) for id_, more in ids]
    for agent in agents:
        agent.learn(3000)
    while agents[0].run.elapsed != 0:
        for agent in agents:
            agent.learn(1, reset_num_timesteps=False)
    assert len({agent.recent_episodes()[0] for agent in agents}) == 1
    return agents


@pytest.mark.parametrize("kind", KINDS)
def test_lambda_1_is_monte_carlo_where_no_state_comes_back(kind):
    def env():
        return gym.make("GridWorld-v0", layout=["S.F.", "F..F", "..F.", "F..T"], actions="cardinal")

    def onwards(s):
        return [0, s % 4 < 3, s // 4 < 3, 0] / np.float64((s % 4 < 3) + (s // 4 < 3) or 1) if s < 15 else 1

    both = [("mc-prediction", {}), ("td-lambda", {"trace_decay": 1, "traces": kind, "cutoff": 0})]
    mc, td = whole_episodes(env, {"alpha": 0.1, "policy": onwards}, both)
    assert mc.visits.max() > 400
    assert np.ptp(mc.values) > 1
    assert np.allclose(td.values, mc.values, rtol=0, atol=1e-12)


def test_lambda_1_with_dutch_traces_is_the_mean_of_the_returns():
    """With alpha 1/n the order in which an episode's returns come in makes no difference."""

    def env():
        return gym.make("GridWorld-v0", slip=0.2, max_episode_steps=-1)

    ids = [("mc-prediction", {"visit": "every"}), ("td-lambda", {"trace_decay": 1, "traces": "dutch", "cutoff": 0})]
    mc, td = whole_episodes(env, {"alpha": "visits"}, ids)
    assert (mc.visits == td.visits).all()
    assert mc.visits.sum() >= 3000
    assert np.allclose(td.values, mc.values, rtol=0, atol=1e-9)


@pytest.mark.parametrize("ends", [(True, False), (False, True)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_next_episode_begins_without_traces(kind, ends):
    agent = after(STEPS, kind, ends)
    assert agent.memory.count[0] == 0
    assert not agent.memory.index.any()
    before = agent.values
    observe(agent, 5, 0, 1.0, 6, -1, False, False)
    assert np.flatnonzero(agent.values != before).tolist() == [5]
    assert agent.values[5] == ALPHA * 1.0


def test_nothing_follows_a_termination_and_something_a_truncation():
    over, cut = (after(STEPS, "dutch", ends).values for ends in ((True, False), (False, True)))
    both = after(STEPS, "dutch", (True, True)).values
    on = after(STEPS, "dutch").values
    assert (over == both).all()
    assert (cut == on).all()
    # v(3) = 0.5 behind the last step makes the difference, and goes by the traces: 1 for state 2.
    assert cut[2] - over[2] == pytest.approx(ALPHA * GAMMA * 0.5, abs=1e-15)


def test_traces_below_the_cutoff_are_dropped():
    layout = "S" + "." * 200 + "T"
    counts = {}
    for cutoff in (0, 1e-2, 1e-4):
        env = gym.make("GridWorld-v0", layout=layout, actions="cardinal", max_episode_steps=-1)
        agent = ga.make("td-lambda", env, seed=0, gamma=0.9, cutoff=cutoff, policy=lambda _: 1).learn(150)
        counts[cutoff] = int(agent.memory.count[0])
    # 0.81^21 is above 1e-2 and 0.81^22 below it; likewise with 43 and 44.
    assert counts == {0: 150, 1e-2: 21, 1e-4: 43}


def test_a_cutoff_of_0_survives_traces_too_small_for_a_number():
    env = gym.make("GridWorld-v0", layout="S" + "." * 900 + "T", actions="cardinal", max_episode_steps=-1)
    agent = ga.make("td-lambda", env, seed=0, gamma=0.5, trace_decay=0.5, cutoff=0, policy=lambda _: 1).learn(850)
    assert 450 < agent.memory.count[0] < 510  # 0.25^n reaches 1e-300 at n = 498


@pytest.mark.parametrize(
    "change",
    [
        {"count": [17]},
        {"traced": [16, 3, *[0] * 14]},
        {"traced": [3, 3, *[0] * 14]},
        {"index": [0] * 16},
        {"index": [1, 0, 0, 1, 0, 2, *[0] * 10]},
        {"policy": np.full((16, 4), 0.3)},
    ],
)
def test_traces_that_are_none_are_refused(change):
    agent = after([], "dutch")
    good = agent.memory._replace(
        count=np.array([2]), traced=np.array([3, 5, *[0] * 14]), index=np.array([0, 0, 0, 1, 0, 2, *[0] * 10])
    )
    agent.take({**agent.trees(), "memory": good})
    changed = {name: np.array(value) for name, value in change.items()}
    with pytest.raises(ValueError, match="in its memory"):
        agent.take({**agent.trees(), "memory": good._replace(**changed)})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"trace_decay": 1.1}, r"trace_decay must be in \[0, 1\], got 1.1"),
        ({"traces": "duch"}, "traces must be one of .* got 'duch'; did you mean 'dutch'"),
        ({"cutoff": 1}, r"cutoff must be in \[0, 1\), got 1"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make("td-lambda", gym.make("FrozenLake-v1"), **arguments)
