"""Stable-Baselines3's agents, and sb3-contrib's, as agents of this package: the only place that imports them.

`gridworld_agents.make("sb3/ppo", env)` makes one. Its `model` is Stable-Baselines3's own object, and the file that it
saves is one that `stable_baselines3.PPO.load` reads too. `make_vec_env` gives Stable-Baselines3 many compiled copies of
one of this project's environments.
"""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "NativeVecEnv": "gridworld_agents.baselines.vec_env:NativeVecEnv",
        "make_vec_env": "gridworld_agents.baselines.vec_env:make_vec_env",
    },
)
