"""Writes what follows from the declarations `export(...)`: `make api` runs this.

That is the tables of the public modules, their type stubs, and docs/api.txt, the list of public names and signatures;
and what `gridworld list agents` tells of our agents.
"""

from __future__ import annotations

import sys

import agent_listing
import api_listing
import api_modules
from api_names import ROOT, Source


def main() -> int:
    """Write what has changed."""
    source = Source()
    made = {**api_modules.written(source), api_listing.FILE: api_listing.listing(source)}
    for path, text in {**made, agent_listing.FILE: agent_listing.listing()}.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
