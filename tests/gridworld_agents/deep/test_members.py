"""What every deep agent of ours promises, whichever it is: members, compiling, files, metrics, counts, spaces, masks.

A case is an agent and an environment that it takes. Found through `ga.specs()`: a new agent is tested by being there.
"""

import csv
import dataclasses
import re
import shutil

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces

import gridworld_agents as ga
import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.callbacks import MetricsToCSV, TensorBoard
from gridworld_agents.checking.environments import CONTINUOUS, TABLE, Scramble
from gridworld_agents.checking.odd_spaces import SpacesEnv
from gridworld_agents.core.checkpoint import flatten, leaves
from gridworld_agents.core.registry import needs
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.on_policy import OnPolicyAgent
from gridworld_agents.runs.tensorboard import TAGS

SMALL = {"hidden": (8, 8), "batch_size": 16, "learning_starts": 20, "update_every": 1, "num_steps": 16, "epochs": 2}
"""For every agent those that it has: a few steps are enough for a few updates."""
STEPS = 60
ROUNDING = 2e-5
"""How far params may be off, after some 40 updates, where the order of summation differs."""

WORLDS = {"GridWorld-v0": spaces.Discrete(5), "CartPole-v1": spaces.Discrete(2), "Pendulum-v1": spaces.Box(-2, 2, (1,))}
"""Environments of which copies are compiled, and of which they are not; and their actions."""


def deep_agents():
    """Yield the classes of our deep agents."""
    for spec in ga.specs():
        if needs(spec.value.partition(":")[0]) == "torch":
            factory = spec.load()
            assert issubclass(factory, DeepAgent), spec.id
            yield factory


FACTORIES = {factory.id: factory for factory in deep_agents()}


def settings(agent_id, **more):
    known = {field.name for field in dataclasses.fields(FACTORIES[agent_id].Config)}
    return {**{name: value for name, value in SMALL.items() if name in known}, **more}


def made(agent_id, env, seed=0, **more):
    return ga.make(agent_id, gym.make(env) if isinstance(env, str) else env, seed=seed, **settings(agent_id, **more))


def takes(agent_id, actions):
    """Return whether an agent takes actions of a space."""
    try:
        made(agent_id, SpacesEnv(spaces.Discrete(2), actions))
    except ValueError:
        return False
    return True


CASES = [(agent_id, env_id) for agent_id in FACTORIES for env_id, actions in WORLDS.items() if takes(agent_id, actions)]
of_every_case = pytest.mark.parametrize(("agent_id", "env_id"), CASES)
TYPICAL = [("dqn", "CartPole-v1"), ("ppo", "Pendulum-v1")]
"""An agent of each loop: copies, normalising and encoders of observations belong to these, not to what updates."""
of_every_agent = pytest.mark.parametrize("agent_id", FACTORIES)
slow = pytest.mark.slow


def arrays(agent, *names):
    """Return all that the agent has learned, or the trees of these names."""
    trees = agent.trees()
    return flatten({name: trees[name] for name in names or trees})


def same(one, other, *names):
    ours, theirs = arrays(one, *names), arrays(other, *names)
    return ours.keys() == theirs.keys() and all(np.array_equal(ours[name], theirs[name]) for name in ours)


def rows(leaf, m, members):
    """Return what belongs to a member in an array whose first axis is members, or members times critics."""
    each = len(leaf) // members
    return leaf[m * each : (m + 1) * each]


def test_every_agent_is_there():
    assert {"ddpg", "td3", "dqn", "ppo"} <= FACTORIES.keys()
    assert all(any(agent_id == known for known, _ in CASES) for agent_id in FACTORIES)


