"""`NativeVecEnv`: a compiled vector environment as Stable-Baselines3 wants one, many copies in one step.

Stable-Baselines3's `DummyVecEnv` steps one Gymnasium environment after the other. Here one call steps all, and what it
returns is the same, step by step: observations, rewards, ends, and infos with ``"terminal_observation"`` and
``"TimeLimit.truncated"`` where episodes end.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv

from gridworld_agents.baselines.checked import checked
from gridworld_agents.core.native_copies import is_exact, make_native, native_spec
from gridworld_agents.core.public import export

try:
    from stable_baselines3.common.monitor import Monitor
    from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv, VecMonitor
except ImportError as error:
    raise ImportError(f'{error}: pip install "gridworld-env[sb3]" brings it') from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

MASKS = "action_masks"
"""The method by which sb3-contrib asks for action masks."""


@export("gridworld_agents.baselines.NativeVecEnv")
class NativeVecEnv(VecEnv):
    """One of this project's vector environments as a VecEnv; :func:`make_vec_env` makes one by id.

    Args:
        envs: A vector environment whose copies do what single environments do (``metadata["exact_copies"]``), in the
            autoreset mode "SameStep". `final_obs="dense"` is the fastest.

    Raises:
        ValueError: If it is another one, or in another mode.
    """

    def __init__(self, envs: VectorEnv[Any, Any, Any]) -> None:
        if not isinstance(envs, VectorEnv) or not is_exact(envs):
            raise ValueError(
                f"envs must be a vector environment of gridworld_env's, got {envs!r}; for others there is "
                "Stable-Baselines3's make_vec_env"
            )
        if envs.metadata.get("autoreset_mode") is not AutoresetMode.SAME_STEP:
            raise ValueError(
                f"envs must reset its copies in the same step, got {envs.metadata.get('autoreset_mode')}: pass "
                "autoreset_mode='SameStep' to gymnasium.make_vec"
            )
        self.envs: Any = envs
        self._actions: Any = None
        self._started = False
        super().__init__(envs.num_envs, envs.single_observation_space, envs.single_action_space)
        self.metadata = envs.metadata
        self.spec = envs.spec

    def reset(self) -> Any:
        """Start an episode in every copy, with the seeds and options that were given since the last reset."""
        groups = self._groups()
        if len(groups) > 1 and not self._started:
            self.envs.reset()  # the first must be of all copies; it draws nothing that a seed does not fix
        for options, mask in groups:
            chosen = {**options, "reset_mask": mask} if len(groups) > 1 else options
            observations, infos = self.envs.reset(seed=list(self._seeds), options=chosen or None)
            told = _infos_of_each(infos, self.num_envs)
            for i in mask.nonzero()[0].tolist():
                self.reset_infos[i] = told[i]
        self._started = True
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Take note of the actions, (N, ...), of the next step."""
        self._actions = actions

    def step_wait(self) -> tuple[Any, npt.NDArray[np.float32], npt.NDArray[np.bool_], list[dict[str, Any]]]:
        """Step every copy; one whose episode ends is reset at once.

        Returns:
            Observations after the resets, (N, ...), rewards (N,) float32, dones (N,) bool, and a dict for each copy.
        """
        observations, rewards, terminated, truncated, infos = self.envs.step(self._actions)
        dones = terminated | truncated
        ended = dones.nonzero()[0].tolist()
        before = infos  # what is told of a copy that was reset is what it came to, as in DummyVecEnv
        if ended:
            final = infos["final_info"]
            before = {name: _replaced(column, final.get(name), ended) for name, column in infos.items()}
            for i, told in zip(ended, _infos_of_each(infos, self.num_envs, ended), strict=True):
                self.reset_infos[i] = told
        told_of = _infos_of_each(before, self.num_envs)
        for told, cut in zip(told_of, (truncated & ~terminated).tolist(), strict=True):
            told["TimeLimit.truncated"] = cut
        for i in ended:
            told_of[i]["terminal_observation"] = infos["final_obs"][i]
        return observations, rewards.astype(np.float32), dones, told_of

    def close(self) -> None:
        """Close the environment."""
        self.envs.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute of copies; a method can be called for as long as nothing is stepped."""
        if attr_name == MASKS and hasattr(self.envs, MASKS):
            return [functools.partial(self._mask, i) for i in self._get_indices(indices)]
        return list(self.envs.visit(lambda env: getattr(env, attr_name), self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of copies; see `set_attr` of the vector environment.

        Raises:
            AttributeError: If that would change nothing.
        """
        copies = list(self._get_indices(indices))
        self.envs.set_attr(attr_name, [value] * len(copies), copies=copies)

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """Call a method of copies."""
        copies = self._get_indices(indices)
        if method_name == MASKS and hasattr(self.envs, MASKS):
            masks = self.envs.action_masks()
            return [masks[i] for i in copies]
        return list(self.envs.visit(lambda env: getattr(env, method_name)(*method_args, **method_kwargs), copies))

    def env_is_wrapped(self, wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]], indices: Any = None) -> list[bool]:  # noqa: ARG002
        """Return False for every copy: there are no wrappers around them."""
        return [False for _ in self._get_indices(indices)]

    def get_images(self) -> Sequence[npt.NDArray[np.uint8] | None]:
        """Return a picture of every copy, or None for each in another render mode than "rgb_array"."""
        return list(self.envs.call("render")) if self.render_mode == "rgb_array" else [None] * self.num_envs

    def render(self, mode: str | None = None) -> npt.NDArray[np.uint8] | None:
        """Return the copies' pictures as one, or show them in the window."""
        if self.render_mode == "human" and mode in {None, "human"}:
            self.envs.render()
            return None
        return super().render(mode)

    def _mask(self, i: int) -> npt.NDArray[np.bool_]:
        mask: npt.NDArray[np.bool_] = self.envs.action_masks()[i]
        return mask

    def _groups(self) -> list[tuple[dict[str, Any], npt.NDArray[np.bool_]]]:
        """Return the options to be given, each with the copies that it is for, (N,) bool."""
        groups: list[tuple[dict[str, Any], npt.NDArray[np.bool_]]] = []
        for i, options in enumerate(self._options):
            for known, mask in groups:
                if known is options or known == options:
                    mask[i] = True
                    break
            else:
                mask = np.zeros(self.num_envs, np.bool_)
                mask[i] = True
                groups.append((options, mask))
        return groups


