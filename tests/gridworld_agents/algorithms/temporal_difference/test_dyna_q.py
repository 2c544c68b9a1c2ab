"""Dyna-Q: steps and plans by hand, what the model says of a stochastic world, and the bonus of Dyna-Q+."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

STEP = (0, 1, 3.0, 2)
"""(s, a, r, s_next) where max_b q(2, b) is 7."""


def after_steps(steps, ends=(False, False), **arguments):
    """Return the agent after steps; alpha 0.5, gamma 0.9 unless said otherwise."""
    arguments = {"alpha": 0.5, "gamma": 0.9, **arguments}
    agent = ga.make("dyna-q", gym.make("FrozenLake-v1"), seed=0, **arguments)
    agent.memory.q[2] = [1, 7, 2, 3]
    for s, a, r, s_next in steps:
        observe(agent, s, a, r, s_next, -1, *ends)
    return agent


@pytest.mark.parametrize(("ends", "target"), [((False, False), 9.3), ((False, True), 9.3), ((True, False), 3.0)])
@pytest.mark.parametrize("planning_steps", [0, 1, 3])
def test_one_pair_is_planned_with_as_often_as_asked(ends, target, planning_steps):
    agent = after_steps([STEP], ends, planning_steps=planning_steps)
    expected = target * (1 - 0.5 ** (1 + planning_steps))  # each update goes half of the way that is left
    assert agent.memory.q[0, 1] == pytest.approx(expected, abs=1e-14)
    assert (agent.visits.sum(), agent.visits[0, 1], agent.memory.steps[0]) == (1, 1, 1)
    assert np.count_nonzero(agent.memory.q) == 5


def test_without_planning_it_is_q_learning():
    env = gym.make("GridWorld-v0", slip=0.1)
    other = ga.make("q-learning", env, seed=3).learn(5_000)
    agent = ga.make("dyna-q", env, seed=3, planning_steps=0).learn(5_000)
    np.testing.assert_array_equal(agent.q_values, other.q_values)


def test_planning_takes_the_step_size_of_the_last_real_step():
    """At the first step, 1 / 2; at the second, 1 / 3."""
    agent = after_steps([(0, 1, 6.0, 1)], (True, False), alpha="harmonic:1:2", planning_steps=1)
    assert agent.q_values[0, 1] == pytest.approx(6 * (1 - 1 / 2 * 1 / 2), abs=1e-14)
    observe(agent, 0, 1, 6.0, 1, -1, True, False)
    assert agent.q_values[0, 1] == pytest.approx(6 * (1 - 1 / 4 * (2 / 3) ** 2), abs=1e-14)


def test_values_travel_backwards_without_further_steps():
    agent = after_steps([(4, 0, 0.0, 8), (8, 0, 0.0, 9), (9, 0, 0.0, 2)], alpha=1, planning_steps=0)
    assert agent.q_values[4, 0] == agent.q_values[8, 0] == 0
    agent = after_steps([(4, 0, 0.0, 8), (8, 0, 0.0, 9), (9, 0, 0.0, 2)], alpha=1, planning_steps=200)
    assert agent.q_values[4, 0] == pytest.approx(0.9**3 * 7, abs=1e-12)  # 200 draws among 3 pairs: certain enough


@pytest.mark.parametrize(("outcomes", "planned"), [(10, True), (1, False)])
def test_the_model_of_a_stochastic_pair(outcomes, planned):
    """Three in four steps lead to state 3 and pay 8, the last ends in state 1 for nothing; gamma 0."""
    steps = [(0, 1, 8.0, 3)] * 3 + [(0, 1, 0.0, 1)]
    agent = after_steps(steps, gamma=0, alpha="visits:1:999", planning_steps=0, outcomes=outcomes)
    assert agent.memory.times[0, 1, : min(2, outcomes)].tolist() == ([3, 1] if planned else [1])
    agent.params = agent.params._replace(planning_steps=20_000)
    observe(agent, 5, 0, 0.0, 5, -1, False, False)
    # 10,000 plans of step size 0.001: from 0.02 to the mean of what is drawn, 8 times 3/4; deviation 0.08
    assert agent.q_values[0, 1] == pytest.approx(6 if planned else 0, abs=0.4)


def test_the_bonus_by_hand():
    """With kappa 2 an action last taken 4 steps ago is worth 2 sqrt(4) more in planning, one never taken 2 sqrt(5)."""
    agent = after_steps([(0, 1, 0.0, 2)], gamma=0, alpha=1, kappa=2.0, planning_steps=0)
    for _ in range(4):
        observe(agent, 2, 0, 0.0, 2, -1, True, False)
    agent.memory.q[:] = -1
    agent.params = agent.params._replace(planning_steps=300)
    observe(agent, 2, 0, 0.0, 2, -1, True, False)
    q = agent.q_values
    assert q[0, 1] == pytest.approx(2 * np.sqrt(5))
    assert q[0, [0, 2, 3]].tolist() == pytest.approx([2 * np.sqrt(6)] * 3)
    assert q[2].tolist() == pytest.approx([0, *[2 * np.sqrt(6)] * 3])
    assert (q[[1, 3, 4, 15]] == -1).all()  # where it has never been


def test_the_bonus_finds_a_shortcut():
    """Sutton and Barto's example 8.3: a way that opens later is found by Dyna-Q+ only.

    The old way has 16 steps and the new one 10; epsilon 0.1 makes some 18 and 12 of them. Ten seeds, fixed before the
    run: 3,000 steps with the way closed, 6,000 with it open, of which the last 100 episodes count.
    """
    closed = "........T\n.........\n.........\n.########\n.........\n...S....."
    opened = closed.replace(".########", ".#######.")
    worlds = [
        gym.make("GridWorld-v0", layout=layout, actions="cardinal", reward_boundary=0, max_episode_steps=-1)
        for layout in (closed, opened)
    ]
    lengths = {}
    for kappa in (0.0, 1e-3):
        lengths[kappa] = []
        for seed in range(10):
            arguments = {"gamma": 0.95, "alpha": 0.5, "planning_steps": 50, "kappa": kappa, "outcomes": 1}
            agent = ga.make("dyna-q", worlds[0], seed=seed, **arguments).learn(3_000)
            agent.attach(worlds[1])
            agent.learn(6_000)
            lengths[kappa].append(np.mean(agent.recent_episodes()[2]))
    assert min(lengths[0.0]) > 16
    assert max(lengths[1e-3]) < 14


@pytest.mark.parametrize("arguments", [{}, {"continuing": True}])
def test_a_deterministic_world_is_solved_exactly(arguments):
    env = gym.make("GridWorld-v0", **arguments)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = ga.make("dyna-q", env, seed=0, planning_steps=100, gamma=0.9, alpha=1, behaviour="uniform").learn(20_000)
    tried = agent.visits > 0
    assert tried.sum() >= 24 * 5
    assert np.abs(agent.q_values - best.q)[tried].max() < 1e-9


def test_a_slippery_world_is_solved_as_well_as_it_is_known():
    """Each pair is visited some 4,000 times: its mean return is then known to about 0.02, its value to about 0.05."""
    env = gym.make("GridWorld-v0", slip=0.3)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = ga.make("dyna-q", env, seed=0, gamma=0.9, alpha="visits", behaviour="uniform").learn(1_000_000)
    often = agent.visits > 3_000
    assert often.sum() == 24 * 5
    assert np.abs(agent.q_values - best.q)[often].max() < 0.1
    times = agent.memory.times / np.maximum(agent.visits, 1)[..., None]
    assert np.abs(times.sum(axis=2)[often] - 1).max() < 1e-12  # no outcome was forgotten
    assert (times[often].max(axis=1) > 0.7).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"planning_steps": -1}, "planning_steps must be an integer >= 0, got -1"),
        ({"planning_steps": 1.5}, "planning_steps must be an integer >= 0, got 1.5"),
        ({"kappa": -0.1}, "kappa must be >= 0, got -0.1"),
        ({"kappa": "a"}, "kappa must be a finite number >= 0, got 'a'"),
        ({"outcomes": 0}, "outcomes must be an integer >= 1, got 0"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make("dyna-q", gym.make("FrozenLake-v1"), **arguments)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("next_state", lambda x: x + 16),
        ("known", lambda x: x * 0),
        ("known", lambda x: x + 64),
        ("count", lambda x: x + 1),
        ("count", lambda x: x * 0 + 65),
        ("is_known", lambda x: ~x),
        ("last", lambda x: x + 10**6),
        ("times", lambda x: x[..., ::-1].copy()),
        ("times", lambda x: x * 1000),
        ("visits", lambda x: x // 2),
    ],
)
def test_a_memory_that_is_none_is_refused(name, change):
    agent = ga.make("dyna-q", gym.make("FrozenLake-v1"), seed=0, kappa=0.1).learn(200)
    agent.check_memory(agent.memory, 16, 4)
    bad = agent.memory._replace(**{name: change(getattr(agent.memory, name))})
    with pytest.raises(ValueError, match="memory"):
        agent.check_memory(bad, 16, 4)
