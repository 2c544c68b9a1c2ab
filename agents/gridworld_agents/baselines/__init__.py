"""Stable-Baselines3's agents, and sb3-contrib's, as agents of this package: the only place that imports them.

`gridworld_agents.make("sb3/ppo", env)` makes one. Its `model` is Stable-Baselines3's own object, and the file that it
saves is one that `stable_baselines3.PPO.load` reads too.
"""
