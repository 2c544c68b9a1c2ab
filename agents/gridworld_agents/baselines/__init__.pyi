# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.baselines.vec_env import NativeVecEnv as NativeVecEnv
from gridworld_agents.baselines.vec_env import make_vec_env as make_vec_env

__all__ = [
    "NativeVecEnv",
    "make_vec_env",
]