@pytest.mark.axes({"agent_id, env_id": TYPICAL, "more": [{}]})
@pytest.mark.parametrize("more", [{}, {"num_envs": 3}, {"normalise_observations": True}], ids=str)
@of_every_case
def test_members_learn_what_single_agents_with_their_seeds_learn(agent_id, env_id, more):
    """But for rounding, which differs between one network and several at once."""
    many = made(agent_id, env_id, seed=5, num_seeds=3, **more).learn(STEPS)
    singles = [made(agent_id, env_id, seed=5 + m, **more).learn(STEPS) for m in range(3)]
    for m, one in enumerate(singles):
        for (name, leaf), (_, of_all) in zip(leaves(one.learner, ""), leaves(many.learner, ""), strict=True):
            mine = of_all if name.endswith("steps") else rows(of_all, m, 3)
            assert torch.allclose(leaf, mine, atol=ROUNDING), name
        s = one.observations.stack([gym.make(env_id).observation_space.sample() for _ in range(9)])
        best, _ = one.predict(s, deterministic=True)
        assert np.allclose(many.member(m).predict(s, deterministic=True)[0], best, atol=1e-3)
        assert many.member(m).recent_episodes()[2] == one.recent_episodes()[2]  # lengths
    params = [flatten({"": one.learner}) for one in singles]
    assert any(not np.allclose(params[0][name], params[1][name]) for name in params[0])


@pytest.mark.parametrize("more", [{}, {"num_seeds": 2, "num_envs": 2}], ids=str)
@of_every_case
@slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of torch's compiler
def test_compiled_updates_are_those_that_are_not(agent_id, env_id, more):
    if shutil.which("g++") is None:
        pytest.skip("there is no C++ compiler")
    plain, compiled = (made(agent_id, env_id, compile=c, **more).learn(STEPS) for c in (False, True))
    assert compiled._update._compiled
    assert not compiled._update._failed
    for (name, leaf), (_, found) in zip(leaves(plain.learner, ""), leaves(compiled.learner, ""), strict=True):
        assert torch.allclose(leaf, found, atol=ROUNDING), name
    for name, value in plain.metrics().items():
        assert compiled.metrics()[name] == pytest.approx(value, rel=1e-5, abs=1e-4)


def captured(agent, steps=STEPS):
    """Let an agent learn, and return the arguments of its last update."""
    given, update = [], agent._update

    def keep(*arguments):
        given[:] = [cloned(part) for part in arguments]
        return update(*arguments)

    agent._update = keep
    agent.learn(steps)
    return given


def cloned(part):
    if isinstance(part, tuple):
        return type(part)(*map(cloned, part))
    return part.clone() if isinstance(part, torch.Tensor) else part


def perturbed(part, j, members):
    """Return tensors (M, ...) with other numbers for member j: those of its batch in another order, floats changed."""
    if isinstance(part, tuple):
        return type(part)(*(perturbed(one, j, members) for one in part))
    if not isinstance(part, torch.Tensor) or part.shape[0] % members or part.ndim < 2:
        return part
    other = part.clone()
    mine = rows(other, j, members)
    moved = mine.roll(1, 1)
    is_index = not part.is_floating_point() or bool((part == part.round()).all())
    mine.copy_(moved if is_index else 1.5 * moved + 0.5)
    return other


@of_every_case
def test_an_update_of_one_member_is_no_other_members_business(agent_id, env_id):
    """Whatever of member 1 is changed - data, noise, params - the others' results are the same, bit for bit."""
    M = 3
    agent = made(agent_id, env_id, num_seeds=M)
    learner, batch, rates, *noise = captured(agent)
    with torch.no_grad():
        before = agent.update(learner, batch, rates, *noise)
        others = [
            agent.update(learner, perturbed(batch, 1, M), rates, *noise),
            agent.update(learner, batch, rates, *(perturbed(part, 1, M) for part in noise)),
            agent.update(perturbed(learner, 1, M), batch, rates, *noise),
        ]
    changed = []
    for after in others:
        changed.append(False)
        for (name, leaf), (_, found) in zip(leaves(before[0], ""), leaves(after[0], ""), strict=True):
            for m in (0, 2):
                mine = (leaf, found) if name.endswith("steps") else (rows(leaf, m, M), rows(found, m, M))
                assert torch.equal(*mine), (name, m)
            changed[-1] |= not torch.equal(rows(leaf, 1, M), rows(found, 1, M)) if len(leaf) >= M else False
        assert before[1].keys() == after[1].keys()
        for name, metric in before[1].items():
            assert metric.shape == (M,)
            assert torch.equal(metric[[0, 2]], after[1][name][[0, 2]]), name
    assert changed == [True, any(isinstance(part, torch.Tensor) for part in noise), True]


ON_POLICY = [case for case in CASES if issubclass(FACTORIES[case[0]], OnPolicyAgent)]


