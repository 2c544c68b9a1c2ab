"""Requests to end: what is told of them, and what is not."""

import os
import signal

import pytest

from gridworld_agents.core.interrupts import told_of_signals

KINDS = [kind for name in ("SIGINT", "SIGTERM", "SIGHUP") if (kind := getattr(signal, name, None)) is not None]


@pytest.mark.parametrize("kind", KINDS)
def test_every_polite_request_is_told_and_the_handlers_come_back(kind):
    before, told = signal.getsignal(kind), []
    with told_of_signals(lambda number, _frame: told.append(number)):
        os.kill(os.getpid(), kind)
    assert told == [kind]
    assert signal.getsignal(kind) is before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has none")
def test_a_hang_up_that_is_ignored_stays_so():
    before, told = signal.signal(signal.SIGHUP, signal.SIG_IGN), []
    try:
        with told_of_signals(lambda *_: told.append(1)):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert told == []
