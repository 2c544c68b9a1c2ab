"""The version, written here alone: the build, both packages and `gridworld --version` read it."""

__version__ = "0.2.0"
