"""The catalogue: one environment a file, single and vectorised."""
