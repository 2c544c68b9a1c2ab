"""The distributions under examples/ are installed as anybody would install them, but without a network."""

import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import venv

import pytest


@pytest.fixture(scope="module")
def install(tmp_path_factory):
    """Return a function that installs a distribution in a fresh environment; it returns one that runs Python there.

    What runs starts in a folder that holds a copy of the distribution, `source`.
    """
    pytest.importorskip("hatchling")

    def installed(root):
        folder = tmp_path_factory.mktemp("plugin")
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "dist")
        source = shutil.copytree(root, folder / "source", ignore=ignored)
        venv.create(folder / "venv", symlinks=os.name != "nt")
        python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        environment = {**os.environ, "COLUMNS": "200"}
        environment.pop("PYTHONPATH", None)

        def run(*arguments):
            command = [str(python), *arguments]
            return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)

        site = pathlib.Path(run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
        # What this interpreter has installed stands below: gridworld-env, what it needs, and hatchling.
        (site / "below.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "--disable-pip-version-check",
            "install",
            "--quiet",
        ]
        command = [*pip, "--no-index", "--no-build-isolation", "--no-deps", str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return run

    return installed
