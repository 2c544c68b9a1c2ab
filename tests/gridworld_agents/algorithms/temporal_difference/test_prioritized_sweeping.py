"""Prioritized sweeping: sweeps by hand, its queue and its lists against plain ones, and the optimum of its model."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_agents.tabular.parts import priority_queue
from gridworld_env import TabularMDP, oracle


def made(**arguments):
    return ga.make("prioritized-sweeping", gym.make("FrozenLake-v1"), seed=0, **{"gamma": 0.5, **arguments})


def take(agent, s, a, r, s_next, *ends):
    observe(agent, s, a, r, s_next, -1, *(ends or (False, False)))


@pytest.mark.parametrize(("ends", "target"), [((False, False), 6.5), ((False, True), 6.5), ((True, False), 3.0)])
def test_one_step_by_hand(ends, target):
    agent = made(alpha=0.5)
    agent.memory.q[2] = [1, 7, 2, 3]
    take(agent, 0, 1, 3.0, 2, *ends)
    assert agent.q_values[0, 1] == 0.5 * target
    assert np.count_nonzero(agent.q_values) == 5
    assert (agent.visits.sum(), agent.visits[0, 1], agent.memory.steps[0]) == (1, 1, 1)
    assert agent.memory.length[0] == 0


def test_a_surprise_is_swept_back_along_the_way():
    agent = made(planning_steps=10)
    for s in range(4):
        take(agent, s, 0, 0.0, s + 1)
    assert not agent.q_values.any()
    take(agent, 4, 0, 16.0, 5, True, False)
    assert agent.q_values[:5, 0].tolist() == [1, 2, 4, 8, 16]


def test_planning_stops_after_so_many_updates_and_goes_on_later():
    agent = made(planning_steps=2)
    for s in range(4):
        take(agent, s, 0, 0.0, s + 1)
    take(agent, 4, 0, 16.0, 5, True, False)
    assert agent.q_values[:5, 0].tolist() == [0, 0, 0, 8, 16]
    assert agent.memory.length[0] == 1
    take(agent, 14, 0, 0.0, 14)
    assert agent.q_values[:5, 0].tolist() == [0, 2, 4, 8, 16]


def test_the_larger_error_is_planned_first():
    agent = made(planning_steps=2)
    take(agent, 0, 0, 0.0, 2)
    take(agent, 1, 0, 0.25, 2)
    agent.memory.q[1, 0] = 0
    take(agent, 2, 0, 16.0, 5, True, False)
    assert agent.q_values[:3, 0].tolist() == [0, 8.25, 16]


def test_errors_below_theta_are_left_alone():
    agent = made(theta=4.0)
    take(agent, 0, 0, 0.0, 1)
    take(agent, 1, 0, 8.0, 5, True, False)
    assert agent.q_values[:2, 0].tolist() == [0, 8]  # an error of 4 is not larger than theta
    take(agent, 3, 0, 3.0, 5, True, False)
    assert agent.q_values[3, 0] == 0


def test_updates_are_expected_ones():
    """State 1 is worth 4 and state 2 is worth 8, gamma 0.5; rewards of one outcome are averaged."""
    agent = made()
    agent.memory.q[1, 0], agent.memory.q[2, 0] = 4, 8
    for r, s_next in ((1.0, 1), (3.0, 1), (0.0, 2), (2.0, 1)):
        take(agent, 0, 3, r, s_next)
    assert agent.q_values[0, 3] == pytest.approx((3 * (2 + 2) + (0 + 4)) / 4, abs=1e-15)


def test_with_one_outcome_it_holds_the_last():
    agent = made(outcomes=1)
    agent.memory.q[1, 0], agent.memory.q[2, 0] = 4, 8
    for r, s_next in ((1.0, 1), (3.0, 1), (5.0, 2)):
        take(agent, 0, 3, r, s_next)
    assert agent.q_values[0, 3] == 5 + 0.5 * 8
    take(agent, 1, 0, 100.0, 5, True, False)  # which leads there no more
    assert agent.q_values[0, 3] == 5 + 0.5 * 8
    take(agent, 2, 0, 100.0, 5, True, False)
    assert agent.q_values[0, 3] == 5 + 0.5 * 100


@pytest.mark.parametrize("outcomes", [1, 2, 10])
def test_the_lists_are_those_of_the_model(outcomes):
    """At all times the list of a state holds what leads to it in the model, each once; with few places they change."""
    env = gym.make("GridWorld-v0", slip=0.5)
    agent = ga.make("prioritized-sweeping", env, seed=0, outcomes=outcomes, epsilon=1)
    for _ in range(60):
        agent.learn(23, reset_num_timesteps=False)
        memory = agent.memory
        leads_to = np.where(memory.times.reshape(-1) > 0, memory.next_state.reshape(-1), -1)
        for s in range(25):
            found, link = [], memory.first[s]
            while link > 0:
                found.append(link - 1)
                link = memory.after[link - 1]
            assert sorted(found) == np.flatnonzero(leads_to == s).tolist()
        agent.check_memory(memory, 25, 5)


def test_the_queue_gives_the_largest_first():
    rng = np.random.default_rng(0)
    queue = priority_queue.PriorityQueue.new(50)
    known = {}
    for _ in range(5_000):
        if known and rng.random() < 0.45:
            pair = priority_queue.pop(queue)
            assert known.pop(pair) == max([queue.priority[pair], *known.values()])
        else:
            pair, priority = int(rng.integers(50)), float(rng.integers(1, 30))
            priority_queue.push(queue, pair, priority)
            known[pair] = max(priority, known.get(pair, 0))
        assert queue.length[0] == len(known)
        assert all(queue.priority[pair] == priority for pair, priority in known.items())
        priority_queue.check(queue)


def residual(agent):
    """Return by how much the values miss the Bellman optimality equation of the model that was learned."""
    memory = agent.memory
    weights = memory.times / np.maximum(memory.times.sum(axis=2, keepdims=True), 1)
    follows = np.where(memory.ended, 0, agent.values[memory.next_state])
    right = (weights * (memory.reward + agent.config.gamma * follows)).sum(axis=2)
    return np.abs(right - agent.q_values)[agent.visits > 0].max()


@pytest.mark.parametrize("arguments", [{}, {"continuing": True}])
def test_a_deterministic_world_is_solved_exactly(arguments):
    env = gym.make("GridWorld-v0", **arguments)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = ga.make("prioritized-sweeping", env, seed=0, gamma=0.9, theta=0, behaviour="uniform").learn(20_000)
    tried = agent.visits > 0
    assert tried.sum() >= 24 * 5
    assert residual(agent) == 0
    assert np.abs(agent.q_values - best.q)[tried].max() < 1e-12


def test_a_slippery_world_is_solved_as_well_as_it_is_known():
    """The values solve the learned model; that is right to about 0.05 after some 800 visits of each pair."""
    env = gym.make("GridWorld-v0", slip=0.3)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    arguments = {"gamma": 0.9, "theta": 1e-6, "behaviour": "uniform", "planning_steps": 50}
    agent = ga.make("prioritized-sweeping", env, seed=0, **arguments).learn(200_000)
    assert residual(agent) < 2e-3  # each new step changes the model by about 1 / 800, and sweeping goes on
    often = agent.visits > 500
    assert often.sum() == 24 * 5
    assert np.abs(agent.q_values - best.q)[often].max() < 0.15


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"planning_steps": 0}, "planning_steps must be an integer >= 1, got 0"),
        ({"theta": -1}, "theta must be >= 0, got -1"),
        ({"theta": None}, "theta must be a finite number >= 0, got None"),
        ({"outcomes": 0}, "outcomes must be an integer >= 1, got 0"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        made(**arguments)


def _set(array, index, value):
    array = array.copy()
    array[index] = value
    return array


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("next_state", lambda x: x + 16),
        ("first", lambda x: _set(x, 0, 10**6)),
        ("first", lambda x: x * 0),
        ("after", lambda x: _set(x, x.argmax(), 10**6)),
        ("after", lambda x: x * 0),
        ("before", lambda x: x * 0),
        ("before", lambda x: _set(x, x.argmax(), x.size + 1)),
        ("heap", lambda x: x + 64),
        ("place", lambda x: x * 0 + 1),
        ("length", lambda x: x + 1),
        ("length", lambda x: x * 0 + 65),
        ("times", lambda x: x * 0),
        ("times", lambda x: x * 1000),
        ("priority", lambda x: np.arange(x.size) + x),
        ("times", lambda x: x[..., ::-1].copy()),
    ],
)
def test_a_memory_that_is_none_is_refused(name, change):
    agent = made(initial_value=1, planning_steps=1, epsilon=1).learn(500)
    assert agent.memory.length[0] > 2
    agent.check_memory(agent.memory, 16, 4)
    bad = agent.memory._replace(**{name: change(getattr(agent.memory, name))})
    with pytest.raises(ValueError, match="memory"):
        agent.check_memory(bad, 16, 4)


def test_lists_that_lead_round_are_refused():
    agent = made()
    for s in (0, 1, 2):
        take(agent, s, 0, 0.0, 9)
    links = [(s * 4 + 0) * 10 for s in (2, 1, 0)]  # as they stand in the list of state 9
    assert agent.memory.first[9] == links[0] + 1
    agent.memory.after[links[2]], agent.memory.before[links[1]] = links[1] + 1, links[2] + 1
    with pytest.raises(ValueError, match="lists of predecessors"):
        agent.check_memory(agent.memory, 16, 4)
    agent.memory.after[links[0]], agent.memory.first[9] = 0, links[0] + 1
    with pytest.raises(ValueError, match="lists of predecessors"):
        agent.check_memory(agent.memory, 16, 4)
