"""What agents with a table share: the agents that algorithms inherit, the drivers that run them, the parts they use."""
