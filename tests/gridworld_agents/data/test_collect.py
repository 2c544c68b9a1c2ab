"""Logging: compiled and stepped alike, with the right probabilities, on any environment."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.wrappers import RecordEpisodeStatistics

import gridworld_agents as ga
from gridworld_agents.data.walking import LONGEST, SHORTEST
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy
from gridworld_env import TabularMDP, oracle

ENVS = {
    "book": ("GridWorld-v0", {}),
    "slip": ("GridWorld-v0", {"slip": 0.3}),
    "one start": ("GridWorld-v0", {"layout": ["S.F.", ".#..", "...T"], "slip": 0.2}),
    "truncated": ("GridWorld-v0", {"slip": 0.2, "max_episode_steps": 7}),
    "no limit": ("GridWorld-v0", {"continuing": True, "max_episode_steps": -1}),
    "bank": ("GridWorld/Random-v0", {"slip": 0.2, "num_layouts": 3}),
    "cliff": ("GridWorld/Cliff-v0", {}),
}


def columns(episodes):
    names = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated", "probabilities")
    arrays = {name: getattr(episodes, name) for name in names}
    return {name: array if array is None else (str(array.dtype), array.tolist()) for name, array in arrays.items()}


def soft(env, epsilon=0.4):
    return epsilon_greedy_policy(oracle.optimal(TabularMDP.from_env(env), gamma=0.9).q, epsilon)


@pytest.mark.parametrize("stop", [{"steps": 700}, {"episodes": 9}, {"episodes": 40, "steps": 300}])
@pytest.mark.parametrize("name", ENVS)
def test_compiled_and_stepped_are_the_same(name, stop):
    if name == "no limit":  # no episode of it ends
        stop = {"steps": 500, **stop}
    env_id, arguments = ENVS[name]
    env, stepped = gym.make(env_id, **arguments), RecordEpisodeStatistics(gym.make(env_id, **arguments))
    for policy in ("uniform", soft(env)):
        for seed in (3, None):  # None goes on with the environment's generator, not with the policy's
            if seed is None and isinstance(policy, str):
                continue
            acts = policy if seed is not None else policy.argmax(axis=1)
            one, other = (ga.collect(which, acts, seed=seed, **stop) for which in (env, stepped))
            assert columns(one) == columns(other)
            assert one.env == other.env == env_id
            assert env.unwrapped.state == stepped.unwrapped.state
            assert env.unwrapped.np_random.bit_generator.state == stepped.unwrapped.np_random.bit_generator.state
    for action in np.random.default_rng(0).integers(0, 4, 30):  # the time limit stands alike too
        ours, theirs = env.step(action), stepped.step(action)
        assert ours[:4] == theirs[:4]
        if ours[2] or ours[3]:
            assert env.reset()[0] == stepped.reset()[0]


@pytest.mark.parametrize("count", [1, 150, 3000])
def test_as_many_episodes_as_asked_for(count):
    """The steps that they take come in several chunks."""
    env = gym.make("GridWorld-v0", slip=0.3)
    episodes = ga.collect(env, episodes=count, seed=1)
    assert episodes.num_episodes == count
    assert not episodes.cut_off
    assert count < 3000 or len(episodes) > 2 * SHORTEST
    by_steps = ga.collect(env, steps=len(episodes), seed=1)
    assert columns(by_steps) == columns(episodes)


def test_many_steps():
    episodes = ga.collect(gym.make("GridWorld-v0"), episodes=10**9, steps=LONGEST + 5, seed=1)
    assert len(episodes) == LONGEST + 5
    assert episodes.cut_off


def test_the_same_seed_logs_the_same():
    env = gym.make("GridWorld-v0", slip=0.2)
    one, other, another = (columns(ga.collect(env, episodes=5, seed=seed)) for seed in (4, 4, 5))
    assert one == other != another
    assert columns(ga.collect(env, episodes=5)) != columns(ga.collect(env, episodes=5))


def test_actions_are_as_frequent_as_their_probabilities():
    env = gym.make("GridWorld-v0", layout=["S.", ".T"])
    pi = np.tile([0.1, 0.2, 0.3, 0.0, 0.4], (4, 1))
    episodes = ga.collect(env, pi, steps=100_000, seed=0)
    counts = np.bincount(episodes.actions, minlength=5) / len(episodes)
    # A share of 100,000 independent draws is off by 0.0016 at most once in 15,000, as a standard deviation; 4 of them.
    assert np.abs(counts - pi[0]).max() < 4 * 0.5 / np.sqrt(100_000)
    assert counts[3] == 0
    assert (episodes.probabilities == pi[0][episodes.actions]).all()


@pytest.mark.parametrize(
    ("env_id", "row", "dtype"),
    [
        ("Blackjack-v1", (3,), "int64"),
        ("CartPole-v1", (4,), "float32"),
        ("Taxi-v4", (), "int64"),
        ("Pendulum-v1", (3,), "float32"),
    ],
)
def test_any_environment(env_id, row, dtype):
    episodes = ga.collect(gym.make(env_id), episodes=4, seed=0)
    assert episodes.num_episodes == 4
    assert episodes.observations.shape == (len(episodes), *row)
    assert str(episodes.observations.dtype) == dtype
    inside = ~(episodes.terminated | episodes.truncated)[:-1]
    assert (episodes.next_observations[:-1] == episodes.observations[1:])[inside].all()
    assert columns(ga.collect(gym.make(env_id), episodes=4, seed=0)) == columns(episodes)
    actions = gym.make(env_id).action_space
    assert all(action in actions for action in episodes.actions)
    known = episodes.probabilities
    assert known is None if env_id == "Pendulum-v1" else (known == 1 / actions.n).all()


class Buttons(gym.Env):
    """Three buttons; writes into the observation that it gave."""

    observation_space = spaces.Box(0, 9, (1,), np.int8)

    def __init__(self, action_space):
        self.action_space = action_space
        self._shown = np.zeros(1, np.int8)

    def reset(self, *, seed=None, options=None):  # noqa: ARG002 - Gymnasium's
        super().reset(seed=seed)
        self._shown[0] = 0
        return self._shown, {}

    def step(self, action):
        assert action in self.action_space
        self._shown[0] += 1
        return self._shown, 1, bool(self._shown[0] == 4), False, {}


@pytest.mark.parametrize(
    ("space", "shape", "probability"),
    [
        (spaces.MultiDiscrete([2, 3]), (2,), 1 / 6),
        (spaces.MultiBinary(3), (3,), 1 / 8),
        (spaces.Discrete(3, start=5), (), 1 / 3),
        (spaces.Box(0, 1, (2,)), (2,), None),
    ],
    ids=str,
)
def test_any_actions(space, shape, probability):
    env = Buttons(space)
    episodes = ga.collect(env, episodes=2, seed=0)
    assert episodes.observations.ravel().tolist() == [0, 1, 2, 3] * 2
    assert episodes.next_observations.ravel().tolist() == [1, 2, 3, 4] * 2
    assert episodes.actions.shape == (8, *shape)
    assert episodes.env is None
    assert episodes.probabilities is None if probability is None else (episodes.probabilities == probability).all()
    assert columns(ga.collect(env, episodes=2, seed=0)) == columns(episodes)


def test_a_callable_that_gives_probabilities():
    env = gym.make("Blackjack-v1")
    episodes = ga.collect(env, lambda card: [1, 0] if card[0] > 18 else [0.25, 0.75], episodes=200, seed=0)
    high = episodes.observations[:, 0] > 18
    assert high.any()
    assert (episodes.actions[high] == 0).all()
    assert (episodes.probabilities == np.where(high, 1, np.where(episodes.actions == 0, 0.25, 0.75))).all()


def test_of_a_callable_that_gives_actions_no_probability_is_known():
    episodes = ga.collect(gym.make("CartPole-v1"), lambda x: int(x[2] > 0), episodes=2, seed=0)
    assert episodes.probabilities is None
    assert (episodes.actions == (episodes.observations[:, 2] > 0)).all()


@pytest.mark.parametrize("ties", ["random", "index"])
def test_an_epsilon_greedy_agent_is_a_table(ties):
    env = gym.make("GridWorld-v0", slip=0.1)
    agent = ga.make("q-learning", env, seed=0, epsilon=0.3, tie_breaking=ties)
    untrained = ga.collect(env, agent, steps=200, seed=0).probabilities
    assert set(untrained.round(12)) == ({0.2} if ties == "random" else {0.06, 0.76})
    agent.learn(20_000)
    agent.memory.q[:] += np.random.default_rng(0).random(agent.memory.q.shape) * 1e-9  # no ties
    pi = epsilon_greedy_policy(agent.q_values, 0.3)
    episodes = ga.collect(env, agent, steps=2000, seed=0)
    assert np.allclose(episodes.probabilities, pi[episodes.observations, episodes.actions], rtol=0, atol=1e-15)
    # What it says it does is what it does: 4 standard deviations of 4000 draws, once in 15,000 alarms.
    said = episodes.probabilities > 0.5
    did = [agent.predict(0)[0] == pi[0].argmax() for _ in range(4000)]
    assert abs(np.mean(did) - 0.76) < 4 * np.sqrt(0.76 * 0.24 / 4000)
    assert abs(said.mean() - 0.76) < 4 * np.sqrt(0.76 * 0.24 / 2000)


def test_exploration_by_visits():
    env = gym.make("GridWorld-v0")
    agent = ga.make("sarsa", env, seed=0, epsilon="visits", tie_breaking="index").learn(500)
    episodes = ga.collect(env, agent, steps=300, seed=0)
    s, a = episodes.observations, episodes.actions
    epsilon = 1 / (1 + agent.visits.sum(axis=1))[s]
    greedy = agent.q_values.argmax(axis=1)[s] == a
    assert np.allclose(episodes.probabilities, epsilon / 5 + (1 - epsilon) * greedy, rtol=0, atol=1e-15)


def test_agents_that_act_in_other_ways_are_asked():
    env = gym.make("GridWorld-v0")
    for agent_id in ("mc-epsilon-greedy", "optimal"):
        assert ga.collect(env, ga.make(agent_id, env, seed=0), steps=20, seed=0).probabilities is None
    random = ga.make("random", env, seed=0)
    assert (ga.collect(env, random, steps=20, seed=0).probabilities == 0.2).all()
    cart = gym.make("CartPole-v1")
    assert ga.collect(cart, ga.make("random", cart, seed=0), steps=20, seed=0).probabilities is None


class Recurrent:
    """Counts the steps of an episode in its state."""

    def predict(self, observation, state=None, episode_start=None, deterministic=False):  # noqa: ARG002
        assert not deterministic
        assert episode_start.shape == (1,)
        assert episode_start[0] == (state is None)
        count = 0 if state is None else state
        return count % 3, count + 1


def test_an_agents_state_begins_anew_with_each_episode():
    episodes = ga.collect(Buttons(spaces.Discrete(3)), Recurrent(), episodes=2, seed=0)
    assert episodes.actions.tolist() == [0, 1, 2, 0] * 2


ENDLESS = {"continuing": True, "max_episode_steps": -1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"policy": "uniform"}, "pass episodes or steps"),
        ({"episodes": 0}, "episodes must be an integer >= 1, got 0"),
        ({"steps": 2.5}, "steps must be an integer >= 1, got 2.5"),
        ({"steps": 1, "seed": -1}, "seed must be an integer >= 0, got -1"),
        (
            {"steps": 1, "policy": "greedy"},
            "policy must be \"uniform\", an array, a callable or an agent, got 'greedy'",
        ),
        ({"steps": 1, "policy": None}, "an array, a callable or an agent, got None"),
        ({"steps": 1, "policy": np.ones((3, 2))}, r"policy must be .* of shape \(25, 5\)"),
        ({"steps": 1, "policy": np.ones((25, 5))}, "5 probabilities of sum 1"),
        ({"steps": 1, "policy": lambda _: [0.5, 0.6, 0, 0, 0]}, "5 probabilities of sum 1|of shape"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.collect(gym.make("GridWorld-v0"), **arguments)


def test_environments_that_are_refused():
    with pytest.raises(ValueError, match=r"env must be a gymnasium.Env, got 'GridWorld-v0'"):
        ga.collect("GridWorld-v0", steps=1)
    with pytest.raises(ValueError, match="no episode of this environment ends: pass steps"):
        ga.collect(gym.make("GridWorld-v0", **ENDLESS), episodes=1)
    with pytest.raises(ValueError, match="needs finite observations and Discrete actions, got Box"):
        ga.collect(gym.make("CartPole-v1"), np.ones((1, 2)) / 2, steps=1)
    with pytest.raises(ValueError, match=r"policy must be .* of shape \(500, 6\)"):
        ga.collect(gym.make("Taxi-v4"), ga.make("q-learning", gym.make("GridWorld-v0")), steps=1)
    env = Buttons(spaces.Discrete(3))
    env.observation_space = spaces.Dict({"a": spaces.Discrete(2)})
    with pytest.raises(ValueError, match=r"observation_space must be Discrete, .* gymnasium\.wrappers\.FlattenObs"):
        ga.collect(env, steps=1)


def test_importing_the_package_does_not_import_the_arrays(run_python):
    assert run_python("import gridworld_agents, sys; print('gridworld_agents.data' in sys.modules)") == "False"
