"""Where runs are done: in this process, in processes on this machine, or on a cluster that is running already."""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import logging
import os
import warnings
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison.orphans import ending_with
from gridworld_agents.comparison.same_code import code, with_code
from gridworld_agents.core.checks import choose, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BACKENDS = ("joblib", "dask")


LOST = (OSError, TimeoutError, concurrent.futures.CancelledError)
"""What a client raises whose cluster cannot be reached, or no longer."""


TALKATIVE = ("asyncio", "distributed", "tornado")
"""Whose loggers tell of a lost scheduler, by tracebacks."""


class ClusterLostError(RuntimeError):
    """The cluster cannot be reached, or no longer."""


class Workers:
    """Workers that do jobs.

    Args:
        backend: `"joblib"`, processes on this machine; `"dask"`, a cluster.
        address: Of the cluster, such as `"tcp://10.0.0.1:8786"`.
        jobs: How many at a time on this machine; None takes every core. On a cluster all of it is taken.

    Raises:
        ValueError: If a cluster has no address, or this machine has one.
        ImportError: If the backend's library is missing.
    """

    def __init__(self, backend: str = "joblib", address: str | None = None, jobs: int | None = None) -> None:
        choose("backend", backend, BACKENDS)
        if backend == "joblib" and address is not None:
            raise ValueError(f"address is that of a cluster, got {address!r} with the backend 'joblib': name 'dask'")
        if backend != "joblib" and address is None:
            raise ValueError(f"the backend {backend!r} needs the address of a cluster that is running")
        self.backend, self.address = backend, address
        self.jobs = None if jobs is None else whole_number("jobs", jobs, 1)
        if backend != "joblib":
            _import(backend)

    @property
    def elsewhere(self) -> bool:
        """Whether jobs are done in other processes, which know of this one only what they are handed."""
        return self.backend != "joblib" or self.jobs != 1

    @contextlib.contextmanager
    def ready(self) -> Iterator[Callable[[Callable[..., str], list[tuple[Any, ...]]], list[str]]]:
        """Connect, and yield a function that does jobs: `do(function, arguments of each)`; it returns their results.

        It raises whatever a lost worker leads to; what was done until then has been written down.

        Raises:
            ClusterLostError: If the cluster cannot be reached, or no longer.
            OtherCodeError: If a worker of it has other code than this process.
        """
        if not self.elsewhere:
            yield lambda function, jobs: [function(*job) for job in jobs]
            return
        import joblib

        def do(function: Callable[..., str], jobs: list[tuple[Any, ...]]) -> list[str]:
            if self.backend == "joblib":
                function = functools.partial(ending_with, os.getpid(), function)
            else:
                function = functools.partial(with_code, code(), function)
            with self._reached():
                done: list[str] = joblib.Parallel(pre_dispatch="all", batch_size=1)(
                    joblib.delayed(function)(*job) for job in jobs
                )
            return done

        with self._cluster(), joblib.parallel_config(**self._settings()), warnings.catch_warnings():
            # A worker that has loaded a large library looks to joblib as if it leaked, and is replaced.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
            yield do

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        """Tell in one line that a cluster is out of reach."""
        try:
            yield
        except LOST as error:
            if self.backend == "joblib":
                raise
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise ClusterLostError(
                f"the {self.backend} cluster at {self.address} cannot be reached ({reason}): runs that had finished "
                "are kept; start it again, and go on by --resume with its --address"
            ) from error

    def _settings(self) -> dict[str, Any]:
        if self.backend == "joblib":
            # One thread each: a worker for each core has nothing to gain from more.
            return {"backend": "loky", "n_jobs": self.jobs or -1, "inner_max_num_threads": 1}
        return {"backend": self.backend, "n_jobs": -1}

    @contextlib.contextmanager
    def _cluster(self) -> Iterator[None]:
        if self.backend == "dask":
            from distributed import Client

            with self._reached():
                client = Client(self.address, set_as_default=True)
            with _quiet():
                try:
                    yield
                finally:
                    with contextlib.suppress(*LOST):  # a scheduler that is gone has nothing left to close
                        client.close()
        else:
            yield


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep a client from logging how it loses its scheduler: that is told by `ClusterLostError`, in one line."""
    known = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in TALKATIVE]
    loggers = [logging.getLogger(name) for name in known]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _import(backend: str) -> None:
    import importlib

    module = {"dask": "distributed"}[backend]
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise ImportError(f'the backend {backend!r} needs more: pip install "gridworld-env[{backend}]"') from error
