"""What an environment can say of itself, and functions that look through wrappers to find it.

Any environment may implement a part of this; it need not inherit anything from here. What agents make of it:

| it has | so that |
|---|---|
| `mdp`, `observe_states` (:class:`ExactModel`) | agents are judged exactly, and planners plan in it |
| `get_state`, `set_state` (:class:`RestorableState`) | a run that is taken up again goes on in the same episode |
| both, and `samples_tables = True` | agents with a table learn compiled, some hundred times faster |
| `overlay`, `scene`, `scene_of` (:class:`Drawable`) | values and policies are drawn on its picture |

`samples_tables = True` says that `step` and `reset` draw as :meth:`TabularMDP.sample` and
:meth:`TabularMDP.sample_start` do, and do nothing else: then compiled learning ends in the same bits as stepping. Also
looked for are `mask_states(states)`, the (N, A) bool mask of actions worth trying in states of the model, and
`action_names`.

What a class says holds for its own `step` and `reset`. In a subclass that overrides one of the two, and around it a
wrapper that is not known to be harmless, the model is taken for that of another environment: see :func:`exact_model`. A
wrapper that changes no observation, action, reward or end says so in its own class by ``preserves_mdp = True``, and so
does such a subclass. Some steps of a copy are compared with the model besides.
"""

from gridworld_env.common.exporting import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Drawable": "gridworld_env.protocol.contract:Drawable",
        "ExactModel": "gridworld_env.protocol.contract:ExactModel",
        "NO_LIMIT": "gridworld_env.protocol.wrappers:NO_LIMIT",
        "RestorableState": "gridworld_env.protocol.contract:RestorableState",
        "alteration": "gridworld_env.protocol.model:alteration",
        "can_restore": "gridworld_env.protocol.state:can_restore",
        "checked_rng_state": "gridworld_env.protocol.rng:checked_rng_state",
        "elapsed_steps": "gridworld_env.protocol.wrappers:elapsed_steps",
        "exact_model": "gridworld_env.protocol.model:exact_model",
        "is_in_state": "gridworld_env.protocol.state:is_in_state",
        "is_plain": "gridworld_env.protocol.model:is_plain",
        "known_model": "gridworld_env.protocol.model:known_model",
        "layers": "gridworld_env.protocol.wrappers:layers",
        "mask_states": "gridworld_env.protocol.shown:mask_states",
        "name_of": "gridworld_env.common.naming:name_of",
        "observe_states": "gridworld_env.protocol.shown:observe_states",
        "rng_state": "gridworld_env.protocol.rng:rng_state",
        "save_state": "gridworld_env.protocol.state:save_state",
        "set_rng_state": "gridworld_env.protocol.rng:set_rng_state",
        "set_state": "gridworld_env.protocol.state:set_state",
        "time_limit": "gridworld_env.protocol.wrappers:time_limit",
        "unknown_wrapper": "gridworld_env.protocol.wrappers:unknown_wrapper",
    },
)
