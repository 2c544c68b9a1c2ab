"""The agent spsa: an update by hand, what it learns, and that it goes on from anywhere to the same bits."""

import json
import zipfile

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.wrappers import RecordEpisodeStatistics

import gridworld_agents as ga
from gridworld_agents.algorithms.stochastic_approximation.spsa import SPSA, Memory, SPSAConfig
from gridworld_agents.core.checkpoint import flatten
from gridworld_agents.core.errors import AgentFileError
from gridworld_agents.evaluation.judge import Judge
from gridworld_agents.evaluation.playing import evaluate

LAYOUT = ["S..", ".F.", "..T"]


def grid(**arguments):
    return gym.make("GridWorld-v0", layout=LAYOUT, max_episode_steps=50, **arguments)


def state_of(agent):
    streams = agent.rng.bit_generator.state, agent.predict_rng.bit_generator.state, agent.noise.bit_generator.state
    arrays = {name: array.tolist() for name, array in flatten(agent.trees()).items()}
    return arrays, agent.env_state, streams


class Pulls(gym.Env):
    """One step: the reward is 3 x - y for an action (x, y) in a Box."""

    observation_space = spaces.Box(-1, 1, (2,), np.float64)

    def __init__(self, low=-1.0, high=1.0, dtype=np.float64):
        self.action_space = spaces.Box(low, high, (2,), dtype)
        self.seeds, self.actions = [], []

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.seeds.append(seed)
        return np.zeros(2), {}

    def step(self, action):
        assert self.action_space.contains(action)
        self.actions.append(action)
        return np.zeros(2), float(3 * action[0] - action[1]), True, False, {}


def test_an_update_by_hand():
    config = SPSAConfig(a=2, c=0.5, A=3, normalise=False)
    memory = Memory(np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.zeros(1, np.int64), np.zeros(1))
    assert SPSA.candidate(memory, 0, config).tolist() == [1.5, 1.5]
    assert SPSA.candidate(memory, 1, config).tolist() == [0.5, 2.5]
    SPSA.update(memory, np.array([7.0, 4.0]), config)
    step = 2 / 4**0.602 * (7 - 4) / (2 * 0.5)
    assert memory.theta == pytest.approx([1 + step, 2 - step])
    assert memory.k[0] == 1
    assert SPSA.candidate(memory, 0, config) - memory.theta == pytest.approx(0.5 / 2**0.101 * memory.delta)


def test_differences_are_divided_by_the_root_of_their_mean_square():
    config = SPSAConfig(a=1, c=0.5, A=0)
    for scale in (1, 1e6):
        memory = Memory(np.zeros(1), np.ones(1), np.zeros(1, np.int64), np.zeros(1))
        SPSA.update(memory, scale * np.array([0.0, 0.0]), config)
        assert memory.theta.tolist() == [0]
        SPSA.update(memory, scale * np.array([7.0, 3.0]), config)
        expected = 1 / 2**0.602 * np.sqrt(2) / (2 * 0.5 / 2**0.101)
        assert memory.theta == pytest.approx([expected])


def test_an_iteration_on_an_environment_by_hand():
    env = Pulls()
    agent = ga.make("spsa", env, seed=4, a=1, c=0.5, A=0, normalise=False).learn(1)
    delta = agent.memory.delta.reshape(3, 2).copy()
    agent.learn(1, reset_num_timesteps=False)
    h = 0.5 * delta[2]  # observations are 0, so that only the bias counts
    assert np.allclose(env.actions, [np.tanh(h), np.tanh(-h)])
    y = np.array([3, -1]) @ np.tanh(h)
    assert np.allclose(agent.weights, 2 * y / (2 * 0.5) * delta)
    assert env.seeds == [4, None]


