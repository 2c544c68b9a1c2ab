"""Run the benchmarks, all or those named, and print one table: `python benchmarks/run_all.py [NAME ...]`."""

from __future__ import annotations

import sys

import harness
import import_time
import learning
import optimal_value
import rendering
import single_env
import vector_env

ALL = {
    "single_env": single_env.run,
    "vector_env": vector_env.run,
    "optimal_value": optimal_value.run,
    "learning": learning.run,
    "rendering": rendering.run,
    "import_time": import_time.run,
}

parser = harness.parser(__doc__)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(ALL)} (default all)")
options = parser.parse_args()
unknown = [name for name in options.names if name not in ALL]
if unknown:
    parser.error(f"there is no benchmark {unknown[0]!r}: choose among {', '.join(ALL)}")
sys.exit(harness.main(options, *(ALL[name] for name in options.names or ALL)))
