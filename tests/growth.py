"""What doing something over and over takes, measured in the process that does it: see the fixture `growth`."""

import gc
import os
import pathlib


def measures():
    """Return the MiB in memory, and how many files are open and lie in the working folder."""
    gc.collect()
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return {
        "MiB": pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        "open": sum(1 for _ in pathlib.Path("/proc/self/fd").iterdir()),
        "files": sum(len(files) for _, _, files in os.walk(".")),
    }


def grown(work, count):
    """Return by how much each has grown when `work(i)` was done so often, a tenth of it having been done before."""
    for i in range(max(2, count // 10)):
        work(i)
    before = measures()
    for i in range(count):
        work(i)
    after = measures()
    return {name: after[name] - before[name] for name in before}
