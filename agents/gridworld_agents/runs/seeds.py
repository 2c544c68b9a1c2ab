"""One agent, many seeds, in parallel on all cores.

What an agent learned by one run shows luck as much as skill. Here every seed gets an agent and an environment of its
own, so that each run is the one that `make` and `learn` give, bit for bit, whatever the number of workers.

Compiled agents learn in threads: their loops hold no lock of the interpreter, nothing is copied, and the compiled code
is loaded once. Others get no faster by that.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from gridworld_agents.core import registry
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import gymnasium as gym

    from gridworld_agents.core.agent import Agent


@export("gridworld_agents.learn_seeds")
def learn_seeds(
    agent_id: str,
    make_env: Callable[[], gym.Env[Any, Any]],
    seeds: Iterable[int],
    total_timesteps: int,
    *,
    workers: int | None = None,
    **hyper_parameters: Any,
) -> list[Agent]:
    """Return agents that have learned, one for each seed, in the order of the seeds.

    >>> agents = ga.learn_seeds("q-learning", lambda: gym.make("GridWorld-v0"), range(100), 100_000, gamma=0.9)

    Args:
        agent_id: As for `gridworld_agents.make`.
        make_env: Makes an environment, another one each time, since threads step them; called once for each seed.
        seeds: At least one.
        total_timesteps: Steps that each agent learns for.
        workers: How many learn at a time, >= 1; None takes every core that this process may use.
        **hyper_parameters: As for `gridworld_agents.make`.

    Raises:
        ValueError: If there is no such agent, it refuses the environment or an argument, or a number is out of range:
            before any of them learns.
    """
    from numba import config

    steps = whole_number("total_timesteps", total_timesteps)
    numbers = [whole_number("each of seeds", seed) for seed in seeds]
    if not numbers:
        raise ValueError("seeds must be at least one number, got none")
    workers = config.NUMBA_NUM_THREADS if workers is None else whole_number("workers", workers, 1)
    spec = registry.find(agent_id)
    maker: Any = make_env  # whatever the annotation says
    if not callable(maker):
        given = maker if isinstance(maker, str) else name_of(maker)
        raise ValueError(
            f"make_env must be a function that makes an environment, got {given!r}: pass lambda: gymnasium.make(...)"
        )
    envs = [make_env() for _ in numbers]
    if len({id(getattr(env, "unwrapped", env)) for env in envs}) < len(envs):
        raise ValueError(
            f"make_env must make another environment each time it is called, got the same {name_of(envs[0])} "
            "twice: pass lambda: gymnasium.make(...)"
        )
    agents = [spec.make(env, seed=seed, **hyper_parameters) for env, seed in zip(envs, numbers, strict=True)]
    with ThreadPoolExecutor(workers) as pool:
        try:
            return list(pool.map(lambda agent: agent.learn(steps), agents))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
