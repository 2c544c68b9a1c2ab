"""Checks of what an agent learns: the optimum of trivial environments, and to tell the two endings of an episode apart.

Only greedy actions are looked at, so that it does not matter how an agent learns, or whether it has values at all; of
agents that value a given policy only values are, see `predicting`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.checking.environments import CONTINUOUS, FEATURES, TABLE, Corridor, Variant
from gridworld_agents.checking.lessons import Crossing, Reach
from gridworld_agents.checking.predicting import Landing, error_in, tells_endings_apart
from gridworld_agents.checking.report import Failed, Skipped
from gridworld_agents.checking.subject import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_agents.checking.subject import Subject

FIRST_STEPS = 500
MEND = (
    "look at the update by hand for one step; if it is right and only slow, give it more steps (steps=) or other "
    "hyper_parameters=; an agent that does not learn declares `learns = False` on the factory"
)
TIMES = 5
"""How often each action is asked for: who chooses by chance is not to be taken for one who knows."""
CLOSE = 0.2
"""How near to its target counts as reached; who ignores the observation stays 0.5 away from one at least."""


def learns_discrete(subject: Subject) -> str:
    """It finds the way out of a corridor with Discrete observations."""
    return _learns_corridor(subject, TABLE)


def learns_box(subject: Subject) -> str:
    """It finds the way out of a corridor with Box observations."""
    return _learns_corridor(subject, FEATURES)


def learns_continuous(subject: Subject) -> str:
    """It reaches a target with an action in a Box."""
    env = Reach()

    def worst(agent: Any) -> str | None:
        for target in Reach.TARGETS * TIMES:
            action = float(np.asarray(agent.predict(env.observe(target), deterministic=True)[0]).reshape(-1)[0])
            if not abs(action - target) <= CLOSE:
                return f"the action {action:.3g} for the target {target}"
        return None

    return _learns(subject, env, CONTINUOUS, f"actions within {CLOSE} of their targets", worst)


def _learns_corridor(subject: Subject, variant: Variant) -> str:
    env = Corridor(variant)
    if subject.predicts:
        return _learns(subject, env, variant, "values near those of its policy in the corridor", error_in(env))

    def worst(agent: Any) -> str | None:
        for s in [s for s in range(env.S) if env.best(s) is not None] * TIMES:
            action = agent.predict(env.observe(s), deterministic=True)[0]
            if env.number_of(action) != env.best(s):
                return f"the action {np.asarray(action).tolist()!r} in cell {s}"
        return None

    return _learns(subject, env, variant, "the action towards the way out in every cell of the corridor", worst)


def _learns(subject: Subject, env: Any, variant: Variant, expected: str, worst: Callable[[Any], str | None]) -> str:
    """Learn in longer and longer stretches until there is nothing wrong; so quick learners cost no time."""
    _require_learning(subject)
    agent = _made(subject, env, str(variant))
    total, stretch = 0, min(FIRST_STEPS, subject.steps)
    while total < subject.steps:
        _teach(subject, agent, stretch, total == 0)
        total += stretch
        wrong = worst(agent)
        if wrong is None:
            found = "the values of its policy" if subject.predicts else "the optimum"
            return f"found {found} within {agent.num_timesteps} steps, with {variant}"
        stretch = min(total, subject.steps - total)
    raise Failed(f"{expected} after {total} steps, with {variant}", f"{wrong}", MEND)


def _made(subject: Subject, env: Any, what: str) -> Any:
    try:
        return subject.make(env)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whether it refuses as it should is for another check
        raise Skipped(f"it does not take {what}: {one_line(error)}") from None


def _teach(subject: Subject, agent: Any, steps: int, anew: bool) -> None:
    try:
        agent.learn(steps, reset_num_timesteps=anew)
    except Exception:
        if subject.crashed_late:
            raise Skipped(f"it crashed as the check of spaces says: {subject.crashed_late[0]}") from None
        raise


def truncation(subject: Subject) -> str:
    """It bootstraps where an episode is only cut off: see `Crossing`."""
    if not subject.bootstraps:
        raise Skipped("the agent says that it does not bootstrap: bootstraps = False")
    return _prefers(
        subject,
        1,
        "where episodes are truncated, the action that leads to a state of high value",
        "take the value of the last state into the target where truncated is True and terminated is not: target = r + "
        "gamma * v(s_next); or declare `bootstraps = False` on the factory of an agent that has no values",
    )


def termination(subject: Subject) -> str:
    """It does not bootstrap where an episode is over: see `Crossing`."""
    return _prefers(
        subject,
        -1,
        "where episodes terminate, the action that pays at once",
        "leave the value of the last state out of the target where terminated is True: target = r",
    )


def _prefers(subject: Subject, sign: int, expected: str, mend: str) -> str:
    _require_learning(subject)
    variant, steps = subject.own_variant(), max(1, subject.steps // 4)
    env = (Landing if subject.predicts else Crossing)(variant, truncates=sign > 0)
    agent = _made(subject, env, "the environment of this check")
    _teach(subject, agent, steps, anew=True)
    if isinstance(env, Landing):
        return tells_endings_apart(agent, env, steps, mend)
    actions = [agent.predict(env.observe(None), deterministic=True)[0] for _ in range(TIMES)]
    wrong = [np.asarray(action).tolist() for action in actions if env.place_of(action) * sign <= 0]
    if wrong:
        more = "; if that is so already, the agent may need more steps (steps=) or other hyper_parameters="
        raise Failed(f"{expected}, after {steps} steps", f"the other, {wrong[0]!r}", mend + more)
    return f"preferred {expected[expected.index('the action') :]}, with {variant}"


def _require_learning(subject: Subject) -> None:
    if not subject.learns:
        raise Skipped("the agent says that it does not learn: learns = False")
