"""Fixtures that several test files share."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def run_python():
    """Return a function that runs code in a fresh interpreter, warnings being errors, and returns its output."""

    def run(code, cwd=None, **environment):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
            check=False,
            cwd=cwd,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
