"""Training runs: their folder, beginning one and going on with it, many seeds, several processes."""