@pytest.mark.parametrize(("agent_id", "env_id"), ON_POLICY)
def test_targets_of_one_member_are_no_other_members_business(agent_id, env_id):
    agent = made(agent_id, env_id, num_seeds=3, num_envs=2)
    seen, targets = [], agent.targets
    agent.targets = lambda learner, roll_out: seen.append((learner, cloned(roll_out))) or targets(learner, roll_out)
    agent.learn(STEPS)
    learner, roll_out = seen[-1]
    other = roll_out._replace(r=roll_out.r.clone(), s=roll_out.s.clone(), terminated=roll_out.terminated.clone())
    other.r[:, 1] += 1
    other.s[:, 1] *= 0.5
    other.terminated[3, 1] = True
    for name, part in targets(learner, roll_out)._asdict().items():
        found = getattr(targets(learner, other), name)
        assert torch.equal(part[[0, 2]], found[[0, 2]]), name
        assert name not in {"s", "advantage"} or not torch.equal(part[1], found[1])


CONSTANTS = {"CartPole-v1": "force_mag", "Pendulum-v1": "g"}


@pytest.mark.parametrize(("agent_id", "env_id"), [case for case in CASES if case[1] in CONSTANTS])
def test_the_world_of_one_member_is_no_other_members_business(agent_id, env_id):
    plain, other = (made(agent_id, env_id, num_seeds=3, num_envs=2) for _ in range(2))
    for env in other.collector.copies.envs[2:4]:  # those of member 1
        setattr(env.unwrapped, CONSTANTS[env_id], 1.5 * getattr(env.unwrapped, CONSTANTS[env_id]))
    plain.learn(STEPS)
    other.learn(STEPS)
    for (name, leaf), (_, found) in zip(leaves(plain.learner, ""), leaves(other.learner, ""), strict=True):
        if not name.endswith("steps"):
            assert all(torch.equal(rows(leaf, m, 3), rows(found, m, 3)) for m in (0, 2)), name
            assert not torch.equal(rows(leaf, 1, 3), rows(found, 1, 3)), name


@of_every_case
def test_the_same_seed_learns_the_same(agent_id, env_id):
    one, two = (made(agent_id, env_id, seed=3, num_envs=2).learn(STEPS) for _ in range(2))
    assert same(one, two)
    assert not same(one, made(agent_id, env_id, seed=4, num_envs=2).learn(STEPS))


@pytest.fixture
def registered():
    """Register a class of environments under an id, for as long as the test takes."""
    ids = []

    def register(entry_point, **more):
        ids.append(f"tests/Members{len(ids)}-v0")
        gym.register(ids[-1], entry_point, **more)
        return ids[-1]

    yield register
    for env_id in ids:
        del gym.registry[env_id]


SCRAMBLES = [
    (name, variant)
    for name in FACTORIES
    for variant in (TABLE, CONTINUOUS)
    if takes(name, Scramble(variant).action_space)
]


@pytest.mark.axes({"agent_id, variant": [("dqn", TABLE), ("ppo", CONTINUOUS)], "more": [{}]})
@pytest.mark.parametrize("more", [{}, {"num_envs": 2, "num_seeds": 2}, {"normalise_observations": True}], ids=str)
@pytest.mark.parametrize(("agent_id", "variant"), SCRAMBLES, ids=str)
def test_a_run_that_goes_on_from_a_file_ends_as_if_it_had_never_stopped(agent_id, variant, more, registered, tmp_path):
    """Episodes of ten steps end where the file is written, amid a roll-out; the environment draws nothing."""
    env_id = registered(lambda: Scramble(variant))
    stop = 40 * more.get("num_envs", 1)
    whole = made(agent_id, env_id, **more).learn(stop)
    whole.save(tmp_path / "half")
    again = ga.load(tmp_path / "half", gym.make(env_id))
    assert again.config == whole.config
    assert same(again, whole)
    assert again.recent_episodes() == whole.recent_episodes()
    for agent in (whole, again):
        agent.learn(stop + 7, reset_num_timesteps=False)
    assert same(again, whole)
    for name, rngs in whole.generators.items():
        states = [rng.bit_generator.state for rng in rngs]
        assert [rng.bit_generator.state for rng in again.generators[name]] == states