def test_episodes_of_a_candidate_are_averaged_and_returns_discounted():
    class Walk(gym.Env):
        observation_space, action_space = spaces.Discrete(1), spaces.Discrete(2, start=5)
        rewards, t, ends = np.random.default_rng(0).random(30).tolist(), 0, (3, 1, 2, 4)

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed, options=options)
            self.episode, self.clock = getattr(self, "episode", -1) + 1, 0
            return 0, {}

        def step(self, action):
            assert action in {5, 6}
            self.clock += 1
            self.t += 1
            return 0, self.rewards[self.t - 1], self.clock == self.ends[self.episode], False, {}

    class Noted(SPSA):
        scores = ()

        @classmethod
        def update(cls, memory, scores, config):
            cls.scores = scores.tolist()
            SPSA.update(memory, scores, config)

    env = Walk()
    agent = Noted(env, seed=0, episodes=2, gamma=0.5).learn(9)
    assert Noted.scores == ()
    agent.learn(1, reset_num_timesteps=False)
    r = env.rewards
    first = (r[0] + 0.5 * r[1] + 0.25 * r[2] + r[3]) / 2
    second = (r[4] + 0.5 * r[5] + r[6] + 0.5 * r[7] + 0.25 * r[8] + 0.125 * r[9]) / 2
    assert Noted.scores == pytest.approx([first, second])
    count, returns, lengths = agent.recent_episodes()
    assert (count, lengths) == (4, (3, 1, 2, 4))
    assert returns == pytest.approx([sum(r[:3]), r[3], sum(r[4:6]), sum(r[6:10])])


def test_candidates_choose_with_the_same_random_numbers():
    class Noted(gym.Wrapper):
        taken = ()

        def reset(self, **arguments):
            self.taken = (*self.taken, [])
            return self.env.reset(**arguments)

        def step(self, action):
            self.taken[-1].append(int(action))
            return self.env.step(action)

    env = Noted(gym.make("GridWorld-v0", continuing=True, max_episode_steps=40))
    ga.make("spsa", env, seed=0, c=1e-12, a=1e-12).learn(160)  # so that both sides are the same policy
    one, same, other, _ = env.taken
    assert one == same != other


def test_common_random_numbers_seed_both_sides_alike():
    env = Pulls()
    ga.make("spsa", env, seed=0, common_random_numbers=True, episodes=2).learn(8)
    a, b, same_a, same_b, *rest = env.seeds
    assert (a, b) == (same_a, same_b)
    assert len({a, b, *rest}) == 4


def first_of(seeds):
    """Return seeds, of which those after the first are slow."""
    return [pytest.param(seed, marks=[pytest.mark.slow] if seed > 0 else []) for seed in range(seeds)]


@pytest.mark.parametrize("seed", first_of(3))
def test_cartpole_is_learned(seed):
    """The environment counts as solved at 195. Of 12 seeds 11 came to 500 and one to 206."""
    agent = ga.make("spsa", gym.make("CartPole-v1"), seed=seed).learn(30_000)
    assert evaluate(agent, gym.make("CartPole-v1"), 10, seed=100).mean >= 195


@pytest.mark.parametrize("seed", first_of(2))
def test_a_continuous_mountain_car_is_learned(seed):
    """It counts as solved at 90."""
    env_id = "MountainCarContinuous-v0"
    agent = ga.make("spsa", gym.make(env_id), seed=seed, gamma=1.0).learn(60_000)
    assert evaluate(agent, gym.make(env_id), 10, seed=100).mean > 90


def test_a_grid_world_is_learned_to_the_exact_optimum():
    gaps = [Judge(grid(), 0.9).gap(ga.make("spsa", grid(), seed=s, gamma=0.9).learn(20_000)) for s in range(4)]
    assert sum(gap < 1e-9 for gap in gaps) >= 3  # a local optimum, or a cell seldom seen, is possible


def test_the_best_action_in_a_box():
    agent = ga.make("spsa", Pulls(-2, 4), seed=0).learn(2000)
    assert np.allclose(agent.predict(np.zeros(2))[0], [4, -2], atol=0.1)


@pytest.mark.parametrize(
    ("env", "steps"),
    [
        (lambda: grid(slip=0.2), (1, 701, 1298, 1000)),
        (lambda: RecordEpisodeStatistics(grid(slip=0.2, observation="position")), (7, 993, 2000)),
        (lambda: gym.make("GridWorld-v0", layout=LAYOUT, slip=0.2, observation="grid"), (5, 1495, 1500)),
        (Pulls, (1, 2, 997)),
    ],
)
def test_saved_and_loaded_it_goes_on_to_the_same_bits(env, steps, tmp_path):
    whole = ga.make("spsa", env(), seed=5).learn(sum(steps))
    agent = ga.make("spsa", env(), seed=5)
    for n in steps:
        agent.learn(n, reset_num_timesteps=False).save(tmp_path / "a.zip")
        agent = ga.load(tmp_path / "a.zip", env())
    assert agent.num_timesteps == sum(steps)
    assert state_of(agent) == state_of(whole)
    assert agent.recent_episodes() == whole.recent_episodes()


