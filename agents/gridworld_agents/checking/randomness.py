"""Checks of where an agent's random numbers come from."""

from __future__ import annotations

import contextlib
import pathlib
import tempfile
from typing import TYPE_CHECKING

from gridworld_agents.checking.comparing import Arrays, difference, learned, saved
from gridworld_agents.checking.report import Failed, Skipped
from gridworld_agents.checking.spying import same_global_state
from gridworld_agents.checking.subject import SEED, SHORT, observations_of

if TYPE_CHECKING:
    from gridworld_agents.checking.subject import Subject


def seed(subject: Subject) -> str:
    """The seed fixes what it learns. That different seeds lead to different things is not asked for."""
    one, other = _run(subject), _run(subject)
    found = difference(one, other)
    if found:
        raise Failed(
            f"two agents with seed={SEED} to learn the same in {SHORT} steps",
            found,
            "make one generator of the seed, np.random.default_rng(seed), and draw everything from it; hand the seed "
            "to the first env.reset(seed=seed) of learn",
        )
    return f"two agents with seed={SEED} learned the same, in {len(one)} arrays"


def _run(subject: Subject) -> Arrays:
    with same_global_state(), tempfile.TemporaryDirectory() as folder:
        env = subject.new_env()
        agent = subject.make(env)
        agent.learn(SHORT)
        arrays = learned(agent, observations_of(env))
        with contextlib.suppress(Exception):  # another check is there to find that
            arrays |= saved(agent, pathlib.Path(folder), "agent")
        return arrays


def global_random(subject: Subject) -> str:
    """It leaves the generators of the modules `numpy.random` and `random` alone."""
    _ = subject.trial.predicted
    if subject.trial.moved:
        raise Failed(
            "the generators of the modules np.random and random to be left alone",
            f"the state changed of {', '.join(subject.trial.moved)}",
            "draw from a generator of the agent's own, np.random.default_rng(seed); where a library insists, put the "
            "state back afterwards",
        )
    return "np.random and random were left alone"


def environment_generator(subject: Subject) -> str:
    """It draws nothing from the environment's generator, and does not touch the environment to predict."""
    trial = subject.trial
    _ = trial.predicted
    moved = [phase for phase, draws in trial.draws.items() if draws]
    if moved:
        raise Failed(
            "env.np_random to be moved by env.reset and env.step alone",
            f"it was moved in {', '.join(moved)} by somebody else",
            "draw from a generator of the agent's own: who draws from the environment's changes what happens in it",
        )
    if trial.touched:
        raise Failed(
            "predict to leave the environment alone",
            f"it called reset or step {trial.touched} times",
            "work with the observation that predict is given",
        )
    return "env.np_random was moved by the environment alone"


def environment_resets(subject: Subject) -> str:
    """It seeds the environment once, and resets it wherever an episode is over."""
    _ = subject.trial.returned
    env = subject.trial.env
    if env.steps == 0:
        raise Skipped("learn took no step in the environment")
    if env.steps_without_reset:
        raise Failed(
            "env.reset before the first step and after each that ends an episode",
            f"{env.steps_without_reset} steps without one",
            "reset where terminated or truncated is True",
        )
    if env.seeds[0] != SEED:
        raise Failed(
            f"the agent's seed at the first reset, env.reset(seed={SEED})",
            f"env.reset(seed={env.seeds[0]})",
            "hand on the seed: else the environment makes each run another one",
        )
    if any(other is not None for other in env.seeds[1:]):
        raise Failed(
            "a seed at the first reset only",
            f"one at {sum(other is not None for other in env.seeds)} of {len(env.seeds)}",
            "call env.reset() afterwards: who seeds every episode sees the same few again and again",
        )
    return f"seeded at the first of {len(env.seeds)} resets, and only there"
