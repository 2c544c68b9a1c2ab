"""What a report says of agents that value their own exploring: where they end, in numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import gymnasium as gym

from gridworld_agents.core import registry, schedules
from gridworld_agents.core.config import config_of
from gridworld_agents.core.env_ids import check_env_module
from gridworld_agents.evaluation.exploring import constant_epsilon, soft_optimum
from gridworld_agents.evaluation.judge import Judge

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.suite import AgentChoice, EnvChoice
    from gridworld_agents.evaluation.exploring import Soft

LEAST = 5e-7
"""Gaps below this are those of rounding."""


def exploration_notes(comparison: Comparison, env: EnvChoice, *, trust: bool) -> list[str]:
    """Return a sentence or two for each agent that values its own exploring, where that is constant.

    Such an agent tends to the best epsilon-soft policy, and not to the optimal one: what looks like a failure of
    learning is the price of exploring.

    Args:
        comparison: With its runs.
        env: On which.
        trust: Import what the environment's id names, whoever wrote the comparison.

    Returns:
        Nothing where no agent is one, or the optimum is not exactly known.
    """
    if not comparison.exact(env.label):
        return []
    found = [(agent.label, config) for agent in comparison.suite.agents if (config := _on_policy(agent)) is not None]
    if not found:
        return []
    try:
        check_env_module(env.id, comparison.folder, trust=trust)
        with gym.make(env.id, **env.arguments) as made:
            judge = Judge(made, comparison.suite.gamma_on(env))
            soft = {config.epsilon: soft_optimum(judge, _epsilon(config)) for _, config in found}
    except Exception:  # noqa: BLE001 - an environment may raise anything, and the rest of the report stands
        return []
    return [_said(label, config, soft[config.epsilon], judge.optimum) for label, config in found]


def _on_policy(choice: AgentChoice) -> Any:
    """Return the hyper-parameters of an agent that values its exploring with a constant epsilon; None of any other."""
    try:
        factory: Any = registry.find(choice.id).load()
        if not getattr(factory, "on_policy", False):
            return None
        config = config_of(factory, dict(choice.hyper_parameters))
    except Exception:  # noqa: BLE001 - a plugin may raise anything
        return None
    return None if constant_epsilon(config.epsilon) is None else config


def _epsilon(config: Any) -> float:
    return float(constant_epsilon(config.epsilon) or 0.0)


def _said(label: str, config: Any, soft: Soft, optimum: float) -> str:
    gap = optimum - soft.greedy
    if gap > LEAST:
        left = f"and still {gap:.4g} short of the optimum when it explores no more: a gap that no learning takes away"
    elif math.isfinite(gap):
        left = "and optimal when it explores no more"
    else:
        left = "and when it explores no more, it never ends"
    said = (
        f"{label} values the policy by which it acts, which explores with the constant epsilon {soft.epsilon:g}. It "
        f"tends to the best policy that does so: worth {soft.value:.4g} from the start while it explores, {left}."
    )
    return f"{said} {_settles(config.alpha)}"


def _settles(alpha: float | str) -> str:
    """Return what a step size does to that, in words."""
    if schedules.robbins_monro_conditions(alpha).squares_converge:
        return f"Its step sizes, {alpha}, settle there."
    return f'Its step size, {alpha}, does not fall, so it scatters around that; alpha = "visits:10:9" would settle.'
