"""`export`: gives a definition of this package its public name, see `exporting`."""

import functools

from gridworld_env.common import exporting, suggesting

export = functools.partial(exporting.export, "gridworld_env")

export("gridworld_env.authoring.export")(exporting.export)
export("gridworld_env.authoring.lazy")(exporting.lazy)

export("gridworld_env.authoring.suggest")(suggesting.suggest)
