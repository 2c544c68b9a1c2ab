"""`check_agent`, and the table of its checks."""

from __future__ import annotations

import pathlib
import traceback
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.checking import accepting, calling_back, learning, persistence, protocol, randomness
from gridworld_agents.checking.report import Failed, Finding, Report, Skipped
from gridworld_agents.checking.spying import same_global_state
from gridworld_agents.checking.subject import Subject, checked_skip, one_line
from gridworld_agents.core import registry
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import gymnasium as gym

STEPS = 20_000
_HERE = pathlib.Path(__file__).parent


class Check(NamedTuple):
    """A check: it returns what it saw, or raises `Failed` or `Skipped`."""

    name: str
    function: Callable[[Subject], str]
    needs: tuple[str, ...] = ()
    """Checks without which this one has nothing to say: a failure is reported once, where it is."""


CHECKS = (
    Check("construct", protocol.construct),
    Check("methods", protocol.methods, ("construct",)),
    Check("learn", protocol.learn, ("construct",)),
    Check("returns-self", protocol.returns_self, ("learn",)),
    Check("num-timesteps", protocol.num_timesteps, ("learn",)),
    Check("predict", protocol.predict, ("learn",)),
    Check("actions", protocol.actions, ("predict",)),
    Check("batch", protocol.batch, ("actions",)),
    Check("global-random", randomness.global_random, ("predict",)),
    Check("seed", randomness.seed, ("predict",)),
    Check("environment-generator", randomness.environment_generator, ("predict",)),
    Check("environment-resets", randomness.environment_resets, ("seed",)),
    Check("save-and-load", persistence.save_and_load, ("predict", "methods")),
    Check("exact-resume", persistence.exact_resume, ("num-timesteps", "seed", "global-random", "save-and-load")),
    Check("callback", calling_back.callback, ("num-timesteps",)),
    Check("callback-stops", calling_back.callback_stops, ("callback",)),
    Check("spaces", accepting.accepted_spaces, ("actions",)),
    Check("learning-discrete", learning.learns_discrete, ("predict",)),
    Check("learning-box", learning.learns_box, ("predict",)),
    Check("learning-continuous", learning.learns_continuous, ("predict",)),
    Check("truncation", learning.truncation, ("predict",)),
    Check("termination", learning.termination, ("predict",)),
)


@export("gridworld_agents.check_agent")
def check_agent(
    agent: str | Callable[..., Any],
    env: gym.Env[Any, Any] | None = None,
    *,
    hyper_parameters: Mapping[str, Any] | None = None,
    steps: int = STEPS,
    skip: Collection[str] = (),
    raise_on_failure: bool = True,
    watch: Callable[[str, str, int, int], Any] | None = None,
) -> Report:
    """Check that an agent keeps to the contract of `gridworld_agents.Agent`, as `check_env` does for environments.

    An agent whose factory has one of these attributes is not asked for what it does not promise: `learns = False`,
    `bootstraps = False` (it has no values, and truncated episodes count as over), `exact_resume = False`, and
    `predicts = True` (it values a given policy: not the best actions are asked for but `values` near the exact ones).

    Args:
        agent: Its id, or what makes it: `factory(env, *, seed=None, **hyper_parameters)`, with a `load`.
        env: To check its form and its randomness on; copied, never stepped. By default a tiny environment with the
            first spaces that it takes of Discrete ones, Box observations, and Box actions. What it learns is
            always checked on environments whose optimum is known.
        hyper_parameters: For the factory, such as those that let a large network learn fast.
        steps: How many it may take to find the optimum of a corridor of five cells, >= 4; it stops when it has. A
            quarter of them is what it learns for before it is asked which of two actions it prefers.
        skip: Names of checks to leave out.
        raise_on_failure: Raise if a check fails.
        watch: Called as `watch(name, purpose, done, total)` before each check: its name, what it finds out in a
            sentence, and how many of how many checks are over.

    Returns:
        A list of findings, one for each check.

    Raises:
        AgentCheckError: If a check fails and `raise_on_failure` is True.
        ValueError: If there is no such agent or check, or steps are too few.
        AgentPluginError: If the agent is installed but cannot be used.
    """
    agent_id = agent if isinstance(agent, str) else None
    factory: Any = registry.find(agent).load() if isinstance(agent, str) else agent
    if not callable(factory):
        raise ValueError(f"agent must be an id or a factory called as factory(env, seed=seed), got {factory!r}")
    left_out = checked_skip(skip, [check.name for check in CHECKS])
    subject = Subject(factory, agent_id, env, hyper_parameters or {}, whole_number("steps", steps, 4))
    report, blocked = Report(), dict[str, str]()
    for done, check in enumerate(CHECKS):
        if watch is not None:
            watch(check.name, str(check.function.__doc__).partition("\n")[0], done, len(CHECKS))
        blame = next((blocked[name] for name in check.needs if name in blocked), None)
        if check.name in left_out:
            finding = Finding(check.name, "skipped", "left out, as asked")
        elif blame is not None:
            blocked[check.name] = blame
            finding = Finding(check.name, "skipped", f"cannot be judged before {blame} is mended")
        else:
            finding = _finding(check, subject)
            if finding.status == "failed":
                blocked[check.name] = check.name
        report.append(finding)
    if raise_on_failure:
        report.raise_failures(agent_id or str(getattr(factory, "__qualname__", factory)))
    return report


def _finding(check: Check, subject: Subject) -> Finding:
    try:
        with same_global_state():
            return Finding(check.name, "passed", check.function(subject))
    except Skipped as reason:
        return Finding(check.name, "skipped", str(reason))
    except Failed as failure:
        return Finding(check.name, "failed", str(failure))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - an agent may do anything
        return Finding(check.name, "failed", f"crashed with {one_line(error)}{_place(error)}")


def _place(error: BaseException) -> str:
    """Return where in the agent's own code an exception came from: the last line that is not of these checks."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if _HERE not in pathlib.Path(frame.filename).parents
    ]
    return f" ({pathlib.Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
