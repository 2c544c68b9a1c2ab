"""A virtual environment for each peer, made when first needed under `.bench/` and kept.

An environment variable names an interpreter to use instead: GRIDWORLD_BENCH_ENVPOOL=/path/to/python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".bench"
VARIABLE = "GRIDWORLD_BENCH_"

REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "envpool": ("envpool==1.2.5", "gymnasium==1.4.0", "numpy==2.3.5"),
    "gymnax": ("gymnax==1.0.1", "jax==0.10.2", "jaxlib==0.10.2", "six==1.17.0"),  # it imports six undeclared
    "navix": ("navix==0.7.4", "jax==0.10.2", "jaxlib==0.10.2"),
    "sbx": ("sbx-rl==0.28.0", "stable_baselines3==2.9.2", "gymnasium==1.4.0", "jax==0.10.2", "jaxlib==0.10.2", "torch"),
    "quantecon": ("quantecon==0.11.4", "numpy==2.3.5"),
}
"""What each peer's environment is given: the versions that the figures stand for."""


class PeerAbsent(Exception):  # noqa: N818 - a finding, not a fault
    """A peer cannot be run here; the text says why."""


def last_line(text: str) -> str:
    """Return the last line with something on it, where programs say what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def interpreter(peer: str, *, folder: Path = FOLDER, requirements: dict[str, tuple[str, ...]] = REQUIREMENTS) -> Path:
    """Return the Python of a peer's environment, making the environment if it is missing or out of date.

    Args:
        peer: A name in `requirements`.
        folder: Where the environments are.
        requirements: What each environment holds.

    Raises:
        PeerAbsent: If the interpreter named by the peer's variable does not exist, or the environment cannot be made.
    """
    variable = VARIABLE + peer.upper()
    named = os.environ.get(variable)
    if named:
        found = shutil.which(named)
        if found is None:
            raise PeerAbsent(f"{variable} must name a Python interpreter, got {named!r}, which cannot be run")
        return Path(found)
    home = folder / peer
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = "\n".join(requirements[peer]) + "\n"
    installed = home / "installed.txt"
    if not (installed.is_file() and installed.read_text() == wanted):
        print(f"making an environment for {peer} in {home}", file=sys.stderr)
        _command(peer, sys.executable, "-m", "venv", "--clear", str(home))
        limits = home / "constraints.txt"
        limits.write_text(_torch_limits())
        _command(peer, str(python), "-m", "pip", "install", "-c", str(limits), *requirements[peer])
        installed.write_text(wanted)
    return python


def _torch_limits() -> str:
    """Return the project's lines about torch: unlimited, a peer that needs it would fetch gigabytes.

    The other limits are for the project's own environment and would contradict the peers' versions.
    """
    path = ROOT / "constraints.txt"
    lines = path.read_text().splitlines() if path.is_file() else []
    return "\n".join(line for line in lines if line.startswith(("torch", "--"))) + "\n"


def _command(peer: str, *command: str) -> None:
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = last_line(done.stderr if done.stderr.strip() else done.stdout)
        raise PeerAbsent(f"{peer} cannot be installed: {reason}")
