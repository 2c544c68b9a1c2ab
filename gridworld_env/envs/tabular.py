"""`Tabular-v0`: any model as an environment, without a map."""

from __future__ import annotations

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.tabular import TabularMDP


def recycling_robot() -> TabularMDP:
    """Return the model of a robot that collects cans, in two states.

    Sutton and Barto, *Reinforcement Learning*, second edition, Example 3.3, with alpha = 0.8, beta = 0.6, 2 cans for a
    search and 1 for waiting. Recharging, which the original leaves out where the battery is high, does nothing there.
    """
    return TabularMDP.from_names(
        {
            "high": {
                "search": [(0.8, "high", 2.0), (0.2, "low", 2.0)],
                "wait": ("high", 1.0),
                "recharge": ("high", 0.0),
            },
            "low": {
                "search": [(0.6, "low", 2.0), (0.4, "high", -3.0)],
                "wait": ("low", 1.0),
                "recharge": ("high", 0.0),
            },
        },
        start="high",
    )


def tabular_world(mdp: TabularMDP | None = None) -> TabularMDP:
    """Return the model of :class:`TabularModelEnv`: that which is given."""
    if mdp is None:
        return recycling_robot()
    if not isinstance(mdp, TabularMDP):
        raise ValueError(
            f"mdp must be a TabularMDP, got {type(mdp).__name__}: TabularMDP.from_names, from_transitions, from_env "
            "and explore make one"
        )
    return mdp


class TabularModelEnv(TabularEnv, world=tabular_world):
    """Any model that you write down, stepped; by default Sutton and Barto's recycling robot.

    ## Description
    `gym.make("Tabular-v0", mdp=mdp)` is the environment of a `TabularMDP`. A model written down by names, of a machine
    that wears out:

    ```python
    import gymnasium as gym
    from gridworld_env import TabularMDP

    mdp = TabularMDP.from_names(
        {
            "new": {"run": [(0.9, "new", 1.0), (0.1, "worn", 1.0)], "repair": ("new", -2.0)},
            "worn": {"run": [(0.6, "worn", 0.5), (0.4, "broken", 0.0)], "repair": ("new", -2.0)},
        },
        start="new",
    )
    env = gym.make("Tabular-v0", mdp=mdp, max_episode_steps=50, render_mode="ansi")
    ```

    "broken" has no actions of its own, so that every episode ends there. By default it is the recycling robot of
    *Reinforcement Learning*, second edition, Example 3.3: it searches for cans, waits for them, or recharges.

    ## Action Space
    `Discrete(A)`; `env.unwrapped.action_names` tells their names. The robot's: 0 search, 1 wait, 2 recharge.

    ## Observation Space
    `Discrete(S)`, the number of the state; `env.unwrapped.state_names` tells their names. The robot's: 0 high, 1 low.

    ## Starting State
    As the model says; `reset(options={"start": "low"})` or `{"start": 1}` starts there. The robot starts high.

    ## Rewards
    As the model says. The robot's: 2 for a search, but -3 if the battery is empty and it has to be carried home; 1 for
    waiting, 0 for recharging.

    ## Episode End
    Termination as the model says; truncation after 100 steps, unless `gym.make` is given other `max_episode_steps`. The
    robot's work never ends.

    ## Rendering
    There is no map: text is a table of the states, and a picture has a cell for each, row by row.

    ## Arguments

    | argument | default | meaning                     |
    |----------|---------|-----------------------------|
    | `mdp`    | None    | a `TabularMDP`; None: the robot |

    ## Version History
    * v0: first version
    """


class TabularModelVectorEnv(TabularVectorEnv, world=tabular_world):
    """N copies of :class:`TabularModelEnv`, in one compiled step."""
