import itertools
import multiprocessing
import threading

import pytest

from gridworld_env.common import parallel


def spans(low, high, *extra):
    return low, high, extra


@pytest.mark.parametrize("size", [0, 1, 8_191, 8_192, 16_384, 100_000, 1_000_003])
def test_blocks_cover_the_work(size):
    cut = parallel.blocks(size)
    assert 1 <= len(cut) <= parallel.MAX_BLOCKS
    assert cut[0][0] == 0
    assert cut[-1][1] == size
    assert all(left[1] == right[0] for left, right in itertools.pairwise(cut))
    assert len(cut) == 1 or min(high - low for low, high in cut) >= parallel.GRAIN


def test_results_come_in_order(monkeypatch):
    for threads in (1, 2, 5):
        monkeypatch.setattr(parallel, "num_threads", lambda threads=threads: threads)
        found = parallel.run_blocks(spans, 50_000, "a", 2)
        assert found == [(low, high, ("a", 2)) for low, high in parallel.blocks(50_000)]


def test_small_work_stays_in_the_calling_thread():
    assert parallel.run_blocks(lambda *_: threading.get_ident(), 100) == [threading.get_ident()]


def test_errors_come_through(monkeypatch):
    def fail(low, high):
        raise ZeroDivisionError(low, high)

    monkeypatch.setattr(parallel, "num_threads", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        parallel.run_blocks(fail, 50_000)


def total():
    return sum(high - low for low, high, _ in parallel.run_blocks(spans, 100_000))


def into(queue):
    queue.put(total())


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_gets_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(parallel, "num_threads", lambda: 2)
    assert total() == 100_000
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=into, args=(queue,))
    child.start()
    assert queue.get(timeout=20) == 100_000
    child.join(timeout=20)
    assert child.exitcode == 0
