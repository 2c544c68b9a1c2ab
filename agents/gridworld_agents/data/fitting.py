"""Action values of a policy: by a table, a model, or a model fitted to logged steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env import TabularMDP, oracle

if TYPE_CHECKING:
    import numpy.typing as npt


def q_values(given: Any, pi: npt.NDArray[np.float64], gamma: float) -> npt.NDArray[np.float64]:
    """Return the values of a policy's actions: (S, A) float64.

    Args:
        given: (S, A), kept as they are; or a `TabularMDP`.
        pi: (S, A), the policy.
        gamma: Discount.

    Raises:
        ValueError: If there are others than S states and A actions, or a value is not finite.
    """
    if isinstance(given, TabularMDP):
        if (given.num_states, given.num_actions) != pi.shape:
            raise ValueError(f"q must be a model of {pi.shape[0]} states and {pi.shape[1]} actions, got {given}")
        matrix, reward = given.to_sparse()
        q: npt.NDArray[np.float64] = reward + gamma * (matrix @ oracle.evaluate(given, pi, gamma=gamma)).reshape(
            pi.shape
        )
    else:
        try:
            q = np.asarray(given, np.float64)
        except (TypeError, ValueError):
            q = np.empty(0)
    if q.shape != pi.shape or not np.isfinite(q).all():
        raise ValueError(f"q must be finite numbers of shape {pi.shape}, or a TabularMDP, got shape {q.shape}")
    return q


def fitted_model(s: Any, a: Any, r: Any, s_next: Any, terminated: Any, shape: tuple[int, int]) -> TabularMDP:
    """Return the model in which everything is as frequent as in the log: the likeliest one.

    A pair that was not logged ends the episode and pays nothing.

    Args:
        s: (T,) states.
        a: (T,) actions.
        r: (T,) rewards; outcomes that lead to the same state pay their mean.
        s_next: (T,) states that followed.
        terminated: (T,) bool.
        shape: S and A.
    """
    S, A = shape
    codes, number, count = np.unique(
        ((s * A + a) * S + s_next) * 2 + terminated, return_inverse=True, return_counts=True
    )
    pair, after, ends = codes // (2 * S), codes // 2 % S, codes % 2  # pairs ascend
    k = np.arange(len(pair)) - np.searchsorted(pair, pair)
    K = int(k.max()) + 1
    next_state = np.repeat(np.arange(S), A * K).reshape(S * A, K)
    p, reward, end = np.zeros((S * A, K)), np.zeros((S * A, K)), np.ones((S * A, K), np.bool_)
    p[:, 0] = 1
    p[pair, k] = count / np.bincount(pair, count)[pair]
    next_state[pair, k], end[pair, k] = after, ends
    reward[pair, k] = np.bincount(number, r) / count
    tables: list[Any] = [x.reshape(S, A, K) for x in (next_state, p, reward, end)]
    return TabularMDP(tables[0], tables[1], tables[2], tables[3], np.full(S, 1 / S))


def fitted_q(
    columns: tuple[Any, ...], rows: npt.NDArray[np.bool_], pi: npt.NDArray[np.float64], gamma: float
) -> npt.NDArray[np.float64]:
    """Return the values of a policy's actions in the model that fits some steps: (S, A) float64; 0 without any.

    Args:
        columns: s, a, r, s_next and terminated, of T steps.
        rows: (T,), which of them.
        pi: (S, A), the policy.
        gamma: Discount.

    Raises:
        ValueError: If they are not finite, as may be at gamma 1 only.
    """
    if not rows.any():
        return np.zeros(pi.shape)
    s, a, r, s_next, terminated = (column[rows] for column in columns)
    try:
        return q_values(fitted_model(s, a, r, s_next, terminated, (pi.shape[0], pi.shape[1])), pi, gamma)
    except ValueError as error:
        raise ValueError(f"the model that fits the log has no finite values at gamma {gamma}: pass q") from error
