"""`Agent`: what an agent is, for those who write one. This page is the whole contract.

An agent is made by a factory, usually its class, that is called as `factory(env, *, seed=None, **hyper_parameters)`.
What it returns has the methods below, with Stable-Baselines3's signatures: an agent of that library is one already,
and its `evaluate_policy(agent, env)` runs ours. The factory also has `load`. Nothing need be inherited.

A package adds its agent by one line in its pyproject.toml, under an id in a namespace of its own:

    [project.entry-points."gridworld.agents"]
    "acme/my-agent" = "acme.my_agent:MyAgent"

`gridworld_agents.make("acme/my-agent", env)` then makes it. Nothing of it is imported before that.

- `env` is a `gymnasium.Env`. Refuse a space that the agent cannot handle with a `ValueError` that names it.
- `seed` alone fixes all that the agent does. Draw from generators of the agent's own, never from `np.random`'s
  functions; seed the environment at the first `env.reset(seed=seed)` of `learn`.
- `learn` may be called again. With `reset_num_timesteps=False` it goes on where it stopped.
- A callback is called once a chunk; see `callbacks`. It ends the learning by returning False.
- Hyper-parameters are best the fields of a frozen dataclass that the factory shows as `Config`; the command
  line makes its flags from them.
- `save` writes data, not code, atomically: `files.write` does. The file says the id, so that
  `gridworld_agents.load(path)` finds the agent again.
- Whatever else an agent can show or say of itself is optional: `Capabilities` lists all of it.

A tabular agent need not write any of this: it is two functions and a dataclass, see `authoring.TabularAgent`.

Glossary, the same in every file; a plural is a batch:

| symbol | is |
|---|---|
| s, a, r, s_next, a_next | state, action taken in it, reward, state that followed, action taken there |
| terminated | the episode ended for good: nothing follows, its value is 0 |
| truncated | the episode was cut off, by a time limit as a rule: its state still has a value, bootstrap from it |
| g | return, r + gamma r' + gamma^2 r'' + ...; a record of an episode's return is not discounted |
| q, v | value of taking an action in a state, value of a state |
| pi, policy | probability of each action in each state, (S, A) |
| alpha, gamma, epsilon | step size, discount, probability of a random action |
| lambda, n | decay of traces, number of steps |
| S, A, K | numbers of states, actions, outcomes |
| k, t | steps in the agent's life, steps in the episode |
| memory, params | the arrays an agent learns in, its hyper-parameters as scalars |
| rng | a `numpy.random.Generator` |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import os
    from typing import Self

    import gymnasium as gym
    import numpy as np
    import numpy.typing as npt

    from gridworld_agents.core.callbacks import CallbackLike


@export("gridworld_agents.Agent")
@runtime_checkable
class Agent(Protocol):
    """Something that learns on an environment and acts in it."""

    @property
    def num_timesteps(self) -> int:
        """Steps of the environment since the learning began, or began anew."""

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for a number of steps of the environment.

        Args:
            total_timesteps: How many.
            callback: Called once a chunk, or a list of such; see `callbacks`.
            log_interval: Stable-Baselines3's; our own agents print nothing and leave it alone.
            reset_num_timesteps: Count from 0 and begin an episode. False goes on with both.
            progress_bar: Show one.
        """

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """Return the action for an observation, or the actions for a batch of them, and the next recurrent state.

        Args:
            observation: One observation of the environment's space, or a batch, stacked along a first axis.
            state: The recurrent state, where the agent has any.
            episode_start: (N,) bool, where an episode begins: for recurrent agents.
            deterministic: The greedy action rather than one that explores.

        Returns:
            Actions in the dtype of the action space, and the state.
        """

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file, atomically.

        Args:
            path: Of the file; `.zip` may be left out.
        """

    @classmethod
    def load(cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Read an agent from a file.

        Args:
            path: Of the file; `.zip` may be left out.
            env: To go on learning on; without one it can act, and that is all.
            **kwargs: The agent's own.

        Raises:
            AgentFileError: If the file does not hold such an agent.
        """


@export("gridworld_agents.authoring.Capabilities")
class Capabilities(Protocol):
    """What an agent may have beside the methods of `Agent`. All of it is optional, and nothing else is ever looked for.

    What is a `ClassVar` is read from the factory, before there is an agent; the rest from the agent. Two methods may
    take one argument more: `predict(..., action_masks)` gets the actions that are allowed, (N, A) bool, from the judge
    of an environment that masks some, and `load(..., trust)` whether the user trusts a file that could carry code.
    """

    id: ClassVar[str]
    """The id of its entry point, which its files name."""
    Config: ClassVar[type[Any]]
    """The dataclass of its hyper-parameters: the command line makes its flags from the fields."""
    observation_spaces: ClassVar[str]
    """Which observations it takes, in words for `gridworld list`: "finite", "Box", "any"."""
    action_spaces: ClassVar[str]
    """Which actions: "Discrete", "Box", "Discrete or Box", "any"."""
    needs_model: ClassVar[bool]
    """Whether it needs an environment that gives its exact model. False where it is missing."""
    learns: ClassVar[bool]
    """Whether learning improves it. True where it is missing; False for one that acts at random or knows the answer."""
    on_policy: ClassVar[bool]
    """Whether it learns the values of the policy that it acts by, exploration included. False where it is missing."""
    predicts: ClassVar[bool]
    """Whether it values a policy that is given, its `policy`, instead of improving one. False where it is missing."""
    bootstraps: ClassVar[bool]
    """Whether it learns from estimates of what follows, so that a truncated episode is no terminated one. True where it
    is missing; False for one that learns from whole episodes or from a model."""
    exact_resume: ClassVar[bool]
    """Whether an agent that is loaded goes on to the very same result, bit for bit. True where it is missing."""

    @classmethod
    def resumes_exactly(cls, env: gym.Env[Any, Any]) -> bool:
        """Return whether it does so on an environment, of which an episode under way may be lost. False if missing."""

    config: Any
    """Its hyper-parameters, an instance of `Config`. `config.gamma` is the discount that it is judged at."""
    env: gym.Env[Any, Any] | None
    """Where it learns; None for one that was loaded without an environment."""
    stochastic: bool
    """Whether it acts at random on purpose: it is then judged by its `policy`, and played as it explores. False where
    it is missing: it is judged by `predict(deterministic=True)`."""
    observations: Any
    """How it reads observations. Of a table that is a `core.spaces.Observations`: where it does not number states as
    the model does, `observations.numbers(seen)` returns the rows of its tables, (N,) int64."""
    policy: npt.NDArray[np.float64]
    """(S, A), the probability of each action in each state."""
    q_values: npt.NDArray[np.float64]
    """(S, A), the values of actions."""
    averaged_q_values: npt.NDArray[np.float64]
    """(S, A), their mean over the steps so far, for one that averages its iterates."""
    values: npt.NDArray[np.float64]
    """(S,), the values of states."""
    visits: npt.NDArray[np.int64]
    """How often each state, (S,), or pair of state and action, (S, A), was learned from."""
    steps_unlearned: int
    """Of `num_timesteps`, those of roll-outs that a stop cut off: nothing was learned from them. 0 if missing."""

    def forget_unlearned(self) -> None:
        """Count those as if they had not been taken: a run that goes on takes them again."""

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes were finished, and the undiscounted returns and the lengths of the last of them."""

    def metrics(self) -> dict[str, float]:
        """Return the latest losses and the like by name, always the same names; nan before the first update."""
