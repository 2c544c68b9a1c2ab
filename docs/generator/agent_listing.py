"""What `gridworld list agents` tells of our agents without importing them: written from what they declare."""

from __future__ import annotations

import json

import gridworld_agents as ga
from gridworld_agents.core.about import KEPT, about, about_ours

FILE = KEPT


def listing() -> str:
    """Return the file's text; of agents that cannot be imported here, what it had."""
    ours = [spec for spec in ga.specs() if spec.ours]
    before = about_ours() if FILE.exists() else {}
    said = {spec.id: about(spec.load()) if spec.problem() is None else before.get(spec.id) for spec in ours}
    lines = [f"{json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}" for name, one in sorted(said.items()) if one]
    return "{\n" + ",\n".join(lines) + "\n}\n"