@of_every_case
def test_metrics_reach_all_that_shows_them(agent_id, env_id, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing import event_accumulator

    agent, seen = made(agent_id, env_id, num_seeds=2), []
    assert agent.metric_names
    assert set(agent.metrics()) == set(agent.metric_names)
    assert np.isnan(list(agent.metrics().values())).all()  # before the first update
    shown = [MetricsToCSV(tmp_path / "metrics.csv", 30), TensorBoard(tmp_path / "events", 30, None)]
    agent.learn(STEPS, callback=[*shown, lambda _, progress: seen.append(progress.metrics)])
    assert tuple(seen[-1]) == agent.metric_names
    assert np.isfinite(list(seen[-1].values())).all()
    with (tmp_path / "metrics.csv").open() as file:
        last = list(csv.DictReader(file))[-1]
    assert {name: float(last[name]) for name in agent.metric_names} == seen[-1]
    events = event_accumulator.EventAccumulator(str(tmp_path / "events"))
    events.Reload()
    for name in agent.metric_names:
        (*_, event) = events.Scalars(f"train/{TAGS.get(name, name)}")
        assert (event.step, event.value) == (STEPS, pytest.approx(seen[-1][name], rel=1e-5))


@of_every_case
def test_steps_are_counted_exactly(agent_id, env_id):
    """Copies step together and are counted one after the other: any number of steps can be asked for, in any parts."""
    more = {"num_envs": 3, "num_seeds": 2}
    whole, parts = (made(agent_id, env_id, **more) for _ in range(2))
    taken, step = [], whole.collector.copies.step
    whole.collector.copies.step = lambda actions: taken.append(len(actions)) or step(actions)
    whole.learn(103)
    assert whole.num_timesteps == 103
    assert taken == [6] * 35
    for n in (1, 1, 40, 3, 58):
        before = parts.num_timesteps
        parts.learn(n, reset_num_timesteps=False)
        assert parts.num_timesteps == before + n
    assert same(whole, parts)
    returns, lengths = whole.recent_episodes()[1:]
    assert len(returns) == len(lengths)
    assert sum(lengths) + whole.log.elapsed.sum() == 6 * 35  # no more than 100 have ended: none is forgotten


OBSERVATIONS = [
    spaces.Discrete(4),
    spaces.Discrete(4, start=2),
    spaces.MultiDiscrete([3, 2]),
    spaces.MultiDiscrete([[3, 2], [2, 5]]),
    spaces.MultiBinary(3),
    spaces.Box(-1, 1, (3,)),
    spaces.Box(-1, 1, ()),
    spaces.Box(0, 255, (4, 4, 3), np.uint8),
    spaces.Tuple((spaces.Discrete(3), spaces.Box(-1, 1, (2,)))),
    spaces.Dict({"a": spaces.Discrete(3), "b": spaces.Tuple((spaces.MultiBinary(2), spaces.Box(-9, 9, (2,))))}),
]
ACTIONS = [
    spaces.Discrete(3),
    spaces.Discrete(3, start=1),
    spaces.Box(-2, 1, (2,)),
    spaces.Box(-2, 1, ()),
    spaces.Box(-np.inf, np.inf, (2,)),
    spaces.MultiDiscrete([2, 3]),
    spaces.MultiBinary(2),
    spaces.Tuple((spaces.Discrete(2), spaces.Box(-1, 1))),
    spaces.Dict({"a": spaces.Box(-1, 1, (2,)), "b": spaces.Box(0, 3, (2, 2))}),
]


@pytest.mark.axes({"agent_id": ["dqn", "ppo"], "seen": OBSERVATIONS[-1:]})
@pytest.mark.parametrize("seen", OBSERVATIONS, ids=str)
@of_every_agent
def test_observations_of_every_kind_are_learned_from(agent_id, seen, tmp_path):
    chosen = next(space for space in WORLDS.values() if takes(agent_id, space))
    agent = made(agent_id, SpacesEnv(seen, chosen)).learn(STEPS)
    assert agent.num_timesteps == STEPS
    seen.seed(0)
    samples = [seen.sample() for _ in range(5)]
    agent.save(tmp_path / "agent")
    for one in (agent, ga.load(tmp_path / "agent")):
        actions = [one.predict(s, deterministic=True)[0] for s in samples]
        assert all(chosen.contains(a) for a in actions)
        together = one.predict(agent.observations.stack(samples), deterministic=True)[0]
        assert np.allclose(together, actions, atol=1e-6)
    with pytest.raises(ValueError, match="an observation"):
        agent.predict({"nothing": "like it"})


@pytest.mark.parametrize("chosen", ACTIONS, ids=str)
@of_every_agent
def test_actions_are_taken_or_refused_by_name(agent_id, chosen):
    env = SpacesEnv(spaces.Discrete(4), chosen)
    if not takes(agent_id, chosen):
        with pytest.raises(ValueError, match=rf"^{agent_id} needs .*, got {re.escape(str(chosen))}; .*(takes?|makes) "):
            made(agent_id, env)
        return
    agent = made(agent_id, env).learn(STEPS)
    for deterministic in (True, False):
        for s in range(4):
            assert chosen.contains(agent.predict(s, deterministic=deterministic)[0])


class Gates(gym.Env):
    """Some of four actions are open at each step, drawn anew; a closed one must not be taken."""

    observation_space, action_space = spaces.Discrete(3), spaces.Discrete(4, start=1)

    def __init__(self, tells=True):
        self.tells, self.k = tells, 0

    def show(self):
        self.mask = np.zeros(4, np.int8)
        self.mask[self.np_random.choice(4, size=int(self.np_random.integers(1, 3)), replace=False)] = 1
        return int(self.np_random.integers(3)), {"action_mask": self.mask} if self.tells else {}

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        return self.show()

    def step(self, action):
        if self.tells:
            assert self.mask[action - 1] == 1
        self.k += 1
        s, info = self.show()
        return s, float(action), self.k % 7 == 0, self.k % 5 == 0, info


MASKING = [name for name, factory in FACTORIES.items() if hasattr(factory.Config(), "action_masks")]
of_every_masking_agent = pytest.mark.parametrize("agent_id", MASKING)


@pytest.mark.parametrize("more", [{}, {"num_envs": 2, "num_seeds": 2}], ids=str)
@of_every_masking_agent
def test_no_masked_action_is_taken(agent_id, more, registered):
    agent = made(agent_id, registered(Gates), action_masks=True, **more).learn(3 * STEPS)
    rng = np.random.default_rng(0)
    masks = np.eye(4, dtype=np.int8)[rng.integers(4, size=50)]
    masks |= np.eye(4, dtype=np.int8)[rng.integers(4, size=50)]
    s = rng.integers(3, size=50)
    for deterministic in (True, False):
        actions, _ = agent.predict(s, deterministic=deterministic, action_masks=masks)
        assert masks[np.arange(50), actions - 1].all()
        for only in range(4):
            mask = np.arange(4) == only
            assert agent.predict(0, deterministic=deterministic, action_masks=mask)[0] == 1 + only
            assert (agent.predict(s, deterministic=deterministic, action_masks=mask)[0] == 1 + only).all()


@of_every_masking_agent
def test_masks_that_are_none_are_refused(agent_id):
    agent = made(agent_id, Gates(), action_masks=True)
    with pytest.raises(ValueError, match=r"action_masks must be \(4,\), .* got \(3,\)"):
        agent.predict(0, action_masks=np.ones(3, bool))
    with pytest.raises(ValueError, match=r"action_masks must be .* one for each of 2 observations, got \(3, 4\)"):
        agent.predict(np.zeros(2, int), action_masks=np.ones((3, 4), bool))
    with pytest.raises(ValueError, match="at least one available action, got 4 zeros"):
        agent.predict(0, action_masks=np.zeros(4, bool))
    with pytest.raises(ValueError, match="action_masks needs an environment that returns action_mask in its infos"):
        made(agent_id, Gates(tells=False), action_masks=True).learn(STEPS)


@of_every_masking_agent
def test_a_state_without_an_available_action_is_refused(agent_id):
    env = Gates()
    env.show = lambda: (0, {"action_mask": np.zeros(4, np.int8)})
    with pytest.raises(ValueError, match="at least one available action"):
        made(agent_id, env, action_masks=True).learn(STEPS)