@export("gridworld_agents.baselines.make_vec_env")
def make_vec_env(
    env_id: str | gym.Env[Any, Any],
    n_envs: int = 1,
    seed: int | None = None,
    monitor_dir: str | None = None,
    env_kwargs: dict[str, Any] | None = None,
) -> VecMonitor:
    """Make a native VecEnv, as `stable_baselines3.common.env_util.make_vec_env` makes one of single environments.

    Args:
        env_id: The id of an environment, or an environment made by `gymnasium.make`, which is left as it is.
        n_envs: Copies.
        seed: Copy i is reset with ``seed + i``.
        monitor_dir: A folder for the file of episodes; None: no file.
        env_kwargs: The environment's arguments.

    Returns:
        A :class:`NativeVecEnv` in a VecMonitor.

    Raises:
        ValueError: If the environment has no native vector environment.
    """
    vec_env = NativeVecEnv(make_native(env_id, n_envs, **(env_kwargs or {})))
    if seed is not None:
        vec_env.seed(seed)
    return VecMonitor(vec_env, monitor_dir)


def copies_for(env: Any, count: int) -> Any:
    """Return what an agent that steps `count` copies of an environment is given: compiled ones where that can be.

    Raises:
        ValueError: If the environment cannot be made again.
    """
    if count == 1:
        return checked(env)
    if isinstance(env, VecEnv):
        raise ValueError(
            f"num_envs={count} is for a single environment, got one of {env.num_envs} copies: leave it out"
        )
    if native_spec(env) is not None:
        return make_vec_env(env, count)
    if env.spec is None:
        raise ValueError(f"{env} cannot be made again, which num_envs={count} needs: make it by gymnasium.make")
    return DummyVecEnv([lambda: Monitor(checked(gym.make(env.spec)))] * count)


def _infos_of_each(infos: dict[str, Any], count: int, copies: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Return the infos of a vector environment as one dict for each copy, or for some."""
    names = [name for name in infos if not name.startswith("_") and name not in {"final_obs", "final_info"}]
    chosen = range(count) if copies is None else copies
    if not names:
        return [{} for _ in chosen]
    columns = [infos[name] if copies is None else infos[name][copies] for name in names]
    if len(names) == 1:
        (name,) = names
        return [{name: value} for value in columns[0]]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _replaced(column: Any, final: Any, ended: list[int]) -> Any:
    """Return what is told of all copies, with what was told before the reset where episodes ended."""
    if final is None:
        return column
    column = column.copy()
    column[ended] = final[ended]
    return column
