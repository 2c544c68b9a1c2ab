"""`Baseline`: an agent of Stable-Baselines3's as one of this package.

It holds one, its `model`, rather than being one: so the model in a file is Stable-Baselines3's own class.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from gymnasium import spaces
from gymnasium.vector import VectorEnv

from gridworld_agents.baselines import hyper_parameters, persistence
from gridworld_agents.baselines.arguments import arguments
from gridworld_agents.baselines.bridge import Bridge, learn, sorted_out
from gridworld_agents.baselines.randomness import SEEDS, Stream, Streams, fresh_seed
from gridworld_agents.baselines.spaces import as_arrays, check_actions, check_observations
from gridworld_agents.baselines.vec_env import copies_for
from gridworld_agents.core.callbacks import CallbackList, ProgressBar
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.episode_log import EpisodeLog
from gridworld_agents.core.sharing import only_here
from gridworld_agents.core.showing import ShownAgent

if TYPE_CHECKING:
    import os
    from typing import Self

    import gymnasium as gym

    from gridworld_agents.core.callbacks import CallbackLike

REFUSALS = (AssertionError, AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError)
"""What Stable-Baselines3 raises at environments and hyper-parameters that do not suit it."""


class Baseline(ShownAgent):
    """An agent of Stable-Baselines3.

    Args:
        env: The environment; one of Stable-Baselines3's vectorised environments will do too.
        seed: Fixes all that the agent does on a CPU, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`: what the constructor in Stable-Baselines3 takes. Learning rates
            and clip ranges may be schedules such as `"linear:0.001:0.0"`, noise `"normal:0.1"`, an activation `"ReLU"`.

    Raises:
        ValueError: If the agent cannot handle a space, or a hyper-parameter is unknown or out of range.
    """

    id: ClassVar[str]
    observation_spaces: ClassVar[str] = "any"
    action_spaces: ClassVar[str] = "any"
    algorithm: ClassVar[type[Any]]
    Config: ClassVar[type[Any]]

    steps_unlearned: int = 0
    """Of `num_timesteps`, those that nothing was learned from: of roll-outs that were cut off by a stop."""

    def __init_subclass__(cls) -> None:
        """Read the hyper-parameters off the constructor."""
        super().__init_subclass__()
        cls.Config = hyper_parameters.described(cls.algorithm, cls.__module__, cls.__name__)

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters_: Any) -> None:
        config = hyper_parameters.given(self.id, self.Config, hyper_parameters_)
        seed = None if seed is None else whole_number("seed", seed)
        if seed is not None and seed >= SEEDS:
            raise ValueError(f"seed must be less than 2^32, which is all that Stable-Baselines3 knows, got {seed}")
        self.check_env(env)
        copies = copies_for(env, config.num_envs)
        made = arguments(config, env.observation_space, env.action_space)
        drawn = fresh_seed() if seed is None else seed
        stream = Stream()
        with stream.playing():
            try:
                model = self.algorithm(env=copies, seed=drawn, **made)
            except REFUSALS as error:
                raise ValueError(f"{self.id} refuses the environment or a hyper-parameter: {error}") from error
        self._take(model, env, seed, config, EpisodeLog.new(), stream)

    @classmethod
    def check_env(cls, env: Any) -> None:
        """Refuse an environment that the agent cannot learn on.

        Raises:
            ValueError: If it cannot handle a space, or this is no environment.
        """
        if isinstance(env, VectorEnv):
            raise ValueError(
                f"env must be a gymnasium.Env, got {env!r}: pass a single one with num_envs={env.num_envs}"
            )
        if not isinstance(getattr(env, "observation_space", None), spaces.Space):
            raise ValueError(f"env must be a gymnasium.Env, got {env!r}")
        check_actions(cls.id, env.action_space)  # first: no other observations would help
        check_observations(cls.id, env.observation_space)

    @property
    def num_timesteps(self) -> int:
        """Steps of the environment since the learning began, or began anew."""
        return int(self.model.num_timesteps)

    def forget_unlearned(self) -> None:
        """Count the steps that were cut off before they were learned from as if they had not been taken."""
        self.model.num_timesteps -= self.steps_unlearned
        self.steps_unlearned = 0

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes were finished, and returns and lengths of the last 100, the latest last."""
        return self.log.recent()

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for `total_timesteps` steps, or as many more as it takes to come to the end of a rollout.

        Args:
            total_timesteps: How many.
            callback: As in `callbacks`, Stable-Baselines3's own, or a list of either. A plain function is called as
                `callback(agent, progress)`.
            log_interval: Rollouts, or for off-policy agents episodes, between what `verbose=1` prints.
            reset_num_timesteps: Count from 0 and begin an episode. False goes on; after a stop, with a new episode.
            progress_bar: Show one.

        Raises:
            ValueError: If the agent was loaded without an environment, or another thread learns on it.
        """
        steps = whole_number("total_timesteps", total_timesteps)
        ours, theirs = sorted_out(callback)
        if self.model.env is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        bridge = Bridge(self, CallbackList([ProgressBar(), *ours] if progress_bar else ours), steps)
        if reset_num_timesteps:
            self.log.count_anew()
            self.steps_unlearned = 0
        with only_here(self.env), self._streams.learning.playing():
            learn(self, bridge, theirs, log_interval=log_interval, reset_num_timesteps=reset_num_timesteps)
        return self

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """Return the action for an observation, or the actions for a batch of them, and the next recurrent state.

        Args:
            observation: One, or a batch stacked along a first axis.
            state: Handed back by agents that have none.
            episode_start: (N,) bool, where an episode begins: for recurrent agents.
            deterministic: The best action rather than one that explores. Exploring draws from a generator of its own
                and does not change the learning.

        Raises:
            ValueError: If an observation is not in the space.
        """
        return self._predict(observation, state, episode_start, deterministic)

    def save(self, path: str | os.PathLike[str], *, replay_buffer: bool = False) -> None:
        """Write the agent to a file, atomically. `.zip` is added where there is no suffix, the folder made if need be.

        The file is a zip of Stable-Baselines3's, which its `load` reads too. It can carry code.

        Args:
            path: Where to.
            replay_buffer: Write what an off-policy agent remembers too, so that it goes on learning from that; a
                ValueError for others.
        """
        persistence.save(self, path, replay_buffer=replay_buffer)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        env: gym.Env[Any, Any] | None = None,
        *,
        trust: bool = False,
        device: str | None = None,
    ) -> Self:
        """Read an agent from a file of ours or of Stable-Baselines3's.

        Going on with its learning counts on from where it was. It is no exact continuation: an episode begins, other
        random numbers are drawn, and without a replay buffer in the file an off-policy agent starts with none.

        Args:
            path: Of the file; `.zip` may be left out.
            env: To go on learning on; its spaces must be those that the agent knows.
            trust: Read it although it can carry code, which is then run.
            device: Where the network is to be; None: where it was meant to be when it was saved.

        Raises:
            AgentFileError: If the file does not hold such an agent, or is not trusted.
            ValueError: If the environment's spaces are others.
        """
        return persistence.load(cls, path, env, trust=trust, device=device)

    def _predict(
        self, observation: Any, state: Any, episode_start: Any, deterministic: bool, **masks: Any
    ) -> tuple[Any, Any]:
        observation = as_arrays(self.model.observation_space, observation)
        with contextlib.nullcontext() if deterministic else self._streams.predicting():
            action, state = self.model.predict(observation, state, episode_start, deterministic, **masks)
        action = np.asarray(action).astype(self.model.action_space.dtype, copy=False)
        return (action if action.ndim else action[()]), state

    def _take(self, model: Any, env: Any, seed: int | None, config: Any, log: EpisodeLog, stream: Stream) -> None:
        """Become the agent of a model, which was made or loaded while the stream was playing."""
        self.model, self.env, self.seed, self.config, self.log = model, env, seed, config, log
        self._streams = Streams(model, stream)
