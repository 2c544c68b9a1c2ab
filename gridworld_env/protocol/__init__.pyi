# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_env.common.naming import name_of as name_of
from gridworld_env.protocol.contract import Drawable as Drawable
from gridworld_env.protocol.contract import ExactModel as ExactModel
from gridworld_env.protocol.contract import RestorableState as RestorableState
from gridworld_env.protocol.model import alteration as alteration
from gridworld_env.protocol.model import exact_model as exact_model
from gridworld_env.protocol.model import is_plain as is_plain
from gridworld_env.protocol.model import known_model as known_model
from gridworld_env.protocol.rng import checked_rng_state as checked_rng_state
from gridworld_env.protocol.rng import rng_state as rng_state
from gridworld_env.protocol.rng import set_rng_state as set_rng_state
from gridworld_env.protocol.shown import mask_states as mask_states
from gridworld_env.protocol.shown import observe_states as observe_states
from gridworld_env.protocol.state import can_restore as can_restore
from gridworld_env.protocol.state import is_in_state as is_in_state
from gridworld_env.protocol.state import save_state as save_state
from gridworld_env.protocol.state import set_state as set_state
from gridworld_env.protocol.wrappers import NO_LIMIT as NO_LIMIT
from gridworld_env.protocol.wrappers import elapsed_steps as elapsed_steps
from gridworld_env.protocol.wrappers import layers as layers
from gridworld_env.protocol.wrappers import time_limit as time_limit
from gridworld_env.protocol.wrappers import unknown_wrapper as unknown_wrapper

__all__ = [
    "NO_LIMIT",
    "Drawable",
    "ExactModel",
    "RestorableState",
    "alteration",
    "can_restore",
    "checked_rng_state",
    "elapsed_steps",
    "exact_model",
    "is_in_state",
    "is_plain",
    "known_model",
    "layers",
    "mask_states",
    "name_of",
    "observe_states",
    "rng_state",
    "save_state",
    "set_rng_state",
    "set_state",
    "time_limit",
    "unknown_wrapper",
]
