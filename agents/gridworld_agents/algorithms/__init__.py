"""The algorithms, one a file, by families."""
