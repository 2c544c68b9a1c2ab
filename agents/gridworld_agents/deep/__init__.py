"""What agents with networks share: networks as pure functions, replay, noise, and the loop around an update.

Every array has a leading axis of members: one agent for each seed, or one network for each critic. All members go
through one batched operation, so that eight agents cost far less than eight times one.
"""
