"""The environments are registered before any test makes one."""

import gridworld_env  # noqa: F401
