"""Actor-critic agents with networks."""
