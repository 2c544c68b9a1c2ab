"""Off-policy Monte Carlo control: an episode by hand, the behaviour and its chances, and the exact optimum."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import cached, observe

import gridworld_agents as ga
from gridworld_agents.tabular.behaviour import action_probability
from gridworld_env import TabularMDP, oracle

UNIFORM = {"behaviour": "uniform", "gamma": 0.5}


def made(**arguments):
    return ga.make("mc-off-policy", gym.make("FrozenLake-v1"), seed=0, **arguments)


def play(agent, steps, ends=(True, False)):
    """Let the agent learn from an episode of steps (s, a, r), which ends in state 5."""
    agent.memory = agent.reserve(agent.memory, len(steps))
    for i, (s, a, r) in enumerate(steps):
        terminated, truncated = ends if i == len(steps) - 1 else (False, False)
        observe(agent, s, a, r, 5, -1, terminated, truncated)
    assert agent.memory.length[0] == 0
    return agent


def test_an_episode_by_hand():
    """Backwards: g = 8, 6, 5 with weights 1, 4, 16, as long as the target takes the action."""
    agent = play(made(**UNIFORM), [(0, 1, 2.0), (1, 2, 2.0), (2, 3, 8.0)])
    assert [agent.q_values[s, a] for s, a in ((2, 3), (1, 2), (0, 1))] == [8, 6, 5]
    assert [agent.memory.c[s, a] for s, a in ((2, 3), (1, 2), (0, 1))] == [1, 4, 16]
    # (2, 0) pays 4, less than 8: the target takes 3 there, and the steps before are not learned from.
    play(agent, [(0, 1, 2.0), (1, 2, 2.0), (2, 0, 4.0)])
    assert agent.q_values[2].tolist() == [4, 0, 0, 8]
    assert agent.visits.sum() == 4
    # Again with g = 2, 2, 3: q(2, 3) falls to 5 and (1, 2) has weight 4 once more, (0, 1) 16.
    play(agent, [(0, 1, 2.0), (1, 2, 1.0), (2, 3, 2.0)])
    assert agent.q_values[2, 3] == 8 + (2 - 8) / 2
    assert agent.q_values[1, 2] == 6 + 4 / 8 * (2 - 6)
    assert agent.q_values[0, 1] == 5 + 16 / 32 * (3 - 5)


def test_an_untried_action_that_looks_best_ends_the_way_back():
    agent = play(made(**UNIFORM), [(0, 1, 0.0), (1, 2, -1.0)])
    assert agent.q_values[1, 2] == -1
    assert agent.visits[0, 1] == 0


def test_a_truncated_episode_goes_on_in_its_value():
    for ends, bootstrap, q in (((False, True), True, 8 + 0.5 * 6), ((False, True), False, 8), ((True, True), True, 8)):
        agent = made(**UNIFORM, bootstrap=bootstrap)
        agent.memory.q[5] = [1, 6, 2, 3]
        assert play(agent, [(2, 3, 8.0)], ends).q_values[2, 3] == q


def test_weights_stay_finite():
    agent = ga.make("mc-off-policy", gym.make("FrozenLake-v1"), behaviour="uniform", gamma=1.0)
    play(agent, [(0, 1, 0.0)] * 2000 + [(0, 1, 1.0)])
    assert np.isfinite(agent.memory.c).all()
    assert 1e200 < agent.memory.c[0, 1] < 1e202
    assert agent.q_values[0, 1] == 1
    assert agent.visits.sum() == 334  # 4^333 is the first weight beyond 1e200


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"epsilon": 0.2}, [[0.45, 0.05, 0.45, 0.05], [0.05, 0.85, 0.05, 0.05]]),
        ({"epsilon": 0.2, "tie_breaking": "index"}, [[0.85, 0.05, 0.05, 0.05], [0.05, 0.85, 0.05, 0.05]]),
        (
            {"epsilon": "visits:1:3", "tie_breaking": "index"},
            [[0.8125, 0.0625, 0.0625, 0.0625], [0.025, 0.925, 0.025, 0.025]],
        ),
        ({"behaviour": "uniform"}, [[0.25] * 4] * 2),
        ({"behaviour": [[0.1, 0.2, 0.3, 0.4]] * 16}, [[0.1, 0.2, 0.3, 0.4]] * 2),
    ],
)
def test_the_chance_of_an_action_is_how_often_it_is_taken(arguments, expected):
    agent = made(**arguments)
    agent.memory.q[:2] = [[3, 1, 3, 2], [0, 4, 0, 0]]
    agent.memory.visits[1, 3] = 6  # by visits epsilon is 1 / 4 in state 0, and 1 / 10 here
    for s in (0, 1):
        chances = [cached(action_probability)(agent.memory, s, a, agent.params) for a in range(4)]
        assert np.allclose(chances, expected[s], rtol=0, atol=1e-15)
        share = np.bincount(agent.predict(np.full(10_000, s))[0], minlength=4) / 10_000
        assert np.abs(share - chances).max() < 0.02  # 4 standard deviations: fails once in 10,000


BOOK = {"epsilon": 0.5}, 5_000_000
SMALL = {"layout": ["...", ".F.", ".FT"]}
SLIPPERY = {"layout": ["S.", "FT"], "slip": 0.2, "actions": "cardinal"}


@pytest.mark.parametrize(
    ("arguments", "behaviour", "steps"),
    [({}, *BOOK), ({"reward_forbidden": -10}, *BOOK), (SMALL, UNIFORM, 2_000_000), (SLIPPERY, UNIFORM, 2_000_000)],
)
def test_the_optimum(arguments, behaviour, steps):
    """Under a uniform behaviour only of small worlds: a way back of n steps is as rare as 1 in 4 or 5 to the n."""
    env = gym.make("GridWorld-v0", **arguments)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    agent = ga.make("mc-off-policy", env, seed=0, **{**behaviour, "gamma": 0.9}).learn(steps)
    starts = mdp.initial > 0
    assert (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9))[starts].max() < 1e-9
    assert np.abs(agent.values - best.v)[starts].max() < 0.02


def test_a_behaviour_that_is_given_is_kept(tmp_path):
    pi = np.random.default_rng(0).dirichlet(np.ones(5), 25)
    np.save(tmp_path / "pi.npy", pi)
    agents = []
    for form in (pi, lambda s: pi[s], str(tmp_path / "pi.npy")):
        agent = ga.make("mc-off-policy", gym.make("GridWorld-v0"), seed=0, behaviour=form).learn(1000)
        assert agent.config.behaviour == "given"
        agents.append(agent)
    assert all((agent.q_values == agents[0].q_values).all() for agent in agents)
    agents[0].save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip", gym.make("GridWorld-v0")).learn(1000, reset_num_timesteps=False)
    assert (loaded.q_values == agents[1].learn(1000, reset_num_timesteps=False).q_values).all()


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("given", 'behaviour must be "epsilon-greedy", "uniform", .* got .given.'),
        ("epsilon", "got 'epsilon'; did you mean 'epsilon-greedy'"),
        ("none.npy", "behaviour cannot be read from 'none.npy'"),
        ([0] * 16, "behaviour must take every action with a probability above 0, got 0.0 for 1 in 0"),
        (np.zeros((16, 4)), "behaviour must be an action or 4 probabilities of sum 1"),
    ],
)
def test_a_behaviour_that_will_not_do_is_refused(behaviour, message):
    with pytest.raises(ValueError, match=message):
        made(behaviour=behaviour)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"behaviour": np.full((16, 4), 0.3)}, "behaviour in its memory is not a policy"),
        ({"behaviour": np.full((15, 4), 0.25)}, "behaviour in its memory is not a policy"),
        ({"behaviour": np.eye(4)[[0] * 16]}, "with a probability above 0"),
        ({"c": np.full((16, 4), -1.0)}, "weights below 0"),
    ],
)
def test_a_memory_that_will_not_do_is_refused(change, message):
    agent = made(behaviour="uniform")
    agent.take(agent.trees())
    with pytest.raises(ValueError, match=message):
        agent.take({**agent.trees(), "memory": agent.memory._replace(**change)})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gamma": 1.1}, r"gamma must be in \[0, 1\], got 1.1"),
        ({"epsilon": 2}, r"epsilon must be in \[0, 1\], got 2"),
        ({"alpha": 0.1}, "has no hyper-parameter 'alpha'"),
        ({"initial_value": float("inf")}, "initial_value must be a finite number"),
        ({"tie_breaking": "rand"}, "tie_breaking must be one of"),
        ({"bootstrap": 0}, "bootstrap must be True or False, got 0"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        made(**arguments)
