"""Run the benchmarks, all or those named, and print one table: `python benchmarks/run_all.py [NAME ...]`.

With `--store` the figures are kept in `results.json` and the tables of `docs/benchmarks.md` are written anew - unless a
ratio is worse than the stored one by more than a fifth: then nothing is stored, and the exit status is 1, until
`--accept` says that it may be.
"""

from __future__ import annotations

import sys

import deep_control
import harness
import import_time
import learning
import optimal_value
import page
import rendering
import single_env
import storing
import vector_env

ALL = {
    "single_env": single_env.run,
    "vector_env": vector_env.run,
    "optimal_value": optimal_value.run,
    "learning": learning.run,
    "deep_control": deep_control.run,
    "rendering": rendering.run,
    "import_time": import_time.run,
}


def compared(found: storing.Found, *, store: bool, accept: bool) -> int:
    """Hold the figures against the stored ones, store them if asked to, and return the exit status."""
    before = storing.read()
    fallen = storing.regressions(found, before)
    if fallen:
        print("\nworse than stored by more than a fifth:", *fallen, sep="\n  ")
    if fallen and not accept:
        if store:
            print("nothing was stored: measure again on an idle machine, or store this by --accept")
        return 1
    if store:
        stored = storing.merged(found, before)
        text = page.rewritten(page.PATH.read_text(), stored)
        storing.write(stored)
        page.PATH.write_text(text)
    return 0


def main() -> int:
    """Run what is asked for and return the exit status."""
    parser = harness.parser(__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(ALL)} (default all)")
    parser.add_argument("--store", action="store_true", help="keep the figures, and write docs/benchmarks.md anew")
    parser.add_argument("--accept", action="store_true", help="store them even where a ratio fell")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in ALL]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}: choose among {', '.join(ALL)}")
    if options.store and options.quick:
        parser.error("--quick measures too little to be stored: leave out --store")
    found = harness.measure(options, {name: ALL[name] for name in options.names or ALL})
    status = harness.show(options, found)
    # A quick look scatters too much to be called a regression.
    return status if options.quick else max(status, compared(found, store=options.store, accept=options.accept))


if __name__ == "__main__":
    sys.exit(main())
