"""Kernels called one by one with numbers that a test has made up.

A kernel that Python calls is compiled anew in every process, with all that it calls; `cached` finds it on disk.
"""

import functools

from gridworld_agents.core.compiling import compiled
from gridworld_agents.tabular.transition import UNCHOSEN, Transition


@functools.cache
def cached(kernel):
    """Return a kernel as a function that is compiled once on this machine, and again when it changes."""
    return compiled(kernel.py_func)


def observe(agent, s, a, r, s_next, a_next=UNCHOSEN, terminated=False, truncated=False):
    """Let a tabular agent learn from one step."""
    t = Transition(s, a, float(r), s_next, a_next, bool(terminated), bool(truncated))
    cached(type(agent).observe)(agent.memory, t, agent.params, agent.rng)
