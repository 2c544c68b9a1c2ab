"""`export`: gives a definition of this package its public name. `gridworld_env.authoring.export` tells how."""

import functools

from gridworld_env.authoring import export as export_from
from gridworld_env.authoring import lazy

export = functools.partial(export_from, "gridworld_agents")

export("gridworld_agents.authoring.export")(export_from)
export("gridworld_agents.authoring.lazy")(lazy)