def test_at_the_end_of_an_episode_any_environment_goes_on_to_the_same_bits(tmp_path):
    agent = ga.make("spsa", gym.make("CartPole-v1"), seed=5).learn(1000)
    while agent.search.under_way[0]:
        agent.learn(1, reset_num_timesteps=False)
    agent.save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip", gym.make("CartPole-v1"))
    for one in (agent, loaded):
        one.learn(2000, reset_num_timesteps=False)
    assert state_of(loaded) == state_of(agent)


def test_an_episode_that_is_lost_begins_again(tmp_path):
    agent = ga.make("spsa", gym.make("CartPole-v1"), seed=5).learn(1003)
    assert agent.search.under_way[0]
    agent.save(tmp_path / "a.zip")
    results = []
    for _ in range(2):
        loaded = ga.load(tmp_path / "a.zip", gym.make("CartPole-v1"))
        assert loaded.search.turn.tolist() == agent.search.turn.tolist()
        results.append(state_of(loaded.learn(500, reset_num_timesteps=False)))
        assert loaded.num_timesteps == 1503
    assert results[0] == results[1]
    whole = ga.make("spsa", gym.make("CartPole-v1"), seed=5).learn(1503)  # without leaving, nothing is lost
    assert state_of(agent.learn(500, reset_num_timesteps=False)) == state_of(whole)


def test_it_learns_for_exactly_so_many_steps_and_counts_anew():
    agent = ga.make("spsa", grid(), seed=0).learn(777)
    assert agent.num_timesteps == 777
    k = agent.memory.k[0]
    agent.learn(10)
    assert agent.num_timesteps == 10
    assert agent.memory.k[0] >= k > 0


def test_a_horizon_ends_episodes_that_nothing_else_does():
    env = gym.make("GridWorld-v0", continuing=True, max_episode_steps=-1)
    agent = ga.make("spsa", env, seed=0, horizon=25).learn(1000)
    assert set(agent.recent_episodes()[2]) == {25}


def test_an_environment_that_raises_leaves_an_agent_that_goes_on():
    class Fails(gym.Wrapper):
        left = 50

        def step(self, action):
            self.left -= 1
            if self.left == 0:
                raise RuntimeError("boom")
            return self.env.step(action)

    agent = ga.make("spsa", Fails(grid()), seed=0)
    with pytest.raises(RuntimeError, match="boom"):
        agent.learn(200)
    assert agent.num_timesteps == 49
    agent.learn(100, reset_num_timesteps=False)
    assert agent.num_timesteps == 149
    env = gym.wrappers.TransformReward(grid(), lambda _: float("nan"))
    with pytest.raises(ValueError, match=r"reward \(nan\)"):
        ga.make("spsa", env, seed=0).learn(10)


@pytest.mark.parametrize(
    "env",
    [
        lambda: Pulls(-np.inf, np.inf),
        lambda: Pulls(0, np.inf, np.float32),
        lambda: Pulls(-3, 200, np.int16),
        lambda: gym.make("Blackjack-v1"),
        lambda: gym.make("GridWorld-v0", observation="grid"),
        lambda: gym.make("Pendulum-v1"),
    ],
)
def test_many_spaces_are_taken_saved_and_loaded(env, tmp_path):
    agent = ga.make("spsa", env(), seed=0).learn(300)
    agent.save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip", env())
    assert state_of(loaded) == state_of(agent)
    space = agent.env.observation_space
    space.seed(0)
    for _ in range(20):
        observation = space.sample()
        for deterministic in (True, False):
            one, other = (a.predict(observation, deterministic=deterministic)[0] for a in (agent, loaded))
            assert (one == other).all()
            assert agent.env.action_space.contains(one)


