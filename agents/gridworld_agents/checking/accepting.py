"""Check of the spaces that an agent takes: it learns on them, or it says in its constructor that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.checking.odd_spaces import ACTIONS, LENGTH, OBSERVATIONS, SpacesEnv
from gridworld_agents.checking.report import Failed
from gridworld_agents.checking.subject import observations_of, one_line

if TYPE_CHECKING:
    from gymnasium import spaces

    from gridworld_agents.checking.subject import Subject

SHOWN = 3
MEND = (
    "check the spaces in the constructor and raise ValueError with the space in its message, such as "
    "f'needs Discrete actions, got {env.action_space}'"
)


def accepted_spaces(subject: Subject) -> str:
    """It takes a space and learns on it, or refuses it with a `ValueError` that names it."""
    env = subject.trial.env
    pairs = [(o, env.action_space) for o in OBSERVATIONS if not _alike(o, env.observation_space)]
    pairs += [(env.observation_space, a) for a in ACTIONS if not _alike(a, env.action_space)]
    taken, wrong = 0, []
    for pair in pairs:
        accepted, complaint = _try(subject, *pair)
        taken += accepted
        if complaint is not None:
            wrong.append(f"{complaint} for observations {pair[0]} and actions {pair[1]}")
            subject.crashed_late += [wrong[-1]] * accepted
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        seen = "; ".join(wrong[:SHOWN]) + more
        raise Failed("a space to be learned on, or to be refused by a ValueError that names it", seen, MEND)
    return f"{taken} of {len(pairs)} pairs of spaces are taken, the others refused by name"


def _alike(space: spaces.Space[Any], known: spaces.Space[Any]) -> bool:
    """Return whether a space is of the kind on which the agent has learned already."""
    return type(space) is type(known) and getattr(space, "start", 0) == getattr(known, "start", 0)


def _try(subject: Subject, observations: spaces.Space[Any], actions: spaces.Space[Any]) -> tuple[bool, str | None]:
    """Return whether the constructor takes spaces, and what is wrong with that or with its refusal."""
    env = SpacesEnv(observations, actions)
    try:
        agent = subject.make(env)
    except ValueError as error:
        # An agent that plans may miss the model of an environment whose spaces are to its taste.
        names = (type(observations).__name__, type(actions).__name__, "model")
        named = any(name in str(error) for name in names)
        return False, None if named else f"{one_line(error)}, which names no space,"
    except (Exception, SystemExit) as error:  # noqa: BLE001 - that is what is looked for
        return False, f"{one_line(error)} in the constructor"
    try:
        agent.learn(3 * LENGTH)
        action = agent.predict(observations_of(env)[0])[0]
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return True, f"{one_line(error)} after the constructor had taken them"
    return True, None if env.action_space.contains(action) else f"the action {action!r}, which is not in the space,"
