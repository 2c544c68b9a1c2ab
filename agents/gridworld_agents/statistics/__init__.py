"""Statistics of runs: aggregates with intervals, paired comparisons, a stopping rule. Arrays in, small records out."""