def test_the_policy_of_a_table_is_a_softmax():
    agent = ga.make("spsa", grid(), seed=0).learn(500)
    e = np.exp(agent.weights)
    assert np.allclose(agent.policy, e / e.sum(axis=1, keepdims=True))
    actions, _ = agent.predict(np.zeros(20_000, np.int64))
    share = np.bincount(actions, minlength=5) / 20_000
    assert np.abs(share - agent.policy[0]).max() < 0.0145  # 4 standard deviations at most: fails once in 3000
    assert agent.predict(0, deterministic=True)[0] == agent.weights[0].argmax()
    with pytest.raises(ValueError, match=r"no \(S, A\) policy over a Box"):
        _ = ga.make("spsa", Pulls()).policy


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"a": 0}, "a must be > 0, got 0"),
        ({"c": -1}, "c must be > 0, got -1"),
        ({"A": -1}, "A must be >= 0, got -1"),
        ({"gamma": 2}, r"gamma must be in \[0, 1\], got 2"),
        ({"episodes": 0}, "episodes must be an integer >= 1, got 0"),
        ({"horizon": 0}, "horizon must be an integer >= 1, got 0"),
        ({"normalise": 1}, "normalise must be True or False, got 1"),
        ({"common_random_numbers": "no"}, "common_random_numbers must be True or False, got 'no'"),
        ({"alpha": 0.1}, "spsa has no hyper-parameter 'alpha'"),
        ({"seed": -1}, "seed must be an integer >= 0, got -1"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make("spsa", grid(), **arguments)


def test_observations_out_of_the_space_are_refused():
    for wrong in (9, [[0, 1]], 0.5):
        with pytest.raises(ValueError, match="an observation must be"):
            ga.make("spsa", grid()).predict(wrong)
    for wrong in (np.zeros(3), np.zeros((2, 2, 2)), "a"):
        with pytest.raises(ValueError, match="an observation must be"):
            ga.make("spsa", Pulls()).predict(wrong)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("memory.delta", lambda x: x * 0.5),
        ("memory.theta", lambda x: x[1:]),
        ("memory.theta", lambda x: x * np.nan),
        ("memory.k", lambda x: x - 10_000),
        ("search.turn", lambda x: x + 2),
        ("search.seed", lambda x: x * 0 - 2),
        ("search.seen", lambda x: x[1:]),
        ("log.counts", lambda x: x - 10_000),
    ],
)
def test_damaged_files_are_refused(name, change, tmp_path):
    ga.make("spsa", Pulls(), seed=0).learn(101).save(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, zipfile.ZipFile(tmp_path / "b.zip", "w") as damaged:
        for member in archive.namelist():
            with archive.open(member) as source, damaged.open(member, "w") as target:
                if member == f"{name}.npy":
                    np.lib.format.write_array(target, change(np.lib.format.read_array(source)), version=(1, 0))
                else:
                    target.write(source.read())
    with pytest.raises(AgentFileError, match=r"b\.zip cannot be read as an agent"):
        ga.load(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("env", "space", "change", "message"),
    [
        (Pulls, "actions", {"low": 100.0}, "b.zip cannot be read as an agent"),
        (Pulls, "observations", {"shape": [1 << 40]}, "b.zip cannot be read as an agent"),
        (grid, "observations", {"n": 1 << 28}, "larger than the file"),
        (grid, "observations", {"n": 1 << 40}, "b.zip cannot be read as an agent"),
    ],
)
def test_files_of_impossible_spaces_are_refused(env, space, change, message, tmp_path):
    ga.make("spsa", env(), seed=0).save(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, zipfile.ZipFile(tmp_path / "b.zip", "w") as damaged:
        for member in archive.namelist():
            content = archive.read(member)
            if member == "agent.json":
                header = json.loads(content)
                assert set(change) <= set(header["spaces"][space])
                header["spaces"][space] |= change
                content = json.dumps(header)
            damaged.writestr(member, content)
    with pytest.raises(AgentFileError, match=message):
        ga.load(tmp_path / "b.zip")


def test_another_environment_is_refused(tmp_path):
    ga.make("spsa", Pulls(), seed=0).save(tmp_path / "a.zip")
    with pytest.raises(ValueError, match=r"env must have the spaces that the agent in .* knows"):
        ga.load(tmp_path / "a.zip", Pulls(-1, 2))
    with pytest.raises(TypeError, match="'device'"):
        ga.load(tmp_path / "a.zip", device="cpu")
    with pytest.raises(ValueError, match="no environment to learn on: pass one to load"):
        ga.load(tmp_path / "a.zip").learn(10)
